-- Generic and custom plans, and what planning costs.
CREATE SCHEMA plan_origins_test;
SET search_path = plan_origins_test, public;
CREATE TABLE item (id int PRIMARY KEY, grp int);
INSERT INTO item SELECT g, g % 10 FROM generate_series(1, 1000) AS g;
VACUUM ANALYZE item;
CREATE VIEW origin AS
	SELECT substring(query FROM 'AS (of_[a-z_]+)') AS what, sum(calls) AS calls, sum(plans) AS plans, sum(generic_plan_calls) AS generic, sum(custom_plan_calls) AS custom
	FROM perf_advisor.statements WHERE query ~ 'AS of_[a-z_]+' AND query !~ 'CREATE|DO |EXPLAIN|^FETCH' AND calls > 0 GROUP BY 1;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- sent as text: neither
SELECT count(*) AS of_text FROM item WHERE id = 1;
SELECT count(*) AS of_text FROM item WHERE id = 2;
-- prepared: as plan_cache_mode says
PREPARE custom(int) AS SELECT count(*) AS of_custom, 1 FROM item WHERE grp = $1;
SET plan_cache_mode = force_custom_plan;
EXECUTE custom(1);
EXECUTE custom(2);
EXECUTE custom(3);
PREPARE generic(int) AS SELECT count(*) AS of_generic, 1, 2 FROM item WHERE grp = $1;
SET plan_cache_mode = force_generic_plan;
EXECUTE generic(1);
EXECUTE generic(2);
EXECUTE generic(3);
-- automatic: five custom ones, then generic
PREPARE automatic(int) AS SELECT count(*) AS of_automatic, 1, 2, 3 FROM item WHERE grp = $1;
SET plan_cache_mode = auto;
EXECUTE automatic(1);
EXECUTE automatic(2);
EXECUTE automatic(3);
EXECUTE automatic(4);
EXECUTE automatic(5);
EXECUTE automatic(6);
EXECUTE automatic(7);
-- without parameters a cached plan is generic, also when custom ones are forced
PREPARE constant AS SELECT count(*) AS of_constant, 1, 2, 3, 4 FROM item WHERE grp = 3;
SET plan_cache_mode = force_custom_plan;
EXECUTE constant;
EXECUTE constant;
-- EXPLAIN alone executes nothing, and leaves nothing to the next execution
PREPARE explained(int) AS SELECT count(*) AS of_explained, 1, 2, 3, 4, 5 FROM item WHERE grp = $1;
EXPLAIN (COSTS OFF) EXECUTE explained(1);
SET plan_cache_mode = force_generic_plan;
EXECUTE explained(1);
SET plan_cache_mode = force_custom_plan;
DO $$ DECLARE r record; BEGIN FOR r IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE explained(1)' LOOP NULL; END LOOP; END $$;
SELECT * FROM origin ORDER BY what COLLATE "C";

-- data modification, also when a rule makes two of one
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE TABLE log (id int);
CREATE RULE also AS ON INSERT TO log DO ALSO DELETE FROM item WHERE id = new.id + 100000;
PREPARE ins(int) AS INSERT INTO log AS of_insert VALUES ($1);
SET plan_cache_mode = force_custom_plan;
EXECUTE ins(1);
EXECUTE ins(2);
SET plan_cache_mode = force_generic_plan;
EXECUTE ins(3);
SELECT * FROM origin ORDER BY what COLLATE "C";

-- PL/pgSQL: with and without variables, loops, recursion
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE FUNCTION variable(wanted int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	SELECT count(*) AS of_variable, 1, 2, 3, 4, 5, 6 FROM item WHERE grp = wanted INTO n;
	RETURN n;
END $$;
SET plan_cache_mode = force_custom_plan;
SELECT sum(variable(g)) FROM generate_series(1, 3) AS g;
SET plan_cache_mode = force_generic_plan;
SELECT sum(variable(g)) FROM generate_series(1, 4) AS g;
CREATE FUNCTION fixed() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	SELECT count(*) AS of_fixed, 1, 2, 3, 4, 5, 6, 7 FROM item INTO n;
	RETURN n;
END $$;
SET plan_cache_mode = auto;
SELECT sum(fixed()) FROM generate_series(1, 3) AS g;
CREATE FUNCTION down(level int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	IF level = 0 THEN RETURN 0; END IF;
	FOR r IN SELECT down(level - 1) AS of_recursion, 1, 2, 3, 4, 5, 6, 7, 8 FROM item WHERE id = level LOOP
		RETURN r.of_recursion + 1;
	END LOOP;
END $$;
SET plan_cache_mode = force_custom_plan;
SELECT down(4);
SET plan_cache_mode = force_generic_plan;
SELECT down(3);
RESET plan_cache_mode;
CREATE FUNCTION dynamic(wanted int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE 'SELECT count(*) AS of_dynamic, 1, 2 FROM item WHERE grp + 1 = $1' INTO n USING wanted;
	RETURN n;
END $$;
SELECT sum(dynamic(g)) FROM generate_series(1, 3) AS g;
CREATE FUNCTION dynamic_loop(wanted int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	FOR r IN EXECUTE 'SELECT count(*) AS of_dynamic_loop, 1, 2, 3, 4, 5 FROM item WHERE grp + 2 = $1' USING wanted LOOP
		RETURN r.of_dynamic_loop;
	END LOOP;
END $$;
SELECT sum(dynamic_loop(g)) FROM generate_series(1, 3) AS g;
CREATE FUNCTION once() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE 'SELECT count(*) AS of_once, 1, 2, 3 FROM item WHERE grp + 3 = 7' INTO n;
	RETURN n;
END $$;
SELECT sum(once()) FROM generate_series(1, 2) AS g;
BEGIN;
DECLARE c CURSOR FOR SELECT count(*) AS of_cursor, 1, 2, 3, 4 FROM item WHERE grp + 4 = 7;
FETCH ALL FROM c;
COMMIT;
SELECT * FROM origin ORDER BY what COLLATE "C";

-- the plan cache's own view of it agrees
PREPARE checked(int) AS SELECT count(*) AS of_checked, 1, 2, 3, 4, 5, 6, 7, 8, 9 FROM item WHERE grp = $1;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET plan_cache_mode = auto;
EXECUTE checked(1);
EXECUTE checked(1);
SET plan_cache_mode = force_generic_plan;
EXECUTE checked(1);
SET plan_cache_mode = force_custom_plan;
EXECUTE checked(1);
SELECT o.calls, o.generic = p.generic_plans AS generic, o.custom = p.custom_plans AS custom, p.generic_plans, p.custom_plans
FROM origin AS o, pg_prepared_statements AS p WHERE p.name = 'checked' AND o.what = 'of_checked';
-- by plan as well
SELECT sum(p.generic_plan_calls) AS generic, sum(p.custom_plan_calls) AS custom FROM perf_advisor.plans AS p
JOIN perf_advisor.statements AS s USING (userid, dbid, queryid, toplevel) WHERE s.query LIKE '%AS of_checked%';
RESET plan_cache_mode;

-- blocks that planning used are counted apart
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE TABLE fresh AS SELECT g AS id FROM generate_series(1, 100) AS g;
SELECT count(*) AS of_planning FROM fresh WHERE id < 50;
SELECT plans, plan_shared_blks_hit + plan_shared_blks_read > 0 AS planning, shared_blks_hit + shared_blks_read = 1 AS execution
FROM perf_advisor.statements WHERE query LIKE 'SELECT count(*) AS of_planning%';
-- and not without track_planning
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET perf_advisor.track_planning = off;
ALTER TABLE fresh ADD COLUMN more int;
SELECT count(*) AS of_planning FROM fresh WHERE id < 50;
SELECT plans, plan_shared_blks_hit + plan_shared_blks_read AS planning FROM perf_advisor.statements WHERE query LIKE 'SELECT count(*) AS of_planning%';

DROP SCHEMA plan_origins_test CASCADE;

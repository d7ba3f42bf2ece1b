-- What runs inside what, and whose time is whose: each kind of statement that
-- has others inside, with settings that leave some of them out.
CREATE SCHEMA levels_test;
SET search_path = levels_test, public;
CREATE TABLE base (id int PRIMARY KEY, n int);
CREATE TABLE log (id int, what text);
CREATE TABLE later (id int);
INSERT INTO base SELECT g, g FROM generate_series(1, 20) AS g;
ANALYZE base;
-- Queries are told apart by how often they return n.
CREATE FUNCTION inlined(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT $1 + 1';
CREATE FUNCTION not_inlined(int) RETURNS bigint LANGUAGE sql VOLATILE AS
	'SELECT count(*) AS in_sql_function FROM base WHERE id = $1 AND n > 0';
CREATE FUNCTION looks() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	PERFORM n, n AS in_plpgsql FROM base WHERE id = 1;
	RETURN 1;
END $$;
CREATE FUNCTION writes_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO log SELECT NEW.id, TG_ARGV[0] AS in_trigger;
	RETURN NEW;
END $$;
CREATE TRIGGER row_before BEFORE UPDATE ON base FOR EACH ROW EXECUTE FUNCTION writes_log('before');
CREATE FUNCTION counts_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM count(*), NEW.id AS in_deferred_trigger FROM log WHERE id >= NEW.id;
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON later DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION counts_log();
CREATE VIEW levels AS
	SELECT coalesce(substring(query FROM 'in_\w+'), substring(query FROM '^[A-Za-z]+')) COLLATE "C" AS what, toplevel,
		calls, rows, errors, total_exec_time, own_exec_time, query
	FROM perf_advisor.statements
	WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
		AND userid = current_user::regrole
		AND calls + errors > 0 AND query !~ 'perf_advisor|levels|^(SET|RESET|CREATE (FUNCTION|VIEW|PROCEDURE))';
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- SQL functions: one that vanishes in its caller's plan, one that does not
SELECT inlined(1);
SELECT not_inlined(id) AS in_caller FROM base WHERE id <= 3;
SELECT what, toplevel, calls, rows FROM levels ORDER BY what, toplevel;

-- DO in DO, and dynamic SQL
SELECT perf_advisor.reset() IS NOT NULL AS reset;
DO $$ BEGIN
	EXECUTE 'DO $inner$ BEGIN PERFORM n, n, n AS in_inner_do FROM base WHERE id = 2; END $inner$';
	EXECUTE 'SELECT n, n, n, n AS in_dynamic_sql FROM base WHERE id = $1' USING 4;
	EXECUTE 'SELECT n, n, n, n AS in_dynamic_sql FROM base WHERE id = $1' USING 5;
END $$;
SELECT what, toplevel, sum(calls) AS calls, sum(rows) AS rows FROM levels GROUP BY 1, 2 ORDER BY 1, 2;

-- triggers: before, and deferred ones at COMMIT, where no statement is around
SELECT perf_advisor.reset() IS NOT NULL AS reset;
UPDATE base SET n = n + 1 WHERE id <= 4;
MERGE INTO base AS b USING (SELECT 5 AS id) AS s ON b.id = s.id
	WHEN MATCHED THEN UPDATE SET n = 0 WHEN NOT MATCHED THEN INSERT VALUES (s.id, 0);
INSERT INTO later SELECT g FROM generate_series(1, 3) AS g;
BEGIN;
INSERT INTO later VALUES (4);
COMMIT;
BEGIN;
INSERT INTO later VALUES (5);
SET CONSTRAINTS ALL IMMEDIATE;
COMMIT;
SELECT what, toplevel, sum(calls) AS calls, sum(rows) AS rows FROM levels WHERE what <> 'BEGIN' GROUP BY 1, 2 ORDER BY 1, 2;
-- with track = top they are left out
SET perf_advisor.track = top;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
INSERT INTO later VALUES (6);
UPDATE base SET n = n + 1 WHERE id <= 4;
SELECT not_inlined(id) AS in_caller FROM base WHERE id <= 3;
RESET perf_advisor.track;
SELECT what, toplevel, calls FROM levels ORDER BY what;

-- procedures that end transactions, with a loop over a query that is held
CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT id, n AS in_held_loop FROM base WHERE id <= 3 ORDER BY id LOOP
		UPDATE base SET n = 7 WHERE id = r.id AND 'in_procedure' <> '';
		IF r.id = 2 THEN
			ROLLBACK;
		ELSE
			COMMIT;
		END IF;
	END LOOP;
	PERFORM looks();
END $$;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CALL commits();
CALL commits();
SELECT what, toplevel, sum(calls) AS calls, sum(rows) AS rows FROM levels GROUP BY 1, 2 ORDER BY 1, 2;

-- cursors: closed, left to COMMIT, held over it
SELECT perf_advisor.reset() IS NOT NULL AS reset;
BEGIN;
DECLARE c1 CURSOR FOR SELECT id, looks() AS in_closed_cursor FROM base ORDER BY id;
FETCH 2 FROM c1;
CLOSE c1;
DECLARE c2 CURSOR FOR SELECT id, id, looks() AS in_open_cursor FROM base ORDER BY id;
FETCH 2 FROM c2;
FETCH 1 FROM c2;
DECLARE c3 CURSOR WITH HOLD FOR SELECT id, id, id, not_inlined(id) AS in_held_cursor FROM base WHERE id <= 5 ORDER BY id;
COMMIT;
FETCH 2 FROM c3;
CLOSE c3;
SELECT what, toplevel, calls, rows FROM levels WHERE what ~ '^in_' AND NOT toplevel ORDER BY 1;
SELECT count(*) AS at_toplevel FROM levels WHERE what ~ '^in_' AND toplevel AND query !~ '^DECLARE';

-- the query inside a utility statement is nested in it
SELECT perf_advisor.reset() IS NOT NULL AS reset;
\o /dev/null
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) CREATE TABLE made_explained AS SELECT n - 1 AS in_explain_ctas FROM base;
EXPLAIN (COSTS OFF) SELECT n AS a, n - 2 AS in_explain FROM base;
\o
CREATE TABLE made AS SELECT n AS a, n AS b, n - 3 AS in_ctas FROM base;
SELECT n AS a, n AS b, n AS c, n - 4 AS in_select_into INTO made_too FROM base;
COPY (SELECT id, n - 5 AS in_copy FROM base WHERE id = 6) TO STDOUT;
CREATE MATERIALIZED VIEW mv AS SELECT id, n, n - 6 AS in_matview FROM base;
REFRESH MATERIALIZED VIEW mv;
SELECT what, toplevel, sum(calls) AS calls, sum(rows) AS rows
FROM levels WHERE what ~ '^in_' AND what <> 'in_matview' GROUP BY 1, 2 ORDER BY 1, 2;
-- core gives the query of REFRESH an identifier from 18 on: the same as at CREATE
SELECT toplevel, sum(calls) AS calls, sum(rows) AS rows FROM levels WHERE what IN ('in_matview', 'REFRESH') GROUP BY 1 ORDER BY 1;

-- what is prepared is as if the client had sent it, what is executed inside is nested
SELECT perf_advisor.reset() IS NOT NULL AS reset;
PREPARE p (int) AS SELECT n * 2 AS in_prepared FROM base WHERE id = $1;
EXECUTE p (1);
EXECUTE p (2);
CREATE TABLE made_by_execute AS EXECUTE p (3);
DO $$ BEGIN EXECUTE 'EXECUTE p (4)'; END $$;
SELECT what, toplevel, calls, rows FROM levels WHERE what = 'in_prepared' ORDER BY toplevel;
DEALLOCATE p;

-- a function that decides, while the executor starts, which partitions are read
CREATE TABLE parted (id int, n int) PARTITION BY LIST (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES IN (2);
INSERT INTO parted VALUES (1, 1), (2, 2);
CREATE FUNCTION prunes() RETURNS int LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT n - n + 2 AS in_pruning FROM base WHERE id = 1);
END $$;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT n AS in_pruned FROM parted WHERE id = prunes();
SELECT what, toplevel, calls > 0 AS called, errors FROM levels WHERE what IN ('in_pruning', 'in_pruned') ORDER BY 1, 2;
CREATE OR REPLACE FUNCTION prunes() RETURNS int LANGUAGE plpgsql STABLE AS $$
BEGIN
	RAISE EXCEPTION 'raised';
END $$;
SELECT n, n AS in_failed_start FROM parted WHERE id = prunes();
SELECT what, toplevel, calls, errors FROM levels WHERE what = 'in_failed_start' ORDER BY 1, 2;
-- the depth is as before
SELECT n, n, n AS in_next FROM parted;
SELECT toplevel, calls FROM levels WHERE what = 'in_next';

-- time: own is never more than total, and all own times are the time of what clients sent
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT looks(), not_inlined(id) FROM base;
DO $$ BEGIN FOR i IN 1 .. 50 LOOP PERFORM looks(); END LOOP; END $$;
UPDATE base SET n = n + 1;
CALL commits();
SELECT bool_and(own_exec_time <= total_exec_time + 1e-6) AS own_within_total,
	bool_and(own_exec_time >= 0) AS own_is_positive,
	abs(sum(own_exec_time) - sum(total_exec_time) FILTER (WHERE toplevel)) < 1e-3 * sum(own_exec_time) AS nothing_twice,
	bool_and(own_exec_time < total_exec_time) FILTER (WHERE query LIKE 'DO %') AS do_has_nested_time,
	sum(total_exec_time) FILTER (WHERE NOT toplevel) > 0 AS nested
FROM levels;
-- what a nested statement took until it failed is not its caller's own
SELECT perf_advisor.reset() IS NOT NULL AS reset;
DO $$ BEGIN
	PERFORM pg_sleep(0.05), 1 / (id - 1) AS in_slow_failure FROM base WHERE id = 1;
EXCEPTION WHEN division_by_zero THEN
	NULL;
END $$;
SELECT toplevel, total_exec_time > 49 AS total, own_exec_time <= total_exec_time - 49 AS own, errors FROM levels WHERE query LIKE 'DO %';
SELECT s.errors, s.error_exec_time > 49 AS time FROM perf_advisor.statements AS s
WHERE query LIKE '%in_slow_failure%' AND NOT toplevel AND query !~ 'perf_advisor';

-- settings that change inside a statement: what began is finished, what begins obeys
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE FUNCTION switches() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	PERFORM n * 3 AS in_before FROM base WHERE id = 1;
	SET LOCAL perf_advisor.track = 'none';
	PERFORM n * 4, n AS in_between FROM base WHERE id = 1;
	SET LOCAL perf_advisor.track = 'all';
	SET LOCAL perf_advisor.enabled = off;
	PERFORM n * 5, n, n AS in_between FROM base WHERE id = 1;
	SET LOCAL perf_advisor.enabled = on;
	PERFORM n * 6, n, n, n AS in_after FROM base WHERE id = 1;
	RETURN 1;
END $$;
SELECT switches() AS in_switch;
SELECT what, toplevel, calls FROM levels WHERE what IN ('in_before', 'in_between', 'in_after', 'in_switch') ORDER BY 1;
SET perf_advisor.track = none;
SELECT n * 7 AS in_none FROM base WHERE id = 1;
SET perf_advisor.track_utility = off;
SET perf_advisor.track = 'all';
CREATE TABLE not_tracked AS SELECT n * 8 AS in_untracked_utility FROM base;
RESET perf_advisor.track_utility;
RESET perf_advisor.track;
SELECT what, toplevel, calls FROM levels WHERE what IN ('in_none', 'in_untracked_utility') ORDER BY 1;

DROP SCHEMA levels_test CASCADE;

-- Plans: one row for each plan of a statement, with its text.
CREATE SCHEMA plans_test;
SET search_path = plans_test, public;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
-- every execution that may be sampled is
SET perf_advisor.overhead_budget = 100;
CREATE TABLE plans_orders (id int PRIMARY KEY, customer int, note text);
INSERT INTO plans_orders SELECT g, g % 100, 'note ' || g FROM generate_series(1, 10000) AS g;
VACUUM ANALYZE plans_orders;
CREATE VIEW plan AS
	SELECT p.*, s.query FROM perf_advisor.plans AS p JOIN perf_advisor.statements AS s USING (userid, dbid, toplevel, queryid)
	WHERE p.calls > 0 AND s.query !~ 'perf_advisor|FROM plan ';
-- what EXPLAIN says
CREATE FUNCTION explain(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	lines text[];
BEGIN
	FOR line IN EXECUTE format('EXPLAIN %s', query) LOOP
		lines := lines || line;
	END LOOP;
	RETURN array_to_string(lines, E'\n');
END $$;

-- an index changes the plan: both stay, each with its own calls and times
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(note) FROM plans_orders WHERE customer = 1;
SELECT count(note) FROM plans_orders WHERE customer = 2;
SELECT count(note) FROM plans_orders WHERE customer = 3;
SELECT explain('SELECT count(note) FROM plans_orders WHERE customer = 2') AS before_index \gset
CREATE INDEX ON plans_orders (customer);
VACUUM ANALYZE plans_orders;
SELECT count(note) FROM plans_orders WHERE customer = 4;
SELECT count(note) FROM plans_orders WHERE customer = 5;
SELECT explain('SELECT count(note) FROM plans_orders WHERE customer = 4') AS after_index \gset
SELECT calls, is_current, total_exec_time > 0 AND min_exec_time <= mean_exec_time AND mean_exec_time <= max_exec_time
		AND p95_exec_time BETWEEN min_exec_time AND max_exec_time AS times,
	plans, total_plan_time > 0 AS plan_time, rows, first_seen < last_seen AS seen, sampled_calls,
	rows_estimated, rows_actual, max_hash_batches, max_sort_spill, planid IS NOT NULL AS planid,
	plan = :'before_index' AS before_index, plan = :'after_index' AS after_index
FROM plan WHERE query LIKE 'SELECT count(note)%' ORDER BY first_seen;
SELECT count(*) AS agrees FROM plan AS p JOIN perf_advisor.statements AS s USING (queryid, toplevel, userid, dbid)
WHERE p.is_current AND p.planid = s.last_planid AND s.planids = 2 AND p.query LIKE 'SELECT count(note)%';

-- the plans of a statement add up to it, and their shares to the whole
SELECT sum(p.calls) = s.calls AS calls, abs(sum(p.total_exec_time) - s.total_exec_time) < 1e-6 AS time, sum(p.rows) = s.rows AS rows
FROM perf_advisor.plans AS p JOIN perf_advisor.statements AS s USING (userid, dbid, toplevel, queryid)
WHERE s.query LIKE 'SELECT count(note)%' GROUP BY s.calls, s.total_exec_time, s.rows;
SELECT abs(sum(exec_time_pct) - 100) < 1e-6 AS shares FROM perf_advisor.plans(false);
SELECT count(plan) AS texts, count(*) > 2 AS rows FROM perf_advisor.plans(false);

-- a statement that runs once has a plan, but no text of it; a second run makes it
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT max(note) FROM plans_orders WHERE id = 17;
SELECT calls, plan ~ 'Index Scan using plans_orders_pkey.*id = 18' AS text, sampled_calls, rows_actual FROM plan WHERE query LIKE 'SELECT max(note)%';
SELECT max(note) FROM plans_orders WHERE id = 18;
SELECT calls, plan ~ 'Index Scan using plans_orders_pkey.*id = 18' AS text, sampled_calls, rows_actual FROM plan WHERE query LIKE 'SELECT max(note)%';

-- utility statements have no plan; what they run has
CREATE TABLE copy AS SELECT id FROM plans_orders WHERE id <= 10;
SELECT count(*) AS rows_of_utility FROM perf_advisor.plans AS p JOIN perf_advisor.statements AS s USING (queryid, toplevel)
WHERE s.query ~ '^(CREATE|VACUUM)' AND p.toplevel;

-- no literals without track_parameters, and none later of an earlier time
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET perf_advisor.track_parameters = off;
SELECT min(note) FROM plans_orders WHERE customer = 11;
SELECT min(note) FROM plans_orders WHERE customer = 12;
SELECT min(note) FROM plans_orders WHERE customer = 13;
SELECT calls, sampled_calls, plan IS NULL AS no_text FROM plan WHERE query LIKE 'SELECT min(note)%';
RESET perf_advisor.track_parameters;

-- nothing at all without a budget
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET perf_advisor.overhead_budget = 0;
SELECT count(*) FROM plans_orders WHERE note = 'a';
SELECT count(*) FROM plans_orders WHERE note = 'b';
SELECT calls, sampled_calls, plan IS NULL AS no_text, rows_actual FROM plan WHERE query LIKE 'SELECT count(*) FROM plans_orders WHERE note%';
SET perf_advisor.overhead_budget = 100;

-- inside functions, and for each kind of statement
CREATE FUNCTION total(wanted int) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT sum(id) FROM plans_orders WHERE customer = wanted);
END $$;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(total(g)) FROM generate_series(1, 3) AS g;
INSERT INTO copy VALUES (11);
INSERT INTO copy VALUES (12);
UPDATE copy SET id = id + 0 WHERE id < 5;
UPDATE copy SET id = id + 0 WHERE id < 6;
DELETE FROM copy WHERE id = 11 RETURNING id;
DELETE FROM copy WHERE id = 12 RETURNING id;
SELECT left(query, 20) AS start, toplevel, calls, rows, sampled_calls, rows_actual, split_part(plan, '  (', 1) AS top
FROM plan AS p WHERE query ~ '^(INSERT|UPDATE|DELETE|\(SELECT sum)' ORDER BY p.query COLLATE "C";

-- processor time is sampled with the rows, of statements without scans, too
SELECT cpu_samples, cpu_user_time >= 0 AND cpu_sys_time >= 0 AS cpu FROM perf_advisor.statements WHERE query LIKE 'INSERT INTO copy%';
CREATE FUNCTION burn() RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	n int := 0;
BEGIN
	FOR i IN 1 .. 300000 LOOP n := n + i % 2; END LOOP;
	RETURN n;
END $$;
SELECT burn();
SELECT burn();
SELECT cpu_samples, cpu_user_time > 1 AS user_time, cpu_user_time + cpu_sys_time <= total_exec_time * 1.2 + 20 AS plausible
FROM perf_advisor.statements WHERE query = 'SELECT burn()';

-- estimates: the worst node, by loop, whichever way it is wrong
CREATE TABLE skewed AS SELECT g AS id, g % 10 AS a, g % 10 AS b FROM generate_series(1, 10000) AS g;
VACUUM ANALYZE skewed;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
-- correlated: 10 times as many as expected
SELECT count(*) AS more FROM skewed WHERE a = 3 AND b = 3;
SELECT count(*) AS more FROM skewed WHERE a = 4 AND b = 4;
-- contradicting: none, 100 are expected
SELECT id AS fewer FROM skewed WHERE a = 3 AND b = 4;
SELECT id AS fewer FROM skewed WHERE a = 4 AND b = 5;
-- as expected
SELECT count(*) AS right FROM skewed WHERE a = 3;
SELECT count(*) AS right FROM skewed WHERE a = 5;
-- stopped early by its LIMIT: not wrong
SELECT id AS stopped FROM skewed WHERE a = 3 LIMIT 1;
SELECT id AS stopped FROM skewed WHERE a = 4 LIMIT 1;
-- by an EXISTS, and by a join that needs one match
SELECT EXISTS (SELECT FROM skewed WHERE a > 3 OFFSET 0) AS exists;
SELECT EXISTS (SELECT FROM skewed WHERE a > 4 OFFSET 0) AS exists;
SELECT substring(query FROM 'AS (more|fewer|right|stopped|exists)') AS query, rows_actual, round(rows_estimated::numeric, -1) AS estimated,
	round(max_misestimate::numeric) AS misestimate, max_misestimate_node AS node, max_misestimate_node_id AS node_id
FROM plan WHERE query LIKE 'SELECT%skewed%' ORDER BY 1;

-- a cursor that is not read to its end says nothing against the estimate
SELECT perf_advisor.reset() IS NOT NULL AS reset;
BEGIN;
DECLARE c CURSOR FOR SELECT id AS by_cursor FROM skewed WHERE a >= 0;
FETCH 1 FROM c;
CLOSE c;
DECLARE c CURSOR FOR SELECT id AS by_cursor FROM skewed WHERE a >= 0;
FETCH 1 FROM c;
CLOSE c;
COMMIT;
SELECT calls, sampled_calls, rows_actual, max_misestimate FROM plan WHERE query LIKE '%by_cursor%' AND plan IS NOT NULL;
BEGIN;
DECLARE c CURSOR FOR SELECT id AS whole_cursor FROM skewed WHERE a = 1 AND b = 1;
MOVE ALL FROM c;
CLOSE c;
DECLARE c CURSOR FOR SELECT id AS whole_cursor FROM skewed WHERE a = 1 AND b = 1;
MOVE 600 FROM c;
MOVE 600 FROM c;
CLOSE c;
COMMIT;
SELECT calls, sampled_calls, rows_actual, round(max_misestimate::numeric) AS misestimate FROM plan WHERE query LIKE '%whole_cursor%' AND plan IS NOT NULL;

-- what does not fit into work_mem
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SET enable_mergejoin = off;
SET enable_nestloop = off;
SELECT count(*) FROM skewed AS big_hash JOIN plans_orders USING (id);
SELECT count(*) FROM skewed AS big_hash JOIN plans_orders USING (id);
SELECT count(*) FROM (SELECT id FROM skewed AS big_sort ORDER BY b, id OFFSET 0) AS s;
SELECT count(*) FROM (SELECT id FROM skewed AS big_sort ORDER BY b, id OFFSET 0) AS s;
SET enable_sort = off;
SELECT count(*) FROM (SELECT id FROM skewed AS big_group GROUP BY id) AS s;
SELECT count(*) FROM (SELECT id FROM skewed AS big_group GROUP BY id) AS s;
RESET enable_sort;
CREATE VIEW memory AS
	SELECT substring(query FROM 'big_(hash|sort|group)') AS what, max_hash_batches > 1 AS batches,
		max_sort_spill BETWEEN 100000 AND 10000000 AS spilled, max_sort_spill = 0 AS none
	FROM plan WHERE query ~ 'big_(hash|sort|group)' ORDER BY 1;
SELECT * FROM memory;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET work_mem = '64MB';
SELECT count(*) FROM skewed AS big_hash JOIN plans_orders USING (id);
SELECT count(*) FROM skewed AS big_hash JOIN plans_orders USING (id);
SELECT count(*) FROM (SELECT id FROM skewed AS big_sort ORDER BY b, id OFFSET 0) AS s;
SELECT count(*) FROM (SELECT id FROM skewed AS big_sort ORDER BY b, id OFFSET 0) AS s;
SELECT * FROM memory;
RESET work_mem;
RESET hash_mem_multiplier;
RESET enable_mergejoin;
RESET enable_nestloop;

-- parallel plans: rows of all workers, in the leader's process alone
CREATE TABLE wide AS SELECT g AS id, g % 7 AS grp FROM generate_series(1, 20000) AS g;
ALTER TABLE wide SET (parallel_workers = 2);
VACUUM ANALYZE wide;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*) FROM (SELECT id FROM wide WHERE grp >= 0 ORDER BY id OFFSET 0) AS s;
SELECT count(*) FROM (SELECT id FROM wide WHERE grp >= 0 ORDER BY id OFFSET 0) AS s;
SELECT explain('SELECT count(*) FROM (SELECT id FROM wide WHERE grp >= 0 ORDER BY id OFFSET 0) AS s') AS parallel_plan \gset
SELECT calls, sampled_calls, rows_actual, max_misestimate < 3 AS right, plan = :'parallel_plan' AS same_text, plan ~ 'Parallel Seq Scan' AS parallel
FROM plan WHERE query LIKE '%FROM wide%' AND toplevel;
SET max_parallel_workers_per_gather = 0;

-- More than 20 plans: the rest is one row without a planid.
CREATE TABLE part (k int) PARTITION BY LIST (k);
DO $$
BEGIN
	FOR i IN 1 .. 7 LOOP
		EXECUTE format('CREATE TABLE part_%s PARTITION OF part FOR VALUES IN (%s)', i, i);
	END LOOP;
END $$;
INSERT INTO part SELECT 1 + g % 7 FROM generate_series(1, 700) AS g;
VACUUM ANALYZE part;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
DO $$
DECLARE
	n bigint;
BEGIN
	FOR low IN 1 .. 7 LOOP
		FOR high IN low .. 7 LOOP
			EXECUTE format('SELECT count(*) FROM part WHERE k BETWEEN %s AND %s', low, high) INTO n;
			EXECUTE format('SELECT count(*) FROM part WHERE k BETWEEN %s AND %s', low, high) INTO n;
		END LOOP;
	END LOOP;
END $$;
-- those in a session's slab come on top until they are folded
SELECT count(*) FILTER (WHERE planid IS NOT NULL) BETWEEN 20 AND 28 AS plans, count(*) FILTER (WHERE planid IS NULL) <= 1 AS rest,
	sum(calls) AS calls, bool_or(is_current AND planid IS NULL) AS rest_is_current
FROM plan WHERE query LIKE 'SELECT count(*) FROM part%';

-- A plan that was made while nothing was recorded is another one, although it
-- is often at the address of the one before.
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET plan_cache_mode = force_generic_plan;
CREATE TABLE replanned AS SELECT g AS id FROM generate_series(1, 10000) AS g;
VACUUM ANALYZE replanned;
PREPARE of_id(int) AS SELECT id FROM replanned WHERE id = $1;
EXECUTE of_id(1);
EXECUTE of_id(2);
SET perf_advisor.enabled = off;
CREATE INDEX ON replanned (id);
VACUUM ANALYZE replanned;
EXECUTE of_id(3);
SET perf_advisor.enabled = on;
EXECUTE of_id(4);
EXECUTE of_id(5);
SELECT calls, split_part(plan, '  (', 1) AS top FROM plan WHERE query LIKE '%of_id%' ORDER BY first_seen;
DEALLOCATE of_id;
RESET plan_cache_mode;

-- temporary tables: one plan, whichever session made them
CREATE TEMPORARY TABLE passing (id int);
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(*) FROM passing WHERE id > 1;
SELECT count(*) FROM passing WHERE id > 1;
SELECT calls, sampled_calls, plan ~ 'Seq Scan on passing' AS text FROM plan WHERE query LIKE 'SELECT count(*) FROM passing%';

-- A text that is too long is cut, between characters.
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT format('SELECT count(*) FROM plans_orders WHERE note = %L', repeat('ü', 20000)) AS long_query \gset
:long_query;
:long_query;
SELECT octet_length(plan) BETWEEN 16370 AND 16384 AS length, right(plan, 6) AS ends FROM plan WHERE query LIKE 'SELECT count(*) FROM plans_orders WHERE note%';

-- One with a large value is not made at all: it would be written out first.
-- Neither is its tree, which nobody can keep.
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT format('SELECT count(*) FROM plans_orders WHERE note = %L', repeat('x', 100000)) AS long_query \gset
:long_query;
:long_query;
-- the value need not be in the statement's text
SELECT max(id) FROM plans_orders WHERE note = repeat('x', 100000);
SELECT max(id) FROM plans_orders WHERE note = repeat('x', 100000);
SELECT max(id) FROM plans_orders ORDER BY max(note || repeat('x', 100000));
SELECT max(id) FROM plans_orders ORDER BY max(note || repeat('x', 100000));
SELECT left(query, 20) AS start, calls, plan FROM plan WHERE query ~ '^SELECT (count|max)' ORDER BY query COLLATE "C";

-- What cannot be shown does not fail the statement that it is about: here it
-- would take more stack than running it does.
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE TEMPORARY TABLE outcome (terms int, with_text bool, error text);
SET plan_cache_mode = force_generic_plan;
DO $$
DECLARE
	terms text;
	failed text;
BEGIN
	FOR n IN 1 .. 40 LOOP
		FOR with_text IN 0 .. 1 LOOP
			terms := repeat('coalesce(' || CASE with_text WHEN 1 THEN 'id' ELSE 'customer' END || ', ', n * 8)
				|| 'id' || repeat(')', n * 8) || ' > 0';
			PERFORM set_config('perf_advisor.overhead_budget', (with_text * 100)::text, false);
			EXECUTE format('PREPARE deep_%s_%s AS SELECT count(*) AS deep_%s_%s FROM plans_orders WHERE %s', n, with_text, n, with_text, terms);
			EXECUTE format('EXECUTE deep_%s_%s', n, with_text);
			PERFORM set_config('max_stack_depth', '100kB', false);
			failed := NULL;
			BEGIN
				EXECUTE format('EXECUTE deep_%s_%s', n, with_text);
			EXCEPTION WHEN OTHERS THEN
				failed := SQLSTATE;
			END;
			PERFORM set_config('max_stack_depth', '2MB', false);
			INSERT INTO outcome VALUES (n, with_text = 1, failed);
		END LOOP;
	END LOOP;
END $$;
SET max_stack_depth = '2MB';
RESET plan_cache_mode;
SET perf_advisor.overhead_budget = 100;
SELECT count(*) AS failed_by_text FROM outcome AS a JOIN outcome AS b USING (terms)
WHERE a.with_text AND NOT b.with_text AND a.error IS NOT NULL AND b.error IS NULL;
SELECT count(*) FILTER (WHERE error IS NULL) > 5 AS some_ran FROM outcome WHERE with_text;
SELECT count(plan) > 0 AS some_shown, count(*) FILTER (WHERE plan IS NULL) > 0
		-- running needs as much there
		OR current_setting('server_version_num')::int >= 190000 AS some_not
FROM plan WHERE query ~ '^PREPARE deep_[0-9]+_1 AS' AND calls = 2;

-- Who may see what.
CREATE ROLE perf_advisor_test_plans_a;
CREATE ROLE perf_advisor_test_plans_b;
CREATE ROLE perf_advisor_test_plans_reader IN ROLE pg_read_all_stats;
GRANT USAGE ON SCHEMA plans_test TO PUBLIC;
GRANT SELECT ON plans_orders TO PUBLIC;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET ROLE perf_advisor_test_plans_a;
SELECT count(*) FROM plans_orders WHERE note = 'secret';
SELECT count(*) FROM plans_orders WHERE note = 'secret';
SET ROLE perf_advisor_test_plans_b;
SELECT queryid, planid, calls, total_exec_time > 0 AS time, sampled_calls, rows_actual, max_misestimate_node, plan
FROM perf_advisor.plans WHERE userid = 'perf_advisor_test_plans_a'::regrole AND calls > 0;
SET ROLE perf_advisor_test_plans_a;
SELECT queryid IS NOT NULL AS queryid, planid IS NOT NULL AS planid, plan ~ 'secret' AS plan
FROM perf_advisor.plans WHERE userid = 'perf_advisor_test_plans_a'::regrole AND calls = 2;
SET ROLE perf_advisor_test_plans_reader;
SELECT queryid IS NOT NULL AS queryid, planid IS NOT NULL AS planid, plan ~ 'secret' AS plan
FROM perf_advisor.plans WHERE userid = 'perf_advisor_test_plans_a'::regrole AND calls = 2;
-- nobody gives himself a budget
SET perf_advisor.overhead_budget = 50;
RESET ROLE;

DROP SCHEMA plans_test CASCADE;
DROP ROLE perf_advisor_test_plans_a;
DROP ROLE perf_advisor_test_plans_b;
DROP ROLE perf_advisor_test_plans_reader;

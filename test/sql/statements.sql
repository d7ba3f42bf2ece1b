-- Every kind of statement is counted once, with its rows.
-- "of" shows the statements whose text holds a word.
CREATE SCHEMA statements_test;
SET search_path = statements_test, public;
CREATE VIEW of AS
	SELECT query, toplevel, calls, rows, plans FROM perf_advisor.statements
	WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
		AND query NOT LIKE '%perf_advisor%' AND query NOT LIKE '% of %';
CREATE TABLE item (id int PRIMARY KEY, grp int, txt text);

SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- constants do not make a statement another one
-- (names of columns do not make it another one either, so that the statements
-- of these tests differ in more than that)
SELECT 10 * 2 - 1 AS one_constant;
SELECT 20 * 3 - 5 AS one_constant;
SELECT 30 * 4 - 9 AS one_constant;
SELECT query, toplevel, calls, rows FROM of WHERE query LIKE '%one_constant%';

-- data modification counts the rows it changed
INSERT INTO item SELECT g, g % 10, 'x' FROM generate_series(1, 100) AS g;
UPDATE item SET txt = 'y' WHERE grp = 3;
UPDATE item SET txt = 'z' WHERE grp = 4;
DELETE FROM item WHERE id > 95;
SELECT id FROM item WHERE grp < 5 ORDER BY id LIMIT 3;
SELECT split_part(query, ' ', 1) AS command, toplevel, calls, rows FROM of
WHERE query LIKE '% item %' AND query NOT LIKE 'CREATE%' ORDER BY command;

-- prepared statements count under their own text
PREPARE get_item(int) AS SELECT grp AS prepared_item FROM item WHERE id = $1;
EXECUTE get_item(1);
EXECUTE get_item(2);
EXECUTE get_item(3);
EXECUTE get_item(4);
EXECUTE get_item(5);
EXECUTE get_item(6);
EXECUTE get_item(7);
DEALLOCATE get_item;
SELECT sum(calls) AS calls, sum(rows) AS rows, sum(plans) BETWEEN 1 AND 8 AS plans FROM of
WHERE query LIKE '%prepared_item%' AND rows > 0;

-- a cursor fetched in slices is one call, with all its rows: PL/pgSQL takes
-- 10 and then 50 rows at a time from a loop's query
DO $$
DECLARE
	r record;
	c CURSOR FOR SELECT id AS opened_id, grp FROM item ORDER BY id;
BEGIN
	FOR r IN SELECT id AS looped_id FROM item ORDER BY id LOOP
		NULL;
	END LOOP;
	OPEN c;
	FETCH c INTO r;
	FETCH c INTO r;
	FETCH c INTO r;
	CLOSE c;
END $$;
SELECT substring(query FROM '\w+ed_id') AS cursor, toplevel, calls, rows
FROM of WHERE query LIKE 'SELECT id AS %ed_id%' ORDER BY 1;
-- FETCH counts what it fetched, also from a cursor that COMMIT closes
BEGIN;
DECLARE slices CURSOR FOR SELECT id, txt FROM item ORDER BY id;
FETCH 4 FROM slices;
FETCH 3 FROM slices;
COMMIT;
SELECT sum(calls) AS calls, sum(rows) AS rows FROM of WHERE query LIKE 'FETCH % slices';

-- a statement that ended is counted even when its transaction rolls back; one
-- that fails is not a call
BEGIN;
SELECT abs(-1) AS rolled_back;
ROLLBACK;
SELECT 1 / (id - 1) AS divided FROM item WHERE id = 1;
SELECT coalesce(sum(calls) FILTER (WHERE query LIKE '%rolled_back%'), 0) AS rolled_back,
	coalesce(sum(calls) FILTER (WHERE query LIKE '%divided%'), 0) AS failed
FROM of;

-- reading shows the minima, maxima and percentiles in order
SELECT bool_and(calls = 0 OR min_exec_time <= mean_exec_time * 1.000001) AS min_mean,
	bool_and(calls = 0 OR mean_exec_time <= max_exec_time * 1.000001) AS mean_max,
	bool_and(calls = 0 OR abs(mean_exec_time * calls - total_exec_time) < 0.001) AS mean,
	bool_and(stddev_exec_time >= 0) AS stddev,
	bool_and(calls = 0 OR p50_exec_time <= p95_exec_time AND p95_exec_time <= p99_exec_time) AS percentiles,
	bool_and(calls = 0 OR p50_exec_time >= min_exec_time AND p99_exec_time <= max_exec_time) AS p99,
	bool_and(own_exec_time <= total_exec_time * 1.000001) AS own,
	bool_and(calls = 0 OR first_call <= last_call) AS calls_at,
	bool_and(stats_since <= now() AND minmax_stats_since >= stats_since) AS since,
	round(sum(exec_time_pct)) AS pct
FROM perf_advisor.statements;

-- what this version can measure is a number, what it cannot is NULL
SELECT count(local_blk_read_time) = CASE WHEN v >= 17 THEN count(*) ELSE 0 END AS local_times,
	count(jit_deform_count) = CASE WHEN v >= 17 THEN count(*) ELSE 0 END AS jit_deform,
	count(wal_buffers_full) = CASE WHEN v >= 18 THEN count(*) ELSE 0 END AS wal_buffers_full,
	count(parallel_workers_launched) = CASE WHEN v >= 18 THEN count(*) ELSE 0 END AS parallel_workers,
	count(shared_blk_read_time) = count(*) AS shared_times,
	count(wal_bytes) = count(*) AS wal
FROM perf_advisor.statements,
	(SELECT current_setting('server_version_num')::int / 10000 AS v) AS version
GROUP BY v;

-- without texts
SELECT count(*) > 0 AS shown, count(query) AS texts FROM perf_advisor.statements(false);

-- one row for a statement with several plans
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET enable_seqscan = off;
SELECT grp AS planned_grp FROM item WHERE id = 7;
SET enable_seqscan = on;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT grp AS planned_grp FROM item WHERE id = 7;
RESET enable_indexscan;
RESET enable_bitmapscan;
SELECT calls, rows, planids, last_planid IS NOT NULL AS last_planid
FROM perf_advisor.statements WHERE query LIKE '%planned_grp%' AND query NOT LIKE '%perf_advisor%';

-- a parallel plan is one call
CREATE TABLE wide AS SELECT g AS id, g % 7 AS grp FROM generate_series(1, 20000) AS g;
ALTER TABLE wide SET (parallel_workers = 2);
ANALYZE wide;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT count(*) FROM wide WHERE grp = 3;
SELECT count(*) AS parallel_count FROM wide WHERE grp = 3;
SELECT toplevel, calls, rows FROM of WHERE query LIKE '%parallel_count%';
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- settings: recording can be turned off, in parts or all of it
SET perf_advisor.enabled = off;
SELECT ceil(1.5) AS while_disabled;
SET perf_advisor.enabled = on;
SET perf_advisor.track = none;
SELECT floor(1.5) AS while_none;
RESET perf_advisor.track;
SELECT round(1.5) AS while_enabled;
SELECT substring(query FROM 'while_\w+') AS recorded, calls FROM of WHERE query LIKE '%while_%' ORDER BY 1;

DROP SCHEMA statements_test CASCADE;

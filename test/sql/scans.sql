-- Sampled scans: rows read and kept by table, statement and filter.
CREATE SCHEMA scans_test;
SET search_path = scans_test, public;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE thing (id int PRIMARY KEY, grp int, flag text);
INSERT INTO thing SELECT g, g % 10, CASE WHEN g % 4 = 0 THEN 'f' END FROM generate_series(1, 1000) AS g;
CREATE TABLE label (grp int, name text);
INSERT INTO label SELECT g, 'name ' || g FROM generate_series(0, 9) AS g;
VACUUM ANALYZE thing;
VACUUM ANALYZE label;
CREATE VIEW scan AS
	SELECT relname, predicate, calls, scans, rows_read, rows_kept, round(selectivity_ratio::numeric, 3) AS ratio
	FROM perf_advisor.seq_scans WHERE schemaname = 'scans_test';

-- Rows are counted from a plan's second execution on (from the first, if it is
-- costly), so what follows runs everything twice.
CREATE PROCEDURE run(query text) LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	FOR i IN 1 .. 2 LOOP
		EXECUTE query INTO result;
	END LOOP;
END $$;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(*) FROM thing WHERE grp = 3;
SELECT count(*) FROM thing WHERE grp = 4;
SELECT count(*) FROM thing WHERE grp = 5;
SELECT count(*) FROM thing WHERE grp = 6;
SELECT * FROM scan;

-- the statement, its share, and the table's size come with it
SELECT s.query LIKE 'SELECT count(*) FROM thing%' AS query, s.queryid = t.queryid AS queryid,
	s.calls = t.calls AS calls, s.total_time > 0 AS has_time, s.total_time <= t.total_exec_time AS time,
	s.exec_time_pct > 0 AND s.exec_time_pct <= 100 AS pct,
	s.table_size = pg_catalog.pg_table_size('thing') AS table_size,
	s.relid = 'thing'::regclass AS relid, s.sampled_calls BETWEEN 1 AND s.calls AS sampled
FROM perf_advisor.seq_scans AS s
JOIN perf_advisor.statements AS t ON t.queryid = s.queryid
WHERE s.schemaname = 'scans_test';

-- filters of all sorts, as SQL
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CALL run('SELECT count(*) FROM thing WHERE grp IN (1, 2)');
CALL run('SELECT count(*) FROM thing WHERE flag IS NULL');
CALL run('SELECT count(*) FROM thing WHERE flag = ''f'' AND grp > 7');
CALL run('SELECT count(*) FROM thing WHERE grp = 1 OR flag IS NOT NULL');
CALL run('SELECT count(*) FROM thing WHERE grp BETWEEN 2 AND 3');
CALL run('SELECT count(*) FROM thing WHERE lower(flag) = ''f''');
CALL run('SELECT count(*) FROM thing WHERE flag LIKE ''f%''');
CALL run('SELECT count(*) FROM thing WHERE id % 2 = 1');
CALL run('SELECT count(*) FROM thing WHERE grp = (SELECT min(grp) FROM label)');
CALL run('SELECT count(*) FROM thing');
SELECT * FROM scan ORDER BY relname, predicate COLLATE "C";

-- constants, parameters and variables of a function are the same filter
SELECT perf_advisor.reset() IS NOT NULL AS reset;
PREPARE by_grp(int) AS SELECT count(*) FROM thing WHERE grp = $1;
SET plan_cache_mode = force_custom_plan;
EXECUTE by_grp(1);
SET plan_cache_mode = force_generic_plan;
EXECUTE by_grp(2);
RESET plan_cache_mode;
DEALLOCATE by_grp;
DO $$
BEGIN
	FOR wanted IN 3 .. 4 LOOP
		PERFORM 1 FROM thing AS t WHERE t.grp = wanted;
	END LOOP;
END $$;
SELECT relname, predicate, sum(rows_read) AS rows_read, sum(rows_kept) AS rows_kept FROM scan GROUP BY 1, 2;

-- a join reads both sides; each has its own filter or none
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET enable_nestloop = off;
SET enable_mergejoin = off;
CALL run('SELECT count(*) FROM thing JOIN label USING (grp) WHERE label.name = ''name 3''');
SELECT * FROM scan ORDER BY relname;
RESET enable_nestloop;
RESET enable_mergejoin;

-- the inner side of a nested loop is scanned once for each outer row
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_material = off;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SET enable_memoize = off;
CALL run('SELECT count(*) FROM label AS a JOIN label AS b ON a.grp < b.grp');
SELECT relname, predicate IS NULL AS whole, calls, sum(scans) AS scans, sum(rows_read) AS rows_read FROM scan GROUP BY 1, 2, 3 ORDER BY 1, 2;
RESET enable_hashjoin;
RESET enable_mergejoin;
RESET enable_material;
RESET enable_indexscan;
RESET enable_bitmapscan;
RESET enable_memoize;

-- data modification scans too
SELECT perf_advisor.reset() IS NOT NULL AS reset;
BEGIN;
UPDATE thing SET flag = 'g' WHERE grp = 9;
UPDATE thing SET flag = 'h' WHERE grp = 8;
DELETE FROM label WHERE name = 'name 9';
DELETE FROM label WHERE name = 'name 8';
ROLLBACK;
SELECT * FROM scan ORDER BY relname;

-- access by table: sequential and by index, by our own count
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT grp FROM thing WHERE id = 1;
SELECT grp FROM thing WHERE id = 2;
CALL run('SELECT grp FROM thing WHERE id = 3 AND flag = ''no''');
CALL run('SELECT count(*) FROM thing WHERE grp = 5');
CALL run('SELECT count(*) FROM label');
SELECT schemaname, relname, seq_scan, seq_tup_read, idx_scan, idx_tup_fetch, rows_removed_by_filter, calls,
	total_time > 0 AS has_time, table_size = pg_catalog.pg_table_size(relid) AS table_size,
	sampled_calls BETWEEN 1 AND calls AS sampled, cardinality(top_queryids) AS queries
FROM perf_advisor.table_access WHERE schemaname = 'scans_test' ORDER BY relname;
SELECT bool_and(EXISTS (SELECT FROM perf_advisor.statements AS s WHERE s.queryid = q.queryid)) AS queryids_known
FROM perf_advisor.table_access AS a, unnest(a.top_queryids) AS q (queryid)
WHERE a.relname = 'thing';
-- times of a statement's scans add up to its own time
SELECT abs(sum(a.total_time) - (SELECT sum(own_exec_time) FROM perf_advisor.statements
	WHERE query ~ 'FROM (thing|label)' AND query !~ '(perf_advisor|CALL)')) < 0.01 AS adds_up
FROM perf_advisor.table_access AS a WHERE a.schemaname = 'scans_test';

-- rows by a bitmap, by an index alone, and of each partition
CREATE TABLE part (id int, grp int) PARTITION BY RANGE (id);
CREATE TABLE part_low PARTITION OF part FOR VALUES FROM (0) TO (100);
CREATE TABLE part_high PARTITION OF part FOR VALUES FROM (100) TO (1000);
INSERT INTO part SELECT g, g % 10 FROM generate_series(0, 299) AS g;
CREATE INDEX ON part_high (id);
VACUUM ANALYZE part;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CALL run('SELECT count(*) FROM part WHERE grp = 3');
SET enable_seqscan = off;
SET enable_indexscan = off;
CALL run('SELECT sum(grp) FROM part_high WHERE id < 110 AND grp = 5');
SET enable_indexscan = on;
SET enable_bitmapscan = off;
CALL run('SELECT count(id) FROM part_high WHERE id < 120');
RESET enable_seqscan;
RESET enable_indexscan;
RESET enable_bitmapscan;
SELECT * FROM scan ORDER BY relname;
SELECT relname, seq_scan, seq_tup_read, idx_scan, idx_tup_fetch, rows_removed_by_filter, calls
FROM perf_advisor.table_access WHERE schemaname = 'scans_test' ORDER BY relname;

-- a parallel scan is one scan to each worker, but every row is read once
CREATE TABLE wide AS SELECT g AS id, g % 7 AS grp FROM generate_series(1, 20000) AS g;
ALTER TABLE wide SET (parallel_workers = 2);
VACUUM ANALYZE wide;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*) FROM wide WHERE grp = 3;
SELECT count(*) FROM wide WHERE grp = 3;
SET max_parallel_workers_per_gather = 0;
SELECT predicate, calls, scans >= calls AS scans, rows_read, rows_kept FROM scan;

-- filters with subqueries have values of other parts of the plan in them, shown
-- as parameters too, or as the subquery's number
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CALL run('SELECT count(*) FROM thing WHERE grp IN (SELECT grp FROM label WHERE name < ''name 5'') OR id < 0');
CALL run('SELECT count(*) FROM thing AS t WHERE (SELECT l.name FROM label AS l WHERE l.grp = t.grp LIMIT 1) = ''name 3''');
CALL run('SELECT count(*) FROM thing AS t WHERE NOT EXISTS (SELECT FROM label AS l WHERE l.grp > t.grp OFFSET 0) OR id < 0');
SELECT relname, predicate IS NOT NULL AS predicate, calls, sum(rows_read) AS rows_read, sum(rows_kept) AS rows_kept
FROM scan WHERE relname = 'thing' GROUP BY 1, 2, 3 ORDER BY 1;

-- neither the system's tables nor temporary ones
CREATE TEMPORARY TABLE passing AS SELECT g AS id FROM generate_series(1, 100) AS g;
CALL run('SELECT count(*) FROM passing WHERE id > 50');
CALL run('SELECT count(*) FROM pg_catalog.pg_class WHERE relpages > 0');
SELECT count(*) FROM perf_advisor.seq_scans WHERE schemaname = 'pg_catalog' OR relname = 'passing';
SELECT count(*) FROM perf_advisor.table_access
WHERE schemaname IN ('pg_catalog', 'information_schema', 'perf_advisor', 'pg_toast') OR relname = 'passing';

-- The catalog moves on: a renamed column has its new name, a filter on a
-- column that changed its type cannot be shown, a dropped table is gone.
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CALL run('SELECT count(*) FROM thing WHERE grp = 3');
ALTER TABLE thing RENAME COLUMN grp TO class;
SELECT predicate, rows_read, rows_kept FROM scan WHERE relname = 'thing' AND rows_kept = 200;
ALTER TABLE thing ALTER COLUMN class TYPE bigint;
SELECT predicate, rows_read, rows_kept FROM scan WHERE relname = 'thing' AND rows_kept = 200;
ALTER TABLE thing DROP COLUMN class;
SELECT predicate, rows_read, rows_kept FROM scan WHERE relname = 'thing' AND rows_kept = 200;
CALL run('SELECT count(*) FROM label WHERE name = ''name 1''');
ALTER TABLE label RENAME TO renamed;
SELECT relname, predicate FROM scan WHERE relname IN ('label', 'renamed');
DROP TABLE renamed;
SELECT relname, predicate FROM scan WHERE relname IN ('label', 'renamed');
-- so is a filter whose function is gone
CREATE FUNCTION odd(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 % 2 = 1; END';
CALL run('SELECT count(*) FROM thing WHERE odd(id)');
SELECT predicate, rows_read, rows_kept FROM scan WHERE rows_kept = 1000;
DROP FUNCTION odd(int);
SELECT predicate, rows_read, rows_kept FROM scan WHERE rows_kept = 1000;

DROP SCHEMA scans_test CASCADE;

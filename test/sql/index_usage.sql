-- Own counts of what each index is used for.
CREATE SCHEMA used;
SET search_path = used;
CREATE TABLE t (id int PRIMARY KEY, a int, b int, c int, d int);
INSERT INTO t SELECT i, i, i, i % 100, i FROM generate_series(1, 5000) AS i;
CREATE INDEX t_a ON t (a);
CREATE INDEX t_b ON t (b);
CREATE INDEX t_c ON t (c);
CREATE INDEX t_d ON t (d);
CREATE TABLE wide (x int, y int, padding text);
INSERT INTO wide SELECT i % 50, i % 49, repeat('x', 1000) FROM generate_series(1, 3000) AS i;
CREATE INDEX wide_x ON wide (x);
CREATE INDEX wide_y ON wide (y);
VACUUM ANALYZE t, wide;
SET enable_seqscan = off;
-- what was used since the last call, and by how many more statements
CREATE TABLE before (indexrelname name, uses bigint);
CREATE FUNCTION uses(OUT indexrelname name, OUT uses bigint) RETURNS SETOF record
LANGUAGE plpgsql SET enable_seqscan = on AS $$
BEGIN
	RETURN QUERY SELECT u.indexrelname, u.uses - coalesce(b.uses, 0)
		FROM perf_advisor.index_usage AS u LEFT JOIN used.before AS b USING (indexrelname)
		WHERE u.schemaname = 'used' AND u.uses <> coalesce(b.uses, 0)
		ORDER BY u.indexrelname;
	DELETE FROM used.before;
	INSERT INTO used.before SELECT u.indexrelname, u.uses FROM perf_advisor.index_usage AS u WHERE u.schemaname = 'used';
END $$;

-- nothing yet; every index has its row
SELECT * FROM uses();
SELECT indexrelname, relname, uses, rows, statements, last_used, idx_scan IS NOT NULL AS idx_scan,
	first_seen > now() - interval '1 hour' AND first_seen < clock_timestamp() AS first_seen, complete,
	relid = 'used.t'::regclass AS relid, indexrelid = ('used.' || indexrelname)::regclass AS indexrelid
FROM perf_advisor.index_usage WHERE schemaname = 'used' ORDER BY 1;

-- plain, index only, bitmap and, bitmap or; a plan that has it twice counts once
SELECT b FROM t WHERE id = 7;
SELECT count(*) FROM t WHERE a BETWEEN 10 AND 12;
SELECT * FROM uses();
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
SELECT count(*) FROM wide WHERE x = 3 AND y = 4;
SELECT * FROM uses();
SELECT count(*) FROM t WHERE a = 3 OR b = 4 OR a = 9;
SELECT * FROM uses();
RESET enable_indexscan;
RESET enable_indexonlyscan;
SELECT count(*) FROM t AS x WHERE x.id = 5 AND EXISTS (SELECT FROM t AS y WHERE y.id = x.id);
SELECT * FROM uses();

-- inner side of a nested loop: once, however many rows look it up
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT count(*) FROM generate_series(1, 50) AS g JOIN t ON t.id = g;
SELECT * FROM uses();
RESET enable_hashjoin;
RESET enable_mergejoin;

-- sub-queries, CTEs, and expressions of the target list
SELECT (SELECT b FROM t WHERE a = 17) AS b;
WITH w AS MATERIALIZED (SELECT a FROM t WHERE b = 21) SELECT * FROM w;
SELECT * FROM uses();

-- planning and explaining use nothing; EXPLAIN ANALYZE does
EXPLAIN (COSTS off) SELECT * FROM t WHERE d = 1;
PREPARE of_d(int) AS SELECT b FROM t WHERE d = $1;
EXPLAIN (COSTS off) EXECUTE of_d(1);
SELECT * FROM uses();
SELECT indexrelname, statements, last_used FROM perf_advisor.index_usage WHERE indexrelname = 't_d';
DO $$ BEGIN EXECUTE 'EXPLAIN ANALYZE SELECT * FROM t WHERE d = 1'; END $$;
SELECT * FROM uses();

-- prepared, each execution
EXECUTE of_d(1);
EXECUTE of_d(2);
EXECUTE of_d(3);
SELECT * FROM uses();

-- cursors: when they are closed, and whatever becomes of their transaction
BEGIN;
DECLARE c CURSOR FOR SELECT b FROM t WHERE d = 8;
FETCH c;
CLOSE c;
DECLARE c CURSOR FOR SELECT b FROM t WHERE a = 8;
FETCH c;
ROLLBACK;
SELECT * FROM uses();

-- in functions and triggers
CREATE FUNCTION look_up(int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	result int;
BEGIN
	SELECT t.b INTO result FROM used.t WHERE t.a = $1;
	RETURN result;
END $$;
SELECT sum(look_up(i)) FROM generate_series(1, 10) AS i;
SELECT * FROM uses();
CREATE TABLE log (id int);
CREATE FUNCTION trigger_look_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM FROM used.t WHERE t.b = NEW.id;
	RETURN NEW;
END $$;
CREATE TRIGGER look_up BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION trigger_look_up();
INSERT INTO log VALUES (1), (2), (3);
SELECT * FROM uses();

-- UPDATE and DELETE by an index; unique checks of an INSERT are no uses
UPDATE t SET c = 1000 WHERE a = 100;
DELETE FROM t WHERE a = 101;
SELECT * FROM uses();
INSERT INTO t VALUES (101, 101, 101, 1, 101);
INSERT INTO t VALUES (101);
SELECT * FROM uses();
-- but ON CONFLICT needs its index
INSERT INTO t VALUES (101) ON CONFLICT (id) DO NOTHING;
INSERT INTO t VALUES (101) ON CONFLICT DO NOTHING;
SELECT * FROM uses();

-- an execution that failed used the index, too
SELECT 1 / (b - 7) FROM t WHERE a = 7;
SELECT * FROM uses();

-- parallel workers: one execution
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET min_parallel_index_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET enable_bitmapscan = off;
EXPLAIN (COSTS off) SELECT count(*) FROM t WHERE d > 10;
SELECT count(*) FROM t WHERE d > 10;
SELECT * FROM uses();
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET min_parallel_index_scan_size;
RESET max_parallel_workers_per_gather;
RESET enable_bitmapscan;

-- partitions: each index of the plan, in order
CREATE TABLE p (k int, v int) PARTITION BY RANGE (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (200);
CREATE INDEX p_v ON p (v);
INSERT INTO p SELECT i, i FROM generate_series(0, 199) AS i;
ANALYZE p;
SELECT v FROM p ORDER BY v LIMIT 2;
SELECT * FROM uses();
SELECT v FROM p WHERE v = 3 AND k = 3;
SELECT * FROM uses();

-- more than a few indexes in one plan
CREATE TABLE many (k int PRIMARY KEY, v int) PARTITION BY LIST (k);
SELECT format('CREATE TABLE many%s PARTITION OF many FOR VALUES IN (%s)', i, i) FROM generate_series(1, 12) AS i
\gexec
SELECT count(*) FROM many WHERE k > 0;
SELECT count(*), min(uses), max(uses) FROM uses();

-- foreign keys: the child's index when the parent changes
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int, parent int REFERENCES parent);
CREATE INDEX child_parent ON child (parent);
INSERT INTO parent SELECT generate_series(1, 5);
SELECT * FROM uses();
DELETE FROM parent WHERE id = 5;
SELECT * FROM uses();
UPDATE parent SET id = 40 WHERE id = 4;
SELECT * FROM uses();

-- What the server's own count makes of looking at a plan, it makes of ours
-- nothing: neither advice nor what-if runs execute anything.
SELECT count(*) >= 0 AS advised FROM perf_advisor.missing_indexes;
SELECT count(*) >= 0 AS advised FROM perf_advisor.advise_indexes();
SELECT cost_after <= cost_before AS cheaper FROM perf_advisor.whatif('SELECT * FROM used.t WHERE d = 1', ARRAY['CREATE INDEX ON used.t (d, a)']);
SELECT * FROM uses();

-- statements, rows and time
SELECT u.indexrelname, u.statements, u.last_used > now() - interval '1 hour' AS last_used, u.complete
FROM perf_advisor.index_usage AS u WHERE u.indexrelname IN ('t_a', 't_b', 't_d') ORDER BY 1;
CREATE TABLE r (id int, v int);
INSERT INTO r SELECT i, i % 10 FROM generate_series(1, 1000) AS i;
CREATE INDEX r_v ON r (v);
ANALYZE r;
SET perf_advisor.sample_rate = 1;
SET perf_advisor.overhead_budget = 100;
SET enable_bitmapscan = off;
SELECT count(id) FROM r WHERE v = 3 AND id < 500;
SELECT count(id) FROM r WHERE v = 4 AND id < 500;
SELECT count(id) FROM r WHERE v = 5 AND id < 500;
RESET enable_bitmapscan;
SELECT indexrelname, uses, rows, statements FROM perf_advisor.index_usage WHERE indexrelname = 'r_v';
SET enable_indexscan = off;
SELECT count(id) FROM r WHERE v = 6 AND id < 500;
SELECT count(id) FROM r WHERE v = 7 AND id < 500;
RESET enable_indexscan;
SELECT indexrelname, uses, rows, statements FROM perf_advisor.index_usage WHERE indexrelname = 'r_v';
RESET perf_advisor.sample_rate;
RESET perf_advisor.overhead_budget;

-- a reset of statements is none of uses
SELECT * FROM uses();
SELECT queryid FROM perf_advisor.statements WHERE query LIKE 'SELECT count(id) FROM r WHERE%' \gset
SELECT perf_advisor.reset(queryid => :queryid) IS NOT NULL AS reset;
SELECT * FROM uses();
SELECT indexrelname, uses, statements, last_used IS NOT NULL AS last_used FROM perf_advisor.index_usage WHERE indexrelname = 'r_v';
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM uses();
SELECT count(id) FROM r WHERE v = 3 AND id < 500;
SELECT * FROM uses();
SELECT indexrelname, statements, last_used IS NOT NULL AS last_used FROM perf_advisor.index_usage
WHERE indexrelname IN ('r_v', 't_a') ORDER BY 1;

-- an index that is gone, one of the same name, one that was never there
SELECT count(id) FROM r WHERE v = 3 AND id < 500;
SELECT indexrelid AS old, first_seen AS seen FROM perf_advisor.index_usage WHERE indexrelname = 'r_v' \gset
DROP INDEX r_v;
SELECT count(*) FROM perf_advisor.index_usage WHERE indexrelname = 'r_v' OR indexrelid = :old;
CREATE INDEX r_v ON r (v);
SELECT uses, rows, statements, last_used, first_seen > :'seen' AS later FROM perf_advisor.index_usage WHERE indexrelname = 'r_v';
SELECT first_seen AS seen FROM perf_advisor.index_usage WHERE indexrelname = 'r_v' \gset
REINDEX INDEX r_v;
SELECT first_seen = :'seen' AS same FROM perf_advisor.index_usage WHERE indexrelname = 'r_v';
REINDEX INDEX CONCURRENTLY r_v;
SELECT first_seen = :'seen' AS same FROM perf_advisor.index_usage WHERE indexrelname = 'r_v';
SELECT first_seen AS seen FROM perf_advisor.index_usage WHERE indexrelname = 'r_v' \gset
-- a DROP that is rolled back drops no counts, a CREATE that is leaves nothing
SELECT count(id) FROM r WHERE v = 3 AND id < 500;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
BEGIN;
DROP INDEX r_v;
ROLLBACK;
BEGIN;
SAVEPOINT s;
DROP INDEX r_v;
ROLLBACK TO s;
CREATE INDEX r_id ON r (id);
SAVEPOINT s;
CREATE INDEX r_id2 ON r (id);
ROLLBACK TO s;
COMMIT;
SELECT indexrelname, uses, first_seen = :'seen' AS same FROM perf_advisor.index_usage WHERE relname = 'r' ORDER BY 1;

-- what is left out: temporary tables, catalogs, our own
CREATE TEMPORARY TABLE temp (id int PRIMARY KEY);
SELECT id FROM temp WHERE id = 1;
SELECT DISTINCT schemaname FROM perf_advisor.index_usage WHERE schemaname NOT IN ('used', 'public');
SELECT count(*) FROM perf_advisor.index_usage WHERE relname = 'temp';

-- not everything is counted: that is said
SET perf_advisor.track = top;
SELECT DISTINCT complete FROM perf_advisor.index_usage WHERE schemaname = 'used';
RESET perf_advisor.track;
SET perf_advisor.enabled = off;
SELECT DISTINCT complete FROM perf_advisor.index_usage WHERE schemaname = 'used';
RESET perf_advisor.enabled;
SET compute_query_id = off;
SELECT DISTINCT complete FROM perf_advisor.index_usage WHERE schemaname = 'used';
RESET compute_query_id;
SELECT DISTINCT complete FROM perf_advisor.index_usage WHERE schemaname = 'used';

-- more plans than a statement may have entries
SELECT count(*) > 0 AS changed FROM uses();
CREATE TABLE w (id int, n int) PARTITION BY LIST (n);
SELECT format('CREATE TABLE w%s PARTITION OF w FOR VALUES IN (%s); CREATE INDEX w%s_id ON w%s (id); INSERT INTO w VALUES (%s, %s)', i, i, i, i, i, i)
FROM generate_series(1, 25) AS i
\gexec
ANALYZE w;
\pset tuples_only on
SELECT format('SELECT count(id) FROM w WHERE n = %s AND id = %s', i % 25 + 1, i % 25 + 1) FROM generate_series(1, 50) AS i
\gexec
\pset tuples_only off
SELECT count(*), min(uses), max(uses) FROM uses();
-- what a session has counted is summed up when it ends, at the latest
\connect -
SET search_path = used;
SELECT count(*), min(uses), max(uses), min(last_used) > now() - interval '1 hour' AS last_used
FROM perf_advisor.index_usage WHERE indexrelname LIKE 'w%\_id';
SELECT * FROM uses();
SELECT count(*) AS plans, count(p.planid) AS of_their_own FROM perf_advisor.plans AS p JOIN perf_advisor.statements AS s USING (userid, dbid, toplevel, queryid)
WHERE s.query LIKE 'SELECT count(id) FROM w WHERE%';

SET client_min_messages = warning;
DROP SCHEMA used CASCADE;

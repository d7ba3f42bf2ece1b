-- An index that is used while nothing is recorded is watched from then on.
CREATE SCHEMA gap;
SET search_path = gap;
SET enable_seqscan = off;
CREATE TABLE t (id int, a int, b int, c int, d int);
CREATE INDEX t_a ON t (a);
CREATE INDEX t_b ON t (b);
CREATE INDEX t_c ON t (c);
CREATE INDEX t_d ON t (d);
CREATE TABLE seen (indexrelid oid, first_seen timestamptz);
CREATE FUNCTION begins() RETURNS TABLE (indexrelname name, uses int8, anew bool) LANGUAGE sql AS $$
	SELECT u.indexrelname, u.uses, u.first_seen > s.first_seen
	FROM perf_advisor.index_usage AS u JOIN gap.seen AS s USING (indexrelid) ORDER BY 1
$$;
INSERT INTO seen SELECT indexrelid, first_seen FROM perf_advisor.index_usage WHERE relname = 't' AND schemaname = 'gap';
SELECT id FROM t WHERE a = 1;
-- what is recorded, explained or only planned leaves the windows alone
SELECT pg_sleep(1.2);
SELECT id FROM t WHERE a = 1;
SET perf_advisor.enabled = off;
EXPLAIN (COSTS OFF) SELECT id FROM t WHERE b = 1;
RESET perf_advisor.enabled;
SELECT * FROM begins();
-- recording off
SET perf_advisor.enabled = off;
SELECT id FROM t WHERE b = 1;
RESET perf_advisor.enabled;
SELECT * FROM begins();
-- none tracked; nested ones not; not identified
SET perf_advisor.track = none;
SELECT id FROM t WHERE c = 1;
RESET perf_advisor.track;
SELECT * FROM begins();
SET perf_advisor.track = top;
CREATE FUNCTION nested() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT max(id) FROM gap.t WHERE d = 1); END $$;
SELECT nested();
RESET perf_advisor.track;
SELECT * FROM begins();
TRUNCATE seen;
INSERT INTO seen SELECT indexrelid, first_seen FROM perf_advisor.index_usage WHERE relname = 't' AND schemaname = 'gap';
SELECT pg_sleep(1.2);
SET compute_query_id = off;
SELECT id FROM t WHERE a = 1;
RESET compute_query_id;
SELECT * FROM begins();
-- TOAST tables have indexes that nobody sees: they take no place
SELECT split_part(value, ' ', 5) AS before FROM perf_advisor.status() WHERE item = 'index_uses' \gset
CREATE TABLE long (line text);
SELECT split_part(value, ' ', 5) AS after FROM perf_advisor.status() WHERE item = 'index_uses' \gset
SELECT :before > 0 AS some, :after = :before AS as_before;
SET client_min_messages = warning;
DROP SCHEMA gap CASCADE;

-- Uses outlive an index that was only a part or an earlier copy of another one.
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE SCHEMA outlive;
SET search_path = outlive;
SET enable_seqscan = off;
CREATE TABLE q (id int, k int, d int) PARTITION BY RANGE (d);
CREATE TABLE q1 PARTITION OF q FOR VALUES FROM (0) TO (10);
CREATE TABLE q2 PARTITION OF q FOR VALUES FROM (10) TO (20);
CREATE TABLE q3 PARTITION OF q FOR VALUES FROM (20) TO (30) PARTITION BY RANGE (d);
CREATE TABLE q3a PARTITION OF q3 FOR VALUES FROM (20) TO (25);
CREATE INDEX q_k ON q (k);
CREATE INDEX q_id ON q (id);
-- as unused_indexes adds them up
CREATE VIEW trees AS SELECT coalesce(pg_partition_root(indexrelid)::regclass, indexrelid) AS root, sum(uses) AS uses,
	max(last_used) IS NOT NULL AS last_used FROM perf_advisor.index_usage WHERE schemaname = 'outlive' GROUP BY 1;

SELECT id FROM q WHERE k = 77;
SELECT id FROM q WHERE k = 77;
SELECT * FROM trees ORDER BY 1;

-- a partition that is dropped: a plan that reads the index of another one, too, counts once
DROP TABLE q1;
SELECT indexrelname, uses FROM perf_advisor.index_usage WHERE schemaname = 'outlive' ORDER BY 1;
-- one that is only read by itself
SELECT id FROM q2 WHERE k = 7;
DROP TABLE q2;
SELECT indexrelname, uses, last_used IS NOT NULL AS last_used FROM perf_advisor.index_usage WHERE schemaname = 'outlive' ORDER BY 1;
-- uses that no statement has any more
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE TABLE q4 PARTITION OF q FOR VALUES FROM (40) TO (50);
SELECT id FROM q4 WHERE k = 7;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
DROP TABLE q4;
SELECT indexrelname, uses FROM perf_advisor.index_usage WHERE schemaname = 'outlive' ORDER BY 1;

-- one that leaves, and one that leaves with its own partitions, takes its uses along and leaves them behind
CREATE TABLE q5 PARTITION OF q FOR VALUES FROM (50) TO (60);
SELECT id FROM q5 WHERE k = 7;
SELECT id FROM q3a WHERE k = 7;
BEGIN;
ALTER TABLE q DETACH PARTITION q5;
ROLLBACK;
SELECT indexrelname, uses FROM perf_advisor.index_usage WHERE schemaname = 'outlive' AND indexrelname IN ('q_k', 'q5_k_idx') ORDER BY 1;
ALTER TABLE q DETACH PARTITION q5;
SET perf_advisor.enabled = off;
ALTER TABLE q DETACH PARTITION q3;
RESET perf_advisor.enabled;
SELECT id FROM q5 WHERE k = 7;
SELECT indexrelname, uses FROM perf_advisor.index_usage WHERE schemaname = 'outlive' ORDER BY 1;
SELECT * FROM trees ORDER BY 1;

-- a copy takes over: of a table's index, of a partition's, of one with a long name
CREATE TABLE t (id int, k int);
CREATE INDEX t_k ON t (k);
CREATE INDEX t_a_name_that_is_so_long_that_there_is_no_room_for_any_more_of ON t (id);
CREATE INDEX t_idle ON t (abs(id));
SELECT k FROM t WHERE k = 7;
SELECT id FROM t WHERE id = 7;
CREATE TABLE seen AS SELECT indexrelname, indexrelid, first_seen FROM perf_advisor.index_usage WHERE relname = 't' AND schemaname = 'outlive';
REINDEX TABLE CONCURRENTLY t;
REINDEX INDEX CONCURRENTLY q3a_k_idx;
SELECT left(u.indexrelname, 30) AS indexrelname, u.uses, u.last_used IS NOT NULL AS last_used, u.indexrelid <> s.indexrelid AS another,
	u.first_seen = s.first_seen AS watched
FROM perf_advisor.index_usage AS u JOIN seen AS s ON s.indexrelname = u.indexrelname AND u.schemaname = 'outlive' ORDER BY 1;
SELECT indexrelname, uses FROM perf_advisor.index_usage WHERE schemaname = 'outlive' AND indexrelname = 'q3a_k_idx';
-- what is dropped by hand has no heir
DROP INDEX t_k;
CREATE INDEX t_k ON t (k);
SELECT indexrelname, uses FROM perf_advisor.index_usage WHERE schemaname = 'outlive' AND indexrelname = 't_k';

DROP SCHEMA outlive CASCADE;
SELECT count(*) AS left_behind FROM perf_advisor.index_usage WHERE schemaname = 'outlive';

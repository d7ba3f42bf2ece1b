--
-- Indexes of partitioned tables: one on the root, which each partition gets,
-- never one of a partition.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE SCHEMA meter;
SET search_path = meter;

CREATE TABLE reading (id bigint NOT NULL, device int NOT NULL, taken date NOT NULL, level int NOT NULL)
PARTITION BY RANGE (taken);
CREATE TABLE reading_1 PARTITION OF reading FOR VALUES FROM ('2024-01-01') TO ('2024-04-01');
CREATE TABLE reading_2 PARTITION OF reading FOR VALUES FROM ('2024-04-01') TO ('2024-07-01')
PARTITION BY HASH (device);
CREATE TABLE reading_2a PARTITION OF reading_2 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
-- its columns are in another order
CREATE TABLE reading_2b (level int NOT NULL, taken date NOT NULL, device int NOT NULL, id bigint NOT NULL);
ALTER TABLE reading_2 ATTACH PARTITION reading_2b FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO reading
SELECT i, i::bigint * 7919 % 5000, '2024-01-01'::date + (i % 182)::int, i::bigint * 104729 % 50021
FROM generate_series(1, 200000) AS i;

CREATE VIEW advised AS
SELECT relname, regexp_replace(index_ddl, '.* ON (ONLY )?', '') AS ddl, index_ddl LIKE '%CONCURRENTLY%' AS concurrently
FROM perf_advisor.missing_indexes
ORDER BY 1, 2;

-- nobody has analyzed anything
SELECT * FROM reading WHERE device = 7 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT kind, relname FROM perf_advisor.index_hints;

-- the partitions alone are, as autovacuum does it
ANALYZE reading_1;
ANALYZE reading_2a;
ANALYZE reading_2b;
SELECT * FROM advised;

-- the root is, too
ANALYZE reading;
SELECT * FROM advised;

-- all but one partition is pruned
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM reading WHERE device = 7 AND taken < '2024-02-01' \g /dev/null
\g /dev/null
\g /dev/null
SELECT relname FROM advised;

-- rows that are changed
SELECT perf_advisor.reset() IS NOT NULL AS reset;
UPDATE reading SET level = level WHERE device = 77;
\g
\g
SELECT * FROM advised;

-- MIN, in each partition
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT min(level) FROM reading \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- a partition that is asked for by its name
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM reading_1 WHERE device = 7 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT reason FROM perf_advisor.advisor_skipped;

-- the index is there
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE INDEX ON reading (device);
SELECT * FROM reading WHERE device = 7 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- inheritance the old way is not a partitioned table
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE TABLE log (id int, device int);
CREATE TABLE log_old () INHERITS (log);
INSERT INTO log SELECT i, i % 5000 FROM generate_series(1, 60000) AS i;
INSERT INTO log_old SELECT i, i % 5000 FROM generate_series(1, 60000) AS i;
ANALYZE log;
ANALYZE log_old;
SELECT * FROM log WHERE device = 7 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT reason FROM perf_advisor.advisor_skipped;

RESET search_path;
DROP SCHEMA meter CASCADE;

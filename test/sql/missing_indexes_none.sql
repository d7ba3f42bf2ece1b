--
-- Where no index helps, or one is there already, none is advised.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE SCHEMA yard;
SET search_path = yard;

CREATE TABLE part (
	id bigint PRIMARY KEY,
	maker_id int NOT NULL,
	state text NOT NULL,
	made_at timestamptz NOT NULL,
	weight numeric(8,2) NOT NULL,
	spare bool NOT NULL,
	serial text NOT NULL,
	shelf text NOT NULL
);
CREATE TABLE colour (
	id int,
	name text
);
INSERT INTO part
SELECT
	i,
	(i::bigint * 7919) % 20000 + 1,
	CASE WHEN i % 100 < 97 THEN 'sold' WHEN i % 100 = 97 THEN 'new' WHEN i % 100 = 98 THEN 'lost' ELSE 'broken' END,
	'2024-01-01 00:00+00'::timestamptz + i * interval '2 minutes',
	(i::bigint * 104729 % 100003) / 100.0,
	i % 2 = 0,
	'SN' || i,
	'shelf ' || i % 40
FROM generate_series(1, 300000) AS i;
INSERT INTO colour SELECT i, 'colour ' || i FROM generate_series(1, 50) AS i;
CREATE INDEX ON part (maker_id, made_at);
CREATE UNIQUE INDEX ON part (serial);
VACUUM ANALYZE part;
VACUUM ANALYZE colour;

CREATE VIEW advised AS
SELECT relname, key_columns
FROM perf_advisor.missing_indexes
WHERE schemaname IN ('yard', 'pg_catalog', 'perf_advisor')
ORDER BY relname, key_columns;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- nearly every row is wanted
SELECT count(weight) FROM part WHERE state = 'sold' \g /dev/null
\g /dev/null
-- half of them
SELECT count(weight) FROM part WHERE spare \g /dev/null
\g /dev/null
SELECT count(weight) FROM part WHERE spare = false \g /dev/null
\g /dev/null
-- a small table, however often
SELECT * FROM colour WHERE id = 7 \g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
-- the beginning of an index
SELECT * FROM part WHERE maker_id = 42 \g /dev/null
\g /dev/null
-- all of it, in another order
SELECT * FROM part WHERE made_at > '2024-12-01' AND maker_id = 42 \g /dev/null
\g /dev/null
SELECT * FROM part WHERE maker_id = 42 ORDER BY made_at DESC LIMIT 3 \g /dev/null
\g /dev/null
-- a unique column finds one row
SELECT * FROM part WHERE serial = 'SN4711' AND shelf = 'shelf 31' \g /dev/null
\g /dev/null
SELECT * FROM part WHERE id = 4711 AND shelf = 'shelf 31' \g /dev/null
\g /dev/null
-- the whole table
SELECT sum(weight) FROM part \g /dev/null
\g /dev/null
-- nothing to look up
SELECT count(*) FROM part WHERE random() < 0.001 \g /dev/null
\g /dev/null
-- LIMIT without an order
SELECT * FROM part LIMIT 10 \g /dev/null
\g /dev/null
-- a column inside an expression
SELECT * FROM part WHERE weight + 0 = 42 \g /dev/null
\g /dev/null
SELECT * FROM part WHERE made_at::date = '2024-03-03' \g /dev/null
\g /dev/null
-- system tables
SELECT count(*) FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid WHERE c.relpages = 1 \g /dev/null
\g /dev/null
-- our own views
SELECT count(*) FROM perf_advisor.statements WHERE calls = 1 \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT * FROM advised;

-- all of them were looked at
SELECT queryid, reason, query FROM perf_advisor.advisor_skipped;

-- seen once: no habit yet
SELECT * FROM part WHERE weight = 77 \g /dev/null
SELECT * FROM advised;
-- and twice
SELECT * FROM part WHERE weight = 78 \g /dev/null
SELECT * FROM advised;

-- a thousandth of the workload is not worth an index
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(*) FROM part AS a JOIN part AS b USING (maker_id) WHERE a.weight <> b.weight + a.id \g /dev/null
\g /dev/null
SELECT * FROM colour AS c JOIN part AS p ON p.id = c.id WHERE p.weight = 77 \g /dev/null
\g /dev/null
SELECT relname, key_columns FROM advised;

-- temporary tables
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE TEMPORARY TABLE scratch AS SELECT * FROM part;
ANALYZE scratch;
SELECT * FROM scratch WHERE weight = 77 \g /dev/null
\g /dev/null
SELECT relname, key_columns FROM perf_advisor.missing_indexes;

-- a table that was never analyzed
CREATE TABLE fresh AS SELECT * FROM part;
ALTER TABLE fresh SET (autovacuum_enabled = off);
SELECT * FROM fresh WHERE weight = 77 \g /dev/null
\g /dev/null
SELECT relname, key_columns FROM perf_advisor.missing_indexes;
SELECT reason FROM perf_advisor.advisor_skipped;
ANALYZE fresh;
SELECT relname, key_columns FROM perf_advisor.missing_indexes;
SELECT reason FROM perf_advisor.advisor_skipped;

-- partitions get none: the root gets it
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE TABLE crate (id int, weight int) PARTITION BY RANGE (id);
CREATE TABLE crate_1 PARTITION OF crate FOR VALUES FROM (0) TO (50000);
CREATE TABLE crate_2 PARTITION OF crate FOR VALUES FROM (50000) TO (100000);
INSERT INTO crate SELECT i, i % 1000 FROM generate_series(1, 99999) AS i;
ANALYZE crate;
SELECT * FROM crate WHERE weight = 77 \g /dev/null
\g /dev/null
SELECT relname, key_columns FROM perf_advisor.missing_indexes;
SELECT reason FROM perf_advisor.advisor_skipped;

RESET search_path;
DROP SCHEMA yard CASCADE;

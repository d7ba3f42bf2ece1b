--
-- Statements that no index can help as they are written: nothing is advised
-- for them, and the reason is told.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE SCHEMA depot;
SET search_path = depot;

CREATE TABLE item (
	id int PRIMARY KEY,
	shop_id int NOT NULL,
	added timestamptz NOT NULL,
	name text NOT NULL,
	labels text[] NOT NULL,
	grade char(4) NOT NULL
);
CREATE TABLE price (
	item_id numeric NOT NULL,
	amount int NOT NULL
);
INSERT INTO item
SELECT i, i::bigint * 7919 % 3000, '2024-01-01 00:00+00'::timestamptz + i * interval '7 minutes',
	'item ' || md5(i::text), ARRAY['l' || i % 900], 'g' || i % 100
FROM generate_series(1, 60000) AS i;
INSERT INTO price SELECT i, i % 1000 FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE item;
VACUUM ANALYZE price;

CREATE VIEW told AS
SELECT kind, relname, column_name FROM perf_advisor.index_hints WHERE schemaname = 'depot';

-- a cast that is not immutable, and what is better compared as it is
SELECT id FROM item WHERE added::date = '2024-02-29' \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) AS advised FROM perf_advisor.missing_indexes;
SELECT * FROM told;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM item WHERE shop_id::text = '77' \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) AS advised FROM perf_advisor.missing_indexes;
SELECT * FROM told;

-- a function that is not immutable
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM item WHERE date_trunc('day', added) = '2024-02-29' \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) AS advised FROM perf_advisor.missing_indexes;
SELECT * FROM told;

-- arithmetic on the column's side
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM item WHERE shop_id + 0 = 77 \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) AS advised FROM perf_advisor.missing_indexes;
SELECT * FROM told;

-- an integer compared as numeric, a char as text
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM item WHERE shop_id = 77.0 \g /dev/null
\g /dev/null
\g /dev/null
SELECT id FROM item WHERE grade = 'g7'::text \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) AS advised FROM perf_advisor.missing_indexes;
SELECT * FROM told ORDER BY column_name;

-- a collation that is not the column's
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM item WHERE name = 'item' COLLATE "POSIX" \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) AS advised FROM perf_advisor.missing_indexes;
SELECT * FROM told;

-- an element of an array, asked for the wrong way round
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM item WHERE 'l77' = ANY (labels) \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) AS advised FROM perf_advisor.missing_indexes;
SELECT * FROM told;

-- a volatile function has nothing to be said about it
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM item WHERE random() < 0.001 \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) AS advised FROM perf_advisor.missing_indexes;
SELECT * FROM told;

-- an index that is not valid; once it is, there is nothing to say
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE INDEX item_shop ON item (shop_id);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'item_shop'::regclass;
SELECT id FROM item WHERE shop_id = 77 \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) AS advised FROM perf_advisor.missing_indexes;
SELECT * FROM told;
UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'item_shop'::regclass;
SELECT count(*) AS told FROM told;

-- an index that settings keep out
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT id, name FROM item WHERE shop_id = 77 \g /dev/null
\g /dev/null
\g /dev/null
RESET enable_indexscan;
RESET enable_bitmapscan;
SELECT count(*) AS advised FROM perf_advisor.missing_indexes;
SELECT * FROM told;
DROP INDEX item_shop;

-- a large OFFSET; a small one is nobody's business
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM item ORDER BY id OFFSET 40000 LIMIT 10 \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) AS advised FROM perf_advisor.missing_indexes;
SELECT * FROM told;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM item ORDER BY id OFFSET 40 LIMIT 10 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM told;

-- an index of a partitioned table that waits for its partitions' is not broken
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE TABLE visit (id int NOT NULL, shop_id int NOT NULL, note text) PARTITION BY RANGE (id);
CREATE TABLE visit_1 PARTITION OF visit FOR VALUES FROM (0) TO (60001);
INSERT INTO visit SELECT i, i::bigint * 7919 % 3000, repeat('x', 60) FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE visit;
CREATE INDEX visit_shop ON ONLY visit (shop_id);
SELECT note FROM visit WHERE shop_id = 77 \g /dev/null
\g /dev/null
\g /dev/null
SELECT indisvalid FROM pg_index WHERE indexrelid = 'visit_shop'::regclass;
SELECT * FROM told;

RESET search_path;
DROP SCHEMA depot CASCADE;

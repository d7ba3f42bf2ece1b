--
-- Tables under perf_advisor.min_table_size: an index is advised where one
-- execution reads them again and again, and only there.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE SCHEMA shop;
SET search_path = shop;
SET max_parallel_workers_per_gather = 0;

CREATE TABLE item (
	id int PRIMARY KEY,
	category int NOT NULL,
	price int NOT NULL,
	sold_from int NOT NULL,
	sold_until int NOT NULL,
	pad text NOT NULL
);
CREATE TABLE label (
	id int PRIMARY KEY,
	category int NOT NULL,
	price int NOT NULL,
	pad text NOT NULL
);
CREATE TABLE purchase (
	id int PRIMARY KEY,
	basket int NOT NULL,
	category int NOT NULL,
	half int NOT NULL,
	at int NOT NULL,
	pad text NOT NULL
);
INSERT INTO item
SELECT i, i % 500, i * 7919 % 1009, i * 3, i * 3 + 2, repeat('x', 150)
FROM generate_series(1, 2000) AS i;
INSERT INTO label
SELECT i, i, i * 7919 % 1009, repeat('x', 150)
FROM generate_series(1, 250) AS i;
INSERT INTO purchase
SELECT i, i % 200, i * 7 % 100, i % 2, i * 11 % 6000, repeat('x', 100)
FROM generate_series(1, 50000) AS i;
CREATE INDEX ON purchase (basket);
VACUUM ANALYZE item;
VACUUM ANALYZE label;
VACUUM ANALYZE purchase;

-- less than the limit, and less than any table for which one is worthwhile
SELECT relname, relpages BETWEEN 40 AND 80 AS some, relpages < 8 AS few
FROM pg_class WHERE relname IN ('item', 'label') ORDER BY 1;

CREATE VIEW advised AS
SELECT regexp_replace(index_ddl, '.* ON (ONLY )?', '') AS ddl
FROM perf_advisor.missing_indexes
WHERE relname IN ('item', 'label')
ORDER BY 1;

-- a sub-select, once for each row of the same table
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(*) FROM item AS i WHERE i.price > 1.2 * (SELECT avg(j.price) FROM item AS j WHERE j.category = i.category) \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- and in the list of what is selected
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT p.id, (SELECT max(i.price) FROM item AS i WHERE i.category = p.category) FROM purchase AS p WHERE p.basket = 7 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- LATERAL with a LIMIT, which nothing can be hashed for
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT p.id, l.price FROM purchase AS p, LATERAL (SELECT i.price FROM item AS i WHERE i.sold_from <= p.at ORDER BY i.sold_from DESC LIMIT 1) AS l
WHERE p.basket = 7 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- a nested loop that compares all pairs
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT p.id, i.id FROM purchase AS p JOIN item AS i ON i.sold_from = p.at OR i.sold_until = p.at WHERE p.basket = 7 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- with parameters
SELECT perf_advisor.reset() IS NOT NULL AS reset;
PREPARE cheaper(int) AS
SELECT count(*) FROM item AS i WHERE i.id < $1 AND i.price > (SELECT avg(j.price) FROM item AS j WHERE j.category = i.category);
EXECUTE cheaper(0) \g /dev/null
EXECUTE cheaper(1000) \g /dev/null
EXECUTE cheaper(2000) \g /dev/null
SELECT * FROM advised;
DEALLOCATE cheaper;

-- none of a table of a few pages, however often it is read
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(*) FROM label AS i WHERE i.price > 1.2 * (SELECT avg(j.price) FROM label AS j WHERE j.category = i.category) \g /dev/null
\g /dev/null
\g /dev/null
SELECT p.id, (SELECT max(l.price) FROM label AS l WHERE l.category = p.category) FROM purchase AS p WHERE p.basket = 7 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- none where an execution reads the table once: many executions of it
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM item WHERE category = 7 \g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
-- a hash join
SELECT p.id, i.price FROM purchase AS p JOIN item AS i ON i.category = p.category WHERE p.basket = 7 \g /dev/null
\g /dev/null
\g /dev/null
-- a hashed sub-select, and one that is the same for all rows
SELECT p.id FROM purchase AS p WHERE p.basket = 7 AND (p.at = 5 OR p.category NOT IN (SELECT i.category FROM item AS i WHERE i.price < 9)) \g /dev/null
\g /dev/null
\g /dev/null
SELECT p.id FROM purchase AS p WHERE p.basket = 7 AND p.at > (SELECT avg(i.price) FROM item AS i WHERE i.category = 3) \g /dev/null
\g /dev/null
\g /dev/null
-- two different values, whose rows are kept
SELECT p.id, l.price FROM purchase AS p, LATERAL (SELECT i.price FROM item AS i WHERE i.category = p.half LIMIT 1) AS l
WHERE p.basket = 7 \g /dev/null
\g /dev/null
\g /dev/null
-- of the rows read once, the few that are read again
SELECT p.id, i.id FROM purchase AS p JOIN item AS i ON p.at BETWEEN i.sold_from AND i.sold_until AND i.category = 7
WHERE p.basket = 7 AND p.id < 5000 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT queryid, reason FROM perf_advisor.advisor_skipped;

RESET max_parallel_workers_per_gather;
RESET search_path;
DROP SCHEMA shop CASCADE;

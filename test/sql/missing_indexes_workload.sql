--
-- Missing indexes: statements that compete for advice in one workload, and
-- what is left of it when the advice was followed.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE SCHEMA shop;
SET search_path = shop;
-- the planner's choice must not depend on how the server is set up
SET max_parallel_workers_per_gather = 0;
SET random_page_cost = 1.1;

-- 20,000 customers in 500 cities; 300,000 orders in the order of their time.
CREATE TABLE customer (
	id int PRIMARY KEY,
	name text NOT NULL,
	city text NOT NULL,
	email text NOT NULL UNIQUE
);
CREATE TABLE orders (
	id bigint PRIMARY KEY,
	customer_id int NOT NULL,
	state text NOT NULL,
	created_at timestamptz NOT NULL,
	total numeric(10,2) NOT NULL,
	region int NOT NULL,
	flag bool NOT NULL,
	code int NOT NULL,
	remark text NOT NULL
);
CREATE TABLE child (
	id bigint PRIMARY KEY,
	parent_id int NOT NULL,
	x int NOT NULL
);
CREATE TABLE known (
	id bigint PRIMARY KEY,
	customer_id int NOT NULL,
	created_at timestamptz NOT NULL,
	remark text NOT NULL
);
CREATE TABLE tiny (
	id int NOT NULL,
	v text NOT NULL
);
INSERT INTO customer
SELECT i, 'customer ' || i, 'city ' || i % 500, i || '@example.org'
FROM generate_series(1, 20000) AS i;
INSERT INTO orders
SELECT
	i,
	(i::bigint * 7919) % 20000 + 1,
	CASE WHEN i % 100 < 97 THEN 'done' WHEN i % 100 = 97 THEN 'pending' WHEN i % 100 = 98 THEN 'failed' ELSE 'new' END,
	'2024-01-01 00:00+00'::timestamptz + i * interval '2 minutes',
	(i::bigint * 104729 % 100003) / 100.0,
	(i::bigint * 31 % 1009) % 20,
	i % 2 = 0,
	(i::bigint * 15485863) % 100000,
	repeat('x', 40)
FROM generate_series(1, 300000) AS i;
INSERT INTO child
SELECT i, (i::bigint * 7907) % 20000 + 1, i % 300
FROM generate_series(1, 300000) AS i;
INSERT INTO known
SELECT i, (i::bigint * 7907) % 20000 + 1, '2024-01-01 00:00+00'::timestamptz + i * interval '2 minutes', repeat('x', 40)
FROM generate_series(1, 100000) AS i;
CREATE INDEX known_customer_id_created_at_idx ON known (customer_id, created_at);
INSERT INTO tiny SELECT i, 'v' || i FROM generate_series(1, 50) AS i;
VACUUM ANALYZE customer, orders, child, known, tiny;

CREATE VIEW v_orders AS
SELECT o.id, o.customer_id, c.name, o.created_at, o.total
FROM orders AS o
JOIN customer AS c ON c.id = o.customer_id
WHERE o.state <> 'failed';

CREATE VIEW advised AS
SELECT relname, substring(index_ddl FROM '\(.*') AS columns
FROM perf_advisor.missing_indexes
WHERE schemaname = 'shop'
ORDER BY relname, key_columns, 2;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- the order alone serves one statement, and would be a bet for the other
SELECT * FROM orders WHERE region = 7 ORDER BY created_at DESC LIMIT 10 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM orders ORDER BY created_at DESC LIMIT 10 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- everything at once: each statement that lacks an index gets it, those that
-- do not change nothing
SELECT $$
SELECT * FROM orders WHERE customer_id = 42;
SELECT * FROM orders WHERE created_at > '2024-12-01' AND customer_id = 42;
SELECT * FROM orders WHERE state = 'pending' AND customer_id = 42;
SELECT * FROM orders WHERE region = 7 ORDER BY created_at DESC LIMIT 10;
SELECT * FROM orders ORDER BY total DESC LIMIT 10;
SELECT * FROM orders ORDER BY total DESC LIMIT 20;
SELECT * FROM orders ORDER BY total DESC LIMIT 30;
SELECT * FROM orders ORDER BY region, created_at DESC LIMIT 10;
SELECT * FROM orders WHERE code BETWEEN 100 AND 150 AND total > 500;
SELECT * FROM orders WHERE customer_id IN (1, 2, 3, 4, 5) AND state = 'done';
SELECT * FROM customer AS c JOIN child AS k ON k.parent_id = c.id WHERE c.id = 77;
SELECT * FROM v_orders WHERE customer_id = 42;
UPDATE orders SET remark = 'y' WHERE code = 777;
DELETE FROM orders WHERE code = -1;
SELECT count(*) FROM orders WHERE state = 'done';
SELECT * FROM tiny WHERE id = 7;
SELECT * FROM known WHERE customer_id = 42;
SELECT * FROM customer WHERE email = '7@example.org' AND city = 'city 7';
SELECT sum(total) FROM orders;
SELECT count(*) FROM orders WHERE random() < 0.001;
SELECT count(*) FROM orders WHERE flag;
SELECT * FROM orders LIMIT 10;
$$ AS statements \gset

CREATE PROCEDURE run_all(statements text)
LANGUAGE plpgsql
AS $$
DECLARE
	statement text;
BEGIN
	FOR i IN 1 .. 3 LOOP
		FOREACH statement IN ARRAY string_to_array(statements, ';') LOOP
			IF statement ~ '\S' THEN
				EXECUTE statement;
			END IF;
		END LOOP;
	END LOOP;
END
$$;
PREPARE recent AS
SELECT * FROM orders WHERE created_at > $1 AND customer_id = $2;

CALL run_all(:'statements');
EXECUTE recent ('2024-12-01', 42) \g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- when all of them exist there is nothing more to advise, then and after
-- running everything again
SELECT index_ddl FROM perf_advisor.missing_indexes ORDER BY 1 \gexec
SELECT * FROM advised;
CALL run_all(:'statements');
SELECT * FROM advised;

-- What was slow before an index was there is no reason for another one, that
-- would serve the statement hardly better.
DROP INDEX orders_customer_id_created_at_idx;
SELECT $$
SELECT * FROM orders WHERE customer_id = 42 AND created_at > '2024-12-01';
SELECT sum(length(md5(remark))) FROM orders WHERE flag;
$$ AS statements \gset
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CALL run_all(:'statements');
CALL run_all(:'statements');
SELECT * FROM advised;
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CALL run_all(:'statements');
CALL run_all(:'statements');
SELECT * FROM advised;

RESET search_path;
RESET max_parallel_workers_per_gather;
RESET random_page_cost;
DROP SCHEMA shop CASCADE;

-- Every kind of statement, for the tests that compare counters: errors are part of
-- it, seven statements fail at top level.
CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL, region int);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id int REFERENCES customer ON DELETE CASCADE, amount numeric, note text);
INSERT INTO customer SELECT i, 'c' || i, i % 7 FROM generate_series(1, 500) AS i;
INSERT INTO orders (customer_id, amount, note) SELECT 1 + i % 500, i, repeat('x', 200) FROM generate_series(1, 3000) AS i;
ANALYZE customer, orders;

-- select
SELECT count(*) FROM orders WHERE amount > 10;
SELECT count(*) FROM orders WHERE amount > 20;
SELECT * FROM customer WHERE id IN (1, 2, 3);
SELECT c.region, sum(o.amount) FROM customer c JOIN orders o ON o.customer_id = c.id GROUP BY c.region;
WITH x AS MATERIALIZED (SELECT * FROM orders WHERE id < 100) SELECT count(*) FROM x, x AS y;
SELECT 1 WHERE false;
SELECT 1 \; SELECT 2 \; SELECT id FROM customer LIMIT 3;
TABLE customer;
VALUES (1), (2);

-- DML
UPDATE orders SET amount = amount + 1 WHERE id <= 50;
UPDATE orders SET amount = 0 WHERE id < 0;
INSERT INTO customer VALUES (1001, 'x', 1), (1002, 'y', 2) ON CONFLICT (id) DO UPDATE SET name = excluded.name;
INSERT INTO customer VALUES (1001, 'x', 1), (1002, 'y', 2) ON CONFLICT (id) DO UPDATE SET name = excluded.name;
INSERT INTO orders (customer_id, amount) VALUES (1001, 1) RETURNING id;
DELETE FROM customer WHERE id = 1001;
DELETE FROM customer WHERE id = 1002 RETURNING *;
MERGE INTO customer c USING (SELECT 3 AS id) s ON c.id = s.id WHEN MATCHED THEN UPDATE SET region = 9;
WITH d AS (DELETE FROM orders WHERE id BETWEEN 60 AND 70 RETURNING *) SELECT count(*) FROM d;
SELECT * FROM customer WHERE id < 4 FOR UPDATE;

-- errors
SELECT 1 / (id - id) FROM customer;
INSERT INTO orders (customer_id) VALUES (-1);
INSERT INTO customer VALUES (1, 'twice', 0);
SELECT * FROM no_such_table;
SELEC;
CREATE TABLE customer (id int);

-- transactions
BEGIN;
SAVEPOINT a;
UPDATE customer SET region = 5 WHERE id = 5;
ROLLBACK TO a;
RELEASE a;
SELECT count(*) FROM customer;
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ;
INSERT INTO customer VALUES (2001, 'z', 0);
SELECT 1 / 0;
ROLLBACK;

-- functions, triggers, procedures, DO
CREATE FUNCTION f_sql(int) RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT count(*) FROM orders WHERE customer_id = $1';
CREATE FUNCTION f_plpgsql(n int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	total bigint := 0;
	r record;
BEGIN
	FOR i IN 1 .. n LOOP
		total := total + (SELECT count(*) FROM orders WHERE customer_id = i);
	END LOOP;
	FOR r IN SELECT * FROM customer ORDER BY id LIMIT 20 LOOP
		total := total + 1;
	END LOOP;
	PERFORM f_sql(n);
	EXECUTE 'SELECT count(*) FROM customer WHERE region = $1' INTO r USING n;
	BEGIN
		INSERT INTO customer VALUES (1, 'twice', 0);
	EXCEPTION WHEN unique_violation THEN
		total := total + 1;
	END;
	RETURN total;
END $$;
SELECT f_sql(1), f_sql(2);
SELECT f_plpgsql(10);
SELECT f_plpgsql(3) FROM generate_series(1, 5);
CREATE FUNCTION f_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE customer SET name = name WHERE id = NEW.customer_id;
	RETURN NEW;
END $$;
CREATE TRIGGER t AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION f_trigger();
INSERT INTO orders (customer_id, amount) SELECT i, i FROM generate_series(1, 30) AS i;
UPDATE orders SET note = 'y' WHERE id < 20;
CREATE PROCEDURE p_commit() LANGUAGE plpgsql AS $$
BEGIN
	UPDATE customer SET region = 1 WHERE id = 7;
	COMMIT;
	UPDATE customer SET region = 2 WHERE id = 7;
END $$;
CALL p_commit();
CALL p_commit();
DO $$ BEGIN PERFORM count(*) FROM customer; PERFORM f_plpgsql(2); END $$;

-- cursors, fetched in slices
BEGIN;
DECLARE c1 CURSOR FOR SELECT * FROM orders ORDER BY id;
FETCH 10 FROM c1;
FETCH 10 FROM c1;
MOVE 100 IN c1;
FETCH BACKWARD 5 FROM c1;
CLOSE c1;
DECLARE c2 SCROLL CURSOR FOR SELECT * FROM customer WHERE region = 3;
FETCH ALL FROM c2;
DECLARE c3 CURSOR WITH HOLD FOR SELECT id FROM customer WHERE id < 30;
FETCH 3 FROM c3;
COMMIT;
FETCH 3 FROM c3;
CLOSE c3;

-- COPY, CREATE TABLE AS, materialised views and other utility statements
COPY customer TO STDOUT;
COPY (SELECT id FROM orders WHERE id < 300) TO STDOUT;
CREATE TABLE copied (id int, name text, region int);
COPY copied FROM STDIN;
1	a	1
2	b	2
3	c	3
\.
CREATE TABLE made AS SELECT * FROM orders WHERE id < 500;
SELECT * INTO made2 FROM customer WHERE id < 40;
CREATE TABLE empty AS SELECT * FROM orders WITH NO DATA;
CREATE MATERIALIZED VIEW mv AS SELECT region, count(*) FROM customer GROUP BY region;
REFRESH MATERIALIZED VIEW mv;
CREATE VIEW v AS SELECT * FROM customer WHERE region = 1;
SELECT count(*) FROM v;
CREATE INDEX ON orders (customer_id);
SELECT count(*) FROM orders WHERE customer_id = 17;
EXPLAIN SELECT * FROM orders WHERE customer_id = 3;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT count(*) FROM orders;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) CREATE TABLE explained AS SELECT * FROM customer;
SHOW work_mem;
SET work_mem = '64kB';
VACUUM orders;
TRUNCATE copied;
LISTEN channel;
NOTIFY channel;
ALTER TABLE made ADD COLUMN extra int DEFAULT 3;
COMMENT ON TABLE made IS 'x';
DROP TABLE made2;

-- temporary files, temporary tables
SELECT count(*) FROM (SELECT * FROM orders ORDER BY note, amount OFFSET 0) AS s;
CREATE TEMP TABLE tmp AS SELECT * FROM orders;
UPDATE tmp SET amount = amount + 1;
SELECT count(*) FROM tmp;
CREATE INDEX ON tmp (id);
SELECT * FROM tmp WHERE id = 12;
RESET work_mem;

-- prepared
PREPARE p1 (int) AS SELECT count(*) FROM orders WHERE customer_id = $1;
EXECUTE p1 (1);
EXECUTE p1 (2);
EXECUTE p1 (3);
EXECUTE p1 (4);
EXECUTE p1 (5);
EXECUTE p1 (6);
EXECUTE p1 (7);
CREATE TABLE executed AS EXECUTE p1 (8);
DEALLOCATE p1;

-- parallel plans
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*), sum(amount) FROM orders;
SELECT count(*) FROM orders o JOIN customer c ON c.id = o.customer_id WHERE c.name <> 'none';
RESET ALL;

-- another user
CREATE ROLE other LOGIN;
GRANT ALL ON ALL TABLES IN SCHEMA public TO other;
SET ROLE other;
SELECT count(*) FROM customer WHERE region = 1;
INSERT INTO customer VALUES (3001, 'o', 0);
RESET ROLE;

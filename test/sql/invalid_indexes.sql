-- Indexes that were not built to the end.
CREATE SCHEMA invalid;
SET search_path = invalid;
CREATE VIEW found AS
	SELECT indexrelname, kind, reason, fix, undo FROM perf_advisor.invalid_indexes
	WHERE schemaname = 'invalid' ORDER BY indexrelname;
CREATE TABLE orders (id int PRIMARY KEY, customer int, note text);
INSERT INTO orders VALUES (1, 7, 'x'), (2, 7, 'y');
SELECT count(*) FROM found;

-- CREATE INDEX CONCURRENTLY failed: nothing else does its work, or something does
CREATE UNIQUE INDEX CONCURRENTLY orders_customer_key ON orders (customer);
SELECT * FROM found;
\x
SELECT relid = 'orders'::regclass AS relid, indexrelid = 'orders_customer_key'::regclass AS indexrelid,
	index_size = pg_relation_size('orders_customer_key') AS size, fix_script, undo_rest
FROM perf_advisor.invalid_indexes WHERE schemaname = 'invalid';
\x
-- one that is not unique does not
CREATE INDEX orders_customer ON orders (customer);
SELECT indexrelname, fix FROM found;
UPDATE orders SET customer = 8 WHERE id = 2;
CREATE UNIQUE INDEX orders_customer_key2 ON orders (customer);
SELECT * FROM found;
-- what the fix says, done
DROP INDEX CONCURRENTLY invalid.orders_customer_key;
SELECT count(*) FROM found;

-- states that a failure leaves behind: still kept up to date, half dropped, after REINDEX
CREATE INDEX orders_ready ON orders (note);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_ready'::regclass;
CREATE UNIQUE INDEX orders_ready_unique ON orders (note, id);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_ready_unique'::regclass;
CREATE INDEX orders_half ON orders (id, note);
COMMENT ON INDEX orders_half IS 'half';
UPDATE pg_index SET indisvalid = false, indisready = false, indislive = false WHERE indexrelid = 'orders_half'::regclass;
CREATE INDEX orders_customer_ccnew ON orders (customer);
UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = 'orders_customer_ccnew'::regclass;
CREATE INDEX orders_customer_ccold2 ON orders (customer);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_customer_ccold2'::regclass;
CREATE INDEX orders_lone_ccnew ON orders (lower(note));
UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = 'orders_lone_ccnew'::regclass;
CREATE INDEX orders_ready_ccnew1 ON orders (note);
UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = 'orders_ready_ccnew1'::regclass;
SELECT * FROM found;
SELECT indexrelname, undo_rest FROM perf_advisor.invalid_indexes WHERE undo_rest IS NOT NULL;
-- an index that is not valid makes no other one superfluous, and is not called so
SELECT indexrelname, covered_by FROM perf_advisor.redundant_indexes WHERE schemaname = 'invalid';
-- names alone say nothing
CREATE INDEX orders_good_ccnew ON orders (upper(note));
SELECT count(*) FROM found WHERE indexrelname = 'orders_good_ccnew';
REINDEX INDEX CONCURRENTLY invalid.orders_ready;
SELECT count(*) FROM found WHERE indexrelname = 'orders_ready';

-- partitioned: what is missing, and what completes it
CREATE TABLE parts (a int NOT NULL, b int) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2) PARTITION BY LIST (b);
CREATE TABLE parts_2_1 PARTITION OF parts_2 DEFAULT;
CREATE TABLE "Parts 3" PARTITION OF parts FOR VALUES IN (3);
CREATE INDEX parts_b_idx ON ONLY parts (b);
CREATE INDEX own ON parts_1 (b);
CREATE INDEX other ON "Parts 3" (b DESC);
\x
SELECT kind, reason, fix, fix_script, undo FROM perf_advisor.invalid_indexes WHERE indexrelname = 'parts_b_idx';
\x
SELECT fix FROM perf_advisor.invalid_indexes WHERE indexrelname = 'parts_b_idx' \gset
:fix
SELECT indexrelname FROM perf_advisor.invalid_indexes WHERE relname = 'parts';
SELECT inhrelid::regclass AS attached FROM pg_inherits WHERE inhparent = 'parts_b_idx'::regclass ORDER BY 1;
-- the index of a constraint is completed by constraints
CREATE TABLE keyed (a int NOT NULL, b int) PARTITION BY LIST (a);
CREATE TABLE keyed_1 PARTITION OF keyed FOR VALUES IN (1);
CREATE TABLE keyed_2 PARTITION OF keyed FOR VALUES IN (2);
ALTER TABLE ONLY keyed ADD CONSTRAINT keyed_pk PRIMARY KEY (a);
SELECT fix FROM perf_advisor.invalid_indexes WHERE indexrelname = 'keyed_pk' \gset
\echo :fix
:fix
SELECT count(*) FROM perf_advisor.invalid_indexes WHERE relname LIKE 'keyed%';
-- a partition whose own index is not valid: that is to be mended first
CREATE INDEX keyed_b_idx ON ONLY keyed (b);
CREATE INDEX keyed_1_b_idx ON keyed_1 (b);
CREATE INDEX keyed_2_b_idx ON keyed_2 (b);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'keyed_1_b_idx'::regclass;
ALTER INDEX keyed_b_idx ATTACH PARTITION keyed_1_b_idx;
ALTER INDEX keyed_b_idx ATTACH PARTITION keyed_2_b_idx;
SELECT indexrelname, kind, reason, fix, fix_script FROM perf_advisor.invalid_indexes WHERE relname LIKE 'keyed%' ORDER BY 1;

-- nothing is said of temporary tables, and of what is ignored
CREATE TEMPORARY TABLE temporary (a int);
CREATE INDEX temporary_a ON temporary (a);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'temporary_a'::regclass;
SELECT count(*) FROM perf_advisor.invalid_indexes WHERE indexrelname = 'temporary_a';
INSERT INTO perf_advisor.ignore_rules (category, relname, reason) VALUES ('index', 'orders', 'known');
SELECT count(*) FROM found WHERE indexrelname LIKE 'orders%';
DELETE FROM perf_advisor.ignore_rules;
BEGIN READ ONLY;
SELECT count(*) > 0 AS rows FROM found WHERE indexrelname LIKE 'orders%';
COMMIT;

SET client_min_messages = warning;
DROP SCHEMA invalid CASCADE;

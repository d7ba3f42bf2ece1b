-- What nobody wants advice about.
CREATE SCHEMA stage_1;
CREATE SCHEMA main;
CREATE ROLE perf_advisor_test_dumper;
GRANT USAGE ON SCHEMA stage_1, main TO perf_advisor_test_dumper;
SET search_path = main;
CREATE TABLE stage_1.load (id int PRIMARY KEY, customer_id int, note text);
CREATE TABLE main.sale (id int PRIMARY KEY, customer_id int, shop int, note text);
INSERT INTO stage_1.load SELECT i, i % 5000, repeat('x', 60) FROM generate_series(1, 60000) AS i;
INSERT INTO main.sale SELECT i, i % 5000, i % 900, repeat('x', 60) FROM generate_series(1, 60000) AS i;
ANALYZE stage_1.load;
ANALYZE main.sale;
GRANT SELECT ON main.sale TO perf_advisor_test_dumper;
CREATE VIEW advised AS SELECT schemaname, relname, key_columns FROM perf_advisor.missing_indexes ORDER BY 1, 2, 3;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM stage_1.load WHERE customer_id = 1 \g /dev/null
\g /dev/null
SELECT * FROM main.sale WHERE customer_id = 1 \g /dev/null
\g /dev/null
SET ROLE perf_advisor_test_dumper;
SELECT * FROM main.sale WHERE shop = 1 \g /dev/null
\g /dev/null
RESET ROLE;
SELECT * FROM advised;

-- a table, by pattern of its schema
INSERT INTO perf_advisor.ignore_rules (category, schemaname, relname, reason) VALUES ('index', 'stage\_%', '%', 'emptied every night');
SELECT * FROM advised;
-- a role: its statements are no part of the workload
INSERT INTO perf_advisor.ignore_rules (rolname, reason) VALUES ('perf_advisor_test_dumper', 'runs pg_dump');
SELECT * FROM advised;
-- rules for others change nothing
DELETE FROM perf_advisor.ignore_rules;
INSERT INTO perf_advisor.ignore_rules (category, relname, reason) VALUES ('n_plus_one', 'sale', 'not about indexes');
INSERT INTO perf_advisor.ignore_rules (relname, rolname, reason) VALUES ('load', 'perf_advisor_test_dumper', 'he never reads that');
INSERT INTO perf_advisor.ignore_rules (relname, schemaname, reason) VALUES ('sale', 'stage_1', 'other schema');
INSERT INTO perf_advisor.ignore_rules (application_name, relname, reason) VALUES ('psql', 'sale', 'other application');
SELECT * FROM advised;
-- that table for that role only
INSERT INTO perf_advisor.ignore_rules (relname, rolname, reason) VALUES ('sale', 'perf_advisor_test_%', 'he may wait');
SELECT * FROM advised;
-- a whole category
INSERT INTO perf_advisor.ignore_rules (category, reason) VALUES ('index', 'frozen until May');
SELECT * FROM advised;
DELETE FROM perf_advisor.ignore_rules;
SELECT * FROM advised;

-- hints too
CREATE TABLE main.parent (id int PRIMARY KEY);
CREATE TABLE main.child (id int PRIMARY KEY, parent_id int REFERENCES main.parent (id), note text);
INSERT INTO main.parent VALUES (1);
INSERT INTO main.child SELECT i, 1, repeat('x', 60) FROM generate_series(1, 30000) AS i;
SELECT kind, severity, relname, column_name, queryids, calls, fix FROM perf_advisor.index_hints WHERE kind = 'foreign_key';
INSERT INTO perf_advisor.ignore_rules (category, reason) VALUES ('index', 'frozen until May');
SELECT kind FROM perf_advisor.index_hints WHERE kind = 'foreign_key';
DELETE FROM perf_advisor.ignore_rules;
INSERT INTO perf_advisor.ignore_rules (relname, reason) VALUES ('child', 'the parent never changes');
SELECT kind FROM perf_advisor.index_hints WHERE kind = 'foreign_key';
DELETE FROM perf_advisor.ignore_rules;
-- an index that begins with the key's columns serves it, in any order
CREATE INDEX child_parent ON main.child (parent_id, note);
SELECT kind FROM perf_advisor.index_hints WHERE kind = 'foreign_key';
DROP INDEX child_parent;
CREATE INDEX child_parent ON main.child (note, parent_id);
SELECT kind FROM perf_advisor.index_hints WHERE kind = 'foreign_key';

-- a value looked for in an array is written the other way round; of a whole row nothing is said
CREATE TABLE main.tagged (id int PRIMARY KEY, tags text[]);
INSERT INTO main.tagged SELECT i, ARRAY['a' || i, 'b' || i % 7] FROM generate_series(1, 30000) AS i;
ANALYZE main.tagged;
SELECT * FROM main.tagged WHERE 'a8' = ANY (tags) \g /dev/null
\g /dev/null
SELECT * FROM main.tagged AS t WHERE t::text LIKE '%zzz%' \g /dev/null
\g /dev/null
SELECT column_name, fix FROM perf_advisor.index_hints WHERE relname = 'tagged';

-- bad input
\set VERBOSITY terse
INSERT INTO perf_advisor.ignore_rules (reason) VALUES ('everything');
INSERT INTO perf_advisor.ignore_rules (category, reason) VALUES ('indexes', 'no such category');
INSERT INTO perf_advisor.ignore_rules (relname) VALUES ('sale');
INSERT INTO perf_advisor.ignore_rules (relname, reason) VALUES ('sale', ' ');
INSERT INTO perf_advisor.ignore_rules (relname, reason) VALUES ('sal\', 'ends with an escape');
INSERT INTO perf_advisor.ignore_rules (relname, schemaname, reason) VALUES ('sale', 'main\\\', 'ends with an escape');
INSERT INTO perf_advisor.ignore_rules (relname, reason) VALUES ('sal\\', 'ends with an escaped one');
INSERT INTO perf_advisor.ignore_rules (relname, reason) VALUES ('sal\|', 'ends with something escaped');
SELECT * FROM advised;
INSERT INTO perf_advisor.ignore_rules (relname, reason) VALUES ('sal\e', 'ends with something escaped that need not be');
SELECT * FROM advised;
DELETE FROM perf_advisor.ignore_rules WHERE relname = 'sal\e';
-- even if somebody took the check away
BEGIN;
ALTER TABLE perf_advisor.ignore_rules DROP CONSTRAINT ignore_rules_patterns_end_well;
INSERT INTO perf_advisor.ignore_rules (relname, reason) VALUES ('sal\', 'ends with an escape');
SELECT * FROM advised;
ROLLBACK;
-- something else under the name is refused, not read
BEGIN;
ALTER TABLE perf_advisor.ignore_rules DROP CONSTRAINT ignore_rules_patterns_end_well;
ALTER TABLE perf_advisor.ignore_rules ALTER relname TYPE int USING 5;
INSERT INTO perf_advisor.ignore_rules (category, reason) VALUES ('index', 'x');
SELECT * FROM advised;
ROLLBACK;
BEGIN;
ALTER TABLE perf_advisor.ignore_rules RENAME TO renamed;
CREATE TABLE perf_advisor.ignore_rules (LIKE perf_advisor.renamed) PARTITION BY LIST (relname);
SELECT * FROM advised;
ROLLBACK;
BEGIN;
ALTER TABLE perf_advisor.ignore_rules RENAME TO renamed;
CREATE VIEW perf_advisor.ignore_rules AS SELECT * FROM perf_advisor.renamed;
SELECT * FROM advised;
ROLLBACK;
BEGIN;
ALTER TABLE perf_advisor.ignore_rules RENAME TO renamed;
CREATE TABLE perf_advisor.ignore_rules (LIKE perf_advisor.renamed);
SELECT kind FROM perf_advisor.index_hints;
ROLLBACK;
BEGIN;
ALTER SCHEMA perf_advisor RENAME TO renamed;
SELECT kind FROM renamed.index_hints;
ROLLBACK;
BEGIN;
ALTER SCHEMA perf_advisor RENAME TO renamed;
SELECT renamed.acknowledge(1);
ROLLBACK;
BEGIN;
ALTER TABLE perf_advisor.ignore_rules DROP COLUMN relname CASCADE;
INSERT INTO perf_advisor.ignore_rules (schemaname, reason) VALUES ('main', 'x');
SELECT * FROM advised;
ROLLBACK;
\set VERBOSITY default
DELETE FROM perf_advisor.ignore_rules;
RESET search_path;
DROP SCHEMA stage_1 CASCADE;
DROP SCHEMA main CASCADE;
DROP ROLE perf_advisor_test_dumper;

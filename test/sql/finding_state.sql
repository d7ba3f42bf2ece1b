-- What becomes of advice: open, acknowledged, resolved, withdrawn.
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET perf_advisor.overhead_budget = 100;
SET perf_advisor.sample_rate = 1;
CREATE SCHEMA depot;
SET search_path = depot;
CREATE TABLE parcel (id int PRIMARY KEY, customer_id int NOT NULL, weight int NOT NULL, note text NOT NULL);
INSERT INTO parcel SELECT i, i % 5000, i % 300, repeat('x', 60) FROM generate_series(1, 100000) AS i;
ANALYZE parcel;
CREATE VIEW state AS
SELECT category, relname, substring(ddl FROM '\(.*') AS columns, state, cardinality(queryids) AS statements,
	mean_before > 0 AS before, mean_after < mean_before AS faster, slower_queryids, note
FROM perf_advisor.finding_state WHERE schemaname = 'depot';
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM parcel WHERE customer_id = 42 \g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null

-- a view writes nothing, the function does
SELECT count(*) AS advised FROM perf_advisor.missing_indexes;
SELECT count(*) AS recorded FROM state;
SELECT key_columns, calls FROM perf_advisor.advise_indexes();
SELECT * FROM state;
SELECT m.finding_id = f.finding_id AND m.index_ddl = f.ddl AND m.queryids = f.queryids AS same,
	f.first_seen = f.last_seen AS once, f.state_since = f.first_seen AS since
FROM perf_advisor.missing_indexes AS m, perf_advisor.finding_state AS f WHERE f.schemaname = 'depot';

-- again: the same row
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT state, first_seen < last_seen AS again, state_since = first_seen AS since FROM perf_advisor.finding_state;

-- with the statement's plans, before and after
SELECT e.query, e.calls, e.cost_before > 10 * e.cost_after AS cost_falls, e.est_saved_time > 0 AS saves,
	e.plan_before LIKE 'Seq Scan on parcel%' AS before, e.plan_after LIKE '%parcel_customer_id_idx%' AS after
FROM perf_advisor.missing_indexes AS m, perf_advisor.explain_missing_index(m.finding_id) AS e;

-- somebody has seen it
SELECT perf_advisor.acknowledge(finding_id, 'on Sunday') FROM perf_advisor.finding_state;
SELECT state, note FROM state;
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT state, note FROM state;

-- a read-only transaction gets the advice, and nothing is written
BEGIN READ ONLY;
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT perf_advisor.acknowledge(1);
ROLLBACK;

-- it is done: no advice, and the row says what it was worth
SELECT index_ddl FROM perf_advisor.missing_indexes \gexec
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT state, faster FROM state;
SELECT * FROM parcel WHERE customer_id = 42 \g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT * FROM state;
SELECT means_after[1] < means_before[1] AS faster, mean_after = means_after[1] AS of_one FROM perf_advisor.finding_state;

-- dropped again: advised again, and what it took without is not forgotten
DROP INDEX parcel_customer_id_idx;
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT state, mean_before > 1 AS without_the_index, mean_after FROM perf_advisor.finding_state;

-- a wider index that begins with it does as well, and backwards too
CREATE INDEX other_name ON parcel (customer_id DESC, weight) INCLUDE (note);
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT state, columns FROM state;
DROP INDEX other_name;

-- an index in another order of columns does not
CREATE INDEX other_name ON parcel (weight, customer_id);
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT state FROM state;
DROP INDEX other_name;

-- a statement that gets slower with the index is a finding of its own
DELETE FROM perf_advisor.finding_state;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM parcel WHERE customer_id = 42 \g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
SET depot.pause = 0;
SELECT count(note) FROM parcel WHERE customer_id > -1 AND (SELECT pg_sleep(current_setting('depot.pause')::float8)) IS NOT NULL \g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
SELECT key_columns FROM perf_advisor.advise_indexes();
CREATE INDEX parcel_customer ON parcel (customer_id);
SELECT * FROM parcel WHERE customer_id = 42 \g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
SET depot.pause = 0.1;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT count(note) FROM parcel WHERE customer_id > -1 AND (SELECT pg_sleep(current_setting('depot.pause')::float8)) IS NOT NULL \g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
RESET enable_bitmapscan;
RESET enable_seqscan;
SELECT count(*) FROM perf_advisor.advise_indexes();
-- so far it was called too seldom
SELECT category, state, slower_queryids FROM state;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT count(note) FROM parcel WHERE customer_id > -1 AND (SELECT pg_sleep(current_setting('depot.pause')::float8)) IS NOT NULL \g /dev/null
RESET enable_bitmapscan;
RESET enable_seqscan;
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT category, state, faster, cardinality(slower_queryids) AS slower, statements, columns FROM state ORDER BY 1;
SELECT f.ddl, f.note ~ '^Statement -?\d+ takes .* ms by plans with depot.parcel_customer \(5 calls\), and took .* ms before\.$' AS note,
	s.query LIKE 'SELECT count(note)%' AS right_statement
FROM perf_advisor.finding_state AS f JOIN perf_advisor.statements AS s ON s.queryid = f.queryids[1]
WHERE f.category = 'regression';
DROP INDEX parcel_customer;
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT category, state FROM state ORDER BY 1;
DELETE FROM perf_advisor.finding_state;
SELECT count(*) FROM perf_advisor.advise_indexes();

-- its statements are not recorded, as after a restore: nothing is known of what they need
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM parcel WHERE customer_id = 42 \g /dev/null
\g /dev/null
SELECT key_columns FROM perf_advisor.advise_indexes();
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(*) FROM perf_advisor.advise_indexes(deadline => '1 minute');
SELECT columns, state FROM state ORDER BY 1;

-- they are, and need it no more: withdrawn, but not by advice for one statement or within a budget
CREATE TEMPORARY TABLE saved AS TABLE parcel;
DELETE FROM parcel WHERE id > 100;
VACUUM ANALYZE parcel;
SELECT * FROM parcel WHERE customer_id = 42 \g /dev/null
\g /dev/null
SELECT queryid AS other FROM perf_advisor.statements WHERE query LIKE '%FROM parcel WHERE customer_id = $1%' \gset
SELECT key_columns FROM perf_advisor.advise_indexes(:other);
SELECT columns, state FROM state ORDER BY 1;
SELECT count(*) FROM perf_advisor.advise_indexes(storage_budget => 0);
SELECT columns, state FROM state ORDER BY 1;
SELECT key_columns FROM perf_advisor.advise_indexes(deadline => '1 minute');
SELECT columns, state FROM state ORDER BY 1;

-- what somebody has acknowledged stays acknowledged, also when it is advised again
UPDATE perf_advisor.finding_state SET state = 'acknowledged', note = 'later' WHERE category = 'index';
SELECT key_columns FROM perf_advisor.advise_indexes(deadline => '1 minute');
SELECT columns, state, note FROM state ORDER BY 1;
INSERT INTO parcel SELECT * FROM saved WHERE id > 100;
DROP TABLE saved;
VACUUM ANALYZE parcel;
SELECT * FROM parcel WHERE customer_id = 42 \g /dev/null
\g /dev/null
SELECT key_columns FROM perf_advisor.advise_indexes(deadline => '1 minute');
SELECT columns, state, note FROM state ORDER BY 1;

-- acknowledging what was only read in the view
DELETE FROM perf_advisor.finding_state;
SELECT perf_advisor.acknowledge(finding_id) FROM perf_advisor.missing_indexes;
SELECT columns, state, note FROM state;

-- the table goes: so does the advice
DELETE FROM perf_advisor.finding_state;
SELECT count(*) FROM perf_advisor.advise_indexes();
DROP TABLE parcel;
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT columns, state FROM state;

-- what cannot be
SELECT perf_advisor.acknowledge(1);
SELECT perf_advisor.acknowledge(NULL);
SELECT * FROM perf_advisor.explain_missing_index(1);
SELECT count(*) FROM perf_advisor.explain_missing_index(NULL);
SELECT * FROM perf_advisor.advise_indexes(queryid => 1);
SELECT * FROM perf_advisor.advise_indexes(storage_budget => -1);
SELECT * FROM perf_advisor.advise_indexes(deadline => '0');
SELECT * FROM perf_advisor.advise_indexes(deadline => '-1 s');
SELECT * FROM perf_advisor.advise_indexes(deadline => '1 year');
\set VERBOSITY terse
INSERT INTO perf_advisor.finding_state (finding_id, category, schemaname, relname, ddl, state, state_since, first_seen, last_seen, queryids, calls, means_before)
VALUES (1, 'index', 'depot', 'parcel', '', 'done', now(), now(), now(), '{}', '{}', '{}');

\set VERBOSITY default

-- a row that somebody wrote by hand does no harm
INSERT INTO perf_advisor.finding_state (finding_id, category, schemaname, relname, ddl, state, state_since, first_seen, last_seen, queryids, calls, means_before)
VALUES (1, 'index', 'depot', 'parcel', '', 'open', now(), now(), now(), '{1,2}', '{}', '{3}'),
	(2, 'other', 'depot', 'parcel', '', 'open', now(), now(), now(), '{}', '{}', '{}');
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT finding_id, state FROM perf_advisor.finding_state WHERE finding_id IN (1, 2) ORDER BY 1;

-- nor does a changed table: advice is given, with a warning
\set VERBOSITY terse
BEGIN;
DROP VIEW state;
ALTER TABLE perf_advisor.finding_state ALTER queryids TYPE text;
SELECT count(*) FROM perf_advisor.advise_indexes();
ROLLBACK;
BEGIN;
DROP VIEW state;
ALTER TABLE perf_advisor.finding_state ALTER means_before TYPE numeric[];
SELECT count(*) FROM perf_advisor.advise_indexes();
ROLLBACK;
BEGIN;
DROP VIEW state;
ALTER TABLE perf_advisor.finding_state ALTER queryids TYPE text[], ALTER queryids DROP NOT NULL;
UPDATE perf_advisor.finding_state SET queryids = '{a,NULL}';
SELECT count(*) FROM perf_advisor.advise_indexes();
ROLLBACK;
BEGIN;
DROP VIEW state;
ALTER TABLE perf_advisor.finding_state DROP COLUMN note;
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT perf_advisor.acknowledge(1);
ROLLBACK;
BEGIN;
ALTER TABLE perf_advisor.finding_state RENAME TO renamed;
CREATE VIEW perf_advisor.finding_state AS SELECT * FROM perf_advisor.renamed;
SELECT count(*) FROM perf_advisor.advise_indexes();
SELECT perf_advisor.acknowledge(1);
ROLLBACK;
UPDATE perf_advisor.finding_state SET queryids = '{NULL,3}', calls = '{{1,2},{3,4}}' WHERE finding_id = 1;
SELECT count(*) FROM perf_advisor.advise_indexes();
\set VERBOSITY default

-- members of pg_monitor may ask for advice, which is then recorded, and write nothing themselves
CREATE ROLE perf_advisor_test_asker IN ROLE pg_monitor;
CREATE TABLE parcel (id int PRIMARY KEY, customer_id int NOT NULL, note text NOT NULL);
INSERT INTO parcel SELECT i, i % 5000, repeat('x', 60) FROM generate_series(1, 100000) AS i;
ANALYZE parcel;
DELETE FROM perf_advisor.finding_state;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM parcel WHERE customer_id = 42 \g /dev/null
\g /dev/null
CREATE SCHEMA lure AUTHORIZATION perf_advisor_test_asker;
SET ROLE perf_advisor_test_asker;
-- what the caller's search_path has is not called with the owner's rights
CREATE FUNCTION lure.same(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'lured as %', current_user; END $$;
CREATE OPERATOR lure.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = lure.same);
CREATE FUNCTION lure.same(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'lured as %', current_user; END $$;
CREATE OPERATOR lure.= (LEFTARG = text, RIGHTARG = text, FUNCTION = lure.same);
SET search_path = lure, pg_catalog, depot;
SELECT relname FROM perf_advisor.advise_indexes();
SELECT relname, state FROM perf_advisor.finding_state;
SELECT current_user, current_setting('search_path');
DELETE FROM perf_advisor.finding_state;
SELECT perf_advisor.acknowledge(1);
RESET ROLE;
DROP OWNED BY perf_advisor_test_asker;
DROP ROLE perf_advisor_test_asker;
DELETE FROM perf_advisor.finding_state;
RESET search_path;
DROP SCHEMA depot CASCADE;

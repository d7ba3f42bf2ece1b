--
-- perf_advisor.whatif(): what it takes, what it says, and what it leaves behind
--
CREATE SCHEMA bureau;
SET search_path = bureau;
CREATE TABLE file (id int PRIMARY KEY, owner int, label text, opened date);
INSERT INTO file SELECT i, i % 5000, 'label ' || i, '2024-01-01'::date + i % 1000 FROM generate_series(1, 50000) AS i;
ANALYZE file;
CREATE VIEW open_file AS SELECT * FROM file WHERE opened > '2024-06-01';

-- plans, costs, names and sizes, in the order of ddl
SELECT cost_after < 0.1 * cost_before AS cheaper, plan_before ~ '^Seq Scan on file' AS before,
	plan_after ~ 'on file_owner_idx' AS after, index_names, index_used, index_sizes[1] BETWEEN 300000 AND 1500000 AS size
FROM perf_advisor.whatif('SELECT * FROM file WHERE owner = 7',
	ARRAY['CREATE INDEX ON file (owner)', 'CREATE INDEX my_name ON file (label)', 'CREATE INDEX ON bureau.file (owner) WHERE id < 0']);
-- without indexes to try; empty answers
SELECT cost_before = cost_after AS same, plan_before = plan_after AS same_plan, index_names, index_used, index_sizes
FROM perf_advisor.whatif('SELECT * FROM file WHERE owner = 7');
-- parameters: any value
SELECT plan_after ~ 'owner = \$1' AS generic, index_used FROM perf_advisor.whatif('SELECT * FROM file WHERE owner = $1 AND label > $2', ARRAY['CREATE INDEX ON file (owner)']);
-- views, CTEs, what changes data
SELECT index_used FROM perf_advisor.whatif('SELECT * FROM open_file WHERE owner = 7', ARRAY['CREATE INDEX ON file (owner)']);
SELECT index_used FROM perf_advisor.whatif('WITH f AS (SELECT * FROM file) SELECT * FROM f WHERE label = ''x''', ARRAY['CREATE INDEX ON file (label)']);
SELECT index_used, plan_after ~ '^Update on file' AS plan FROM perf_advisor.whatif('UPDATE file SET label = '''' WHERE owner = 7', ARRAY['CREATE INDEX ON file (owner)']);
SELECT index_used, plan_after ~ '^Delete on file' AS plan FROM perf_advisor.whatif('DELETE FROM file WHERE owner = 7', ARRAY['CREATE INDEX ON file (owner)']);
SELECT plan_after ~ '^Insert on file' AS plan FROM perf_advisor.whatif('INSERT INTO file VALUES (-1)');
SELECT index_used FROM perf_advisor.whatif('MERGE INTO file AS f USING (VALUES (7)) AS v (owner) ON f.owner = v.owner WHEN MATCHED THEN UPDATE SET label = ''''', ARRAY['CREATE INDEX ON file (owner)']);
SELECT count(*) AS rows_changed FROM file WHERE label = '' OR id < 0;
-- a quoted name, spelled as EXPLAIN spells it
SELECT index_names, plan_after ~ '"My index"' AS quoted FROM perf_advisor.whatif('SELECT * FROM file WHERE owner = 7', ARRAY['CREATE INDEX CONCURRENTLY IF NOT EXISTS "My index" ON file (owner) WITH (fillfactor = 70)']);
-- the settings of the session hold
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT cost_after < cost_before AS cheaper FROM perf_advisor.whatif('SELECT * FROM file WHERE owner = 7', ARRAY['CREATE INDEX ON file (owner)']);
RESET enable_indexscan;
RESET enable_bitmapscan;
SELECT cost_before, cost_after FROM perf_advisor.whatif(NULL, NULL);

-- Nothing is created, locked or left open, and a read-only transaction is enough.
BEGIN READ ONLY;
SELECT index_used FROM perf_advisor.whatif('UPDATE file SET label = '''' WHERE owner = 7', ARRAY['CREATE INDEX ON file (owner)']);
SELECT count(*) AS locks FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'file'::regclass;
COMMIT;
SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'file'::regclass;
SHOW lock_timeout;
SHOW transaction_read_only;
EXPLAIN (COSTS OFF) SELECT * FROM file WHERE owner = 7;
-- nor after an error
BEGIN;
SAVEPOINT before;
SELECT * FROM perf_advisor.whatif('SELECT * FROM file WHERE owner = 7', ARRAY['CREATE INDEX ON file (nothing)']);
ROLLBACK TO before;
SELECT count(*) AS locks FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'file'::regclass;
SHOW transaction_read_only;
COMMIT;
DO $$
BEGIN
	PERFORM perf_advisor.whatif('SELECT * FROM nothing');
EXCEPTION WHEN undefined_table THEN
	RAISE NOTICE 'caught %', SQLSTATE;
END
$$;

-- what it does not take
CREATE FUNCTION attempt(query text, VARIADIC ddl text[]) RETURNS TABLE (code text, message text, detail text, hint text)
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM perf_advisor.whatif(query, ddl);
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN NEXT;
END
$$;
\x on
SELECT * FROM attempt('SELECT 1; SELECT 2', VARIADIC '{}');
SELECT * FROM attempt('', VARIADIC '{}');
SELECT * FROM attempt('EXPLAIN SELECT 1', VARIADIC '{}');
SELECT * FROM attempt('VACUUM file', VARIADIC '{}');
SELECT * FROM attempt('SELECT * FROM nothing', VARIADIC '{}');
SELECT * FROM attempt('SELECT 1', 'DROP TABLE file');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON file (id); DROP TABLE file');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON nothing (id)');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON file (nothing)');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON file (ctid)');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON open_file (id)');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON pg_catalog.pg_class (relname)');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON file USING gin (id)');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON file USING nothing (id)');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON file USING hash (id, owner)');
SELECT * FROM attempt('SELECT 1', 'CREATE UNIQUE INDEX ON file USING hash (id)');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON file USING brin (id DESC)');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON file USING hash (id) INCLUDE (owner)');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON file ((random() + id))');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON file (id) WHERE opened < current_date');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON file ((SELECT 1))');
SELECT * FROM attempt('SELECT 1', 'CREATE INDEX ON file (id, owner, label, opened, (id + 1))');
SELECT * FROM attempt('SELECT 1', NULL);
\x off
-- a function that planning waits for
CREATE FUNCTION nap() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_sleep(60); RETURN 1; END $$;
SELECT code, message FROM attempt('SELECT * FROM file WHERE id = bureau.nap()', VARIADIC '{}');
-- an error points into the text that it is about
SELECT * FROM perf_advisor.whatif('SELECT FROM WHERE');
SELECT * FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE INDEX ON file owner']);

-- Privileges: those of EXPLAIN, and to read the tables of ddl.
CREATE ROLE perf_advisor_test_reader IN ROLE pg_monitor;
CREATE ROLE perf_advisor_test_nobody;
GRANT USAGE ON SCHEMA bureau TO perf_advisor_test_reader, perf_advisor_test_nobody;
GRANT EXECUTE ON FUNCTION attempt TO perf_advisor_test_reader;
CREATE TABLE secret (id int);
GRANT SELECT ON file TO perf_advisor_test_reader, perf_advisor_test_nobody;
SET ROLE perf_advisor_test_reader;
SELECT index_used FROM perf_advisor.whatif('SELECT * FROM file WHERE owner = 7', ARRAY['CREATE INDEX ON file (owner)']);
SELECT code, message FROM attempt('SELECT * FROM secret', VARIADIC '{}');
SELECT code, message FROM attempt('SELECT 1', 'CREATE INDEX ON secret (id)');
SELECT code, message FROM attempt('DELETE FROM file', VARIADIC '{}');
SET ROLE perf_advisor_test_nobody;
SELECT * FROM perf_advisor.whatif('SELECT 1');
RESET ROLE;

-- Row security: neither sizes nor the statistics of an expression tell what is hidden.
CREATE TABLE hidden (id int, owner name, email text);
INSERT INTO hidden SELECT i, 'somebody', CASE WHEN i % 3 = 0 THEN 'Boss@example' ELSE 'u' || i END FROM generate_series(1, 5000) AS i;
ANALYZE hidden;
ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON hidden USING (owner = current_user);
GRANT SELECT ON hidden TO perf_advisor_test_reader;
GRANT CREATE ON SCHEMA bureau TO perf_advisor_test_reader;
SET ROLE perf_advisor_test_reader;
CREATE FUNCTION spy(text, text) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN RAISE EXCEPTION 'saw %', $1; END $$;
CREATE OPERATOR <<<! (FUNCTION = spy, LEFTARG = text, RIGHTARG = text, RESTRICT = eqsel);
SELECT code, message FROM attempt('SELECT * FROM hidden WHERE lower(email) <<<! ''x''', VARIADIC '{}');
SELECT code, message FROM attempt('SELECT * FROM hidden WHERE lower(email) <<<! ''x''', 'CREATE INDEX ON hidden (lower(email))');
SELECT code, message FROM attempt('SELECT 1', 'CREATE INDEX ON hidden (id) WHERE email LIKE ''Boss%''');
RESET ROLE;
SELECT index_sizes[1] > 0 AS sized FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE INDEX ON hidden (id) WHERE email LIKE ''Boss%''']);

-- No function of somebody else runs with the caller's rights.
CREATE FUNCTION trap(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN RAISE EXCEPTION 'ran as %', current_user; END $$;
ALTER FUNCTION trap(int) OWNER TO perf_advisor_test_nobody;
SELECT code, message FROM attempt('SELECT * FROM file WHERE id = bureau.trap(1)', VARIADIC '{}');
-- nor is it looked up for the text of a plan
SELECT code, message FROM attempt('SELECT * FROM file WHERE bureau.trap(id) = 5', 'CREATE INDEX ON file (bureau.trap(id))');

-- nor for a size, be it in an index that is there
CREATE FUNCTION telltale(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN RAISE NOTICE 'ran as %', current_user; RETURN 0; END $$;
ALTER FUNCTION telltale(int) OWNER TO perf_advisor_test_nobody;
CREATE TABLE bait AS SELECT i AS id, i % 7 AS kind FROM generate_series(1, 1000) AS i;
SET client_min_messages = warning;
CREATE INDEX bait_idx ON bait ((id + bureau.telltale(1)));
CREATE STATISTICS bait_statistics ON (kind + bureau.telltale(2)), id FROM bait;
ANALYZE bait;
RESET client_min_messages;
ALTER INDEX bait_idx SET (fillfactor = 80);
SELECT index_sizes[1] > 0 AS sized, index_sizes[2] > 0 AS sized_by_default
FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE INDEX ON bait (id) WHERE kind = 3', 'CREATE INDEX ON bait (kind) WHERE bureau.telltale(id) = 1']);

SET client_min_messages = error;
DROP SCHEMA bureau CASCADE;
DROP ROLE perf_advisor_test_reader;
DROP ROLE perf_advisor_test_nobody;

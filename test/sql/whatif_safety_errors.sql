--
-- A function that looks as if the reader had cancelled, fails an assertion or
-- takes its time ends the planning of its own statement, and nothing else.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE ROLE regress_pa_mallory;
CREATE SCHEMA lair AUTHORIZATION regress_pa_mallory;
SET search_path = lair;
CREATE TABLE good AS SELECT i AS id, (i::bigint * 7919) % 20000 AS box, repeat('x', 100) AS pad FROM generate_series(1, 50000) AS i;
ANALYZE good;

SET ROLE regress_pa_mallory;
CREATE TABLE bad AS SELECT i AS id, i % 1000 AS k, repeat('x', 60) AS pad FROM generate_series(1, 2000) AS i;
ANALYZE bad;
-- Functions that know whether the reader plans, by the transaction.
CREATE FUNCTION planned_again() RETURNS bool
STABLE LANGUAGE sql
AS $$ SELECT current_setting('transaction_read_only')::bool $$;
CREATE FUNCTION asserts(n int) RETURNS int
STABLE LANGUAGE plpgsql
AS $$ BEGIN ASSERT NOT lair.planned_again(), 'mallory''s assertion'; RETURN n; END $$;
CREATE FUNCTION cancels(n int) RETURNS int
STABLE LANGUAGE plpgsql
AS $$ BEGIN IF lair.planned_again() THEN RAISE 'mallory''s cancel' USING ERRCODE = '57014'; END IF; RETURN n; END $$;
CREATE FUNCTION shuts_down(n int) RETURNS int
STABLE LANGUAGE plpgsql
AS $$ BEGIN IF lair.planned_again() THEN RAISE 'mallory''s shutdown' USING ERRCODE = '57P01'; END IF; RETURN n; END $$;
CREATE FUNCTION sleeps(n int) RETURNS int
STABLE LANGUAGE plpgsql
AS $$ BEGIN IF lair.planned_again() THEN PERFORM pg_sleep(5); END IF; RETURN n; END $$;
CREATE FUNCTION sleeps_on(n int) RETURNS int
STABLE LANGUAGE plpgsql
AS $$
BEGIN
	IF lair.planned_again() THEN
		PERFORM pg_sleep(5);
	END IF;
	RETURN n;
EXCEPTION WHEN query_canceled THEN
	RETURN n;
END
$$;
RESET ROLE;

-- the good statement first and last, and all the time that the others take
SET perf_advisor.advisor_deadline = '5min';
SELECT pad FROM good WHERE box = 7 \g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
SET ROLE regress_pa_mallory;
SELECT count(*) FROM bad WHERE k = asserts(5) \g /dev/null
\g /dev/null
SELECT count(*) FROM bad WHERE k = cancels(5) \g /dev/null
\g /dev/null
SELECT count(*) FROM bad WHERE k = shuts_down(5) \g /dev/null
\g /dev/null
SELECT count(*) FROM bad WHERE k = sleeps(5) \g /dev/null
\g /dev/null
SELECT count(*) FROM bad WHERE k = sleeps_on(5) \g /dev/null
\g /dev/null
RESET ROLE;
SELECT pad FROM good WHERE id = 7 \g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
SELECT relname, key_columns FROM perf_advisor.missing_indexes WHERE schemaname = 'lair' ORDER BY key_columns;
SELECT query, reason FROM perf_advisor.advisor_skipped WHERE query ~ 'FROM bad' ORDER BY query COLLATE "C";

-- a cancel that is meant for the reader ends his statement, though one of the
-- functions catches it
\set VERBOSITY sqlstate
SET statement_timeout = '100ms';
SELECT count(*) FROM perf_advisor.missing_indexes;
\set VERBOSITY default
RESET statement_timeout;
SELECT count(*) > 0 AS advises FROM perf_advisor.missing_indexes;

SET client_min_messages = error;
DROP SCHEMA lair CASCADE;
DROP ROLE regress_pa_mallory;

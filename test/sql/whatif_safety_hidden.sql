--
-- Functions that planning calls behind everybody's back: no expression
-- evaluation starts them.  A plain user owns them and replaces them after a
-- superuser ran statements that lead to them; reading advice must not run them.
-- A function that runs says so by a lock of the session, which no rollback and no
-- error takes back.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE ROLE regress_pa_mallory;
CREATE SCHEMA lair;
GRANT ALL ON SCHEMA lair TO regress_pa_mallory;
SET search_path = lair;

CREATE FUNCTION ran() RETURNS text
LANGUAGE sql
AS $$ SELECT CASE WHEN pg_advisory_unlock(4711) THEN 'RAN' ELSE 'did not run' END $$;

CREATE TABLE chest (id int, x int NOT NULL, pad text NOT NULL);
INSERT INTO chest SELECT i, i % 100000, repeat('x', 50) FROM generate_series(1, 50000) AS i;
ANALYZE chest;
GRANT SELECT ON chest TO regress_pa_mallory;

CREATE PROCEDURE say(pattern text)
LANGUAGE plpgsql
AS $$
DECLARE
	line text;
	ran text;
BEGIN
	SET LOCAL client_min_messages = error;
	PERFORM pg_advisory_unlock_all();
	RESET client_min_messages;
	FOR line IN
		SELECT format('%s(%s)', relname, array_to_string(key_columns, ', '))
		FROM perf_advisor.missing_indexes WHERE schemaname = 'lair'
		UNION ALL
		SELECT 'skipped: ' || reason FROM perf_advisor.advisor_skipped WHERE query ~ pattern
	LOOP
		RAISE INFO '%', line;
	END LOOP;
	SET LOCAL client_min_messages = error;
	ran := lair.ran();
	RESET client_min_messages;
	RAISE INFO '%', ran;
END
$$;

-- a negator: NOT turns an operator into another one
SET ROLE regress_pa_mallory;
CREATE FUNCTION differs(int, int) RETURNS bool
IMMUTABLE LANGUAGE plpgsql
AS $$ BEGIN RETURN $1 <> $2; END $$;
CREATE OPERATOR !== (FUNCTION = differs, LEFTARG = int, RIGHTARG = int, RESTRICT = scalarltsel);
CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int, NEGATOR = !==, RESTRICT = eqsel);
RESET ROLE;
SELECT count(*) FROM chest WHERE NOT (x === 5) \g /dev/null
\g /dev/null
\g /dev/null
CALL say('FROM chest');
SET ROLE regress_pa_mallory;
CREATE OR REPLACE FUNCTION differs(int, int) RETURNS bool
VOLATILE LANGUAGE plpgsql
AS $$ BEGIN PERFORM pg_advisory_lock(4711); RETURN $1 <> $2; END $$;
RESET ROLE;
CALL say('FROM chest');
SELECT count(*) FROM chest WHERE NOT (x === 6) \g /dev/null
SELECT pg_advisory_unlock_all();
CALL say('FROM chest');

-- the difference of a range type: the type cache keeps the function
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET ROLE regress_pa_mallory;
CREATE FUNCTION difference(int, int) RETURNS float8
IMMUTABLE LANGUAGE plpgsql
AS $$ BEGIN RETURN $1 - $2; END $$;
CREATE TYPE span AS RANGE (SUBTYPE = int, SUBTYPE_DIFF = difference);
CREATE TABLE booking (id int, during span, pad text);
INSERT INTO booking SELECT i, span(i, i + 10), repeat('x', 60) FROM generate_series(1, 50000) AS i;
ANALYZE booking;
RESET ROLE;
SELECT count(*) FROM booking WHERE during @> 5 AND id > 7 \g /dev/null
\g /dev/null
\g /dev/null
SET ROLE regress_pa_mallory;
CREATE OR REPLACE FUNCTION difference(int, int) RETURNS float8
VOLATILE LANGUAGE plpgsql
AS $$ BEGIN PERFORM pg_advisory_lock(4711); RETURN $1 - $2; END $$;
RESET ROLE;
-- this session has used the type, a new one has not
CALL say('FROM booking');
SELECT count(*) FROM booking WHERE during @> 5 AND id > 8 \g /dev/null
SELECT pg_advisory_unlock_all();
CALL say('FROM booking');
\c
SET search_path = lair;
CALL say('FROM booking');

-- the same, with settings of its own, which takes another way to the function
SET ROLE regress_pa_mallory;
ALTER FUNCTION difference(int, int) SET work_mem = '1MB';
RESET ROLE;
SELECT count(*) FROM booking WHERE during @> 5 AND id > 8 \g /dev/null
SELECT pg_advisory_unlock_all();
\c
SET search_path = lair;
CALL say('FROM booking');

-- the type is in no column and no statement, but in an index
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET ROLE regress_pa_mallory;
CREATE TABLE ticket AS SELECT id, pad FROM booking;
CREATE INDEX ticket_trap ON ticket (span(id, id + 10), id) WHERE span(id, id + 10) @> 5;
ANALYZE ticket;
RESET ROLE;
SELECT count(*) FROM ticket WHERE id = 7 \g /dev/null
\g /dev/null
\g /dev/null
SELECT pg_advisory_unlock_all();
CALL say('FROM ticket');
DROP INDEX ticket_trap;
CALL say('FROM ticket');

-- its owner gets advice for his own statements, but not by taking locks, which would be this session's
SET ROLE regress_pa_mallory;
SELECT count(*) FROM booking WHERE during @> 5 AND id = 8 \g /dev/null
\g /dev/null
RESET ROLE;
SELECT pg_advisory_unlock_all();
CALL say('FROM booking');
SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
SET ROLE regress_pa_mallory;
CREATE OR REPLACE FUNCTION difference(int, int) RETURNS float8
VOLATILE LANGUAGE plpgsql
AS $$ BEGIN RETURN $1 - $2; END $$;
SELECT count(*) FROM booking WHERE during @> 5 AND id = 8 \g /dev/null
\g /dev/null
\g /dev/null
RESET ROLE;
SELECT relname, key_columns FROM perf_advisor.missing_indexes WHERE relname = 'booking';

-- nor does a stable function of his get to take, hide or release one, nor an estimate by an operator
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET ROLE regress_pa_mallory;
CREATE TABLE job (id int PRIMARY KEY, kind int NOT NULL, pad text);
INSERT INTO job SELECT i, i % 5000, repeat('x', 60) FROM generate_series(1, 50000) AS i;
ANALYZE job;
CREATE FUNCTION locks(int) RETURNS int STABLE LANGUAGE plpgsql
AS $$ BEGIN PERFORM pg_advisory_lock(4711); RETURN $1; END $$;
CREATE FUNCTION tries(int) RETURNS int STABLE LANGUAGE plpgsql
AS $$ DECLARE ok bool; BEGIN ok := pg_try_advisory_lock_shared(4711, 1); RETURN $1; EXCEPTION WHEN others THEN RETURN $1; END $$;
CREATE FUNCTION unlocks(int) RETURNS int STABLE LANGUAGE sql
AS $$ SELECT pg_advisory_unlock_all(); SELECT $1 $$;
CREATE OPERATOR =#= (LEFTARG = int, RIGHTARG = int, FUNCTION = pg_try_advisory_lock, RESTRICT = eqsel);
SELECT count(*) FROM job WHERE kind = locks(3) \g /dev/null
\g /dev/null
SELECT count(*) FROM job WHERE kind = tries(3) \g /dev/null
\g /dev/null
SELECT count(*) FROM job WHERE kind = unlocks(3) \g /dev/null
\g /dev/null
SELECT count(*) FROM job WHERE kind =#= 7 AND id < 10 \g /dev/null
\g /dev/null
RESET ROLE;
SELECT pg_advisory_unlock_all();
SELECT pg_advisory_lock(1);
SELECT s.query, s.reason FROM perf_advisor.advisor_skipped AS s WHERE s.query LIKE '%FROM job%' ORDER BY 1;
SELECT objid AS locked FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
SELECT pg_advisory_unlock_all();

-- a statement that takes such locks itself is planned, and explained, as any other
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM job WHERE kind = 4 AND pg_try_advisory_lock(id) \g /dev/null
\g /dev/null
SELECT pg_advisory_unlock_all();
SELECT m.relname, m.key_columns, e.plan_after LIKE '%job_kind_idx%' AS explained
FROM perf_advisor.missing_indexes AS m, perf_advisor.explain_missing_index(m.finding_id) AS e WHERE m.relname = 'job';
SELECT w.plan_after LIKE '%pg_try_advisory_lock%' AS explained
FROM perf_advisor.whatif('SELECT id FROM job WHERE kind = 4 AND pg_try_advisory_lock(id)', ARRAY['CREATE INDEX ON job (kind)']) AS w;
SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();

SET client_min_messages = error;
DROP SCHEMA lair CASCADE;
DROP ROLE regress_pa_mallory;

--
-- Planning other people's statements again must not run code that the
-- statement's user would not have run, must not leave a trace in the reader's
-- session, and must not plan what is no longer what it was.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE ROLE regress_pa_author;
CREATE ROLE regress_pa_clerk;
CREATE ROLE regress_pa_reader IN ROLE pg_monitor;
CREATE SCHEMA vault;
GRANT ALL ON SCHEMA vault TO regress_pa_author, regress_pa_clerk;
GRANT USAGE ON SCHEMA vault TO regress_pa_reader;
SET search_path = vault;

CREATE TABLE deposit (
	id int PRIMARY KEY,
	box int NOT NULL,
	kind text NOT NULL,
	note text NOT NULL
);
INSERT INTO deposit
SELECT i, (i::bigint * 7919) % 20000, 'kind ' || i % 50, repeat('x', 100)
FROM generate_series(1, 50000) AS i;
VACUUM ANALYZE deposit;
GRANT ALL ON deposit TO regress_pa_author, regress_pa_clerk;

-- Functions of which some tell who ran them.
SET ROLE regress_pa_author;
CREATE FUNCTION authors(n int) RETURNS int
IMMUTABLE LANGUAGE plpgsql
AS $$ BEGIN RAISE WARNING 'authors() ran as %', current_user; RETURN n; END $$;
RESET ROLE;
CREATE FUNCTION trusted(n int) RETURNS int
IMMUTABLE LANGUAGE plpgsql
AS $$ BEGIN RETURN n; END $$;
CREATE FUNCTION inlined(n int) RETURNS int
IMMUTABLE LANGUAGE sql
AS 'SELECT vault.trusted(n) + 0';
CREATE FUNCTION calls_by_name(n int) RETURNS int
IMMUTABLE LANGUAGE plpgsql
AS $$ BEGIN RETURN helper(n); END $$;
CREATE FUNCTION helper(n int) RETURNS int
IMMUTABLE LANGUAGE plpgsql
AS $$ BEGIN RETURN n; END $$;
CREATE FUNCTION fails_read_only(n int) RETURNS int
IMMUTABLE LANGUAGE plpgsql
AS $$
BEGIN
	IF current_setting('transaction_read_only')::bool THEN
		RAISE EXCEPTION 'read-only, as %', current_user;
	END IF;
	RETURN n;
END
$$;

-- What is said about the statements since the last reset, seen by the reader.
CREATE PROCEDURE say()
LANGUAGE plpgsql
AS $$
DECLARE
	line text;
BEGIN
	FOR line IN
		SELECT format('%s(%s)', relname, array_to_string(key_columns, ', '))
		FROM perf_advisor.missing_indexes WHERE schemaname = 'vault'
		UNION ALL
		SELECT 'skipped: ' || reason FROM perf_advisor.advisor_skipped WHERE query ~ 'FROM (vault\.)?deposit'
	LOOP
		RAISE INFO '%', line;
	END LOOP;
END
$$;
GRANT EXECUTE ON PROCEDURE say() TO regress_pa_reader;

CREATE PROCEDURE begin_again()
LANGUAGE sql
BEGIN ATOMIC
	SELECT perf_advisor.reset();
END;

-- a superuser's function, and one that the statement's user made
CALL begin_again();
SELECT count(*) FROM deposit WHERE box = inlined(7) \g /dev/null
\g /dev/null
SET ROLE regress_pa_reader;
CALL say();
RESET ROLE;
CALL begin_again();
SET client_min_messages = error;
SET ROLE regress_pa_author;
SELECT count(*) FROM deposit WHERE box = authors(7) \g /dev/null
\g /dev/null
RESET client_min_messages;
SET ROLE regress_pa_reader;
CALL say();
RESET ROLE;

-- the same function in the statement of another user
CALL begin_again();
SET client_min_messages = error;
SELECT count(*) FROM deposit WHERE box = authors(7) \g /dev/null
\g /dev/null
RESET client_min_messages;
CALL say();

-- not in the tree, but called by what is
CREATE OR REPLACE FUNCTION inlined(n int) RETURNS int
IMMUTABLE LANGUAGE sql
AS 'SELECT vault.authors(n) + 0';
CALL begin_again();
SET client_min_messages = error;
SELECT count(*) FROM deposit WHERE box = inlined(7) \g /dev/null
\g /dev/null
-- its tree is older than the function, unless it was noticed already
SELECT FROM perf_advisor.missing_indexes \g /dev/null
SELECT count(*) FROM deposit WHERE box = inlined(7) \g /dev/null
\g /dev/null
RESET client_min_messages;
CALL say();

-- in an index of the table
CALL begin_again();
SET client_min_messages = error;
CREATE INDEX deposit_trap ON deposit ((id + authors(1)));
SELECT count(*) FROM deposit WHERE box = 7 \g /dev/null
\g /dev/null
RESET client_min_messages;
\c
SET search_path = vault;
CALL say();
DROP INDEX deposit_trap;

-- a body replaced after the capture: not planned, and captured anew
CALL begin_again();
SELECT count(*) FROM deposit WHERE box = trusted(7) \g /dev/null
\g /dev/null
CALL say();
ALTER FUNCTION trusted(int) OWNER TO regress_pa_author;
SET ROLE regress_pa_author;
CREATE OR REPLACE FUNCTION trusted(n int) RETURNS int
IMMUTABLE LANGUAGE plpgsql
AS $$ BEGIN RAISE WARNING 'the new trusted() ran as %', current_user; RETURN n; END $$;
RESET ROLE;
SELECT DISTINCT reason FROM perf_advisor.advisor_skipped WHERE query ~ 'trusted';

-- the reader's search_path does not lead a function astray
CALL begin_again();
SELECT count(*) FROM vault.deposit WHERE box = vault.calls_by_name(7) \g /dev/null
\g /dev/null
CREATE SCHEMA regress_pa_reader AUTHORIZATION regress_pa_reader;
SET ROLE regress_pa_reader;
CREATE FUNCTION regress_pa_reader.helper(n int) RETURNS int
IMMUTABLE LANGUAGE plpgsql
AS $$ BEGIN RAISE WARNING 'the reader''s helper() ran as %', current_user; RETURN n; END $$;
SET search_path = regress_pa_reader, vault;
CALL vault.say();
RESET ROLE;
SET search_path = vault;

-- as the statement's user, read-only, and nothing of it stays
CALL begin_again();
SET ROLE regress_pa_clerk;
SELECT count(*) FROM deposit WHERE box = fails_read_only(7) \g /dev/null
\g /dev/null
RESET ROLE;
SET random_page_cost = 7;
SET ROLE regress_pa_reader;
CALL say();
SELECT current_user, current_setting('transaction_read_only') AS read_only,
	current_setting('search_path') AS search_path, current_setting('random_page_cost') AS random_page_cost,
	current_setting('lock_timeout') AS lock_timeout, current_setting('client_min_messages') AS client_min_messages;
RESET ROLE;
RESET random_page_cost;
BEGIN;
CALL say();
SELECT count(*) FROM pg_locks WHERE relation = 'deposit'::regclass AND pid = pg_backend_pid();
COMMIT;

-- row security stays in force, and its change is noticed
ALTER TABLE deposit ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_kind ON deposit FOR SELECT TO regress_pa_clerk USING (kind = 'kind 3');
CALL begin_again();
SET ROLE regress_pa_clerk;
SELECT note FROM deposit WHERE box = 8 \g /dev/null
\g /dev/null
RESET ROLE;
CALL say();
DROP POLICY own_kind ON deposit;
CREATE POLICY own_kind ON deposit FOR SELECT TO regress_pa_clerk USING (kind = 'kind 4');
SELECT reason FROM perf_advisor.advisor_skipped WHERE query ~ 'box';
ALTER TABLE deposit DISABLE ROW LEVEL SECURITY;

-- a column that is another type now
CALL begin_again();
SELECT note FROM deposit WHERE box = 9 \g /dev/null
\g /dev/null
CALL say();
ALTER TABLE deposit ALTER box TYPE text;
SELECT reason FROM perf_advisor.advisor_skipped WHERE query ~ 'box';
ALTER TABLE deposit ALTER box TYPE int USING box::int;
ANALYZE deposit;

-- a user who is gone, a table that is gone
CALL begin_again();
CREATE ROLE regress_pa_guest;
GRANT USAGE ON SCHEMA vault TO regress_pa_guest;
CREATE TABLE fleeting AS SELECT * FROM deposit;
GRANT SELECT ON deposit, fleeting TO regress_pa_guest;
SET ROLE regress_pa_guest;
SELECT note FROM deposit WHERE box = 10 \g /dev/null
\g /dev/null
RESET ROLE;
SELECT note FROM fleeting WHERE box = 10 \g /dev/null
\g /dev/null
DROP TABLE fleeting;
DROP OWNED BY regress_pa_guest;
DROP ROLE regress_pa_guest;
SELECT reason FROM perf_advisor.advisor_skipped WHERE query ~ 'box' ORDER BY reason;

-- more relations than are planned again
CALL begin_again();
SELECT format('SELECT count(*) FROM %s WHERE d1.box = 5', string_agg('deposit AS d' || i, ' NATURAL JOIN ' ORDER BY i))
FROM generate_series(1, 13) AS i \gset wide_
SET join_collapse_limit = 1;
:wide_format \g /dev/null
:wide_format \g /dev/null
CALL say();

SET client_min_messages = error;
DROP SCHEMA vault CASCADE;
DROP SCHEMA regress_pa_reader CASCADE;
DROP ROLE regress_pa_author, regress_pa_clerk, regress_pa_reader;

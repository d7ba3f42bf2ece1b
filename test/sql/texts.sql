-- What is stored of a statement's text.
CREATE SCHEMA texts_test;
SET search_path = texts_test, public;
CREATE TABLE kept (a int, b int);
CREATE VIEW of AS
	SELECT query, toplevel, calls FROM perf_advisor.statements
	WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
		AND query NOT LIKE '%texts_test%' AND query NOT LIKE '% FROM of%';
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- constants with a minus sign: the sign goes when it stands right before
-- (from this test's table: two constants alone are also some other test's statement, with its text)
SELECT -5 AS minus, - 6 AS apart FROM kept;
SELECT -(777) AS in_parentheses, - -5 AS twice, 'x'::text AS third FROM kept;
SELECT query FROM of WHERE query ~ '(minus|in_parentheses)' ORDER BY query;

-- EXECUTE and PREPARE bring no texts of their own, DEALLOCATE is no query
PREPARE texts_test_p AS SELECT 4711 + $1 AS prepared;
EXECUTE texts_test_p(1234567);
EXECUTE texts_test_p(7654321);
DEALLOCATE texts_test_p;
SELECT count(*) AS execute FROM perf_advisor.statements WHERE query ILIKE '%execute%texts%p(%' AND query NOT LIKE '%statements%';
SELECT calls FROM perf_advisor.statements WHERE query LIKE 'PREPARE texts_test_p AS SELECT $2 + $1 %';

-- secrets in utility statements
ALTER DATABASE :"DBNAME" SET texts_test.pw = 'hidden-1';
ALTER DATABASE :"DBNAME" RESET texts_test.pw;
DO $$BEGIN PERFORM 'password', 'hidden-2'; END$$;
CREATE FOREIGN DATA WRAPPER texts_test_fdw OPTIONS (anything 'hidden-3');
CREATE SERVER texts_test_server FOREIGN DATA WRAPPER texts_test_fdw OPTIONS (anything 'hidden-4');
CREATE FOREIGN TABLE texts_test_remote (a int) SERVER texts_test_server OPTIONS (anything 'hidden-5');
ALTER FOREIGN TABLE texts_test_remote OPTIONS (SET anything 'hidden-6');
CREATE TABLE made AS SELECT 'hidden-7'::text AS a FROM kept WHERE a = 1;
COMMENT ON TABLE made IS 'the api_key is hidden-8';
SELECT count(*) > 8 AS recorded, count(*) FILTER (WHERE query LIKE '%hidden%') AS leaked
FROM perf_advisor.statements
WHERE query ~ '^(ALTER|DO|CREATE|COMMENT)';
SET client_min_messages = error;
CREATE ROLE texts_test_role PASSWORD 'hidden-10';
CREATE USER texts_test_user ENCRYPTED PASSWORD 'hidden-11' VALID UNTIL '2040-01-01';
ALTER ROLE texts_test_role PASSWORD E'hidden-12';
ALTER USER texts_test_user WITH PASSWORD $$hidden-13$$;
alter user texts_test_user /* 'a comment' */ password U&'hidden-14';
ALTER ROLE texts_test_role SET texts_test.token = 'hidden-15';
CREATE USER MAPPING FOR texts_test_role SERVER texts_test_server OPTIONS (anything 'hidden-16');
ALTER USER MAPPING FOR texts_test_role SERVER texts_test_server OPTIONS (SET anything 'hidden-17');
ALTER SERVER texts_test_server OPTIONS (SET anything 'hidden-18');
ALTER FOREIGN DATA WRAPPER texts_test_fdw OPTIONS (SET anything 'hidden-19');
CREATE SUBSCRIPTION texts_test_sub CONNECTION 'dbname=x password=hidden-20' PUBLICATION p WITH (connect = false);
ALTER SUBSCRIPTION texts_test_sub CONNECTION 'host=x password=hidden-21';
ALTER SUBSCRIPTION texts_test_sub SET (slot_name = NONE);
DROP SUBSCRIPTION texts_test_sub;
ALTER SYSTEM SET primary_conninfo = 'password=hidden-22';
ALTER SYSTEM RESET primary_conninfo;
SET texts_test.anything = 'hidden-23';
SET SESSION texts_test.anything = 'hidden-24';
-- a value may be a word or a quoted name, too
ALTER SYSTEM SET primary_conninfo TO "host=x password=hidden-36";
ALTER SYSTEM RESET primary_conninfo;
SET texts_test.anything TO hidden37;
set local texts_test . "another" = "hidden 38";
ALTER ROLE texts_test_role SET texts_test.token TO hidden39;
ALTER DATABASE :"DBNAME" SET texts_test.pw = hidden40;
ALTER DATABASE :"DBNAME" RESET texts_test.pw;
SET LOCAL enable_tidscan TO off;
SELECT set_config('texts_test.anything', 'hidden-25', false) IS NOT NULL AS set;
COPY kept FROM PROGRAM 'true hidden-26';
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null # hidden-27';
-- what runs inside a DO, a function, or under another statement
DO $$BEGIN EXECUTE 'ALTER ROLE texts_test_role PASSWORD ''hidden-28'''; END$$;
CREATE FUNCTION sign_up(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('ALTER ROLE texts_test_role PASSWORD %L', name);
	PERFORM 'host=x password=hidden-29';
END$$;
SELECT sign_up('hidden-30');
EXPLAIN (COSTS OFF) SELECT a FROM kept WHERE b = length('hidden-31');
PREPARE texts_test_prepared AS SELECT 'hidden-32' || $1 AS joined FROM kept WHERE a IS NULL;
EXECUTE texts_test_prepared('hidden-33');
DEALLOCATE texts_test_prepared;
-- and what fails
CREATE ROLE texts_test_role PASSWORD 'hidden-34';
ALTER ROLE texts_test_nobody PASSWORD 'hidden-35';
SELECT count(*) > 30 AS recorded FROM perf_advisor.statements
WHERE query ~* '^(ALTER|DO|CREATE|COMMENT|SET|SELECT set_config|COPY|SELECT sign|EXPLAIN|PREPARE)';
SELECT query AS leaked FROM perf_advisor.statements WHERE query LIKE '%hidden%';
-- nothing but the secrets is gone
SELECT query FROM perf_advisor.statements
WHERE query ~* '^(alter user texts_test_user /|CREATE USER texts_test|CREATE SUBSCRIPTION|PREPARE texts_test_prepared|SET LOCAL)' ORDER BY query COLLATE "C";
DROP USER MAPPING FOR texts_test_role SERVER texts_test_server;
DROP ROLE texts_test_role, texts_test_user;
SET client_min_messages = warning;
DROP FOREIGN DATA WRAPPER texts_test_fdw CASCADE;

-- queries inside utility statements and SQL functions are statements
CREATE FUNCTION body(x int) RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM kept WHERE b = x + 990001; END;
SELECT body(1) + body(2) AS bodies;
BEGIN;
DECLARE texts_cursor CURSOR FOR SELECT a FROM kept WHERE b > 17;
FETCH ALL FROM texts_cursor;
COMMIT;
SELECT toplevel, sum(calls) AS calls FROM perf_advisor.statements
WHERE query ILIKE '%a FROM kept WHERE b > $%' AND query NOT ILIKE '%sum(%' GROUP BY toplevel ORDER BY toplevel;
SELECT sum(calls) AS calls FROM perf_advisor.statements
WHERE query IS NULL AND NOT toplevel AND dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database());

DROP SCHEMA texts_test CASCADE;

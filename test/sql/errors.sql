-- Statements that fail count under their queryid, with SQLSTATE; calls stay
-- those that ended well.
\set VERBOSITY sqlstate
CREATE SCHEMA errors_test;
SET search_path = errors_test, public;
CREATE TABLE item (id int PRIMARY KEY, v int CHECK (v >= 0));
CREATE TABLE part (id int PRIMARY KEY, item_id int REFERENCES item);
CREATE TABLE late (a int UNIQUE DEFERRABLE INITIALLY DEFERRED);
INSERT INTO item SELECT g, g FROM generate_series(1, 10) AS g;
INSERT INTO part SELECT 1, 1;
-- Statements of this test carry a word "of_..." that names them here.  Names do
-- not tell queries apart: each returns something else.
CREATE VIEW failed AS
	SELECT e.toplevel, coalesce(substring(e.query FROM 'of_\w+'), substring(e.query FROM '^[a-zA-Z]+')) COLLATE "C" AS what, e.sqlstate, e.errors,
		s.calls, s.errors AS all_errors, s.cancelled
	FROM perf_advisor.statement_errors AS e
	LEFT JOIN perf_advisor.statements AS s USING (userid, dbid, queryid, toplevel)
	WHERE e.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database());
CREATE FUNCTION caught() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO item AS of_caught SELECT 1, 1 FROM part;
	RETURN 0;
EXCEPTION WHEN unique_violation THEN
	RETURN 1;
END $$;
CREATE FUNCTION not_caught() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	PERFORM id, 1 / (id - 3) FROM item AS of_not_caught;
	RETURN 1;
END $$;
CREATE FUNCTION rethrown() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT not_caught() AS of_rethrown);
EXCEPTION WHEN division_by_zero THEN
	RAISE EXCEPTION 'other' USING ERRCODE = '22023';
END $$;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- at run time, at plan time, by a constraint, by privileges
SELECT 1 / (id - 5) AS of_run_time FROM item;
SELECT 1 / 0 AS of_plan_time;
INSERT INTO item AS of_unique VALUES (1, 1);
INSERT INTO item AS of_unique VALUES (11, 11);
INSERT INTO item AS of_check SELECT 12, -1;
INSERT INTO part AS of_foreign_key VALUES (2, 99);
CREATE ROLE perf_advisor_test_errors;
GRANT USAGE ON SCHEMA errors_test TO perf_advisor_test_errors;
SET ROLE perf_advisor_test_errors;
SELECT count(*) AS of_privilege FROM item;
RESET ROLE;
SELECT toplevel, what, sqlstate, errors, calls, all_errors, cancelled FROM failed WHERE what ~ '^of_' ORDER BY what, toplevel;

-- the time of failed calls, and what they used, is not lost
SELECT error_exec_time > 0 AS time, total_exec_time = 0 AS no_exec_time, shared_blks_hit + shared_blks_read > 0 AS blocks,
	rows, last_call IS NULL AS never_ended
FROM perf_advisor.statements WHERE query LIKE '%of_run_time%' AND errors > 0;
SELECT e.error_exec_time > 0 AS time, e.last_error > s.stats_since AS last
FROM perf_advisor.statement_errors AS e JOIN perf_advisor.statements AS s USING (userid, dbid, queryid, toplevel)
WHERE e.query LIKE '%of_plan_time%';

-- what functions catch, and what passes through several statements
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT caught() AS of_catcher FROM generate_series(1, 3);
SELECT not_caught() AS of_outer;
SELECT rethrown() AS of_rethrower;
SELECT toplevel, what, sqlstate, errors, calls, all_errors FROM failed WHERE what ~ '^of_' ORDER BY what, toplevel;
-- the one that caught has no error
SELECT toplevel, calls, errors FROM perf_advisor.statements WHERE query LIKE '%of_catcher%';

-- before there is a queryid
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELEC;
SELECT no_such_column AS of_unknown FROM item;
SELECT no_such_column AS of_unknown_too FROM item;
SELECT 1 FROM no_such_table AS of_unknown;
EXECUTE no_such_statement;
BEGIN;
SELECT 1, 1 / 0 AS of_block;
SELECT 1 AS of_aborted;
SELECT 2 AS of_aborted;
ROLLBACK;
SELECT toplevel, what, sqlstate, errors, calls FROM failed ORDER BY what, sqlstate;

-- utility statements
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE TABLE item (of_ddl int);
DO $$ BEGIN RAISE EXCEPTION 'of_do'; END $$;
COPY item FROM STDIN WHERE id <> 4711;
1	1
\.
COPY (SELECT 1 / (id - 7), v AS of_copy FROM item) TO STDOUT;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT 1 / (id - 7), v + 1 AS of_explain FROM item;
CREATE TABLE made AS SELECT 1 / (id - 7), v - 1 AS of_ctas FROM item;
CREATE PROCEDURE fails_between() LANGUAGE plpgsql AS $$
BEGIN
	UPDATE item AS of_procedure SET v = v WHERE id = 1;
	COMMIT;
	UPDATE item AS of_procedure SET v = -1 WHERE id = 2;
END $$;
CALL fails_between();
BEGIN;
ROLLBACK TO no_such_savepoint;
ROLLBACK;
-- with the queries inside them
SELECT toplevel, what, sqlstate, errors, calls, all_errors FROM failed ORDER BY what, sqlstate, toplevel;

-- SQL-level prepared statements are transparent
SELECT perf_advisor.reset() IS NOT NULL AS reset;
PREPARE p (int) AS SELECT 1 / (id - $1) AS of_prepared FROM item;
EXECUTE p (5);
EXECUTE p (100);
EXECUTE p (6);
DEALLOCATE p;
SELECT toplevel, what, sqlstate, errors, calls, all_errors FROM failed ORDER BY what;

-- cursors: one that fails in a savepoint, one that only ends with ROLLBACK
SELECT perf_advisor.reset() IS NOT NULL AS reset;
BEGIN;
DECLARE c1 CURSOR FOR SELECT 1 / (id - 5) AS of_failed_cursor FROM item ORDER BY id;
SAVEPOINT one;
FETCH 3 FROM c1;
FETCH 3 FROM c1;
ROLLBACK TO one;
-- counted already, its transaction still open
SELECT toplevel, what, sqlstate, errors FROM failed WHERE what ~ '^of_' ORDER BY what;
DECLARE c2 CURSOR FOR SELECT id AS of_cut_cursor FROM item;
FETCH 3 FROM c2;
DECLARE c3 CURSOR FOR SELECT id, v AS of_idle_cursor FROM item;
ROLLBACK;
SELECT toplevel, what, sqlstate, errors, all_errors FROM failed ORDER BY what, toplevel;
SELECT substring(query FROM 'of_\w+') AS what, calls, rows, errors FROM perf_advisor.statements
WHERE query ~ 'of_(cut|idle|failed)_cursor' AND NOT toplevel AND calls + errors > 0 ORDER BY 1;

-- a loop over a query that is left by an error of another one
CREATE FUNCTION cut_loop() RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT id FROM item AS of_loop ORDER BY id LOOP
		PERFORM 1 / (r.id - 2) AS of_loop_body;
	END LOOP;
	RETURN 0;
EXCEPTION WHEN division_by_zero THEN
	RETURN 1;
END $$;
SELECT cut_loop() AS of_loop_around;
SELECT substring(query FROM 'of_\w+') AS what, toplevel, calls, errors FROM perf_advisor.statements
WHERE query ~ 'of_loop' AND query !~ 'CREATE' AND calls + errors > 0 ORDER BY 1;

-- deferred constraints fail at COMMIT, outside of any statement
SELECT perf_advisor.reset() IS NOT NULL AS reset;
INSERT INTO late AS of_autocommit VALUES (1), (1);
BEGIN;
INSERT INTO late AS of_block SELECT 2 FROM part, generate_series(1, 2);
COMMIT;
SELECT toplevel, what, sqlstate, errors, calls, all_errors FROM failed ORDER BY what;
BEGIN;
INSERT INTO late AS of_block SELECT 3 FROM part, generate_series(1, 2);
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;
SELECT toplevel, what, sqlstate, errors, calls, all_errors FROM failed ORDER BY what;

-- ended from outside
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET statement_timeout = '100ms';
SELECT pg_sleep(60) AS of_timeout;
DO $$ BEGIN PERFORM 1, pg_sleep(60) AS of_nested_timeout; END $$;
RESET statement_timeout;
SELECT toplevel, what, sqlstate, errors, calls, all_errors, cancelled FROM failed ORDER BY what, toplevel;

-- what is switched off is not recorded, and what was begun before is
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET perf_advisor.track_utility = off;
CREATE TABLE item (of_untracked int);
DO $$ BEGIN PERFORM 1, 1, 1 / 0 AS of_tracked; END $$;
RESET perf_advisor.track_utility;
SET perf_advisor.track = top;
SELECT not_caught(), 1 AS of_top;
SET perf_advisor.track = none;
SELECT 1 / 0 AS of_none;
SELEC;
RESET perf_advisor.track;
SET perf_advisor.enabled = off;
SELECT 1 / 0 AS of_disabled;
SELEC;
RESET perf_advisor.enabled;
SELECT toplevel, what, sqlstate, errors, calls FROM failed ORDER BY what, toplevel;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE FUNCTION switches_off() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL perf_advisor.enabled = off;
	PERFORM v, 1 / (id - 5) FROM item AS of_inside;
	RETURN 0;
END $$;
SELECT switches_off() AS of_switch;
SELECT toplevel, what, sqlstate, errors, calls FROM failed ORDER BY what, toplevel;

-- what ends well has no errors
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(*) AS of_success FROM item;
SELECT caught() = 1 AS of_success;
SELECT query, calls, errors, cancelled, error_exec_time FROM perf_advisor.statements WHERE query LIKE '%of_success%' AND query NOT LIKE '%statements%' ORDER BY query;

-- nothing was left out
SELECT item, value FROM perf_advisor.status() WHERE item IN ('errors_lost', 'frames_skipped') ORDER BY item;

DROP SCHEMA errors_test CASCADE;
DROP ROLE perf_advisor_test_errors;

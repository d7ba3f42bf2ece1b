-- Statements inside others: functions, DO, triggers and foreign keys.
CREATE SCHEMA nested_test;
SET search_path = nested_test, public;
CREATE TABLE parent (id int PRIMARY KEY, note text);
CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent ON DELETE CASCADE);
-- from 18 on the look-ups of all keys have one identifier, if the column's place is the same: not so here
CREATE TABLE pet (id int PRIMARY KEY, name text, kind text, born date, colour text, parent_id int REFERENCES parent);
CREATE TABLE log (what text);
CREATE FUNCTION notes(n int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	total int := 0;
	found int;
BEGIN
	FOR i IN 1 .. n LOOP
		SELECT count(*) INTO found FROM parent AS in_plpgsql WHERE id = i;
		total := total + found;
	END LOOP;
	RETURN total;
END $$;
-- two statements: cannot be inlined
CREATE FUNCTION two_statements(int) RETURNS bigint LANGUAGE sql VOLATILE AS $$
	UPDATE parent AS in_sql_function SET note = 'seen' WHERE id = $1;
	SELECT count(*) FROM child AS in_sql_function WHERE parent_id = $1;
$$;
CREATE FUNCTION log_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO log AS in_trigger VALUES ('changed');
	RETURN NULL;
END $$;
CREATE TRIGGER log_change AFTER UPDATE ON child FOR EACH ROW EXECUTE FUNCTION log_change();
CREATE PROCEDURE run_twice() LANGUAGE plpgsql AS $$
BEGIN
	PERFORM id FROM parent AS in_procedure WHERE id = 1;
	COMMIT;
	PERFORM id FROM parent AS in_procedure WHERE id = 1;
END $$;
CREATE VIEW nested AS
	SELECT query, toplevel, calls, rows FROM perf_advisor.statements
	WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
		AND query NOT LIKE '%perf_advisor%' AND query NOT LIKE '% nested %';
INSERT INTO parent SELECT g FROM generate_series(1, 10) AS g;
INSERT INTO child SELECT g, 1 + g % 10 FROM generate_series(1, 30) AS g;
INSERT INTO pet (id, parent_id) VALUES (1, 1);

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT notes(3);
SELECT two_statements(4);
SELECT two_statements(5);
UPDATE child SET parent_id = parent_id WHERE id <= 5;
DO $$ BEGIN PERFORM 1 FROM parent AS in_do WHERE id = 3; END $$;
CALL run_twice();
DELETE FROM parent WHERE id = 2;
DELETE FROM parent WHERE id = 3;
DELETE FROM parent WHERE id = 1;

-- the statements inside, and how often each ran
SELECT substring(query FROM 'in_\w+') AS what, split_part(ltrim(query, E' \n\t'), ' ', 1) AS command,
	toplevel, calls, rows
FROM nested WHERE query ~ 'in_[a-z]+' AND NOT toplevel AND query !~ '^\s*(DO|CREATE)' ORDER BY 1, 2;

-- the statements around them
SELECT substring(query FROM '(notes|two_statements)') AS what, toplevel, calls, rows
FROM nested WHERE query ~ '^SELECT (notes|two_statements)' ORDER BY 1;
SELECT toplevel, calls FROM nested WHERE query LIKE 'CALL %';

-- a foreign key's cascade and its check, on the side of the parent
SELECT toplevel, calls, rows FROM nested WHERE query ~ '^DELETE FROM ONLY .*child';
SELECT toplevel, calls, rows FROM nested WHERE query ~ '^SELECT [$0-9]+ FROM ONLY .*pet.* FOR KEY SHARE';

-- nested time is not own time
SELECT own_exec_time < total_exec_time AS has_nested_time
FROM perf_advisor.statements WHERE query LIKE 'SELECT notes(%';

-- only what clients send
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET perf_advisor.track = top;
SELECT notes(3);
SELECT toplevel, sum(calls) AS calls FROM nested WHERE query LIKE '%notes(%' OR query LIKE '%in_plpgsql%' GROUP BY toplevel;
RESET perf_advisor.track;

DROP SCHEMA nested_test CASCADE;

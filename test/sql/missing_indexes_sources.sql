--
-- The advice does not depend on how a statement arrives: written out,
-- prepared, through a view, from a function, as UPDATE or DELETE.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE SCHEMA port;
CREATE SCHEMA "Other Port";
SET search_path = port;

CREATE TABLE ship (
	id int PRIMARY KEY,
	name text NOT NULL
);
CREATE TABLE voyage (
	id bigint PRIMARY KEY,
	ship_id int NOT NULL,
	state text NOT NULL,
	left_at timestamptz NOT NULL,
	load int NOT NULL,
	"Berth" int NOT NULL,
	remark text NOT NULL
);
INSERT INTO ship SELECT i, 'ship ' || i FROM generate_series(1, 10000) AS i;
INSERT INTO voyage
SELECT
	i,
	(i::bigint * 7919) % 10000 + 1,
	CASE WHEN i % 50 = 0 THEN 'at sea' ELSE 'ended' END,
	'2024-01-01 00:00+00'::timestamptz + i * interval '2 minutes',
	(i::bigint * 15485863) % 50000,
	(i::bigint * 104729) % 20000,
	repeat('x', 40)
FROM generate_series(1, 150000) AS i;
CREATE TABLE "Other Port".voyage AS SELECT * FROM voyage;
VACUUM ANALYZE ship;
VACUUM ANALYZE voyage;
VACUUM ANALYZE "Other Port".voyage;

CREATE VIEW sailing AS
SELECT v.id, v.ship_id, s.name, v.left_at, v.load
FROM voyage AS v JOIN ship AS s ON s.id = v.ship_id
WHERE v.state <> 'cancelled';

CREATE VIEW advised AS
SELECT schemaname, relname, key_columns
FROM perf_advisor.missing_indexes
WHERE schemaname IN ('port', 'Other Port')
ORDER BY schemaname, relname, key_columns;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- UPDATE and DELETE
UPDATE voyage SET remark = 'lost' WHERE load = 777;
UPDATE voyage SET remark = 'lost' WHERE load = 777;
SELECT * FROM advised;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
DELETE FROM voyage WHERE load = 778;
DELETE FROM voyage WHERE load = 778;
SELECT * FROM advised;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- a data-modifying WITH
WITH gone AS (DELETE FROM voyage WHERE load = 779 RETURNING id) SELECT count(*) FROM gone \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- an update that the index would slow down
UPDATE voyage SET load = load + 1, remark = 'checked' WHERE id = 7;
UPDATE voyage SET load = load + 1, remark = 'checked' WHERE id = 8;
SELECT * FROM voyage WHERE load = 777 \g /dev/null
\g /dev/null
SELECT key_columns, caveats[2] FROM perf_advisor.missing_indexes;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- through a view
SELECT * FROM sailing WHERE ship_id = 42 \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- prepared, planned anew for each call and then once for all
PREPARE of_ship (int, timestamptz) AS SELECT * FROM voyage WHERE left_at > $2 AND ship_id = $1;
EXECUTE of_ship (1, '2024-07-01') \g /dev/null
EXECUTE of_ship (2, '2024-07-02') \g /dev/null
SELECT * FROM advised;
EXECUTE of_ship (3, '2024-07-03') \g /dev/null
EXECUTE of_ship (4, '2024-07-03') \g /dev/null
EXECUTE of_ship (5, '2024-07-03') \g /dev/null
EXECUTE of_ship (6, '2024-07-03') \g /dev/null
EXECUTE of_ship (7, '2024-07-03') \g /dev/null
SELECT * FROM advised;
DEALLOCATE of_ship;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- generic from the first call
SET plan_cache_mode = force_generic_plan;
PREPARE of_ship (int, timestamptz) AS SELECT * FROM voyage WHERE left_at > $2 AND ship_id = $1;
EXECUTE of_ship (1, '2024-07-01') \g /dev/null
EXECUTE of_ship (2, '2024-07-02') \g /dev/null
EXECUTE of_ship (3, '2024-07-03') \g /dev/null
SELECT * FROM advised;
DEALLOCATE of_ship;
RESET plan_cache_mode;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- inside functions: with parameters, without any, dynamic
CREATE FUNCTION load_of(wanted int) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT sum(load) FROM voyage WHERE ship_id = wanted);
END
$$;
SELECT load_of(42);
SELECT load_of(43);
SELECT * FROM advised;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE FUNCTION first_berth() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	result bigint;
BEGIN
	SELECT count(*) INTO result FROM voyage WHERE "Berth" = 1;
	RETURN result;
END
$$;
SELECT first_berth() FROM generate_series(1, 5);
SELECT * FROM advised;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

DO $$
BEGIN
	FOR i IN 1 .. 3 LOOP
		EXECUTE format('UPDATE voyage SET remark = remark WHERE load = %s', i);
	END LOOP;
END
$$;
SELECT * FROM advised;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- names that need quotes, and tables of the same name
SELECT * FROM "Other Port".voyage WHERE "Berth" = 7 \g /dev/null
\g /dev/null
SELECT * FROM voyage WHERE load = 7 \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT index_ddl FROM perf_advisor.missing_indexes ORDER BY schemaname;
SELECT index_ddl FROM perf_advisor.missing_indexes ORDER BY schemaname \gexec
SELECT * FROM advised;
DROP INDEX voyage_load_idx;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- a name as long as names can be
ALTER TABLE voyage RENAME COLUMN load TO a_column_name_that_is_as_long_as_a_column_name_can_be_in_postgres;
SELECT * FROM voyage WHERE a_column_name_that_is_as_long_as_a_column_name_can_be_in_postgres = 7 \g /dev/null
\g /dev/null
SELECT index_ddl FROM perf_advisor.missing_indexes \gexec
SELECT * FROM advised;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- Not planned: what another user's function could do to us.  The function is
-- named with a user of its own, who is neither the caller nor a superuser.
CREATE ROLE regress_pa_stranger;
CREATE ROLE regress_pa_reader;
GRANT pg_monitor TO regress_pa_reader;
GRANT USAGE, CREATE ON SCHEMA port TO regress_pa_stranger;
GRANT USAGE ON SCHEMA port TO regress_pa_reader;
SET ROLE regress_pa_stranger;
CREATE FUNCTION port.berth_no(wanted int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	RETURN wanted;
END
$$;
RESET ROLE;
SELECT * FROM voyage WHERE "Berth" = berth_no(7) \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT reason, calls, query FROM perf_advisor.advisor_skipped;
-- the same with a function of our own
ALTER FUNCTION port.berth_no(int) OWNER TO CURRENT_USER;
SELECT * FROM voyage WHERE "Berth" = berth_no(7) \g /dev/null
\g /dev/null
SELECT * FROM advised;

-- changed since it was captured: dropped, and captured anew
ALTER TABLE voyage ALTER COLUMN "Berth" TYPE bigint;
ANALYZE voyage;
SELECT * FROM advised;
SELECT * FROM voyage WHERE "Berth" = berth_no(7) \g /dev/null
\g /dev/null
SELECT * FROM advised;

-- who may read it
SET ROLE regress_pa_reader;
SELECT schemaname, relname, key_columns FROM perf_advisor.missing_indexes;
SELECT reason, calls, query FROM perf_advisor.advisor_skipped;
SET ROLE regress_pa_stranger;
SELECT count(*) FROM perf_advisor.missing_indexes;
SELECT count(*) FROM perf_advisor.missing_indexes();
SELECT count(*) FROM perf_advisor.advisor_skipped;
RESET ROLE;

-- The deadline is kept, and what it cost is said.  The function is evaluated
-- at each planning, three times or more for each statement.
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE FUNCTION slow_number(wanted int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_sleep(0.02);
	RETURN wanted;
END
$$;
SELECT * FROM voyage WHERE "Berth" = slow_number(7) \g /dev/null
\g /dev/null
SELECT id FROM voyage WHERE "Berth" = slow_number(7) \g /dev/null
\g /dev/null
SELECT state FROM voyage WHERE "Berth" = slow_number(7) \g /dev/null
\g /dev/null
SELECT remark FROM voyage WHERE "Berth" = slow_number(7) \g /dev/null
\g /dev/null
SET perf_advisor.advisor_deadline = '100ms';
SELECT reason, count(*) BETWEEN 1 AND 3 AS some_statements
FROM perf_advisor.advisor_skipped
GROUP BY reason;
SELECT count(*) FROM perf_advisor.missing_indexes
WHERE NOT EXISTS (SELECT FROM unnest(caveats) AS c WHERE c LIKE 'The advisor stopped at perf_advisor.advisor_deadline (100 ms)%');
SET perf_advisor.advisor_deadline = '1min';
SELECT reason, calls, query FROM perf_advisor.advisor_skipped;
SELECT key_columns, cardinality(queryids) AS statements, calls FROM perf_advisor.missing_indexes;
RESET perf_advisor.advisor_deadline;

RESET search_path;
DROP SCHEMA port CASCADE;
DROP SCHEMA "Other Port" CASCADE;
DROP ROLE regress_pa_stranger;
DROP ROLE regress_pa_reader;

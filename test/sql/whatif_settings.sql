--
-- A statement is planned again with the settings that its session had for
-- itself, and with the server's present ones for the rest; the reader's own
-- do not matter.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE SCHEMA settings;
SET search_path = settings;
CREATE TABLE parcel AS
SELECT i AS id, (i::bigint * 7919) % 20000 AS box, repeat('x', 100) AS note FROM generate_series(1, 50000) AS i;
ANALYZE parcel;

-- All are read by a sequential scan, whose cost can be told from the settings.
CREATE FUNCTION cost() RETURNS numeric
LANGUAGE sql
AS $$ SELECT round(cost_before::numeric) FROM perf_advisor.missing_indexes WHERE relname = 'parcel' $$;
CREATE FUNCTION pages_times(seq_page_cost float8) RETURNS numeric
LANGUAGE sql
AS $$ SELECT round((relpages * $1 + reltuples * 0.0125)::numeric) FROM pg_class WHERE oid = 'settings.parcel'::regclass $$;

-- of the session
SET seq_page_cost = 3;
SELECT note FROM parcel WHERE box = 7 \g /dev/null
\g /dev/null
RESET seq_page_cost;
SELECT cost() = pages_times(3) AS as_captured;
SET seq_page_cost = 5;
SELECT cost() = pages_times(3) AS as_captured, current_setting('seq_page_cost') AS mine;
RESET seq_page_cost;

-- of the server, changed later
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id, note FROM parcel WHERE box = 7 \g /dev/null
\g /dev/null
SELECT cost() = pages_times(1) AS as_built_in;
SET seq_page_cost = 5;
SELECT cost() = pages_times(1) AS as_built_in;
ALTER SYSTEM SET seq_page_cost = 2;
SELECT pg_reload_conf(), pg_sleep(0.5);
\c
SET search_path = settings;
SELECT current_setting('seq_page_cost') AS server;
SELECT cost() = pages_times(2) AS as_server;
SET seq_page_cost = 5;
SELECT cost() = pages_times(2) AS as_server;
-- the built-in default, but the session's own
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET seq_page_cost = 1;
SELECT note, id FROM parcel WHERE box = 7 \g /dev/null
\g /dev/null
RESET seq_page_cost;
SELECT cost() = pages_times(1) AS as_captured;
ALTER SYSTEM RESET seq_page_cost;
SELECT pg_reload_conf(), pg_sleep(0.5);
\c
SET search_path = settings;

-- with parameters: met again with other settings, the tree is replaced
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET seq_page_cost = 3;
PREPARE by_box(bigint) AS SELECT note, box FROM parcel WHERE box = $1;
EXECUTE by_box(7) \g /dev/null
\g /dev/null
SELECT cost() = pages_times(3) AS as_captured;
SET seq_page_cost = 4;
EXECUTE by_box(8) \g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
\g /dev/null
RESET seq_page_cost;
SELECT cost() = pages_times(4) AS as_captured_last;

SET client_min_messages = error;
DROP SCHEMA settings CASCADE;

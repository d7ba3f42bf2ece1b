--
-- Missing indexes: expressions that some value does not survive.  A statement
-- never meets it behind another condition; CREATE INDEX and INSERT do.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE SCHEMA depot;
SET search_path = depot;
SET max_parallel_workers_per_gather = 0;
SET random_page_cost = 1.1;
SET jit = off;

CREATE TABLE label (id int NOT NULL, kind int NOT NULL, value text NOT NULL, doc jsonb NOT NULL, pad text NOT NULL);
INSERT INTO label SELECT i, i % 50, i::text, jsonb_build_object('n', i % 30000), repeat('x', 60) FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE label;

-- all values are numbers so far: said with a warning; a function of a text that always works needs none
SELECT id FROM label WHERE value::int = 4711 \g /dev/null
\g /dev/null
\g /dev/null
SELECT id FROM label WHERE (doc -> 'n')::int = 4711 \g /dev/null
\g /dev/null
\g /dev/null
SELECT id FROM label WHERE lower(value) = '4711' \g /dev/null
\g /dev/null
\g /dev/null
SELECT key_columns, confidence, (SELECT c FROM unnest(caveats) AS c WHERE c LIKE 'It converts%') AS caveat
FROM perf_advisor.missing_indexes
WHERE schemaname = 'depot'
ORDER BY key_columns;

-- some are words, and ANALYZE has seen them: no index that cannot be built
SELECT perf_advisor.reset() IS NOT NULL AS reset;
UPDATE label SET value = 'word' || id WHERE kind <> 7;
UPDATE label SET doc = '{"n": "none"}' WHERE kind <> 7;
VACUUM (FULL, ANALYZE) label;
SELECT id FROM label WHERE value = '4711' AND value::int > 7 \g /dev/null
\g /dev/null
\g /dev/null
SELECT id FROM label WHERE kind = 7 AND value::int = 4757 \g /dev/null
\g /dev/null
\g /dev/null
SELECT id FROM label WHERE kind = 7 AND (doc -> 'n')::int = 4757 \g /dev/null
\g /dev/null
\g /dev/null
SELECT key_columns FROM perf_advisor.missing_indexes WHERE schemaname = 'depot' ORDER BY key_columns;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA depot CASCADE;

--
-- The nearest rows: ORDER BY key <-> value LIMIT n.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE SCHEMA town;
SET search_path = town;
SET max_parallel_workers_per_gather = 0;

CREATE TABLE stop (id int PRIMARY KEY, place point NOT NULL, x float8 NOT NULL, y float8 NOT NULL, line int NOT NULL, name text NOT NULL);
INSERT INTO stop
SELECT i, point(i % 251, i / 251), i % 251, i / 251, i % 40, md5(i::text)
FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE stop;

CREATE VIEW advised AS
SELECT regexp_replace(index_ddl, '.* ON (ONLY )?', '') AS ddl
FROM perf_advisor.missing_indexes
ORDER BY 1;

SELECT id FROM stop ORDER BY place <-> point '(7,7)' LIMIT 5 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- the other way round, on an expression, and with a value for each call
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM stop ORDER BY point '(7,7)' <-> point(x, y) LIMIT 5 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
PREPARE nearest(point) AS SELECT id FROM stop ORDER BY place <-> $1 LIMIT 5;
EXECUTE nearest('(1,1)') \g /dev/null
EXECUTE nearest('(2,2)') \g /dev/null
EXECUTE nearest('(3,3)') \g /dev/null
SELECT * FROM advised;

-- all rows, and the farthest
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM stop ORDER BY place <-> point '(7,7)' \g /dev/null
\g /dev/null
\g /dev/null
SELECT id FROM stop ORDER BY place <-> point '(7,7)' DESC LIMIT 5 \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) FROM advised;

-- between two of the row's own columns: an expression as any other
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM stop ORDER BY place <-> point(y, x) LIMIT 5 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- what exists is not advised again
CREATE INDEX stop_place ON stop USING gist (place);
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM stop ORDER BY place <-> point '(7,7)' LIMIT 5 \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) FROM advised;

DROP VIEW advised;
DROP TABLE stop;
RESET search_path;
DROP SCHEMA town;

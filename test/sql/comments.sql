-- Everything in the schema is described: nothing may be listed here.
SELECT c.relname AS relation_without_comment
FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = 'perf_advisor'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'S', 'f')
	AND pg_catalog.obj_description(c.oid, 'pg_class') IS NULL
ORDER BY 1;

SELECT c.relname, a.attname AS column_without_comment
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
WHERE c.relnamespace = 'perf_advisor'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
	AND a.attnum > 0 AND NOT a.attisdropped
	AND pg_catalog.col_description(c.oid, a.attnum) IS NULL
ORDER BY 1, a.attnum;

SELECT p.oid::regprocedure AS function_without_comment
FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace = 'perf_advisor'::regnamespace
	AND pg_catalog.obj_description(p.oid, 'pg_proc') IS NULL
ORDER BY 1;

SELECT pg_catalog.obj_description('perf_advisor'::regnamespace, 'pg_namespace') IS NULL AS schema_without_comment;

-- the descriptions are sentences
SELECT c.relname, d.description AS not_a_sentence
FROM pg_catalog.pg_description AS d
JOIN pg_catalog.pg_class AS c ON c.oid = d.objoid AND d.classoid = 'pg_catalog.pg_class'::regclass
WHERE c.relnamespace = 'perf_advisor'::regnamespace AND d.description !~ '[.]$';

-- settings say what they do, and what their special values mean
SELECT name AS setting_without_description FROM perf_advisor.settings
WHERE description IS NULL OR description !~ '[.]$' ORDER BY 1;

-- Volatility and parallel safety are stated, not defaulted: C functions that
-- look at shared memory are volatile.
SELECT p.oid::regprocedure AS function, p.provolatile, p.proparallel
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace = 'perf_advisor'::regnamespace AND l.lanname = 'c' AND p.provolatile <> 'v'
ORDER BY 1;

-- SQL functions have parsed bodies or a fixed search_path
SELECT p.oid::regprocedure AS function_with_open_search_path
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace = 'perf_advisor'::regnamespace AND l.lanname NOT IN ('c', 'internal')
	AND p.prosqlbody IS NULL
	AND NOT coalesce(p.proconfig::text LIKE '%search_path=%', false)
ORDER BY 1;

-- everything belongs to the extension, and the extension to this schema
SELECT p.oid::regprocedure AS not_in_extension
FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace = 'perf_advisor'::regnamespace
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
		WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e');

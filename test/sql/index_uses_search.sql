--
-- Indexes for patterns, and those of other kinds than b-tree: each case runs
-- a statement three times and shows what is advised for it.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE SCHEMA archive;
SET search_path = archive;

-- "title" sorts as people do, "code" byte by byte.
CREATE TABLE file (
	id int PRIMARY KEY,
	title text COLLATE "und-x-icu" NOT NULL,
	shelf varchar(30) COLLATE "und-x-icu" NOT NULL,
	code text COLLATE "C" NOT NULL,
	body text NOT NULL,
	words tsvector NOT NULL,
	tags int[] NOT NULL,
	attributes jsonb NOT NULL,
	validity int4range NOT NULL,
	origin inet NOT NULL
);
INSERT INTO file
SELECT
	i,
	md5(i::text),
	substr(md5(i::text || 's'), 1, 20),
	md5(i::text || 'c'),
	'body ' || md5(i::text || 'b') || repeat(' and so on', 5),
	to_tsvector('simple', 'word' || i % 2000 || ' paper'),
	ARRAY[i % 1000, i % 777],
	jsonb_build_object('owner', i % 3000, 'kind', 'k' || i % 500),
	int4range(i * 10, i * 10 + 5),
	('10.' || i % 250 || '.' || i % 199 || '.1')::inet
FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE file;

CREATE VIEW advised AS
SELECT regexp_replace(index_ddl, '.* ON (ONLY )?', '') AS ddl
FROM perf_advisor.missing_indexes
ORDER BY 1;

-- a prefix, where the collation is not the bytes' order and where it is
SELECT * FROM file WHERE title LIKE 'c4ca%' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM file WHERE shelf LIKE 'c4ca%' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM file WHERE code LIKE 'c4ca%' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM file WHERE title ~ '^c4ca' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM file WHERE starts_with(code, 'c4ca') \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- nothing to look for but a single value, which is no matter of order
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id, title FROM file WHERE title LIKE 'c4ca4238a0b923820dcc509a6f75849b' \g /dev/null
\g /dev/null
\g /dev/null
SELECT ddl NOT LIKE '%pattern_ops%' AS plain FROM advised;

-- what is in the middle needs trigrams, and an extension in whatever schema
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE body ILIKE '%b026324%' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT kind, relname, column_name, fix FROM perf_advisor.index_hints;

CREATE SCHEMA ext;
CREATE EXTENSION pg_trgm SCHEMA ext;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE body ILIKE '%b026324%' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT kind FROM perf_advisor.index_hints;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE body ~* 'b0263.4|c4ca4238' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- two letters are too short, and an alternative without three is one too many
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE body LIKE '%zq%' \g /dev/null
\g /dev/null
\g /dev/null
SELECT id FROM file WHERE body ~ 'b0263241|q' \g /dev/null
\g /dev/null
\g /dev/null
SELECT id FROM file WHERE body NOT LIKE '%body%' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT kind FROM perf_advisor.index_hints;

-- equality is for a b-tree, though pg_trgm has it too
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE body = 'body' \g /dev/null
\g /dev/null
\g /dev/null
SELECT ddl NOT LIKE '%gin%' AS plain FROM advised;
DROP EXTENSION pg_trgm;

-- documents: containment alone, and with the question for a key
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE attributes @> '{"owner": 77}' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE attributes @> '{"owner": 77}' AND attributes ? 'kind' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- arrays: elements, but not what is contained
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE tags && ARRAY[7, 776] \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE tags <@ ARRAY[7, 776] \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- text search, of a column and of an expression
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE words @@ to_tsquery('simple', 'word77') \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE to_tsvector('simple', body) @@ to_tsquery('simple', 'nothing') \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- a rank is of something else each time
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file ORDER BY ts_rank(words, to_tsquery('simple', 'word77')) DESC LIMIT 5 \g /dev/null
\g /dev/null
\g /dev/null
SELECT id FROM file WHERE strpos(body, 'b026324') > 0 \g /dev/null
\g /dev/null
\g /dev/null
SELECT id FROM file TABLESAMPLE SYSTEM (90) WHERE body = 'body' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- ranges and networks
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE validity @> 500 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE origin >>= '10.7.7.1' \g /dev/null
\g /dev/null
\g /dev/null
-- not the default class before 19
SELECT regexp_replace(ddl, ' inet_ops', '') AS ddl FROM advised;

-- what a b-tree does with networks
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM file WHERE origin <<= '10.7.7.0/24' \g /dev/null
\g /dev/null
\g /dev/null
SELECT ddl LIKE 'archive.file (origin)%' AS plain FROM advised;

-- an index that is there
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE INDEX by_attributes ON file USING gin (attributes);
SELECT id FROM file WHERE attributes @> '{"owner": 77}' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

RESET search_path;
DROP SCHEMA archive CASCADE;
DROP SCHEMA ext;

--
-- The estimated size of an index of which the statistics of single columns do
-- not tell enough, so that rows are sampled: against the one that is then
-- really built, within a tenth.  Where it is more, the bound is in the test.
--
CREATE SCHEMA sizes_rows;
SET search_path = sizes_rows;
SET client_min_messages = error;
CREATE EXTENSION pg_trgm SCHEMA sizes_rows;
CREATE EXTENSION btree_gist SCHEMA sizes_rows;
RESET client_min_messages;

-- a number from 0 to 1 that looks random and is the same each time
CREATE FUNCTION chance(i int, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE
	RETURN (pg_catalog.hashint4(i * 31 + salt)::bigint + 2147483648) / 4294967296.0;

-- Whether the estimate is within the tolerance of the index that is built.
CREATE FUNCTION verdict(ddl text, tolerance float8) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	estimate float8 := (SELECT index_sizes[1] FROM perf_advisor.whatif('SELECT 1', ARRAY[ddl]));
	actual float8;
BEGIN
	EXECUTE regexp_replace(ddl, ' INDEX ON', ' INDEX built ON');
	actual := pg_relation_size('built');
	DROP INDEX built;
	-- a few pages more or less are nothing
	IF abs(estimate - actual) <= GREATEST(tolerance * actual, 4 * 8192) THEN
		RETURN 'as real';
	END IF;
	RETURN format('%s, really %s: %s', estimate, actual, round((estimate / actual)::numeric, 2));
END
$$;

-- columns that have to do with each other, and values too long for pg_statistic
CREATE TABLE linked AS
SELECT
	i AS id,
	i % 5000 AS a,
	CASE WHEN chance(i, 1) < 0.5 THEN repeat('x', (chance(i, 2) * 80)::int) END AS b,
	CASE WHEN chance(i, 1) < 0.5 THEN repeat('y', (chance(i, 2) * 80)::int) END AS c,
	CASE WHEN chance(i, 1) < 0.5 THEN i::bigint END AS d,
	CASE WHEN chance(i, 1) < 0.5 THEN i::bigint END AS e,
	CASE WHEN chance(i, 1) < 0.5 THEN i::bigint END AS f,
	CASE WHEN chance(i, 1) < 0.5 THEN i::bigint END AS g,
	CASE WHEN chance(i, 1) < 0.5 THEN i::bigint END AS h,
	i % 700 AS k,
	i % 700 * 3 AS l,
	i / 40 AS batch,
	i / 40 % 9 AS of_batch,
	(SELECT string_agg(md5((i * 100 + n)::text), ' ') FROM generate_series(1, 40) AS n) AS long,
	CASE WHEN i % 3 = 0 THEN i END AS x,
	i % 1000 AS y
FROM generate_series(1, 40000) AS i;
VACUUM ANALYZE linked;
SELECT ddl, verdict(ddl, 0.1) FROM unnest(ARRAY[
	'CREATE INDEX ON linked (a) INCLUDE (b, c)',
	'CREATE INDEX ON linked (id) INCLUDE (b, c, d, e)',
	'CREATE INDEX ON linked (id) INCLUDE (d, e, f, g, h)',
	'CREATE INDEX ON linked (b, c)',
	'CREATE INDEX ON linked (d, e, f)',
	'CREATE INDEX ON linked (k, l)',
	'CREATE INDEX ON linked (b, k)',
	'CREATE INDEX ON linked (batch, of_batch)',
	'CREATE INDEX ON linked (left(long, 20))',
	'CREATE INDEX ON linked (left(long, 200))',
	'CREATE INDEX ON linked (md5(long))',
	'CREATE INDEX ON linked (left(long, 8), k)',
	'CREATE INDEX ON linked (coalesce(x, y))',
	'CREATE INDEX ON linked ((x + y))',
	'CREATE INDEX ON linked (id) WHERE id % 7 = 3',
	'CREATE INDEX ON linked (b) WHERE length(b) > 40',
	'CREATE INDEX ON linked (id) WHERE a < 500 AND k < 70'
]) AS ddl;

-- the planner knows the values of such an expression, too
CREATE FUNCTION rows_expected(query text, ddl text) RETURNS int
LANGUAGE sql
	RETURN substring((SELECT plan_after FROM perf_advisor.whatif(query, ARRAY[ddl])) FROM 'rows=([0-9]+)')::int;
SELECT rows_expected('SELECT * FROM linked WHERE coalesce(x, y) = 500', 'CREATE INDEX ON linked (coalesce(x, y))') BETWEEN 1 AND 60 AS few;

-- GIN: frequent and rare keys, keys of one row, keys of neighbouring rows, none
CREATE TABLE paper AS
SELECT
	i AS id,
	ARRAY[i % 100, (i * 7) % 500 + 100, (chance(i, 9) * 20)::int + 1000] AS tags,
	ARRAY(SELECT 'tag' || (chance(i * 7 + n, 13) ^ 4 * 5000)::int FROM generate_series(1, 1 + i % 6) AS n) AS skewed,
	ARRAY(SELECT (chance(i * 3 + n, 14) * 60000)::int FROM generate_series(1, 3) AS n) AS uniform,
	ARRAY['t' || i % 50, 'u' || i] AS marks,
	CASE WHEN i % 100 = 0 THEN ARRAY['x' || i % 7] ELSE '{}' END AS seldom,
	CASE WHEN i % 2 = 0 THEN ARRAY[i % 6, NULL] END AS nulls,
	ARRAY[i / 50, i / 300] AS clustered,
	jsonb_build_object('state', CASE WHEN i % 50 = 0 THEN 'open' ELSE 'done' END, 'group', i % 300) AS doc,
	jsonb_build_object('id', 'c' || i, 'user', jsonb_build_object('name', 'user' || (chance(i, 16) * 7000)::int),
		'tags', jsonb_build_array('a' || i % 13, 'b' || (chance(i, 15) * 170)::int)) AS document,
	to_tsvector('simple', (SELECT string_agg('w' || (chance(i * 20 + n, 11) ^ 3 * 20000)::int, ' ') FROM generate_series(1, 20) AS n)) AS words,
	'user' || i % 30000 || '@' || (ARRAY['example.com', 'mail.org', 'corp.net'])[1 + i % 3] AS email,
	md5(i::text) AS hash,
	(SELECT string_agg((ARRAY['red', 'green', 'blue', 'big', 'small', 'table', 'chair', 'lamp', 'door', 'window', 'garden', 'house'])[1 + (chance(i * 5 + n, 12) * 11)::int], ' ')
	 FROM generate_series(1, 4) AS n) AS title
FROM generate_series(1, 40000) AS i;
VACUUM ANALYZE paper;
SELECT ddl, verdict(ddl, 0.1) FROM unnest(ARRAY[
	'CREATE INDEX ON paper USING gin (tags)',
	'CREATE INDEX ON paper USING gin (skewed)',
	'CREATE INDEX ON paper USING gin (uniform)',
	'CREATE INDEX ON paper USING gin (marks)',
	'CREATE INDEX ON paper USING gin (seldom)',
	'CREATE INDEX ON paper USING gin (nulls)',
	'CREATE INDEX ON paper USING gin (clustered)',
	'CREATE INDEX ON paper USING gin (doc)',
	'CREATE INDEX ON paper USING gin (doc jsonb_path_ops)',
	'CREATE INDEX ON paper USING gin (document jsonb_path_ops)',
	'CREATE INDEX ON paper USING gin ((document -> ''tags''))',
	'CREATE INDEX ON paper USING gin (words)',
	'CREATE INDEX ON paper USING gin (to_tsvector(''english'', title))',
	'CREATE INDEX ON paper USING gin (email gin_trgm_ops)',
	'CREATE INDEX ON paper USING gin (hash gin_trgm_ops)',
	'CREATE INDEX ON paper USING gin (title gin_trgm_ops)',
	'CREATE INDEX ON paper USING gin (tags, title gin_trgm_ops)',
	'CREATE INDEX ON paper USING gin (tags) WHERE id % 10 = 3'
]) AS ddl;

-- GiST and SP-GiST: an index of the rows is built in memory
CREATE TABLE place AS
SELECT
	i AS id,
	point(chance(i, 1) * 1000, chance(i, 2) * 1000) AS spot,
	box(point(chance(i, 1) * 1000, chance(i, 2) * 1000), point(chance(i, 1) * 1000 + 3, chance(i, 2) * 1000 + 3)) AS area,
	int4range((chance(i, 3) * 40000)::int, (chance(i, 3) * 40000)::int + 1 + (chance(i, 4) * 200)::int) AS span,
	tstzrange('2024-01-01 00:00+00'::timestamptz + i * interval '5 min', '2024-01-01 01:00+00'::timestamptz + i * interval '5 min') AS during,
	('10.' || (chance(i, 5) * 255)::int || '.' || (chance(i, 6) * 255)::int || '.' || (chance(i, 7) * 255)::int)::inet AS ip,
	CASE WHEN i % 4 > 0 THEN ('10.' || i / 65536 || '.' || i / 256 % 256 || '.' || i % 256)::inet END AS next_ip
FROM generate_series(1, 40000) AS i;
VACUUM ANALYZE place;
SELECT ddl, verdict(ddl, 0.1) FROM unnest(ARRAY[
	'CREATE INDEX ON place USING gist (spot)',
	'CREATE INDEX ON place USING gist (area)',
	'CREATE INDEX ON place USING gist (during)',
	'CREATE INDEX ON place USING gist (ip inet_ops)',
	'CREATE INDEX ON place USING gist (id)',
	'CREATE INDEX ON paper USING gist (words)',
	'CREATE INDEX ON paper USING gist (email gist_trgm_ops)',
	'CREATE INDEX ON paper USING gist (title gist_trgm_ops)'
]) AS ddl;
SELECT ddl, verdict(ddl, 0.1) FROM unnest(ARRAY[
	'CREATE INDEX ON place USING spgist (spot)',
	'CREATE INDEX ON place USING spgist (spot kd_point_ops)',
	'CREATE INDEX ON place USING spgist (area)',
	'CREATE INDEX ON place USING spgist (during)',
	'CREATE INDEX ON place USING spgist (ip)'
]) AS ddl;

-- within a quarter: what a sample does not show as it is are how many keys are
-- of one row alone, how ranges overlap, how often values are equal and what
-- numbers in a row have in common; nor do hashes have anything to be put
-- together by
SELECT ddl, verdict(ddl, 0.25) FROM unnest(ARRAY[
	'CREATE INDEX ON paper USING gin (document)',
	'CREATE INDEX ON place USING gist (span)',
	'CREATE INDEX ON place USING gist (next_ip inet_ops)',
	'CREATE INDEX ON place USING gist (id, during)',
	'CREATE INDEX ON paper USING gist (email)',
	'CREATE INDEX ON place USING spgist (span)',
	'CREATE INDEX ON place USING spgist (next_ip)',
	'CREATE INDEX ON paper USING spgist (hash)',
	'CREATE INDEX ON paper USING gist (hash gist_trgm_ops)',
	'CREATE INDEX ON paper USING spgist (email)',
	'CREATE INDEX ON paper USING spgist (title)'
]) AS ddl;

-- the same each time
SELECT count(DISTINCT index_sizes) FROM generate_series(1, 3) AS n,
	perf_advisor.whatif('SELECT ' || n, ARRAY['CREATE INDEX ON place USING gist (area)', 'CREATE INDEX ON paper USING gin (words)']);

-- without sampled rows in a serializable transaction, which they would be part of
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT index_sizes[1] > 0 AS estimated FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE INDEX ON paper USING gin (words)']);
SELECT count(*) FROM pg_locks WHERE mode = 'SIReadLock' AND relation = 'paper'::regclass;
COMMIT;

-- no function of a user is called for it
CREATE FUNCTION spy(int[]) RETURNS int[]
IMMUTABLE LANGUAGE plpgsql
AS $$ BEGIN PERFORM pg_advisory_lock(4712); RETURN $1; END $$;
SELECT index_sizes[1] > 0 AS estimated FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE INDEX ON paper USING gin (spy(tags))']);
SELECT index_sizes[1] > 0 AS estimated FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE INDEX ON paper USING gin (tags) WHERE spy(tags) <> ''{}''']);
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory';

-- nor one that the server's functions call for a type of a user
CREATE FUNCTION difference(int, int) RETURNS float8
IMMUTABLE LANGUAGE plpgsql
AS $$ BEGIN RETURN $1 - $2; END $$;
CREATE TYPE stretch AS RANGE (SUBTYPE = int, SUBTYPE_DIFF = difference);
CREATE TABLE road AS SELECT stretch(i, i + 10) AS part FROM generate_series(1, 5000) AS i;
ANALYZE road;
CREATE OR REPLACE FUNCTION difference(int, int) RETURNS float8
VOLATILE LANGUAGE plpgsql
AS $$ BEGIN PERFORM pg_advisory_lock(4712); RETURN $1 - $2; END $$;
SELECT index_sizes[1] > 0 AS estimated FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE INDEX ON road USING gist (part)']);
SELECT index_sizes[1] > 0 AS estimated FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE INDEX ON road USING spgist (part)']);
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory';

-- values that an expression does not like, and rows that are no more
CREATE TABLE gone AS SELECT i AS id, 'x' || i AS t FROM generate_series(1, 5000) AS i;
ANALYZE gone;
SELECT index_sizes[1] > 0 AS estimated FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE INDEX ON gone ((id / (id - 10)), t)']);
DELETE FROM gone;
SELECT index_sizes[1] > 0 AS estimated FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE INDEX ON gone USING gin (string_to_array(t, ''x''))']);
BEGIN;
TRUNCATE gone;
SELECT index_sizes[1] > 0 AS estimated FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE INDEX ON gone USING spgist (t)']);
ROLLBACK;

SET client_min_messages = error;
DROP SCHEMA sizes_rows CASCADE;

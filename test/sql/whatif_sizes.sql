--
-- The estimated size of an index that does not exist, against the one that is
-- then really built: within a tenth, for each access method.  Those that need
-- sampled rows are in whatif_sizes_rows.
--
CREATE SCHEMA sizes;
SET search_path = sizes;

-- a number from 0 to 1 that looks random and is the same each time
CREATE FUNCTION chance(i int, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE
	RETURN (pg_catalog.hashint4(i * 31 + salt)::bigint + 2147483648) / 4294967296.0;

CREATE TABLE item AS
SELECT
	i AS id,
	i::bigint * 1000 AS big,
	i % 500 AS group_id,
	i % 20000 AS parent_id,
	(chance(i, 1) * 1e9)::int AS token,
	(chance(i, 2) * 10000)::int AS bucket,
	(chance(i, 3) ^ 5 * 3000)::int AS popular,
	CASE WHEN chance(i, 4) < 0.3 THEN i % 777 END AS maybe,
	CASE WHEN chance(i, 5) < 0.9 THEN 'done' WHEN chance(i, 5) < 0.95 THEN 'open' ELSE 'waiting' END AS status,
	'user' || i % 30000 || '@' || repeat('e', (chance(i, 6) * 10)::int) || '.example' AS email,
	md5(i::text) AS hash,
	md5(i::text)::uuid AS uuid,
	(i % 10000 / 100.0)::numeric(10,2) AS price,
	(chance(i, 7) * 1e6)::numeric(12,4) AS amount,
	'2024-01-01 00:00+00'::timestamptz + i * interval '1 minute' AS made_at,
	'2024-01-01'::date + i % 700 AS day,
	repeat('w', (chance(i, 8) * 60)::int) AS note,
	i % 2 = 0 AS flag,
	int4range(i, i + 10) AS span,
	ARRAY[i % 100, (i * 7) % 500 + 100, (chance(i, 9) * 20)::int + 1000] AS tags,
	jsonb_build_object('state', CASE WHEN i % 50 = 0 THEN 'open' ELSE 'done' END, 'group', i % 300) AS doc,
	to_tsvector('simple', 'word' || i % 500 || ' and other' || (chance(i, 10) * 900)::int) AS words
FROM generate_series(1, 80000) AS i;
-- the sample must not vary, so it is everything
DO $$
DECLARE
	name text;
BEGIN
	FOR name IN SELECT attname FROM pg_attribute WHERE attrelid = 'item'::regclass AND attnum > 0 LOOP
		EXECUTE format('ALTER TABLE item ALTER %I SET STATISTICS 300', name);
	END LOOP;
END
$$;
VACUUM ANALYZE item;

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

SELECT ddl, verdict(ddl, 0.1) FROM unnest(ARRAY[
	-- widths, few and many rows a value, skew, NULL
	'CREATE INDEX ON item (id)',
	'CREATE UNIQUE INDEX ON item (id)',
	'CREATE INDEX ON item (big)',
	'CREATE INDEX ON item (group_id)',
	'CREATE INDEX ON item (parent_id)',
	'CREATE INDEX ON item (token)',
	'CREATE INDEX ON item (bucket)',
	'CREATE INDEX ON item (popular)',
	'CREATE INDEX ON item (maybe)',
	'CREATE INDEX ON item (status)',
	'CREATE INDEX ON item (flag)',
	'CREATE INDEX ON item (day DESC)',
	-- texts of one length and of many; types that are not deduplicated
	'CREATE INDEX ON item (email)',
	'CREATE INDEX ON item (hash)',
	'CREATE INDEX ON item (hash text_pattern_ops)',
	'CREATE INDEX ON item (note)',
	'CREATE INDEX ON item (uuid)',
	'CREATE INDEX ON item (price)',
	'CREATE INDEX ON item (amount)',
	'CREATE INDEX ON item (span)',
	-- several columns
	'CREATE INDEX ON item (group_id, made_at)',
	'CREATE INDEX ON item (status, made_at)',
	'CREATE INDEX ON item (status, group_id)',
	'CREATE INDEX ON item (group_id, popular)',
	'CREATE INDEX ON item (maybe, bucket)',
	'CREATE INDEX ON item (email, made_at)',
	'CREATE INDEX ON item (flag, status, day)',
	'CREATE INDEX ON item (flag, status, day, id)',
	-- carried along
	'CREATE INDEX ON item (group_id) INCLUDE (made_at)',
	'CREATE INDEX ON item (id) INCLUDE (email, price)',
	'CREATE INDEX ON item (parent_id) INCLUDE (maybe)',
	-- partial
	'CREATE INDEX ON item (made_at) WHERE status = ''open''',
	'CREATE INDEX ON item (group_id) WHERE status <> ''done''',
	'CREATE INDEX ON item (maybe) WHERE maybe IS NOT NULL',
	'CREATE INDEX ON item (email) WHERE flag',
	-- expressions
	'CREATE INDEX ON item (lower(email))',
	'CREATE INDEX ON item ((doc ->> ''state''))',
	'CREATE INDEX ON item (((doc ->> ''group'')::int))',
	'CREATE INDEX ON item (date_trunc(''day'', made_at AT TIME ZONE ''UTC''))',
	'CREATE INDEX ON item (upper(note), id)',
	'CREATE INDEX ON item ((big / 1000 % 10 / (big % 1000 = 0)::int))',
	-- other methods
	'CREATE INDEX ON item USING hash (id)',
	'CREATE INDEX ON item USING hash (email)',
	'CREATE INDEX ON item USING hash (popular)',
	'CREATE INDEX ON item USING brin (made_at)',
	'CREATE INDEX ON item USING brin (id, email)'
]) AS ddl;

SELECT ddl, verdict(ddl, 0.1) FROM unnest(ARRAY[
	'CREATE INDEX ON item USING gin (tags)',
	'CREATE INDEX ON item USING gin (doc)',
	'CREATE INDEX ON item USING gin (words)',
	'CREATE INDEX ON item USING gin (doc jsonb_path_ops)',
	'CREATE INDEX ON item USING gist (span)',
	'CREATE INDEX ON item USING spgist (email)'
]) AS ddl;

-- GIN where some elements are common and others identify the row, and where most rows have none
CREATE TABLE paper AS
SELECT
	to_tsvector('simple', 'order ' || i || ' from customer' || i % 3000 || ' about word' || i % 97 || ' ref' || md5(i::text)) AS body,
	ARRAY['t' || i % 50, 'u' || i] AS marks,
	CASE WHEN i % 100 = 0 THEN ARRAY['x' || i % 7] ELSE '{}' END AS seldom,
	'{}'::jsonb AS nothing,
	''::tsvector AS silent
FROM generate_series(1, 40000) AS i;
VACUUM ANALYZE paper;
SELECT ddl, verdict(ddl, 0.1) FROM unnest(ARRAY[
	'CREATE INDEX ON paper USING gin (body)',
	'CREATE INDEX ON paper USING gin (marks)',
	'CREATE INDEX ON paper USING gin (seldom)',
	'CREATE INDEX ON paper USING gin (nothing)',
	'CREATE INDEX ON paper USING gin (silent)'
]) AS ddl;

-- an empty table, and one whose columns depend on each other
CREATE TABLE empty (a int, b text[]);
SELECT index_sizes FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE INDEX ON empty (a)', 'CREATE INDEX ON empty USING gin (b) WHERE a > 0']);
CREATE TABLE linked AS SELECT i % 1000 AS a, i % 1000 * 7 AS b FROM generate_series(1, 50000) AS i;
CREATE STATISTICS linked_columns (ndistinct) ON a, b FROM linked;
ANALYZE linked;
SELECT verdict('CREATE INDEX ON linked (a, b)', 0.1);

-- the partitions' indexes together
CREATE TABLE parted (id int, kind text) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (50000);
CREATE TABLE parted_2 (kind text, id int);
ALTER TABLE parted ATTACH PARTITION parted_2 FOR VALUES FROM (50000) TO (100000);
INSERT INTO parted SELECT i, 'k' || i % 10 FROM generate_series(0, 99999) AS i;
VACUUM ANALYZE parted;
CREATE TEMPORARY TABLE estimate AS
SELECT index_sizes[1] AS bytes FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE INDEX ON parted (id, kind)']);
CREATE INDEX built ON parted (id, kind);
SELECT abs(e.bytes - r.bytes) <= 0.1 * r.bytes AS as_real
FROM estimate AS e, (SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree('built')) AS r (bytes);

SET client_min_messages = error;
DROP SCHEMA sizes CASCADE;

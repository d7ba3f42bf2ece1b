-- What CREATE INDEX refuses, whatif() refuses with the same words; what it takes, whatif() takes.
CREATE SCHEMA refused;
SET search_path = refused;
CREATE TYPE point_of AS (x int, y int);
CREATE TABLE t (id int PRIMARY KEY, name text, at timestamptz, doc jsonb, tags int[], words tsvector, place point, made point_of, note varchar(20), kind "char");
INSERT INTO t (id, name) SELECT i, i FROM generate_series(1, 1000) AS i;
CREATE VIEW seen AS SELECT * FROM t;
CREATE SEQUENCE counted;
CREATE MATERIALIZED VIEW kept AS SELECT id, name FROM t;
CREATE TABLE part (id int, name text COLLATE "C", at date) PARTITION BY RANGE (id, name);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0, 'a') TO (9, 'a');
CREATE TABLE part_expr (id int, name text) PARTITION BY RANGE ((id + 1));
CREATE TABLE part_hash (id int, name text) PARTITION BY HASH (id);
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE away (id int) SERVER nowhere;
CREATE TABLE part_away (id int) PARTITION BY LIST (id);
CREATE FOREIGN TABLE part_away_1 PARTITION OF part_away FOR VALUES IN (1) SERVER nowhere;
ANALYZE t;

-- what each of them says; no index stays
CREATE FUNCTION said_by_core(ddl text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE said text; detail text;
BEGIN
	BEGIN
		EXECUTE ddl;
		RAISE EXCEPTION USING ERRCODE = 'PA001', MESSAGE = 'made';
	EXCEPTION
		WHEN SQLSTATE 'PA001' THEN RETURN 'made';
		WHEN OTHERS THEN GET STACKED DIAGNOSTICS said = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
			RETURN concat_ws(' / ', SQLSTATE, said, nullif(detail, ''));
	END;
END $$;
CREATE FUNCTION said_by_whatif(ddl text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE said text; detail text;
BEGIN
	PERFORM * FROM perf_advisor.whatif('SELECT id FROM refused.t', ARRAY[ddl]);
	RETURN 'made';
EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS said = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' / ', SQLSTATE, said, nullif(detail, ''));
END $$;
CREATE TABLE tried (no int GENERATED ALWAYS AS IDENTITY, ddl text);

-- relations
INSERT INTO tried (ddl) VALUES
	('CREATE INDEX ON seen (id)'), ('CREATE INDEX ON counted (last_value)'), ('CREATE INDEX ON away (id)'),
	('CREATE INDEX ON nothing (id)'), ('CREATE INDEX ON kept (id)'), ('CREATE INDEX ON point_of (x)'),
	('CREATE INDEX ON t_pkey (id)'),
	('CREATE INDEX ON seen (no_function(id))'), ('CREATE INDEX ON part (at)'), ('CREATE INDEX ON ONLY part (at)');
-- methods
INSERT INTO tried (ddl) VALUES
	('CREATE INDEX ON t USING nothing (id)'), ('CREATE UNIQUE INDEX ON t USING hash (id)'), ('CREATE INDEX ON t USING hash (id, name)'),
	('CREATE INDEX ON t USING hash (id) INCLUDE (name)'), ('CREATE INDEX ON t USING brin (id DESC)'), ('CREATE INDEX ON t USING brin (id NULLS FIRST)'),
	('CREATE INDEX ON t USING gin (tags ASC)'), ('CREATE INDEX ON t (id) WITH (nothing = 1)'), ('CREATE INDEX ON t (id) WITH (fillfactor = 5)'),
	('CREATE INDEX ON t (id) WITH (fillfactor = 50)'), ('CREATE INDEX ON t USING brin (id) WITH (pages_per_range = 0)');
-- columns
INSERT INTO tried (ddl) VALUES
	('CREATE INDEX ON t (nothing)'), ('CREATE INDEX ON t (ctid)'), ('CREATE INDEX ON t (xmin)'), ('CREATE INDEX ON t (tableoid)'), ('CREATE INDEX ON t ((tableoid::int + 1))'),
	('CREATE INDEX ON t (id) WHERE tableoid = 1'), ('CREATE INDEX ON t (id) INCLUDE (tableoid)'), ('CREATE INDEX ON t (id) INCLUDE (nothing)'), ('CREATE INDEX ON t (id) INCLUDE ((name))'),
	('CREATE INDEX ON t (id) INCLUDE ((id + 1))'), ('CREATE INDEX ON t (id) INCLUDE (name COLLATE "C")'), ('CREATE INDEX ON t (id) INCLUDE (name text_ops)'),
	('CREATE INDEX ON t (id) INCLUDE (name DESC)'), ('CREATE INDEX ON t (id) INCLUDE (name NULLS FIRST)'), ('CREATE INDEX ON t (id) INCLUDE (name)'), ('CREATE INDEX ON t (id, id)');
-- expressions and predicates
INSERT INTO tried (ddl) VALUES
	('CREATE INDEX ON t ((at::date))'), ('CREATE INDEX ON t (random())'), ('CREATE INDEX ON t (id) WHERE at > now()'), ('CREATE INDEX ON t (id) WHERE name'),
	('CREATE INDEX ON t ((SELECT 1))'), ('CREATE INDEX ON t (generate_series(1, id))'), ('CREATE INDEX ON t (max(id))'), ('CREATE INDEX ON t (row_number() OVER ())'),
	('CREATE INDEX ON t (id) WHERE id > ANY (SELECT 1)'), ('CREATE INDEX ON t ((part.id))'), ('CREATE INDEX ON t ((ROW(id, name)))'), ('CREATE INDEX ON t ((t))'), ('CREATE INDEX ON t ((NULL))'),
	('CREATE INDEX ON t ((ARRAY[id]))'), ('CREATE INDEX ON t (made)'), ('CREATE INDEX ON t (((made).x))'), ('CREATE INDEX ON t (lower(name)) WHERE id > 5 AND name IS NOT NULL'), ('CREATE INDEX ON t (no_function(id))');
-- collations
INSERT INTO tried (ddl) VALUES
	('CREATE INDEX ON t (id COLLATE "C")'), ('CREATE INDEX ON t (doc COLLATE "C")'), ('CREATE INDEX ON t ((id + 1) COLLATE "C")'), ('CREATE INDEX ON t (name COLLATE nothing)'),
	('CREATE INDEX ON t ((name COLLATE "C" || (note COLLATE "POSIX")))'), ('CREATE INDEX ON t (name COLLATE "C")'), ('CREATE INDEX ON t ((name COLLATE "C"))'), ('CREATE INDEX ON t (kind COLLATE "C")'), ('CREATE INDEX ON t (lower(name) COLLATE "C")');
-- operator classes and their options
INSERT INTO tried (ddl) VALUES
	('CREATE INDEX ON t (place)'), ('CREATE INDEX ON t USING gin (name)'), ('CREATE INDEX ON t USING gist (id)'), ('CREATE INDEX ON t (id text_ops)'), ('CREATE INDEX ON t (id nothing_ops)'),
	('CREATE INDEX ON t (id jsonb_path_ops)'), ('CREATE INDEX ON t USING gin (doc jsonb_path_ops)'), ('CREATE INDEX ON t (name text_pattern_ops)'), ('CREATE INDEX ON t (note text_pattern_ops)'),
	('CREATE INDEX ON t (id int4_ops (siglen = 1))'), ('CREATE INDEX ON t USING gin (doc jsonb_ops (siglen = 1))'), ('CREATE INDEX ON t USING gist (words tsvector_ops (siglen = 100))'),
	('CREATE INDEX ON t USING gist (words tsvector_ops (siglen = 100000))'), ('CREATE INDEX ON t USING gist (words tsvector_ops (nothing = 1))'), ('CREATE INDEX ON t USING gist (place point_ops (siglen = 1))'),
	('CREATE INDEX ON t USING brin (id int4_bloom_ops (n_distinct_per_range = 100))'), ('CREATE INDEX ON t USING brin (id int4_bloom_ops (false_positive_rate = 5))'), ('CREATE INDEX ON t USING hash (id int4_ops (x = 1))');
-- unique indexes on partitioned tables
INSERT INTO tried (ddl) VALUES
	('CREATE UNIQUE INDEX ON part (id)'), ('CREATE UNIQUE INDEX ON part (name, at)'), ('CREATE UNIQUE INDEX ON part (id) INCLUDE (name)'), ('CREATE UNIQUE INDEX ON part (id, name, at)'), ('CREATE UNIQUE INDEX ON part (name, id)'),
	('CREATE UNIQUE INDEX ON part (id, name text_pattern_ops)'), ('CREATE UNIQUE INDEX ON part (id, lower(name))'),
	('CREATE UNIQUE INDEX ON part_expr (id)'), ('CREATE UNIQUE INDEX ON part_hash (name)'), ('CREATE UNIQUE INDEX ON part_hash (name, id)'),
	('CREATE UNIQUE INDEX ON part_away (id)'), ('CREATE INDEX ON part_away (id)'), ('CREATE UNIQUE INDEX ON t (name) NULLS NOT DISTINCT');
-- which of several
INSERT INTO tried (ddl) VALUES
	('CREATE INDEX ON seen (nothing)'), ('CREATE INDEX ON seen USING nothing (id)'), ('CREATE INDEX ON t (id COLLATE "C" text_ops DESC)'), ('CREATE INDEX ON t USING hash (nothing, id)'),
	('CREATE INDEX ON t USING brin (nothing DESC)'), ('CREATE INDEX ON t (random()) WHERE random() > 0.5'), ('CREATE INDEX ON t (nothing) INCLUDE (ctid)'), ('CREATE INDEX ON t (no_function(id)) WITH (nothing = 1)');

SELECT ddl, said_by_core(ddl) AS core, said_by_whatif(ddl) AS whatif FROM tried WHERE said_by_core(ddl) <> said_by_whatif(ddl) ORDER BY no;
SELECT ddl, left(said_by_whatif(ddl), 5) AS state FROM tried ORDER BY no;

-- columns that are computed when they are read, from 18 on
SELECT CASE WHEN current_setting('server_version_num')::int >= 180000 THEN
	'CREATE TABLE virtual (id int, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL)' ELSE 'CREATE TABLE virtual (id int, twice int)' END AS virtual \gset
:virtual;
SELECT ddl FROM (VALUES ('CREATE INDEX ON virtual (twice)'), ('CREATE INDEX ON virtual ((twice + 1))'), ('CREATE INDEX ON virtual (id) WHERE twice > 1'), ('CREATE INDEX ON virtual (id) INCLUDE (twice)'), ('CREATE INDEX ON virtual (id)')) AS v (ddl)
WHERE said_by_core(ddl) <> said_by_whatif(ddl);

-- what a function cannot have core say
SELECT said_by_whatif('CREATE INDEX CONCURRENTLY ON part (id)');
CREATE INDEX CONCURRENTLY ON part (id);
SELECT said_by_whatif('CREATE UNIQUE INDEX CONCURRENTLY ON t (id)');
-- ours alone: a system catalog is nobody's to index, and few columns are tried
SELECT said_by_whatif('CREATE INDEX ON pg_class (relpages)');
SELECT said_by_whatif('CREATE INDEX ON t (id, name, at, doc, tags)');
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA refused CASCADE;
DROP FOREIGN DATA WRAPPER nowhere CASCADE;

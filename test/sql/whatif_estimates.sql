--
-- What the planner would do with an index that does not exist is what it does
-- with it when it does: cost and size of each piece of advice against the
-- index that is then really built.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE SCHEMA depot;
SET search_path = depot;
SET max_parallel_workers_per_gather = 0;
SET random_page_cost = 1.1;

CREATE TABLE haulier (
	id int PRIMARY KEY,
	name text NOT NULL,
	region int NOT NULL
);
CREATE TABLE parcel (
	id bigint PRIMARY KEY,
	haulier_id int NOT NULL,
	state text NOT NULL COLLATE "C",
	label text NOT NULL COLLATE "C",
	sent_at timestamptz NOT NULL,
	weight numeric(8,2),
	zone int,
	fragile bool NOT NULL,
	note text NOT NULL
);
INSERT INTO haulier SELECT i, 'haulier ' || i, i % 400 FROM generate_series(1, 20000) AS i;
INSERT INTO parcel
SELECT
	i,
	(i::bigint * 7919) % 20000 + 1,
	CASE WHEN i % 100 < 97 THEN 'done' ELSE 'open' END,
	'L-' || lpad(i::text, 9, '0'),
	'2024-01-01 00:00+00'::timestamptz + i * interval '2 minutes',
	CASE WHEN hashint4(i) & 15 <> 0 THEN (i::bigint * 104729 % 100003) / 100.0 END,
	i % 20,
	i % 2 = 0,
	repeat('x', 60)
FROM generate_series(1, 200000) AS i;
-- the sample must not vary, so it is everything
ALTER TABLE parcel ALTER haulier_id SET STATISTICS 1000;
VACUUM ANALYZE haulier;
VACUUM ANALYZE parcel;

-- Runs a statement, takes the first advice, builds it, asks EXPLAIN, drops it.
CREATE FUNCTION compare(statement text, OUT advice text, OUT cost text, OUT size text)
LANGUAGE plpgsql
AS $$
DECLARE
	best record;
	plan json;
	real_cost float8;
	real_size bigint;
	index_name text;
BEGIN
	PERFORM perf_advisor.reset();
	FOR i IN 1 .. 3 LOOP
		EXECUTE statement;
	END LOOP;
	SELECT * INTO best FROM perf_advisor.missing_indexes WHERE schemaname = 'depot';
	IF NOT FOUND THEN
		advice := 'none';
		RETURN;
	END IF;
	advice := best.relname || ' ' || substring(best.index_ddl FROM '\(.*');
	index_name := substring(best.index_ddl FROM 'CONCURRENTLY (\S+)');
	EXECUTE replace(best.index_ddl, 'CONCURRENTLY', '');
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || statement INTO plan;
	real_cost := plan->0->'Plan'->>'Total Cost';
	real_size := pg_relation_size(index_name::regclass);
	EXECUTE 'DROP INDEX ' || index_name;
	cost := CASE WHEN abs(best.cost_after - real_cost) <= 0.03 * real_cost + 0.5 THEN 'as real'
		ELSE format('%s, really %s', best.cost_after, real_cost) END;
	size := CASE WHEN best.est_index_size BETWEEN 0.85 * real_size AND 1.15 * real_size THEN 'as real'
		ELSE format('%s, really %s', best.est_index_size, real_size) END;
END
$$;
\x on
\pset format unaligned

-- equality, few and many rows a key
SELECT * FROM compare('SELECT * FROM parcel WHERE haulier_id = 42');
SELECT * FROM compare('SELECT * FROM parcel WHERE label = ''L-000004711''');
SELECT * FROM compare('SELECT count(*) FROM parcel WHERE state = ''open''');
-- equality and range; range alone; NULLs
SELECT * FROM compare('SELECT * FROM parcel WHERE haulier_id = 42 AND sent_at > ''2024-06-01''');
SELECT * FROM compare('SELECT * FROM parcel WHERE weight BETWEEN 500 AND 505');
SELECT * FROM compare('SELECT * FROM parcel WHERE weight IS NULL AND haulier_id < 100');
-- IN
SELECT * FROM compare('SELECT * FROM parcel WHERE haulier_id IN (5, 6, 7, 8)');
-- orders: alone, after an equality, two directions, MAX, GROUP BY
SELECT * FROM compare('SELECT * FROM parcel ORDER BY weight DESC NULLS LAST LIMIT 10');
SELECT * FROM compare('SELECT * FROM parcel WHERE zone = 7 ORDER BY sent_at LIMIT 10');
SELECT * FROM compare('SELECT * FROM parcel ORDER BY zone, sent_at DESC LIMIT 10');
SELECT * FROM compare('SELECT max(sent_at) FROM parcel');
-- joins: nested loop, EXISTS, a correlated subquery
SELECT * FROM compare('SELECT p.id FROM haulier AS h JOIN parcel AS p ON p.haulier_id = h.id WHERE h.id BETWEEN 40 AND 45');
SELECT * FROM compare('SELECT h.id, (SELECT max(sent_at) FROM parcel AS p WHERE p.haulier_id = h.id) FROM haulier AS h WHERE h.id < 30');
-- an index-only scan
SELECT * FROM compare('SELECT haulier_id FROM parcel WHERE haulier_id BETWEEN 100 AND 900');
-- DML that touches no row
SELECT * FROM compare('UPDATE parcel SET note = ''y'' WHERE haulier_id = -5');
SELECT * FROM compare('DELETE FROM parcel WHERE haulier_id = -5 AND sent_at < ''2024-02-01''');

\pset format aligned
\x off
SET client_min_messages = error;
DROP SCHEMA depot CASCADE;

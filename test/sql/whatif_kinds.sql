--
-- Indexes of every kind that do not exist: the planner uses them where it uses
-- the real ones, and at the same cost.
--
CREATE SCHEMA kinds;
SET search_path = kinds;
SET max_parallel_workers_per_gather = 0;
SET random_page_cost = 1.1;

CREATE TABLE task (
	id int,
	tenant int NOT NULL,
	owner int,
	state text NOT NULL,
	email text NOT NULL,
	title text COLLATE "C" NOT NULL,
	made_at timestamptz NOT NULL,
	tags int[] NOT NULL,
	doc jsonb NOT NULL,
	words tsvector NOT NULL,
	span int4range NOT NULL,
	note text NOT NULL
);
INSERT INTO task
SELECT
	i,
	i % 100,
	CASE WHEN i % 4 = 0 THEN i % 900 END,
	CASE WHEN i % 50 = 0 THEN 'open' ELSE 'done' END,
	'User' || i % 20000 || '@shop.example',
	'T-' || lpad((i::bigint * 7919 % 1000000)::text, 8, '0'),
	'2024-01-01 00:00+00'::timestamptz + i * interval '5 minutes',
	ARRAY[i % 300, i % 700 + 1000],
	jsonb_build_object('kind', CASE WHEN i % 100 = 0 THEN 'rare' ELSE 'usual' END, 'group', i % 400),
	to_tsvector('simple', 'word' || i % 500 || ' other' || i % 90),
	int4range(i, i + 20),
	repeat('n', 60)
FROM generate_series(1, 60000) AS i;
DO $$
DECLARE
	name text;
BEGIN
	FOR name IN SELECT attname FROM pg_attribute WHERE attrelid = 'task'::regclass AND attnum > 0 LOOP
		EXECUTE format('ALTER TABLE task ALTER %I SET STATISTICS 200', name);
	END LOOP;
END
$$;
VACUUM ANALYZE task;

-- Whether the index is used, and its cost that of the real one.
CREATE FUNCTION compare(query text, ddl text, tolerance float8 DEFAULT 0.1, OUT used bool, OUT cost text)
LANGUAGE plpgsql
AS $$
DECLARE
	answer record;
	plan json;
	actual float8;
BEGIN
	SELECT * INTO answer FROM perf_advisor.whatif(query, ARRAY[ddl]);
	used := answer.index_used[1];
	EXECUTE regexp_replace(ddl, ' INDEX (\S+ )?ON', ' INDEX built ON');
	IF EXISTS (SELECT FROM pg_index WHERE indexrelid = 'built'::regclass AND indexprs IS NOT NULL) THEN
		ANALYZE task;
	END IF;
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	actual := plan -> 0 -> 'Plan' ->> 'Total Cost';
	DROP INDEX built;
	cost := CASE WHEN abs(answer.cost_after - actual) <= tolerance * actual + 0.5 THEN 'as real'
		ELSE format('%s, really %s', answer.cost_after, actual) END;
END
$$;

-- b-trees: order, direction, several columns, both ends
SELECT * FROM compare('SELECT * FROM task WHERE tenant = 5 AND made_at > ''2024-05-01''', 'CREATE INDEX ON task (tenant, made_at)');
SELECT * FROM compare('SELECT * FROM task ORDER BY owner DESC NULLS LAST, id LIMIT 5', 'CREATE INDEX ON task (owner DESC NULLS LAST, id)');
SELECT * FROM compare('SELECT max(made_at) FROM task WHERE tenant = 5', 'CREATE INDEX ON task (tenant, made_at)');
-- an index-only scan, with columns carried along
SELECT * FROM compare('SELECT owner FROM task WHERE id = 77', 'CREATE INDEX ON task (id) INCLUDE (owner)');
-- unique: at most one row
SELECT * FROM compare('SELECT * FROM task WHERE id = 77', 'CREATE UNIQUE INDEX ON task (id)');
-- partial: where the predicate follows, and where it does not
SELECT * FROM compare('SELECT * FROM task WHERE state = ''open'' AND made_at > ''2024-07-20''', 'CREATE INDEX ON task (made_at) WHERE state = ''open''');
SELECT * FROM compare('SELECT * FROM task WHERE state = ''done'' AND id = 5', 'CREATE INDEX ON task (id) WHERE state = ''open''');
SELECT * FROM compare('SELECT * FROM task WHERE owner = 7', 'CREATE INDEX ON task (owner) WHERE owner IS NOT NULL');
-- expressions: their statistics are those that the real index would get
SELECT * FROM compare('SELECT * FROM task WHERE lower(email) = ''user77@shop.example''', 'CREATE INDEX ON task (lower(email))');
SELECT * FROM compare('SELECT * FROM task WHERE doc ->> ''kind'' = ''rare''', 'CREATE INDEX ON task ((doc ->> ''kind''))');
SELECT * FROM compare('SELECT * FROM task WHERE doc ->> ''kind'' = ''usual''', 'CREATE INDEX ON task ((doc ->> ''kind''))');
SELECT * FROM compare('SELECT * FROM task WHERE (doc ->> ''group'')::int = 7', 'CREATE INDEX ON task (((doc ->> ''group'')::int))', 0.3);
SELECT * FROM compare('SELECT * FROM task WHERE (made_at AT TIME ZONE ''UTC'')::date = ''2024-03-03''', 'CREATE INDEX ON task (((made_at AT TIME ZONE ''UTC'')::date))', 0.3);
SELECT * FROM compare('SELECT * FROM task WHERE tenant = 5 AND id % 10 = 3', 'CREATE INDEX ON task (tenant, (id % 10))', 0.3);
-- an expression that cannot be computed for all values says nothing
SELECT used FROM perf_advisor.whatif('SELECT * FROM task WHERE 1 / (id - 500) = 7', ARRAY['CREATE INDEX ON task ((1 / (id - 500)))']), unnest(index_used) AS used;
-- LIKE: the default class under the C collation, another one elsewhere
SELECT * FROM compare('SELECT * FROM task WHERE title LIKE ''T-0000%''', 'CREATE INDEX ON task (title)');
SELECT * FROM compare('SELECT * FROM task WHERE email COLLATE "C" LIKE ''User77%''', 'CREATE INDEX ON task (email text_pattern_ops)');
SELECT * FROM compare('SELECT * FROM task WHERE email COLLATE "C" = ''User77@shop.example''', 'CREATE INDEX ON task (email COLLATE "C")');
-- other methods
SELECT * FROM compare('SELECT * FROM task WHERE email = ''User77@shop.example''', 'CREATE INDEX ON task USING hash (email)');
SELECT * FROM compare('SELECT * FROM task WHERE tags @> ARRAY[7]', 'CREATE INDEX ON task USING gin (tags)', 0.2);
SELECT * FROM compare('SELECT * FROM task WHERE doc @> ''{"kind": "rare"}''', 'CREATE INDEX ON task USING gin (doc)', 0.2);
SELECT * FROM compare('SELECT * FROM task WHERE doc @> ''{"kind": "rare"}''', 'CREATE INDEX ON task USING gin (doc jsonb_path_ops)', 0.2);
SELECT * FROM compare('SELECT * FROM task WHERE words @@ to_tsquery(''simple'', ''word77 & other77'')', 'CREATE INDEX ON task USING gin (words)', 0.2);
SELECT * FROM compare('SELECT * FROM task WHERE span && int4range(100, 120)', 'CREATE INDEX ON task USING gist (span)', 0.2);
SELECT * FROM compare('SELECT * FROM task WHERE title ^@ ''T-0000''', 'CREATE INDEX ON task USING spgist (title)', 0.2);
SELECT * FROM compare('SELECT * FROM task WHERE made_at BETWEEN ''2024-03-03'' AND ''2024-03-05''', 'CREATE INDEX ON task USING brin (made_at)', 0.2);

-- two at a time: one an arm of an OR
SELECT index_used, plan_after ~ 'BitmapOr' AS bitmap_or
FROM perf_advisor.whatif('SELECT * FROM task WHERE id = 7 OR owner = 8', ARRAY['CREATE INDEX ON task (id)', 'CREATE INDEX ON task (owner)']);

-- Partitions: one index each, whatever the order of their columns.
CREATE TABLE part_log (id int, customer int, at date) PARTITION BY RANGE (at);
CREATE TABLE part_log_1 PARTITION OF part_log FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
CREATE TABLE part_log_2 (at date, customer int, gone text, id int);
ALTER TABLE part_log_2 DROP COLUMN gone;
ALTER TABLE part_log ATTACH PARTITION part_log_2 FOR VALUES FROM ('2024-07-01') TO ('2025-01-01') ;
INSERT INTO part_log SELECT i, i % 2000, '2024-01-01'::date + i % 366 FROM generate_series(1, 40000) AS i;
ANALYZE part_log;
SELECT index_used, indexes
FROM perf_advisor.whatif('SELECT * FROM part_log WHERE customer = 7', ARRAY['CREATE INDEX ON part_log (customer)']),
	LATERAL (SELECT count(*) FROM regexp_matches(plan_after, 'on part_log_customer_idx', 'g')) AS c (indexes);
-- with an expression and a predicate; from a partition itself; for one partition alone
SELECT index_used, plan_after ~ 'part_log_expr_idx' AS named
FROM perf_advisor.whatif('SELECT * FROM part_log WHERE customer % 500 = 7 AND id > 100', ARRAY['CREATE INDEX ON part_log ((customer % 500)) WHERE id > 10']);
SELECT index_used FROM perf_advisor.whatif('SELECT * FROM part_log_2 WHERE customer = 7', ARRAY['CREATE INDEX ON part_log (customer)']);
SELECT index_used FROM perf_advisor.whatif('SELECT * FROM part_log_1 WHERE customer = 7', ARRAY['CREATE INDEX ON part_log_2 (customer)']);
-- any value: no partition is left out
SELECT count(*) AS partitions
FROM perf_advisor.whatif('SELECT * FROM part_log WHERE at = $1 AND customer = 7', ARRAY['CREATE INDEX ON part_log (customer)']),
	regexp_matches(plan_after, 'Scan on part_log_[12]', 'g');

SET client_min_messages = error;
DROP SCHEMA kinds CASCADE;

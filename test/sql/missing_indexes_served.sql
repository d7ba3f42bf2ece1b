--
-- Missing indexes: what a wider index that exists does as well, and tables
-- that were filled while they were watched.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE SCHEMA yard;
SET search_path = yard;
SET max_parallel_workers_per_gather = 0;
SET random_page_cost = 1.1;

CREATE TABLE weighing (id uuid NOT NULL, created_at timestamptz NOT NULL, weight numeric NOT NULL, pad text NOT NULL);
INSERT INTO weighing
SELECT md5(i::text)::uuid, '2025-01-01 00:00+00'::timestamptz + i * interval '1 min', i % 977, repeat('x', 80)
FROM generate_series(1, 200000) AS i;
CREATE INDEX weighing_created_id ON weighing (created_at, id);
VACUUM ANALYZE weighing;

SELECT date_trunc('day', created_at), sum(weight) FROM weighing
WHERE created_at >= '2025-03-10 00:00+00' AND created_at < '2025-03-12 00:00+00' GROUP BY 1 \g /dev/null
\g /dev/null
\g /dev/null
-- one that carries the weight along may be advised, (created_at) never
SELECT count(*) FILTER (WHERE include_columns = '{}') AS plain
FROM perf_advisor.missing_indexes
WHERE schemaname = 'yard';

-- loaded in two parts, which is not how it is written to
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE TABLE event (id int NOT NULL, load int NOT NULL, at int NOT NULL, pad text NOT NULL);
INSERT INTO event SELECT i, i % 40000, i, repeat('x', 60) FROM generate_series(1, 100000) AS i;
INSERT INTO event SELECT i, i % 40000, i, repeat('x', 60) FROM generate_series(100001, 200000) AS i;
VACUUM ANALYZE event;
SELECT at FROM event WHERE load = 77 \g /dev/null
\g /dev/null
\g /dev/null
SELECT key_columns, write_cost_ratio FROM perf_advisor.missing_indexes WHERE schemaname = 'yard';

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA yard CASCADE;

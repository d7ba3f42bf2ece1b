-- The spread of execution times: what the percentiles are made of.
CREATE SCHEMA histogram_test;
SET search_path = histogram_test, public;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- calls that wait, and some that need not
SELECT pg_sleep(0.02) AS slept_or_not;
SELECT pg_sleep(0.00001) AS slept_or_not;
SELECT pg_sleep(0.00001) AS slept_or_not;
SELECT 'called', 'called' AS once;

CREATE VIEW of AS
	SELECT s.query, h.* FROM perf_advisor.statement_histogram AS h
	JOIN perf_advisor.statements AS s USING (userid, dbid, toplevel, queryid);
SELECT sum(calls) AS calls, max(cumulative_calls) AS last,
	sum(calls) FILTER (WHERE upper_ms > 20) >= 1 AS slow,
	bool_and(lower_ms < upper_ms) AS ordered, bool_and(calls > 0) AS not_empty
FROM of WHERE query LIKE '%slept_or_not';
SELECT count(*) AS ranges, sum(calls) AS calls, sum(cumulative_calls) AS cumulative
FROM of WHERE query LIKE '%AS once';

-- ranges meet, each 2^(1/4) wide, from 1 microsecond
SELECT bool_and(bucket BETWEEN 0 AND 127) AS numbered,
	bool_and(upper_ms = 'Infinity' OR abs(upper_ms * 1000 / power(2, bucket / 4.0) - 1) < 1e-9) AS upper_bound,
	bool_and(abs(lower_ms * 1000 / nullif(power(2, (bucket - 1) / 4.0), 0) - 1) < 1e-9) FILTER (WHERE bucket > 0) AS lower_bound
FROM perf_advisor.statement_histogram;

-- cumulative_calls adds up within a statement, and all of it is calls
SELECT count(*) AS not_cumulative FROM (
	SELECT cumulative_calls, sum(calls) OVER (PARTITION BY userid, dbid, toplevel, queryid ORDER BY bucket) AS added
	FROM perf_advisor.statement_histogram) AS h
WHERE cumulative_calls <> added;
SELECT count(*) > 3 AS compared, count(*) FILTER (WHERE s.calls IS DISTINCT FROM h.calls) AS different
FROM (SELECT userid, dbid, toplevel, queryid, calls FROM perf_advisor.statements WHERE calls > 0
		AND query NOT LIKE '%not_cumulative%' AND query NOT LIKE '%AS compared%') AS s
LEFT JOIN (SELECT userid, dbid, toplevel, queryid, sum(calls) AS calls
		FROM perf_advisor.statement_histogram GROUP BY 1, 2, 3, 4) AS h USING (userid, dbid, toplevel, queryid);

-- each percentile lies in the range that holds that call
SELECT count(*) FILTER (WHERE p.fraction = 0.95) > 3 AS compared,
	count(*) FILTER (WHERE NOT (p.value >= least(h.lower_ms, h.max_exec_time) * 0.999999
		AND p.value <= greatest(h.upper_ms, h.min_exec_time) * 1.000001)) AS elsewhere
FROM (SELECT s.*, b.bucket, b.lower_ms, b.upper_ms, b.calls AS in_bucket, b.cumulative_calls
		FROM perf_advisor.statements AS s
		JOIN perf_advisor.statement_histogram AS b USING (userid, dbid, toplevel, queryid)
		WHERE s.query NOT LIKE '%elsewhere%') AS h,
	LATERAL (VALUES (0.5, h.p50_exec_time), (0.95, h.p95_exec_time), (0.99, h.p99_exec_time)) AS p (fraction, value)
WHERE p.fraction * h.calls > h.cumulative_calls - h.in_bucket AND p.fraction * h.calls <= h.cumulative_calls;

-- plans of one statement are in one histogram
CREATE TABLE planned (id int PRIMARY KEY, n int);
INSERT INTO planned SELECT g, g FROM generate_series(1, 2000) AS g;
ANALYZE planned;
SELECT n AS two_plans FROM planned WHERE id = 7;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT n AS two_plans FROM planned WHERE id = 7;
RESET enable_indexscan;
RESET enable_bitmapscan;
SELECT s.planids, s.calls, sum(h.calls) AS calls, count(*) = count(DISTINCT h.bucket) AS one_row_a_range
FROM perf_advisor.statements AS s JOIN perf_advisor.statement_histogram AS h USING (userid, dbid, toplevel, queryid)
WHERE s.query LIKE '%two_plans FROM planned%' GROUP BY s.planids, s.calls;

-- a reset empties it
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(*) FROM of WHERE query LIKE '%slept_or_not';

SET client_min_messages = warning;
DROP SCHEMA histogram_test CASCADE;

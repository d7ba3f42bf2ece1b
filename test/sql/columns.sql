-- The first 52 columns of statements are those of pg_stat_statements 1.12:
-- same names, same order, same types.
SELECT a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = 'perf_advisor.statements'::regclass AND a.attnum > 0
ORDER BY a.attnum;

-- and so are those of statements_info
SELECT a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = 'perf_advisor.statements_info'::regclass AND a.attnum > 0
ORDER BY a.attnum;

-- relations are named as in pg_stat_user_tables, with its types
SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
WHERE a.attrelid IN ('perf_advisor.seq_scans'::regclass, 'perf_advisor.table_access'::regclass)
	AND a.attnum > 0
ORDER BY c.relname, a.attnum;

-- Queries as people write them for pg_stat_statements run unchanged but for
-- the name.
SELECT count(*) <= 10 AS runs FROM (
	SELECT query, calls, total_exec_time, rows,
		100.0 * shared_blks_hit / nullif(shared_blks_hit + shared_blks_read, 0) AS hit_percent
	FROM perf_advisor.statements ORDER BY total_exec_time DESC LIMIT 10) AS q;

SELECT count(*) <= 5 AS runs FROM (
	SELECT substring(query, 1, 50) AS short_query, round(total_exec_time::numeric, 2) AS total_exec_time,
		calls, round(mean_exec_time::numeric, 2) AS mean,
		round((100 * total_exec_time / sum(total_exec_time::numeric) OVER ())::numeric, 2) AS percentage_cpu
	FROM perf_advisor.statements ORDER BY total_exec_time DESC LIMIT 5) AS q;

SELECT count(*) <= 5 AS runs FROM (
	SELECT r.rolname, d.datname, s.queryid, s.calls, s.wal_bytes, s.temp_blks_written,
		s.total_plan_time + s.total_exec_time AS total_time, s.stddev_exec_time
	FROM perf_advisor.statements AS s
	JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid
	JOIN pg_catalog.pg_database AS d ON d.oid = s.dbid
	WHERE s.toplevel AND s.calls > 0
	ORDER BY s.wal_bytes DESC LIMIT 5) AS q;

SELECT dealloc >= 0 AS dealloc, stats_reset <= now() AS stats_reset
FROM perf_advisor.statements_info;

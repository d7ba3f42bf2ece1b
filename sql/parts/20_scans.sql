--
-- Scans: what the statements of this database read, by table
--
CREATE FUNCTION perf_advisor.seq_scans(
	OUT relid oid,
	OUT schemaname name,
	OUT relname name,
	OUT queryid bigint,
	OUT predicate text,
	OUT calls int8,
	OUT scans int8,
	OUT rows_read int8,
	OUT rows_kept int8,
	OUT selectivity_ratio float8,
	OUT total_time float8,
	OUT exec_time_pct float8,
	OUT node_time float8,
	OUT table_size int8,
	OUT sampled_calls int8,
	OUT query text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_seq_scans_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.seq_scans() IS 'Rows of the view perf_advisor.seq_scans.';

CREATE VIEW perf_advisor.seq_scans AS
SELECT
	s.relid,
	s.schemaname,
	s.relname,
	s.queryid,
	s.predicate,
	s.calls,
	s.scans,
	s.rows_read,
	s.rows_kept,
	s.selectivity_ratio,
	s.total_time,
	s.exec_time_pct,
	s.node_time,
	s.table_size,
	s.sampled_calls,
	s.query
FROM perf_advisor.seq_scans() AS s
ORDER BY s.total_time DESC;

COMMENT ON VIEW perf_advisor.seq_scans IS 'One row for each table of this database that a statement read from end to end, by statement and filter; most time first. Rows are counted in sampled executions and scaled to all calls. System and temporary tables are left out.';
COMMENT ON COLUMN perf_advisor.seq_scans.relid IS 'The table, pg_class.oid. Of a partitioned table: the partition that was read.';
COMMENT ON COLUMN perf_advisor.seq_scans.schemaname IS 'Its schema.';
COMMENT ON COLUMN perf_advisor.seq_scans.relname IS 'Its name.';
COMMENT ON COLUMN perf_advisor.seq_scans.queryid IS 'The statement, as in perf_advisor.statements; users who ran the same statement are summed.';
COMMENT ON COLUMN perf_advisor.seq_scans.predicate IS 'The filter of the scan in SQL, $n for constants and parameters. NULL: no filter, all rows are wanted; or it cannot be shown, because a column or function in it has changed since, or the table is locked right now.';
COMMENT ON COLUMN perf_advisor.seq_scans.calls IS 'Executions of the statement with a plan that has this scan.';
COMMENT ON COLUMN perf_advisor.seq_scans.scans IS 'Times the table was scanned; more than calls when the scan is the inner side of a nested loop, or parallel workers share it. Scaled from the sampled calls.';
COMMENT ON COLUMN perf_advisor.seq_scans.rows_read IS 'Rows the scans looked at, all calls together. Scaled from the sampled calls; exact when sampled_calls = calls.';
COMMENT ON COLUMN perf_advisor.seq_scans.rows_kept IS 'Rows that passed the filter, all calls together. Scaled as rows_read.';
COMMENT ON COLUMN perf_advisor.seq_scans.selectivity_ratio IS 'rows_kept / rows_read, 0-1. A small ratio on a large table asks for an index: look in perf_advisor.missing_indexes. NULL when no row was read.';
COMMENT ON COLUMN perf_advisor.seq_scans.total_time IS 'Execution time charged to the scan, in ms: the statement''s own time, shared among all its scans by the rows they read.';
COMMENT ON COLUMN perf_advisor.seq_scans.exec_time_pct IS 'total_time as a share of the execution time of all statements of this database, 0-100.';
COMMENT ON COLUMN perf_advisor.seq_scans.node_time IS 'Time inside the scan itself, all calls together, in ms, without sub-queries in its filter. Scaled from the calls whose nodes were timed; workers of a parallel scan are summed. NULL: none was timed, see perf_advisor.node_timing.';
COMMENT ON COLUMN perf_advisor.seq_scans.table_size IS 'Size of the table today with its TOAST table, without indexes, in bytes. NULL while somebody holds an exclusive lock on it.';
COMMENT ON COLUMN perf_advisor.seq_scans.sampled_calls IS 'Of the calls, how many were sampled to count rows.';
COMMENT ON COLUMN perf_advisor.seq_scans.query IS 'Text of the statement, as in perf_advisor.statements.';

CREATE FUNCTION perf_advisor.table_access(
	OUT relid oid,
	OUT schemaname name,
	OUT relname name,
	OUT seq_scan int8,
	OUT seq_tup_read int8,
	OUT idx_scan int8,
	OUT idx_tup_fetch int8,
	OUT rows_removed_by_filter int8,
	OUT calls int8,
	OUT total_time float8,
	OUT exec_time_pct float8,
	OUT table_size int8,
	OUT sampled_calls int8,
	OUT top_queryids bigint[])
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_table_access_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION perf_advisor.table_access() IS 'Rows of the view perf_advisor.table_access.';

CREATE VIEW perf_advisor.table_access AS
SELECT
	a.relid,
	a.schemaname,
	a.relname,
	a.seq_scan,
	a.seq_tup_read,
	a.idx_scan,
	a.idx_tup_fetch,
	a.rows_removed_by_filter,
	a.calls,
	a.total_time,
	a.exec_time_pct,
	a.table_size,
	a.sampled_calls,
	a.top_queryids
FROM perf_advisor.table_access() AS a
ORDER BY a.total_time DESC;

COMMENT ON VIEW perf_advisor.table_access IS 'One row for each table of this database that recorded statements read, by the executor''s own count; most time first. Rows are counted in sampled executions and scaled to all calls. System and temporary tables are left out.';
COMMENT ON COLUMN perf_advisor.table_access.relid IS 'The table, pg_class.oid. Partitions have rows of their own.';
COMMENT ON COLUMN perf_advisor.table_access.schemaname IS 'Its schema.';
COMMENT ON COLUMN perf_advisor.table_access.relname IS 'Its name.';
COMMENT ON COLUMN perf_advisor.table_access.seq_scan IS 'Sequential scans of it. Scaled from the sampled calls.';
COMMENT ON COLUMN perf_advisor.table_access.seq_tup_read IS 'Rows that sequential scans looked at, before their filters. Scaled as seq_scan.';
COMMENT ON COLUMN perf_advisor.table_access.idx_scan IS 'Scans of it by an index: index, index-only and bitmap scans (a bitmap scan counts once, however many indexes it combines). Scaled as seq_scan.';
COMMENT ON COLUMN perf_advisor.table_access.idx_tup_fetch IS 'Rows that scans by an index looked at, before their filters. Scaled as seq_scan.';
COMMENT ON COLUMN perf_advisor.table_access.rows_removed_by_filter IS 'Rows that were read and then thrown away by a filter. Many: a better index would not read them. Scaled as seq_scan.';
COMMENT ON COLUMN perf_advisor.table_access.calls IS 'Executions of statements that read the table.';
COMMENT ON COLUMN perf_advisor.table_access.total_time IS 'Execution time charged to the table, in ms: each statement''s own time, shared among its scans by the rows they read.';
COMMENT ON COLUMN perf_advisor.table_access.exec_time_pct IS 'total_time as a share of the execution time of all statements of this database, 0-100.';
COMMENT ON COLUMN perf_advisor.table_access.table_size IS 'Size of the table today with its TOAST table, without indexes, in bytes. NULL while somebody holds an exclusive lock on it.';
COMMENT ON COLUMN perf_advisor.table_access.sampled_calls IS 'Of the calls, how many were sampled to count rows; the counts are exact when all were.';
COMMENT ON COLUMN perf_advisor.table_access.top_queryids IS 'Up to five statements that spent the most time on it, most first; see perf_advisor.statements.';

-- Filters are parts of everybody's statements.
REVOKE ALL ON FUNCTION perf_advisor.seq_scans() FROM PUBLIC;
REVOKE ALL ON FUNCTION perf_advisor.table_access() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION perf_advisor.seq_scans() TO pg_monitor;
GRANT EXECUTE ON FUNCTION perf_advisor.table_access() TO pg_monitor;
GRANT SELECT ON perf_advisor.seq_scans TO pg_monitor;
GRANT SELECT ON perf_advisor.table_access TO pg_monitor;


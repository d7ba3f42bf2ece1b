--
-- Statements
--

CREATE FUNCTION perf_advisor.statements(
	IN showtext boolean,
	OUT userid oid,
	OUT dbid oid,
	OUT toplevel bool,
	OUT queryid bigint,
	OUT query text,
	OUT plans int8,
	OUT total_plan_time float8,
	OUT min_plan_time float8,
	OUT max_plan_time float8,
	OUT mean_plan_time float8,
	OUT stddev_plan_time float8,
	OUT calls int8,
	OUT total_exec_time float8,
	OUT min_exec_time float8,
	OUT max_exec_time float8,
	OUT mean_exec_time float8,
	OUT stddev_exec_time float8,
	OUT rows int8,
	OUT shared_blks_hit int8,
	OUT shared_blks_read int8,
	OUT shared_blks_dirtied int8,
	OUT shared_blks_written int8,
	OUT local_blks_hit int8,
	OUT local_blks_read int8,
	OUT local_blks_dirtied int8,
	OUT local_blks_written int8,
	OUT temp_blks_read int8,
	OUT temp_blks_written int8,
	OUT shared_blk_read_time float8,
	OUT shared_blk_write_time float8,
	OUT local_blk_read_time float8,
	OUT local_blk_write_time float8,
	OUT temp_blk_read_time float8,
	OUT temp_blk_write_time float8,
	OUT wal_records int8,
	OUT wal_fpi int8,
	OUT wal_bytes numeric,
	OUT wal_buffers_full int8,
	OUT jit_functions int8,
	OUT jit_generation_time float8,
	OUT jit_inlining_count int8,
	OUT jit_inlining_time float8,
	OUT jit_optimization_count int8,
	OUT jit_optimization_time float8,
	OUT jit_emission_count int8,
	OUT jit_emission_time float8,
	OUT jit_deform_count int8,
	OUT jit_deform_time float8,
	OUT parallel_workers_to_launch int8,
	OUT parallel_workers_launched int8,
	OUT stats_since timestamp with time zone,
	OUT minmax_stats_since timestamp with time zone,
	OUT p50_exec_time float8,
	OUT p95_exec_time float8,
	OUT p99_exec_time float8,
	OUT own_exec_time float8,
	OUT cpu_user_time float8,
	OUT cpu_sys_time float8,
	OUT cpu_samples int8,
	OUT planids int8,
	OUT last_planid bigint,
	OUT generic_plan_calls int8,
	OUT custom_plan_calls int8,
	OUT plan_shared_blks_hit int8,
	OUT plan_shared_blks_read int8,
	OUT errors int8,
	OUT cancelled int8,
	OUT error_exec_time float8,
	OUT first_call timestamp with time zone,
	OUT last_call timestamp with time zone,
	OUT exec_time_pct float8
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_statements_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION perf_advisor.statements(boolean) IS 'Rows of the view perf_advisor.statements; with showtext = false query is NULL, which is cheaper.';

CREATE VIEW perf_advisor.statements AS
SELECT
	s.userid,
	s.dbid,
	s.toplevel,
	s.queryid,
	s.query,
	s.plans,
	s.total_plan_time,
	s.min_plan_time,
	s.max_plan_time,
	s.mean_plan_time,
	s.stddev_plan_time,
	s.calls,
	s.total_exec_time,
	s.min_exec_time,
	s.max_exec_time,
	s.mean_exec_time,
	s.stddev_exec_time,
	s.rows,
	s.shared_blks_hit,
	s.shared_blks_read,
	s.shared_blks_dirtied,
	s.shared_blks_written,
	s.local_blks_hit,
	s.local_blks_read,
	s.local_blks_dirtied,
	s.local_blks_written,
	s.temp_blks_read,
	s.temp_blks_written,
	s.shared_blk_read_time,
	s.shared_blk_write_time,
	s.local_blk_read_time,
	s.local_blk_write_time,
	s.temp_blk_read_time,
	s.temp_blk_write_time,
	s.wal_records,
	s.wal_fpi,
	s.wal_bytes,
	s.wal_buffers_full,
	s.jit_functions,
	s.jit_generation_time,
	s.jit_inlining_count,
	s.jit_inlining_time,
	s.jit_optimization_count,
	s.jit_optimization_time,
	s.jit_emission_count,
	s.jit_emission_time,
	s.jit_deform_count,
	s.jit_deform_time,
	s.parallel_workers_to_launch,
	s.parallel_workers_launched,
	s.stats_since,
	s.minmax_stats_since,
	s.p50_exec_time,
	s.p95_exec_time,
	s.p99_exec_time,
	s.own_exec_time,
	s.cpu_user_time,
	s.cpu_sys_time,
	s.cpu_samples,
	s.planids,
	s.last_planid,
	s.generic_plan_calls,
	s.custom_plan_calls,
	s.plan_shared_blks_hit,
	s.plan_shared_blks_read,
	s.errors,
	s.cancelled,
	s.error_exec_time,
	s.first_call,
	s.last_call,
	s.exec_time_pct
FROM perf_advisor.statements(true) AS s;

COMMENT ON VIEW perf_advisor.statements IS 'One row for each statement (userid, dbid, queryid, toplevel) of all databases, summed over its plans: the columns of pg_stat_statements 1.12, then what perf_advisor adds. Complete up to the last statement that ended in any session.';
COMMENT ON COLUMN perf_advisor.statements.userid IS 'User who ran the statement. Join pg_authid or cast to regrole for the name.';
COMMENT ON COLUMN perf_advisor.statements.dbid IS 'Database it ran in, pg_database.oid.';
COMMENT ON COLUMN perf_advisor.statements.toplevel IS 'True: sent by the client. False: run inside a function, procedure, DO block, trigger or foreign-key check.';
COMMENT ON COLUMN perf_advisor.statements.queryid IS 'Hash of the statement without its constants, as core computes it. 0 in the <evicted> rows. NULL for statements of other users without pg_read_all_stats.';
COMMENT ON COLUMN perf_advisor.statements.query IS 'Statement with $n for constants. <insufficient privilege> for statements of other users without pg_read_all_stats, <evicted> for the sum of entries that had to leave. NULL when there was no memory for it (see perf_advisor.text_memory).';
COMMENT ON COLUMN perf_advisor.statements.plans IS 'Times it was planned. 0 when perf_advisor.track_planning was off. Fewer plans than calls: cached plans.';
COMMENT ON COLUMN perf_advisor.statements.total_plan_time IS 'Time spent planning it, in ms.';
COMMENT ON COLUMN perf_advisor.statements.min_plan_time IS 'Shortest planning, in ms; 0 when never planned or since a reset of minima and maxima.';
COMMENT ON COLUMN perf_advisor.statements.max_plan_time IS 'Longest planning, in ms; 0 as min_plan_time.';
COMMENT ON COLUMN perf_advisor.statements.mean_plan_time IS 'Mean time of a planning, in ms.';
COMMENT ON COLUMN perf_advisor.statements.stddev_plan_time IS 'Population standard deviation of the planning time, in ms.';
COMMENT ON COLUMN perf_advisor.statements.calls IS 'Times it was executed. 0 with plans > 0: planned, but never run to its end.';
COMMENT ON COLUMN perf_advisor.statements.total_exec_time IS 'Time spent executing it, in ms, with the statements nested in it. Order by it to find what the server is busy with.';
COMMENT ON COLUMN perf_advisor.statements.min_exec_time IS 'Shortest execution, in ms; 0 when never called or since a reset of minima and maxima.';
COMMENT ON COLUMN perf_advisor.statements.max_exec_time IS 'Longest execution, in ms; 0 as min_exec_time.';
COMMENT ON COLUMN perf_advisor.statements.mean_exec_time IS 'Mean time of an execution, in ms.';
COMMENT ON COLUMN perf_advisor.statements.stddev_exec_time IS 'Population standard deviation of the execution time, in ms.';
COMMENT ON COLUMN perf_advisor.statements.rows IS 'Rows it returned or changed, all calls together.';
COMMENT ON COLUMN perf_advisor.statements.shared_blks_hit IS 'Shared buffer blocks found in the cache.';
COMMENT ON COLUMN perf_advisor.statements.shared_blks_read IS 'Shared buffer blocks read in from the operating system.';
COMMENT ON COLUMN perf_advisor.statements.shared_blks_dirtied IS 'Shared buffer blocks it made dirty.';
COMMENT ON COLUMN perf_advisor.statements.shared_blks_written IS 'Shared buffer blocks it had to write out itself.';
COMMENT ON COLUMN perf_advisor.statements.local_blks_hit IS 'Blocks of temporary tables found in the session''s cache.';
COMMENT ON COLUMN perf_advisor.statements.local_blks_read IS 'Blocks of temporary tables read in.';
COMMENT ON COLUMN perf_advisor.statements.local_blks_dirtied IS 'Blocks of temporary tables made dirty.';
COMMENT ON COLUMN perf_advisor.statements.local_blks_written IS 'Blocks of temporary tables written out.';
COMMENT ON COLUMN perf_advisor.statements.temp_blks_read IS 'Blocks read from temporary files of sorts, hashes and the like.';
COMMENT ON COLUMN perf_advisor.statements.temp_blks_written IS 'Blocks written to temporary files. More than 0: work_mem was too small for some call.';
COMMENT ON COLUMN perf_advisor.statements.shared_blk_read_time IS 'Time reading shared buffer blocks (before version 17: and local ones), in ms. 0 while track_io_timing is off.';
COMMENT ON COLUMN perf_advisor.statements.shared_blk_write_time IS 'Time writing shared buffer blocks (before version 17: and local ones), in ms. 0 while track_io_timing is off.';
COMMENT ON COLUMN perf_advisor.statements.local_blk_read_time IS 'Time reading blocks of temporary tables, in ms. 0 while track_io_timing is off; NULL before version 17.';
COMMENT ON COLUMN perf_advisor.statements.local_blk_write_time IS 'Time writing blocks of temporary tables, in ms. 0 while track_io_timing is off; NULL before version 17.';
COMMENT ON COLUMN perf_advisor.statements.temp_blk_read_time IS 'Time reading temporary files, in ms. 0 while track_io_timing is off.';
COMMENT ON COLUMN perf_advisor.statements.temp_blk_write_time IS 'Time writing temporary files, in ms. 0 while track_io_timing is off.';
COMMENT ON COLUMN perf_advisor.statements.wal_records IS 'WAL records it wrote.';
COMMENT ON COLUMN perf_advisor.statements.wal_fpi IS 'Full page images it wrote to the WAL.';
COMMENT ON COLUMN perf_advisor.statements.wal_bytes IS 'WAL it wrote, in bytes.';
COMMENT ON COLUMN perf_advisor.statements.wal_buffers_full IS 'Times the WAL buffers were full and had to be written first. NULL before version 18.';
COMMENT ON COLUMN perf_advisor.statements.jit_functions IS 'Functions compiled by JIT.';
COMMENT ON COLUMN perf_advisor.statements.jit_generation_time IS 'Time generating code for JIT, in ms.';
COMMENT ON COLUMN perf_advisor.statements.jit_inlining_count IS 'Calls in which functions were inlined by JIT.';
COMMENT ON COLUMN perf_advisor.statements.jit_inlining_time IS 'Time inlining functions for JIT, in ms.';
COMMENT ON COLUMN perf_advisor.statements.jit_optimization_count IS 'Calls that JIT optimised.';
COMMENT ON COLUMN perf_advisor.statements.jit_optimization_time IS 'Time optimising for JIT, in ms.';
COMMENT ON COLUMN perf_advisor.statements.jit_emission_count IS 'Calls for which JIT emitted code.';
COMMENT ON COLUMN perf_advisor.statements.jit_emission_time IS 'Time emitting code for JIT, in ms.';
COMMENT ON COLUMN perf_advisor.statements.jit_deform_count IS 'Tuple deforming functions compiled by JIT. NULL before version 17.';
COMMENT ON COLUMN perf_advisor.statements.jit_deform_time IS 'Time compiling tuple deforming functions for JIT, in ms. NULL before version 17.';
COMMENT ON COLUMN perf_advisor.statements.parallel_workers_to_launch IS 'Parallel workers that plans wanted. NULL before version 18.';
COMMENT ON COLUMN perf_advisor.statements.parallel_workers_launched IS 'Parallel workers that were started; fewer than wanted: max_parallel_workers is used up. NULL before version 18.';
COMMENT ON COLUMN perf_advisor.statements.stats_since IS 'When recording of this row began.';
COMMENT ON COLUMN perf_advisor.statements.minmax_stats_since IS 'When recording of minima and maxima of this row began.';
COMMENT ON COLUMN perf_advisor.statements.p50_exec_time IS 'Median of the execution time, in ms, right within 19 per cent (from a logarithmic histogram). NULL when never called.';
COMMENT ON COLUMN perf_advisor.statements.p95_exec_time IS 'Execution time that 95 per cent of the calls stayed under, in ms, right within 19 per cent. NULL when never called.';
COMMENT ON COLUMN perf_advisor.statements.p99_exec_time IS 'Execution time that 99 per cent of the calls stayed under, in ms, right within 19 per cent. NULL when never called.';
COMMENT ON COLUMN perf_advisor.statements.own_exec_time IS 'Execution time without that of the statements nested in it, in ms. The sum over all rows counts no time twice.';
COMMENT ON COLUMN perf_advisor.statements.cpu_user_time IS 'Processor time in user mode, in ms, estimated for all calls: measured in cpu_samples of them and scaled by their execution time. Without that of parallel workers. NULL when none was measured.';
COMMENT ON COLUMN perf_advisor.statements.cpu_sys_time IS 'Processor time in the kernel, in ms, estimated as cpu_user_time. Both together far below total_exec_time: it waits, for disk, locks or its client.';
COMMENT ON COLUMN perf_advisor.statements.cpu_samples IS 'Calls whose processor time was measured.';
COMMENT ON COLUMN perf_advisor.statements.planids IS 'Different plans it was executed with, 0 for utility statements. More than one: look whether the data or a setting makes it change.';
COMMENT ON COLUMN perf_advisor.statements.last_planid IS 'Hash of the structure of the plan that was executed last. NULL for utility statements and where queryid is NULL.';
COMMENT ON COLUMN perf_advisor.statements.generic_plan_calls IS 'Calls that ran a cached plan made without knowing the parameter values.';
COMMENT ON COLUMN perf_advisor.statements.custom_plan_calls IS 'Calls that ran a plan made for their parameter values. Many, with a planning time near the execution time: see plan_cache_mode.';
COMMENT ON COLUMN perf_advisor.statements.plan_shared_blks_hit IS 'Shared buffer blocks found in the cache while planning it; not in shared_blks_hit.';
COMMENT ON COLUMN perf_advisor.statements.plan_shared_blks_read IS 'Shared buffer blocks read in while planning it; not in shared_blks_read.';
COMMENT ON COLUMN perf_advisor.statements.errors IS 'Calls and plannings that ended with an error, cancelled ones included. Not in calls; their blocks are in the block counters. perf_advisor.statement_errors tells which errors.';
COMMENT ON COLUMN perf_advisor.statements.cancelled IS 'Of the errors: cancelled by a user or a timeout, or ended with the session.';
COMMENT ON COLUMN perf_advisor.statements.error_exec_time IS 'Time spent in calls that failed, in ms; not in total_exec_time.';
COMMENT ON COLUMN perf_advisor.statements.first_call IS 'End of its first execution since the reset. NULL when never called.';
COMMENT ON COLUMN perf_advisor.statements.last_call IS 'End of its last execution. NULL when never called.';
COMMENT ON COLUMN perf_advisor.statements.exec_time_pct IS 'Its share of the execution time of all rows, failed calls included, 0-100.';

GRANT SELECT ON perf_advisor.statements TO PUBLIC;

CREATE FUNCTION perf_advisor.statements_info(
	OUT dealloc int8,
	OUT stats_reset timestamp with time zone)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_statements_info_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED ROWS 1;
COMMENT ON FUNCTION perf_advisor.statements_info() IS 'The row of the view perf_advisor.statements_info.';

CREATE VIEW perf_advisor.statements_info AS
SELECT
	i.dealloc,
	i.stats_reset
FROM perf_advisor.statements_info() AS i;

COMMENT ON VIEW perf_advisor.statements_info IS 'One row about the recorded statements as a whole, as pg_stat_statements_info.';
COMMENT ON COLUMN perf_advisor.statements_info.dealloc IS 'Entries that had to leave because there were more than perf_advisor.max_statements; their counters went to the <evicted> rows. Often more than 0: raise perf_advisor.max_statements.';
COMMENT ON COLUMN perf_advisor.statements_info.stats_reset IS 'When everything was last reset, or recording began.';

GRANT SELECT ON perf_advisor.statements_info TO PUBLIC;

/*-------------------------------------------------------------------------
 *
 * statements.c
 *		perf_advisor.statements() and statements_info().
 *
 * The first 52 columns are those of pg_stat_statements 1.12, in its order and
 * with its types, so that what was written for it works here.  A column that
 * this version of PostgreSQL cannot fill is NULL.
 *
 * IDENTIFICATION
 *		src/sqlapi/statements.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

#include "compat/capabilities.h"
#include "report/query_text.h"
#include "report/statements.h"
#include "sqlapi/preload.h"
#include "sqlapi/row.h"
#include "store/store.h"

PA_SQL_FUNCTION(pa_statements_1_0);
PA_SQL_FUNCTION(pa_statements_info_1_0);

/* A number that only some versions of PostgreSQL measure. */
static void
put_int8_if(PaRow *row, bool measured, int64 value)
{
	if (measured)
		pa_row_int8(row, value);
	else
		pa_row_null(row);
}

static void
put_float8_if(PaRow *row, bool measured, double value)
{
	if (measured)
		pa_row_float8(row, value);
	else
		pa_row_null(row);
}

/* userid .. query */
static void
put_identity(PaRow *row, const PaStatementSum *sum, bool visible, bool showtext)
{
	pa_row_oid(row, sum->shape.userid);
	pa_row_oid(row, sum->shape.dbid);
	pa_row_bool(row, sum->toplevel);
	put_int8_if(row, visible, sum->shape.queryid);
	if (showtext)
	{
		char	   *query = pa_report_query_text(&sum->shape);

		pa_row_text(row, query);
		if (query)
			pfree(query);
	}
	else
		pa_row_null(row);
}

/* plans .. stddev_plan_time, calls .. stddev_exec_time */
static void
put_times(PaRow *row, const PaTimeStats *stats)
{
	pa_row_int8(row, stats->count);
	pa_row_float8(row, stats->total);
	pa_row_float8(row, stats->min);
	pa_row_float8(row, stats->max);
	pa_row_float8(row, pa_report_mean(stats));
	pa_row_float8(row, pa_time_stats_stddev(stats));
}

/* rows .. temp_blk_write_time */
static void
put_blocks(PaRow *row, const PaCounters *c)
{
	pa_row_int8(row, c->rows);
	pa_row_int8(row, c->shared_blks_hit);
	pa_row_int8(row, c->shared_blks_read);
	pa_row_int8(row, c->shared_blks_dirtied);
	pa_row_int8(row, c->shared_blks_written);
	pa_row_int8(row, c->local_blks_hit);
	pa_row_int8(row, c->local_blks_read);
	pa_row_int8(row, c->local_blks_dirtied);
	pa_row_int8(row, c->local_blks_written);
	pa_row_int8(row, c->temp_blks_read);
	pa_row_int8(row, c->temp_blks_written);
	pa_row_float8(row, c->shared_blk_read_time);
	pa_row_float8(row, c->shared_blk_write_time);
	put_float8_if(row, PA_HAS_LOCAL_BLK_TIMES, c->local_blk_read_time);
	put_float8_if(row, PA_HAS_LOCAL_BLK_TIMES, c->local_blk_write_time);
	pa_row_float8(row, c->temp_blk_read_time);
	pa_row_float8(row, c->temp_blk_write_time);
}

/* wal_records .. minmax_stats_since */
static void
put_wal_jit_workers(PaRow *row, const PaCounters *c)
{
	pa_row_int8(row, c->wal_records);
	pa_row_int8(row, c->wal_fpi);
	pa_row_numeric(row, c->wal_bytes);
	put_int8_if(row, PA_HAS_WAL_BUFFERS_FULL, c->wal_buffers_full);
	pa_row_int8(row, c->jit_functions);
	pa_row_float8(row, c->jit_generation_time);
	pa_row_int8(row, c->jit_inlining_count);
	pa_row_float8(row, c->jit_inlining_time);
	pa_row_int8(row, c->jit_optimization_count);
	pa_row_float8(row, c->jit_optimization_time);
	pa_row_int8(row, c->jit_emission_count);
	pa_row_float8(row, c->jit_emission_time);
	put_int8_if(row, PA_HAS_JIT_DEFORM, c->jit_deform_count);
	put_float8_if(row, PA_HAS_JIT_DEFORM, c->jit_deform_time);
	put_int8_if(row, PA_HAS_PARALLEL_WORKER_COUNTS, c->parallel_workers_to_launch);
	put_int8_if(row, PA_HAS_PARALLEL_WORKER_COUNTS, c->parallel_workers_launched);
	pa_row_timestamptz(row, c->stats_since);
	pa_row_timestamptz(row, c->minmax_since);
}

/* What pg_stat_statements does not have. */
static void
put_own_columns(PaRow *row, const PaStatementSum *sum, bool visible)
{
	const PaCounters *c = &sum->counters;
	bool		called = c->exec.count > 0;

	put_float8_if(row, called, sum->p50_exec_time);
	put_float8_if(row, called, sum->p95_exec_time);
	put_float8_if(row, called, sum->p99_exec_time);
	pa_row_float8(row, c->own_exec_time);
	put_float8_if(row, c->cpu_samples > 0, pa_report_cpu_time(c, c->cpu_user_time));
	put_float8_if(row, c->cpu_samples > 0, pa_report_cpu_time(c, c->cpu_sys_time));
	pa_row_int8(row, c->cpu_samples);
	pa_row_int8(row, sum->planids);
	put_int8_if(row, visible && sum->last_planid != 0, sum->last_planid);
	pa_row_int8(row, c->generic_plan_calls);
	pa_row_int8(row, c->custom_plan_calls);
	pa_row_int8(row, c->plan_shared_blks_hit);
	pa_row_int8(row, c->plan_shared_blks_read);
	pa_row_int8(row, c->errors);
	pa_row_int8(row, c->cancelled);
	pa_row_float8(row, c->error_exec_time);
	pa_row_timestamptz(row, c->first_call);
	pa_row_timestamptz(row, c->last_call);
	pa_row_float8(row, sum->exec_time_pct);
}

/* perf_advisor.statements(showtext boolean) */
Datum
pa_statements_1_0(PG_FUNCTION_ARGS)
{
	bool		showtext = PG_GETARG_BOOL(0);
	PaStatementSums *sums;
	PaRow		row;

	pa_require_preloaded();
	pa_rows_begin(&row, fcinfo);
	sums = pa_report_statements();

	for (int i = 0; i < sums->count; i++)
	{
		const PaStatementSum *sum = &sums->items[i];
		bool		visible = pa_report_may_see_statement(&sum->shape);

		put_identity(&row, sum, visible, showtext);
		put_times(&row, &sum->counters.plan);
		put_times(&row, &sum->counters.exec);
		put_blocks(&row, &sum->counters);
		put_wal_jit_workers(&row, &sum->counters);
		put_own_columns(&row, sum, visible);
		pa_row_end(&row);
	}
	return (Datum) 0;
}

/* perf_advisor.statements_info() */
Datum
pa_statements_info_1_0(PG_FUNCTION_ARGS)
{
	PaStoreInfo info;
	PaRow		row;

	pa_require_preloaded();
	pa_rows_begin(&row, fcinfo);
	pa_store_read_info(&info);

	pa_row_int8(&row, info.dealloc);
	pa_row_timestamptz(&row, info.stats_reset);
	pa_row_end(&row);
	return (Datum) 0;
}

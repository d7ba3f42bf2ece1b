/*-------------------------------------------------------------------------
 *
 * statement.h
 *		Keys and counters of a recorded statement.
 *
 * These structs pass between all rooms: collect/ fills them, store/ keeps
 * them in shared memory, report/ and sqlapi/ read copies.  They are plain
 * memory: no pointers, no locks.  What is shared wraps them in store/.
 *
 * Units: times are milliseconds (float8, as in pg_stat_statements), blocks
 * are BLCKSZ blocks, sizes are bytes.
 *
 * IDENTIFICATION
 *		src/base/statement.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_BASE_STATEMENT_H
#define PA_BASE_STATEMENT_H

#include "datatype/timestamp.h"

/*
 * A "shape": the statement without its plan.  Texts, query trees and
 * parameter vectors belong to a shape.  Callers zero it first: there must be
 * no undefined padding, keys are compared and hashed as memory.
 */
typedef struct PaShapeKey
{
	Oid			userid;
	Oid			dbid;
	int64		queryid;
} PaShapeKey;

/* One row of counters: a shape as run with one plan, at one nesting kind. */
typedef struct PaStatementKey
{
	PaShapeKey	shape;
	int64		planid;			/* structural hash of the plan, 0 if none */
	int64		toplevel;		/* 1 = sent by the client, 0 = nested */
} PaStatementKey;

/*
 * Count, sum and spread of a time, mergeable without loss (Chan, Golub,
 * LeVeque 1979).  "m2" is the sum of squared differences from the mean.
 */
typedef struct PaTimeStats
{
	int64		count;
	int64		minmax_count;	/* since min and max were reset */
	double		total;			/* msec */
	double		min;			/* msec; 0 when minmax_count is 0 */
	double		max;			/* msec; 0 when minmax_count is 0 */
	double		m2;				/* msec^2 */
} PaTimeStats;

typedef struct PaCounters
{
	PaTimeStats exec;			/* executions (calls) */
	PaTimeStats plan;			/* plannings */
	double		own_exec_time;	/* msec, without nested statements */
	int64		rows;

	/* executions and plannings that failed; their blocks count below */
	int64		errors;
	int64		cancelled;		/* of the errors: query_canceled and shutdown */
	double		error_exec_time;	/* msec, not in exec */

	int64		plan_shared_blks_hit;
	int64		plan_shared_blks_read;
	int64		generic_plan_calls;
	int64		custom_plan_calls;

	/* processor time of sampled executions */
	int64		cpu_samples;
	double		cpu_sampled_time;	/* msec they took by the clock */
	double		cpu_user_time;	/* msec */
	double		cpu_sys_time;	/* msec */

	int64		shared_blks_hit;
	int64		shared_blks_read;
	int64		shared_blks_dirtied;
	int64		shared_blks_written;
	int64		local_blks_hit;
	int64		local_blks_read;
	int64		local_blks_dirtied;
	int64		local_blks_written;
	int64		temp_blks_read;
	int64		temp_blks_written;
	double		shared_blk_read_time;	/* msec */
	double		shared_blk_write_time;	/* msec */
	double		local_blk_read_time;	/* msec; 17 and later */
	double		local_blk_write_time;	/* msec; 17 and later */
	double		temp_blk_read_time; /* msec */
	double		temp_blk_write_time;	/* msec */

	int64		wal_records;
	int64		wal_fpi;
	int64		wal_bytes;
	int64		wal_buffers_full;	/* 18 and later */

	int64		jit_functions;
	double		jit_generation_time;	/* msec */
	int64		jit_inlining_count;
	double		jit_inlining_time;	/* msec */
	int64		jit_optimization_count;
	double		jit_optimization_time;	/* msec */
	int64		jit_emission_count;
	double		jit_emission_time;	/* msec */
	int64		jit_deform_count;	/* 17 and later */
	double		jit_deform_time;	/* msec; 17 and later */

	int64		parallel_workers_to_launch; /* 18 and later */
	int64		parallel_workers_launched;	/* 18 and later */

	TimestampTz first_call;
	TimestampTz last_call;
	TimestampTz last_failure;	/* of an execution; 0: none */
	TimestampTz stats_since;
	TimestampTz minmax_since;
} PaCounters;

extern void pa_time_stats_merge(PaTimeStats *into, const PaTimeStats *from);
extern double pa_time_stats_stddev(const PaTimeStats *stats);
extern void pa_counters_merge(PaCounters *into, const PaCounters *from);

/* True when nothing ran, was planned or failed. */
static inline bool
pa_counters_empty(const PaCounters *counters)
{
	return counters->exec.count == 0 && counters->plan.count == 0 && counters->errors == 0;
}

/*
 * Adds one time (Welford 1962).  Inline: it runs for every statement.
 */
static inline void
pa_time_stats_add(PaTimeStats *stats, double msec)
{
	double		old_total = stats->total;
	double		old_count = stats->count++;

	stats->total += msec;
	if (unlikely(stats->minmax_count++ == 0))
		stats->min = stats->max = msec;
	else if (unlikely(msec < stats->min))
		stats->min = msec;
	else if (unlikely(msec > stats->max))
		stats->max = msec;

	/* (msec - old mean) * (msec - new mean), with a single division */
	if (likely(old_count > 0))
	{
		double		difference = msec * old_count - old_total;

		stats->m2 += difference * difference / (old_count * (old_count + 1));
	}
}

#endif							/* PA_BASE_STATEMENT_H */

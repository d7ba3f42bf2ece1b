/*-------------------------------------------------------------------------
 *
 * statement.c
 *		Arithmetic on the counters of a statement.
 *
 * IDENTIFICATION
 *		src/base/statement.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "base/statement.h"

/*
 * Adds the times behind "from" (Chan, Golub, LeVeque 1979).
 */
void
pa_time_stats_merge(PaTimeStats *into, const PaTimeStats *from)
{
	if (from->minmax_count > 0)
	{
		if (into->minmax_count == 0 || from->min < into->min)
			into->min = from->min;
		if (into->minmax_count == 0 || from->max > into->max)
			into->max = from->max;
		into->minmax_count += from->minmax_count;
	}
	if (from->count == 0)
		return;
	if (into->count > 0)
	{
		double		difference = from->total / from->count - into->total / into->count;
		double		n = (double) into->count + (double) from->count;

		into->m2 += difference * difference * into->count * from->count / n;
	}
	into->m2 += from->m2;
	into->total += from->total;
	into->count += from->count;
}

/*
 * Gives the population standard deviation in msec, 0 for fewer than two.
 */
double
pa_time_stats_stddev(const PaTimeStats *stats)
{
	if (stats->count < 2)
		return 0;
	return sqrt(Max(stats->m2, 0.0) / stats->count);
}

/* Gives the earlier of two points in time, 0 meaning none. */
static TimestampTz
earlier(TimestampTz a, TimestampTz b)
{
	if (a == 0 || b == 0)
		return Max(a, b);
	return Min(a, b);
}

/*
 * Adds all counters of "from".  Times since which statistics run become the
 * earliest of both.
 */
void
pa_counters_merge(PaCounters *into, const PaCounters *from)
{
	pa_time_stats_merge(&into->exec, &from->exec);
	pa_time_stats_merge(&into->plan, &from->plan);

#define PA_ADD(field) into->field += from->field
	PA_ADD(own_exec_time);
	PA_ADD(rows);
	PA_ADD(errors);
	PA_ADD(cancelled);
	PA_ADD(error_exec_time);
	PA_ADD(plan_shared_blks_hit);
	PA_ADD(plan_shared_blks_read);
	PA_ADD(generic_plan_calls);
	PA_ADD(custom_plan_calls);
	PA_ADD(cpu_samples);
	PA_ADD(cpu_sampled_time);
	PA_ADD(cpu_user_time);
	PA_ADD(cpu_sys_time);
	PA_ADD(shared_blks_hit);
	PA_ADD(shared_blks_read);
	PA_ADD(shared_blks_dirtied);
	PA_ADD(shared_blks_written);
	PA_ADD(local_blks_hit);
	PA_ADD(local_blks_read);
	PA_ADD(local_blks_dirtied);
	PA_ADD(local_blks_written);
	PA_ADD(temp_blks_read);
	PA_ADD(temp_blks_written);
	PA_ADD(shared_blk_read_time);
	PA_ADD(shared_blk_write_time);
	PA_ADD(local_blk_read_time);
	PA_ADD(local_blk_write_time);
	PA_ADD(temp_blk_read_time);
	PA_ADD(temp_blk_write_time);
	PA_ADD(wal_records);
	PA_ADD(wal_fpi);
	PA_ADD(wal_bytes);
	PA_ADD(wal_buffers_full);
	PA_ADD(jit_functions);
	PA_ADD(jit_generation_time);
	PA_ADD(jit_inlining_count);
	PA_ADD(jit_inlining_time);
	PA_ADD(jit_optimization_count);
	PA_ADD(jit_optimization_time);
	PA_ADD(jit_emission_count);
	PA_ADD(jit_emission_time);
	PA_ADD(jit_deform_count);
	PA_ADD(jit_deform_time);
	PA_ADD(parallel_workers_to_launch);
	PA_ADD(parallel_workers_launched);
#undef PA_ADD

	into->first_call = earlier(into->first_call, from->first_call);
	into->last_call = Max(into->last_call, from->last_call);
	into->last_failure = Max(into->last_failure, from->last_failure);
	into->stats_since = earlier(into->stats_since, from->stats_since);
	into->minmax_since = earlier(into->minmax_since, from->minmax_since);
}

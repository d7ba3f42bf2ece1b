/*-------------------------------------------------------------------------
 *
 * plans.c
 *		perf_advisor.plans().
 *
 * IDENTIFICATION
 *		src/sqlapi/plans.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "report/plans.h"
#include "report/statements.h"
#include "sqlapi/preload.h"
#include "sqlapi/row.h"

PA_SQL_FUNCTION(pa_plans_1_0);

/* userid .. is_current */
static void
put_identity(PaRow *row, const PaPlanRow *plan)
{
	pa_row_oid(row, plan->key.shape.userid);
	pa_row_oid(row, plan->key.shape.dbid);
	pa_row_bool(row, plan->key.toplevel != 0);
	if (plan->visible)
		pa_row_int8(row, plan->key.shape.queryid);
	else
		pa_row_null(row);
	if (plan->visible && plan->key.planid != 0)
		pa_row_int8(row, plan->key.planid);
	else
		pa_row_null(row);
	pa_row_bool(row, plan->is_current);
}

/* first_seen .. custom_plan_calls */
static void
put_counters(PaRow *row, const PaPlanRow *plan)
{
	const PaCounters *c = &plan->counters;

	pa_row_timestamptz(row, c->first_call);
	pa_row_timestamptz(row, c->last_call);
	pa_row_int8(row, c->exec.count);
	pa_row_float8(row, c->exec.total);
	pa_row_float8(row, c->exec.min);
	pa_row_float8(row, c->exec.max);
	pa_row_float8(row, pa_report_mean(&c->exec));
	pa_row_float8(row, pa_time_stats_stddev(&c->exec));
	if (c->exec.count > 0)
		pa_row_float8(row, plan->p95_exec_time);
	else
		pa_row_null(row);
	pa_row_float8(row, plan->exec_time_pct);
	pa_row_int8(row, c->plan.count);
	pa_row_float8(row, c->plan.total);
	pa_row_int8(row, c->rows);
	pa_row_int8(row, c->generic_plan_calls);
	pa_row_int8(row, c->custom_plan_calls);
}

/* sampled_calls .. max_node_time_node */
static void
put_samples(PaRow *row, const PaPlanRow *plan)
{
	pa_row_int8(row, plan->sampled_calls);
	if (plan->sampled_calls == 0)
	{
		for (int i = 0; i < 9; i++)
			pa_row_null(row);
		return;
	}
	pa_row_float8(row, plan->rows_estimated);
	pa_row_float8(row, plan->rows_actual);
	if (plan->max_misestimate > 0)
		pa_row_float8(row, plan->max_misestimate);
	else
		pa_row_null(row);
	if (plan->max_misestimate > 1)
	{
		pa_row_text(row, plan->misestimate_name);
		pa_row_int8(row, plan->misestimate_node);
	}
	else
	{
		pa_row_null(row);
		pa_row_null(row);
	}
	if (plan->hash_batches > 0)
		pa_row_int8(row, plan->hash_batches);
	else
		pa_row_null(row);
	pa_row_int8(row, plan->sort_spill);
	if (plan->timed)
		pa_row_float8(row, plan->max_node_time);
	else
		pa_row_null(row);
	pa_row_text(row, plan->slowest_name);
}

/* perf_advisor.plans(showtext boolean) */
Datum
pa_plans_1_0(PG_FUNCTION_ARGS)
{
	bool		showtext = PG_GETARG_BOOL(0);
	PaPlanRows *plans;
	PaRow		row;

	pa_require_preloaded();
	pa_rows_begin(&row, fcinfo);
	plans = pa_report_plans();

	for (int i = 0; i < plans->count; i++)
	{
		const PaPlanRow *plan = &plans->items[i];
		char	   *text = showtext ? pa_report_plan_text(plan) : NULL;

		put_identity(&row, plan);
		put_counters(&row, plan);
		put_samples(&row, plan);
		pa_row_text(&row, text);
		pa_row_end(&row);
		if (text)
			pfree(text);
	}
	return (Datum) 0;
}

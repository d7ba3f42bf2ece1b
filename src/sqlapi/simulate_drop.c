/*-------------------------------------------------------------------------
 *
 * simulate_drop.c
 *		perf_advisor.simulate_drop(): what an index is needed for.
 *
 * VOLATILE and PARALLEL UNSAFE because it plans in subtransactions.
 *
 * IDENTIFICATION
 *		src/sqlapi/simulate_drop.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

#include "report/drop_impact.h"
#include "report/query_text.h"
#include "report/simulate_drop.h"
#include "sqlapi/preload.h"
#include "sqlapi/row.h"

PA_SQL_FUNCTION(pa_simulate_drop_1_0);

static void
put_unless_negative(PaRow *row, double value)
{
	if (value < 0)
		pa_row_null(row);
	else
		pa_row_float8(row, value);
}

static void
put_names(PaRow *row, const List *names)
{
	char	  **items = palloc(sizeof(char *) * Max(list_length(names), 1));

	for (int i = 0; i < list_length(names); i++)
		items[i] = list_nth(names, i);
	pa_row_text_array(row, items, list_length(names));
}

/* Whose statement it is, as far as the reader may know. */
static void
put_statement(PaRow *row, const PaDropEffect *effect)
{
	if (!effect->is_statement)
	{
		for (int i = 0; i < 3; i++)
			pa_row_null(row);
		return;
	}
	pa_row_oid(row, effect->shape.userid);
	if (pa_report_may_see_statement(&effect->shape))
		pa_row_int8(row, effect->shape.queryid);
	else
		pa_row_null(row);
	pa_row_text(row, pa_report_query_text(&effect->shape));
}

static void
put_effect(PaRow *row, const PaDropEffect *effect, double lost_pct)
{
	bool		is_total = !effect->is_statement && effect->cost_before >= 0;

	pa_row_text(row, effect->kind);
	put_statement(row, effect);
	if (effect->is_statement || is_total)
		pa_row_int8(row, effect->calls);
	else
		pa_row_null(row);
	if (effect->is_statement)
		pa_row_float8(row, effect->mean_exec_time);
	else
		pa_row_null(row);
	put_unless_negative(row, effect->cost_before);
	put_unless_negative(row, effect->cost_after);
	put_unless_negative(row, effect->est_lost_time);
	put_unless_negative(row, lost_pct);
	pa_row_text(row, effect->plan_change);
	if (effect->is_statement && effect->cost_before >= 0)
		put_names(row, effect->instead);
	else
		pa_row_null(row);
	pa_row_text(row, effect->reason);
	pa_row_end(row);
}

/* perf_advisor.simulate_drop(index) */
Datum
pa_simulate_drop_1_0(PG_FUNCTION_ARGS)
{
	Oid			indexid = PG_GETARG_OID(0);
	PaDropReport *report;
	PaRow		row;
	ListCell   *lc;

	pa_require_preloaded();
	report = pa_report_simulate_drop(indexid);
	pa_drop_impact_record(indexid, report);

	pa_rows_begin(&row, fcinfo);
	foreach(lc, report->effects)
		put_effect(&row, lfirst(lc), -1);
	put_effect(&row, &report->total, report->est_lost_pct);
	return (Datum) 0;
}

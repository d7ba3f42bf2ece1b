/*-------------------------------------------------------------------------
 *
 * plans.c
 *		The recorded plans of all statements, one row each.
 *
 * How it is fed: one copy of the store's counters for each call, then the
 * samples of each plan, under its partition's lock for as long as the copy
 * takes.
 *
 * Utility statements have no plan and no row.  Plans beyond the number that a
 * statement may have are one row with planid 0, so that the rows of a
 * statement add up to its row in perf_advisor.statements.
 *
 * A plan's text and the names in it are shown to whom the statement's text
 * is: it has the literals of a user.
 *
 * IDENTIFICATION
 *		src/report/plans.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "report/plans.h"
#include "report/query_text.h"
#include "report/statements.h"
#include "store/store.h"

/* A node's name for the present user; NULL when there is none, or not for him. */
static char *
shown_name(const PaPlanRow *row, const PaPlanScans *scans, const char *name)
{
	if (!row->visible || name[0] == '\0')
		return NULL;
	return pa_report_convert_text(pstrdup(name), scans->encoding);
}

/* Fills in what the sampled executions said. */
static void
add_samples(PaPlanRow *row)
{
	PaPlanScans *scans = pa_store_read_scans(&row->key);

	if (scans == NULL || scans->samples == 0)
		return;
	/* executions that failed are sampled, but no calls */
	row->sampled_calls = Min(scans->samples, row->counters.exec.count);
	row->rows_estimated = scans->plan.rows_estimated;
	row->rows_actual = scans->plan.rows_actual / scans->samples;
	row->max_misestimate = scans->plan.misestimate;
	row->misestimate_node = scans->plan.misestimate_node;
	row->misestimate_name = shown_name(row, scans, scans->plan.misestimate_name);
	row->hash_batches = scans->plan.hash_batches;
	row->sort_spill = scans->plan.sort_spill;
	row->timed = scans->plan.timed > 0;
	row->max_node_time = scans->plan.node_time;
	row->slowest_name = shown_name(row, scans, scans->plan.slowest_name);
}

/* The plan that ran last; of several at that time the one statements shows. */
static int
current_plan(const PaStatement *plans, int count)
{
	int			current = -1;

	for (int i = 0; i < count; i++)
	{
		if (plans[i].key.planid != 0 && plans[i].counters.exec.count > 0 &&
			(current < 0 || plans[i].counters.last_call >= plans[current].counters.last_call))
			current = i;
	}
	return current;
}

/* Appends the plans of one statement. */
static void
append_statement(PaPlanRows *rows, const PaStatement *plans, int count)
{
	int			current = current_plan(plans, count);
	bool		planned = plans[count - 1].key.planid != 0 || plans[0].key.planid != 0;

	if (!planned || plans[0].key.shape.queryid == 0)
		return;
	for (int i = 0; i < count; i++)
	{
		PaPlanRow  *row;

		if (pa_counters_empty(&plans[i].counters))
			continue;
		row = &rows->items[rows->count++];
		memset(row, 0, sizeof(*row));
		row->key = plans[i].key;
		row->visible = pa_report_may_see(row->key.shape.userid);
		row->is_current = i == current;
		row->counters = plans[i].counters;
		row->p95_exec_time = pa_report_exec_percentile(plans[i].histogram, 0.95, &row->counters);
		if (row->key.planid != 0)
			add_samples(row);
	}
}

/*
 * Returns the plans of all databases that were made or executed, in
 * CurrentMemoryContext.
 */
PaPlanRows *
pa_report_plans(void)
{
	PaStatementList *list = pa_store_read_statements();
	PaPlanRows *rows = palloc0(sizeof(PaPlanRows));
	double		total = 0;
	int			next;

	rows->items = palloc_extended(sizeof(PaPlanRow) * Max(list->count, 1), MCXT_ALLOC_HUGE);
	pa_report_sort_statements(list);
	for (int first = 0; first < list->count; first = next)
	{
		CHECK_FOR_INTERRUPTS();
		for (next = first + 1; next < list->count; next++)
		{
			if (!pa_report_same_statement(&list->items[first].key, &list->items[next].key))
				break;
		}
		append_statement(rows, &list->items[first], next - first);
	}
	for (int i = 0; i < rows->count; i++)
		total += rows->items[i].counters.exec.total;
	for (int i = 0; i < rows->count && total > 0; i++)
		rows->items[i].exec_time_pct = 100.0 * rows->items[i].counters.exec.total / total;
	return rows;
}

char *
pa_report_plan_text(const PaPlanRow *row)
{
	char	   *text;
	int			encoding;

	if (!row->visible)
		return pstrdup(PA_REPORT_HIDDEN);
	text = row->key.planid != 0 ? pa_store_read_plan_text(&row->key, &encoding) : NULL;
	return text ? pa_report_convert_text(text, encoding) : NULL;
}

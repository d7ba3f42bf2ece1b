/*-------------------------------------------------------------------------
 *
 * index_outcome.c
 *		What an index has done for the statements that use it.
 *
 * Calls and times are recorded by plan, and sampled executions say which
 * indexes a plan reads.  So a statement's plans are those with the index and
 * those without, and of the latter the ones that were first seen before any
 * plan with it tell how the statement ran before.
 *
 * IDENTIFICATION
 *		src/report/index_outcome.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "catalog/relation_facts.h"
#include "report/index_outcome.h"
#include "report/statements.h"
#include "store/store.h"

static bool
is_counted(const PaStatement *row)
{
	return row->key.shape.dbid == MyDatabaseId && row->key.shape.queryid != 0 &&
		row->key.planid != 0 && row->counters.exec.count > 0;
}

/* True when the plan of that row was seen to read one of the indexes. */
static bool
reads_index(const PaStatement *row, const List *indexids)
{
	PaPlanScans *scans = pa_store_read_scans(&row->key);

	for (int i = 0; scans != NULL && i < scans->nscans; i++)
	{
		if (OidIsValid(scans->scans[i].indexid) &&
			list_member_oid(indexids, scans->scans[i].indexid))
			return true;
	}
	return false;
}

static PaIndexOutcome *
find_outcome(List **outcomes, int64 queryid)
{
	PaIndexOutcome *outcome;
	ListCell   *lc;

	foreach(lc, *outcomes)
	{
		outcome = lfirst(lc);
		if (outcome->queryid == queryid)
			return outcome;
	}
	outcome = palloc0(sizeof(PaIndexOutcome));
	outcome->queryid = queryid;
	*outcomes = lappend(*outcomes, outcome);
	return outcome;
}

/* Adds "count" plans of one statement of one user, "rows" being the first. */
static void
add_statement(List **outcomes, const PaStatement *rows, int count,
			  const List *indexids)
{
	bool	   *uses = palloc0(sizeof(bool) * count);
	TimestampTz since = 0;
	PaIndexOutcome *outcome;

	for (int i = 0; i < count; i++)
	{
		uses[i] = is_counted(&rows[i]) && reads_index(&rows[i], indexids);
		if (uses[i] && (since == 0 || rows[i].counters.first_call < since))
			since = rows[i].counters.first_call;
	}
	if (since == 0)
		return;

	outcome = find_outcome(outcomes, rows[0].key.shape.queryid);
	for (int i = 0; i < count; i++)
	{
		const PaCounters *counters = &rows[i].counters;

		if (uses[i])
		{
			outcome->calls_after += counters->exec.count;
			outcome->time_after += counters->own_exec_time;
		}
		else if (is_counted(&rows[i]) && counters->first_call < since)
		{
			outcome->calls_before += counters->exec.count;
			outcome->time_before += counters->own_exec_time;
		}
	}
}

List *
pa_report_index_outcomes(Oid indexid)
{
	List	   *indexids = pa_catalog_with_partitions(indexid);
	PaStatementList *list = pa_store_read_statements();
	List	   *outcomes = NIL;
	int			first = 0;

	pa_report_sort_statements(list);
	while (first < list->count)
	{
		int			next = first + 1;

		CHECK_FOR_INTERRUPTS();
		while (next < list->count &&
			   pa_report_same_statement(&list->items[first].key,
										&list->items[next].key))
			next++;
		if (list->items[first].key.shape.dbid == MyDatabaseId)
			add_statement(&outcomes, &list->items[first], next - first, indexids);
		first = next;
	}
	return outcomes;
}

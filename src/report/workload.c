/*-------------------------------------------------------------------------
 *
 * workload.c
 *		The statements of this database that advice is made for.
 *
 * A statement that was called once says nothing about the next day: dumps,
 * migrations and a person's questions are left out.  So are utility
 * statements, which have no plan.
 *
 * IDENTIFICATION
 *		src/report/workload.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "report/statements.h"
#include "report/workload.h"

#define MIN_CALLS 2

static bool
same_shape(const PaShapeKey *a, const PaShapeKey *b)
{
	return a->userid == b->userid && a->dbid == b->dbid &&
		a->queryid == b->queryid;
}

/*
 * What cancelled executions took, which did not complete and are in no other
 * time: a statement that always runs into statement_timeout is the one that
 * needs an index most.  Failures of other kinds are taken off by their number.
 */
static double
cancelled_time(const PaCounters *counters)
{
	if (counters->cancelled <= 0 || counters->errors <= 0)
		return 0;
	return counters->error_exec_time * counters->cancelled / counters->errors;
}

static void
add_sum(PaWorkloadStatement *statement, const PaStatementSum *sum)
{
	const PaCounters *counters = &sum->counters;

	double		lost = cancelled_time(counters);

	statement->calls += counters->exec.count + counters->cancelled;
	statement->total_exec_time += counters->exec.total + lost;
	statement->own_exec_time += counters->own_exec_time + lost;
	statement->present_time += sum->present_time + lost;
	if (statement->stats_since == 0 ||
		counters->stats_since < statement->stats_since)
		statement->stats_since = counters->stats_since;

	if (statement->last_plan.planid == 0 ||
		counters->last_call > statement->last_call)
	{
		statement->last_call = counters->last_call;
		statement->last_plan.shape = sum->shape;
		statement->last_plan.planid = sum->last_planid;
		statement->last_plan.toplevel = sum->toplevel ? 1 : 0;
	}
}

/* list_sort comparator: most time first, then by key for a stable order. */
static int
compare_weights(const ListCell *left, const ListCell *right)
{
	const PaWorkloadStatement *a = lfirst(left);
	const PaWorkloadStatement *b = lfirst(right);

	if (a->present_time != b->present_time)
		return a->present_time > b->present_time ? -1 : 1;
	if (a->shape.queryid != b->shape.queryid)
		return a->shape.queryid < b->shape.queryid ? -1 : 1;
	if (a->shape.userid != b->shape.userid)
		return a->shape.userid < b->shape.userid ? -1 : 1;
	return 0;
}

/* Those with the queryid, or all for NULL, in no order. */
static List *
planned_statements(const int64 *queryid)
{
	PaStatementSums *sums = pa_report_statements();
	List	   *statements = NIL;
	PaWorkloadStatement *last = NULL;

	/* Rows that differ in toplevel only follow each other. */
	for (int i = 0; i < sums->count; i++)
	{
		const PaStatementSum *sum = &sums->items[i];

		if (sum->shape.dbid != MyDatabaseId || sum->shape.queryid == 0 ||
			sum->planids == 0 ||
			(queryid != NULL && sum->shape.queryid != *queryid))
			continue;
		if (last == NULL || !same_shape(&last->shape, &sum->shape))
		{
			last = palloc0(sizeof(PaWorkloadStatement));
			last->shape = sum->shape;
			statements = lappend(statements, last);
		}
		add_sum(last, sum);
	}
	return statements;
}

List *
pa_report_planned_statements(void)
{
	List	   *statements = planned_statements(NULL);

	list_sort(statements, compare_weights);
	return statements;
}

PaWorkload *
pa_report_workload(const PaIgnoreRules *rules, const int64 *queryid)
{
	PaWorkload *workload = palloc0(sizeof(PaWorkload));
	ListCell   *lc;

	workload->statements = planned_statements(queryid);
	foreach(lc, workload->statements)
	{
		const PaWorkloadStatement *statement = lfirst(lc);

		if ((queryid == NULL && statement->calls < MIN_CALLS) ||
			pa_ignore_rules_statement(rules, &statement->shape))
			workload->statements =
				foreach_delete_current(workload->statements, lc);
	}
	list_sort(workload->statements, compare_weights);
	workload->statements = list_truncate(workload->statements, PA_MAX_WORKLOAD);
	return workload;
}

/*-------------------------------------------------------------------------
 *
 * statements.c
 *		Sums the store's rows, which are a plan each, to statements.
 *
 * How it is fed: one copy of the store for each call.  Rows of one statement
 * are brought together by sorting, not by a hash table: the list is short
 * (max_statements) and a sorted list gives the views a stable order.
 *
 * What guards it: nothing, the copy is the caller's.
 *
 * What does not belong here: privileges and texts (query_text.c), columns
 * (sqlapi/statements.c).
 *
 * IDENTIFICATION
 *		src/report/statements.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "report/compare.h"
#include "report/statements.h"
#include "store/store.h"

/* Calls from which the present plan speaks for all calls. */
#define MIN_CALLS_OF_PLAN 2

/* qsort comparator of pointers: by statement, then by plan. */
static int
compare_statements(const void *left, const void *right)
{
	const PaStatementKey *a = &(*(const PaStatement *const *) left)->key;
	const PaStatementKey *b = &(*(const PaStatement *const *) right)->key;

	COMPARE_FIELD(a->shape.userid, b->shape.userid);
	COMPARE_FIELD(a->shape.dbid, b->shape.dbid);
	COMPARE_FIELD(a->shape.queryid, b->shape.queryid);
	COMPARE_FIELD(a->toplevel, b->toplevel);
	COMPARE_FIELD(a->planid, b->planid);
	return 0;
}

/*
 * Sorts a list by statement, then by plan.  Rows are large: pointers to them
 * are sorted, and each row is moved once.
 */
void
pa_report_sort_statements(PaStatementList *list)
{
	Size		count = Max(list->count, 1);
	const PaStatement **order = palloc(sizeof(PaStatement *) * count);
	PaStatement *sorted = palloc_extended(sizeof(PaStatement) * count, MCXT_ALLOC_HUGE);

	for (int i = 0; i < list->count; i++)
		order[i] = &list->items[i];
	qsort(order, list->count, sizeof(PaStatement *), compare_statements);
	for (int i = 0; i < list->count; i++)
		sorted[i] = *order[i];
	pfree(order);
	pfree(list->items);
	list->items = sorted;
}

bool
pa_report_same_statement(const PaStatementKey *a, const PaStatementKey *b)
{
	return a->shape.userid == b->shape.userid &&
		a->shape.dbid == b->shape.dbid &&
		a->shape.queryid == b->shape.queryid &&
		a->toplevel == b->toplevel;
}

/*
 * Gives a percentile of the executions.  The histogram knows it within the
 * width of a bucket; minimum and maximum narrow that down, as long as they
 * are of the same calls.
 */
double
pa_report_exec_percentile(const uint64 *histogram, double fraction, const PaCounters *counters)
{
	double		msec = pa_histogram_percentile(histogram, fraction);

	if (counters->minmax_since > counters->stats_since)
		return msec;
	return Min(Max(msec, counters->exec.min), counters->exec.max);
}

/* The plan that was called last before a time; NULL when there is none. */
static const PaCounters *
last_before(const PaStatement *rows, int count, TimestampTz before)
{
	const PaCounters *last = NULL;

	for (int i = 0; i < count; i++)
	{
		const PaCounters *counters = &rows[i].counters;

		if (rows[i].key.planid != 0 && counters->last_call < before &&
			(last == NULL || counters->last_call >= last->last_call))
			last = counters;
	}
	return last;
}

/*
 * Own time of all calls of a statement, had they been run as they are now:
 * its calls times the mean of the plans in use.  A plan is in use unless it
 * was last called before the present one, called last of all, was called
 * first.  So the time before an index was there does not count, while plans
 * that take turns all do.  One call says too little: then the plans
 * before it count too, the latest first.
 */
static double
present_time(const PaStatement *rows, int count, const PaCounters *all)
{
	const PaCounters *present = last_before(rows, count, PG_INT64_MAX);
	int64		calls = 0;
	double		time = 0;

	while (present != NULL && calls < MIN_CALLS_OF_PLAN)
	{
		TimestampTz since = present->first_call;

		calls = 0;
		time = 0;
		for (int i = 0; i < count; i++)
		{
			const PaCounters *counters = &rows[i].counters;

			if (rows[i].key.planid == 0 || counters->last_call < since)
				continue;
			calls += counters->exec.count;
			time += counters->own_exec_time;
		}
		present = last_before(rows, count, since);
	}
	if (calls < MIN_CALLS_OF_PLAN)
		return all->own_exec_time;
	return time / calls * all->exec.count;
}

/*
 * Fills *sum from "count" rows of one statement, "rows" being the first; its
 * histogram becomes that of all.
 */
static void
sum_plans(PaStatementSum *sum, PaStatement *rows, int count)
{
	uint64	   *histogram = rows[0].histogram;
	TimestampTz last_call = 0;

	memset(sum, 0, sizeof(*sum));
	sum->shape = rows[0].key.shape;
	sum->toplevel = rows[0].key.toplevel != 0;
	sum->counters = rows[0].counters;
	sum->histogram = histogram;

	for (int i = 0; i < count; i++)
	{
		const PaStatement *row = &rows[i];

		if (i > 0)
		{
			pa_counters_merge(&sum->counters, &row->counters);
			pa_histogram_merge(histogram, row->histogram);
		}
		if (row->key.planid == 0)
			continue;
		sum->planids++;
		if (row->counters.last_call >= last_call)
		{
			last_call = row->counters.last_call;
			sum->last_planid = row->key.planid;
		}
	}

	sum->present_time = present_time(rows, count, &sum->counters);
	sum->p50_exec_time = pa_report_exec_percentile(histogram, 0.50, &sum->counters);
	sum->p95_exec_time = pa_report_exec_percentile(histogram, 0.95, &sum->counters);
	sum->p99_exec_time = pa_report_exec_percentile(histogram, 0.99, &sum->counters);
}

/*
 * Returns the statements of all databases, in CurrentMemoryContext.  Those
 * that were neither called nor planned yet are left out.
 */
PaStatementSums *
pa_report_statements(void)
{
	PaStatementList *list = pa_store_read_statements();
	PaStatementSums *sums = palloc0(sizeof(PaStatementSums));
	double		total = 0;
	int			first = 0;

	sums->items = palloc_extended(sizeof(PaStatementSum) * Max(list->count, 1),
								  MCXT_ALLOC_HUGE);
	pa_report_sort_statements(list);

	while (first < list->count)
	{
		PaStatementSum *sum = &sums->items[sums->count];
		int			next = first + 1;

		CHECK_FOR_INTERRUPTS();
		while (next < list->count &&
			   pa_report_same_statement(&list->items[first].key, &list->items[next].key))
			next++;
		sum_plans(sum, &list->items[first], next - first);
		first = next;

		if (pa_counters_empty(&sum->counters))
			continue;
		total += sum->counters.exec.total + sum->counters.error_exec_time;
		sums->count++;
	}

	for (int i = 0; i < sums->count; i++)
	{
		if (total > 0)
			sums->items[i].exec_time_pct =
				100.0 * (sums->items[i].counters.exec.total +
						 sums->items[i].counters.error_exec_time) / total;
	}
	return sums;
}

/* The mean, 0 when nothing was counted. */
double
pa_report_mean(const PaTimeStats *stats)
{
	return stats->count > 0 ? stats->total / stats->count : 0;
}

/*
 * Scales processor time of the sampled executions to all of them, msec.
 */
double
pa_report_cpu_time(const PaCounters *counters, double sampled)
{
	if (counters->cpu_sampled_time <= 0)
		return 0;
	return sampled * (counters->exec.total / counters->cpu_sampled_time);
}

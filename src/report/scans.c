/*-------------------------------------------------------------------------
 *
 * scans.c
 *		What the recorded statements of this database read, by table.
 *
 * Both lists are made from the same samples: sorted so that what belongs
 * together is adjacent, then summed in one pass.  A plan that scans a table
 * more than once (a self-join) counts its calls once: its samples are
 * adjacent too.
 *
 * IDENTIFICATION
 *		src/report/scans.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "report/compare.h"
#include "report/predicate.h"
#include "report/scan_samples.h"
#include "report/scans.h"

/* strcmp with NULL before every string. */
static int
compare_texts(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

/* qsort comparator: by table, then by filter as stored. */
static int
compare_nodes(const void *left, const void *right)
{
	const PaScanSample *a = left;
	const PaScanSample *b = right;

	COMPARE_FIELD(a->relid, b->relid);
	return compare_texts(a->nodes, b->nodes);
}

/* qsort comparator: by table, statement, filter as SQL, plan. */
static int
compare_samples(const void *left, const void *right)
{
	const PaScanSample *a = left;
	const PaScanSample *b = right;
	int			order;

	COMPARE_FIELD(a->relid, b->relid);
	COMPARE_FIELD(a->shape.queryid, b->shape.queryid);
	order = compare_texts(a->predicate, b->predicate);
	if (order != 0)
		return order;
	COMPARE_FIELD(a->plan, b->plan);
	return 0;
}

/* Ties are broken by keys, so that a list is the same when read twice. */
static int
compare_seq_scans(const void *left, const void *right)
{
	const PaSeqScan *a = left;
	const PaSeqScan *b = right;

	COMPARE_FIELD(b->total_time, a->total_time);
	COMPARE_FIELD(a->table->relid, b->table->relid);
	COMPARE_FIELD(a->shape.queryid, b->shape.queryid);
	return compare_texts(a->predicate, b->predicate);
}

static int
compare_table_access(const void *left, const void *right)
{
	const PaTableAccess *a = left;
	const PaTableAccess *b = right;

	COMPARE_FIELD(b->total_time, a->total_time);
	COMPARE_FIELD(a->table->relid, b->table->relid);
	return 0;
}

static double
percentage(double part, double total)
{
	return total > 0 ? 100.0 * part / total : 0;
}

/* Keeps the sequential scans only. */
static void
keep_seq_scans(PaScanSamples *samples)
{
	int			kept = 0;

	for (int i = 0; i < samples->count; i++)
	{
		if (samples->items[i].kind == PA_SCAN_SEQ)
			samples->items[kept++] = samples->items[i];
	}
	samples->count = kept;
}

/*
 * Makes the filters' SQL for the samples of one table, which are sorted by
 * filter: equal filters are made once.
 */
static void
fill_predicates(PaScanSample *samples, int count)
{
	for (int i = 0; i < count; i++)
	{
		if (samples[i].nodes == NULL)
			continue;
		CHECK_FOR_INTERRUPTS();
		if (i > 0 && compare_texts(samples[i].nodes, samples[i - 1].nodes) == 0)
			samples[i].predicate = samples[i - 1].predicate;
		else
			samples[i].predicate = pa_report_predicate_sql(samples[i].relid,
														   samples[i].nodes);
	}
}

/* Sums the samples of one table, sorted by compare_samples(), to rows. */
static void
append_seq_scans(PaSeqScanList *list, PaScannedTable *table,
				 const PaScanSample *samples, int count, double total_time)
{
	PaSeqScan  *row = NULL;

	for (int i = 0; i < count; i++)
	{
		const PaScanSample *sample = &samples[i];
		const PaScanSample *last = i > 0 ? &samples[i - 1] : NULL;

		if (last == NULL || last->shape.queryid != sample->shape.queryid ||
			compare_texts(last->predicate, sample->predicate) != 0)
		{
			row = &list->items[list->count++];
			memset(row, 0, sizeof(*row));
			row->table = table;
			row->shape = sample->shape;
			row->predicate = (char *) sample->predicate;
			last = NULL;
		}
		if (last == NULL || last->plan != sample->plan)
		{
			row->calls += sample->calls;
			row->sampled_calls += sample->sampled_calls;
			row->timed_calls += sample->timed ? sample->calls : 0;
		}
		row->node_time += sample->node_time;
		row->scans += sample->scans;
		row->rows_read += sample->rows_read;
		row->rows_kept += sample->rows_kept;
		row->total_time += sample->time;
		row->exec_time_pct = percentage(row->total_time, total_time);
	}
}

/*
 * Returns the sequential scans of this database's statements by table,
 * statement and filter, in CurrentMemoryContext.
 */
PaSeqScanList *
pa_report_seq_scans(void)
{
	PaScanSamples *samples = pa_report_scan_samples();
	PaSeqScanList *list = palloc0(sizeof(PaSeqScanList));
	int			next;

	keep_seq_scans(samples);
	qsort(samples->items, samples->count, sizeof(PaScanSample), compare_nodes);
	list->items = palloc_extended(sizeof(PaSeqScan) * Max(samples->count, 1),
								  MCXT_ALLOC_HUGE);

	for (int first = 0; first < samples->count; first = next)
	{
		PaScanSample *group = &samples->items[first];
		Oid			relid = group->relid;
		PaScannedTable *table;
		bool		locked;

		for (next = first; next < samples->count; next++)
		{
			if (samples->items[next].relid != relid)
				break;
		}
		table = pa_report_open_table(relid, &locked);
		if (table == NULL)
			continue;
		if (locked)
			fill_predicates(group, next - first);
		pa_report_close_table(relid, locked);

		qsort(group, next - first, sizeof(PaScanSample), compare_samples);
		append_seq_scans(list, table, group, next - first, samples->total_time);
	}

	qsort(list->items, list->count, sizeof(PaSeqScan), compare_seq_scans);
	return list;
}

/* Enters a statement among those with the most time, if it is one. */
static void
rank_queryid(PaTableAccess *row, double *times, int64 queryid, double time)
{
	int			at = row->nqueryids;

	while (at > 0 && times[at - 1] < time)
		at--;
	if (at == PA_TOP_QUERYIDS)
		return;
	if (row->nqueryids < PA_TOP_QUERYIDS)
		row->nqueryids++;
	for (int i = row->nqueryids - 1; i > at; i--)
	{
		row->top_queryids[i] = row->top_queryids[i - 1];
		times[i] = times[i - 1];
	}
	row->top_queryids[at] = queryid;
	times[at] = time;
}

/* Adds the rows of one sample to its table. */
static void
add_access(PaTableAccess *row, const PaScanSample *sample)
{
	switch ((PaScanKind) sample->kind)
	{
		case PA_SCAN_SEQ:
			row->seq_scan += sample->scans;
			row->seq_tup_read += sample->rows_read;
			break;
		case PA_SCAN_INDEX:
		case PA_SCAN_INDEX_ONLY:
		case PA_SCAN_BITMAP_HEAP:
			row->idx_scan += sample->scans;
			row->idx_tup_fetch += sample->rows_read;
			break;
		case PA_SCAN_BITMAP_INDEX:
		case PA_SCAN_OTHER:
			break;
	}
	row->rows_removed += Max(sample->rows_read - sample->rows_kept, 0);
	row->total_time += sample->time;
}

/* Sums the samples of one table, sorted by compare_samples(). */
static void
sum_table(PaTableAccess *row, const PaScanSample *samples, int count)
{
	double		times[PA_TOP_QUERYIDS];
	double		query_time = 0;

	for (int i = 0; i < count; i++)
	{
		const PaScanSample *sample = &samples[i];

		if (i == 0 || samples[i - 1].plan != sample->plan)
		{
			row->calls += sample->calls;
			row->sampled_calls += sample->sampled_calls;
		}
		add_access(row, sample);
		query_time += sample->time;
		if (i == count - 1 || samples[i + 1].shape.queryid != sample->shape.queryid)
		{
			rank_queryid(row, times, sample->shape.queryid, query_time);
			query_time = 0;
		}
	}
}

/*
 * Returns the scans of all kinds of this database's statements by table, in
 * CurrentMemoryContext.
 */
PaTableAccessList *
pa_report_table_access(void)
{
	PaScanSamples *samples = pa_report_scan_samples();
	PaTableAccessList *list = palloc0(sizeof(PaTableAccessList));
	int			next;

	qsort(samples->items, samples->count, sizeof(PaScanSample), compare_samples);
	list->items = palloc_extended(sizeof(PaTableAccess) * Max(samples->count, 1),
								  MCXT_ALLOC_HUGE);

	for (int first = 0; first < samples->count; first = next)
	{
		Oid			relid = samples->items[first].relid;
		PaTableAccess *row;
		PaScannedTable *table;
		bool		locked;

		CHECK_FOR_INTERRUPTS();
		for (next = first; next < samples->count; next++)
		{
			if (samples->items[next].relid != relid)
				break;
		}
		table = pa_report_open_table(relid, &locked);
		if (table == NULL)
			continue;
		pa_report_close_table(relid, locked);

		row = &list->items[list->count++];
		memset(row, 0, sizeof(*row));
		row->table = table;
		sum_table(row, &samples->items[first], next - first);
		row->exec_time_pct = percentage(row->total_time, samples->total_time);
	}

	qsort(list->items, list->count, sizeof(PaTableAccess), compare_table_access);
	return list;
}

/*-------------------------------------------------------------------------
 *
 * sample_statistics.c
 *		A row of pg_statistic made of an expression's sampled values, such as
 *		ANALYZE would write for an index that has it.
 *
 * IDENTIFICATION
 *		src/whatif/sample_statistics.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/typcache.h"

#include "compat/compat.h"
#include "whatif/index_size.h"

/* Values wider than this are not kept, as ANALYZE does not. */
#define MAX_WIDTH 1024

/* Most common values that a row lists, at most. */
#define MAX_COMMON 100

/* Bounds of a histogram, at most. */
#define MAX_BOUNDS 101

/* The values of a row while it is made. */
typedef struct StatisticsRow
{
	Datum		values[Natts_pg_statistic];
	bool		nulls[Natts_pg_statistic];
	int			nslots;
} StatisticsRow;

static void
put_slot(StatisticsRow *row, int kind, Oid op, Oid collation, Datum numbers, Datum values)
{
	int			i = row->nslots++;

	row->values[Anum_pg_statistic_stakind1 - 1 + i] = Int16GetDatum(kind);
	row->values[Anum_pg_statistic_staop1 - 1 + i] = ObjectIdGetDatum(op);
	row->values[Anum_pg_statistic_stacoll1 - 1 + i] = ObjectIdGetDatum(collation);
	row->values[Anum_pg_statistic_stanumbers1 - 1 + i] = numbers;
	row->nulls[Anum_pg_statistic_stanumbers1 - 1 + i] = numbers == (Datum) 0;
	row->values[Anum_pg_statistic_stavalues1 - 1 + i] = values;
	row->nulls[Anum_pg_statistic_stavalues1 - 1 + i] = values == (Datum) 0;
}

static Datum
number_array(const float4 *numbers, int n)
{
	Datum	   *items = palloc_array(Datum, n);

	for (int i = 0; i < n; i++)
		items[i] = Float4GetDatum(numbers[i]);
	return PointerGetDatum(construct_array(items, n, FLOAT4OID, sizeof(float4), true,
										   TYPALIGN_INT));
}

static Datum
value_array(const PaExpressionSample *sample, Datum *items, int n)
{
	int16		typlen;
	bool		typbyval;
	char		typalign;

	get_typlenbyvalalign(sample->type, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_array(items, n, sample->type, typlen, typbyval, typalign));
}

static int
by_weight_cb(const void *a, const void *b)
{
	double		wa = (*(PaSampleValue *const *) a)->weight;
	double		wb = (*(PaSampleValue *const *) b)->weight;

	return wa < wb ? 1 : wa > wb ? -1 : 0;
}

/*
 * Values that are more common than the average, or all when all are known;
 * they are marked.
 */
static int
choose_common(const PaExpressionSample *sample, PaSampleValue **chosen)
{
	bool		complete = sample->nvalues >= sample->distinct && sample->nvalues <= MAX_COMMON;
	double		average = (1 - sample->null_fraction) / sample->distinct;
	PaSampleValue **sorted = palloc_array(PaSampleValue *, sample->nvalues);
	int			n = 0;

	for (int i = 0; i < sample->nvalues; i++)
		sorted[i] = &sample->values[i];
	qsort(sorted, sample->nvalues, sizeof(PaSampleValue *), by_weight_cb);
	for (int i = 0; i < sample->nvalues && n < MAX_COMMON; i++)
	{
		/* a bound of the histogram alone does not make a value common */
		if (!complete && (sorted[i]->count < 2 || sorted[i]->weight < 1.25 * average))
			continue;
		sorted[i]->common = true;
		chosen[n++] = sorted[i];
	}
	return n;
}

static void
put_common(StatisticsRow *row, const PaExpressionSample *sample)
{
	PaSampleValue **chosen = palloc_array(PaSampleValue *, MAX_COMMON);
	int			n = choose_common(sample, chosen);
	float4	   *numbers = palloc_array(float4, n + 1);
	Datum	   *values = palloc_array(Datum, n + 1);

	if (n == 0)
		return;
	for (int i = 0; i < n; i++)
	{
		numbers[i] = chosen[i]->weight;
		values[i] = chosen[i]->value;
	}
	put_slot(row, STATISTIC_KIND_MCV, sample->order->eq_opr, sample->collation,
			 number_array(numbers, n), value_array(sample, values, n));
}

/* Whether the value goes into a histogram. */
static bool
is_bound(const PaExpressionSample *sample, const PaSampleValue *value)
{
	return !value->common && pa_stored_width(sample->typlen, value->value) < MAX_WIDTH;
}

/* Of many values those that have as many between them. */
static void
put_histogram(StatisticsRow *row, const PaExpressionSample *sample)
{
	Datum	   *values = palloc_array(Datum, sample->nvalues + 1);
	int			total = 0,
				passed = 0,
				last = -1,
				n = 0;
	double		step;

	for (int i = 0; i < sample->nvalues; i++)
	{
		if (!is_bound(sample, &sample->values[i]))
			continue;
		total += sample->values[i].count;
		last = i;
	}
	step = Max(1.0, total / (double) (MAX_BOUNDS - 1));
	for (int i = 0; i <= last; i++)
	{
		if (!is_bound(sample, &sample->values[i]))
			continue;
		if (passed >= n * step || i == last)
			values[n++] = sample->values[i].value;
		passed += sample->values[i].count;
	}
	if (n >= 2)
		put_slot(row, STATISTIC_KIND_HISTOGRAM, sample->order->lt_opr, sample->collation,
				 (Datum) 0, value_array(sample, values, n));
}

HeapTuple
pa_sample_statistics(const PaExpressionSample *sample, double tuples)
{
	StatisticsRow row = {0};
	Relation	pg_statistic;
	HeapTuple	tuple;
	float4		correlation = sample->correlation;

	memset(row.nulls, false, sizeof(row.nulls));
	row.values[Anum_pg_statistic_stanullfrac - 1] = Float4GetDatum(sample->null_fraction);
	row.values[Anum_pg_statistic_stawidth - 1] = Int32GetDatum(sample->width);
	/* as ANALYZE: a share of the rows when it would grow with them */
	row.values[Anum_pg_statistic_stadistinct - 1] =
		Float4GetDatum(sample->distinct > 0.1 * tuples ?
					   -sample->distinct / Max(tuples, 1.0) : sample->distinct);
	if (sample->nvalues > 0)
	{
		put_common(&row, sample);
		put_histogram(&row, sample);
		put_slot(&row, STATISTIC_KIND_CORRELATION, sample->order->lt_opr, sample->collation,
				 number_array(&correlation, 1), (Datum) 0);
	}
	while (row.nslots < STATISTIC_NUM_SLOTS)
		put_slot(&row, 0, InvalidOid, InvalidOid, (Datum) 0, (Datum) 0);

	pg_statistic = table_open(StatisticRelationId, AccessShareLock);
	tuple = heap_form_tuple(RelationGetDescr(pg_statistic), row.values, row.nulls);
	table_close(pg_statistic, AccessShareLock);
	return tuple;
}

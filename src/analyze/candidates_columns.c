/*-------------------------------------------------------------------------
 *
 * candidates_columns.c
 *		A relation's columns by the way they are used.
 *
 * Columns compared for equality stand in the order in which they belong into
 * an index: the most distinct first.
 *
 * IDENTIFICATION
 *		src/analyze/candidates_columns.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analyze/candidates_internal.h"
#include "analyze/index_spec.h"

/* Rows all over the table are so many times as dear as rows side by side. */
#define SCATTERED_PRICE 10.0

/* Share of the rows that one look-up finds: of one element for IN. */
double
pa_candidates_probe_selectivity(const PaColumnUse *column)
{
	if (column->kind == PA_USE_IN && column->ndistinct >= 1)
		return Min(column->selectivity, 1.0 / column->ndistinct);
	return column->selectivity;
}

/* Most rows have one value. */
bool
pa_candidates_is_skewed(const PaColumnUse *column)
{
	return column->typical_selectivity > PA_SKEWED;
}

bool
pa_candidates_same_column(const PaColumnUse *a, const PaColumnUse *b)
{
	return a->attnum == b->attnum &&
		(a->attnum != 0 || equal(a->expression, b->expression));
}

/* The constant that an index key is compared with for equality, or NULL. */
const PaColumnUse *
pa_candidates_find_equal(const PaColumns *columns, const PaIndexKey *key)
{
	for (int i = 0; i < columns->nequal; i++)
	{
		if (pa_index_key_is_use(key, columns->equal[i]))
			return columns->equal[i];
	}
	return NULL;
}

/* IS NULL distinguishes only two kinds of rows. */
static double
distinctness(const PaColumnUse *column)
{
	return column->kind == PA_USE_IS_NULL ? 2 : column->ndistinct;
}

/* True when a must stand before b: more distinct, then more selective. */
static bool
precedes(const PaColumnUse *a, const PaColumnUse *b)
{
	if (a->kind != PA_USE_SEARCH && distinctness(a) != distinctness(b))
		return distinctness(a) > distinctness(b);
	if (a->selectivity != b->selectivity)
		return a->selectivity < b->selectivity;
	return a->attnum < b->attnum;
}

static bool
contains_column(const PaColumnUse *const *columns, int count,
				const PaColumnUse *column)
{
	for (int i = 0; i < count; i++)
	{
		if (pa_candidates_same_column(columns[i], column))
			return true;
	}
	return false;
}

static void
insert_column(const PaColumnUse **columns, int *count, const PaColumnUse *column)
{
	int			at;

	if (*count >= PA_MAX_USES)
		return;
	for (at = *count; at > 0 && precedes(column, columns[at - 1]); at--)
		columns[at] = columns[at - 1];
	columns[at] = column;
	(*count)++;
}

/*
 * What a range costs to read, in proportion.  Rows that lie together in the
 * table share its pages, unless an equality picks among them.
 */
static double
range_price(const PaColumns *columns, const PaColumnUse *range)
{
	double		scattered = 1.0 - range->correlation * range->correlation;

	if (columns->nequal > 0)
		return range->selectivity;
	return range->selectivity * (1.0 + (SCATTERED_PRICE - 1.0) * scattered);
}

/*
 * The cheaper one of two ranges.  One with an unknown end on one side may keep
 * anything: it is no reason for an index.
 */
static const PaColumnUse *
better_range(const PaColumns *columns, const PaColumnUse *range,
			 const PaColumnUse *other)
{
	if (other->selectivity > PA_UNSELECTIVE_RANGE ||
		(other->guessed && other->selectivity > PA_UNSELECTIVE))
		return range;
	if (range != NULL && range->guessed != other->guessed)
		return range->guessed ? other : range;
	if (range != NULL &&
		range_price(columns, range) <= range_price(columns, other))
		return range;
	return other;
}

void
pa_candidates_sort_columns(const List *uses, PaColumns *columns)
{
	ListCell   *lc;

	memset(columns, 0, sizeof(PaColumns));

	foreach(lc, uses)
	{
		const PaColumnUse *column = lfirst(lc);

		if ((column->kind == PA_USE_EQUAL || column->kind == PA_USE_IN ||
			 column->kind == PA_USE_IS_NULL) &&
			!contains_column(columns->equal, columns->nequal, column))
			insert_column(columns->equal, &columns->nequal, column);
	}

	/* A column with a constant needs no second look in another role. */
	foreach(lc, uses)
	{
		const PaColumnUse *column = lfirst(lc);

		if (column->kind == PA_USE_SEARCH)
			insert_column(columns->search, &columns->nsearch, column);
		if (contains_column(columns->equal, columns->nequal, column))
			continue;
		if (column->kind == PA_USE_JOIN &&
			!contains_column(columns->join, columns->njoin, column))
			insert_column(columns->join, &columns->njoin, column);
		else if (column->kind == PA_USE_RANGE ||
				 (column->kind == PA_USE_PREFIX && column->opclass == InvalidOid))
			columns->range = better_range(columns, columns->range, column);
		else if (column->kind == PA_USE_PREFIX)
			columns->prefix = better_range(columns, columns->prefix, column);
	}
}

/*-------------------------------------------------------------------------
 *
 * index_columns.c
 *		What the columns of an index weigh: bytes and distinct values.
 *
 * An index tuple's size is rounded up, so that the mean of the sizes is not
 * the size of the mean: lengths are taken one by one from the values that
 * pg_statistic keeps, and put together to tuples.
 *
 * IDENTIFICATION
 *		src/whatif/index_columns.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "access/itup.h"
#include "access/nbtree.h"
#include "access/tupmacs.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_statistic_ext_data.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "statistics/statistics.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

#include "compat/compat.h"
#include "whatif/index_size.h"

/* A prime to each column, so that lengths of two columns meet by chance. */
static const int strides[] = {1, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43};

/* Longest value that goes into a tuple with a header of one byte. */
#define SHORT_MAX ((int) VARATT_SHORT_MAX)

int
pa_stored_width(int16 typlen, Datum value)
{
	Size		size;

	if (typlen > 0)
		return typlen;
	if (typlen == -2)
		return strlen(DatumGetCString(value)) + 1;
	size = VARSIZE_ANY_EXHDR(DatumGetPointer(value));
	return size + VARHDRSZ_SHORT <= VARATT_SHORT_MAX ? size + VARHDRSZ_SHORT : size + VARHDRSZ;
}

/* ---- lengths ---- */

/* Length "length" for so much of the rows, as far as there is room. */
static void
add_length(PaSizedColumn *column, int length, double weight)
{
	int			n = (int) floor((column->weight + weight) * PA_LENGTHS + 0.5) - column->nlengths;

	column->weight += weight;
	while (n-- > 0 && column->nlengths < PA_LENGTHS)
		column->lengths[column->nlengths++] = length;
}

static void
add_slot_lengths(PaSizedColumn *column, HeapTuple tuple, int kind, double weight, int16 typlen)
{
	AttStatsSlot slot;

	if (!get_attstatsslot(&slot, tuple, kind, InvalidOid,
						  ATTSTATSSLOT_VALUES |
						  (kind == STATISTIC_KIND_MCV ? ATTSTATSSLOT_NUMBERS : 0)))
		return;
	for (int i = 0; i < slot.nvalues; i++)
	{
		double		share = (kind == STATISTIC_KIND_MCV ? slot.numbers[i] :
							 weight / slot.nvalues);

		add_length(column, column->cstring ? (int) strlen(NameStr(*DatumGetName(slot.values[i]))) + 1 :
				   pa_stored_width(typlen, slot.values[i]), share);
	}
	free_attstatsslot(&slot);
}

/*
 * Lengths of the values that pg_statistic has; where it has none, such as
 * for long values, lengths around the mean.
 */
static void
fill_lengths(PaSizedColumn *column, HeapTuple tuple, int16 typlen)
{
	const PaColumnFacts *facts = &column->facts;
	double		nonnull = Max(1.0 - facts->null_fraction, 0.01);

	if (typlen > 0 && !column->cstring)
	{
		column->lengths[column->nlengths++] = typlen;
		return;
	}
	if (tuple != NULL && facts->width <= SHORT_MAX * 4)
	{
		double		common = Min(facts->common_fraction / nonnull, 1.0);

		/* fractions are of all rows; NULLs have no length */
		add_slot_lengths(column, tuple, STATISTIC_KIND_MCV, 0, typlen);
		add_slot_lengths(column, tuple, STATISTIC_KIND_HISTOGRAM, 1.0 - common, typlen);
	}
	for (int i = 0; column->nlengths == 0 && i < 8; i++)
		column->lengths[i] = Max(2, (column->cstring ? 16 : facts->width) - 3 + i);
	if (column->nlengths == 0)
		column->nlengths = 8;
}

static HeapTuple
column_statistics(Oid relid, AttrNumber attnum)
{
	HeapTuple	tuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(relid),
										Int16GetDatum(attnum), BoolGetDatum(false));
	HeapTuple	copy = NULL;

	if (HeapTupleIsValid(tuple))
	{
		copy = heap_copytuple(tuple);
		ReleaseSysCache(tuple);
	}
	return copy;
}

/* Whether the predicate leaves no NULL of the column, or only one value. */
static void
apply_predicate(PaSizedColumn *column, const PaIndexColumn *key, List *predicate)
{
	ListCell   *lc;

	foreach(lc, predicate)
	{
		Node	   *clause = (Node *) lfirst(lc);
		OpExpr	   *op = (OpExpr *) clause;
		Var		   *var = NULL;

		if (IsA(clause, NullTest) && ((NullTest *) clause)->nulltesttype == IS_NOT_NULL)
			var = (Var *) ((NullTest *) clause)->arg;
		else if (IsA(clause, OpExpr) && list_length(op->args) == 2)
			var = (Var *) linitial(op->args);
		if (var == NULL || !IsA(var, Var) || var->varattno != key->attnum)
			continue;
		column->facts.null_fraction = 0;
		if (IsA(clause, OpExpr) && op_mergejoinable(op->opno, var->vartype) &&
			IsA(lsecond(op->args), Const))
			column->single_value = true;
	}
}

static void
size_column(const PaIndexShape *shape, int i, double table_tuples, PaSizedColumn *column)
{
	const PaIndexColumn *key = &shape->columns[i];
	HeapTuple	tuple;
	char		typalign;
	int16		typlen;
	bool		typbyval;

	memset(column, 0, sizeof(*column));
	get_typlenbyvalalign(key->type, &typlen, &typbyval, &typalign);
	if (key->expression != NULL)
	{
		tuple = pa_expression_statistics(shape->relid, key->expression, table_tuples);
		(void) pa_expression_facts(shape->relid, key->expression, table_tuples, &column->facts);
	}
	else
	{
		tuple = column_statistics(shape->relid, key->attnum);
		(void) pa_catalog_attribute_facts(shape->relid, key->attnum, &column->facts);
	}
	column->statistics = tuple;
	column->cstring = key->type == NAMEOID && key->stored_type == CSTRINGOID;
	column->varlena = typlen < 0 || column->cstring;
	column->align = typalign == TYPALIGN_DOUBLE ? ALIGNOF_DOUBLE : typalign == TYPALIGN_INT ?
		ALIGNOF_INT : typalign == TYPALIGN_SHORT ? ALIGNOF_SHORT : 1;
	fill_lengths(column, tuple, typlen);
	if (key->attnum != 0)
		apply_predicate(column, key, shape->predicate);
	column->distinct = pa_column_distinct(&column->facts, table_tuples);
}

/* ---- distinct values ---- */

/* Distinct values left when only some of the rows are taken. */
double
pa_distinct_of_part(double distinct, double part, double tuples)
{
	if (tuples <= 0 || part >= tuples)
		return distinct;
	return Max(1.0, distinct * (1.0 - pow(1.0 - part / tuples, Max(1.0, tuples / distinct))));
}

/* What CREATE STATISTICS (ndistinct) knows of exactly these columns, or 0. */
static double
extended_distinct(const PaIndexShape *shape, Relation relation)
{
	List	   *statistics = relation != NULL ? RelationGetStatExtList(relation) : NIL;
	ListCell   *lc;

	foreach(lc, statistics)
	{
		HeapTuple	tuple = SearchSysCache2(STATEXTDATASTXOID, ObjectIdGetDatum(lfirst_oid(lc)),
											BoolGetDatum(false));
		bool		isnull = true;
		MVNDistinct *known;

		if (!HeapTupleIsValid(tuple))
			continue;
		(void) SysCacheGetAttr(STATEXTDATASTXOID, tuple,
							   Anum_pg_statistic_ext_data_stxdndistinct, &isnull);
		ReleaseSysCache(tuple);
		known = isnull ? NULL : statext_ndistinct_load(lfirst_oid(lc), false);
		for (uint32 i = 0; known != NULL && i < known->nitems; i++)
		{
			bool		same = known->items[i].nattributes == shape->nkeys;

			for (int k = 0; same && k < shape->nkeys; k++)
			{
				bool		found = false;

				for (int j = 0; j < known->items[i].nattributes; j++)
					found = found || (shape->columns[k].attnum != 0 &&
									  known->items[i].attributes[j] == shape->columns[k].attnum);
				same = found;
			}
			if (same)
				return known->items[i].ndistinct;
		}
	}
	return 0;
}

/* ---- tuples ---- */

/* The i-th of the tuples that stand for all with NULLs in these columns. */
static int
tuple_size(const PaSizedIndex *index, int ncolumns, uint32 nulls, int nth)
{
	Size		data = 0;

	for (int i = 0; i < ncolumns; i++)
	{
		const PaSizedColumn *column = &index->columns[i];
		int			length;

		if ((nulls & (1U << i)) != 0)
			continue;
		length = column->lengths[(nth * strides[i]) % column->nlengths];
		if (!column->varlena || length > SHORT_MAX)
			data = TYPEALIGN(column->align, data);
		data += length;
	}
	return MAXALIGN((nulls != 0 ? MAXALIGN(sizeof(IndexTupleData) + sizeof(IndexAttributeBitMapData)) :
					 sizeof(IndexTupleData)) + data);
}

/* Mean bytes of an index tuple, without its line pointer. */
double
pa_tuple_bytes(const PaSizedIndex *index, int ncolumns, uint32 nulls)
{
	double		sum = 0;

	for (int i = 0; i < PA_LENGTHS; i++)
		sum += tuple_size(index, ncolumns, nulls, i);
	return sum / PA_LENGTHS;
}

/* Share of the rows that have NULLs in exactly these columns. */
double
pa_nulls_share(const PaSizedIndex *index, uint32 nulls)
{
	double		share = 1;

	for (int i = 0; i < index->ncolumns; i++)
	{
		double		fraction = index->columns[i].facts.null_fraction;

		share *= (nulls & (1U << i)) != 0 ? fraction : 1.0 - fraction;
	}
	return share;
}

void
pa_size_columns(const PaIndexShape *shape, Relation relation, double tuples,
				double table_tuples, double table_pages, PaSizedIndex *index)
{
	StaticAssertStmt(lengthof(strides) >= PA_MAX_INDEX_KEYS + PA_MAX_INCLUDED,
					 "every column has a stride");

	index->shape = shape;
	index->nkeys = shape->nkeys;
	index->ncolumns = shape->ncolumns;
	index->tuples = Max(tuples, 0.0);
	index->table_tuples = Max(table_tuples, 1.0);
	index->table_pages = Max(table_pages, 1.0);
	for (int i = 0; i < shape->ncolumns; i++)
		size_column(shape, i, index->table_tuples, &index->columns[i]);
	index->extended_distinct = shape->nkeys > 1 ? extended_distinct(shape, relation) : 0;
}

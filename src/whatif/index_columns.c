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
#include "catalog/pg_am.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_statistic_ext_data.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "statistics/statistics.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

#include "compat/compat.h"
#include "whatif/index_size.h"
#include "whatif/row_sample.h"

/* A prime to each column, so that lengths of two columns meet by chance. */
static const int strides[] = {1, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43};

/* Nullable columns whose combinations are taken apart. */
#define MAX_NULLABLE 4

/* Sampled rows that say something. */
#define MIN_ROWS 50

/* Bytes of values to look at; each may be many keys of a GIN index. */
#define MAX_ROWS_BYTES (4.0 * 1024 * 1024)
#define MAX_KEYS_BYTES (768.0 * 1024)

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
	{
		column->nlengths = 8;
		column->guessed = tuple != NULL && facts->null_fraction < 1;
	}
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

/* Whether an expression is about several columns. */
static bool
is_mixed(Node *expression)
{
	List	   *vars = pull_var_clause(expression, 0);
	ListCell   *lc;

	foreach(lc, vars)
	{
		if (((Var *) lfirst(lc))->varattno != ((Var *) linitial(vars))->varattno)
			return true;
	}
	return false;
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
		column->mixed = is_mixed(key->expression);
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

/* The sampled rows that have NULLs in exactly these of the nullable columns. */
static int
rows_with_nulls(const PaSizedIndex *index, uint32 nulls, double *bytes)
{
	int			n = 0;

	*bytes = 0;
	for (int i = 0; i < index->rows->nrows; i++)
	{
		if ((index->rows->null_sets[i] & index->nullable) != nulls)
			continue;
		*bytes += index->rows->sizes[i];
		n++;
	}
	return n;
}

/* Whether lengths differ so much that rounding up does not hide it. */
bool
pa_lengths_vary(const PaSizedIndex *index, int ncolumns)
{
	for (int i = 0; i < ncolumns; i++)
	{
		const PaSizedColumn *column = &index->columns[i];

		for (int k = 1; k < column->nlengths; k++)
		{
			if (column->lengths[k] != column->lengths[0])
				return true;
		}
	}
	return false;
}

/*
 * Mean bytes of an index tuple that has NULLs in exactly these of the nullable
 * columns, without its line pointer.
 */
double
pa_tuple_bytes(const PaSizedIndex *index, int ncolumns, uint32 nulls)
{
	double		sum = 0;

	if (index->rows != NULL && index->rows->sizes != NULL && ncolumns == index->ncolumns)
	{
		int			n = rows_with_nulls(index, nulls, &sum);

		if (n > 0)
			return sum / n;
		sum = 0;
	}
	for (int i = 0; i < PA_LENGTHS; i++)
		sum += tuple_size(index, ncolumns, nulls, i);
	return sum / PA_LENGTHS;
}

/* Share of the rows that have NULLs in exactly these of the nullable columns. */
double
pa_nulls_share(const PaSizedIndex *index, uint32 nulls)
{
	double		share = 1;

	if (index->rows != NULL && index->rows->sizes != NULL)
		return rows_with_nulls(index, nulls, &share) / (double) index->rows->nrows;
	for (int i = 0; i < index->ncolumns; i++)
	{
		double		fraction = index->columns[i].facts.null_fraction;

		if ((index->nullable & (1U << i)) == 0)
			continue;
		share *= (nulls & (1U << i)) != 0 ? fraction : 1.0 - fraction;
	}
	return share;
}

/* ---- rows ---- */

/* Columns whose combinations of NULLs are told apart. */
static uint32
nullable_columns(const PaSizedIndex *index)
{
	uint32		nullable = 0;
	int			n = 0;

	for (int i = 0; i < index->ncolumns && n < MAX_NULLABLE; i++)
	{
		if (index->columns[i].facts.null_fraction <= 0)
			continue;
		nullable |= 1U << i;
		n++;
	}
	return nullable;
}

/* A clause whose share of the rows pg_statistic tells. */
static bool
is_simple_clause(const Node *clause)
{
	const OpExpr *op = (const OpExpr *) clause;

	if (clause == NULL)
		return false;
	if (IsA(clause, NullTest))
		clause = (const Node *) ((const NullTest *) clause)->arg;
	else if (IsA(clause, BooleanTest))
		clause = (const Node *) ((const BooleanTest *) clause)->arg;
	else if (IsA(clause, BoolExpr) && ((const BoolExpr *) clause)->boolop == NOT_EXPR)
		clause = linitial(((const BoolExpr *) clause)->args);
	else if (IsA(clause, OpExpr) && list_length(op->args) == 2 && IsA(lsecond(op->args), Const))
		clause = linitial(op->args);
	else if (IsA(clause, ScalarArrayOpExpr) &&
			 IsA(lsecond(((const ScalarArrayOpExpr *) clause)->args), Const))
		clause = linitial(((const ScalarArrayOpExpr *) clause)->args);
	while (clause != NULL && IsA(clause, RelabelType))
		clause = (const Node *) ((const RelabelType *) clause)->arg;
	return clause != NULL && IsA(clause, Var);
}

static bool
is_simple_predicate(List *predicate)
{
	return predicate == NIL ||
		(list_length(predicate) == 1 && is_simple_clause(linitial(predicate)));
}

/*
 * Whether the index's size depends on what pg_statistic does not keep: values
 * too long for it, what columns have to do with each other, the share of the
 * rows that a predicate over an expression keeps, and all of a GIN, GiST or
 * SP-GiST index.
 */
static bool
wants_rows(const PaSizedIndex *index)
{
	int			varying = 0;

	if (index->shape->method == HASH_AM_OID || index->shape->method == BRIN_AM_OID)
		return !is_simple_predicate(index->shape->predicate);
	if (index->shape->method != BTREE_AM_OID || !is_simple_predicate(index->shape->predicate))
		return true;
	for (int i = 0; i < index->ncolumns; i++)
	{
		const PaSizedColumn *column = &index->columns[i];

		if (column->guessed || column->mixed)
			return true;
		if (column->facts.null_fraction > 0 || pa_lengths_vary(index, i + 1) != pa_lengths_vary(index, i))
			varying++;
	}
	return varying > 1 ||
		(index->nkeys > 1 && index->nkeys == index->ncolumns && index->extended_distinct == 0);
}

static int
rows_cost(Oid method)
{
	switch (method)
	{
		case GIN_AM_OID:
			return PA_KEYS_COST;
		case GIST_AM_OID:
		case SPGIST_AM_OID:
			return PA_BUILD_COST;
		default:
			return PA_ROWS_COST;
	}
}

/* Sample them, and count those that the predicate keeps. */
static void
use_rows(PaSizedIndex *index, Relation relation)
{
	const PaIndexShape *shape = index->shape;
	PaIndexRows *rows;

	if (relation == NULL || !pa_sampling_allowed(rows_cost(shape->method)))
		return;
	rows = pa_index_rows(shape, relation,
						 shape->method == GIN_AM_OID ? MAX_KEYS_BYTES : MAX_ROWS_BYTES);
	if (rows == NULL)
		return;
	if (!is_simple_predicate(shape->predicate) && rows->nseen >= MIN_ROWS)
		index->tuples = index->table_tuples * rows->nrows / rows->nseen;
	/* too few say nothing, unless there are no others */
	if (rows->nrows >= MIN_ROWS || (rows->nrows > 0 && rows->blocks_share >= 1))
		index->rows = rows;
}

void
pa_size_columns(const PaIndexShape *shape, Relation relation, double tuples,
				double table_tuples, double table_pages, bool sampled,
				PaSizedIndex *index)
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
	index->nullable = nullable_columns(index);
	if (sampled && wants_rows(index))
		use_rows(index, relation);
}

/*-------------------------------------------------------------------------
 *
 * expression_sample.c
 *		An expression's values for the sample of its column that pg_statistic
 *		keeps, and a row of pg_statistic made of them.
 *
 * Most common values stand for their share of the rows.  Bounds of the
 * histogram stand for what is left, in equal parts, and are as good as values
 * drawn at random from it.  So their images under the expression show
 * its common values, its NULLs, its range and its width.
 *
 * How many distinct values there are is told by how many of the images occur
 * only once, with the estimator that ANALYZE uses (Haas and Stokes, Duj1).
 * Images of a discrete type cannot be more than lie between the smallest and
 * the largest of them: days, when there are many timestamps.
 *
 * Only functions that come with the server are evaluated, within a
 * subtransaction, since they may raise errors.
 *
 * IDENTIFICATION
 *		src/whatif/expression_sample.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "compat/compat.h"
#include "whatif/index_size.h"

/* Values wider than this are not kept, as ANALYZE does not. */
#define MAX_WIDTH 1024

/* Most common values that a row lists, at most. */
#define MAX_COMMON 100

/* ---- may it be evaluated ---- */

static bool
foreign_function_cb(Oid funcid, void *context)
{
	(void) context;
	return funcid >= FirstUnpinnedObjectId;
}

/*
 * True, to end the walk, at anything that is not the server's own.  exprType()
 * is for expressions only, and a walk also meets lists.
 */
static bool
foreign_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, List) || IsA(node, CaseWhen))
		return expression_tree_walker(node, foreign_walker, context);
	if (IsA(node, CoerceToDomain) || IsA(node, Param) || IsA(node, SubLink) ||
		IsA(node, CurrentOfExpr) || IsA(node, NextValueExpr) ||
		exprType(node) >= FirstUnpinnedObjectId ||
		check_functions_in_node(node, foreign_function_cb, context))
		return true;
	return expression_tree_walker(node, foreign_walker, context);
}

bool
pa_is_servers_own(Node *expression)
{
	return !foreign_walker(expression, NULL);
}

/* ---- evaluation ---- */

static Node *
substitute_mutator(Node *node, void *context)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Var))
		return (Node *) copyObject((Const *) context);
	return expression_tree_mutator(node, substitute_mutator, context);
}

static void
add_image(PaExpressionSample *sample, Node *expression, const Var *var, Datum value,
		  double weight)
{
	Const	   *input;
	Node	   *result;
	int16		typlen;
	bool		typbyval;
	PaSampleValue *image = &sample->values[sample->nvalues];

	get_typlenbyval(var->vartype, &typlen, &typbyval);
	input = makeConst(var->vartype, var->vartypmod, var->varcollid,
								   typlen, value, false, typbyval);
	result = eval_const_expressions(NULL, substitute_mutator(expression, input));
	if (!IsA(result, Const))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg_internal("expression is not evaluated")));
	if (((Const *) result)->constisnull)
	{
		sample->null_fraction += weight;
		return;
	}
	image->value = sample->typlen == -1 ?
		PointerGetDatum(PG_DETOAST_DATUM(((Const *) result)->constvalue)) :
		((Const *) result)->constvalue;
	image->weight = weight;
	sample->nvalues++;
}

/*
 * A value between this bound of a histogram and the next.  Bounds of a
 * column that counts up are equally far apart, and remainders, or the like,
 * would all be the same.
 */
static Datum
between_bounds(const AttStatsSlot *slot, int i)
{
	double		part = ((i * 7919) % 1009) / 1009.0;
	Datum		low = slot->values[i];
	Datum		high = slot->values[Min(i + 1, slot->nvalues - 1)];

	double		value;

	/* below high, so that it can be made a whole number again */
	switch (slot->valuetype)
	{
		case INT4OID:
			value = DatumGetInt32(low) + part * ((double) DatumGetInt32(high) - DatumGetInt32(low));
			return value < DatumGetInt32(high) ? Int32GetDatum((int32) value) : high;
		case INT8OID:
			value = (double) DatumGetInt64(low) +
				part * ((double) DatumGetInt64(high) - (double) DatumGetInt64(low));
			return value < (double) DatumGetInt64(high) ? Int64GetDatum((int64) value) : high;
		default:
			return low;
	}
}

/* All values of a slot, which together stand for that much of the rows. */
static void
add_slot(PaExpressionSample *sample, HeapTuple tuple, int kind, Node *expression,
		 const Var *var, double weight)
{
	AttStatsSlot slot;

	if (!get_attstatsslot(&slot, tuple, kind, InvalidOid,
						  ATTSTATSSLOT_VALUES |
						  (kind == STATISTIC_KIND_MCV ? ATTSTATSSLOT_NUMBERS : 0)))
		return;
	if (slot.valuetype == var->vartype || IsBinaryCoercible(slot.valuetype, var->vartype))
	{
		sample->values = sample->values == NULL ?
			palloc0_array(PaSampleValue, slot.nvalues) :
			repalloc_array(sample->values, PaSampleValue, sample->nvalues + slot.nvalues);
		for (int i = 0; i < slot.nvalues; i++)
			add_image(sample, expression, var,
					  kind == STATISTIC_KIND_HISTOGRAM && !sample->only_kept ? between_bounds(&slot, i) : slot.values[i],
					  slot.nnumbers > i ? slot.numbers[i] : weight / slot.nvalues);
	}
	free_attstatsslot(&slot);
}

/* Evaluate all; errors of the expression leave it. */
static void
evaluate(PaExpressionSample *sample, HeapTuple tuple, Node *expression, const Var *var)
{
	PaColumnFacts facts = {0};
	double		rest;

	pa_catalog_statistics_facts(tuple, &facts);
	rest = Max(0.0, 1.0 - facts.null_fraction - facts.common_fraction);
	sample->null_fraction = facts.null_fraction;
	add_slot(sample, tuple, STATISTIC_KIND_MCV, expression, var, 0);
	sample->ncommon = sample->nvalues;
	add_slot(sample, tuple, STATISTIC_KIND_HISTOGRAM, expression, var, rest);
}

/* Arguments of evaluate(). */
typedef struct EvaluationWanted
{
	PaExpressionSample *sample;
	HeapTuple	tuple;
	Node	   *expression;
	const Var  *var;
} EvaluationWanted;

static bool
evaluate_cb(void *arg)
{
	EvaluationWanted *wanted = arg;

	evaluate(wanted->sample, wanted->tuple, wanted->expression, wanted->var);
	return true;
}

/* False when the expression raised an error. */
static bool
try_evaluate(PaExpressionSample *sample, HeapTuple tuple, Node *expression, const Var *var)
{
	EvaluationWanted wanted = {sample, tuple, expression, var};

	return pa_attempt(evaluate_cb, &wanted);
}

/* ---- what the images say ---- */

static int
compare_cb(const void *a, const void *b, void *arg)
{
	const PaExpressionSample *sample = (const PaExpressionSample *) arg;

	return DatumGetInt32(FunctionCall2Coll(&sample->order->cmp_proc_finfo, sample->collation,
										   ((const PaSampleValue *) a)->value,
										   ((const PaSampleValue *) b)->value));
}

/* Sort, and put equal images together. */
static void
group(PaExpressionSample *sample)
{
	int			n = 0;
	double		width = 0,
				weight = 0;

	for (int i = 0; i < sample->nvalues; i++)
	{
		sample->values[i].count = 1;
		width += sample->values[i].weight * pa_stored_width(sample->typlen, sample->values[i].value);
		weight += sample->values[i].weight;
	}
	sample->width = (int) ceil(width / weight - 1e-6);
	qsort_arg(sample->values, sample->nvalues, sizeof(PaSampleValue), compare_cb, sample);
	for (int i = 1; i < sample->nvalues; i++)
	{
		if (compare_cb(&sample->values[n], &sample->values[i], sample) != 0)
		{
			sample->values[++n] = sample->values[i];
			continue;
		}
		sample->values[n].weight += sample->values[i].weight;
		sample->values[n].count += sample->values[i].count;
	}
	sample->nvalues = n + 1;
}

/* The values of a discrete type between two, or 0 when that is no number. */
static double
values_between(const PaExpressionSample *sample, Datum low, Datum high)
{
	switch (sample->type)
	{
		case INT2OID:
			return (double) DatumGetInt16(high) - DatumGetInt16(low) + 1;
		case INT4OID:
		case DATEOID:
			return (double) DatumGetInt32(high) - DatumGetInt32(low) + 1;
		case INT8OID:
			return (double) DatumGetInt64(high) - (double) DatumGetInt64(low) + 1;
		case BOOLOID:
			return 2;
		default:
			return 0;
	}
}

/* Microseconds that date_trunc('unit', ..) keeps apart, or 0. */
static double
truncated_unit(Node *expression)
{
	static const struct
	{
		const char *name;
		double		seconds;
	}			units[] = {
		{"second", 1}, {"minute", 60}, {"hour", 3600}, {"day", 86400}, {"week", 604800},
		{"month", 2629746}, {"quarter", 7889238}, {"year", 31556952}
	};
	FuncExpr   *call = (FuncExpr *) expression;
	Const	   *unit;
	char	   *name;

	if (!IsA(expression, FuncExpr) || list_length(call->args) < 2 ||
		(exprType(expression) != TIMESTAMPOID && exprType(expression) != TIMESTAMPTZOID) ||
		strcmp(get_func_name(call->funcid), "date_trunc") != 0)
		return 0;
	unit = (Const *) linitial(call->args);
	if (!IsA(unit, Const) || unit->constisnull || unit->consttype != TEXTOID)
		return 0;
	name = text_to_cstring(DatumGetTextPP(unit->constvalue));
	for (int i = 0; i < (int) lengthof(units); i++)
	{
		if (pg_strcasecmp(name, units[i].name) == 0)
			return units[i].seconds * USECS_PER_SEC;
	}
	return 0;
}

/* Distinct values in all rows; "of_column" are those of the column. */
static double
estimate_distinct(const PaExpressionSample *sample, Node *expression, double of_column)
{
	double		n = 0,
				once = 0,
				estimate,
				between;
	double		unit = truncated_unit(expression);
	Datum		low = sample->values[0].value;
	Datum		high = sample->values[sample->nvalues - 1].value;

	for (int i = 0; i < sample->nvalues; i++)
	{
		n += sample->values[i].count;
		once += sample->values[i].count == 1 ? 1 : 0;
	}
	of_column = Max(of_column, n);
	estimate = n * sample->nvalues / ((n - once) + once * n / of_column);
	between = unit > 0 ? ((double) DatumGetInt64(high) - (double) DatumGetInt64(low)) / unit + 1 :
		values_between(sample, low, high);
	if (between > 0)
		estimate = Min(estimate, between);
	return Max(1.0, Min(Max(estimate, sample->nvalues), of_column));
}

/* Whether the images are in the order of the values that they are of. */
static bool
is_monotone(const PaExpressionSample *sample)
{
	for (int i = sample->ncommon + 1; i < sample->nvalues; i++)
	{
		if (compare_cb(&sample->values[i - 1], &sample->values[i],
					   unconstify(PaExpressionSample *, sample)) > 0)
			return false;
	}
	return sample->nvalues - sample->ncommon > 1;
}

/*
 * What ANALYZE finds between values and places that have nothing to do with
 * each other: it counts equal values in the order of their places.
 */
static double
chance_correlation(const PaExpressionSample *sample)
{
	double		sum = 0;

	for (int i = 0; i < sample->nvalues; i++)
		sum += sample->values[i].weight * sample->values[i].weight;
	return Min(sum, 1.0);
}

static double
column_correlation(HeapTuple tuple)
{
	AttStatsSlot slot;
	double		result = 0;

	if (get_attstatsslot(&slot, tuple, STATISTIC_KIND_CORRELATION, InvalidOid,
						 ATTSTATSSLOT_NUMBERS))
	{
		if (slot.nnumbers > 0)
			result = slot.numbers[0];
		free_attstatsslot(&slot);
	}
	return result;
}

/*
 * Fill the sample; false when there is none.  vars are the expression's.
 */
bool
pa_sample_expression(Oid relid, Node *expression, List *vars, double tuples,
					 PaExpressionSample *sample)
{
	Var		   *var = (Var *) linitial(vars);
	PaColumnFacts facts;
	HeapTuple	tuple;
	ListCell   *lc;
	bool		done;

	foreach(lc, vars)
	{
		if (((Var *) lfirst(lc))->varattno != var->varattno || var->varattno <= 0)
			return false;
	}
	sample->type = exprType(expression);
	sample->collation = exprCollation(expression);
	sample->typlen = get_typlen(sample->type);
	sample->order = lookup_type_cache(sample->type, TYPECACHE_CMP_PROC_FINFO | TYPECACHE_LT_OPR | TYPECACHE_EQ_OPR);
	if (!OidIsValid(sample->order->cmp_proc_finfo.fn_oid) ||
		!pa_is_servers_own(expression))
		return false;
	tuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(relid),
							Int16GetDatum(var->varattno), BoolGetDatum(false));
	if (!HeapTupleIsValid(tuple))
		return false;

	done = try_evaluate(sample, tuple, expression, var);
	if (!done)
	{
		/* it may not take values that are in no row */
		sample->only_kept = true;
		sample->values = NULL;
		sample->nvalues = 0;
		done = try_evaluate(sample, tuple, expression, var);
	}
	done = done && sample->nvalues > 1;
	if (done)
	{
		if (is_monotone(sample))
			sample->correlation = column_correlation(tuple);
		pa_catalog_statistics_facts(tuple, &facts);
		group(sample);
		if (fabs(sample->correlation) < chance_correlation(sample))
			sample->correlation = chance_correlation(sample);
		sample->distinct = estimate_distinct(sample, expression,
											 pa_column_distinct(&facts, tuples));
	}
	ReleaseSysCache(tuple);
	if (!done)
		memset(sample, 0, sizeof(*sample));
	return done;
}

/* ---- a row of pg_statistic ---- */

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

static void
put_histogram(StatisticsRow *row, const PaExpressionSample *sample)
{
	Datum	   *values = palloc_array(Datum, sample->nvalues);
	int			n = 0;

	for (int i = 0; i < sample->nvalues; i++)
	{
		if (!sample->values[i].common && pa_stored_width(sample->typlen, sample->values[i].value) < MAX_WIDTH)
			values[n++] = sample->values[i].value;
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

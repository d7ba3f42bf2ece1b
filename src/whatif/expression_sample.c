/*-------------------------------------------------------------------------
 *
 * expression_sample.c
 *		An expression's values for the sample of its column that pg_statistic
 *		keeps, or for sampled rows.
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
 * Rows are sampled (row_sample.c) where pg_statistic has no values, as of long
 * texts, and for expressions over several columns.
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
#include "access/transam.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
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
#include "whatif/row_sample.h"

/* Bytes of values of sampled rows to look at. */
#define MAX_ROWS_BYTES (2.0 * 1024 * 1024)

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
	{
		sample->not_folded = true;
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg_internal("expression is not evaluated")));
	}
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

static bool
prepare_sample(PaExpressionSample *sample, Node *expression)
{
	memset(sample, 0, sizeof(*sample));
	sample->type = exprType(expression);
	sample->collation = exprCollation(expression);
	sample->typlen = get_typlen(sample->type);
	sample->order = lookup_type_cache(sample->type, TYPECACHE_CMP_PROC_FINFO | TYPECACHE_LT_OPR | TYPECACHE_EQ_OPR);
	return OidIsValid(sample->order->cmp_proc_finfo.fn_oid);
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
	bool		fails = false;

	foreach(lc, vars)
	{
		if (((Var *) lfirst(lc))->varattno != var->varattno || var->varattno <= 0)
			return false;
	}
	if (!prepare_sample(sample, expression) || !pa_is_servers_own(expression))
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
		/* these are in rows: CREATE INDEX would meet them too */
		fails = !done && !sample->not_folded;
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
	sample->fails = fails;
	return done;
}

/* ---- of sampled rows ---- */

/* By value, equal ones by the place of their rows. */
static int
compare_places_cb(const void *a, const void *b, void *arg)
{
	int			result = compare_cb(a, b, arg);

	return result != 0 ? result :
		((const PaSampleValue *) a)->place - ((const PaSampleValue *) b)->place;
}

/* Of values and their places, as ANALYZE counts it. */
static double
correlation_of_places(PaExpressionSample *sample)
{
	double		n = sample->nvalues;
	double		sum = n * (n - 1) / 2;
	double		squares = (n - 1) * n * (2 * n - 1) / 6;
	double		products = 0;

	qsort_arg(sample->values, sample->nvalues, sizeof(PaSampleValue), compare_places_cb, sample);
	for (int i = 0; i < sample->nvalues; i++)
		products += (double) i * sample->values[i].place;
	return (n * products - sum * sum) / (n * squares - sum * sum);
}

static double
distinct_in_rows(const PaIndexRows *rows, int16 typlen, bool typbyval, double tuples)
{
	PaKeyFrequency *frequencies = palloc_array(PaKeyFrequency, PA_KEY_FREQUENCIES);
	PaKeyCounts *counts = pa_key_counts_create(rows);
	double		distinct = 0;
	int			n;

	for (int i = 0; i < rows->nrows; i++)
	{
		if (!rows->nulls[i])
			pa_key_counts_add(counts, pa_hash_value(rows->values[i], typbyval, typlen), i, 0);
	}
	n = pa_key_frequencies(counts, frequencies);
	for (int i = 0; i < n; i++)
		distinct += frequencies[i].keys;
	return Max(1.0, Min(distinct, tuples));
}

/* Arguments of fill_from_rows_cb(). */
typedef struct RowsToFill
{
	PaExpressionSample *sample;
	const PaIndexRows *rows;
	double		tuples;
} RowsToFill;

static bool
fill_from_rows_cb(void *arg)
{
	const RowsToFill *wanted = arg;
	const PaIndexRows *rows = wanted->rows;
	PaExpressionSample *sample = wanted->sample;
	int16		typlen;
	bool		typbyval;

	sample->values = palloc0_array(PaSampleValue, rows->nrows);
	for (int i = 0; i < rows->nrows; i++)
	{
		if (rows->nulls[i])
			continue;
		sample->values[sample->nvalues].value = rows->values[i];
		sample->values[sample->nvalues].weight = 1.0 / rows->nrows;
		sample->values[sample->nvalues].place = sample->nvalues;
		sample->nvalues++;
	}
	if (sample->nvalues < 2)
		return false;
	get_typlenbyval(sample->type, &typlen, &typbyval);
	sample->null_fraction = 1.0 - (double) sample->nvalues / rows->nrows;
	sample->distinct = distinct_in_rows(rows, typlen, typbyval, wanted->tuples);
	sample->correlation = correlation_of_places(sample);
	group(sample);
	sample->distinct = Max(sample->distinct, sample->nvalues);
	return true;
}

/* Fill the sample from rows of the table, which the caller has locked. */
bool
pa_sample_expression_rows(Relation relation, Node *expression, double tuples,
						  PaExpressionSample *sample)
{
	RowsToFill	wanted = {sample, NULL, tuples};
	bool		done = false;

	if (prepare_sample(sample, expression) && pa_is_servers_own(expression) &&
		pa_sampling_allowed(PA_ROWS_COST))
		wanted.rows = pa_expression_rows(relation, expression, MAX_ROWS_BYTES);
	if (wanted.rows != NULL && wanted.rows->nrows > 1)
		done = pa_attempt(fill_from_rows_cb, &wanted);
	if (!done)
		memset(sample, 0, sizeof(*sample));
	return done;
}

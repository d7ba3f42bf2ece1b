/*-------------------------------------------------------------------------
 *
 * predicate_use.c
 *		Conditions of a statement that a partial index could have.
 *
 * They are conditions of the statement itself, with constants: the planner
 * proves that a partial index may be used by finding its predicate among
 * them.  A constant may be a parameter's value of this planning; how many of
 * the executions share it is counted by use_average.c.
 *
 * IDENTIFICATION
 *		src/whatif/predicate_use.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

#include "whatif/index_use.h"
#include "whatif/whatif_internal.h"

/* More values in an IN list are no property of the table's rows. */
#define MAX_VALUES 8

/* The key on one side and a constant on the other. */
static bool
match_constant(const PaUseContext *context, List *args, PaColumnFacts *facts)
{
	Node	   *left = (Node *) linitial(args);
	Node	   *right = (Node *) lsecond(args);

	if (list_length(args) != 2)
		return false;
	if (IsA(right, Const))
		return !((Const *) right)->constisnull && pa_indexable_key(context, left, facts);
	return IsA(left, Const) && !((Const *) left)->constisnull &&
		pa_indexable_key(context, right, facts);
}

/* key = constant, or key <> constant. */
static bool
match_comparison(const PaUseContext *context, OpExpr *clause, PaColumnFacts *facts,
				 bool *fixes)
{
	Oid			negator;

	if (!match_constant(context, clause->args, facts))
		return false;
	*fixes = get_op_opfamily_strategy(clause->opno, facts->opfamily) == BTEqualStrategyNumber;
	if (*fixes)
		return true;
	if (facts->expression != NULL)
		return false;			/* too far from a property of the rows */
	negator = get_negator(clause->opno);
	return OidIsValid(negator) &&
		get_op_opfamily_strategy(negator, facts->opfamily) == BTEqualStrategyNumber;
}

/* key IN (constants), or NOT IN. */
static bool
match_list(const PaUseContext *context, ScalarArrayOpExpr *clause, PaColumnFacts *facts)
{
	Const	   *array = (Const *) lsecond(clause->args);
	ArrayType  *values;
	Oid			opno = clause->useOr ? clause->opno : get_negator(clause->opno);

	if (!IsA(array, Const) || array->constisnull || !OidIsValid(opno) ||
		!pa_indexable_key(context, (Node *) linitial(clause->args), facts) ||
		facts->expression != NULL ||
		get_op_opfamily_strategy(opno, facts->opfamily) != BTEqualStrategyNumber)
		return false;
	values = DatumGetArrayTypeP(array->constvalue);
	return !array_contains_nulls(values) &&
		ArrayGetNItems(ARR_NDIM(values), ARR_DIMS(values)) <= MAX_VALUES;
}

static bool
match_boolean(const PaUseContext *context, Node *clause, PaColumnFacts *facts,
			  bool *fixes)
{
	*fixes = true;
	if (is_notclause(clause))
		clause = (Node *) get_notclausearg(clause);
	else if (IsA(clause, BooleanTest))
	{
		BoolTestType test = ((BooleanTest *) clause)->booltesttype;

		*fixes = test == IS_TRUE || test == IS_FALSE;
		clause = (Node *) ((BooleanTest *) clause)->arg;
	}
	return clause != NULL && IsA(clause, Var) && pa_indexable_key(context, clause, facts);
}

/* The key of a clause that a predicate could be, and whether it fixes it. */
static bool
match_clause(const PaUseContext *context, Node *clause, PaColumnFacts *facts,
			 bool *fixes)
{
	*fixes = false;
	if (IsA(clause, OpExpr))
		return list_length(((OpExpr *) clause)->args) == 2 &&
			match_comparison(context, (OpExpr *) clause, facts, fixes);
	if (IsA(clause, ScalarArrayOpExpr))
		return match_list(context, (ScalarArrayOpExpr *) clause, facts);
	if (IsA(clause, NullTest))
	{
		NullTest   *test = (NullTest *) clause;

		*fixes = test->nulltesttype == IS_NULL;
		return !test->argisrow && IsA(test->arg, Var) &&
			pa_searchable_key(context, (Node *) test->arg, facts);
	}
	return match_boolean(context, clause, facts, fixes);
}

/* List of PaPredicateUse *, in CurrentMemoryContext. */
List *
pa_predicate_uses(const PaUseContext *context)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, context->rel->baserestrictinfo)
	{
		RestrictInfo *rinfo = (RestrictInfo *) lfirst(lc);
		Node	   *clause = (Node *) rinfo->clause;
		PaColumnFacts facts;
		bool		fixes;
		PaPredicateUse *use;

		if (rinfo->pseudoconstant || rinfo->orclause != NULL ||
			contain_mutable_functions(clause) ||
			!match_clause(context, clause, &facts, &fixes))
			continue;
		use = palloc0(sizeof(PaPredicateUse));
		use->clause = pa_own_expression(context, clause);
		use->attnum = facts.attnum;
		use->selectivity = pa_key_selectivity(context, &facts, PA_USE_EQUAL, clause);
		use->share = 1;
		use->fixes = fixes;
		result = lappend(result, use);
	}
	return result;
}

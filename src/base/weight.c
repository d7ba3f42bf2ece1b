/*-------------------------------------------------------------------------
 *
 * weight.c
 *		How large an expression or query becomes when it is written out.
 *
 * nodeToString and EXPLAIN write a value of some hundred megabytes as several
 * times as much, and raise an error above a gigabyte.  Whoever wants their
 * output asks here first.
 *
 * IDENTIFICATION
 *		src/base/weight.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/detoast.h"
#include "nodes/nodeFuncs.h"

#include "base/weight.h"

#define PA_NODE_WEIGHT 16

/* Gives the bytes of a value; one that is out of line is not fetched. */
static int64
const_weight(const Const *value)
{
	if (value->constisnull || value->constbyval)
		return 0;
	if (value->constlen == -1)
		return (int64) toast_raw_datum_size(value->constvalue);
	if (value->constlen == -2)
		return (int64) strlen(DatumGetCString(value->constvalue));
	return value->constlen;
}

/* Takes an expression's weight from what is left; true when that is used up. */
static bool
weigh(Node *node, void *left)
{
	if (node == NULL)
		return false;
	*(int64 *) left -= PA_NODE_WEIGHT + (IsA(node, Const) ? const_weight((const Const *) node) : 0);
	if (*(int64 *) left < 0)
		return true;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, weigh, left, 0);
	return expression_tree_walker(node, weigh, left);
}

bool
pa_query_is_heavier(Query *query, int64 limit)
{
	return weigh((Node *) query, &limit);
}

/* Weighs the conditions that only some kinds of nodes have. */
static bool
weigh_conditions(const Plan *plan, void *left)
{
	switch (nodeTag(plan))
	{
		case T_Result:
			return weigh(((const Result *) plan)->resconstantqual, left);
		case T_IndexScan:
			return weigh((Node *) ((const IndexScan *) plan)->indexqualorig, left) ||
				weigh((Node *) ((const IndexScan *) plan)->indexorderbyorig, left);
		case T_IndexOnlyScan:
			return weigh((Node *) ((const IndexOnlyScan *) plan)->indexqual, left) ||
				weigh((Node *) ((const IndexOnlyScan *) plan)->indexorderby, left);
		case T_BitmapIndexScan:
			return weigh((Node *) ((const BitmapIndexScan *) plan)->indexqualorig, left);
		case T_BitmapHeapScan:
			return weigh((Node *) ((const BitmapHeapScan *) plan)->bitmapqualorig, left);
		case T_SampleScan:
			return weigh((Node *) ((const SampleScan *) plan)->tablesample, left);
		case T_TidScan:
			return weigh((Node *) ((const TidScan *) plan)->tidquals, left);
		case T_TidRangeScan:
			return weigh((Node *) ((const TidRangeScan *) plan)->tidrangequals, left);
		case T_MergeJoin:
			return weigh((Node *) ((const MergeJoin *) plan)->mergeclauses, left) ||
				weigh((Node *) ((const Join *) plan)->joinqual, left);
		case T_HashJoin:
			return weigh((Node *) ((const HashJoin *) plan)->hashclauses, left) ||
				weigh((Node *) ((const Join *) plan)->joinqual, left);
		case T_NestLoop:
			return weigh((Node *) ((const Join *) plan)->joinqual, left);
		case T_WindowAgg:
			return weigh((Node *) ((const WindowAgg *) plan)->runCondition, left);
		case T_Memoize:
			return weigh((Node *) ((const Memoize *) plan)->param_exprs, left);
		case T_ModifyTable:
			return weigh(((const ModifyTable *) plan)->onConflictWhere, left);
		default:
			return false;
	}
}

/* Sort and group keys are shown as the target list below has them. */
static bool
weigh_plan(PlanState *planstate, void *left)
{
	const Plan *plan = planstate->plan;

	*(int64 *) left -= PA_NODE_WEIGHT;
	return weigh((Node *) plan->targetlist, left) || weigh((Node *) plan->qual, left) ||
		weigh_conditions(plan, left) || planstate_tree_walker(planstate, weigh_plan, left);
}

bool
pa_plan_is_heavier(PlanState *planstate, int64 limit)
{
	return weigh_plan(planstate, &limit);
}

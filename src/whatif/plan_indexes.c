/*-------------------------------------------------------------------------
 *
 * plan_indexes.c
 *		A walk over a finished plan, and which hypothetical indexes it uses.
 *
 * IDENTIFICATION
 *		src/whatif/plan_indexes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/plannodes.h"

#include "whatif/whatif_internal.h"

static void walk_plan(Plan *plan, pa_plan_visitor visit, void *context);

static void
walk_plans(List *plans, pa_plan_visitor visit, void *context)
{
	ListCell   *lc;

	foreach(lc, plans)
		walk_plan((Plan *) lfirst(lc), visit, context);
}

static void
walk_plan(Plan *plan, pa_plan_visitor visit, void *context)
{
	if (plan == NULL)
		return;
	check_stack_depth();
	visit(plan, context);

	switch (nodeTag(plan))
	{
		case T_BitmapAnd:
			walk_plans(((BitmapAnd *) plan)->bitmapplans, visit, context);
			break;
		case T_BitmapOr:
			walk_plans(((BitmapOr *) plan)->bitmapplans, visit, context);
			break;
		case T_Append:
			walk_plans(((Append *) plan)->appendplans, visit, context);
			break;
		case T_MergeAppend:
			walk_plans(((MergeAppend *) plan)->mergeplans, visit, context);
			break;
		case T_SubqueryScan:
			walk_plan(((SubqueryScan *) plan)->subplan, visit, context);
			break;
		case T_CustomScan:
			walk_plans(((CustomScan *) plan)->custom_plans, visit, context);
			break;
		default:
			break;
	}
	walk_plan(outerPlan(plan), visit, context);
	walk_plan(innerPlan(plan), visit, context);
}

/* Visit every node, those of subplans and initplans included. */
void
pa_plan_walk(const PlannedStmt *stmt, pa_plan_visitor visit, void *context)
{
	walk_plan(stmt->planTree, visit, context);
	walk_plans(stmt->subplans, visit, context);
}

typedef struct PlanIndexes
{
	int			ncandidates;
	uint64		used;
} PlanIndexes;

/* Fake OIDs are nobody else's, see PA_FIRST_FAKE_OID. */
static void
note_index_cb(Plan *plan, void *context)
{
	PlanIndexes *indexes = (PlanIndexes *) context;
	Oid			indexid = InvalidOid;

	if (IsA(plan, IndexScan))
		indexid = ((IndexScan *) plan)->indexid;
	else if (IsA(plan, IndexOnlyScan))
		indexid = ((IndexOnlyScan *) plan)->indexid;
	else if (IsA(plan, BitmapIndexScan))
		indexid = ((BitmapIndexScan *) plan)->indexid;

	if (indexid >= PA_FIRST_FAKE_OID && indexid < PA_FIRST_FAKE_OID + indexes->ncandidates)
		indexes->used |= UINT64CONST(1) << (indexid - PA_FIRST_FAKE_OID);
}

/* Bit i is set when the i-th candidate occurs anywhere in the plan. */
uint64
pa_plan_candidates(const PlannedStmt *plan, List *candidates)
{
	PlanIndexes indexes = {list_length(candidates), 0};

	if (candidates != NIL)
		pa_plan_walk(plan, note_index_cb, &indexes);
	return indexes.used;
}

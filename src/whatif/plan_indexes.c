/*-------------------------------------------------------------------------
 *
 * plan_indexes.c
 *		Which hypothetical indexes a finished plan uses.
 *
 * IDENTIFICATION
 *		src/whatif/plan_indexes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/plannodes.h"
#include "parser/parsetree.h"

#include "whatif/whatif_internal.h"

typedef struct PlanIndexes
{
	const PlannedStmt *stmt;
	List	   *candidates;
	uint64		used;
} PlanIndexes;

static void walk_plan(Plan *plan, PlanIndexes *indexes);

static void
walk_plans(List *plans, PlanIndexes *indexes)
{
	ListCell   *lc;

	foreach(lc, plans)
		walk_plan((Plan *) lfirst(lc), indexes);
}

/* A fake OID counts only on the table that the candidate is on. */
static void
note_index(Oid indexid, Index scanrelid, PlanIndexes *indexes)
{
	int			n = (int) (indexid - PA_FIRST_FAKE_OID);
	const PaIndexSpec *spec;

	if (indexid < PA_FIRST_FAKE_OID || n >= list_length(indexes->candidates))
		return;
	spec = (const PaIndexSpec *) list_nth(indexes->candidates, n);
	if (rt_fetch(scanrelid, indexes->stmt->rtable)->relid == spec->relid)
		indexes->used |= UINT64CONST(1) << n;
}

static void
walk_plan(Plan *plan, PlanIndexes *indexes)
{
	if (plan == NULL)
		return;
	check_stack_depth();

	switch (nodeTag(plan))
	{
		case T_IndexScan:
			note_index(((IndexScan *) plan)->indexid,
					   ((Scan *) plan)->scanrelid, indexes);
			break;
		case T_IndexOnlyScan:
			note_index(((IndexOnlyScan *) plan)->indexid,
					   ((Scan *) plan)->scanrelid, indexes);
			break;
		case T_BitmapIndexScan:
			note_index(((BitmapIndexScan *) plan)->indexid,
					   ((Scan *) plan)->scanrelid, indexes);
			break;
		case T_BitmapAnd:
			walk_plans(((BitmapAnd *) plan)->bitmapplans, indexes);
			break;
		case T_BitmapOr:
			walk_plans(((BitmapOr *) plan)->bitmapplans, indexes);
			break;
		case T_Append:
			walk_plans(((Append *) plan)->appendplans, indexes);
			break;
		case T_MergeAppend:
			walk_plans(((MergeAppend *) plan)->mergeplans, indexes);
			break;
		case T_SubqueryScan:
			walk_plan(((SubqueryScan *) plan)->subplan, indexes);
			break;
		case T_CustomScan:
			walk_plans(((CustomScan *) plan)->custom_plans, indexes);
			break;
		default:
			break;
	}
	walk_plan(outerPlan(plan), indexes);
	walk_plan(innerPlan(plan), indexes);
}

/* Bit i is set when the i-th candidate occurs anywhere in the plan. */
uint64
pa_plan_candidates(const PlannedStmt *plan, List *candidates)
{
	PlanIndexes indexes = {plan, candidates, 0};

	if (candidates == NIL)
		return 0;
	walk_plan(plan->planTree, &indexes);
	walk_plans(plan->subplans, &indexes);
	return indexes.used;
}

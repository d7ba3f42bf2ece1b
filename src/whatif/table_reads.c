/*-------------------------------------------------------------------------
 *
 * table_reads.c
 *		How often one execution of a plan reads a whole table.
 *
 * A small table is rightly read as a whole, once.  Below a nested loop or in
 * a sub-select it may be read once for each row of another table, and what is
 * small becomes much.
 *
 * All of it is the planner's own estimate.  A node runs once for each row on
 * the outer side of the nested loops above it, and for each call of the
 * sub-selects that it is in; but not again where what is below it is kept (a
 * hash table, a CTE, a sort) and does not depend on those rows.  What Memoize
 * keeps it has for as many different values as it expects entries.  Rows of a
 * table that are only kept in memory are read again as well, and a nested
 * loop that compares all pairs might as well have its sides exchanged.
 *
 * A parallel plan's rows are those of one worker; so its nodes count for less
 * than they do.
 *
 * IDENTIFICATION
 *		src/whatif/table_reads.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "parser/parsetree.h"

#include "whatif/whatif_internal.h"

/* Rounds of WITH RECURSIVE, as cost_recursive_union() takes them. */
#define RECURSIVE_ROUNDS 10

/* Something above a node that makes it run again, innermost first. */
typedef struct Repetition
{
	const struct Repetition *outer;
	Bitmapset  *params;			/* PARAM_EXEC numbers that each round changes */
	double		runs;			/* in one execution, all rounds */
} Repetition;

typedef struct ReadsContext
{
	const PlannedStmt *stmt;
	Oid			relid;
	double		tuples;			/* of the table */
	double		reads;			/* the most of any scan */
} ReadsContext;

/* The node that a search for sub-selects is in. */
typedef struct CallsContext
{
	ReadsContext *reads;
	const Repetition *above;
	double		runs;
	double		rows;			/* evaluations for the target list, or 0 */
	double		cost;			/* planner units of one run of the node itself */
} CallsContext;

static void walk_plan(ReadsContext *context, Plan *plan, const Repetition *above,
					  double runs);

/* ---- how often ---- */

/* Runs of a node that keeps what it got until a parameter of it changes. */
static double
kept_runs(const Plan *plan, const Repetition *above)
{
	for (; above != NULL; above = above->outer)
	{
		if (bms_overlap(plan->extParam, above->params))
			return above->runs;
	}
	return 1;
}

static void
walk_kept(ReadsContext *context, Plan *plan, const Repetition *above)
{
	if (plan != NULL)
		walk_plan(context, plan, above, kept_runs(plan, above));
}

/* A node that does not read what is below it again, but for new parameters. */
static bool
keeps_input(Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_Hash:
		case T_Sort:
		case T_Material:
			return true;
		case T_Agg:
			return ((Agg *) plan)->aggstrategy == AGG_HASHED;
		default:
			return false;
	}
}

/* ---- sub-selects ---- */

/* NULL for one that the planner did without in the end. */
static Plan *
plan_of(const ReadsContext *context, const SubPlan *subplan)
{
	return (Plan *) list_nth(context->stmt->subplans, subplan->plan_id - 1);
}

/*
 * Evaluations of a sub-select in one run of the node.  In a condition it is
 * evaluated for rows that the node does not return: what the node costs tells
 * how many there are.
 */
static double
calls_of(const SubPlan *subplan, const CallsContext *calls)
{
	if (calls->rows > 0)
		return calls->rows;
	return subplan->per_call_cost > 0 ? Max(1, calls->cost / subplan->per_call_cost) : 1;
}

static bool
subplan_walker(Node *node, void *arg)
{
	CallsContext *calls = (CallsContext *) arg;

	if (node == NULL)
		return false;
	if (IsA(node, SubPlan))
	{
		SubPlan    *subplan = (SubPlan *) node;
		Plan	   *plan = plan_of(calls->reads, subplan);
		Repetition	repetition = {calls->above, NULL, 0};
		ListCell   *lc;

		if (subplan->useHashTable || subplan->parParam == NIL)
			walk_kept(calls->reads, plan, calls->above);
		else
		{
			foreach(lc, subplan->parParam)
				repetition.params = bms_add_member(repetition.params, lfirst_int(lc));
			repetition.runs = calls->runs * calls_of(subplan, calls);
			walk_plan(calls->reads, plan, &repetition, repetition.runs);
		}
	}
	return expression_tree_walker(node, subplan_walker, arg);
}

static double
cost_of_inputs(const Plan *plan)
{
	double		cost = 0;

	if (outerPlan(plan) != NULL)
		cost += outerPlan(plan)->total_cost;
	if (innerPlan(plan) != NULL)
		cost += innerPlan(plan)->total_cost;
	if (IsA(plan, SubqueryScan))
		cost += ((const SubqueryScan *) plan)->subplan->total_cost;
	return cost;
}

static void
walk_subplans(ReadsContext *context, Plan *plan, const Repetition *above, double runs)
{
	CallsContext calls = {context, above, runs, 0, 0};
	ListCell   *lc;

	calls.cost = Max(0, plan->total_cost - cost_of_inputs(plan));
	(void) subplan_walker((Node *) plan->qual, &calls);
	if (IsA(plan, NestLoop) || IsA(plan, HashJoin) || IsA(plan, MergeJoin))
		(void) subplan_walker((Node *) ((Join *) plan)->joinqual, &calls);
	calls.rows = Max(1, plan->plan_rows);
	(void) subplan_walker((Node *) plan->targetlist, &calls);

	/* also those of WITH */
	foreach(lc, plan->initPlan)
		walk_kept(context, plan_of(context, (SubPlan *) lfirst(lc)), above);
}

/* ---- nodes ---- */

static void
walk_plans(ReadsContext *context, List *plans, const Repetition *above, double runs)
{
	ListCell   *lc;

	foreach(lc, plans)
		walk_plan(context, (Plan *) lfirst(lc), above, runs);
}

/* The table that a scan reads, or the partitioned one that it is a part of. */
static bool
is_scan_of(const PlannedStmt *stmt, Index rti, Oid relid)
{
	ListCell   *lc;

	for (;;)
	{
		Index		parent = 0;

		if (rt_fetch(rti, stmt->rtable)->relid == relid)
			return true;
		foreach(lc, stmt->appendRelations)
		{
			AppendRelInfo *appinfo = (AppendRelInfo *) lfirst(lc);

			if (appinfo->child_relid == rti)
				parent = appinfo->parent_relid;
		}
		if (parent == 0)
			return false;
		rti = parent;
	}
}

/* The node scans the table itself; runs may count those of the rows it found. */
static void
note_scan(ReadsContext *context, const Plan *plan, double runs)
{
	if (IsA(plan, SeqScan) &&
		is_scan_of(context->stmt, ((const Scan *) plan)->scanrelid, context->relid))
		context->reads = Max(context->reads, runs);
}

/* Reading some of the table's rows again is so much of reading all of them. */
static double
share_of_rows(const ReadsContext *context, const Plan *plan)
{
	return Min(1, plan->plan_rows / Max(1, context->tuples));
}

static void
walk_nested_loop(ReadsContext *context, NestLoop *loop, const Repetition *above, double runs)
{
	Plan	   *outer = outerPlan(loop);
	Plan	   *inner = innerPlan(loop);
	Repetition	repetition = {above, NULL, runs * Max(1, outer->plan_rows)};
	ListCell   *lc;

	if (loop->nestParams == NIL && loop->join.joinqual != NIL)
		note_scan(context, outer, runs * inner->plan_rows * share_of_rows(context, outer));
	foreach(lc, loop->nestParams)
		repetition.params = bms_add_member(repetition.params,
										   ((NestLoopParam *) lfirst(lc))->paramno);
	walk_plan(context, outer, above, runs);
	walk_plan(context, inner, &repetition, repetition.runs);
}

static void
walk_recursive_union(ReadsContext *context, RecursiveUnion *recursion, const Repetition *above,
					 double runs)
{
	Repetition	repetition = {above, bms_make_singleton(recursion->wtParam),
	runs * RECURSIVE_ROUNDS};

	walk_plan(context, outerPlan(recursion), above, runs);
	walk_plan(context, innerPlan(recursion), &repetition, repetition.runs);
}

static void
walk_plan(ReadsContext *context, Plan *plan, const Repetition *above, double runs)
{
	double		below = runs;

	if (plan == NULL)
		return;
	check_stack_depth();
	walk_subplans(context, plan, above, runs);
	if (keeps_input(plan))
		below = kept_runs(plan, above);

	switch (nodeTag(plan))
	{
		case T_SeqScan:
			note_scan(context, plan, runs);
			return;
		case T_Material:
			note_scan(context, outerPlan(plan), runs * share_of_rows(context, outerPlan(plan)));
			break;
		case T_NestLoop:
			walk_nested_loop(context, (NestLoop *) plan, above, runs);
			return;
		case T_RecursiveUnion:
			walk_recursive_union(context, (RecursiveUnion *) plan, above, runs);
			return;
		case T_Append:
			walk_plans(context, ((Append *) plan)->appendplans, above, runs);
			return;
		case T_MergeAppend:
			walk_plans(context, ((MergeAppend *) plan)->mergeplans, above, runs);
			return;
		case T_SubqueryScan:
			walk_plan(context, ((SubqueryScan *) plan)->subplan, above, runs);
			return;
		case T_CustomScan:
			walk_plans(context, ((CustomScan *) plan)->custom_plans, above, runs);
			return;
		case T_Memoize:
			if (((Memoize *) plan)->est_entries > 0)
				below = Min(runs, ((Memoize *) plan)->est_entries);
			break;
		default:
			break;
	}
	walk_plan(context, outerPlan(plan), above, below);
	walk_plan(context, innerPlan(plan), above, below);
}

double
pa_plan_table_reads(const PlannedStmt *stmt, Oid relid, double tuples)
{
	ReadsContext context = {stmt, relid, tuples, 0};

	walk_plan(&context, stmt->planTree, NULL, 1);
	return context.reads;
}

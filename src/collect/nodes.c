/*-------------------------------------------------------------------------
 *
 * nodes.c
 *		What the nodes of a plan say: before the execution which relations
 *		they scan and with what filter; after it how many rows they read and
 *		gave, and what did not fit into memory.
 *
 * Read before standard_ExecutorEnd(), where nothing may be allocated and
 * nothing may fail: only fields of the executor's nodes that are there anyway.
 *
 * A misestimate is the factor between the rows that a node was expected to
 * give and those it gave, per loop, as in EXPLAIN ANALYZE.  A node that may
 * have been stopped early (below a LIMIT, in a cursor that was not read to its
 * end, in an EXISTS) counts only when it gave more than expected.
 *
 * A node's own time is what it took without the nodes below it.  Workers'
 * times are in the sums of what they run, as in EXPLAIN ANALYZE, but not in
 * that of the Gather above: that one only waits.  A sub-query that runs once
 * (an InitPlan) runs inside whichever node first wants its value, and what
 * that node is, nothing tells; of a CTE it is known.
 *
 * IDENTIFICATION
 *		src/collect/nodes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "executor/hashjoin.h"
#include "nodes/nodeFuncs.h"
#include "utils/rel.h"
#include "utils/tuplesort.h"

#include "collect/detail.h"
#include "compat/instrument.h"

/* Reused: ExecutorEnd must not allocate. */
PaNodeWalk	pa_walk;

/* A node's place in the plan, for the walk. */
typedef struct PaNodePlace
{
	const PlanState *parent;	/* NULL above the top node */
	bool		cut;			/* the parent may have been stopped early */
	double		below;			/* msec of the parent's children so far */
} PaNodePlace;

/* ---- scans ---- */

/* Gives what kind of scan a node is, with its index.  False for others. */
static bool
scan_identity(const Plan *plan, PaScan *scan)
{
	switch (nodeTag(plan))
	{
		case T_SeqScan:
			scan->kind = PA_SCAN_SEQ;
			return true;
		case T_IndexScan:
			scan->kind = PA_SCAN_INDEX;
			scan->indexid = ((const IndexScan *) plan)->indexid;
			return true;
		case T_IndexOnlyScan:
			scan->kind = PA_SCAN_INDEX_ONLY;
			scan->indexid = ((const IndexOnlyScan *) plan)->indexid;
			return true;
		case T_BitmapIndexScan:
			scan->kind = PA_SCAN_BITMAP_INDEX;
			scan->indexid = ((const BitmapIndexScan *) plan)->indexid;
			return true;
		case T_BitmapHeapScan:
			scan->kind = PA_SCAN_BITMAP_HEAP;
			return true;
		case T_SampleScan:
		case T_TidScan:
		case T_TidRangeScan:
		case T_ForeignScan:
			scan->kind = PA_SCAN_OTHER;
			return true;
		default:
			return false;
	}
}

/*
 * Adds one node's scan to the walk unless it is of a temporary relation, and
 * returns it; NULL when there is none.
 */
static PaScan *
add_scan(PlanState *node)
{
	PaScan	   *scan = &pa_walk.scans[pa_walk.nscans];
	Relation	relation;

	memset(scan, 0, sizeof(*scan));
	if (pa_walk.nscans >= PA_MAX_SCANS - 1 || !scan_identity(node->plan, scan))
		return NULL;
	if (scan->kind != PA_SCAN_BITMAP_INDEX)
	{
		relation = ((ScanState *) node)->ss_currentRelation;
		if (relation == NULL || relation->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
			return NULL;
		scan->relid = RelationGetRelid(relation);
	}
	scan->node = node->plan->plan_node_id;
	scan->plan_rows = node->plan->plan_rows;
	if (pa_walk.counted)
	{
		scan->loops = node->instrument->nloops;
		scan->rows_kept = node->instrument->ntuples;
		scan->rows_read = node->instrument->ntuples + node->instrument->nfiltered1 +
			node->instrument->nfiltered2;
	}
	if (pa_walk.described && scan->kind != PA_SCAN_BITMAP_INDEX && scan->kind != PA_SCAN_INDEX_ONLY)
		scan->predicate = pa_predicate_serialize(node->plan->qual, ((Scan *) node->plan)->scanrelid);
	pa_walk.nscans++;
	return scan;
}

/* ---- misestimates ---- */

/*
 * True when a node may have been stopped before it had given all its rows.
 */
static bool
may_be_cut(const PlanState *node, const PaNodePlace *place)
{
	const PlanState *parent = place->parent;
	bool		inner;

	if (parent == NULL)
		return place->cut;
	inner = node == innerPlanState(parent);
	if (!inner && node != outerPlanState(parent))
	{
		/* sub-plans: an EXISTS stops at the first row */
		return place->cut ||
			!(IsA(parent, AppendState) || IsA(parent, MergeAppendState) ||
			  IsA(parent, BitmapAndState) || IsA(parent, BitmapOrState) ||
			  IsA(parent, SubqueryScanState));
	}
	switch (nodeTag(parent))
	{
		case T_LimitState:
		case T_MergeJoinState:
			return true;
		case T_SortState:
		case T_HashState:
		case T_ModifyTableState:
			return false;		/* these read everything */
		case T_AggState:
			return place->cut && ((const Agg *) parent->plan)->aggstrategy == AGG_SORTED;
		case T_NestLoopState:
			return place->cut || (inner && ((const JoinState *) parent)->single_match);
		case T_HashJoinState:
			/* an empty hash table ends the join */
			return place->cut || (!inner && innerPlanState(parent)->instrument != NULL &&
								  innerPlanState(parent)->instrument->ntuples == 0);
		default:
			return place->cut;
	}
}

/* Gives what EXPLAIN calls a node, as far as rows are concerned. */
static const char *
node_name(const Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_SeqScan:
			return "Seq Scan";
		case T_SampleScan:
			return "Sample Scan";
		case T_IndexScan:
			return "Index Scan";
		case T_IndexOnlyScan:
			return "Index Only Scan";
		case T_BitmapIndexScan:
			return "Bitmap Index Scan";
		case T_BitmapHeapScan:
			return "Bitmap Heap Scan";
		case T_TidScan:
			return "Tid Scan";
		case T_TidRangeScan:
			return "Tid Range Scan";
		case T_ForeignScan:
			return "Foreign Scan";
		case T_FunctionScan:
			return "Function Scan";
		case T_TableFuncScan:
			return "Table Function Scan";
		case T_ValuesScan:
			return "Values Scan";
		case T_CteScan:
			return "CTE Scan";
		case T_WorkTableScan:
			return "WorkTable Scan";
		case T_NamedTuplestoreScan:
			return "Named Tuplestore Scan";
		case T_SubqueryScan:
			return "Subquery Scan";
		case T_CustomScan:
			return "Custom Scan";
		case T_NestLoop:
			return "Nested Loop";
		case T_MergeJoin:
			return "Merge Join";
		case T_HashJoin:
			return "Hash Join";
		case T_Hash:
			return "Hash";
		case T_Sort:
			return "Sort";
		case T_IncrementalSort:
			return "Incremental Sort";
		case T_Material:
			return "Materialize";
		case T_Memoize:
			return "Memoize";
		case T_Agg:
			return "Aggregate";
		case T_WindowAgg:
			return "WindowAgg";
		case T_Group:
			return "Group";
		case T_Unique:
			return "Unique";
		case T_SetOp:
			return "SetOp";
		case T_Append:
			return "Append";
		case T_MergeAppend:
			return "Merge Append";
		case T_RecursiveUnion:
			return "Recursive Union";
		case T_Gather:
			return "Gather";
		case T_GatherMerge:
			return "Gather Merge";
		case T_Limit:
			return "Limit";
		case T_LockRows:
			return "LockRows";
		case T_ProjectSet:
			return "ProjectSet";
		case T_Result:
			return "Result";
		default:
			return "Plan Node";
	}
}

/* Gives the relation whose rows a node reads, NULL for other nodes. */
static Relation
node_relation(const PlanState *node)
{
	switch (nodeTag(node))
	{
		case T_SeqScanState:
		case T_SampleScanState:
		case T_IndexScanState:
		case T_IndexOnlyScanState:
		case T_BitmapHeapScanState:
		case T_TidScanState:
		case T_TidRangeScanState:
		case T_ForeignScanState:
			return ((const ScanState *) node)->ss_currentRelation;
		case T_BitmapIndexScanState:
			return ((const BitmapIndexScanState *) node)->biss_RelationDesc;
		default:
			return NULL;
	}
}

/* Writes what EXPLAIN calls the node, such as "Seq Scan on orders". */
static void
write_name(char *name, const PlanState *node)
{
	Relation	relation = node_relation(node);

	if (relation != NULL)
		snprintf(name, PA_NODE_NAME_SIZE, "%s on %s", node_name(node->plan),
				 RelationGetRelationName(relation));
	else
		strlcpy(name, node_name(node->plan), PA_NODE_NAME_SIZE);
}

/* Counts the node's misestimate when it is the worst so far. */
static void
add_misestimate(const PlanState *node, bool cut)
{
	double		actual;
	double		expected = Max(node->plan->plan_rows, 1.0);
	double		factor;

	if (node->instrument->nloops <= 0 || IsA(node, ModifyTableState) ||
		IsA(node, BitmapAndState) || IsA(node, BitmapOrState))
		return;
	actual = Max(node->instrument->ntuples / node->instrument->nloops, 1.0);
	if (cut && actual < expected)
		return;
	factor = actual > expected ? actual / expected : expected / actual;
	if (factor <= pa_walk.plan.misestimate)
		return;
	pa_walk.plan.misestimate = factor;
	pa_walk.plan.misestimate_node = node->plan->plan_node_id;
	write_name(pa_walk.plan.misestimate_name, node);
}

/* ---- times ---- */

static bool
is_init_plan(const PlanState *parent, const PlanState *node)
{
	ListCell   *lc;

	if (parent == NULL)
		return false;
	foreach(lc, parent->initPlan)
	{
		if (((const SubPlanState *) lfirst(lc))->planstate == node)
			return true;
	}
	return false;
}

/*
 * Gives the time of the CTE that a scan of it reads: the first to read it has
 * it run.  Others keep no time of their own, reading costs them little.
 */
static double
time_of_cte(const PlanState *node)
{
	const PlanState *cte;

	if (!IsA(node, CteScanState))
		return 0;
	cte = ((const CteScanState *) node)->cteplanstate;
	return cte->instrument != NULL ? pa_instrument_msec(cte->instrument) : 0;
}

/*
 * Notes the node's own time.  "below" is the time of its children, which were
 * walked before; "scan" is NULL when it is no scan.
 */
static void
add_time(const PlanState *node, PaNodePlace *place, double below, PaScan *scan)
{
	double		total = pa_instrument_msec(node->instrument);
	double		own = Max(total - below - time_of_cte(node), 0.0);

	pa_walk.plan.timed = 1;
	if (!is_init_plan(place->parent, node))
		place->below += total;
	if (scan != NULL)
		scan->time = own;
	if (own <= pa_walk.plan.node_time)
		return;
	pa_walk.plan.node_time = own;
	write_name(pa_walk.plan.slowest_name, node);
}

/* ---- memory ---- */

static void
add_batches(int batches)
{
	pa_walk.plan.hash_batches = Max(pa_walk.plan.hash_batches, batches);
}

/* Kilobytes, as the executor counts them. */
static void
add_spill(int64 kilobytes)
{
	pa_walk.plan.sort_spill = Max(pa_walk.plan.sort_spill, kilobytes * 1024);
}

/* The leader's table is there until ExecutorEnd; those of workers are gone. */
static void
add_hash(const HashState *hash)
{
	if (hash->hashtable != NULL)
		add_batches(hash->hashtable->nbatch);
	if (hash->hinstrument != NULL)
		add_batches(hash->hinstrument->nbatch);
	for (int i = 0; hash->shared_info != NULL && i < hash->shared_info->num_workers; i++)
		add_batches(hash->shared_info->hinstrument[i].nbatch);
}

static void
add_hash_aggregate(const AggState *agg)
{
	if (agg->aggstrategy != AGG_HASHED && agg->aggstrategy != AGG_MIXED)
		return;
	add_batches(agg->hash_batches_used);
	for (int i = 0; agg->shared_info != NULL && i < agg->shared_info->num_workers; i++)
		add_batches(agg->shared_info->sinstrument[i].hash_batches_used);
}

static void
add_sort(const SortState *sort)
{
	TuplesortInstrumentation stats;

	if (sort->sort_Done && sort->tuplesortstate != NULL)
	{
		tuplesort_get_stats(sort->tuplesortstate, &stats);
		if (stats.spaceType == SORT_SPACE_TYPE_DISK)
			add_spill(stats.spaceUsed);
	}
	for (int i = 0; sort->shared_info != NULL && i < sort->shared_info->num_workers; i++)
	{
		if (sort->shared_info->sinstrument[i].spaceType == SORT_SPACE_TYPE_DISK)
			add_spill(sort->shared_info->sinstrument[i].spaceUsed);
	}
}

static void
add_incremental_sort(const IncrementalSortState *sort)
{
	add_spill(sort->incsort_info.fullsortGroupInfo.maxDiskSpaceUsed);
	add_spill(sort->incsort_info.prefixsortGroupInfo.maxDiskSpaceUsed);
	for (int i = 0; sort->shared_info != NULL && i < sort->shared_info->num_workers; i++)
	{
		add_spill(sort->shared_info->sinfo[i].fullsortGroupInfo.maxDiskSpaceUsed);
		add_spill(sort->shared_info->sinfo[i].prefixsortGroupInfo.maxDiskSpaceUsed);
	}
}

static void
add_memory(const PlanState *node)
{
	switch (nodeTag(node))
	{
		case T_HashState:
			add_hash((const HashState *) node);
			break;
		case T_AggState:
			add_hash_aggregate((const AggState *) node);
			break;
		case T_SortState:
			add_sort((const SortState *) node);
			break;
		case T_IncrementalSortState:
			add_incremental_sort((const IncrementalSortState *) node);
			break;
		default:
			break;
	}
}

/* ---- the walk ---- */

static bool
walk_node(PlanState *node, void *context)
{
	PaNodePlace *place = context;
	PaNodePlace below = {node, false, 0};
	PaScan	   *scan = NULL;

	if (!pa_walk.counted)
		(void) add_scan(node);
	else if (node->instrument != NULL)
	{
		InstrEndLoop(node->instrument);
		below.cut = may_be_cut(node, place);
		pa_walk.plan.counted += node->instrument->ntuples + node->instrument->nloops;
		scan = add_scan(node);
		add_misestimate(node, below.cut);
		add_memory(node);
	}
	(void) planstate_tree_walker(node, walk_node, &below);
	if (pa_walk.counted && node->instrument != NULL && pa_instrument_timed(node->instrument))
		add_time(node, place, below.below, scan);
	return false;
}

/* Gathers what the nodes scan, with their filters, palloc'd. */
void
pa_nodes_describe(QueryDesc *query_desc)
{
	PaNodePlace top = {NULL, false, 0};

	memset(&pa_walk, 0, offsetof(PaNodeWalk, scans));
	pa_walk.described = true;
	if (query_desc->planstate != NULL)
		(void) walk_node(query_desc->planstate, &top);
}

/*
 * Gathers what the nodes counted.  "partial" says that the execution was not
 * read to its end.
 */
void
pa_nodes_read(QueryDesc *query_desc, bool partial)
{
	PlanState  *top = query_desc->planstate;
	PaNodePlace above = {NULL, partial, 0};

	memset(&pa_walk, 0, offsetof(PaNodeWalk, scans));
	pa_walk.counted = true;
	if (top == NULL)
		return;
	(void) walk_node(top, &above);

	/* a modification gives no rows, what is below it does */
	if (IsA(top, ModifyTableState) && outerPlanState(top) != NULL)
		top = outerPlanState(top);
	pa_walk.plan.rows_estimated = top->plan->plan_rows;
	if (top->instrument != NULL)
		pa_walk.plan.rows_actual = top->instrument->ntuples;
}

/* ---- before the execution ---- */

static double
expected_of_list(const List *plans, double loops)
{
	double		sum = 0;
	ListCell   *lc;

	foreach(lc, plans)
		sum += pa_nodes_expected(lfirst(lc), loops);
	return sum;
}

/*
 * Gives the rows and loops that the planner expects of all nodes.  "loops"
 * are those of this one; less than one when it is stopped early.
 */
double
pa_nodes_expected(const Plan *plan, double loops)
{
	double		sum;
	double		outer_loops = loops;
	double		inner_loops = loops;

	if (plan == NULL)
		return 0;
	sum = (plan->plan_rows + 1) * loops;
	if (IsA(plan, NestLoop) && outerPlan(plan) != NULL)
		inner_loops = Max(outerPlan(plan)->plan_rows, 1) * loops;
	else if (IsA(plan, Limit) && outerPlan(plan) != NULL)
		outer_loops = loops * Min(1.0, plan->total_cost / Max(outerPlan(plan)->total_cost, 1.0));
	else if (IsA(plan, Append))
		sum += expected_of_list(((const Append *) plan)->appendplans, loops);
	else if (IsA(plan, MergeAppend))
		sum += expected_of_list(((const MergeAppend *) plan)->mergeplans, loops);
	else if (IsA(plan, SubqueryScan))
		sum += pa_nodes_expected(((const SubqueryScan *) plan)->subplan, loops);
	return sum + pa_nodes_expected(outerPlan(plan), outer_loops) +
		pa_nodes_expected(innerPlan(plan), inner_loops);
}

/*-------------------------------------------------------------------------
 *
 * plan_outline.c
 *		What a finished plan is made of, to be compared with another plan of
 *		the same statement.
 *
 * A plan is outlined by the labels of its nodes, as EXPLAIN has them, without
 * costs, conditions and order: two outlines with the same labels read the
 * same relations by the same ways.  Nodes that only pass rows on are left
 * out.
 *
 * IDENTIFICATION
 *		src/whatif/plan_outline.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"

#include "nodes/plannodes.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "whatif/whatif_internal.h"

typedef struct OutlineState
{
	const PlannedStmt *stmt;
	PaPlanOutline *outline;
} OutlineState;

/* The name of a relation that is locked, quoted. */
static const char *
relation_label(Oid relid)
{
	char	   *name = get_rel_name(relid);

	return name != NULL ? quote_identifier(name) : "?";
}

static void
add_label(OutlineState *state, char *label)
{
	state->outline->labels = lappend(state->outline->labels, label);
}

/* A scan of the relation at that place of the range table. */
static void
add_scan(OutlineState *state, const char *what, Index rti)
{
	Oid			relid = rti > 0 ? rt_fetch(rti, state->stmt->rtable)->relid : InvalidOid;

	if (OidIsValid(relid))
		add_label(state, psprintf("%s on %s", what, relation_label(relid)));
}

static void
add_index(OutlineState *state, Oid indexid)
{
	if (indexid >= FirstNormalObjectId)
		state->outline->indexids = list_append_unique_oid(state->outline->indexids, indexid);
}

static void
add_index_scan(OutlineState *state, const char *what, Oid indexid, Index rti)
{
	add_index(state, indexid);
	add_scan(state, psprintf("%s using %s", what, relation_label(indexid)), rti);
}

static const char *
aggregate_label(const Agg *agg)
{
	switch (agg->aggstrategy)
	{
		case AGG_SORTED:
			return "GroupAggregate";
		case AGG_HASHED:
			return "HashAggregate";
		case AGG_MIXED:
			return "MixedAggregate";
		default:
			return "Aggregate";
	}
}

/* Label of a node that reads no relation; NULL: it is left out. */
static const char *
step_label(const Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_NestLoop:
			return "Nested Loop";
		case T_MergeJoin:
			return "Merge Join";
		case T_HashJoin:
			return "Hash Join";
		case T_Sort:
			return "Sort";
		case T_IncrementalSort:
			return "Incremental Sort";
		case T_Memoize:
			return "Memoize";
		case T_Material:
			return "Materialize";
		case T_Group:
			return "Group";
		case T_Agg:
			return aggregate_label((const Agg *) plan);
		case T_Unique:
			return "Unique";
		case T_Gather:
			return "Gather";
		case T_GatherMerge:
			return "Gather Merge";
		case T_MergeAppend:
			return "Merge Append";
		case T_BitmapAnd:
			return "BitmapAnd";
		case T_BitmapOr:
			return "BitmapOr";
		default:
			return NULL;
	}
}

/* ON CONFLICT needs the index by which it was inferred, or fails. */
static void
add_arbiters(OutlineState *state, const ModifyTable *node)
{
	if (node->arbiterIndexes != NIL)
		state->outline->arbiters = lappend(state->outline->arbiters,
										   list_copy(node->arbiterIndexes));
}

static void
outline_node_cb(Plan *plan, void *context)
{
	OutlineState *state = context;
	const char *label;

	switch (nodeTag(plan))
	{
		case T_SeqScan:
			add_scan(state, "Seq Scan", ((Scan *) plan)->scanrelid);
			break;
		case T_SampleScan:
			add_scan(state, "Sample Scan", ((Scan *) plan)->scanrelid);
			break;
		case T_IndexScan:
			add_index_scan(state, "Index Scan", ((IndexScan *) plan)->indexid,
						   ((Scan *) plan)->scanrelid);
			break;
		case T_IndexOnlyScan:
			add_index_scan(state, "Index Only Scan", ((IndexOnlyScan *) plan)->indexid,
						   ((Scan *) plan)->scanrelid);
			break;
		case T_BitmapIndexScan:
			add_index(state, ((BitmapIndexScan *) plan)->indexid);
			add_label(state, psprintf("Bitmap Index Scan on %s",
									  relation_label(((BitmapIndexScan *) plan)->indexid)));
			break;
		case T_BitmapHeapScan:
			add_scan(state, "Bitmap Heap Scan", ((Scan *) plan)->scanrelid);
			break;
		case T_TidScan:
			add_scan(state, "Tid Scan", ((Scan *) plan)->scanrelid);
			break;
		case T_TidRangeScan:
			add_scan(state, "Tid Range Scan", ((Scan *) plan)->scanrelid);
			break;
		case T_ForeignScan:
			add_scan(state, "Foreign Scan", ((Scan *) plan)->scanrelid);
			break;
		case T_ModifyTable:
			add_arbiters(state, (ModifyTable *) plan);
			break;
		default:
			label = step_label(plan);
			if (label != NULL)
				add_label(state, pstrdup(label));
			break;
	}
}

/* list_sort comparator of char * */
static int
compare_labels(const ListCell *a, const ListCell *b)
{
	return strcmp(lfirst(a), lfirst(b));
}

/* The outline of a plan, in CurrentMemoryContext. */
PaPlanOutline *
pa_plan_outline(const PlannedStmt *stmt)
{
	PaPlanOutline *outline = palloc0(sizeof(PaPlanOutline));
	OutlineState state = {stmt, outline};

	outline->cost = stmt->planTree->total_cost;
	pa_plan_walk(stmt, outline_node_cb, &state);
	list_sort(outline->labels, compare_labels);
	return outline;
}

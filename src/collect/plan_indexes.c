/*-------------------------------------------------------------------------
 *
 * plan_indexes.c
 *		Tells the store which indexes a plan contains, once for each plan that
 *		this backend executes.
 *
 * Executions are counted by plan anyway; from which indexes the plan is made
 * needs to be known once.  The plan's identifier is a hash of them, among
 * others, and does not depend on the statement: a flood of statements that all
 * look up one row by the same index is one plan.
 *
 * Not before an execution starts: planning or explaining a plan uses nothing.
 * The catalogs' own indexes and those of temporary tables are left out.
 *
 * Guard: none, what is remembered here is this backend's.
 *
 * IDENTIFICATION
 *		src/collect/plan_indexes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "utils/memutils.h"

#include "collect/detail.h"
#include "collect/planid.h"

#define PA_PUT_PLANS 512		/* a power of two */
#define PA_FIRST_INDEXES 64

/* Plans that were put: direct-mapped, a collision only puts one again. */
static int64 put_plans[PA_PUT_PLANS];
static uint32 put_epoch = 0;

/* The indexes of the plan at hand; grows for a plan of more, and is kept. */
static Oid	first_indexes[PA_FIRST_INDEXES];
static Oid *indexes = first_indexes;
static uint32 room = PA_FIRST_INDEXES;
static uint32 count;
static bool failed;				/* some index found no memory */

static void gather(const PlannedStmt *pstmt, const Plan *plan);

static bool
grow(void)
{
	uint32		wanted = room * 2;
	Oid		   *larger = MemoryContextAllocExtended(TopMemoryContext, wanted * sizeof(Oid),
													MCXT_ALLOC_NO_OOM);

	if (larger == NULL)
		return false;
	memcpy(larger, indexes, count * sizeof(Oid));
	if (indexes != first_indexes)
		pfree(indexes);
	indexes = larger;
	room = wanted;
	return true;
}

static void
add_index(Oid indexid)
{
	/* the catalogs' */
	if (indexid < FirstNormalObjectId)
		return;
	if (count < room || grow())
		indexes[count++] = indexid;
	else
		failed = true;
}

/* Adds the index of a scan unless it is of a temporary table. */
static void
add_scan(const PlannedStmt *pstmt, const Plan *plan, Oid indexid)
{
	if (pa_plan_relation(pstmt, ((const Scan *) plan)->scanrelid) != PA_TEMPORARY_RELATION)
		add_index(indexid);
}

/* Adds the unique indexes by which ON CONFLICT decides. */
static void
add_arbiters(const PlannedStmt *pstmt, const ModifyTable *modify)
{
	ListCell   *lc;

	if (modify->arbiterIndexes == NIL ||
		pa_plan_relation(pstmt, linitial_int(modify->resultRelations)) == PA_TEMPORARY_RELATION)
		return;
	foreach(lc, modify->arbiterIndexes)
		add_index(lfirst_oid(lc));
}

static void
gather_list(const PlannedStmt *pstmt, const List *plans)
{
	ListCell   *lc;

	foreach(lc, plans)
		gather(pstmt, lfirst(lc));
}

/* Adds the indexes of a node and of all below it: the nodes of planid.c. */
static void
gather(const PlannedStmt *pstmt, const Plan *plan)
{
	if (plan == NULL)
		return;
	switch (nodeTag(plan))
	{
		case T_IndexScan:
			add_scan(pstmt, plan, ((const IndexScan *) plan)->indexid);
			break;
		case T_IndexOnlyScan:
			add_scan(pstmt, plan, ((const IndexOnlyScan *) plan)->indexid);
			break;
		case T_BitmapIndexScan:
			add_scan(pstmt, plan, ((const BitmapIndexScan *) plan)->indexid);
			break;
		case T_SubqueryScan:
			gather(pstmt, ((const SubqueryScan *) plan)->subplan);
			break;
		case T_CustomScan:
			gather_list(pstmt, ((const CustomScan *) plan)->custom_plans);
			break;
		case T_Append:
			gather_list(pstmt, ((const Append *) plan)->appendplans);
			break;
		case T_MergeAppend:
			gather_list(pstmt, ((const MergeAppend *) plan)->mergeplans);
			break;
		case T_BitmapAnd:
			gather_list(pstmt, ((const BitmapAnd *) plan)->bitmapplans);
			break;
		case T_BitmapOr:
			gather_list(pstmt, ((const BitmapOr *) plan)->bitmapplans);
			break;
		case T_ModifyTable:
			add_arbiters(pstmt, (const ModifyTable *) plan);
			break;
		default:
			break;
	}
	gather(pstmt, plan->lefttree);
	gather(pstmt, plan->righttree);
}

/* qsort comparator */
static int
compare_oids(const void *left, const void *right)
{
	Oid			a = *(const Oid *) left;
	Oid			b = *(const Oid *) right;

	return (a > b) - (a < b);
}

/* A plan may scan an index several times, and counts once for it. */
static void
remove_duplicates(void)
{
	uint32		kept = 0;

	qsort(indexes, count, sizeof(Oid), compare_oids);
	for (uint32 i = 0; i < count; i++)
	{
		if (kept == 0 || indexes[i] != indexes[kept - 1])
			indexes[kept++] = indexes[i];
	}
	count = kept;
}

/* True when the store knows the plan, or has nothing to know of it. */
static bool
put_plan(int64 planid, const PlannedStmt *pstmt)
{
	count = 0;
	failed = false;
	gather(pstmt, pstmt->planTree);
	gather_list(pstmt, pstmt->subplans);
	if (failed)
		return false;
	if (count > 1)
		remove_duplicates();
	return count == 0 || pa_store_put_plan_indexes(planid, indexes, count);
}

/*
 * Puts the plan of an execution that starts, unless this backend has.
 */
void
pa_plan_indexes_put(PaSeenShape *seen, int64 planid, const PlannedStmt *pstmt)
{
	uint32		epoch = pa_store_plans_epoch();
	int64	   *known = &put_plans[(uint64) planid % PA_PUT_PLANS];

	if (unlikely(epoch != put_epoch))
	{
		memset(put_plans, 0, sizeof(put_plans));
		put_epoch = epoch;
	}
	if (*known != planid)
	{
		if (!put_plan(planid, pstmt))
			return;
		*known = planid;
	}
	seen->indexes_put = planid;
}

/* ---- executions that are not recorded ---- */

/* When this backend noted an index; direct-mapped. */
#define PA_NOTED_INDEXES 256	/* a power of two */

static struct
{
	Oid			indexid;
	TimestampTz at;
}			noted[PA_NOTED_INDEXES];

/*
 * An execution starts that is not recorded: recording is off for the server,
 * a role or this session, or it is too deep.  The indexes that it uses are
 * watched from now on.
 */
void
pa_plan_indexes_unrecorded(const PlannedStmt *pstmt)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();

	if (IsParallelWorker() || !pa_store_ready())
		return;
	count = 0;
	gather(pstmt, pstmt->planTree);
	gather_list(pstmt, pstmt->subplans);
	for (uint32 i = 0; i < count; i++)
	{
		int			place = indexes[i] % PA_NOTED_INDEXES;

		if (noted[place].indexid == indexes[i] && now - noted[place].at < PA_UNRECORDED_AGAIN)
			continue;
		noted[place].indexid = indexes[i];
		noted[place].at = now;
		pa_store_note_unrecorded(indexes[i], now);
	}
}

/* Puts the plan of an execution during which plans were forgotten. */
void
pa_plan_indexes_put_again(int64 planid, const PlannedStmt *pstmt)
{
	(void) put_plan(planid, pstmt);
}

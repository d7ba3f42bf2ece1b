/*-------------------------------------------------------------------------
 *
 * planid.c
 *		Hashes the structure of a plan: node types, relations and indexes,
 *		join order and type, sort and group keys.  No costs, no constants.
 *
 * Temporary relations and their indexes hash as one fixed value (their
 * position in the plan still counts): otherwise every session that makes
 * the same temporary table would bring a plan of its own.
 *
 * IDENTIFICATION
 *		src/collect/planid.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"

#include "base/mix.h"
#include "collect/planid.h"

static uint64 hash_plan(uint64 hash, const PlannedStmt *pstmt, const Plan *plan);

static bool
session_has_temporary_relations(void)
{
	Oid			namespace;
	Oid			toast_namespace;

	GetTempNamespaceState(&namespace, &toast_namespace);
	return OidIsValid(namespace);
}

Oid
pa_plan_relation(const PlannedStmt *pstmt, Index scanrelid)
{
	Oid			relid;

	if (scanrelid == 0 || scanrelid > (Index) list_length(pstmt->rtable))
		return InvalidOid;
	relid = rt_fetch(scanrelid, pstmt->rtable)->relid;
	if (OidIsValid(relid) && session_has_temporary_relations() &&
		get_rel_persistence(relid) == RELPERSISTENCE_TEMP)
		return PA_TEMPORARY_RELATION;
	return relid;
}

/* Adds the unique indexes by which ON CONFLICT decides. */
static uint64
hash_arbiters(uint64 hash, const PlannedStmt *pstmt, const ModifyTable *modify)
{
	ListCell   *lc;

	if (likely(modify->arbiterIndexes == NIL) ||
		pa_plan_relation(pstmt, linitial_int(modify->resultRelations)) == PA_TEMPORARY_RELATION)
		return hash;
	foreach(lc, modify->arbiterIndexes)
		hash = pa_mix64_add(hash, lfirst_oid(lc));
	return hash;
}

static uint64
hash_columns(uint64 hash, int count, const AttrNumber *columns)
{
	for (int i = 0; i < count; i++)
		hash = pa_mix64_add(hash, columns[i]);
	return hash;
}

static uint64
hash_scan(uint64 hash, const PlannedStmt *pstmt, const Scan *scan, Oid indexid, int direction)
{
	Oid			relid = pa_plan_relation(pstmt, scan->scanrelid);

	if (unlikely(relid == PA_TEMPORARY_RELATION))
		indexid = InvalidOid;
	hash = pa_mix64_add(hash, relid);
	return pa_mix64_add(hash, ((uint64) indexid << 2) | (uint64) (direction & 3));
}

static uint64
hash_plans(uint64 hash, const PlannedStmt *pstmt, const List *plans)
{
	ListCell   *lc;

	foreach(lc, plans)
		hash = hash_plan(hash, pstmt, lfirst(lc));
	return hash;
}

/* Adds what is particular to a scan node; false for other nodes. */
static bool
hash_scan_node(uint64 *hash, const PlannedStmt *pstmt, const Plan *plan)
{
	const Scan *scan = (const Scan *) plan;

	switch (nodeTag(plan))
	{
		case T_SeqScan:
		case T_SampleScan:
		case T_BitmapHeapScan:
		case T_TidScan:
		case T_TidRangeScan:
		case T_FunctionScan:
		case T_ValuesScan:
		case T_TableFuncScan:
		case T_CteScan:
		case T_NamedTuplestoreScan:
		case T_WorkTableScan:
		case T_ForeignScan:
			*hash = hash_scan(*hash, pstmt, scan, InvalidOid, 0);
			return true;
		case T_IndexScan:
			*hash = hash_scan(*hash, pstmt, scan, ((const IndexScan *) plan)->indexid,
							  ((const IndexScan *) plan)->indexorderdir);
			return true;
		case T_IndexOnlyScan:
			*hash = hash_scan(*hash, pstmt, scan, ((const IndexOnlyScan *) plan)->indexid,
							  ((const IndexOnlyScan *) plan)->indexorderdir);
			return true;
		case T_BitmapIndexScan:
			*hash = hash_scan(*hash, pstmt, scan, ((const BitmapIndexScan *) plan)->indexid, 0);
			return true;
		case T_SubqueryScan:
			*hash = hash_plan(*hash, pstmt, ((const SubqueryScan *) plan)->subplan);
			return true;
		case T_CustomScan:
			*hash = hash_scan(*hash, pstmt, scan, InvalidOid, 0);
			*hash = hash_plans(*hash, pstmt, ((const CustomScan *) plan)->custom_plans);
			return true;
		default:
			return false;
	}
}

/* Adds what is particular to a node that is not a scan. */
static uint64
hash_upper_node(uint64 hash, const PlannedStmt *pstmt, const Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_NestLoop:
		case T_MergeJoin:
		case T_HashJoin:
			return pa_mix64_add(hash, ((const Join *) plan)->jointype);
		case T_Sort:
			return hash_columns(hash, ((const Sort *) plan)->numCols, ((const Sort *) plan)->sortColIdx);
		case T_IncrementalSort:
			hash = pa_mix64_add(hash, ((const IncrementalSort *) plan)->nPresortedCols);
			return hash_columns(hash, ((const Sort *) plan)->numCols, ((const Sort *) plan)->sortColIdx);
		case T_Agg:
			hash = pa_mix64_add(hash, ((const Agg *) plan)->aggstrategy);
			return hash_columns(hash, ((const Agg *) plan)->numCols, ((const Agg *) plan)->grpColIdx);
		case T_Group:
			return hash_columns(hash, ((const Group *) plan)->numCols, ((const Group *) plan)->grpColIdx);
		case T_Append:
			return hash_plans(hash, pstmt, ((const Append *) plan)->appendplans);
		case T_MergeAppend:
			return hash_plans(hash, pstmt, ((const MergeAppend *) plan)->mergeplans);
		case T_BitmapAnd:
			return hash_plans(hash, pstmt, ((const BitmapAnd *) plan)->bitmapplans);
		case T_BitmapOr:
			return hash_plans(hash, pstmt, ((const BitmapOr *) plan)->bitmapplans);
		case T_ModifyTable:
			{
				const ModifyTable *modify = (const ModifyTable *) plan;
				ListCell   *lc;

				hash = pa_mix64_add(hash, modify->operation);
				foreach(lc, modify->resultRelations)
					hash = pa_mix64_add(hash, pa_plan_relation(pstmt, lfirst_int(lc)));
				return hash_arbiters(hash, pstmt, modify);
			}
		default:
			return hash;
	}
}

static uint64
hash_plan(uint64 hash, const PlannedStmt *pstmt, const Plan *plan)
{
	if (unlikely(plan == NULL))
		return pa_mix64_add(hash, 0);
	hash = pa_mix64_add(hash, nodeTag(plan));
	if (!hash_scan_node(&hash, pstmt, plan))
		hash = hash_upper_node(hash, pstmt, plan);
	if (plan->lefttree != NULL)
		hash = hash_plan(hash, pstmt, plan->lefttree);
	if (plan->righttree != NULL)
		hash = hash_plan(hash, pstmt, plan->righttree);
	return hash;
}

/*
 * Gives the identifier, never 0.  Looks into the catalog only in sessions
 * that have temporary relations.
 */
int64
pa_planid_compute(const PlannedStmt *pstmt)
{
	uint64		hash = hash_plan(pstmt->commandType, pstmt, pstmt->planTree);

	if (unlikely(pstmt->subplans != NIL))
		hash = hash_plans(hash, pstmt, pstmt->subplans);
	return likely(hash != 0) ? (int64) hash : 1;
}

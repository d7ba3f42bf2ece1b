/*-------------------------------------------------------------------------
 *
 * planner.h
 *		What differs between server versions in the planner's interfaces.
 *
 * IDENTIFICATION
 *		src/compat/planner.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_PLANNER_H
#define PA_COMPAT_PLANNER_H

#include "access/stratnum.h"
#include "access/tableam.h"
#include "nodes/params.h"
#include "nodes/pathnodes.h"
#include "nodes/plannodes.h"
#include "optimizer/planner.h"
#include "utils/rel.h"

/* 19 gave the planner the ExplainState of the EXPLAIN that calls it. */
static inline PlannedStmt *
pa_standard_planner(Query *query, ParamListInfo params)
{
#if PG_VERSION_NUM >= 190000
	return standard_planner(query, "", 0, params, NULL);
#else
	return standard_planner(query, "", 0, params);
#endif
}

/*
 * Whose privileges count for a relation, 0 for the current user's: 16 moved it
 * from the range table entry to the planner's relation (a61b1f7482).
 */
static inline Oid
pa_relation_user(const RelOptInfo *rel, const RangeTblEntry *rte)
{
#if PG_VERSION_NUM >= 160000
	(void) rte;
	return rel->userid;
#else
	(void) rel;
	return rte->checkAsUser;
#endif
}

/* 18 tells the planner of NULLS NOT DISTINCT. */
static inline void
pa_index_set_nulls_equal(IndexOptInfo *info, bool nulls_equal)
{
#if PG_VERSION_NUM >= 180000
	info->nullsnotdistinct = nulls_equal;
#else
	(void) info;
	(void) nulls_equal;
#endif
}

/* 18 replaced the b-tree strategy of a path key by a comparison type. */
static inline bool
pa_pathkey_descending(const PathKey *pathkey)
{
#if PG_VERSION_NUM >= 180000
	return pathkey->pk_cmptype == COMPARE_GT;
#else
	return pathkey->pk_strategy == BTGreaterStrategyNumber;
#endif
}

/* 16 marks Vars that an outer join may have set to NULL. */
static inline bool
pa_var_is_nullable(const Var *var)
{
#if PG_VERSION_NUM >= 160000
	return var->varnullingrels != NULL;
#else
	(void) var;
	return false;
#endif
}

/* Takes that mark away. */
static inline void
pa_var_forget_nullable(Var *var)
{
#if PG_VERSION_NUM >= 160000
	var->varnullingrels = NULL;
#else
	(void) var;
#endif
}

/* 18 folded scan_bitmap_next_block into scan_bitmap_next_tuple. */
static inline bool
pa_table_has_bitmap_scan(Relation relation)
{
#if PG_VERSION_NUM >= 180000
	return relation->rd_tableam->scan_bitmap_next_tuple != NULL;
#else
	return relation->rd_tableam->scan_bitmap_next_block != NULL;
#endif
}

#endif							/* PA_COMPAT_PLANNER_H */

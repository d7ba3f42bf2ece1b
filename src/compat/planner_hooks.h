/*-------------------------------------------------------------------------
 *
 * planner_hooks.h
 *		The hook through which indexes are added to a relation.
 *
 * 19 replaces get_relation_info_hook by build_simple_rel_hook (91f33a2ae9).
 * PA_RELATION_HOOK is the variable, PA_RELATION_HOOK_ARGS what it takes, and
 * the other macros give what both have.
 *
 * IDENTIFICATION
 *		src/compat/planner_hooks.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_PLANNER_HOOKS_H
#define PA_COMPAT_PLANNER_HOOKS_H

#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/plancat.h"

#if PG_VERSION_NUM >= 190000
typedef build_simple_rel_hook_type pa_relation_hook_type;
#define PA_RELATION_HOOK build_simple_rel_hook
#define PA_RELATION_HOOK_ARGS PlannerInfo *root, RelOptInfo *rel, RangeTblEntry *rte
#define PA_RELATION_HOOK_PASS root, rel, rte
#define PA_RELATION_HOOK_RELID (rte->rtekind == RTE_RELATION ? rte->relid : InvalidOid)
#define PA_RELATION_HOOK_INHPARENT (rte->inh)
#else
typedef get_relation_info_hook_type pa_relation_hook_type;
#define PA_RELATION_HOOK get_relation_info_hook
#define PA_RELATION_HOOK_ARGS PlannerInfo *root, Oid relationObjectId, bool inhparent, RelOptInfo *rel
#define PA_RELATION_HOOK_PASS root, relationObjectId, inhparent, rel
#define PA_RELATION_HOOK_RELID relationObjectId
#define PA_RELATION_HOOK_INHPARENT inhparent
#endif

#endif							/* PA_COMPAT_PLANNER_HOOKS_H */

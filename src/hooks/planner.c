/*-------------------------------------------------------------------------
 *
 * planner.c
 *		planner_hook: time and query tree; the planner's inner hooks: what-if
 *		indexes and their statistics.
 *
 * IDENTIFICATION
 *		src/hooks/planner.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/selfuncs.h"

#include "collect/collect.h"
#include "compat/planner_hooks.h"
#include "hooks/hooks.h"
#include "whatif/whatif.h"

static planner_hook_type prev_planner = NULL;
static pa_relation_hook_type prev_relation = NULL;
static set_rel_pathlist_hook_type prev_set_rel_pathlist = NULL;
static get_index_stats_hook_type prev_index_stats = NULL;

/* Puts ours into the chain, or takes it out where it is still the last one. */
#define PA_SET_HOOK(hook, ours, prev, is_set, wanted) \
	do { \
		if ((wanted) && !(is_set)) \
		{ \
			(prev) = (hook); \
			(hook) = (ours); \
			(is_set) = true; \
		} \
		else if (!(wanted) && (is_set) && (hook) == (ours)) \
		{ \
			(hook) = (prev); \
			(is_set) = false; \
		} \
	} while (0)

static PlannedStmt *
call_planner(PA_PLANNER_ARGS)
{
	if (prev_planner)
		return prev_planner(PA_PLANNER_PASS);
	return standard_planner(PA_PLANNER_PASS);
}

static PlannedStmt *
plan(PA_PLANNER_ARGS)
{
	PaPlanning	planning;
	PlannedStmt *volatile result = NULL;	/* set inside PG_TRY */

	if (unlikely(pa_collect_idle() || pa_whatif_active()))
	{
		pa_plannings++;
		return call_planner(PA_PLANNER_PASS);
	}

	pa_collect_planning_begin(&planning, parse, query_string, boundParams);
	PG_TRY();
	{
		result = call_planner(PA_PLANNER_PASS);
	}
	PG_CATCH();
	{
		pa_collect_failed(&planning.running);
		PG_RE_THROW();
	}
	PG_END_TRY();
	pa_collect_planning_end(&planning, result);
	return result;
}

/* After all others, so that indexes hidden or added by them are known. */
static void
relation_info(PA_RELATION_HOOK_ARGS)
{
	if (prev_relation)
		prev_relation(PA_RELATION_HOOK_PASS);
	if (pa_whatif_active())
		pa_whatif_get_relation_info(root, PA_RELATION_HOOK_RELID, PA_RELATION_HOOK_INHPARENT, rel);
}

static void
set_rel_pathlist(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte)
{
	if (prev_set_rel_pathlist)
		prev_set_rel_pathlist(root, rel, rti, rte);
	if (pa_whatif_active())
		pa_whatif_set_rel_pathlist(root, rel, rti, rte);
}

/* Before all others, who do not know our indexes. */
static bool
index_stats(PlannerInfo *root, Oid indexOid, AttrNumber indexattnum,
			VariableStatData *vardata)
{
	if (pa_whatif_active() && pa_whatif_get_index_stats(root, indexOid, indexattnum, vardata))
		return true;
	return prev_index_stats != NULL && prev_index_stats(root, indexOid, indexattnum, vardata);
}

/*
 * What only a what-if planning needs is in the chains only while one goes on:
 * the user's plannings would pay for it.  A library that put a hook of its own
 * after ours meanwhile keeps calling ours, which stays there then.
 */
static void
set_whatif_hooks(bool wanted)
{
	static bool has_relation = false;
	static bool has_set_rel_pathlist = false;
	static bool has_index_stats = false;

	PA_SET_HOOK(PA_RELATION_HOOK, relation_info, prev_relation, has_relation, wanted);
	PA_SET_HOOK(set_rel_pathlist_hook, set_rel_pathlist, prev_set_rel_pathlist, has_set_rel_pathlist, wanted);
	PA_SET_HOOK(get_index_stats_hook, index_stats, prev_index_stats, has_index_stats, wanted);
}

void
pa_hooks_init_planner(void)
{
	prev_planner = planner_hook;
	planner_hook = plan;
	pa_whatif_init(set_whatif_hooks);
}

/*-------------------------------------------------------------------------
 *
 * whatif.h
 *		Planning a stored statement again, with indexes that do not exist.
 *
 * pa_whatif_open() takes a stored tree, checks that planning it is safe and
 * plans it once as it is; pa_whatif_plan() plans it with a set of
 * hypothetical indexes.  Many statements may be open at a time: between two
 * calls nothing is held but memory, neither locks nor a subtransaction nor
 * another user's identity.  Every call therefore locks and checks again.
 *
 * A refusal is an answer, not an error: the statement stays open, every
 * later planning returns false, and pa_whatif_refusal() says why.  Only
 * cancel and terminate requests leave these functions by an error.
 *
 * Callers are SQL functions that must be VOLATILE and PARALLEL UNSAFE, for
 * the subtransactions.
 *
 * IDENTIFICATION
 *		src/whatif/whatif.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_WHATIF_WHATIF_H
#define PA_WHATIF_WHATIF_H

#include "nodes/params.h"
#include "nodes/pathnodes.h"
#include "nodes/pg_list.h"
#include "utils/selfuncs.h"

#include "base/index_advice.h"
#include "base/query_tree.h"

/* ---- one statement, for report/ ---- */

typedef struct PaWhatifStatement PaWhatifStatement;

/*
 * Open a stored tree of the user userid with its sampled parameter vectors
 * (List of ParamListInfo, may be NIL; only the first PA_MAX_PLAN_VECTORS
 * count) and plan it as it is.  Never NULL; everything it returns or points
 * to lives until pa_whatif_close(), in a child of CurrentMemoryContext.  The
 * tree and the vectors must stay until then too.
 */
extern PaWhatifStatement *pa_whatif_open(const PaStoredTree *tree, List *params,
										 Oid userid);
extern void pa_whatif_close(PaWhatifStatement *statement);

/* Why the statement is not planned, or NULL when it is; lower case. */
extern const char *pa_whatif_refusal(const PaWhatifStatement *statement);

/* True when refused because something it depends on changed: drop the tree. */
extern bool pa_whatif_is_stale(const PaWhatifStatement *statement);

/* Cost of the plan with no hypothetical index. */
extern const PaPlanCost *pa_whatif_base(const PaWhatifStatement *statement);

/* List of PaRelationUse *: what the base planning saw, one a scanned relation. */
extern List *pa_whatif_relations(const PaWhatifStatement *statement);

/*
 * Plan with the candidates (List of PaIndexSpec *, at most 64; bit i of
 * cost->used is the i-th).  A candidate on a relation that the statement
 * does not read, or that could not be created, is simply not used.  Returns
 * false when refused (see pa_whatif_refusal).
 */
extern bool pa_whatif_plan(PaWhatifStatement *statement, List *candidates,
						   PaPlanCost *cost);

/*
 * The same for several sets (List of List of PaIndexSpec *) at the price of
 * one check: costs[] has room for one entry a set.
 */
extern bool pa_whatif_plan_sets(PaWhatifStatement *statement, List *sets,
								PaPlanCost *costs);

/*
 * How many times each of the vectors of pa_whatif_base() counts in the mean
 * of later plannings, not all of them 0; one that does not count is not
 * planned, its vector_cost is 0.  NULL: once each, as in the beginning.
 */
extern void pa_whatif_weigh(PaWhatifStatement *statement, const int *counts);

/* Plannings made in this session so far, every vector counted. */
extern uint64 pa_whatif_plannings(void);

/*
 * Real indexes (OidList) that all later plannings of the statement do
 * without, as if they were dropped; NIL brings them back.
 */
extern void pa_whatif_hide(PaWhatifStatement *statement, List *indexids);

/*
 * What the plan for each of the vectors is made of without the hidden indexes
 * (List of PaPlanOutline *, as many as pa_whatif_base() has vectors), palloc'd;
 * NIL when refused.
 */
extern List *pa_whatif_outlines(PaWhatifStatement *statement);

/*
 * EXPLAIN's text of the plan for the first vector with the candidates, which
 * it calls by names (List of char *, as many), palloc'd; NULL when refused.
 */
extern char *pa_whatif_explain(PaWhatifStatement *statement, List *candidates,
							   List *names);

/* ---- a query of the caller ---- */

/*
 * Plan a query, as the caller, without and with the indexes that the CREATE
 * INDEX statements in ddl would make.  Whatever is wrong with them is an
 * error.  The answer's texts and arrays are palloc'd.
 */
extern void pa_whatif_own_query(const char *text, char **ddl, int nddl,
								PaWhatifAnswer *answer);

/* ---- sizes ---- */

/* Estimated bytes of an index, 0 when the relation is gone. */
extern int64 pa_whatif_index_size(const PaIndexSpec *spec);

/* The same from statistics alone, in no time: rows of the table are not read. */
extern int64 pa_whatif_rough_index_size(const PaIndexSpec *spec);

/* ---- for hooks/ ---- */

/* When the library is preloaded: the hooks that only what-if planning uses. */
typedef void (*pa_whatif_hooks_callback) (bool wanted);
extern void pa_whatif_init(pa_whatif_hooks_callback set_hooks);

extern PGDLLIMPORT bool pa_whatif_is_active;

/*
 * True inside a what-if planning.  The hooks of collect/ test it to stay
 * quiet; those below are called only while it is true.
 */
static inline bool
pa_whatif_active(void)
{
	return pa_whatif_is_active;
}

/* From get_relation_info_hook (build_simple_rel_hook on 19), last in the chain. */
extern void pa_whatif_get_relation_info(PlannerInfo *root, Oid relid,
										bool inhparent, RelOptInfo *rel);

/* From get_index_stats_hook: false when the index is not one of ours. */
extern bool pa_whatif_get_index_stats(PlannerInfo *root, Oid indexid, AttrNumber attnum,
									  VariableStatData *vardata);

/* From set_rel_pathlist_hook. */
extern void pa_whatif_set_rel_pathlist(PlannerInfo *root, RelOptInfo *rel,
									   Index rti, RangeTblEntry *rte);

#endif							/* PA_WHATIF_WHATIF_H */

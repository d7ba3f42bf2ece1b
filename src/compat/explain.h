/*-------------------------------------------------------------------------
 *
 * explain.h
 *		What differs between server versions around EXPLAIN's code.
 *
 * 18 moves ExplainState to a header of its own (commands/explain_state.h).
 *
 * IDENTIFICATION
 *		src/compat/explain.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_EXPLAIN_H
#define PA_COMPAT_EXPLAIN_H

#include "commands/explain.h"
#if PG_VERSION_NUM >= 180000
#include "commands/explain_state.h"
#endif
#include "executor/executor.h"
#include "nodes/plannodes.h"

/*
 * Starting the executor for EXPLAIN prunes partitions by the parameters'
 * values.  16 can be told that there are none (3c05284d83); before, a node
 * can be made to keep all its partitions.
 */
#if PG_VERSION_NUM >= 160000
#define PA_EXPLAIN_FLAGS(params) \
	(EXEC_FLAG_EXPLAIN_ONLY | ((params) == NULL ? EXEC_FLAG_EXPLAIN_GENERIC : 0))
#else
#define PA_EXPLAIN_FLAGS(params) EXEC_FLAG_EXPLAIN_ONLY
#endif

static inline void
pa_node_forget_pruning(Plan *plan)
{
#if PG_VERSION_NUM >= 160000
	(void) plan;
#else
	if (IsA(plan, Append))
		((Append *) plan)->part_prune_info = NULL;
	else if (IsA(plan, MergeAppend))
		((MergeAppend *) plan)->part_prune_info = NULL;
#endif
}

#endif							/* PA_COMPAT_EXPLAIN_H */

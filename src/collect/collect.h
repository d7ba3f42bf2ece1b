/*-------------------------------------------------------------------------
 *
 * collect.h
 *		The bookkeeping inside a user's statement, as the hooks call it.
 *
 * Nothing here raises an error of its own.  A hook calls "begin", runs the
 * next hook, and calls "end" whether that returned or raised.
 *
 * IDENTIFICATION
 *		src/collect/collect.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COLLECT_COLLECT_H
#define PA_COLLECT_COLLECT_H

#include "access/parallel.h"
#include "access/xact.h"
#include "parser/parse_node.h"
#include "tcop/utility.h"

#include "collect/usage.h"
#include "compat/compat.h"
#include "config/config.h"
#include "store/store.h"

/* Statements inside which the present one runs; 0 at the client's level. */
extern int	pa_nesting_depth;

/* Number of executions between ExecutorStart and ExecutorEnd. */
extern int	pa_open_frames;

/* True when a statement that starts now is recorded. */
static inline bool
pa_collect_wanted(void)
{
	return pa_guc_enabled && !IsParallelWorker() &&
		(pa_guc_track == PA_TRACK_ALL ||
		 (pa_guc_track == PA_TRACK_TOP && pa_nesting_depth == 0)) &&
		pa_store_ready();
}

/*
 * True when hooks have nothing to do: recording is off and no execution that
 * began while it was on is open.
 */
static inline bool
pa_collect_idle(void)
{
	return !pa_guc_enabled && pa_open_frames == 0;
}

/*
 * A stretch of time inside one statement: an ExecutorRun, an ExecutorFinish,
 * a utility statement.  Lives on the hook's C stack.
 */
typedef struct PaSpan
{
	int			frame;			/* index, or -1: only the depth counts */
	instr_time	start;
	instr_time	outer_nested;	/* nested time of the enclosing span */
	PaUsageStart usage;
} PaSpan;

/* ---- parse analysis ---- */
extern void pa_collect_text(ParseState *pstate, Query *query, const JumbleState *jstate);

/* ---- planning ---- */
typedef struct PaPlanning
{
	bool		wanted;
	int64		queryid;
	instr_time	start;
	int64		blks_hit;		/* shared blocks at the start */
	int64		blks_read;
} PaPlanning;

extern void pa_collect_planning_begin(PaPlanning *planning, Query *parse,
									  const char *query_string, ParamListInfo params);
extern void pa_collect_planning_end(PaPlanning *planning, PlannedStmt *result);

/* ---- execution ---- */
extern void pa_collect_start_begin(QueryDesc *query_desc, int eflags);
extern void pa_collect_start_end(QueryDesc *query_desc);
extern void pa_collect_run_begin(PaSpan *span, QueryDesc *query_desc);
extern void pa_collect_run_end(PaSpan *span, QueryDesc *query_desc, bool failed);
extern void pa_collect_finish_end(PaSpan *span, QueryDesc *query_desc);

/*
 * True when ExecutorFinish can do no work: a statement that changes nothing
 * has no after-triggers to fire.
 */
static inline bool
pa_collect_finish_is_empty(const QueryDesc *query_desc)
{
	return query_desc->operation == CMD_SELECT && !query_desc->plannedstmt->hasModifyingCTE;
}

extern void pa_collect_end(QueryDesc *query_desc);

/* ---- utility statements ---- */

/* A statement's place in the text that the client sent. */
typedef struct PaSource
{
	const char *text;
	int			location;
	int			len;
} PaSource;

/* The innermost utility statement that is running. */
extern PaSource pa_utility_source;

typedef struct PaUtility
{
	bool		wanted;
	bool		transparent;	/* EXECUTE, PREPARE: what is inside counts */
	PaStatementKey key;
	uint32		shape_hash;
	int16	   *place;			/* hint where its slab entry is */
	PaSource	outer_source;
	instr_time	start;
	instr_time	outer_nested;
	PaUsageStart usage;
} PaUtility;

extern void pa_collect_utility_begin(PaUtility *utility, PlannedStmt *pstmt, const char *query_string,
										 ProcessUtilityContext context);
extern void pa_collect_utility_end(PaUtility *utility, const QueryCompletion *completion, bool failed);

/* ---- transactions ---- */
extern void pa_collect_xact_cb(XactEvent event, void *arg);
extern void pa_collect_subxact_cb(SubXactEvent event, SubTransactionId mySubid,
								  SubTransactionId parentSubid, void *arg);

extern void pa_collect_init(void);

#endif							/* PA_COLLECT_COLLECT_H */

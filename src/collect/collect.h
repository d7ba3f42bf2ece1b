/*-------------------------------------------------------------------------
 *
 * collect.h
 *		The bookkeeping inside a user's statement, as the hooks call it.
 *
 * Nothing here raises an error of its own.  A hook calls "begin", runs the
 * next hook, and calls "end" when that returned, "failed" when it raised.
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

/*
 * True when what starts now was sent by the client.  Deferred triggers run at
 * COMMIT, inside no statement: for them the depth of triggers tells.
 */
static inline bool
pa_at_toplevel(void)
{
	return pa_nesting_depth == 0 && pa_trigger_depth() == 0;
}

/* True when a statement that starts now is recorded. */
static inline bool
pa_collect_wanted(void)
{
	return pa_guc_enabled && !IsParallelWorker() &&
		(pa_guc_track == PA_TRACK_ALL ||
		 (pa_guc_track == PA_TRACK_TOP && pa_at_toplevel())) &&
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
 * What our hooks have called and what has not returned yet, the innermost
 * first.  Each lives on its hook's C stack, as the first member of what the
 * hook keeps there.  "end" or "failed" takes it off; a FATAL error leaves it
 * to be found by the exit.
 */
typedef enum PaRunningKind
{
	PA_RUNS_SPAN,				/* PaSpan */
	PA_RUNS_PLANNING,			/* PaPlanning */
	PA_RUNS_UTILITY				/* PaUtility */
} PaRunningKind;

typedef struct PaRunning
{
	struct PaRunning *outer;
	PaRunningKind kind;
} PaRunning;

extern PaRunning *pa_running;

static inline void
pa_running_push(PaRunning *running, PaRunningKind kind)
{
	running->outer = pa_running;
	running->kind = kind;
	pa_running = running;
}

/*
 * A stretch inside one statement: an ExecutorStart, an ExecutorRun or an
 * ExecutorFinish; the first is not measured.  Lives on the hook's C stack.
 */
typedef struct PaSpan
{
	PaRunning	running;
	QueryDesc  *query_desc;
	bool		measured;		/* its time and usage count */
	int			frame;			/* index, or -1: only the depth counts */
	uint64		limit;			/* rows that ExecutorRun may return, 0 = all */
	double		cpu_user_time;	/* msec at the start, of a sampled execution */
	double		cpu_sys_time;
	instr_time	start;
	instr_time	outer_nested;	/* nested time of the enclosing span */
	PaUsageStart usage;
} PaSpan;

/* ---- parse analysis ---- */
extern void pa_collect_text(ParseState *pstate, Query *query, const JumbleState *jstate);

/* ---- planning ---- */
typedef struct PaPlanning
{
	PaRunning	running;
	bool		wanted;
	bool		toplevel;
	bool		has_values;		/* of the parameters */
	int64		queryid;
	PaShapeKey	shape;			/* these are set when it is wanted */
	uint32		shape_hash;
	int16	   *place;			/* hint where its slab entry is */
	instr_time	start;
	int64		blks_hit;		/* shared blocks at the start */
	int64		blks_read;
} PaPlanning;

/* Plannings of this backend, recorded or not; planid.h needs each. */
extern uint64 pa_plannings;

extern void pa_collect_planning_begin(PaPlanning *planning, Query *parse,
									  const char *query_string, ParamListInfo params);
extern void pa_collect_planning_end(PaPlanning *planning, PlannedStmt *result);

/* ---- execution ---- */
extern void pa_plan_indexes_unrecorded(const PlannedStmt *pstmt);
extern void pa_collect_start_begin(PaSpan *span, QueryDesc *query_desc, int eflags);
extern void pa_collect_start_end(PaSpan *span);
extern void pa_collect_run_begin(PaSpan *span, QueryDesc *query_desc);
extern void pa_collect_run_end(PaSpan *span);
extern void pa_collect_finish_end(PaSpan *span);

/* True when no trigger of these relations can wait for the statement's end. */
static inline bool
pa_collect_no_triggers(const List *result_relations)
{
	ListCell   *lc;

	foreach(lc, result_relations)
	{
		if (((const ResultRelInfo *) lfirst(lc))->ri_TrigDesc != NULL)
			return false;
	}
	return true;
}

/*
 * True when ExecutorFinish has no work: there is no WITH that it would run to
 * its end, and no changed table has triggers (foreign keys are triggers).
 */
static inline bool
pa_collect_finish_is_empty(const QueryDesc *query_desc)
{
	if (query_desc->plannedstmt->hasModifyingCTE)
		return false;
	return query_desc->operation == CMD_SELECT ||
		(pa_collect_no_triggers(query_desc->estate->es_opened_result_relations) &&
		 pa_collect_no_triggers(query_desc->estate->es_tuple_routing_result_relations));
}

extern void pa_collect_end(QueryDesc *query_desc);

/* ---- utility statements ---- */

/* A statement's place in the text that the client sent. */
typedef struct PaSource
{
	const char *text;
	int			location;
	int			len;
	bool		secret;			/* all of its literals are to be replaced */
} PaSource;

/* The innermost utility statement that is running. */
extern PaSource pa_utility_source;

typedef struct PaUtility
{
	PaRunning	running;
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
extern void pa_collect_utility_end(PaUtility *utility, const QueryCompletion *completion);

/* ---- errors ---- */
extern void pa_collect_failed(PaRunning *running);
extern void pa_collect_logged(int elevel, int sqlstate);

/* ---- objects, by the catalog that they are in ---- */
extern void pa_collect_created(Oid class_id, Oid object_id);
extern void pa_collect_dropped(Oid class_id, Oid object_id);
extern void pa_collect_detaching(const AlterTableStmt *statement);

/* ---- transactions ---- */
extern void pa_collect_xact_cb(XactEvent event, void *arg);
extern void pa_collect_subxact_cb(SubXactEvent event, SubTransactionId mySubid,
								  SubTransactionId parentSubid, void *arg);

extern void pa_collect_init(void);

#endif							/* PA_COLLECT_COLLECT_H */

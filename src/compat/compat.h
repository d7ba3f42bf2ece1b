/*-------------------------------------------------------------------------
 *
 * compat.h
 *		What differs between PostgreSQL 15 and 19 in the collector and the
 *		store: hook signatures, counters, process slots, locks.
 *
 * Each shim names the upstream change.  The planner's structures are in
 * compat/planner.h.
 *
 * IDENTIFICATION
 *		src/compat/compat.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_COMPAT_H
#define PA_COMPAT_COMPAT_H

#include "compat/capabilities.h"
#include "executor/execdesc.h"
#include "executor/executor.h"
#include "executor/instrument.h"
#include "jit/jit.h"
#include "miscadmin.h"
#include "optimizer/planner.h"
#include "portability/instr_time.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "utils/fmgrprotos.h"
#if PG_VERSION_NUM >= 160000
#include "nodes/queryjumble.h"
#include "varatt.h"				/* 16 moves it out of postgres.h (d952373a98) */
#else
#include "utils/queryjumble.h"
#endif

/*
 * 17 renamed block I/O times and split off those of local blocks
 * (13d00729d4, 295c36c0c1).
 */
#if PG_VERSION_NUM >= 170000
#define PA_SHARED_BLK_READ_TIME(usage) ((usage)->shared_blk_read_time)
#define PA_SHARED_BLK_WRITE_TIME(usage) ((usage)->shared_blk_write_time)
#define PA_LOCAL_BLK_READ_TIME(usage) ((usage)->local_blk_read_time)
#define PA_LOCAL_BLK_WRITE_TIME(usage) ((usage)->local_blk_write_time)
#else
#define PA_SHARED_BLK_READ_TIME(usage) ((usage)->blk_read_time)
#define PA_SHARED_BLK_WRITE_TIME(usage) ((usage)->blk_write_time)
#endif

/* 18 counts WAL buffers that were full (ce5bcc4a9f). */
#if PG_VERSION_NUM >= 180000
#define PA_WAL_BUFFERS_FULL(usage) ((usage)->wal_buffers_full)
#else
#define PA_WAL_BUFFERS_FULL(usage) INT64CONST(0)
#endif

/* 17 counts JIT deforming apart from generation (5a3423ad8e). */
#if PG_VERSION_NUM >= 170000
#define PA_JIT_DEFORM(jit) ((jit)->deform_counter)
#endif

/* 18 counts parallel workers in the executor's state (cf54a2c002). */
#if PG_VERSION_NUM >= 180000
#define PA_WORKERS_TO_LAUNCH(estate) ((estate)->es_parallel_workers_to_launch)
#define PA_WORKERS_LAUNCHED(estate) ((estate)->es_parallel_workers_launched)
#else
#define PA_WORKERS_TO_LAUNCH(estate) 0
#define PA_WORKERS_LAUNCHED(estate) 0
#endif

/* 18 drops ExecutorRun's execute_once (3eea7a0c97). */
#if PG_VERSION_NUM >= 180000
#define PA_EXECUTOR_RUN_ARGS QueryDesc *queryDesc, ScanDirection direction, uint64 count
#define PA_EXECUTOR_RUN_PASS queryDesc, direction, count
#else
#define PA_EXECUTOR_RUN_ARGS QueryDesc *queryDesc, ScanDirection direction, uint64 count, bool execute_once
#define PA_EXECUTOR_RUN_PASS queryDesc, direction, count, execute_once
#endif

/* 19 hands the planner an ExplainState (c83ac02ec7). */
#if PG_VERSION_NUM >= 190000
#define PA_PLANNER_ARGS Query *parse, const char *query_string, int cursorOptions, ParamListInfo boundParams, ExplainState *es
#define PA_PLANNER_PASS parse, query_string, cursorOptions, boundParams, es
#else
#define PA_PLANNER_ARGS Query *parse, const char *query_string, int cursorOptions, ParamListInfo boundParams
#define PA_PLANNER_PASS parse, query_string, cursorOptions, boundParams
#endif

/* 19 makes the jumble's state constant for hooks. */
#if PG_VERSION_NUM >= 190000
#define PA_JUMBLE_STATE const JumbleState
#else
#define PA_JUMBLE_STATE JumbleState
#endif

/*
 * 18 lets extensions keep a plan identifier in the plan (2a0cd38da5).  Sets
 * it when nobody else has; does nothing before.  A flag tells ours from those
 * of other extensions, which may identify less than we need: in jitFlags, as
 * in plan_origin.h.
 */
#define PA_PLANID_IS_OURS (1 << 29)

static inline void
pa_planned_stmt_set_planid(PlannedStmt *pstmt, int64 planid)
{
#if PG_VERSION_NUM >= 180000
	if (pstmt->planId == 0)
	{
		pstmt->planId = planid;
		pstmt->jitFlags |= PA_PLANID_IS_OURS;
	}
#else
	(void) pstmt;
	(void) planid;
#endif
}

/* Gives the identifier that we have kept in the plan, 0 when there is none. */
static inline int64
pa_planned_stmt_planid(const PlannedStmt *pstmt)
{
#if PG_VERSION_NUM >= 180000
	return (pstmt->jitFlags & PA_PLANID_IS_OURS) ? pstmt->planId : 0;
#else
	(void) pstmt;
	return 0;
#endif
}

/*
 * 16 counts the rows of all ExecutorRun calls of a portal (1d477a907e);
 * before, es_processed is of the last run only, to be added to those "before".
 */
static inline int64
pa_rows_after_run(const EState *estate, int64 before)
{
#if PG_VERSION_NUM >= 160000
	(void) before;
	return (int64) estate->es_total_processed;
#else
	return before + (int64) estate->es_processed;
#endif
}

/*
 * How deep the present code is inside triggers.  The SQL function only reads
 * a variable of core and looks at no argument, in all versions.
 */
static inline int
pa_trigger_depth(void)
{
	return DatumGetInt32(pg_trigger_depth(NULL));
}

/* 17 numbers processes from 0 instead of from 1 (024c521117). */
static inline int
pa_process_index(void)
{
#if PG_VERSION_NUM >= 170000
	return MyProcNumber;
#else
	return MyBackendId - 1;
#endif
}

/*
 * Computes the query identifier of a utility statement anew: other
 * extensions set it to 0 in the plan.  16 jumbles the tree instead of the
 * text (3db72ebcbe) and drops the second argument.
 */
static inline int64
pa_utility_queryid(PlannedStmt *pstmt, const char *query_string)
{
	Query	   *query = makeNode(Query);
	int64		queryid;

	query->commandType = CMD_UTILITY;
	query->utilityStmt = pstmt->utilityStmt;
	query->canSetTag = pstmt->canSetTag;
	query->stmt_location = pstmt->stmt_location;
	query->stmt_len = pstmt->stmt_len;
#if PG_VERSION_NUM >= 160000
	(void) query_string;
	(void) JumbleQuery(query);
#else
	(void) JumbleQuery(query, query_string);
#endif
	queryid = (int64) query->queryId;
	pfree(query);
	return queryid;
}

/*
 * Computes the identifier of a query that core gives none, without touching
 * it: "scratch" becomes a shallow copy with the identifier.  Those are the
 * bodies of BEGIN ATOMIC functions, REFRESH MATERIALIZED VIEW and, before 18
 * (6b652e6ce8), DECLARE CURSOR and CREATE TABLE AS.
 */
static inline JumbleState *
pa_jumble_query(Query *scratch, const Query *query, const char *query_string)
{
	*scratch = *query;
#if PG_VERSION_NUM >= 160000
	(void) query_string;
	return JumbleQuery(scratch);
#else
	return JumbleQuery(scratch, query_string);
#endif
}

#endif							/* PA_COMPAT_COMPAT_H */

/*-------------------------------------------------------------------------
 *
 * execution.c
 *		Measures an execution and hands it to the store when it ends.
 *
 * Time and buffers are summed around each ExecutorRun and ExecutorFinish (as
 * pg_stat_statements does), never from start to end, which would charge a
 * cursor's think time.  Nesting is noted at the start: a cursor may be
 * closed at COMMIT, where the depth says nothing.
 *
 * IDENTIFICATION
 *		src/collect/execution.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "collect/detail.h"
#include "collect/frames.h"
#include "collect/planid.h"

/* The plan hashed last, by the planner's hook: ExecutorStart often follows. */
static const PlannedStmt *hashed_plan = NULL;
static int64 hashed_queryid = 0;
static int64 hashed_planid = 0;

void
pa_collect_note_planid(const PlannedStmt *plan, int64 planid)
{
	hashed_plan = plan;
	hashed_queryid = (int64) plan->queryId;
	hashed_planid = planid;
}

/*
 * Gives the plan's identifier: the one it carries (18 and later), the one
 * that was computed when it was planned a moment ago, or computes it.
 */
static int64
planid_of(const PlannedStmt *plan)
{
	int64		planid = pa_planned_stmt_planid(plan);

	if (planid != 0)
		return planid;
	if (hashed_plan == plan && hashed_queryid == (int64) plan->queryId)
	{
		hashed_plan = NULL;
		return hashed_planid;
	}
	return pa_planid_compute(plan);
}

/* The statement that pa_collect_start_begin() looked at last. */
static QueryDesc *starting = NULL;
static PaStatementKey starting_key;
static uint32 starting_hash;
static bool starting_sampled;

void
pa_collect_start_begin(QueryDesc *query_desc, int eflags)
{
	PlannedStmt *plan = query_desc->plannedstmt;

	starting = NULL;
	if ((eflags & EXEC_FLAG_EXPLAIN_ONLY) || plan->queryId == 0 || !pa_collect_wanted())
		return;

	starting = query_desc;
	starting_key.shape.userid = GetUserId();
	starting_key.shape.dbid = MyDatabaseId;
	starting_key.shape.queryid = (int64) plan->queryId;
	starting_key.planid = planid_of(plan);
	starting_key.toplevel = pa_nesting_depth == 0;
	starting_hash = pa_store_shape_hash(&starting_key.shape);
	starting_sampled = pa_sample_wanted(&starting_key, starting_hash, plan);
	if (starting_sampled)
		query_desc->instrument_options |= INSTRUMENT_ROWS;
}

/*
 * Collects what the store still misses of this statement: its text, its
 * parameters, its plan's scans.  After the executor started, where catalog
 * access and memory allocation are legal.
 */
static void
collect_missing(PaFrame *frame, QueryDesc *query_desc)
{
	PaSeenShape *seen = pa_seen_shape(&frame->key.shape, frame->shape_hash);

	seen->calls++;
	seen->ran = true;
	if (unlikely(!seen->has_text))
		pa_text_backfill(seen, query_desc->sourceText, query_desc->plannedstmt->stmt_location,
						 query_desc->plannedstmt->stmt_len);
	if (query_desc->params != NULL && seen->calls >= seen->next_params && pa_guc_track_parameters)
	{
		seen->next_params = seen->calls * 2;
		pa_params_take(&frame->key.shape, frame->shape_hash, query_desc->params);
	}
	if (unlikely(frame->sampled))
		pa_sample_describe(frame, query_desc);
}

void
pa_collect_start_end(QueryDesc *query_desc, int eflags)
{
	PaFrame    *frame;

	(void) eflags;
	if (starting != query_desc)
		return;
	starting = NULL;
	frame = pa_frame_push(query_desc);
	if (frame == NULL)
		return;
	frame->key = starting_key;
	frame->shape_hash = starting_hash;
	frame->sampled = starting_sampled;
	collect_missing(frame, query_desc);
}

/* Opens a span: the clock and the usage counters are read. */
static inline void
begin_span(PaSpan *span)
{
	span->outer_nested = pa_nested_time;
	INSTR_TIME_SET_ZERO(pa_nested_time);
	span->buffers = pgBufferUsage;
	span->wal = pgWalUsage;
	INSTR_TIME_SET_CURRENT(span->start);
}

/* Adds an interval to a sum. */
static inline void
add_interval(instr_time *sum, instr_time since, instr_time now)
{
	INSTR_TIME_ACCUM_DIFF(*sum, now, since);
}

void
pa_collect_run_begin(PaSpan *span, QueryDesc *query_desc)
{
	PaFrame    *frame = pa_frame_find(query_desc);

	pa_nesting_depth++;
	span->frame = frame != NULL ? pa_frame_index(frame) : -1;
	if (frame != NULL)
		begin_span(span);
}

/* Closes a span; the enclosing one is charged with it as nested time. */
static PaFrame *
end_span(PaSpan *span, QueryDesc *query_desc)
{
	PaFrame    *frame;
	instr_time	now;
	instr_time	nested = pa_nested_time;

	INSTR_TIME_SET_CURRENT(now);
	pa_nested_time = span->outer_nested;
	add_interval(&pa_nested_time, span->start, now);

	frame = pa_frame_at(span->frame, query_desc);
	if (frame == NULL)
		return NULL;
	add_interval(&frame->total, span->start, now);
	INSTR_TIME_ADD(frame->nested, nested);
	BufferUsageAccumDiff(&frame->buffers, &pgBufferUsage, &span->buffers);
	WalUsageAccumDiff(&frame->wal, &pgWalUsage, &span->wal);
	return frame;
}

void
pa_collect_run_end(PaSpan *span, QueryDesc *query_desc, bool failed)
{
	PaFrame    *frame;

	pa_nesting_depth--;
	if (span->frame < 0)
		return;
	frame = end_span(span, query_desc);
	if (frame != NULL && !failed && !PA_HAS_TOTAL_PROCESSED)
		frame->rows += query_desc->estate->es_processed;
}

void
pa_collect_finish_end(PaSpan *span, QueryDesc *query_desc, bool failed)
{
	(void) failed;
	pa_nesting_depth--;
	if (span->frame >= 0)
		(void) end_span(span, query_desc);
}

/* Hands a finished execution to the store. */
static void
record(PaFrame *frame, QueryDesc *query_desc)
{
	EState	   *estate = query_desc->estate;
	PaExecution execution;
	JitInstrumentation jit;

	execution.exec_time = INSTR_TIME_GET_MILLISEC(frame->total);
	execution.own_exec_time = Max(execution.exec_time - INSTR_TIME_GET_MILLISEC(frame->nested), 0.0);
	execution.rows = PA_HAS_TOTAL_PROCESSED ? (int64) PA_TOTAL_PROCESSED(estate) : frame->rows;
	execution.buffers = &frame->buffers;
	execution.wal = &frame->wal;
	execution.workers_to_launch = PA_WORKERS_TO_LAUNCH(estate);
	execution.workers_launched = PA_WORKERS_LAUNCHED(estate);
	execution.jit = NULL;
	if (unlikely(estate->es_jit != NULL))
	{
		/* as EXPLAIN does: the leader's and the workers' */
		memset(&jit, 0, sizeof(jit));
		InstrJitAgg(&jit, &estate->es_jit->instr);
		if (estate->es_jit_worker_instr != NULL)
			InstrJitAgg(&jit, estate->es_jit_worker_instr);
		execution.jit = &jit;
	}
	pa_store_add_execution(&frame->key, frame->shape_hash, &execution);
	pa_sample_note_busy(execution.own_exec_time);
}

void
pa_collect_end(QueryDesc *query_desc)
{
	PaFrame    *frame = pa_frame_find(query_desc);

	if (frame == NULL)
		return;
	if (pa_store_ready())
	{
		if (frame->sampled)
			pa_sample_read(frame, query_desc);
		record(frame, query_desc);
	}
	pa_frame_drop(frame);
}

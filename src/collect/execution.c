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
#include "collect/planid.h"

void
pa_collect_start_begin(QueryDesc *query_desc, int eflags)
{
	PlannedStmt *plan = query_desc->plannedstmt;
	PaFrame    *frame;
	PaSeenShape *seen;
	bool		repeated;

	if ((eflags & EXEC_FLAG_EXPLAIN_ONLY) || plan->queryId == 0 || !pa_collect_wanted())
		return;
	frame = pa_frame_push(query_desc);
	if (frame == NULL)
		return;

	seen = pa_seen_statement((int64) plan->queryId);
	repeated = seen->ran;
	seen->ran = true;
	seen->calls++;
	frame->key.shape = seen->key;
	frame->key.toplevel = pa_nesting_depth == 0;
	frame->shape_hash = seen->hash;
	frame->place = &seen->place;
	frame->key.planid = pa_planid_of(seen, plan);
	frame->sampled = pa_sample_wanted(seen, &frame->key, plan, repeated);
	if (unlikely(frame->sampled))
		query_desc->instrument_options |= INSTRUMENT_ROWS;
}

/*
 * Collects what the store still misses of this statement: its text, its
 * parameters, its plan's scans.  After the executor started, where catalog
 * access and memory allocation are legal.
 */
void
pa_collect_start_end(QueryDesc *query_desc)
{
	PaFrame    *frame = pa_frame_find(query_desc);
	PaSeenShape *seen;

	if (frame == NULL)
		return;
	seen = pa_seen_shape(&frame->key.shape);
	if (unlikely(!seen->has_text))
		pa_text_backfill(seen, query_desc->sourceText, query_desc->plannedstmt->stmt_location,
						 query_desc->plannedstmt->stmt_len);
	if (query_desc->params != NULL && seen->calls >= seen->next_params && pa_guc_track_parameters)
	{
		seen->next_params = seen->calls +
			pa_seen_wait(seen->calls, ++seen->params_seen, PA_PARAMS_BASE);
		pa_params_take(&frame->key.shape, frame->shape_hash, query_desc->params);
	}
	if (unlikely(frame->sampled))
		pa_sample_describe(seen, frame, query_desc);
}

/* Opens a span: the clock and the usage counters are read. */
static inline void
begin_span(PaSpan *span)
{
	span->outer_nested = pa_nested_time;
	INSTR_TIME_SET_ZERO(pa_nested_time);
	pa_usage_start(&span->usage);
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
	span->frame = frame != NULL ? (int) (frame - pa_frames) : -1;
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
	pa_usage_add(&frame->usage, &span->usage);
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
pa_collect_finish_end(PaSpan *span, QueryDesc *query_desc)
{
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
	double		nested = INSTR_TIME_IS_ZERO(frame->nested) ? 0 : INSTR_TIME_GET_MILLISEC(frame->nested);

	execution.exec_time = INSTR_TIME_GET_MILLISEC(frame->total);
	execution.own_exec_time = Max(execution.exec_time - nested, 0.0);
	execution.rows = PA_HAS_TOTAL_PROCESSED ? (int64) PA_TOTAL_PROCESSED(estate) : frame->rows;
	if (unlikely(!frame->usage.measured))
		pa_usage_clear(&frame->usage);	/* a cursor that was not fetched */
	execution.buffers = &frame->usage.buffers;
	execution.has_block_times = frame->usage.timed;
	execution.wal = &frame->usage.wal;
	execution.workers_to_launch = PA_WORKERS_TO_LAUNCH(estate);
	execution.workers_launched = PA_WORKERS_LAUNCHED(estate);
	execution.plan_origin = PA_PLAN_OTHER;
	execution.has_cpu = false;
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
	pa_store_add_execution(&frame->key, frame->shape_hash, frame->place, &execution);
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

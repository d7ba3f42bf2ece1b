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

#include "collect/application.h"
#include "collect/cpu.h"
#include "collect/detail.h"
#include "collect/planid.h"

/* Makes the frame of an execution that starts, if it is recorded. */
static void
open_frame(QueryDesc *query_desc, int eflags)
{
	PlannedStmt *plan = query_desc->plannedstmt;
	PaFrame    *frame;
	PaSeenShape *seen;
	bool		repeated;

	if (unlikely(eflags & EXEC_FLAG_EXPLAIN_ONLY))
		return;
	frame = likely(plan->queryId != 0 && pa_collect_wanted()) ? pa_frame_push(query_desc) : NULL;
	if (unlikely(frame == NULL))
	{
		pa_plan_indexes_unrecorded(plan);
		return;
	}
	/* NB: before "seen" is looked at, whose epoch changes first */
	frame->plans_epoch = pa_store_plans_epoch();

	seen = pa_seen_statement((int64) plan->queryId);
	repeated = seen->ran;
	seen->ran = true;
	seen->calls++;
	frame->key.shape = seen->key;
	frame->key.toplevel = pa_at_toplevel();
	frame->shape_hash = seen->hash;
	frame->place = &seen->place;
	frame->key.planid = pa_planid_of(seen, plan);
	frame->plan_origin = seen->plan_origin;
	if (unlikely(seen->indexes_put != frame->key.planid))
		pa_plan_indexes_put(seen, frame->key.planid, plan);
	pa_sample_choose(frame, seen, query_desc, repeated);
	frame->incomplete = frame->sampled || frame->wants_text || !seen->has_text ||
		!pa_application_told(seen) ||
		(query_desc->params != NULL && seen->calls >= seen->next_params);
}

/*
 * Starting is not measured, but it may run functions (to prune partitions):
 * what they run is nested.
 */
void
pa_collect_start_begin(PaSpan *span, QueryDesc *query_desc, int eflags)
{
	open_frame(query_desc, eflags);
	span->query_desc = query_desc;
	span->measured = false;
	pa_nesting_depth++;
	pa_running_push(&span->running, PA_RUNS_SPAN);
}

/*
 * Collects what the store still misses of this statement: its text, its
 * parameters, its plan's scans.  After the executor started, where catalog
 * access and memory allocation are legal.
 */
static pg_attribute_cold void
complete(PaFrame *frame, QueryDesc *query_desc)
{
	PaSeenShape *seen = pa_seen_shape(&frame->key.shape);

	if (unlikely(!seen->has_text))
		pa_text_backfill(seen, query_desc->sourceText, query_desc->plannedstmt->stmt_location,
						 query_desc->plannedstmt->stmt_len);
	pa_application_tell(seen);
	if (query_desc->params != NULL && seen->calls >= seen->next_params && pa_guc_track_parameters)
	{
		seen->next_params = seen->calls +
			pa_seen_wait(seen->calls, ++seen->params_seen, PA_PARAMS_BASE);
		pa_params_take(&frame->key.shape, frame->shape_hash, query_desc->params);
	}
	if (unlikely(frame->sampled || frame->wants_text))
	{
		pa_plan_text_take(frame, query_desc);
		/* other code ran: the frames may have moved */
		frame = pa_frame_find(query_desc);
		if (frame != NULL)
			pa_sample_describe(frame, query_desc);
	}
}

/* A cancel may strike in it: then it is not over, but has failed. */
void
pa_collect_start_end(PaSpan *span)
{
	PaFrame    *frame = pa_frame_find(span->query_desc);

	if (frame != NULL && unlikely(frame->incomplete))
		complete(frame, span->query_desc);
	pa_nesting_depth--;
	pa_running = span->running.outer;
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

	span->query_desc = query_desc;
	span->measured = true;
	span->frame = frame != NULL ? (int) (frame - pa_frames) : -1;
	pa_nesting_depth++;
	pa_running_push(&span->running, PA_RUNS_SPAN);
	if (unlikely(frame == NULL))
		return;
	if (unlikely(frame->sampled))
		pa_cpu_now(&span->cpu_user_time, &span->cpu_sys_time);
	begin_span(span);
}

/*
 * Closes a span; the enclosing one is charged with it as nested time.  Gives
 * its frame or NULL.
 */
static PaFrame *
end_span(PaSpan *span)
{
	PaFrame    *frame;
	instr_time	now;
	instr_time	nested = pa_nested_time;

	pa_nesting_depth--;
	pa_running = span->running.outer;
	if (unlikely(span->frame < 0))
		return NULL;
	INSTR_TIME_SET_CURRENT(now);
	pa_nested_time = span->outer_nested;
	add_interval(&pa_nested_time, span->start, now);

	frame = pa_frame_at(span->frame, span->query_desc);
	if (unlikely(frame == NULL))
		return NULL;
	add_interval(&frame->total, span->start, now);
	INSTR_TIME_ADD(frame->nested, nested);
	pa_usage_add(&frame->usage, &span->usage);
	if (unlikely(frame->sampled))
		pa_cpu_add(&frame->cpu_user_time, &frame->cpu_sys_time, span->cpu_user_time, span->cpu_sys_time);
	return frame;
}

void
pa_collect_run_end(PaSpan *span)
{
	PaFrame    *frame = end_span(span);

	if (unlikely(frame == NULL))
		return;
	if (unlikely(frame->sampled))
		frame->partial = span->limit > 0 && span->query_desc->estate->es_processed >= span->limit;
	frame->rows = pa_rows_after_run(span->query_desc->estate, frame->rows);
}

void
pa_collect_finish_end(PaSpan *span)
{
	(void) end_span(span);
}

/* Closes what an error has left; gives its frame or NULL. */
PaFrame *
pa_span_failed(PaSpan *span)
{
	if (span->measured)
		return end_span(span);
	pa_nesting_depth--;
	pa_running = span->running.outer;
	return pa_frame_find(span->query_desc);
}

/* Takes over what only the executor's state knows. */
static inline void
read_estate(PaExecution *execution, EState *estate, JitInstrumentation *jit)
{
	execution->workers_to_launch = PA_WORKERS_TO_LAUNCH(estate);
	execution->workers_launched = PA_WORKERS_LAUNCHED(estate);
	if (likely(estate->es_jit == NULL))
		return;
	/* as EXPLAIN does: the leader's and the workers' */
	memset(jit, 0, sizeof(*jit));
	InstrJitAgg(jit, &estate->es_jit->instr);
	if (estate->es_jit_worker_instr != NULL)
		InstrJitAgg(jit, estate->es_jit_worker_instr);
	execution->jit = jit;
}

/*
 * Hands an execution that has ended to the store.  "estate" is NULL when it
 * is gone.
 */
void
pa_execution_record(PaFrame *frame, EState *estate)
{
	PaExecution execution;
	JitInstrumentation jit;
	double		nested = INSTR_TIME_IS_ZERO(frame->nested) ? 0 : INSTR_TIME_GET_MILLISEC(frame->nested);

	execution.exec_time = INSTR_TIME_GET_MILLISEC(frame->total);
	execution.own_exec_time = Max(execution.exec_time - nested, 0.0);
	execution.rows = frame->rows;
	if (unlikely(!frame->usage.measured))
		pa_usage_clear(&frame->usage);	/* a cursor that was not fetched */
	execution.buffers = &frame->usage.buffers;
	execution.has_block_times = frame->usage.timed;
	execution.wal = &frame->usage.wal;
	execution.workers_to_launch = execution.workers_launched = 0;
	execution.plan_origin = frame->plan_origin;
	execution.has_cpu = frame->sampled;
	execution.cpu_user_time = frame->cpu_user_time;
	execution.cpu_sys_time = frame->cpu_sys_time;
	execution.jit = NULL;
	if (likely(estate != NULL))
		read_estate(&execution, estate, &jit);
	pa_store_add_execution(&frame->key, frame->shape_hash, frame->place, &execution);
	pa_budget_note_busy(execution.own_exec_time);
}

void
pa_collect_end(QueryDesc *query_desc)
{
	PaFrame    *frame = pa_frame_find(query_desc);

	if (unlikely(frame == NULL))
		return;
	if (unlikely(frame->sqlstate != 0))
		pa_errors_count_frame(frame);	/* somebody ends what has failed */
	else if (likely(pa_store_ready()))
	{
		if (unlikely(frame->sampled))
			pa_sample_read(frame, query_desc);
		pa_execution_record(frame, query_desc->estate);
		/* its plan may have been forgotten before it was counted */
		if (unlikely(frame->plans_epoch != pa_store_plans_epoch()))
			pa_plan_indexes_put_again(frame->key.planid, query_desc->plannedstmt);
	}
	else if (frame->sampled)
		pa_sample_abandon(frame);
	pa_frame_drop(frame);
}

/*-------------------------------------------------------------------------
 *
 * executor.c
 *		ExecutorStart, Run, Finish and End.
 *
 * IDENTIFICATION
 *		src/hooks/executor.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "collect/collect.h"
#include "hooks/hooks.h"
#include "whatif/whatif.h"

static ExecutorStart_hook_type prev_ExecutorStart = NULL;
static ExecutorRun_hook_type prev_ExecutorRun = NULL;
static ExecutorFinish_hook_type prev_ExecutorFinish = NULL;
static ExecutorEnd_hook_type prev_ExecutorEnd = NULL;

static void
call_executor_start(QueryDesc *queryDesc, int eflags)
{
	if (prev_ExecutorStart)
		prev_ExecutorStart(queryDesc, eflags);
	else
		standard_ExecutorStart(queryDesc, eflags);
}

static void
executor_start(QueryDesc *queryDesc, int eflags)
{
	PaSpan		span;

	if (unlikely(pa_collect_idle() || pa_whatif_active()))
	{
		if (!pa_whatif_active() && !(eflags & EXEC_FLAG_EXPLAIN_ONLY))
			pa_plan_indexes_unrecorded(queryDesc->plannedstmt);
		call_executor_start(queryDesc, eflags);
		return;
	}
	pa_collect_start_begin(&span, queryDesc, eflags);
	PG_TRY();
	{
		call_executor_start(queryDesc, eflags);
		pa_collect_start_end(&span);
	}
	PG_CATCH();
	{
		pa_collect_failed(&span.running);
		PG_RE_THROW();
	}
	PG_END_TRY();
}

static void
call_executor_run(PA_EXECUTOR_RUN_ARGS)
{
	if (prev_ExecutorRun)
		prev_ExecutorRun(PA_EXECUTOR_RUN_PASS);
	else
		standard_ExecutorRun(PA_EXECUTOR_RUN_PASS);
}

static void
executor_run(PA_EXECUTOR_RUN_ARGS)
{
	PaSpan		span;

	if (unlikely(pa_collect_idle() || pa_whatif_active()))
	{
		call_executor_run(PA_EXECUTOR_RUN_PASS);
		return;
	}
	pa_collect_run_begin(&span, queryDesc);
	span.limit = count;
	PG_TRY();
	{
		call_executor_run(PA_EXECUTOR_RUN_PASS);
	}
	PG_CATCH();
	{
		pa_collect_failed(&span.running);
		PG_RE_THROW();
	}
	PG_END_TRY();
	pa_collect_run_end(&span);
}

static void
call_executor_finish(QueryDesc *queryDesc)
{
	if (prev_ExecutorFinish)
		prev_ExecutorFinish(queryDesc);
	else
		standard_ExecutorFinish(queryDesc);
}

static void
executor_finish(QueryDesc *queryDesc)
{
	PaSpan		span;

	if (pa_collect_idle() || pa_collect_finish_is_empty(queryDesc) || pa_whatif_active())
	{
		call_executor_finish(queryDesc);
		return;
	}
	pa_collect_run_begin(&span, queryDesc);
	PG_TRY();
	{
		call_executor_finish(queryDesc);
	}
	PG_CATCH();
	{
		pa_collect_failed(&span.running);
		PG_RE_THROW();
	}
	PG_END_TRY();
	pa_collect_finish_end(&span);
}

static void
executor_end(QueryDesc *queryDesc)
{
	if (pa_open_frames > 0)
		pa_collect_end(queryDesc);
	if (prev_ExecutorEnd)
		prev_ExecutorEnd(queryDesc);
	else
		standard_ExecutorEnd(queryDesc);
}

void
pa_hooks_init_executor(void)
{
	prev_ExecutorStart = ExecutorStart_hook;
	ExecutorStart_hook = executor_start;
	prev_ExecutorRun = ExecutorRun_hook;
	ExecutorRun_hook = executor_run;
	prev_ExecutorFinish = ExecutorFinish_hook;
	ExecutorFinish_hook = executor_finish;
	prev_ExecutorEnd = ExecutorEnd_hook;
	ExecutorEnd_hook = executor_end;
}

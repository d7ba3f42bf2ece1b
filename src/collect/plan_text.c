/*-------------------------------------------------------------------------
 *
 * plan_text.c
 *		Makes the text of a plan, as EXPLAIN without ANALYZE shows it.
 *
 * Once a plan, from the statement's second execution on, after the executor
 * started: locks are held, catalog access is legal, and core's own code does
 * the work on the executor's nodes (auto_explain does so at the end).
 *
 * The user's query must not fail by it: a function or type may be dropped by
 * others at this moment, an expression may need a deeper stack to be shown
 * than to be run, code of other extensions shows their own nodes.  So it runs
 * in a subtransaction of its own, as PL/pgSQL runs a block with EXCEPTION.
 * Only a cancel or the end of the session goes through.  In parallel mode,
 * where none may be started (before 17), another execution is waited for.
 *
 * The text has the literals of whoever ran the statement: without
 * perf_advisor.track_parameters none is made.
 *
 * IDENTIFICATION
 *		src/collect/plan_text.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "base/weight.h"
#include "collect/detail.h"
#include "compat/explain.h"

#define PA_MAX_PLAN_TEXT 16384	/* bytes; longer ones are cut */
#define PA_MAX_PLAN_RELATIONS 500	/* a plan of more is not shown */
#define PA_MAX_PLAN_WEIGHT (64 * 1024)	/* bytes in it; nor is one of more */
#define PA_CUT_MARK "\n..."

/* What could not be made or kept is tried again after this. */
#define PA_TEXT_RETRY (60 * USECS_PER_SEC)

/* Cuts a text that is too long, between characters, and says so. */
static void
limit_text(StringInfo text)
{
	while (text->len > 0 && text->data[text->len - 1] == '\n')
		text->data[--text->len] = '\0';
	if (text->len <= PA_MAX_PLAN_TEXT)
		return;
	text->len = pg_mbcliplen(text->data, text->len, PA_MAX_PLAN_TEXT - (int) strlen(PA_CUT_MARK));
	text->data[text->len] = '\0';
	appendStringInfoString(text, PA_CUT_MARK);
}

/*
 * Makes the text and hands it to the store; raises whatever EXPLAIN raises.
 * EXPLAIN writes all of it, which is cut then: it must not be asked for the
 * megabytes of a literal.
 */
static bool
make_text(PaFrame *frame, QueryDesc *query_desc)
{
	ExplainState *es;

	if (pa_plan_is_heavier(query_desc->planstate, PA_MAX_PLAN_WEIGHT))
		return false;
	es = NewExplainState();
	es->costs = true;
	es->format = EXPLAIN_FORMAT_TEXT;
	ExplainPrintPlan(es, query_desc);
	limit_text(es->str);
	return es->str->len == 0 ||
		pa_store_put_plan_text(&frame->key, frame->shape_hash, es->str->data, es->str->len,
							   GetDatabaseEncoding());
}

/* As make_text(), but false when that raises. */
static bool
try_text(PaFrame *frame, QueryDesc *query_desc)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	PaFrame		copy = *frame;	/* the array of frames may move */
	MemoryContext scratch = AllocSetContextCreate(caller, "perf_advisor plan text",
												  ALLOCSET_DEFAULT_SIZES);
	volatile bool made = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(scratch);
	PG_TRY();
	{
		made = make_text(&copy, query_desc);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(scratch);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(caller);
		CurrentResourceOwner = owner;
		/* about the session, not about the plan */
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_OPERATOR_INTERVENTION)
			ReThrowError(error);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	CurrentResourceOwner = owner;
	MemoryContextDelete(scratch);
	return made;
}

/* Takes the text of an execution's plan, if that was decided. */
void
pa_plan_text_take(PaFrame *frame, QueryDesc *query_desc)
{
	PaSeenPlan *seen_plan;
	PaStatementKey key = frame->key;
	TimestampTz now = GetCurrentStatementStartTimestamp();
	bool		settled = false;
	instr_time	start;

	if (!frame->wants_text)
		return;
	if (query_desc->planstate == NULL ||
		list_length(query_desc->plannedstmt->rtable) > PA_MAX_PLAN_RELATIONS)
		settled = true;			/* never */
	else if (IsTransactionState() && !IsInParallelMode())
	{
		INSTR_TIME_SET_CURRENT(start);
		settled = try_text(frame, query_desc);
		pa_budget_charge_since(start);
	}
	seen_plan = pa_seen_find_plan(&key);
	if (seen_plan != NULL)
		seen_plan->next_text = settled ? PA_NEVER : now + PA_TEXT_RETRY;
}

/*-------------------------------------------------------------------------
 *
 * utility.c
 *		Measures utility statements.
 *
 * EXECUTE and PREPARE are transparent: what they plan and run counts as if
 * the client had sent it.  Everything is copied before the statement runs:
 * its tree may be freed by it (ROLLBACK, CALL).
 *
 * IDENTIFICATION
 *		src/collect/utility.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "collect/application.h"
#include "collect/detail.h"

PaSource	pa_utility_source = {NULL, 0, 0, false};

bool
pa_utility_is_transparent(const Node *statement)
{
	return IsA(statement, ExecuteStmt) || IsA(statement, PrepareStmt);
}

/*
 * Gives the identifier; other extensions may have set it to 0 in the plan,
 * where it is computed anew.  0 when identifiers are off.
 */
static int64
queryid_of(PlannedStmt *pstmt, const char *query_string)
{
	if (pstmt->queryId != 0)
		return (int64) pstmt->queryId;
	return IsQueryIdEnabled() ? pa_utility_queryid(pstmt, query_string) : 0;
}

/*
 * Everything that might raise comes before the depth is raised: the hook
 * takes it back only for what runs after this.
 */
void
pa_collect_utility_begin(PaUtility *utility, PlannedStmt *pstmt, const char *query_string,
						 ProcessUtilityContext context)
{
	PaSeenShape *seen;
	int64		queryid = 0;

	utility->transparent = pa_utility_is_transparent(pstmt->utilityStmt);
	/* the parts that core cuts a statement into are that statement */
	utility->wanted = !utility->transparent && context != PROCESS_UTILITY_SUBCOMMAND &&
		pa_guc_track_utility && pa_collect_wanted();
	if (utility->wanted)
		queryid = queryid_of(pstmt, query_string);
	utility->wanted = queryid != 0;
	utility->outer_source = pa_utility_source;
	if (utility->wanted)
	{
		seen = pa_seen_statement(queryid);
		utility->key.shape = seen->key;
		utility->key.planid = 0;
		utility->key.toplevel = pa_at_toplevel();
		utility->shape_hash = seen->hash;
		utility->place = &seen->place;
		if (!seen->has_text)
			pa_text_backfill(seen, query_string, pstmt->stmt_location, pstmt->stmt_len);
	}

	pa_running_push(&utility->running, PA_RUNS_UTILITY);
	if (utility->transparent)
		return;
	pa_nesting_depth++;
	pa_utility_source.text = query_string;
	pa_utility_source.location = pstmt->stmt_location;
	pa_utility_source.len = pstmt->stmt_len;
	pa_utility_source.secret = pa_text_is_about_secrets(pstmt->utilityStmt);
	if (!utility->wanted)
		return;
	utility->outer_nested = pa_nested_time;
	INSTR_TIME_SET_ZERO(pa_nested_time);
	pa_usage_start(&utility->usage);
	INSTR_TIME_SET_CURRENT(utility->start);
}

/* Gives the rows that a utility statement retrieved or affected. */
static int64
completed_rows(const QueryCompletion *completion)
{
	if (completion == NULL)
		return 0;
	switch (completion->commandTag)
	{
		case CMDTAG_COPY:
		case CMDTAG_FETCH:
		case CMDTAG_SELECT:
		case CMDTAG_REFRESH_MATERIALIZED_VIEW:
			return (int64) completion->nprocessed;
		default:
			return 0;
	}
}

/* Goes back to what is around the statement. */
void
pa_utility_leave(PaUtility *utility)
{
	pa_running = utility->running.outer;
	if (!utility->transparent)
		pa_nesting_depth--;
	pa_utility_source = utility->outer_source;
}

/* Gives the time it took and charges it to what is around it. */
void
pa_utility_measure(PaUtility *utility, instr_time *elapsed)
{
	INSTR_TIME_SET_CURRENT(*elapsed);
	INSTR_TIME_SUBTRACT(*elapsed, utility->start);
	pa_nested_time = utility->outer_nested;
	INSTR_TIME_ADD(pa_nested_time, *elapsed);
}

void
pa_collect_utility_end(PaUtility *utility, const QueryCompletion *completion)
{
	PaExecution execution = {0};
	PaUsage		usage;
	instr_time	nested = pa_nested_time;
	instr_time	elapsed;

	pa_utility_leave(utility);
	pa_application_look();		/* it may have been SET */
	if (!utility->wanted)
		return;
	pa_utility_measure(utility, &elapsed);
	if (!pa_store_ready())
		return;

	usage.measured = false;
	pa_usage_add(&usage, &utility->usage);
	execution.exec_time = INSTR_TIME_GET_MILLISEC(elapsed);
	execution.own_exec_time = Max(execution.exec_time - INSTR_TIME_GET_MILLISEC(nested), 0.0);
	execution.rows = completed_rows(completion);
	execution.buffers = &usage.buffers;
	execution.has_block_times = usage.timed;
	execution.wal = &usage.wal;
	pa_store_add_execution(&utility->key, utility->shape_hash, utility->place, &execution);
}

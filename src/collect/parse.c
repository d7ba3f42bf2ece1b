/*-------------------------------------------------------------------------
 *
 * parse.c
 *		Keeps the text of each statement, once.
 *
 * The text is made at parse analysis, the only place that knows where its
 * constants are.  A statement whose text was dropped since, and that a
 * client prepared long ago, brings its source text again at execution; then
 * every literal in it is replaced.
 *
 * IDENTIFICATION
 *		src/collect/parse.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "collect/detail.h"
#include "collect/text.h"

/*
 * Source text of the statement that was analysed last.  The plan cache plans
 * from its own copy of the text, so a planning with another address is one
 * whose plan will be cached.  The address is only compared.
 */
static const char *analysed_text = NULL;

bool
pa_text_parsed_now(const char *query_string)
{
	return query_string == analysed_text;
}

/* True for statements that may carry a password in a literal. */
static bool
may_hold_password(const Node *statement)
{
	switch (nodeTag(statement))
	{
		case T_CreateRoleStmt:
		case T_AlterRoleStmt:
		case T_CreateUserMappingStmt:
		case T_AlterUserMappingStmt:
		case T_CreateForeignServerStmt:
		case T_AlterForeignServerStmt:
		case T_CreateSubscriptionStmt:
		case T_AlterSubscriptionStmt:
		case T_AlterRoleSetStmt:
		case T_VariableSetStmt:
			return true;
		default:
			return false;
	}
}

static void
put_text(PaSeenShape *seen, char *text)
{
	/* pa_store_put_text() counts what it can't keep; don't try each time */
	seen->has_text = pa_store_put_text(&seen->key, seen->hash, text, strlen(text),
									   GetDatabaseEncoding());
	pfree(text);
}

/* Stores a statement's text unless the store has it. */
static void
collect_text(Query *query, const char *source, const JumbleState *jstate)
{
	PaSeenShape *seen = pa_seen_statement((int64) query->queryId);
	char	   *text;

	if (seen->has_text)
		return;
	if (query->utilityStmt != NULL && may_hold_password(query->utilityStmt))
		text = pa_text_without_literals(source, query->stmt_location, query->stmt_len);
	else
		text = pa_text_normalize(source, query->stmt_location, query->stmt_len, jstate);
	put_text(seen, text);
}

void
pa_collect_text(ParseState *pstate, Query *query, const JumbleState *jstate)
{
	analysed_text = pstate->p_sourcetext;
	if (query->queryId == 0 || !pa_collect_wanted())
		return;
	if (query->utilityStmt != NULL && !pa_guc_track_utility)
		return;
	collect_text(query, pstate->p_sourcetext, jstate);
}

/* The same for the query inside a utility statement. */
void
pa_collect_inner_text(Query *query, const char *source, const JumbleState *jstate)
{
	collect_text(query, source, jstate);
}

/*
 * Makes up for a text that the store does not have (any more).
 *
 * The text was parsed when it was prepared.  If settings such as
 * standard_conforming_strings have changed since, the scanner may find fault
 * with it now; the user's statement must not fail for that.  The scanner
 * holds nothing but memory, so its error can be dropped.
 */
void
pa_text_backfill(PaSeenShape *seen, const char *source, int location, int len)
{
	MemoryContext old = CurrentMemoryContext;

	if (source == NULL)
		return;
	PG_TRY();
	{
		put_text(seen, pa_text_without_literals(source, location, len));
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(old);
		FlushErrorState();
		seen->has_text = true;	/* don't try again */
	}
	PG_END_TRY();
}

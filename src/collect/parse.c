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
 * One identifier can stand for several texts, from 18 on for statements about
 * different tables.  The first is kept; after a reset it is the first one
 * parsed since, while a statement that was prepared before keeps its text.
 *
 * IDENTIFICATION
 *		src/collect/parse.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "collect/application.h"
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

/* True for utility statements whose options may be secrets, whatever they say. */
bool
pa_text_is_about_secrets(const Node *statement)
{
	switch (nodeTag(statement))
	{
		case T_AlterDatabaseSetStmt:
		case T_AlterFdwStmt:
		case T_AlterForeignServerStmt:
		case T_AlterRoleSetStmt:
		case T_AlterRoleStmt:
		case T_AlterSubscriptionStmt:
		case T_AlterSystemStmt:
		case T_AlterUserMappingStmt:
		case T_CreateFdwStmt:
		case T_CreateForeignServerStmt:
		case T_CreateForeignTableStmt:
		case T_CreateRoleStmt:
		case T_CreateSubscriptionStmt:
		case T_CreateUserMappingStmt:
		case T_ImportForeignSchemaStmt:
		case T_VariableSetStmt:
			return true;
		case T_AlterTableStmt:
			return ((const AlterTableStmt *) statement)->objtype == OBJECT_FOREIGN_TABLE;
		case T_CopyStmt:
			return ((const CopyStmt *) statement)->is_program;
		default:
			return false;
	}
}

/* True for utility statements that are queries with something around them. */
static bool
is_query(const Node *statement)
{
	return IsA(statement, ExplainStmt) || IsA(statement, DeclareCursorStmt) ||
		IsA(statement, CreateTableAsStmt);
}

/*
 * True for a query that is part of a utility statement about secrets, whose
 * text it has: COPY (query) TO PROGRAM.
 */
static bool
is_inside_secret(const char *query_string)
{
	return pa_utility_source.secret && query_string == pa_utility_source.text;
}

/*
 * True when every literal has to go: for secrets, and where the server has
 * not told which constants count (queries inside utility statements on 15).
 */
static bool
needs_redaction(const Node *statement, const char *text, int len, const JumbleState *jstate)
{
	if (statement == NULL)
		return false;
	if (is_query(statement))
		return jstate == NULL || jstate->clocations_count == 0;
	return pa_text_is_about_secrets(statement) || pa_text_mentions_secret(text, len);
}

/*
 * Makes the text to be stored, or NULL when the scanner finds fault with it.
 *
 * The parser has accepted the text, but settings such as
 * standard_conforming_strings may have changed since (in the same message,
 * or after it was prepared), and the user's statement must not fail for
 * that.  The scanner holds nothing but memory, so its error can be dropped.
 */
static char *
make_text(const char *source, int location, int len, bool redact, const JumbleState *jstate)
{
	MemoryContext old = CurrentMemoryContext;
	char	   *volatile text = redact ? NULL : pa_text_normalize(source, location, len, jstate);

	if (text != NULL)
		return text;
	PG_TRY();
	{
		text = redact ? pa_text_without_literals(source, location, len) :
			pa_text_normalize_scanning(source, location, len, jstate);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(old);
		FlushErrorState();
		text = NULL;
	}
	PG_END_TRY();
	return text;
}

/*
 * Stores a text.  What can't be stored is not tried again until something
 * was dropped from the store, except when that was busy.
 */
static void
put_text(PaSeenShape *seen, char *text)
{
	int			len;

	if (text != NULL)
	{
		len = strlen(text);
		if (len > PA_MAX_TEXT)
			len = pg_mbcliplen(text, len, PA_MAX_TEXT);
		pa_application_look();
		if (!pa_store_put_text(&seen->key, seen->hash, text, len, GetDatabaseEncoding(),
							   pa_application_name()))
		{
			pfree(text);
			return;
		}
		seen->applications |= pa_application_bit;
		pfree(text);
	}
	seen->has_text = true;
	seen->wants_text = false;
}

void
pa_collect_text(ParseState *pstate, Query *query, const JumbleState *jstate)
{
	const Node *statement = query->utilityStmt;
	PaSeenShape *seen;
	int			location = query->stmt_location;
	int			len = query->stmt_len;
	const char *start;
	bool		redact;

	analysed_text = pstate->p_sourcetext;
	if (unlikely(pa_errors_unsettled) && pa_nesting_depth == 0)
		pa_errors_settle();
	if (unlikely(query->queryId == 0 || !pa_collect_wanted()))
		return;
	if (statement != NULL && (!pa_guc_track_utility || pa_utility_is_transparent(statement)))
		return;

	seen = pa_seen_statement((int64) query->queryId);
	if (likely(!seen->wants_text))
		return;
	start = CleanQuerytext(pstate->p_sourcetext, &location, &len);
	redact = needs_redaction(statement, start, len, jstate) || is_inside_secret(pstate->p_sourcetext);
	put_text(seen, make_text(pstate->p_sourcetext, query->stmt_location, query->stmt_len, redact, jstate));
}

/*
 * The same for a query that was identified by us.  Its text is that of the
 * utility statement around it; the body of a BEGIN ATOMIC function has none.
 */
void
pa_text_of_inner_query(PaSeenShape *seen, const char *query_string, const JumbleState *jstate)
{
	const PaSource *source = &pa_utility_source;

	if (!seen->wants_text)
		return;
	if (query_string != NULL && query_string == source->text)
		put_text(seen, make_text(source->text, source->location, source->len,
								 jstate->clocations_count == 0 || source->secret, jstate));
	else
	{
		seen->has_text = true;
		seen->wants_text = false;
	}
}

/* Makes up for a text that the store does not have (any more). */
void
pa_text_backfill(PaSeenShape *seen, const char *source, int location, int len)
{
	put_text(seen, source == NULL || source[0] == '\0' ? NULL :
			 make_text(source, location, len, true, NULL));
}

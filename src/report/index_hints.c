/*-------------------------------------------------------------------------
 *
 * index_hints.c
 *		Where something else than an index is missing.
 *
 * While the advisor plans a statement again, it notes why an index could not
 * serve a condition as it is written: a cast, arithmetic, a comparison in
 * another type or collation.  Here the same reason of several statements
 * becomes one row, with what to do about it.
 *
 * Foreign keys without an index are foreign_key_hints.c's.
 *
 * IDENTIFICATION
 *		src/report/index_hints.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "analyze/hints.h"
#include "config/config.h"
#include "report/advisor.h"
#include "report/foreign_key_hints.h"
#include "report/index_ddl.h"
#include "report/index_hints.h"
#include "report/predicate.h"

/* One run. */
typedef struct HintState
{
	const PaAdvisor *advisor;
	List	   *hints;			/* of PaIndexHint * */
	List	   *statements;		/* for each a List of PaWorkloadStatement * */
} HintState;

/* What one hint is about, while it is worded. */
typedef struct HintText
{
	const PaUseHint *hint;
	const PaRelationUse *use;
	const PaRelationFacts *table;
	char	   *column;			/* quoted, or "the column" */
	char	   *type;			/* of the column, or NULL */
	char	   *clause;			/* SQL, or NULL */
} HintText;

static const char *
kind_name(PaUseHintKind kind)
{
	switch (kind)
	{
		case PA_HINT_CAST:
			return "cast";
		case PA_HINT_EXPRESSION:
			return "expression";
		case PA_HINT_ARITHMETIC:
			return "arithmetic";
		case PA_HINT_TYPE:
			return "type";
		case PA_HINT_COLLATION:
			return "collation";
		case PA_HINT_TRIGRAM:
			return "trigram";
		case PA_HINT_OFFSET:
			return "offset";
		case PA_HINT_ANALYZE:
			return "analyze";
		case PA_HINT_INVALID_INDEX:
			return "invalid_index";
		case PA_HINT_SETTING:
			return "setting";
	}
	return "other";
}

static char *
qualified_table(const PaRelationFacts *table)
{
	return quote_qualified_identifier(table->schemaname, table->relname);
}

/* The clause in brackets after a word, or nothing; most bring their own. */
static const char *
shown_clause(const HintText *text)
{
	if (text->clause == NULL)
		return "";
	return psprintf(text->clause[0] == '(' ? " %s" : " (%s)", text->clause);
}

/* ---- how to write it instead ---- */

static bool
is_time_of_day(Oid type)
{
	return type == TIMESTAMPOID || type == TIMESTAMPTZOID;
}

/* A range of the column itself says the same as a cast or date_trunc(). */
static char *
range_rewrite(const HintText *text)
{
	Oid			type = text->hint->attnum != 0 ?
		get_atttype(text->use->relid, text->hint->attnum) : InvalidOid;

	if (is_time_of_day(type))
		return psprintf("%s >= <begin> AND %s < <end>", text->column, text->column);
	return psprintf("%s = <value>", text->column);
}

/* "created_at, id"; with "suffix" behind each; NULL when one has no name. */
static char *
order_columns(const HintText *text, const PaOrdering *ordering,
			  const char *suffix)
{
	StringInfoData columns;

	initStringInfo(&columns);
	for (int i = 0; i < ordering->nkeys; i++)
	{
		char	   *name = ordering->keys[i].attnum != 0 ?
			pa_catalog_column_name(text->use->relid, ordering->keys[i].attnum) : NULL;

		if (name == NULL)
			return NULL;
		appendStringInfo(&columns, "%s%s%s", i > 0 ? ", " : "",
						 quote_identifier(name), suffix);
	}
	return columns.data;
}

/* A row comparison goes in one direction only. */
static bool
has_one_direction(const PaOrdering *ordering)
{
	for (int i = 1; i < ordering->nkeys; i++)
	{
		if (ordering->keys[i].descending != ordering->keys[0].descending)
			return false;
	}
	return true;
}

static char *
keyset_rewrite(const HintText *text)
{
	const PaOrdering *ordering = text->use->orderings != NIL ?
		linitial(text->use->orderings) : NULL;
	char	   *columns = ordering != NULL ? order_columns(text, ordering, "") : NULL;
	bool		descending;

	if (columns == NULL || !has_one_direction(ordering))
		return pstrdup("WHERE <the row comes after the last one shown> ORDER BY ... LIMIT <n>");
	descending = ordering->keys[0].descending;
	return psprintf("WHERE %s%s%s %s <the last row shown> ORDER BY %s LIMIT <n>",
					ordering->nkeys > 1 ? "(" : "", columns,
					ordering->nkeys > 1 ? ")" : "", descending ? "<" : ">",
					order_columns(text, ordering, descending ? " DESC" : ""));
}

/* The index that the comparison's own collation would need. */
static char *
collation_fix(const HintText *text)
{
	Oid			collation = text->hint->clause != NULL ?
		exprInputCollation(text->hint->clause) : InvalidOid;
	char	   *name = OidIsValid(collation) && collation != DEFAULT_COLLATION_OID ?
		get_collation_name(collation) : NULL;

	if (name == NULL)
		return psprintf("compare %s in its own collation", text->column);
	return psprintf("compare %s in its own collation, or CREATE INDEX CONCURRENTLY ON %s (%s COLLATE %s)",
					text->column, qualified_table(text->table), text->column,
					quote_identifier(name));
}

/* value = ANY (column) */
static bool
is_any_of_column(const HintText *text)
{
	return text->hint->clause != NULL && text->hint->attnum > 0 &&
		IsA(text->hint->clause, ScalarArrayOpExpr) &&
		OidIsValid(get_element_type(get_atttype(text->use->relid, text->hint->attnum)));
}

/* Fills hint and fix. */
static void
word_condition(PaIndexHint *row, const HintText *text)
{
	const char *clause = shown_clause(text);

	switch (text->hint->kind)
	{
		case PA_HINT_CAST:
			row->hint = psprintf("A cast of %s%s depends on settings of the session, so no index can have it: compare the column itself.",
								 text->column, clause);
			row->fix = range_rewrite(text);
			break;
		case PA_HINT_EXPRESSION:
			if (is_any_of_column(text))
			{
				row->hint = psprintf("A value is looked for in the array %s%s, which no index serves in this form: ask whether the array contains it, then a GIN index does.",
									 text->column, clause);
				row->fix = psprintf("%s @> ARRAY[<value>]", text->column);
				break;
			}
			row->hint = psprintf("A condition%s calls a function that is not immutable on %s, so no index can have it: compare the column itself.",
								 clause, text->column);
			row->fix = range_rewrite(text);
			break;
		case PA_HINT_ARITHMETIC:
			row->hint = psprintf("A condition%s calculates with %s, which an index on it cannot serve: calculate with the value instead.",
								 clause, text->column);
			row->fix = psprintf("%s = <the value, calculated>", text->column);
			break;
		case PA_HINT_TYPE:
			row->hint = psprintf("%s is compared in another type than its own%s, which an index on it cannot serve: give the value the column's type.",
								 text->column, clause);
			row->fix = psprintf("%s = CAST(<value> AS %s)", text->column,
								text->type != NULL ? text->type : "<type of the column>");
			break;
		case PA_HINT_COLLATION:
			row->hint = psprintf("%s is compared in another collation than its own%s, which an index on it cannot serve.",
								 text->column, clause);
			row->fix = collation_fix(text);
			break;
		case PA_HINT_TRIGRAM:
			row->hint = psprintf("A pattern within %s%s can be served by a trigram index only, and pg_trgm is not installed in this database. With it, perf_advisor.missing_indexes says whether the index is worth it.",
								 text->column, clause);
			row->fix = pstrdup("CREATE EXTENSION pg_trgm");
			break;
		default:
			Assert(false);
	}
}

/* The same for what is not about a condition. */
static void
word_state(PaIndexHint *row, const HintText *text)
{
	char	   *index = OidIsValid(text->hint->indexid) ?
		pa_index_qualified_name(text->hint->indexid) : NULL;
	const char *setting = text->hint->setting != NULL ? text->hint->setting : "";

	switch (text->hint->kind)
	{
		case PA_HINT_OFFSET:
			row->hint = pstrdup("A large OFFSET reads all the rows that it skips, with any index: remember where the last page ended, and begin there.");
			row->fix = keyset_rewrite(text);
			break;
		case PA_HINT_ANALYZE:
			row->hint = pstrdup("The table was never analyzed: the planner guesses, and no index is advised for it until it knows.");
			row->fix = psprintf("ANALYZE %s", qualified_table(text->table));
			break;
		case PA_HINT_INVALID_INDEX:
			row->hint = psprintf("The index %s would serve, but it is not valid, mostly because its CREATE INDEX CONCURRENTLY failed.",
								 index != NULL ? index : "that is there");
			row->fix = index != NULL ? psprintf("REINDEX INDEX CONCURRENTLY %s", index) : NULL;
			break;
		case PA_HINT_SETTING:
			row->hint = psprintf("The index %s would serve, but the setting %s of the sessions that run this keeps the planner from it.",
								 index != NULL ? index : "that is there", setting);
			row->fix = psprintf("RESET %s", setting);
			break;
		default:
			word_condition(row, text);
	}
}

/* ---- collecting ---- */

static PaIndexHint *
make_hint(const PaUseHint *hint, const PaRelationUse *use)
{
	PaIndexHint *row = palloc0(sizeof(PaIndexHint));
	PaRelationFacts *table = palloc0(sizeof(PaRelationFacts));
	HintText	text = {.hint = hint, .use = use, .table = table};

	if (!pa_catalog_relation_facts(use->relid, table))
		return NULL;
	if (hint->attnum > 0)
		row->column_name = pa_catalog_column_name(use->relid, hint->attnum);
	/* of a whole row, say, no advice can be given */
	if (row->column_name == NULL && hint->kind <= PA_HINT_TRIGRAM)
		return NULL;
	text.column = row->column_name != NULL ?
		pstrdup(quote_identifier(row->column_name)) : pstrdup("the column");
	if (row->column_name != NULL)
		text.type = format_type_be_qualified(get_atttype(use->relid, hint->attnum));
	if (hint->clause != NULL && hint->kind != PA_HINT_OFFSET)
		text.clause = pa_report_expression_sql(use->relid, hint->clause);

	row->kind = kind_name(hint->kind);
	row->severity = "warning";
	row->relid = use->relid;
	row->schemaname = table->schemaname;
	row->relname = table->relname;
	word_state(row, &text);
	return row;
}

/* Two rows that say the same, for different statements. */
static bool
same_advice(const PaIndexHint *a, const PaIndexHint *b)
{
	if (a->relid != b->relid || strcmp(a->kind, b->kind) != 0 ||
		(a->column_name == NULL) != (b->column_name == NULL))
		return false;
	if (a->column_name != NULL && strcmp(a->column_name, b->column_name) != 0)
		return false;
	return (a->fix == NULL) == (b->fix == NULL) &&
		(a->fix == NULL || strcmp(a->fix, b->fix) == 0);
}

static void
add_hint(HintState *state, PaIndexHint *row, PaAdvisorSubject *subject)
{
	void	   *statement = (void *) subject->statement;
	ListCell   *lc;
	ListCell   *lc2;

	forboth(lc, state->hints, lc2, state->statements)
	{
		if (same_advice(lfirst(lc), row))
		{
			lfirst(lc2) = list_append_unique_ptr(lfirst(lc2), statement);
			return;
		}
	}
	state->hints = lappend(state->hints, row);
	state->statements = lappend(state->statements, list_make1(statement));
}

static void
add_subject_hints(HintState *state, PaAdvisorSubject *subject)
{
	ListCell   *lc;

	foreach(lc, subject->relations)
	{
		const PaRelationUse *use = lfirst(lc);
		ListCell   *lc2;

		if (pa_ignore_rules_relation_of(state->advisor->rules, use->relid,
										&subject->statement->shape))
			continue;
		foreach(lc2, pa_analyze_hints(use))
		{
			PaIndexHint *row = make_hint(lfirst(lc2), use);

			if (row != NULL)
				add_hint(state, row, subject);
		}
	}
}

/* Sums the statements of a row, which come by time, most first. */
static void
add_up(PaIndexHint *row, const List *statements)
{
	ListCell   *lc;

	row->queryids = palloc(sizeof(int64) * list_length(statements));
	foreach(lc, statements)
	{
		const PaWorkloadStatement *statement = lfirst(lc);
		bool		known = false;

		for (int i = 0; i < row->nqueryids && !known; i++)
			known = row->queryids[i] == statement->shape.queryid;
		if (!known)
			row->queryids[row->nqueryids++] = statement->shape.queryid;
		row->calls += statement->calls;
		row->total_exec_time += statement->total_exec_time;
	}
}

/* ---- the whole ---- */

/* list_sort comparator: most time first, then by name for a stable order. */
static int
compare_hints(const ListCell *left, const ListCell *right)
{
	const PaIndexHint *a = lfirst(left);
	const PaIndexHint *b = lfirst(right);
	int			order;

	if (a->total_exec_time != b->total_exec_time)
		return a->total_exec_time > b->total_exec_time ? -1 : 1;
	order = strcmp(a->schemaname, b->schemaname);
	if (order == 0)
		order = strcmp(a->relname, b->relname);
	if (order == 0)
		order = strcmp(a->kind, b->kind);
	return order;
}

List *
pa_report_index_hints(void)
{
	PaAdvisorOptions options = {0};
	HintState	state = {0};
	PaAdvisor  *advisor;
	ListCell   *lc;
	ListCell   *lc2;

	options.storage_budget = -1;
	options.deadline = pa_guc_advisor_deadline;
	options.only_hints = true;
	advisor = pa_advisor_run(&options);
	state.advisor = advisor;

	foreach(lc, advisor->subjects)
		add_subject_hints(&state, lfirst(lc));
	forboth(lc, state.hints, lc2, state.statements)
		add_up(lfirst(lc), lfirst(lc2));
	state.hints = pa_foreign_key_hints(state.hints, advisor);
	pa_advisor_close(advisor);
	list_sort(state.hints, compare_hints);
	return state.hints;
}

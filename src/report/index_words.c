/*-------------------------------------------------------------------------
 *
 * index_words.c
 *		Says in plain words why an index is advised, what speaks against
 *		trusting the figures, and how sure the advice is.
 *
 * IDENTIFICATION
 *		src/report/index_words.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"

#include "analyze/selection.h"
#include "config/config.h"
#include "report/index_findings.h"
#include "report/updates.h"

/* Less than this is little evidence, more than that is good evidence. */
#define FEW_CALLS 10
#define MANY_CALLS 100
#define LONG_WINDOW PA_MSEC_PER_DAY

/*
 * Below this share the plan still reads much of the table, and whether it is
 * faster at all hangs on what is cached.
 */
#define SMALL_SAVING 0.5

/* HOT updates that end, in per cent, and writing time, that are worth a word. */
#define NOTABLE_HOT_LOSS 1.0
#define NOTABLE_WRITE_COST 1.2

/* New indexes of one table, from which on it matters in what order they come. */
#define MANY_INDEXES 4

/* Statements that are named in a sentence. */
#define MAX_NAMED 5

/* ---- what the index is for ---- */

static const char *
name_of_use(PaColumnUseKind kind)
{
	switch (kind)
	{
		case PA_USE_EQUAL:
			return "equality";
		case PA_USE_IN:
			return "IN";
		case PA_USE_IS_NULL:
			return "IS NULL";
		case PA_USE_JOIN:
			return "join";
		case PA_USE_RANGE:
			return "range";
		case PA_USE_PREFIX:
			return "prefix";
		case PA_USE_SEARCH:
			return "search";
	}
	return "condition";
}

/* How far down in the enum, which goes from the best description to the worst. */
static int
best_use(const List *columns, const PaIndexKey *key, int best)
{
	ListCell   *lc;

	foreach(lc, columns)
	{
		const PaColumnUse *column = lfirst(lc);

		if (column->attnum == key->attnum &&
			equal(column->expression, key->expression) &&
			(best < 0 || (int) column->kind < best))
			best = column->kind;
	}
	return best;
}

/* How a statement uses a key. */
static const char *
use_of_key(const PaRelationUse *use, const PaIndexKey *key)
{
	int			best = best_use(use->columns, key, -1);
	ListCell   *lc;

	if (best >= 0)
		return name_of_use(best);
	foreach(lc, use->alternatives)
	{
		ListCell   *lc2;

		foreach(lc2, (List *) lfirst(lc))
			best = best_use(lfirst(lc2), key, best);
	}
	if (best >= 0)
		return psprintf("%s, one side of an OR", name_of_use(best));
	foreach(lc, use->orderings)
	{
		const PaOrdering *ordering = lfirst(lc);

		for (int i = 0; i < ordering->nkeys; i++)
		{
			if (ordering->keys[i].attnum == key->attnum &&
				equal(ordering->keys[i].expression, key->expression))
				return ordering->compared ? "row comparison" : "order";
		}
	}
	return NULL;
}

/* Relation uses of the served statements on the index's table. */
static List *
uses_of_table(const PaServed *served)
{
	List	   *uses = NIL;
	ListCell   *lc;

	foreach(lc, served->subjects)
	{
		ListCell   *lc2;

		foreach(lc2, ((PaAdvisorSubject *) lfirst(lc))->relations)
		{
			PaRelationUse *use = lfirst(lc2);

			if (use->relid == served->spec->relid)
				uses = lappend(uses, use);
		}
	}
	return uses;
}

/* The first use that any statement, heaviest first, has for the key. */
static const char *
word_for_key(const List *uses, const PaIndexKey *key)
{
	ListCell   *lc;

	foreach(lc, uses)
	{
		const char *word = use_of_key(lfirst(lc), key);

		if (word != NULL)
			return word;
	}
	return NULL;
}

/* Plan cost and time as a person writes them. */
static char *
short_number(double value)
{
	return psprintf(value < 100 ? "%.1f" : "%.0f", value);
}

static void
append_keys(StringInfo reason, const PaMissingIndex *index,
			const PaServed *served, const List *uses)
{
	for (int i = 0; i < index->nkeys; i++)
	{
		const char *word = word_for_key(uses, &served->spec->keys[i]);

		appendStringInfo(reason, "%s%s", i == 0 ? "" : ", ",
						 index->key_columns[i]);
		if (word != NULL)
			appendStringInfo(reason, " (%s)", word);
	}
}

static char *
make_reason(const PaMissingIndex *index, const PaServed *served)
{
	List	   *uses = uses_of_table(served);
	bool		one = index->nqueryids == 1;
	StringInfoData reason;

	initStringInfo(&reason);
	appendStringInfo(&reason, "%d statement%s (" INT64_FORMAT " calls, %s ms) would find %s rows by ",
					 index->nqueryids, one ? "" : "s", index->calls,
					 short_number(index->total_exec_time), one ? "its" : "their");
	append_keys(&reason, index, served, uses);
	if (index->predicate != NULL)
		appendStringInfo(&reason, " among those WHERE %s", index->predicate);
	if (uses != NIL)
		appendStringInfo(&reason, " in a table of %.0f rows",
						 ((PaRelationUse *) linitial(uses))->tuples);
	for (int i = 0; i < index->nincluded; i++)
		appendStringInfo(&reason, "%s%s", i == 0 ? ", and read " : ", ",
						 index->include_columns[i]);
	if (index->nincluded > 0)
		appendStringInfoString(&reason, " from the index alone");
	appendStringInfo(&reason, "; the planner's cost of a call falls from %s to %s.",
					 short_number(index->cost_before),
					 short_number(index->cost_after));
	return reason.data;
}

/* ---- what speaks against trusting the figures ---- */

/* The gain of a served statement hangs on meeting the wanted rows early. */
static bool
relies_on_luck(const PaServed *served)
{
	return served->choice != NULL && served->choice->risky;
}

/* True when the cost of a call falls by less than half. */
static bool
saves_little(const PaMissingIndex *index)
{
	return pa_analyze_saved_ratio(index->cost_before, index->cost_after) <
		SMALL_SAVING;
}

/* True when a served statement has parameters that its client sets. */
static bool
has_parameters(const PaServed *served)
{
	ListCell   *lc;

	foreach(lc, served->subjects)
	{
		if (((PaAdvisorSubject *) lfirst(lc))->tree->has_params)
			return true;
	}
	return false;
}

static void
add_caveat(PaMissingIndex *index, char *caveat)
{
	if (index->ncaveats == 0)
		index->caveats = palloc(sizeof(char *));
	else
		index->caveats = repalloc(index->caveats,
								  sizeof(char *) * (index->ncaveats + 1));
	index->caveats[index->ncaveats++] = caveat;
}

/* How much is known. */
static void
add_evidence_caveats(PaMissingIndex *index, const PaServed *served,
					 double window)
{
	if (served->advisor->deadline_hit)
		add_caveat(index,
				   psprintf("The advisor stopped at its deadline (%d ms): it did not look at everything, and there may be a better choice.",
							served->advisor->options.deadline));
	if (window < PA_MIN_WINDOW)
		add_caveat(index,
				   pstrdup("Watched for less than an hour: est_saved_time takes what was seen for an hour's work."));
	if (served->without_values)
		add_caveat(index,
				   pstrdup("No parameter values were sampled for some of the statements: their costs are those of a generic plan."));
	if (served->choice != NULL && !served->choice->verified &&
		!served->advisor->deadline_hit)
		add_caveat(index,
				   pstrdup("Not every statement that it is for could be planned once more with all advised indexes and each of its sampled values."));
	if (relies_on_luck(served))
		add_caveat(index,
				   pstrdup("LIMIT with further conditions: the index saves time only if rows that meet them come early in its order."));
	if (saves_little(index))
		add_caveat(index,
				   pstrdup("The cost falls by less than half: whether the statements get faster depends on how much of the table is cached. Compare EXPLAIN (ANALYZE, BUFFERS) before and after."));
}

/* Statements that the index could mislead. */
static void
add_tempted_caveat(PaMissingIndex *index, const PaServed *served)
{
	StringInfoData caveat;
	int			named = 0;
	ListCell   *lc;

	if (served->choice == NULL || served->choice->tempted == NIL)
		return;
	initStringInfo(&caveat);
	appendStringInfoString(&caveat, "It is not for them, but the planner may come to use its order for LIMIT in other statements, and be slower with it: queryid ");
	foreach(lc, served->choice->tempted)
	{
		const PaWorkloadStatement *statement = lfirst(lc);

		if (named == MAX_NAMED)
		{
			appendStringInfoString(&caveat, " and others");
			break;
		}
		appendStringInfo(&caveat, "%s" INT64_FORMAT, named > 0 ? ", " : "",
						 statement->shape.queryid);
		named++;
	}
	appendStringInfoChar(&caveat, '.');
	add_caveat(index, caveat.data);
}

/* What writers pay. */
static void
add_write_caveats(PaMissingIndex *index, const PaServed *served)
{
	const PaWriteCost *cost = &index->write_cost;

	for (int i = 0; i < index->nkeys; i++)
	{
		AttrNumber	attnum = served->spec->keys[i].attnum;
		int64		calls = attnum != 0 ?
			pa_updates_calls(served->advisor->writes, index->relid, attnum) : 0;

		if (calls == 0)
			continue;
		add_caveat(index,
				   psprintf("UPDATE sets %s (" INT64_FORMAT " calls): each such update of a row has to change this index too, and cannot be HOT.",
							index->key_columns[i], calls));
		break;
	}
	if (cost->hot_loss_pct >= NOTABLE_HOT_LOSS)
		add_caveat(index,
				   psprintf("%.0f %% of the table's HOT updates would become ordinary ones, which write to every index of the table and leave more for vacuum to do.",
							cost->hot_loss_pct));
	if (cost->ratio >= NOTABLE_WRITE_COST)
		add_caveat(index,
				   psprintf("Writing to the table would take about %.1f times as long as now.",
							cost->ratio));
}

/*
 * True, to end the walk, at a conversion that some values do not survive: of
 * a text to something else, or of a document's member to a number.
 */
static bool
conversion_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, CoerceViaIO) &&
		TypeCategory(exprType((Node *) ((CoerceViaIO *) node)->arg)) == TYPCATEGORY_STRING &&
		TypeCategory(exprType(node)) != TYPCATEGORY_STRING)
		return true;
	if (IsA(node, FuncExpr) && ((FuncExpr *) node)->funcformat != COERCE_EXPLICIT_CALL &&
		((FuncExpr *) node)->args != NIL &&
		exprType((Node *) linitial(((FuncExpr *) node)->args)) == JSONBOID)
		return true;
	return expression_tree_walker(node, conversion_walker, context);
}

/* The first key that might fail for a row, or -1. */
static int
key_that_may_fail(const PaServed *served)
{
	for (int i = 0; i < served->spec->nkeys; i++)
	{
		if (conversion_walker(served->spec->keys[i].expression, NULL))
			return i;
	}
	return -1;
}

/* Statements that work today may end with an error. */
static void
add_conversion_caveat(PaMissingIndex *index, const PaServed *served)
{
	int			key = key_that_may_fail(served);

	if (key >= 0)
		add_caveat(index,
				   psprintf("It converts a value of every row%s: CREATE INDEX fails if %s cannot be computed for one of them, and with the index every INSERT or UPDATE that writes such a value fails, also where no statement ever looks for it.",
							index->predicate != NULL ? " in it" : "", index->key_columns[key]));
}

/* What its kind cannot do. */
static void
add_kind_caveats(PaMissingIndex *index, const PaServed *served)
{
	switch (served->spec->method)
	{
		case GIN_AM_OID:
			add_caveat(index,
					   pstrdup("A GIN index is dear to write to, returns rows in no order, and finds candidates that are then checked in the table."));
			break;
		case BRIN_AM_OID:
			add_caveat(index,
					   psprintf("A BRIN index helps as long as the rows lie in the table in the order of %s: updates of old rows and backfills spoil it.",
								index->key_columns[0]));
			break;
		case HASH_AM_OID:
			add_caveat(index,
					   pstrdup("A hash index serves equality alone: no range, no order, no uniqueness."));
			break;
		default:
			break;
	}
	if (index->predicate != NULL)
		add_caveat(index,
				   pstrdup("A partial index serves only statements that imply its WHERE clause."));
	if (index->predicate != NULL && has_parameters(served))
		add_caveat(index,
				   pstrdup("A generic plan cannot use it where a parameter decides about the WHERE clause: with plan_cache_mode = auto the server may choose one after five executions of a prepared statement. Write that value as a constant, or SET plan_cache_mode = force_custom_plan for these statements."));
	if (index->nincluded > 0)
		add_caveat(index,
				   pstrdup("The table is left alone only where its pages are marked all-visible: vacuum has to keep up with the writes."));
}

/* How to go about it. */
static void
add_procedure_caveats(PaMissingIndex *index, const PaServed *served)
{
	if (served->table->relkind == RELKIND_PARTITIONED_TABLE)
		add_caveat(index, index->ddl_script != NULL ?
				   pstrdup("The table is partitioned: index_ddl blocks writes to all its partitions while it runs, ddl_script does not.") :
				   pstrdup("The table is partitioned: CREATE INDEX blocks writes to all its partitions while it runs."));
	if (index->replaces != NULL)
		add_caveat(index,
				   psprintf("It does all that %s does: when it is there and valid, DROP INDEX CONCURRENTLY %s.",
							index->replaces, index->replaces));
}

void
pa_index_words_among(PaMissingIndex *index, int count)
{
	if (count > MANY_INDEXES)
		add_caveat(index,
				   psprintf("%d new indexes are advised on this table: to create all of them at once multiplies what its writers pay, and takes as many passes over the table. Begin with the first, which saves most, and see what is advised then.",
							count));
}

static const char *
judge_confidence(const PaMissingIndex *index, const PaServed *served,
				 double window)
{
	if (index->calls < FEW_CALLS || served->advisor->deadline_hit ||
		relies_on_luck(served) || saves_little(index) ||
		key_that_may_fail(served) >= 0)
		return "low";
	if (index->calls >= MANY_CALLS && window >= LONG_WINDOW &&
		!served->without_values)
		return "high";
	return "medium";
}

void
pa_index_words(PaMissingIndex *index, const PaServed *served, double window)
{
	add_evidence_caveats(index, served, window);
	add_tempted_caveat(index, served);
	add_write_caveats(index, served);
	add_conversion_caveat(index, served);
	add_kind_caveats(index, served);
	add_procedure_caveats(index, served);
	index->confidence = judge_confidence(index, served, window);
	index->reason = make_reason(index, served);
}

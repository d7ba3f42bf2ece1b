/*-------------------------------------------------------------------------
 *
 * drop_statement.c
 *		What dropping an index does to one statement.
 *
 * Each stored tree is planned twice with every sampled vector: as it is, and
 * with the index hidden from the planner.  Both plans are compared by what
 * they are made of, not only by cost: a plan that does not read the index may
 * still rest on it.  A unique index tells the planner that a join finds one
 * row at most, and an index on an expression brings the statistics of it.
 *
 * IDENTIFICATION
 *		src/report/drop_statement.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "report/drop_statement.h"
#include "report/stored_tree.h"
#include "store/store.h"
#include "whatif/whatif.h"

/* Costs that differ by less are the same. */
#define SAME_COST 0.001

/* So many nodes are named on each side of a change. */
#define MAX_NAMED 4

/* ---- one plan against another ---- */

/* The labels that a has more often than b; both are in order. */
static List *
labels_beyond(const List *a, const List *b)
{
	List	   *beyond = NIL;
	int			j = 0;

	for (int i = 0; i < list_length(a); i++)
	{
		const char *label = list_nth(a, i);

		while (j < list_length(b) && strcmp(list_nth(b, j), label) < 0)
			j++;
		if (j < list_length(b) && strcmp(list_nth(b, j), label) == 0)
			j++;
		else
			beyond = lappend(beyond, (void *) label);
	}
	return beyond;
}

static char *
join_labels(const List *labels)
{
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < list_length(labels) && i < MAX_NAMED; i++)
		appendStringInfo(&text, "%s%s", i > 0 ? ", " : "", (char *) list_nth(labels, i));
	if (list_length(labels) > MAX_NAMED)
		appendStringInfo(&text, " and %d more", list_length(labels) - MAX_NAMED);
	return text.data;
}

/* NULL when both are made of the same. */
static char *
describe_change(const PaPlanOutline *before, const PaPlanOutline *after)
{
	List	   *gone = labels_beyond(before->labels, after->labels);
	List	   *added = labels_beyond(after->labels, before->labels);

	if (gone == NIL && added == NIL)
		return NULL;
	if (gone == NIL)
		return psprintf("also %s", join_labels(added));
	if (added == NIL)
		return psprintf("no %s", join_labels(gone));
	return psprintf("%s instead of %s", join_labels(added), join_labels(gone));
}

static bool
any_member(const List *oids, const List *of)
{
	ListCell   *lc;

	foreach(lc, oids)
	{
		if (list_member_oid(of, lfirst_oid(lc)))
			return true;
	}
	return false;
}

/* True when some ON CONFLICT has no other index to be inferred from. */
static bool
needs_arbiter(const PaPlanOutline *outline, const List *indexids)
{
	ListCell   *lc;

	foreach(lc, outline->arbiters)
	{
		if (list_difference_oid(lfirst(lc), indexids) == NIL)
			return true;
	}
	return false;
}

/* ---- one tree ---- */

/* What the plans of one tree's vectors say, summed. */
typedef struct TreeResult
{
	double		before;
	double		after;
	double		worst;			/* largest loss of one vector */
	int			vectors;
} TreeResult;

static void
raise_outcome(PaDropStatement *result, PaDropOutcome outcome)
{
	if (result->outcome == PA_DROP_FAILS)
		return;
	if (outcome == PA_DROP_FAILS || outcome == PA_DROP_USES ||
		result->outcome != PA_DROP_USES)
		result->outcome = outcome;
}

static void
compare_plans(PaDropStatement *result, TreeResult *tree, const List *indexids,
			  const PaPlanOutline *before, const PaPlanOutline *after)
{
	bool		uses = any_member(before->indexids, indexids);
	char	   *change = describe_change(before, after);
	double		loss = after->cost - before->cost;

	tree->vectors++;
	tree->before += before->cost;
	tree->after += after->cost;
	if (needs_arbiter(before, indexids))
		raise_outcome(result, PA_DROP_FAILS);
	else if (uses)
		raise_outcome(result, PA_DROP_USES);
	else if (change != NULL || fabs(loss) > before->cost * SAME_COST)
		raise_outcome(result, PA_DROP_MISSES);

	if (change != NULL)
	{
		result->shape_changed = true;
		result->instead = list_concat_unique_oid(result->instead,
												 list_difference_oid(after->indexids,
																	 before->indexids));
		if (result->change == NULL || loss > tree->worst)
		{
			result->change = change;
			tree->worst = loss;
		}
	}
}

/* Adds one tree; false when it is not planned, with the reason. */
static bool
add_tree(PaDropStatement *result, TreeResult *tree, const PaWorkloadStatement *statement,
		 const PaStoredTree *stored, List *params, List *indexids)
{
	PaWhatifStatement *whatif = pa_whatif_open(stored, stored->has_params ? params : NIL,
											   statement->shape.userid);
	List	   *before = NIL;
	List	   *after = NIL;
	ListCell   *lc;
	ListCell   *lc2;

	if (pa_whatif_refusal(whatif) == NULL)
		before = pa_whatif_outlines(whatif);
	if (before != NIL)
	{
		pa_whatif_hide(whatif, indexids);
		after = pa_whatif_outlines(whatif);
	}
	forboth(lc, before, lc2, after)
		compare_plans(result, tree, indexids, lfirst(lc), lfirst(lc2));
	if (after == NIL)
	{
		if (pa_whatif_refusal(whatif) != NULL)
			result->refusal = pstrdup(pa_whatif_refusal(whatif));
		if (pa_whatif_is_stale(whatif))
			pa_store_drop_tree(&statement->shape, stored);
	}
	pa_whatif_close(whatif);
	return after != NIL;
}

/* Whether a sampled execution of its last plan read one of the tables. */
static bool
was_seen_reading(const PaWorkloadStatement *statement, const List *tables)
{
	PaPlanScans *scans = pa_store_read_scans(&statement->last_plan);

	for (int i = 0; scans != NULL && i < scans->nscans; i++)
	{
		if (list_member_oid(tables, scans->scans[i].relid))
			return true;
	}
	return false;
}

/*
 * Those of the statement's trees that read one of the tables.  *missing: it
 * has no tree at all, and reads one of them.
 */
static List *
trees_on(const PaWorkloadStatement *statement, const List *tables, bool *missing)
{
	List	   *trees = pa_store_read_trees(&statement->shape);
	ListCell   *lc;

	*missing = trees == NIL && was_seen_reading(statement, tables);
	foreach(lc, trees)
	{
		if (!pa_report_names_table(lfirst(lc), tables))
			trees = foreach_delete_current(trees, lc);
	}
	return trees;
}

void
pa_drop_postpone(const PaWorkloadStatement *statement, const List *tables,
				 PaDropStatement *result)
{
	bool		missing;

	memset(result, 0, sizeof(PaDropStatement));
	if (trees_on(statement, tables, &missing) == NIL && !missing)
		return;
	result->outcome = PA_DROP_REFUSED;
	result->refusal = "perf_advisor.advisor_deadline came first";
}

void
pa_drop_statement(const PaWorkloadStatement *statement, const List *tables,
				  List *indexids, PaDropStatement *result)
{
	bool		missing;
	List	   *trees = list_truncate(trees_on(statement, tables, &missing),
									  PA_MAX_PLAN_VECTORS);
	List	   *params = NIL;
	TreeResult	tree = {0};
	int			planned = 0;
	ListCell   *lc;

	memset(result, 0, sizeof(PaDropStatement));
	if (missing)
		result->refusal = "no query tree is stored: it was not captured yet, or something that it depends on has changed";
	foreach(lc, trees)
	{
		const PaStoredTree *stored = lfirst(lc);
		Query	   *query = pa_report_read_tree(stored, &result->refusal);

		CHECK_FOR_INTERRUPTS();
		if (query == NULL || pa_report_is_about_us(query))
			continue;
		if (result->outcome == PA_DROP_NOT_CONCERNED)
			result->outcome = PA_DROP_NO_CHANGE;
		if (stored->has_params && params == NIL)
			params = pa_store_read_params(&statement->shape);
		if (add_tree(result, &tree, statement, stored, params, indexids))
			planned++;
	}
	if (planned == 0 && result->refusal != NULL)
		result->outcome = PA_DROP_REFUSED;
	if (tree.vectors > 0)
	{
		result->cost_before = tree.before / tree.vectors;
		result->cost_after = tree.after / tree.vectors;
	}
}

/*-------------------------------------------------------------------------
 *
 * candidates_search.c
 *		Candidates for what only GIN or GiST finds, and for the arms of an OR.
 *
 * A search in a text, a document or an array gives an index on that column
 * alone.  Where one search finds many rows and there are others, one GIN index
 * over all of them is proposed too.
 *
 * An OR needs an index for each of its arms, or none: the planner looks up each
 * arm by its own and unites what they find.  An arm may compare with another
 * relation: then all of them are looked up for each of its rows.
 *
 * IDENTIFICATION
 *		src/analyze/candidates_search.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"

#include "analyze/candidates_internal.h"
#include "analyze/index_spec.h"

#define MAX_SINGLE_SEARCHES 4	/* searched columns proposed alone */
#define MAX_ARMS 8				/* of an OR */

/* An index on the searched column alone. */
static void
start_search(const PaProposals *proposals, const PaColumnUse *search,
			 Oid opclass, PaDraft *draft)
{
	pa_draft_start(proposals, draft);
	draft->spec.method = search->method;
	draft->spec.keys[0].attnum = search->attnum;
	draft->spec.keys[0].expression = search->expression;
	draft->spec.keys[0].opclass = opclass;
	draft->spec.nkeys = 1;
}

/*
 * The operator class that serves all searches of a column by a method: the
 * one that they share, or else the default one.
 */
static Oid
shared_opclass(const PaColumns *columns, const PaColumnUse *search)
{
	for (int i = 0; i < columns->nsearch; i++)
	{
		const PaColumnUse *other = columns->search[i];

		if (other->method == search->method &&
			pa_candidates_same_column(other, search) &&
			other->opclass != search->opclass)
			return InvalidOid;
	}
	return search->opclass;
}

/* One GIN index over all columns that GIN searches, if they are several. */
static void
propose_searched_columns(PaProposals *proposals)
{
	const PaColumns *columns = &proposals->columns;
	PaDraft		draft;

	pa_draft_start(proposals, &draft);
	draft.spec.method = GIN_AM_OID;
	for (int i = 0; i < columns->nsearch; i++)
	{
		const PaColumnUse *search = columns->search[i];
		PaIndexKey	key = {0};

		if (search->method != GIN_AM_OID || search->selectivity > PA_UNSELECTIVE ||
			draft.rows <= PA_ENOUGH_ROWS_SKEWED)
			continue;
		key.attnum = search->attnum;
		key.expression = search->expression;
		key.opclass = shared_opclass(columns, search);
		if (pa_draft_append_key(&draft, &key))
			draft.rows *= search->selectivity;
	}
	if (draft.spec.nkeys > 1)
		(void) pa_candidates_propose(proposals, &draft);
}

/* Rows that the equalities find, if there were an index for them. */
static double
rows_by_constants(const PaProposals *proposals)
{
	PaDraft		draft;

	pa_draft_start(proposals, &draft);
	pa_draft_append_constants(&draft, &proposals->columns, 0, false);
	return draft.rows;
}

void
pa_candidates_searches(PaProposals *proposals)
{
	const PaColumns *columns = &proposals->columns;

	if (rows_by_constants(proposals) <= PA_ENOUGH_ROWS_SKEWED)
		return;
	for (int i = 0; i < Min(columns->nsearch, MAX_SINGLE_SEARCHES); i++)
	{
		const PaColumnUse *search = columns->search[i];
		PaDraft		draft;

		if (search->selectivity > PA_UNSELECTIVE)
			continue;
		start_search(proposals, search, shared_opclass(columns, search), &draft);
		(void) pa_candidates_propose(proposals, &draft);
	}
	if (columns->nsearch > 1)
		propose_searched_columns(proposals);
}

/* ---- OR ---- */

/* True when a key of the draft is one of the arm's own columns. */
static bool
draft_uses_arm(const PaDraft *draft, const List *arm)
{
	for (int i = 0; i < draft->spec.nkeys; i++)
	{
		ListCell   *lc;

		foreach(lc, arm)
		{
			if (pa_index_key_is_use(&draft->spec.keys[i], lfirst(lc)))
				return true;
		}
	}
	return false;
}

/* (E,J) for an arm that compares with another relation. */
static void
draft_joined(const PaProposals *proposals, PaDraft *draft)
{
	const PaColumns *columns = &proposals->columns;

	pa_draft_join_with_constants(proposals, columns->join[0], draft);
	for (int i = 1; i < columns->njoin; i++)
	{
		if (pa_draft_is_worth_adding(columns->join[i], draft->rows))
			pa_draft_append_equality(draft, columns->join[i]);
	}
}

/* (E,J,R) of the columns, or as much of it as finds little enough. */
static void
draft_lookup(PaProposals *proposals, const List *uses, PaDraft *draft)
{
	const PaColumns *columns = &proposals->columns;
	const PaColumnUse *range;

	pa_candidates_sort_columns(uses, &proposals->columns);
	range = columns->range != NULL ? columns->range : columns->prefix;

	pa_draft_start(proposals, draft);
	pa_draft_append_constants(draft, columns, 0, false);
	if (draft->rows <= PA_ENOUGH_ROWS)
		return;
	if (columns->njoin > 0)
		draft_joined(proposals, draft);
	if (range == NULL || draft->rows <= PA_ENOUGH_ROWS ||
		(range->guessed && draft->nequal > 0))
		return;

	if (columns->njoin == 0)
	{
		pa_draft_start(proposals, draft);
		pa_draft_append_constants(draft, columns, 1, false);
	}
	if (pa_draft_append_use(draft, range))
		draft->rows *= range->selectivity;
}

/*
 * The index for an arm.  Where its own conditions find many rows, those
 * beside the OR hold as well.  False when there is none.
 */
static bool
draft_arm(const PaProposals *proposals, const List *arm, PaDraft *draft)
{
	PaProposals with = *proposals;
	List	   *uses = list_copy(arm);

	draft_lookup(&with, arm, draft);
	if (draft->rows > PA_ENOUGH_ROWS_SKEWED && draft->spec.nkeys > 0)
	{
		for (int i = 0; i < proposals->columns.nequal; i++)
			uses = lappend(uses, (void *) proposals->columns.equal[i]);
		draft_lookup(&with, uses, draft);
	}
	if (draft_uses_arm(draft, arm))
		return true;
	if (with.columns.nsearch == 0)
		return false;
	start_search(&with, with.columns.search[0], with.columns.search[0]->opclass,
				 draft);
	return true;
}

/* Share of the rows that an arm keeps. */
static double
arm_selectivity(const List *arm)
{
	double		selectivity = 1;
	ListCell   *lc;

	foreach(lc, arm)
		selectivity *= ((const PaColumnUse *) lfirst(lc))->selectivity;
	return selectivity;
}

static void
propose_arms(PaProposals *proposals, const List *arms)
{
	PaDraft		drafts[MAX_ARMS];
	double		selectivity = 0;
	int			count = 0;
	ListCell   *lc;

	if (list_length(arms) > MAX_ARMS)
		return;
	foreach(lc, arms)
	{
		selectivity += arm_selectivity(lfirst(lc));
		if (selectivity > PA_UNSELECTIVE ||
			!draft_arm(proposals, lfirst(lc), &drafts[count++]))
			return;
	}
	for (int i = 0; i < count; i++)
		(void) pa_candidates_propose(proposals, &drafts[i]);
}

/* Not where the conditions beside the OR find little enough. */
void
pa_candidates_alternatives(PaProposals *proposals)
{
	ListCell   *lc;

	if (rows_by_constants(proposals) <= PA_ENOUGH_ROWS_SKEWED)
		return;
	foreach(lc, proposals->use->alternatives)
		propose_arms(proposals, lfirst(lc));
}

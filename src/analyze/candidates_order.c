/*-------------------------------------------------------------------------
 *
 * candidates_order.c
 *		Candidates that give an order.
 *
 * (E,O), or (O) when no equality leads to the ordering.  Not (O) as well: under
 * LIMIT the planner may like it better, but it is a bet that the wanted rows
 * come early.  (O) for nothing but grouping is not worth an index: hashing does
 * as well, and all rows are read either way.  Nor is it behind a large
 * OFFSET: to remember the last row instead is the advice (hints.c).
 *
 * A row comparison such as (a, b) > (x, y) wants no order, but an index in
 * this order finds the place where the rows begin.
 *
 * IDENTIFICATION
 *		src/analyze/candidates_order.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"

#include "analyze/candidates_internal.h"
#include "analyze/hints.h"
#include "analyze/index_spec.h"

/*
 * Rows that are read and sorted at once, even if a few of them would do.  It
 * may happen for each row of another table (LATERAL ... LIMIT 1).
 */
#define SORTED_AT_ONCE 2.0

/*
 * An equality that keeps at most so much stands before the first rows' order,
 * if nothing better does.
 */
#define MAX_COARSE 0.5

/*
 * Appends the ordering's columns, or as many as there is room for: an index
 * on the leading ones still saves most of the sort.
 */
static void
append_ordering(PaDraft *draft, const PaColumns *columns,
				const PaOrdering *ordering)
{
	for (int i = 0; i < ordering->nkeys; i++)
	{
		const PaColumnUse *constant =
			pa_candidates_find_equal(columns, &ordering->keys[i]);

		/* a constant adds nothing to the ordering */
		if (constant != NULL && constant->kind == PA_USE_EQUAL)
			continue;
		if (!pa_draft_append_key(draft, &ordering->keys[i]))
			break;
	}
	pa_index_spec_normalize(&draft->spec, draft->nequal);
}

/*
 * Takes in equalities that keep too much to lead to an order by themselves: the
 * rows that they keep may all come late in it.
 */
static void
append_coarse_constants(PaDraft *draft, const PaColumns *columns)
{
	for (int i = 0; i < columns->nequal; i++)
	{
		const PaColumnUse *column = columns->equal[i];

		if (draft->spec.nkeys + 1 >= PA_MAX_CANDIDATE_KEYS)
			return;
		if (column->kind == PA_USE_EQUAL && column->selectivity <= MAX_COARSE &&
			draft->rows > PA_ENOUGH_ROWS_SKEWED)
			pa_draft_append_equality(draft, column);
	}
}

/* The equalities in the draft, then the ordering. */
static void
propose_ordered(PaProposals *proposals, PaDraft *draft,
				const PaOrdering *ordering)
{
	append_ordering(draft, &proposals->columns, ordering);

	/* part of an order gives the first rows no sooner than none */
	if (ordering->compared || ordering->limited || draft->nequal == 0)
		draft->spec.nkept = draft->spec.nkeys;
	if (draft->spec.nkeys > draft->nequal)
		(void) pa_candidates_propose(proposals, draft);
}

static void
propose_ordering(PaProposals *proposals, const PaOrdering *ordering)
{
	PaDraft		draft;
	PaDraft		coarse;

	pa_draft_start(proposals, &draft);
	pa_draft_append_constants(&draft, &proposals->columns, 1, true);
	if (draft.rows <= (ordering->limited ? SORTED_AT_ONCE : PA_ENOUGH_ROWS))
		return;
	if (draft.nequal == 0 && proposals->predicate == NIL &&
		(ordering->grouping ||
		 (ordering->limited && pa_analyze_has_large_offset(proposals->use))))
		return;

	coarse = draft;
	if (ordering->limited && draft.nequal == 0)
		append_coarse_constants(&coarse, &proposals->columns);
	if (coarse.nequal > draft.nequal)
		propose_ordered(proposals, &coarse, ordering);
	propose_ordered(proposals, &draft, ordering);
	if (draft.nequal > 0 && draft.spec.nkeys > draft.nequal &&
		!ordering->limited && proposals->columns.range == NULL)
		pa_candidates_propose_covering(proposals, &draft, PA_MANY_ROWS);
}

/* Row comparisons first: often one index is for them and the ordering. */
void
pa_candidates_orderings(PaProposals *proposals)
{
	ListCell   *lc;

	foreach(lc, proposals->use->orderings)
	{
		if (((const PaOrdering *) lfirst(lc))->compared)
			propose_ordering(proposals, lfirst(lc));
	}
	foreach(lc, proposals->use->orderings)
	{
		if (!((const PaOrdering *) lfirst(lc))->compared)
			propose_ordering(proposals, lfirst(lc));
	}
}

/* The ordering's first key that is no constant is the index' first key. */
static bool
begins_with_ordering(const PaIndexSpec *spec, const PaColumns *columns,
					 const PaOrdering *ordering)
{
	for (int i = 0; i < ordering->nkeys; i++)
	{
		if (pa_candidates_find_equal(columns, &ordering->keys[i]) == NULL)
			return pa_index_key_same(&ordering->keys[i], &spec->keys[0]);
	}
	return false;
}

bool
pa_analyze_is_bet(const PaRelationUse *use, const PaIndexSpec *spec)
{
	PaProposals proposals = {0};
	PaDraft		draft;
	ListCell   *lc;

	/* a predicate that holds stands for an equality */
	if (use->relid != spec->relid || spec->method != BTREE_AM_OID ||
		spec->nkeys == 0 || spec->predicate != NIL)
		return false;
	foreach(lc, use->columns)
	{
		if (pa_index_key_is_use(&spec->keys[0], lfirst(lc)))
			return false;
	}

	proposals.use = use;
	proposals.rows = use->tuples;
	pa_candidates_sort_columns(use->columns, &proposals.columns);
	pa_draft_start(&proposals, &draft);
	pa_draft_append_constants(&draft, &proposals.columns, 1, true);
	if (draft.nequal == 0)
		return false;

	foreach(lc, use->orderings)
	{
		const PaOrdering *ordering = lfirst(lc);

		if (ordering->limited &&
			begins_with_ordering(spec, &proposals.columns, ordering))
			return true;
	}
	return false;
}

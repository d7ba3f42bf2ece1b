/*-------------------------------------------------------------------------
 *
 * candidates_lookup.c
 *		Candidates that look up constants and ranges.
 *
 * With E the columns compared for equality with a constant and R the best
 * range: (E), (E,R), the same under a predicate, the same with the columns
 * carried along that the statement reads, and in place of a b-tree a hash
 * index on one wide column or BRIN on a large table in the order of R.
 *
 * A predicate is proposed only for the rare values of a skewed column: any
 * value of an even one is as likely to be asked for as the next.
 *
 * IDENTIFICATION
 *		src/analyze/candidates_lookup.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_am.h"

#include "analyze/candidates_internal.h"
#include "analyze/index_spec.h"

/* A larger column makes a b-tree that is much larger than a hash index. */
#define WIDE_COLUMN 32

/* BRIN: bytes of the table, order of its rows, share of them wanted. */
#define MIN_BRIN_TABLE (1024.0 * 1024.0 * 1024.0)
#define MIN_BRIN_CORRELATION 0.95
#define MIN_BRIN_SELECTIVITY 0.01

/*
 * A range that keeps at most this share of the rows stays with the equality
 * before it: it is what most often is asked for together, and grows with the
 * table.
 */
#define MAX_KEPT_RANGE 0.5

/* A predicate keeps at most this share of the rows. */
#define MAX_PREDICATE_SELECTIVITY 0.2

/* And at least this share of the executions has it. */
#define MIN_PREDICATE_SHARE 0.9

/* A hash index instead of a b-tree on one wide column. */
static void
propose_hash(PaProposals *proposals, const PaDraft *draft)
{
	const PaColumns *columns = &proposals->columns;
	const PaColumnUse *column;
	PaDraft		hash = *draft;

	if (draft->spec.nkeys != 1 || draft->spec.predicate != NIL ||
		proposals->use->orderings != NIL ||
		columns->range != NULL || columns->prefix != NULL)
		return;
	column = pa_candidates_find_equal(columns, &draft->spec.keys[0]);
	if (column == NULL || column->kind != PA_USE_EQUAL || !column->hashable ||
		column->width <= WIDE_COLUMN)
		return;
	hash.spec.method = HASH_AM_OID;
	hash.spec.keys[0].opclass = InvalidOid;
	(void) pa_candidates_propose(proposals, &hash);
}

/*
 * (E).  Where its first column finds little enough already, that column alone
 * comes first: it is the better index unless the planner sees a difference.
 */
void
pa_candidates_constants(PaProposals *proposals)
{
	PaDraft		draft;
	PaDraft		first;

	pa_draft_start(proposals, &draft);
	pa_draft_append_constants(&draft, &proposals->columns, 0, false);

	if (draft.nequal > 1)
	{
		pa_draft_start(proposals, &first);
		pa_draft_append_constants(&first, &proposals->columns,
								  PA_MAX_CANDIDATE_KEYS - 1, false);
		if (first.rows <= PA_FEW_ROWS)
			(void) pa_candidates_propose(proposals, &first);
	}
	propose_hash(proposals, &draft);
	(void) pa_candidates_propose(proposals, &draft);
}

/*
 * (E) with everything carried along, unless a range or an ordering is to be
 * its next key, where that does more good.
 */
void
pa_candidates_covering(PaProposals *proposals)
{
	const PaColumns *columns = &proposals->columns;
	PaDraft		draft;

	pa_draft_start(proposals, &draft);
	pa_draft_append_constants(&draft, columns, 0, false);
	if (draft.spec.nkeys < PA_MAX_CANDIDATE_KEYS &&
		(columns->range != NULL || columns->prefix != NULL ||
		 proposals->use->orderings != NIL))
		return;
	pa_candidates_propose_covering(proposals, &draft, PA_MANY_ROWS);
}

/* BRIN on a range alone, where the rows lie in its order. */
static void
propose_brin(PaProposals *proposals, const PaColumnUse *range)
{
	PaDraft		draft;

	if (range->kind != PA_USE_RANGE || range->attnum == 0 ||
		proposals->predicate != NIL ||
		proposals->use->pages * BLCKSZ < MIN_BRIN_TABLE ||
		fabs(range->correlation) < MIN_BRIN_CORRELATION ||
		range->selectivity < MIN_BRIN_SELECTIVITY)
		return;
	pa_draft_start(proposals, &draft);
	draft.spec.method = BRIN_AM_OID;
	if (pa_draft_append_use(&draft, range))
		(void) pa_candidates_propose(proposals, &draft);
}

/* A row comparison begins with it, which finds the place exactly. */
static bool
is_compared(const PaRelationUse *use, const PaColumnUse *range)
{
	ListCell   *lc;

	foreach(lc, use->orderings)
	{
		const PaOrdering *ordering = lfirst(lc);

		if (ordering->compared && ordering->nkeys > 1 &&
			pa_index_key_is_use(&ordering->keys[0], range))
			return true;
	}
	return false;
}

/* (E,R) for one range. */
static void
propose_range(PaProposals *proposals, const PaColumnUse *range)
{
	PaDraft		draft;

	if (range == NULL || is_compared(proposals->use, range))
		return;
	pa_draft_start(proposals, &draft);
	pa_draft_append_constants(&draft, &proposals->columns, 0, false);
	if (draft.rows <= PA_ENOUGH_ROWS)
		return;

	pa_draft_start(proposals, &draft);
	pa_draft_append_constants(&draft, &proposals->columns, 1, false);
	if (draft.nequal > 0 && range->guessed)
		return;
	if (draft.nequal == 0)
		propose_brin(proposals, range);
	if (!pa_draft_append_use(&draft, range))
		return;
	if (draft.spec.nkeys == 2 && range->selectivity <= MAX_KEPT_RANGE)
		draft.spec.nkept = 2;
	draft.rows *= range->selectivity;
	(void) pa_candidates_propose(proposals, &draft);
	pa_candidates_propose_covering(proposals, &draft, PA_MANY_ROWS);
}

void
pa_candidates_ranges(PaProposals *proposals)
{
	propose_range(proposals, proposals->columns.range);
	propose_range(proposals, proposals->columns.prefix);
}

/* ---- under a predicate ---- */

/* The use for equality of the column that the predicate is on, or NULL. */
static const PaColumnUse *
column_of_predicate(const PaColumns *columns, const PaPredicateUse *predicate)
{
	for (int i = 0; i < columns->nequal && predicate->attnum != 0; i++)
	{
		if (columns->equal[i]->attnum == predicate->attnum)
			return columns->equal[i];
	}
	return NULL;
}

/*
 * A condition on an even column is no predicate.  One that keeps few rows
 * and is no equality tells by that alone that the column is skewed.
 */
static bool
is_predicate(const PaColumns *columns, const PaPredicateUse *predicate)
{
	const PaColumnUse *column = column_of_predicate(columns, predicate);

	if (predicate->clause == NULL ||
		predicate->selectivity > MAX_PREDICATE_SELECTIVITY ||
		predicate->share < MIN_PREDICATE_SHARE)
		return false;
	if (column == NULL)
		return !predicate->fixes;
	return column->kind == PA_USE_IS_NULL || pa_candidates_is_skewed(column);
}

static const PaPredicateUse *
best_predicate(const PaProposals *proposals)
{
	const PaPredicateUse *best = NULL;
	ListCell   *lc;

	foreach(lc, proposals->use->predicates)
	{
		const PaPredicateUse *predicate = lfirst(lc);

		if (is_predicate(&proposals->columns, predicate) &&
			(best == NULL || predicate->selectivity < best->selectivity))
			best = predicate;
	}
	return best;
}

/* The column that the predicate is on needs no key. */
static void
remove_column(PaColumns *columns, const PaColumnUse *column)
{
	int			kept = 0;

	for (int i = 0; i < columns->nequal; i++)
	{
		if (columns->equal[i] != column)
			columns->equal[kept++] = columns->equal[i];
	}
	columns->nequal = kept;
}

/* Neither a range, an ordering nor a join column could be the key. */
static bool
has_nothing_else(const PaProposals *proposals)
{
	return proposals->columns.range == NULL && proposals->columns.njoin == 0 &&
		proposals->columns.prefix == NULL && proposals->use->orderings == NIL;
}

/* Average bytes of a column that the statement reads; 0: not known. */
static int
width_of(const PaRelationUse *use, AttrNumber attnum)
{
	ListCell   *lc;

	foreach(lc, use->needed)
	{
		const PaNeededColumn *column = lfirst(lc);

		if (column->attnum == attnum)
			return column->width;
	}
	return 0;
}

/*
 * The column itself as the key, when there is nothing else to look up.  One
 * that the predicate only excludes values from (IS NOT NULL, <>) is no key to
 * look up, but serves as well as any other, unless it is wide.
 */
static void
propose_predicate_column(PaProposals *proposals, const PaColumnUse *column)
{
	PaIndexKey	key = {0};
	PaDraft		draft;

	pa_draft_start(proposals, &draft);
	key.attnum = proposals->implied;
	if (column != NULL)
		pa_draft_append_equality(&draft, column);
	else if (width_of(proposals->use, key.attnum) > 0 &&
			 width_of(proposals->use, key.attnum) <= WIDE_COLUMN)
		(void) pa_draft_append_key(&draft, &key);
	draft.rows = proposals->rows;	/* all of them have the value */
	(void) pa_candidates_propose(proposals, &draft);
	pa_candidates_propose_covering(proposals, &draft, PA_MANY_ROWS);
}

/*
 * (E), (E,R), (E,O) and (J) under the best predicate, unless the remaining
 * equalities find little enough without it, or an existing index does.
 */
void
pa_candidates_partial(PaProposals *proposals)
{
	const PaPredicateUse *predicate = best_predicate(proposals);
	PaProposals partial = *proposals;
	const PaColumnUse *column;
	PaDraft		draft;

	if (predicate == NULL)
		return;
	column = column_of_predicate(&proposals->columns, predicate);
	if (column != NULL)
		remove_column(&partial.columns, column);

	pa_draft_start(&partial, &draft);
	pa_draft_append_constants(&draft, &partial.columns, 0, false);
	if (draft.rows <= PA_FEW_ROWS || proposals->has_few)
		return;

	partial.predicate = list_make1(predicate->clause);
	partial.implied = predicate->attnum;
	partial.rows = proposals->use->tuples * predicate->selectivity;
	pa_candidates_constants(&partial);
	pa_candidates_ranges(&partial);
	pa_candidates_orderings(&partial);
	pa_candidates_covering(&partial);
	pa_candidates_partial_joins(&partial);
	if (draft.nequal == 0 && has_nothing_else(&partial))
		propose_predicate_column(&partial, column);
	proposals->specs = partial.specs;
}

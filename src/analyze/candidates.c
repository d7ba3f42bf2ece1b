/*-------------------------------------------------------------------------
 *
 * candidates.c
 *		Which indexes could serve one relation of one statement.
 *
 * With E the columns compared for equality with a constant, J those with
 * another relation, R a range and O an ordering, proposed are
 *
 * 		(E) (E,R), (E,O) or (O), (J) (E,J) (E,J,R)
 *
 * and of these, where the rows are few, far between or wide, the variants
 * with a predicate, with carried columns, or of another access method; one for
 * each arm of an OR; and what only GIN or GiST can search.
 *
 * The order of columns inside an index is a rule and never a cost: equality
 * first, the most distinct column first, then one range or the ordering.
 * The planner's cost model takes the correlation with the heap from the first
 * column alone, and so would like a near-constant leading column best.
 *
 * The files of the parts are listed in candidates_internal.h.
 *
 * IDENTIFICATION
 *		src/analyze/candidates.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analyze/candidates_internal.h"

List *
pa_analyze_candidates(const PaRelationUse *use)
{
	PaProposals proposals = {0};

	if (!use->advisable)
		return NIL;

	proposals.use = use;
	proposals.rows = use->tuples;
	pa_candidates_sort_columns(use->columns, &proposals.columns);

	if (!pa_candidates_is_served(use, &proposals.columns, NULL))
	{
		proposals.has_few = pa_candidates_finds_few(use, &proposals.columns);
		pa_candidates_partial(&proposals);
		pa_candidates_constants(&proposals);
		pa_candidates_ranges(&proposals);
		pa_candidates_orderings(&proposals);
		pa_candidates_covering(&proposals);
		pa_candidates_alternatives(&proposals);
		pa_candidates_searches(&proposals);
	}
	proposals.has_few = false;
	pa_candidates_joins(&proposals);
	return proposals.specs;
}

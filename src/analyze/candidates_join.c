/*-------------------------------------------------------------------------
 *
 * candidates_join.c
 *		Candidates for the inner side of a join.
 *
 * (J) for each join column, (J) over several, and (E,J), (E,J,R) where neither
 * the constants nor the join key find a handful of rows alone.  How often a
 * join looks up is not known here, only what one look-up finds.
 *
 * IDENTIFICATION
 *		src/analyze/candidates_join.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analyze/candidates_internal.h"

#define MAX_SINGLE_JOINS 4		/* join columns proposed alone */

/* Rows of one look-up from which on the table had better not be visited. */
#define MANY_ROWS_PER_PROBE 20

/* But a few look-ups of such a share of the table read most of a wide index. */
#define MAX_SHARE_PER_PROBE 0.05

/* (J) for one join column. */
static void
propose_join(PaProposals *proposals, const PaColumnUse *join)
{
	PaDraft		draft;

	if (pa_candidates_is_served(proposals->use, &proposals->columns, join))
		return;
	pa_draft_start(proposals, &draft);
	pa_draft_append_equality(&draft, join);
	(void) pa_candidates_propose(proposals, &draft);
	if (draft.rows <= proposals->use->tuples * MAX_SHARE_PER_PROBE)
		pa_candidates_propose_covering(proposals, &draft, MANY_ROWS_PER_PROBE);
}

/* (J) under the predicate, for the best join column. */
void
pa_candidates_partial_joins(PaProposals *proposals)
{
	PaDraft		draft;

	if (proposals->columns.njoin == 0)
		return;
	pa_draft_start(proposals, &draft);
	pa_draft_append_equality(&draft, proposals->columns.join[0]);
	(void) pa_candidates_propose(proposals, &draft);
}

/* (E,J), of the constants those that the join key leaves worth it. */
void
pa_draft_join_with_constants(const PaProposals *proposals,
							 const PaColumnUse *join, PaDraft *draft)
{
	double		rows;

	pa_draft_start(proposals, draft);
	draft->rows *= pa_candidates_probe_selectivity(join);
	pa_draft_append_constants(draft, &proposals->columns, 1, false);
	rows = draft->rows;
	pa_draft_append_equality(draft, join);
	draft->rows = rows;			/* counted before */
}

/* (E,J) and (E,J,R). */
static void
propose_join_with_constants(PaProposals *proposals, const PaColumnUse *join)
{
	const PaColumns *columns = &proposals->columns;
	PaDraft		draft;

	pa_draft_start(proposals, &draft);
	pa_draft_append_constants(&draft, columns, 0, false);
	if (draft.rows <= PA_ENOUGH_ROWS ||
		pa_candidates_is_served(proposals->use, columns, join))
		return;

	pa_draft_join_with_constants(proposals, join, &draft);
	(void) pa_candidates_propose(proposals, &draft);

	if (columns->range != NULL && !columns->range->guessed && draft.rows > PA_ENOUGH_ROWS &&
		pa_draft_append_use(&draft, columns->range))
		(void) pa_candidates_propose(proposals, &draft);
}

/* (J) over several columns: a join on two columns needs both. */
static void
propose_joined_columns(PaProposals *proposals)
{
	const PaColumns *columns = &proposals->columns;
	PaDraft		draft;

	pa_draft_start(proposals, &draft);
	for (int i = 0; i < columns->njoin; i++)
	{
		if (!pa_candidates_is_served(proposals->use, columns, columns->join[i]) &&
			pa_draft_is_worth_adding(columns->join[i], draft.rows))
			pa_draft_append_equality(&draft, columns->join[i]);
	}
	if (draft.nequal > 1)
		(void) pa_candidates_propose(proposals, &draft);
}

void
pa_candidates_joins(PaProposals *proposals)
{
	const PaColumns *columns = &proposals->columns;
	int			single = Min(columns->njoin, MAX_SINGLE_JOINS);

	for (int i = 0; i < single; i++)
		propose_join(proposals, columns->join[i]);
	if (columns->njoin > 1)
		propose_joined_columns(proposals);
	for (int i = 0; i < single; i++)
		propose_join_with_constants(proposals, columns->join[i]);
}

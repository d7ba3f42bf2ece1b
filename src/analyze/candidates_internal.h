/*-------------------------------------------------------------------------
 *
 * candidates_internal.h
 *		Between the files that make candidates, and hints.c.
 *
 *	candidates.c			the order of the rules, and when to stop
 *	candidates_columns.c	sorts a relation's columns by their use
 *	candidates_draft.c		puts an index together and proposes it
 *	candidates_lookup.c		equalities, ranges, hash, BRIN, carried columns
 *	candidates_order.c		orderings and row comparisons
 *	candidates_join.c		join keys
 *	candidates_search.c		GIN and GiST, the arms of an OR
 *
 * IDENTIFICATION
 *		src/analyze/candidates_internal.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_ANALYZE_CANDIDATES_INTERNAL_H
#define PA_ANALYZE_CANDIDATES_INTERNAL_H

#include "analyze/candidates.h"

/* Rows a look-up finds, below which a further key column saves next to nothing. */
#define PA_ENOUGH_ROWS 5.0

/* The same where the further column is skewed. */
#define PA_ENOUGH_ROWS_SKEWED 50.0

/*
 * Rows that are few enough to look through: neither a partial index for some
 * of them nor a second column is worth much.
 */
#define PA_FEW_ROWS 100.0

/* An equality that keeps a larger share of the rows is no reason for a key. */
#define PA_UNSELECTIVE 0.3

/* A column whose average row has a value this frequent is skewed. */
#define PA_SKEWED 0.3

/*
 * Rows found by a look-up from which on the statement had better not visit
 * the table.  Fewer are found there in less time than wider entries cost
 * the writers.
 */
#define PA_MANY_ROWS 200

/* A range that keeps a larger share of the rows narrows nothing. */
#define PA_UNSELECTIVE_RANGE 0.95

#define PA_MAX_USES 32			/* looked at for each kind of use */

/* The columns of one relation by the way they are used, best first. */
typedef struct PaColumns
{
	int			nequal;
	const PaColumnUse *equal[PA_MAX_USES];	/* constant: =, IN, IS NULL */
	int			njoin;
	const PaColumnUse *join[PA_MAX_USES];
	int			nsearch;
	const PaColumnUse *search[PA_MAX_USES]; /* most selective first */
	const PaColumnUse *range;	/* the most selective one, or NULL */
	const PaColumnUse *prefix;	/* the same with an operator class for it */
} PaColumns;

/* What is proposed for one relation so far, and what for. */
typedef struct PaProposals
{
	const PaRelationUse *use;
	PaColumns	columns;
	List	   *predicate;		/* of the indexes proposed now */
	AttrNumber	implied;		/* column that it makes it needless to read */
	double		rows;			/* of the table, or those under the predicate */
	bool		has_few;		/* an existing index finds few rows: only what
								 * belongs together is worth more */
	List	   *specs;			/* of PaIndexSpec * */
} PaProposals;

/* A candidate while it is put together. */
typedef struct PaDraft
{
	PaIndexSpec spec;
	int			nequal;			/* leading keys compared for equality */
	double		rows;			/* found by a look-up of what is in it so far */
} PaDraft;

/* candidates_columns.c */
extern void pa_candidates_sort_columns(const List *uses, PaColumns *columns);
extern double pa_candidates_probe_selectivity(const PaColumnUse *column);
extern bool pa_candidates_is_skewed(const PaColumnUse *column);
extern bool pa_candidates_same_column(const PaColumnUse *a, const PaColumnUse *b);
extern const PaColumnUse *pa_candidates_find_equal(const PaColumns *columns,
												   const PaIndexKey *key);

/* candidates_draft.c */
extern void pa_draft_start(const PaProposals *proposals, PaDraft *draft);
extern bool pa_draft_append_key(PaDraft *draft, const PaIndexKey *key);
extern bool pa_draft_append_use(PaDraft *draft, const PaColumnUse *column);
extern void pa_draft_append_equality(PaDraft *draft, const PaColumnUse *column);
extern bool pa_draft_is_worth_adding(const PaColumnUse *column, double rows);
extern void pa_draft_append_constants(PaDraft *draft, const PaColumns *columns,
									  int reserved, bool for_order);
extern bool pa_candidates_propose(PaProposals *proposals, const PaDraft *draft);
extern void pa_candidates_propose_covering(PaProposals *proposals,
										   const PaDraft *draft, double min_rows);
extern bool pa_candidates_is_served(const PaRelationUse *use,
									const PaColumns *columns,
									const PaColumnUse *join);
extern bool pa_candidates_finds_few(const PaRelationUse *use,
									const PaColumns *columns);

/* candidates_lookup.c */
extern void pa_candidates_covering(PaProposals *proposals);
extern void pa_candidates_constants(PaProposals *proposals);
extern void pa_candidates_ranges(PaProposals *proposals);
extern void pa_candidates_partial(PaProposals *proposals);

/* candidates_order.c */
extern void pa_candidates_orderings(PaProposals *proposals);

/* candidates_join.c */
extern void pa_candidates_joins(PaProposals *proposals);
extern void pa_candidates_partial_joins(PaProposals *proposals);
extern void pa_draft_join_with_constants(const PaProposals *proposals,
										 const PaColumnUse *join, PaDraft *draft);

/* candidates_search.c */
extern void pa_candidates_searches(PaProposals *proposals);
extern void pa_candidates_alternatives(PaProposals *proposals);

#endif							/* PA_ANALYZE_CANDIDATES_INTERNAL_H */

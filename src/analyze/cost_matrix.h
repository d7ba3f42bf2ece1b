/*-------------------------------------------------------------------------
 *
 * cost_matrix.h
 *		What planning has told so far: statements by sets of candidate indexes.
 *
 * A candidate is a number, the position in matrix->candidates; a set is a
 * Bitmapset of such numbers.  One planning with the set S of candidates that
 * used U of them answers at once for every set between U and S, because the
 * planner would find the same plan there.  For other sets the cheapest known
 * plan whose indexes are all in the set is an upper bound.
 *
 * Pure; everything lives in the memory context that was current at creation.
 *
 * IDENTIFICATION
 *		src/analyze/cost_matrix.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_ANALYZE_COST_MATRIX_H
#define PA_ANALYZE_COST_MATRIX_H

#include "nodes/bitmapset.h"
#include "nodes/pg_list.h"

#include "base/index_advice.h"

#define PA_MAX_PLAN_CANDIDATES 64	/* in one planning: bits of PaPlanCost.used */

typedef struct PaKnownPlan
{
	Bitmapset  *offered;		/* candidates the planner could choose from */
	Bitmapset  *used;			/* candidates in the plan, a subset of them */
	double		cost;			/* planner units */
} PaKnownPlan;

/* What a candidate costs its owner. */
typedef struct PaMatrixPrice
{
	double		size;			/* bytes */
	double		maintenance;	/* msec in the window that the weights are of */
} PaMatrixPrice;

typedef struct PaMatrixStatement
{
	double		weight;			/* time in the window as it is run now, msec */
	double		calls;			/* in the window; 0: not known */
	double		base_cost;		/* planner units, without any candidate */
	List	   *relids;			/* OidList: the tables it reads */
	List	   *rule;			/* IntList: its own candidates in rule order */
	List	   *plans;			/* of PaKnownPlan *, cheapest first */
	Bitmapset  *helpful;		/* candidates that some of them uses */
	Bitmapset  *usable;			/* candidates on its tables, but for those that
								 * must not serve it */
} PaMatrixStatement;

typedef struct PaCostMatrix
{
	double		total_weight;	/* execution time of the whole workload, msec */
	double		window;			/* msec in which it was watched; 0: not known */
	double		storage_budget; /* bytes for all that is chosen, -1: no limit */
	List	   *candidates;		/* of PaIndexSpec * */
	List	   *prices;			/* of PaMatrixPrice *, one for each of them */
	Bitmapset  *shared;			/* candidates made of those of statements */
	Bitmapset  *served;			/* candidates that an existing index stands for */
	List	   *statements;		/* of PaMatrixStatement * */
	MemoryContext context;
} PaCostMatrix;

extern PaCostMatrix *pa_matrix_create(double total_weight);

/* Adds a statement that reads the tables relids; returns its number. */
extern int	pa_matrix_add_statement(PaCostMatrix *matrix, double weight,
									double base_cost, const List *relids);

/* How often the statement was run in the window; unknown (0) at first. */
extern void pa_matrix_set_calls(PaCostMatrix *matrix, int statement,
								double calls);

/* Adds a candidate of a statement, in rule order; returns its number. */
extern int	pa_matrix_add_candidate(PaCostMatrix *matrix, int statement,
									const PaIndexSpec *spec);

/*
 * Adds a candidate that no statement has by itself, such as two in one;
 * returns its number, also when there is such a candidate already.
 */
extern int	pa_matrix_add_shared(PaCostMatrix *matrix, const PaIndexSpec *spec);

/* Number of the candidate, -1 if there is none like that. */
extern int	pa_matrix_find(const PaCostMatrix *matrix, const PaIndexSpec *spec);

/* An existing index does all that the candidate would: it is never chosen. */
extern void pa_matrix_set_served(PaCostMatrix *matrix, int candidate);

/* Without a price a candidate costs nothing. */
extern void pa_matrix_set_price(PaCostMatrix *matrix, int candidate,
								double size, double maintenance);
extern const PaMatrixPrice *pa_matrix_price(const PaCostMatrix *matrix,
											int candidate);

/*
 * The candidate must not serve the statement, whatever the planner would do;
 * to be said before the first planning with it.
 */
extern void pa_matrix_bar(PaCostMatrix *matrix, int statement, int candidate);

/* The same for all statements: it does more harm than good. */
extern void pa_matrix_forbid(PaCostMatrix *matrix, int candidate);

/* Gives one statement's weight to another; nothing is done for it any more. */
extern void pa_matrix_move_weight(PaCostMatrix *matrix, int from, int to);

/* Records a planning; the sets are copied. */
extern void pa_matrix_add_plan(PaCostMatrix *matrix, int statement,
							   const Bitmapset *offered, const Bitmapset *used,
							   double cost);

/* The best known plan that uses candidates of the set only; never NULL. */
extern const PaKnownPlan *pa_matrix_plan(const PaCostMatrix *matrix,
										 int statement, const Bitmapset *set);

/* Whether that is what the planner would choose, not only an upper bound. */
extern bool pa_matrix_is_known(const PaCostMatrix *matrix, int statement,
							   const Bitmapset *set);

extern const PaIndexSpec *pa_matrix_candidate(const PaCostMatrix *matrix,
											  int candidate);
extern const PaMatrixStatement *pa_matrix_statement(const PaCostMatrix *matrix,
													int statement);

/* The members of the set that the statement may use. */
extern Bitmapset *pa_matrix_relevant(const PaCostMatrix *matrix, int statement,
									 const Bitmapset *set);

/* The first members of a set, as many as fit into one planning. */
extern Bitmapset *pa_matrix_plannable(const Bitmapset *set);

/* All candidates of the statement itself, at most PA_MAX_PLAN_CANDIDATES. */
extern Bitmapset *pa_matrix_own_candidates(const PaCostMatrix *matrix,
										   int statement);

#endif							/* PA_ANALYZE_COST_MATRIX_H */

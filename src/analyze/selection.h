/*-------------------------------------------------------------------------
 *
 * selection.h
 *		Which of the candidates are worth creating for the whole workload.
 *
 * The choice is made from a cost matrix and says which plannings would make
 * it surer, and which further candidates, made of those it has, might be
 * better.  The caller makes the plannings, adds both to the matrix and asks
 * again, until there is nothing left to ask; or until it has no more time:
 * then the choice is made from what is known, and as costs that are not known
 * count as their upper bounds, it is a valid one.  So the choice itself stays
 * pure and can be replayed.
 *
 * IDENTIFICATION
 *		src/analyze/selection.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_ANALYZE_SELECTION_H
#define PA_ANALYZE_SELECTION_H

#include "analyze/cost_matrix.h"

/* A planning that would help: the statement with exactly these candidates. */
typedef struct PaQuestion
{
	int			statement;
	Bitmapset  *set;
} PaQuestion;

typedef struct PaSelection
{
	List	   *questions;		/* of PaQuestion *, by statement */
	List	   *wanted;			/* of PaIndexSpec *: no candidates yet; for
								 * pa_matrix_add_shared() */
	Bitmapset  *chosen;			/* candidates worth creating; only when there
								 * is no question and nothing wanted */
} PaSelection;

/*
 * Tells whether to stop asking.  It is called often: the caller looks at the
 * clock in it, and may leave by an error.  Once true, it stays true.
 */
typedef bool (*pa_stop_callback) (void *arg);

/*
 * Chooses from what the matrix knows, or says what should be known first.
 * Without "stop" (NULL) it never stops.  The result lives in
 * CurrentMemoryContext, the matrix is not changed.
 */
extern PaSelection *pa_analyze_selection(const PaCostMatrix *matrix,
										 pa_stop_callback stop, void *stop_arg);

/* Whether a plan of that cost is a real gain over the base plan. */
extern bool pa_analyze_is_gain(double base_cost, double cost);

/* Share of the statement's cost, and so of its time, that is saved: 0 to 1. */
extern double pa_analyze_saved_ratio(double base_cost, double cost);

/* Whether an index makes a planning much worse, for whatever reason. */
extern bool pa_analyze_is_worse(double base_cost, double cost);

#endif							/* PA_ANALYZE_SELECTION_H */

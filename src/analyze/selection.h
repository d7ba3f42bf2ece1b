/*-------------------------------------------------------------------------
 *
 * selection.h
 *		Which of the candidates are worth creating for the whole workload.
 *
 * The choice is made from a cost matrix and says which plannings would make
 * it surer.  The caller makes as many of them as it has time for, adds them
 * to the matrix and asks again; every answer is a valid one, the last the
 * best.  So the choice itself stays pure and can be replayed.
 *
 * IDENTIFICATION
 *		src/analyze/selection.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_ANALYZE_SELECTION_H
#define PA_ANALYZE_SELECTION_H

#include "analyze/cost_matrix.h"

#define PA_MAX_NEW_INDEXES 3	/* proposed for one table */

/* A planning that would help: the statement with exactly these candidates. */
typedef struct PaQuestion
{
	int			statement;
	Bitmapset  *set;
} PaQuestion;

typedef struct PaSelection
{
	Bitmapset  *chosen;			/* candidates worth creating */
	List	   *questions;		/* of PaQuestion *, most useful first */
} PaSelection;

extern PaSelection *pa_analyze_selection(const PaCostMatrix *matrix);

/* Whether a plan of that cost is a real gain over the base plan. */
extern bool pa_analyze_is_gain(double base_cost, double cost);

/* Share of the statement's cost, and so of its time, that is saved: 0 to 1. */
extern double pa_analyze_saved_ratio(double base_cost, double cost);

#endif							/* PA_ANALYZE_SELECTION_H */

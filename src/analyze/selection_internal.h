/*-------------------------------------------------------------------------
 *
 * selection_internal.h
 *		Between selection.c and preference.c only.
 *
 * IDENTIFICATION
 *		src/analyze/selection_internal.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_ANALYZE_SELECTION_INTERNAL_H
#define PA_ANALYZE_SELECTION_INTERNAL_H

#include "analyze/selection.h"

/* Costs that differ by less than either of these count as equal. */
#define TIE_RATIO 0.1
#define TIE_UNITS 5.0

/* One call of pa_analyze_selection(). */
typedef struct PaChoice
{
	const PaCostMatrix *matrix;
	Bitmapset **preferred;		/* by statement; NULL for those without gain */
	int			nstatements;
	PaSelection *result;
	bool		asking;			/* unknown costs become questions */
	bool		unsure;			/* some cost was but a bound */
	List	  **questions;		/* by statement: List of PaQuestion * */
	int			nquestions;
	pa_stop_callback stop;
	void	   *stop_arg;
} PaChoice;

/* Stops asking when the caller wants an answer; called in every loop. */
extern void pa_choice_look_at_clock(PaChoice *choice);

/* The cost as far as it is known; asks for it when it is only a bound. */
extern double pa_choice_cost(PaChoice *choice, int statement,
							 const Bitmapset *set);

/* The same without asking. */
extern double pa_choice_bound(const PaChoice *choice, int statement,
							  const Bitmapset *set);

extern Oid	pa_choice_table(const PaChoice *choice, int candidate);

/* The members of the set that are on the table. */
extern Bitmapset *pa_choice_on_table(const PaChoice *choice,
									 const Bitmapset *set, Oid relid);

/* The indexes that the statement would like to have; NULL if none. */
extern Bitmapset *pa_choice_prefer(PaChoice *choice, int statement);

#endif							/* PA_ANALYZE_SELECTION_INTERNAL_H */

/*-------------------------------------------------------------------------
 *
 * selection_internal.h
 *		Between selection*.c and preference.c only.
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

/*
 * Nobody who waits for a statement notices a call that takes less than that
 * less.  The cost tells it, too, where an index was dropped and the statement
 * has not been run without it yet.
 */
#define NOTICED_MSEC 1.0
#define NOTICED_UNITS 1000.0

/* An index must save so many times what it costs the writers. */
#define MIN_GAIN_OVER_MAINTENANCE 2.0

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
	double		time_preferred; /* msec when each has what it prefers */
	Bitmapset  *timed;			/* the set that time_with is of */
	double		time_with;		/* msec of the whole workload; -1: not known */
} PaChoice;

/* What one set of indexes instead of another means for the statements. */
typedef struct PaGain
{
	double		saved;			/* msec, without what writers lose */
	double		noticed;		/* the part of it that those who wait for a call
								 * notice, msec */
	double		noticed_before; /* msec that these calls take now */
	double		before;			/* msec that all that gain take now */
	double		remaining;		/* msec that the whole workload takes now */
	double		maintenance;	/* msec that writers lose; negative: gain */
	double		size;			/* bytes more */
} PaGain;

/* ---- preference.c ---- */

/* Stops asking when the caller wants an answer; called in every loop. */
extern void pa_choice_look_at_clock(PaChoice *choice);

/* Whether answers, or further candidates, are wanted before going on. */
extern bool pa_choice_has_questions(const PaChoice *choice);

/* The highest cost that is as good as this one. */
extern double pa_choice_tie_limit(double cost);

/* The same for a plan that needs no columns carried along. */
extern double pa_choice_limit_without_carried(double cost);

/*
 * The same for a plan that does without the last key of an index, or without
 * what it carries along, unless they belong together.
 */
extern double pa_choice_limit_without_last(const PaChoice *choice,
										   int statement, double cost);

/* The same for one that does without a key compared for equality. */
extern double pa_choice_limit_without_equality(double cost);

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

/* ---- selection.c ---- */

/* Milliseconds that the statement takes longer at "cost" than at "best". */
extern double pa_choice_time_lost(const PaChoice *choice, int statement,
								  double cost, double best);

/* What the whole workload takes with the set, as far as is known, in msec. */
extern double pa_choice_time_with(PaChoice *choice, const Bitmapset *set);

/* Adds what one statement gains by a plan of another cost, or loses. */
extern void pa_choice_add_gain(const PaChoice *choice, int statement,
							   double before, double after, PaGain *gain);

/* What having "to" instead of "from" gives, as far as costs are known. */
extern PaGain pa_choice_gain(PaChoice *choice, const Bitmapset *from,
							 const Bitmapset *to);

/* Whether the gain is enough for an index. */
extern bool pa_choice_is_worth(const PaChoice *choice, const PaGain *gain);

extern double pa_choice_size(const PaChoice *choice, const Bitmapset *set);
extern double pa_choice_maintenance(const PaChoice *choice,
									const Bitmapset *set);

/* Whether the set is within the storage budget. */
extern bool pa_choice_fits(const PaChoice *choice, const Bitmapset *set);

/* A copy of the set with one member put in place of another. */
extern Bitmapset *pa_choice_replaced(const Bitmapset *set, int old, int new);

/*
 * Number of the candidate; -1 when there is none, and then it is wanted.
 */
extern int	pa_choice_want(PaChoice *choice, const PaIndexSpec *spec);

/* ---- selection_merge.c: one preferred index in place of two ---- */

extern void pa_choice_merge(PaChoice *choice);

/* ---- selection_greedy.c ---- */

/* Asks what is needed where space or writes forbid the preferred ones. */
extern void pa_choice_ask_alternatives(PaChoice *choice);

/* "chosen" and what else is worth its space, in the better of two ways. */
extern Bitmapset *pa_choice_add(PaChoice *choice, Bitmapset *chosen);

/* ---- selection_polish.c ---- */

/* The set without what it does not need; with less wide indexes. */
extern Bitmapset *pa_choice_polish(PaChoice *choice, Bitmapset *chosen);

#endif							/* PA_ANALYZE_SELECTION_INTERNAL_H */

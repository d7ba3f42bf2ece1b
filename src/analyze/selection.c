/*-------------------------------------------------------------------------
 *
 * selection.c
 *		Which of the candidates are worth creating for the whole workload.
 *
 * In four steps:
 *
 *	seed	A statement that gains less than a tenth from all its candidates
 *			together needs none.
 *	prefer	For each other statement: start with the indexes of its best plan
 *			and put in place of each the first one in rule order that is as
 *			good.  Costs that differ by less than a tenth, or by less than
 *			five units, count as equal: that is the planner's noise, and
 *			below it the rule knows better (preference.c).
 *	merge	Of two preferred indexes of which one is the beginning of the
 *			other, one is enough (see merge_pair).
 *	choose	Greedily, the statement's set of indexes with the largest gain
 *			first, until a further one would save less than a hundredth of
 *			the workload; then every index that the others make superfluous
 *			goes.
 *
 * Each step asks for the costs that it lacks and leaves the next step to the
 * next call, because what to ask there depends on the answers.  There are at
 * most a few questions for each statement and step: to see whether an index
 * is superfluous only those are asked about whose plan uses it.  The heaviest
 * statements are asked about first.  When there is no more time, those whose
 * preference is not settled by then have none.
 *
 * We differ from the Extend algorithm (Schlosser et al. 2019), whose shape
 * this has, in that nothing is weighed against space or writes yet.
 *
 * IDENTIFICATION
 *		src/analyze/selection.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analyze/index_spec.h"
#include "analyze/selection_internal.h"

/* An index must save this share of the workload's time. */
#define MIN_GAIN 0.01

/* Questions asked before those that come first are to be answered. */
#define MANY_QUESTIONS 32

/* An index that is one too many for its table must save this share. */
#define MIN_GAIN_BEYOND_ROOM 0.05

/* A statement may cost so many times its own best with a shared index. */
#define MAX_SHARED_COST 2.0

/* Statements with this share of the time of those served make an index wider. */
#define MIN_WIDENING_SHARE 0.1

/* Whether the answers are wanted before going on. */
static bool
has_questions(const PaChoice *choice)
{
	return choice->asking && choice->nquestions > 0;
}

/* Milliseconds that the statement takes longer at "cost" than at "best". */
static double
time_lost(const PaChoice *choice, int statement, double cost, double best)
{
	const PaMatrixStatement *of = pa_matrix_statement(choice->matrix, statement);

	if (of->base_cost <= 0)
		return 0;
	return of->weight * (cost - best) / of->base_cost;
}

static bool
is_worth(const PaChoice *choice, double msec)
{
	return msec > 0 && msec >= choice->matrix->total_weight * MIN_GAIN;
}

/* A copy of the set with one member put in place of another. */
static Bitmapset *
replaced(const Bitmapset *set, int old, int new)
{
	return bms_add_member(bms_del_member(bms_copy(set), old), new);
}

/* ---- merge ---- */

/* Sum of the weights of the statements that prefer the candidate. */
static double
weight_preferring(const PaChoice *choice, int candidate)
{
	double		weight = 0;

	for (int i = 0; i < choice->nstatements; i++)
	{
		if (bms_is_member(candidate, choice->preferred[i]))
			weight += pa_matrix_statement(choice->matrix, i)->weight;
	}
	return weight;
}

/*
 * What the statements that prefer "old" lose with "new" in its place, in
 * msec.  *bearable is false when one of them gets much slower.
 */
static double
loss_of_replacing(PaChoice *choice, int old, int new, bool *bearable)
{
	double		lost = 0;

	*bearable = true;
	for (int i = 0; i < choice->nstatements; i++)
	{
		double		own;
		double		shared;

		if (!bms_is_member(old, choice->preferred[i]))
			continue;
		own = pa_choice_bound(choice, i, choice->preferred[i]);
		shared = pa_choice_cost(choice, i, replaced(choice->preferred[i], old, new));
		if (shared > Max(own * MAX_SHARED_COST, own + TIE_UNITS))
			*bearable = false;
		lost += time_lost(choice, i, shared, own);
	}
	return lost;
}

static void
replace_preferred(PaChoice *choice, int old, int new)
{
	for (int i = 0; i < choice->nstatements; i++)
	{
		if (bms_is_member(old, choice->preferred[i]))
			choice->preferred[i] = replaced(choice->preferred[i], old, new);
	}
}

/*
 * One index in place of two, of which narrow is the beginning of wide.  The
 * narrow one does when those who want the wide one hardly count: their share
 * of the time is small and they lose little of it.  Else the wide one does
 * when nobody who wants the narrow one gets much slower.  Returns whether
 * one was dropped.
 */
static bool
merge_pair(PaChoice *choice, int narrow, int wide)
{
	double		wide_weight = weight_preferring(choice, wide);
	double		narrow_weight = weight_preferring(choice, narrow);
	double		lost;
	bool		bearable;

	if (wide_weight < (wide_weight + narrow_weight) * MIN_WIDENING_SHARE)
	{
		lost = loss_of_replacing(choice, wide, narrow, &bearable);
		if (!is_worth(choice, lost))
		{
			replace_preferred(choice, wide, narrow);
			return true;
		}
	}

	lost = loss_of_replacing(choice, narrow, wide, &bearable);
	if (bearable && !is_worth(choice, lost))
	{
		replace_preferred(choice, narrow, wide);
		return true;
	}
	return false;
}

static Bitmapset *
all_preferred(const PaChoice *choice)
{
	Bitmapset  *all = NULL;

	for (int i = 0; i < choice->nstatements; i++)
		all = bms_add_members(all, choice->preferred[i]);
	return all;
}

/* Merges one pair if there is one to merge. */
static bool
merge_some_pair(PaChoice *choice)
{
	Bitmapset  *all = all_preferred(choice);
	int			narrow = -1;

	while ((narrow = bms_next_member(all, narrow)) >= 0)
	{
		int			wide = -1;

		pa_choice_look_at_clock(choice);
		while ((wide = bms_next_member(all, wide)) >= 0)
		{
			if (narrow != wide &&
				pa_index_spec_is_prefix(pa_matrix_candidate(choice->matrix, narrow),
										pa_matrix_candidate(choice->matrix, wide)) &&
				merge_pair(choice, narrow, wide))
				return true;
		}
	}
	return false;
}

/* ---- choose ---- */

/*
 * What adding the indexes saves over all statements, in msec; present[i] is
 * what statement i costs without them.
 */
static double
gain_of(const PaChoice *choice, const Bitmapset *chosen, const Bitmapset *added,
		const double *present)
{
	Bitmapset  *both = bms_union(chosen, added);
	double		gain = 0;

	for (int i = 0; i < choice->nstatements; i++)
	{
		if (choice->preferred[i] != NULL &&
			bms_overlap(added, pa_matrix_statement(choice->matrix, i)->helpful))
			gain += time_lost(choice, i, present[i], pa_choice_bound(choice, i, both));
	}
	bms_free(both);
	return gain;
}

static bool
table_has_room(const PaChoice *choice, const Bitmapset *chosen,
			   const Bitmapset *added)
{
	Bitmapset  *both = bms_union(chosen, added);
	int			candidate = -1;

	while ((candidate = bms_next_member(added, candidate)) >= 0)
	{
		if (!bms_is_member(candidate, chosen) &&
			bms_num_members(pa_choice_on_table(choice, both, pa_choice_table(choice, candidate))) >
			PA_MAX_NEW_INDEXES)
			return false;
	}
	return true;
}

/* True when an earlier statement prefers the same set. */
static bool
is_repeated(const PaChoice *choice, int statement)
{
	for (int i = 0; i < statement; i++)
	{
		if (bms_equal(choice->preferred[i], choice->preferred[statement]))
			return true;
	}
	return false;
}

/*
 * Adds the preferred set with the largest gain; NULL when none is worth it.
 * Whole sets, because a join may need indexes on two tables before it gains
 * anything.
 */
static Bitmapset *
best_addition(PaChoice *choice, const Bitmapset *chosen)
{
	double	   *present = palloc(sizeof(double) * Max(choice->nstatements, 1));
	Bitmapset  *best = NULL;
	double		best_gain = 0;

	for (int i = 0; i < choice->nstatements; i++)
		present[i] = pa_choice_bound(choice, i, chosen);

	for (int i = 0; i < choice->nstatements; i++)
	{
		double		gain;

		pa_choice_look_at_clock(choice);
		if (bms_is_subset(choice->preferred[i], chosen) || is_repeated(choice, i))
			continue;
		gain = gain_of(choice, chosen, choice->preferred[i], present);
		if (gain > best_gain &&
			(gain >= choice->matrix->total_weight * MIN_GAIN_BEYOND_ROOM ||
			 table_has_room(choice, chosen, choice->preferred[i])))
		{
			best_gain = gain;
			best = choice->preferred[i];
		}
	}
	pfree(present);
	return is_worth(choice, best_gain) ? best : NULL;
}

/*
 * Makes sure of what every statement that wants an index does with them.
 * Returns the candidates that those use, or might use, whose answer is open.
 */
static Bitmapset *
ask_about_chosen(PaChoice *choice, const Bitmapset *chosen)
{
	Bitmapset  *open = NULL;

	for (int i = 0; i < choice->nstatements; i++)
	{
		pa_choice_look_at_clock(choice);
		if (choice->preferred[i] == NULL)
			continue;
		choice->unsure = false;
		(void) pa_choice_cost(choice, i, chosen);
		if (choice->asking && choice->unsure)
			open = bms_add_members(open,
								   pa_matrix_statement(choice->matrix, i)->usable);
	}
	return open;
}

/*
 * What the statements lose without one of the chosen indexes, in msec, at
 * most.  Only those lose whose plan uses it.
 */
static double
loss_without(PaChoice *choice, const Bitmapset *chosen, int candidate,
			 bool asking)
{
	Bitmapset  *others = bms_del_member(bms_copy(chosen), candidate);
	double		lost = 0;

	pa_choice_look_at_clock(choice);
	for (int i = 0; i < choice->nstatements; i++)
	{
		const PaKnownPlan *plan;

		if (choice->preferred[i] == NULL)
			continue;
		plan = pa_matrix_plan(choice->matrix, i, chosen);
		if (!bms_is_member(candidate, plan->used))
			continue;
		lost += time_lost(choice, i,
						  asking ? pa_choice_cost(choice, i, others) : pa_choice_bound(choice, i, others),
						  plan->cost);
	}
	bms_free(others);
	return lost;
}

/*
 * Returns the chosen index whose absence costs least, if that is too little
 * for an index of its own; else -1.  Unknown costs without it count as their
 * bounds, so that it may only seem needed; then the questions are asked.
 */
static int
superfluous_index(PaChoice *choice, const Bitmapset *chosen)
{
	int			candidate = -1;
	int			least = -1;
	double		least_lost = 0;
	Bitmapset  *open = ask_about_chosen(choice, chosen);

	while ((candidate = bms_next_member(chosen, candidate)) >= 0)
	{
		double		lost;

		if (bms_is_member(candidate, open))
			continue;
		lost = loss_without(choice, chosen, candidate, false);
		if (least < 0 || lost < least_lost)
		{
			least = candidate;
			least_lost = lost;
		}
	}
	if (least >= 0 && !is_worth(choice, least_lost))
		return least;
	if (has_questions(choice))
		return -1;

	candidate = -1;
	while (choice->asking && (candidate = bms_next_member(chosen, candidate)) >= 0)
		(void) loss_without(choice, chosen, candidate, true);
	return -1;
}

/* The steps after "prefer", as far as they get without an open question. */
static Bitmapset *
choose(PaChoice *choice)
{
	Bitmapset  *chosen = NULL;
	Bitmapset  *addition;
	int			drop;

	while (merge_some_pair(choice))
		;
	if (has_questions(choice))
		return NULL;

	while ((addition = best_addition(choice, chosen)) != NULL)
		chosen = bms_add_members(chosen, addition);
	while ((drop = superfluous_index(choice, chosen)) >= 0)
		chosen = bms_del_member(chosen, drop);
	return chosen;
}

PaSelection *
pa_analyze_selection(const PaCostMatrix *matrix, pa_stop_callback stop,
					 void *stop_arg)
{
	PaChoice		choice = {0};
	int			count = list_length(matrix->statements);

	choice.matrix = matrix;
	choice.nstatements = count;
	choice.preferred = palloc0(sizeof(Bitmapset *) * Max(count, 1));
	choice.questions = palloc0(sizeof(List *) * Max(count, 1));
	choice.result = palloc0(sizeof(PaSelection));
	choice.asking = true;
	choice.stop = stop;
	choice.stop_arg = stop_arg;

	for (int i = 0; i < count; i++)
	{
		pa_choice_look_at_clock(&choice);
		if (choice.asking && choice.nquestions >= MANY_QUESTIONS)
			break;
		choice.unsure = false;
		choice.preferred[i] = pa_choice_prefer(&choice, i);
		if (choice.unsure)
			choice.preferred[i] = NULL;
	}
	if (!has_questions(&choice))
		choice.result->chosen = choose(&choice);

	/* those asked before it was told to stop need no answer any more */
	if (has_questions(&choice))
	{
		choice.result->chosen = NULL;
		for (int i = 0; i < count; i++)
			choice.result->questions = list_concat(choice.result->questions,
												   choice.questions[i]);
	}
	return choice.result;
}

/*-------------------------------------------------------------------------
 *
 * selection.c
 *		Which of the candidates are worth creating for the whole workload.
 *
 * In five steps:
 *
 *	seed	A statement that gains less than a tenth from all its candidates
 *			together needs none.
 *	prefer	For each other statement: start with the indexes of its best plan
 *			and put in place of each the first one in rule order that is as
 *			good.  Costs that differ by less than a tenth, or by less than
 *			five units, count as equal: that is the planner's noise, and
 *			below it the rule knows better (preference.c).
 *	merge	One index in place of two preferred ones, where it does for
 *			both: one that begins with the other, or a new one with the
 *			columns of both (selection_merge.c).
 *	choose	Greedily, the set of indexes with the largest gain first, with
 *			what writers lose taken off, as long as there is space; once by
 *			gain and once by gain for its size (selection_greedy.c).
 *	polish	Every index that the others make superfluous goes; columns that
 *			no plan needs go (selection_polish.c).
 *
 * Each step asks for the costs that it lacks and leaves the next step to the
 * next call, because what to ask there depends on the answers.  There are at
 * most a few questions for each statement and step: to see whether an index
 * is superfluous only those are asked about whose plan uses it.  The heaviest
 * statements are asked about first.  When there is no more time, those whose
 * preference is not settled by then have none.
 *
 * We differ from the Extend algorithm (Schlosser et al. 2019), whose shape
 * this has, in that whole preferred sets are added, because a join may need
 * two indexes before it gains anything; and in that no cost decides the order
 * of columns.
 *
 * IDENTIFICATION
 *		src/analyze/selection.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analyze/selection_internal.h"

/*
 * What an index saves is compared with what the workload takes with all the
 * others.  Beside one statement that takes nearly all of the time nothing else
 * counts; but with its index it takes no time any more, and the others do.
 * And that is how the next run will see it: what it would advise is
 * to be advised at once.
 */

/* An index that saves this share of the time is worth it. */
#define MIN_GAIN 0.01

/*
 * Less is enough for one that at least halves what its statements take, if it
 * is small and writers do not notice it: it costs next to nothing.
 */
#define SUBSTANTIAL 0.5
#define SMALL_SIZE (4.0 * 1024 * 1024)
#define MIN_SMALL_GAIN 0.003
#define UNNOTICED_MAINTENANCE 0.01

/* One that takes away most of its statements' time may save less. */
#define DECISIVE 0.9
#define MIN_DECISIVE_GAIN 0.001

/*
 * Where nobody who waits for a call notices the gain (NOTICED_MSEC) the server
 * must notice it: all the calls together have to save a larger share.  Less of
 * it will do for an index that takes away nearly all of what they take.
 */
#define MIN_UNNOTICED_GAIN 0.05
#define MIN_UNNOTICED_DECISIVE_GAIN 0.02

/*
 * And nothing matters that takes a processor less than a second a day, a share
 * of the time watched.  If nobody notices a call it must be a hundredth of what
 * the workload takes, or of the processor where that is less.
 */
#define MIN_LOAD 0.00001
#define MIN_UNNOTICED_LOAD 0.01

/*
 * A scan of a table of the least size that is looked at costs some 200 units; an
 * index that finds a hundred rows, a hundred.
 */
#define MIN_SCAN_UNITS 150.0

/* Questions asked before those that come first are to be answered. */
#define MANY_QUESTIONS 32

double
pa_choice_time_lost(const PaChoice *choice, int statement, double cost,
					double best)
{
	const PaMatrixStatement *of = pa_matrix_statement(choice->matrix, statement);

	if (of->base_cost <= 0)
		return 0;
	return of->weight * (cost - best) / of->base_cost;
}

/* The last answer is kept: moves from one set are compared one after the other. */
double
pa_choice_time_with(PaChoice *choice, const Bitmapset *set)
{
	if (choice->time_with >= 0 && bms_equal(choice->timed, set))
		return choice->time_with;

	choice->time_with = choice->matrix->total_weight;
	for (int i = 0; i < choice->nstatements; i++)
	{
		if (choice->preferred[i] != NULL)
			choice->time_with -=
				pa_choice_time_lost(choice, i,
									pa_matrix_statement(choice->matrix, i)->base_cost,
									pa_choice_bound(choice, i, set));
	}
	choice->time_with = Max(choice->time_with, 0);
	choice->timed = bms_copy(set);
	return choice->time_with;
}

/*
 * Whether nearly all that it takes is reading rows that it does not want: of
 * a table that is still small, or by an index that finds too many.  What that
 * takes today is not what counts, but that it grows with the table.
 */
static bool
is_spared_scan(double before, double after)
{
	return before - after >= MIN_SCAN_UNITS && before - after >= before * DECISIVE;
}

void
pa_choice_add_gain(const PaChoice *choice, int statement, double before,
				   double after, PaGain *gain)
{
	const PaMatrixStatement *of = pa_matrix_statement(choice->matrix, statement);
	double		saved = pa_choice_time_lost(choice, statement, before, after);
	double		time = pa_choice_time_lost(choice, statement, before, 0);

	if (saved < 0)
	{
		gain->saved += saved;
		gain->noticed += saved;
		return;
	}
	/* a plan that costs little less may well take longer */
	if (!pa_analyze_is_gain(before, after))
		return;
	gain->saved += saved;
	gain->before += time;
	if (saved >= of->calls * NOTICED_MSEC || before - after >= NOTICED_UNITS ||
		is_spared_scan(before, after))
	{
		gain->noticed += saved;
		gain->noticed_before += time;
	}
}

PaGain
pa_choice_gain(PaChoice *choice, const Bitmapset *from, const Bitmapset *to)
{
	PaGain		gain = {0};
	Bitmapset  *changed = bms_union(bms_difference(from, to),
									bms_difference(to, from));

	for (int i = 0; i < choice->nstatements; i++)
	{
		if (choice->preferred[i] != NULL &&
			bms_overlap(changed, pa_matrix_statement(choice->matrix, i)->helpful))
			pa_choice_add_gain(choice, i, pa_choice_bound(choice, i, from),
							   pa_choice_bound(choice, i, to), &gain);
	}
	gain.remaining = pa_choice_time_with(choice, from);
	gain.maintenance = pa_choice_maintenance(choice, to) -
		pa_choice_maintenance(choice, from);
	gain.size = pa_choice_size(choice, to) - pa_choice_size(choice, from);
	bms_free(changed);
	return gain;
}

/* The share of what remains that must be saved. */
static double
least_share(const PaGain *gain)
{
	bool		is_small = gain->size <= SMALL_SIZE &&
		gain->maintenance <= gain->saved * UNNOTICED_MAINTENANCE;

	return is_small ? MIN_SMALL_GAIN : MIN_GAIN;
}

/* Whether those who wait for the statements have enough of it. */
static bool
is_worth_for_callers(const PaGain *gain)
{
	double		noticed = gain->noticed - Max(gain->maintenance, 0);

	if (noticed >= gain->remaining * MIN_GAIN)
		return true;
	if (noticed <= 0 || noticed < gain->noticed_before * SUBSTANTIAL)
		return false;
	return noticed >= gain->remaining * least_share(gain) ||
		(noticed >= gain->remaining * MIN_DECISIVE_GAIN &&
		 noticed >= gain->noticed_before * DECISIVE);
}

/* Whether the server has enough of it, noticed by anybody or not. */
static bool
is_worth_for_server(const PaChoice *choice, const PaGain *gain)
{
	double		net = gain->saved - gain->maintenance;
	double		load = Min(choice->matrix->window, choice->matrix->total_weight);

	if (net < load * MIN_UNNOTICED_LOAD)
		return false;
	return net >= gain->remaining * MIN_UNNOTICED_GAIN ||
		(net >= gain->remaining * MIN_UNNOTICED_DECISIVE_GAIN &&
		 net >= gain->before * DECISIVE);
}

bool
pa_choice_is_worth(const PaChoice *choice, const PaGain *gain)
{
	double		net = gain->saved - gain->maintenance;

	if (net <= choice->matrix->window * MIN_LOAD ||
		gain->saved < gain->maintenance * MIN_GAIN_OVER_MAINTENANCE)
		return false;
	return is_worth_for_callers(gain) || is_worth_for_server(choice, gain);
}

double
pa_choice_size(const PaChoice *choice, const Bitmapset *set)
{
	double		size = 0;
	int			candidate = -1;

	while ((candidate = bms_next_member(set, candidate)) >= 0)
		size += pa_matrix_price(choice->matrix, candidate)->size;
	return size;
}

double
pa_choice_maintenance(const PaChoice *choice, const Bitmapset *set)
{
	double		maintenance = 0;
	int			candidate = -1;

	while ((candidate = bms_next_member(set, candidate)) >= 0)
		maintenance += pa_matrix_price(choice->matrix, candidate)->maintenance;
	return maintenance;
}

bool
pa_choice_fits(const PaChoice *choice, const Bitmapset *set)
{
	return choice->matrix->storage_budget < 0 ||
		pa_choice_size(choice, set) <= choice->matrix->storage_budget;
}

Bitmapset *
pa_choice_replaced(const Bitmapset *set, int old, int new)
{
	return bms_add_member(bms_del_member(bms_copy(set), old), new);
}

int
pa_choice_want(PaChoice *choice, const PaIndexSpec *spec)
{
	int			candidate = pa_matrix_find(choice->matrix, spec);
	PaIndexSpec *copy;

	if (candidate >= 0 || !choice->asking)
		return candidate;
	copy = palloc(sizeof(PaIndexSpec));
	*copy = *spec;
	choice->result->wanted = lappend(choice->result->wanted, copy);
	return -1;
}

/* Settles what each statement would like to have. */
static void
prefer(PaChoice *choice)
{
	for (int i = 0; i < choice->nstatements; i++)
	{
		pa_choice_look_at_clock(choice);
		if (choice->asking && choice->nquestions >= MANY_QUESTIONS)
			break;
		choice->unsure = false;
		choice->preferred[i] = pa_choice_prefer(choice, i);
		if (choice->unsure)
			choice->preferred[i] = NULL;
	}
}

/* The steps after "prefer", as far as they get without an open question. */
static Bitmapset *
choose(PaChoice *choice)
{
	Bitmapset  *chosen;

	pa_choice_merge(choice);
	if (pa_choice_has_questions(choice))
		return NULL;
	pa_choice_ask_alternatives(choice);
	if (pa_choice_has_questions(choice))
		return NULL;
	chosen = pa_choice_add(choice, NULL);
	return pa_choice_polish(choice, chosen);
}

PaSelection *
pa_analyze_selection(const PaCostMatrix *matrix, pa_stop_callback stop,
					 void *stop_arg)
{
	PaChoice	choice = {0};
	int			count = list_length(matrix->statements);

	choice.matrix = matrix;
	choice.nstatements = count;
	choice.preferred = palloc0(sizeof(Bitmapset *) * Max(count, 1));
	choice.questions = palloc0(sizeof(List *) * Max(count, 1));
	choice.result = palloc0(sizeof(PaSelection));
	choice.asking = true;
	choice.time_with = -1;
	choice.stop = stop;
	choice.stop_arg = stop_arg;

	prefer(&choice);
	if (!pa_choice_has_questions(&choice))
		choice.result->chosen = choose(&choice);

	/* what was asked before it was told to stop needs no answer any more */
	if (pa_choice_has_questions(&choice))
	{
		choice.result->chosen = NULL;
		for (int i = 0; i < count; i++)
			choice.result->questions = list_concat(choice.result->questions,
												   choice.questions[i]);
	}
	else
		choice.result->wanted = NIL;
	return choice.result;
}

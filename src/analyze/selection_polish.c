/*-------------------------------------------------------------------------
 *
 * selection_polish.c
 *		What is left over goes: the step "polish" of selection.c.
 *
 * Drop: without one of the chosen indexes the others may do nearly as well,
 * because what was gained by it was counted before they came.  And one that
 * saves less than twice what it costs the writers is no bargain.
 *
 * Trim: columns carried along go where no plan costs twice as much without
 * them, and the last key where all the plans that use the index are nearly as
 * good without, or less than half as dear again where it is compared for equality.  Not what the rule keeps together: the first rows in an order by
 * two columns are no better served by the first one, only because few rows
 * have the same value there.
 *
 * Swap: where space is short, another index in place of a chosen one, as far
 * as costs are known.
 *
 * IDENTIFICATION
 *		src/analyze/selection_polish.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analyze/index_spec.h"
#include "analyze/selection_internal.h"

/* Times that dropping makes space for something else, and that swapping does. */
#define MAX_ROUNDS 10

/* ---- drop ---- */

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

/* Asks what the statements that use the index do without it. */
static void
ask_without(PaChoice *choice, const Bitmapset *chosen, int candidate)
{
	Bitmapset  *others = bms_del_member(bms_copy(chosen), candidate);

	pa_choice_look_at_clock(choice);
	for (int i = 0; i < choice->nstatements; i++)
	{
		if (choice->preferred[i] != NULL &&
			bms_is_member(candidate, pa_matrix_plan(choice->matrix, i, chosen)->used))
			(void) pa_choice_cost(choice, i, others);
	}
	bms_free(others);
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
	double		least_net = 0;
	Bitmapset  *open = ask_about_chosen(choice, chosen);

	while ((candidate = bms_next_member(chosen, candidate)) >= 0)
	{
		Bitmapset  *others;
		PaGain		gain;

		if (bms_is_member(candidate, open))
			continue;
		pa_choice_look_at_clock(choice);
		others = bms_del_member(bms_copy(chosen), candidate);
		gain = pa_choice_gain(choice, others, chosen);
		bms_free(others);
		if (!pa_choice_is_worth(choice, &gain) &&
			(least < 0 || gain.saved - gain.maintenance < least_net))
		{
			least = candidate;
			least_net = gain.saved - gain.maintenance;
		}
	}
	if (least >= 0 || pa_choice_has_questions(choice))
		return least;

	candidate = -1;
	while (choice->asking && (candidate = bms_next_member(chosen, candidate)) >= 0)
		ask_without(choice, chosen, candidate);
	return -1;
}

static Bitmapset *
drop_superfluous(PaChoice *choice, Bitmapset *chosen)
{
	int			drop;

	while ((drop = superfluous_index(choice, chosen)) >= 0)
		chosen = bms_del_member(chosen, drop);
	return chosen;
}

/* ---- trim ---- */

static bool
drop_carried(const PaIndexSpec *spec, PaIndexSpec *narrower)
{
	*narrower = *spec;
	if (narrower->nincluded == 0)
		return false;
	narrower->nincluded = 0;
	memset(narrower->included, 0, sizeof(narrower->included));
	return true;
}

static bool
drop_last_key(const PaIndexSpec *spec, PaIndexSpec *narrower)
{
	*narrower = *spec;
	if (narrower->nkeys < 2 || narrower->nkeys <= narrower->nkept)
		return false;
	narrower->nkeys--;
	memset(&narrower->keys[narrower->nkeys], 0, sizeof(PaIndexKey));
	return true;
}

static double
maintenance_of(const PaChoice *choice, int candidate)
{
	return pa_matrix_price(choice->matrix, candidate)->maintenance;
}

/* Leading keys of a candidate of which something is to be known. */
typedef int (*LeadingKeys) (const PaIndexSpec *spec);

/* Those that the rule keeps together. */
static int
kept_keys(const PaIndexSpec *spec)
{
	return spec->nkept;
}

static int
equality_keys(const PaIndexSpec *spec)
{
	return spec->nequal;
}

/*
 * Whether the key that the new one lacks is among such keys of a candidate of
 * the statement's own rule.
 */
static bool
lacks_key(const PaChoice *choice, int statement, int old, int new, LeadingKeys leading)
{
	const PaIndexSpec *wide = pa_matrix_candidate(choice->matrix, old);
	ListCell   *lc;

	if (pa_matrix_candidate(choice->matrix, new)->nkeys == wide->nkeys)
		return false;
	foreach(lc, pa_matrix_statement(choice->matrix, statement)->rule)
	{
		const PaIndexSpec *own = pa_matrix_candidate(choice->matrix, lfirst_int(lc));

		for (int i = 0; own->relid == wide->relid && i < leading(own); i++)
		{
			if (pa_index_key_same(&own->keys[i], &wide->keys[wide->nkeys - 1]))
				return true;
		}
	}
	return false;
}

/* What the statement may cost with the new one that lacks a part of the old. */
static double
limit_when_trimmed(const PaChoice *choice, int statement, int old, int new,
				   double cost)
{
	double		limit = pa_choice_tie_limit(cost);

	if (pa_matrix_candidate(choice->matrix, old)->nincluded >
		pa_matrix_candidate(choice->matrix, new)->nincluded)
		limit = pa_choice_limit_without_carried(cost);
	if (!lacks_key(choice, statement, old, new, kept_keys))
		limit = Max(limit, pa_choice_limit_without_last(choice, statement, cost));
	if (lacks_key(choice, statement, old, new, equality_keys))
		limit = Min(limit, pa_choice_limit_without_equality(cost));
	return limit;
}

/*
 * Whether all plans that use the old one are nearly as good with the new one;
 * or worse by less than what it spares the writers is worth.
 */
static bool
is_as_good(PaChoice *choice, const Bitmapset *chosen, int old, int new)
{
	Bitmapset  *with_new = pa_choice_replaced(chosen, old, new);
	double		spared = maintenance_of(choice, old) - maintenance_of(choice, new);
	double		lost = 0;

	for (int i = 0; i < choice->nstatements; i++)
	{
		const PaKnownPlan *plan;
		double		cost;

		if (choice->preferred[i] == NULL)
			continue;
		plan = pa_matrix_plan(choice->matrix, i, chosen);
		if (!bms_is_member(old, plan->used))
			continue;
		cost = pa_choice_cost(choice, i, with_new);
		lost += pa_choice_time_lost(choice, i, cost, plan->cost);
		if (cost > limit_when_trimmed(choice, i, old, new, plan->cost) &&
			lost >= spared * MIN_GAIN_OVER_MAINTENANCE)
			return false;
	}
	return true;
}

/* Makes one index narrower in that way, if possible. */
static bool
trim_one(PaChoice *choice, Bitmapset **chosen,
		 bool (*drop) (const PaIndexSpec *, PaIndexSpec *))
{
	int			candidate = -1;

	while ((candidate = bms_next_member(*chosen, candidate)) >= 0)
	{
		PaIndexSpec narrower;
		int			number;

		pa_choice_look_at_clock(choice);
		if (!drop(pa_matrix_candidate(choice->matrix, candidate), &narrower))
			continue;
		number = pa_choice_want(choice, &narrower);
		if (number >= 0 && !bms_is_member(number, *chosen) &&
			is_as_good(choice, *chosen, candidate, number))
		{
			*chosen = pa_choice_replaced(*chosen, candidate, number);
			return true;
		}
	}
	return false;
}

/*
 * Trims all that can be trimmed.  What is left of an index may exist: then
 * the statements do as well with that, and nothing is proposed.  Its cost as
 * the planner sees it differs, for want of the correlation of an index over
 * one column, and is no reason.
 */
static Bitmapset *
trim_all(PaChoice *choice, Bitmapset *chosen)
{
	while (!pa_choice_has_questions(choice) &&
		   trim_one(choice, &chosen, drop_carried))
		;
	while (!pa_choice_has_questions(choice) &&
		   trim_one(choice, &chosen, drop_last_key))
		;
	return bms_difference(chosen, choice->matrix->served);
}

/* ---- swap ---- */

/* Candidates that some statement has a plan with. */
static Bitmapset *
all_helpful(const PaChoice *choice)
{
	Bitmapset  *all = NULL;

	for (int i = 0; i < choice->nstatements; i++)
	{
		if (choice->preferred[i] != NULL)
			all = bms_add_members(all, pa_matrix_statement(choice->matrix, i)->helpful);
	}
	return all;
}

/* Puts one index in place of another, if that is worth as much as an index. */
static bool
swap_one(PaChoice *choice, Bitmapset **chosen)
{
	Bitmapset  *others = bms_difference(all_helpful(choice), *chosen);
	int			candidate = -1;

	while ((candidate = bms_next_member(*chosen, candidate)) >= 0)
	{
		int			other = -1;

		while ((other = bms_next_member(others, other)) >= 0)
		{
			Bitmapset  *swapped = pa_choice_replaced(*chosen, candidate, other);
			PaGain		gain;

			pa_choice_look_at_clock(choice);
			if (pa_choice_fits(choice, swapped))
			{
				gain = pa_choice_gain(choice, *chosen, swapped);
				if (pa_choice_is_worth(choice, &gain))
				{
					*chosen = swapped;
					return true;
				}
			}
			bms_free(swapped);
		}
	}
	return false;
}

Bitmapset *
pa_choice_polish(PaChoice *choice, Bitmapset *chosen)
{
	for (int i = 0; i < MAX_ROUNDS; i++)
	{
		int			before;

		chosen = drop_superfluous(choice, chosen);
		if (pa_choice_has_questions(choice) ||
			choice->matrix->storage_budget < 0)
			break;
		before = bms_num_members(chosen);
		chosen = pa_choice_add(choice, chosen);
		if (bms_num_members(chosen) == before && !swap_one(choice, &chosen))
			break;
	}
	return trim_all(choice, chosen);
}

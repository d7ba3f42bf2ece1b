/*-------------------------------------------------------------------------
 *
 * selection_greedy.c
 *		Adds indexes as long as they are worth it: the step "choose" of
 *		selection.c.
 *
 * What can be added is the set that some statement prefers, and each index of
 * it.  Where there is not space for all of them, or writers would lose much by
 * one, statements are also asked what their other candidates would give.
 *
 * Added is what gains most, with the writers' loss taken off, until nothing is
 * worth an index.  That is done twice, by gain and by gain for its size, and
 * the better result counts: by size alone, many small indexes can use up the
 * space that one large one would have used better.
 *
 * IDENTIFICATION
 *		src/analyze/selection_greedy.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analyze/index_spec.h"
#include "analyze/selection_internal.h"

/*
 * Indexes proposed for one table without asking more of them.  Each further
 * one, up to MUCH_ROOM, has to save a large share of the time that remains of
 * the workload, or to take away most of what its statements take, if that is
 * something; and beyond that a large share in any case.
 */
#define ROOM 3
#define MUCH_ROOM 12
#define LARGE_SHARE 0.05
#define DECISIVE 0.9
#define DECISIVE_SHARE 0.005

/* Alternatives are looked for when writers lose this share of what is gained. */
#define NOTICEABLE_MAINTENANCE 0.1

/* No smaller index counts as smaller: one page and the metapage. */
#define MIN_SIZE (2.0 * BLCKSZ)

/* ---- alternatives ---- */

/* Whether writers would lose much of what the statement gains. */
static bool
is_dear(const PaChoice *choice, int statement)
{
	const PaMatrixStatement *of = pa_matrix_statement(choice->matrix, statement);

	return pa_choice_maintenance(choice, choice->preferred[statement]) >
		of->weight * NOTICEABLE_MAINTENANCE;
}

/* Whether all that is preferred has space. */
static bool
has_space(const PaChoice *choice)
{
	Bitmapset  *all = NULL;

	for (int i = 0; i < choice->nstatements; i++)
		all = bms_add_members(all, choice->preferred[i]);
	return pa_choice_fits(choice, all);
}

/*
 * Whether the candidate is worth a question: smaller or cheaper than what the
 * statement prefers.
 */
static bool
is_alternative(const PaChoice *choice, int statement, int candidate)
{
	const PaMatrixPrice *price = pa_matrix_price(choice->matrix, candidate);
	const Bitmapset *preferred = choice->preferred[statement];

	return !bms_is_member(candidate, preferred) &&
		(price->size < pa_choice_size(choice, preferred) ||
		 price->maintenance < pa_choice_maintenance(choice, preferred));
}

static void
ask_alternatives_of(PaChoice *choice, int statement)
{
	const PaMatrixStatement *of = pa_matrix_statement(choice->matrix, statement);
	Bitmapset  *preferred = choice->preferred[statement];
	int			member = -1;
	ListCell   *lc;

	while (bms_membership(preferred) == BMS_MULTIPLE &&
		   (member = bms_next_member(preferred, member)) >= 0)
		(void) pa_choice_cost(choice, statement, bms_make_singleton(member));
	foreach(lc, of->rule)
	{
		if (is_alternative(choice, statement, lfirst_int(lc)))
			(void) pa_choice_cost(choice, statement,
								  bms_make_singleton(lfirst_int(lc)));
	}
}

void
pa_choice_ask_alternatives(PaChoice *choice)
{
	bool		fits = has_space(choice);

	for (int i = 0; i < choice->nstatements; i++)
	{
		pa_choice_look_at_clock(choice);
		if (!choice->asking)
			return;
		if (choice->preferred[i] != NULL && (!fits || is_dear(choice, i)))
			ask_alternatives_of(choice, i);
	}
}

/* ---- additions ---- */

static List *
add_set(List *sets, Bitmapset *set)
{
	ListCell   *lc;

	foreach(lc, sets)
	{
		if (bms_equal(lfirst(lc), set))
			return sets;
	}
	return lappend(sets, set);
}

/*
 * The sets that can be added, those that the heaviest statements prefer
 * first: of two that are as good the first one wins.
 */
static List *
possible_additions(const PaChoice *choice)
{
	List	   *sets = NIL;
	bool		fits = has_space(choice);
	Bitmapset  *single = NULL;
	int			member = -1;

	for (int i = 0; i < choice->nstatements; i++)
	{
		if (choice->preferred[i] == NULL)
			continue;
		sets = add_set(sets, choice->preferred[i]);
		single = bms_add_members(single, choice->preferred[i]);
		if (!fits || is_dear(choice, i))
			single = bms_add_members(single,
									 bms_intersect(pa_matrix_own_candidates(choice->matrix, i),
												   pa_matrix_statement(choice->matrix, i)->helpful));
	}
	if (!fits)
		single = bms_add_members(single, choice->matrix->shared);
	while ((member = bms_next_member(single, member)) >= 0)
		sets = add_set(sets, bms_make_singleton(member));
	return sets;
}

/* Whether the tables of what is new in "to" may have that many. */
static bool
has_room(const PaChoice *choice, const Bitmapset *from, const Bitmapset *to,
		 const PaGain *gain)
{
	Bitmapset  *added = bms_difference(to, from);
	double		share = (gain->saved - gain->maintenance) / Max(gain->remaining, 1e-6);
	int			most = 0;
	int			candidate = -1;

	while ((candidate = bms_next_member(added, candidate)) >= 0)
	{
		Bitmapset  *there = pa_choice_on_table(choice, to,
											   pa_choice_table(choice, candidate));

		most = Max(most, bms_num_members(there));
		bms_free(there);
	}
	bms_free(added);
	return most <= ROOM || share >= LARGE_SHARE ||
		(most <= MUCH_ROOM && share >= DECISIVE_SHARE &&
		 gain->noticed > 0 &&
		 gain->noticed >= gain->noticed_before * DECISIVE);
}

/* The set without members that are only the beginning of another one. */
static Bitmapset *
without_prefixes(const PaChoice *choice, const Bitmapset *set)
{
	Bitmapset  *result = bms_copy(set);
	int			narrow = -1;

	while ((narrow = bms_next_member(set, narrow)) >= 0)
	{
		int			wide = -1;

		while ((wide = bms_next_member(result, wide)) >= 0)
		{
			if (narrow != wide &&
				pa_index_spec_is_prefix(pa_matrix_candidate(choice->matrix, narrow),
										pa_matrix_candidate(choice->matrix, wide)))
			{
				result = bms_del_member(result, narrow);
				break;
			}
		}
	}
	return result;
}

/* "chosen" with the addition, as far as there is space; else NULL. */
static Bitmapset *
with_addition(const PaChoice *choice, const Bitmapset *chosen,
			  const Bitmapset *addition)
{
	Bitmapset  *both = bms_union(chosen, addition);

	if (pa_choice_fits(choice, both))
		return both;
	both = without_prefixes(choice, both);
	return pa_choice_fits(choice, both) ? both : NULL;
}

/* How good a step is; 0 when it is not worth it. */
static double
score(PaChoice *choice, const Bitmapset *from, const Bitmapset *to,
	  bool by_size)
{
	PaGain		gain = pa_choice_gain(choice, from, to);
	double		net = gain.saved - gain.maintenance;

	if (!pa_choice_is_worth(choice, &gain) ||
		!has_room(choice, from, to, &gain))
		return 0;
	if (!by_size)
		return net;
	return net / Max(pa_choice_size(choice, to) - pa_choice_size(choice, from),
					 MIN_SIZE);
}

static Bitmapset *
choose_greedily(PaChoice *choice, const Bitmapset *start, List *additions,
				bool by_size)
{
	const Bitmapset *chosen = start;

	for (;;)
	{
		Bitmapset  *best = NULL;
		double		best_score = 0;
		ListCell   *lc;

		foreach(lc, additions)
		{
			Bitmapset  *with_it;
			double		its_score;

			pa_choice_look_at_clock(choice);
			if (bms_is_subset(lfirst(lc), chosen))
				continue;
			with_it = with_addition(choice, chosen, lfirst(lc));
			if (with_it == NULL)
				continue;
			its_score = score(choice, chosen, with_it, by_size);
			if (its_score > best_score)
			{
				best_score = its_score;
				best = with_it;
			}
		}
		if (best == NULL)
			return bms_copy(chosen);
		chosen = best;
	}
}

Bitmapset *
pa_choice_add(PaChoice *choice, Bitmapset *chosen)
{
	List	   *additions = possible_additions(choice);
	Bitmapset  *plain = choose_greedily(choice, chosen, additions, false);
	Bitmapset  *by_size;
	PaGain		gain;
	double		net;

	/* with space for everything, size only matters between equals */
	if (choice->matrix->storage_budget < 0)
		return plain;
	by_size = choose_greedily(choice, chosen, additions, true);
	gain = pa_choice_gain(choice, plain, by_size);
	net = gain.saved - gain.maintenance;
	if (net > 0 ||
		(net == 0 && pa_choice_size(choice, by_size) < pa_choice_size(choice, plain)))
		return by_size;
	return plain;
}

/*-------------------------------------------------------------------------
 *
 * selection_merge.c
 *		One preferred index in place of two: the step "merge" of selection.c.
 *
 * Of two indexes of which one begins with the other, one is enough.  Of two
 * that share a column, a new one with the keys of the one and then what the
 * other has besides may do for both: (tenant, customer) finds what (tenant)
 * and what (customer, tenant) would find.  Two with the same keys become one
 * that carries along what both do.  The planner is asked, and nobody may get
 * much slower than with an index of his own.
 *
 * IDENTIFICATION
 *		src/analyze/selection_merge.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"

#include "analyze/candidates.h"
#include "analyze/index_spec.h"
#include "analyze/selection_internal.h"

/* A statement may cost so many times its own best with a shared index. */
#define MAX_SHARED_COST 2.0

/*
 * The same where the shared index has a column that the statement does not
 * use between those that it does: a range behind it finds nothing by itself.
 */
#define MAX_GAP_COST 1.25

/* Statements with this share of the time of those served make an index wider. */
#define MIN_WIDENING_SHARE 0.1

/*
 * New indexes tried for one table besides those that differ from others only
 * in what they carry; each is planned for all that it concerns.
 */
#define MAX_UNITED 4

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

static bool
has_key(const PaIndexSpec *spec, const PaIndexKey *key)
{
	for (int i = 0; i < spec->nkeys; i++)
	{
		if (pa_index_key_same(&spec->keys[i], key))
			return true;
	}
	return false;
}

/* Whether the keys of narrow are the first ones of wide, in any order. */
static bool
begins_with(const PaIndexSpec *wide, const PaIndexSpec *narrow)
{
	for (int i = 0; i < Min(narrow->nkeys, wide->nkeys); i++)
	{
		if (!has_key(narrow, &wide->keys[i]))
			return false;
	}
	return true;
}

/*
 * Adds to *lost what the statements that prefer "old" lose with "new" in its
 * place, as what they would gain by the old one.  *bearable becomes false when
 * one of them gets much slower.
 */
static void
add_loss_of_replacing(PaChoice *choice, int old, int new, PaGain *lost,
					  bool *bearable)
{
	double		most = MAX_SHARED_COST;

	if (old == new)
		return;
	if (!begins_with(pa_matrix_candidate(choice->matrix, new),
					 pa_matrix_candidate(choice->matrix, old)))
		most = MAX_GAP_COST;
	for (int i = 0; i < choice->nstatements; i++)
	{
		double		own;
		double		shared;

		if (!bms_is_member(old, choice->preferred[i]))
			continue;
		own = pa_choice_bound(choice, i, choice->preferred[i]);
		shared = pa_choice_cost(choice, i,
								pa_choice_replaced(choice->preferred[i], old, new));
		if (shared > Max(own * most, own + TIE_UNITS))
			*bearable = false;
		pa_choice_add_gain(choice, i, shared, own, lost);
	}
}

static double
maintenance_of(const PaChoice *choice, int candidate)
{
	return pa_matrix_price(choice->matrix, candidate)->maintenance;
}

/*
 * Whether what is lost by having one index less would be worth that index.  It
 * would come back in the next run, which sees what remains with all the others.
 */
static bool
is_missed(PaChoice *choice, PaGain *lost, double spared)
{
	lost->maintenance = spared;
	lost->remaining = choice->time_preferred + Max(lost->saved, 0);
	return pa_choice_is_worth(choice, lost);
}

static void
replace_preferred(PaChoice *choice, int old, int new)
{
	if (old == new)
		return;
	for (int i = 0; i < choice->nstatements; i++)
	{
		if (bms_is_member(old, choice->preferred[i]))
			choice->preferred[i] = pa_choice_replaced(choice->preferred[i], old, new);
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
	PaGain		lost = {0};
	bool		bearable = true;

	if (wide_weight < (wide_weight + narrow_weight) * MIN_WIDENING_SHARE)
	{
		add_loss_of_replacing(choice, wide, narrow, &lost, &bearable);
		if (!is_missed(choice, &lost, maintenance_of(choice, wide)))
		{
			replace_preferred(choice, wide, narrow);
			return true;
		}
	}

	bearable = true;
	memset(&lost, 0, sizeof(lost));
	add_loss_of_replacing(choice, narrow, wide, &lost, &bearable);
	if (bearable && !is_missed(choice, &lost, maintenance_of(choice, narrow)))
	{
		replace_preferred(choice, narrow, wide);
		return true;
	}
	return false;
}

/* ---- united indexes ---- */

static void
forget_carried(PaIndexSpec *spec)
{
	spec->nincluded = 0;
	memset(spec->included, 0, sizeof(spec->included));
	memset(spec->included_widths, 0, sizeof(spec->included_widths));
}

/* Carries along what both do, but for the keys; false if that is too much. */
static bool
unite_included(const PaIndexSpec *first, const PaIndexSpec *second,
			   PaIndexSpec *united)
{
	const PaIndexSpec *both[] = {first, second};
	int			width = 0;

	forget_carried(united);
	for (int i = 0; i < (int) lengthof(both); i++)
	{
		for (int j = 0; j < both[i]->nincluded; j++)
		{
			if (pa_index_spec_has_column(united, both[i]->included[j]))
				continue;
			width += both[i]->included_widths[j];
			if (united->nincluded == PA_MAX_CARRIED || width > PA_MAX_CARRIED_WIDTH)
				return false;
			united->included_widths[united->nincluded] = both[i]->included_widths[j];
			united->included[united->nincluded++] = both[i]->included[j];
		}
	}
	return true;
}

/*
 * The keys of the first, then those that only the second has.  False where
 * that is no index that could serve the second: its keys must have the first
 * one of the new index, or nothing is found by them.
 */
static bool
unite(const PaIndexSpec *first, const PaIndexSpec *second, PaIndexSpec *united)
{
	if (first->relid != second->relid || first->method != BTREE_AM_OID ||
		second->method != BTREE_AM_OID ||
		!equal(first->predicate, second->predicate) ||
		!has_key(second, &first->keys[0]))
		return false;

	*united = *first;
	for (int i = 0; i < second->nkeys; i++)
	{
		if (has_key(first, &second->keys[i]))
			continue;
		if (united->nkeys == PA_MAX_INDEX_KEYS)
			return false;
		united->keys[united->nkeys++] = second->keys[i];
	}
	return unite_included(first, second, united);
}

/*
 * Whether there is room for one more attempt on the table.  Counted are those
 * tried before, wanted now included, that have a list of keys of their own.
 */
static bool
may_try(const PaChoice *choice, const PaIndexSpec *spec)
{
	int			count = 0;
	int			candidate = -1;
	ListCell   *lc;

	while ((candidate = bms_next_member(choice->matrix->shared, candidate)) >= 0)
	{
		const PaIndexSpec *tried = pa_matrix_candidate(choice->matrix, candidate);

		if (tried->relid == spec->relid && tried->nincluded == 0)
			count++;
	}
	foreach(lc, choice->result->wanted)
	{
		const PaIndexSpec *tried = lfirst(lc);

		if (tried->relid == spec->relid && tried->nincluded == 0)
			count++;
	}
	return count < MAX_UNITED;
}

/* Puts the united index in the place of both, if that is there and does. */
static bool
replace_both(PaChoice *choice, int first, int second, int united)
{
	PaGain		lost = {0};
	bool		bearable = true;
	double		spared = maintenance_of(choice, first) +
		maintenance_of(choice, second) - maintenance_of(choice, united);

	add_loss_of_replacing(choice, first, united, &lost, &bearable);
	add_loss_of_replacing(choice, second, united, &lost, &bearable);
	if (!bearable || is_missed(choice, &lost, Max(spared, 0)))
		return false;
	replace_preferred(choice, first, united);
	replace_preferred(choice, second, united);
	return true;
}

/* One index for two that share a column. */
static bool
unite_pair(PaChoice *choice, int first, int second)
{
	PaIndexSpec spec;
	int			united;

	if (!unite(pa_matrix_candidate(choice->matrix, first),
			   pa_matrix_candidate(choice->matrix, second), &spec))
		return false;
	united = pa_matrix_find(choice->matrix, &spec);
	if (united < 0)
	{
		if (may_try(choice, &spec))
			(void) pa_choice_want(choice, &spec);
		return false;
	}
	return replace_both(choice, first, second, united);
}

/* What both sets of statements lose with one index in place of two. */
static PaGain
loss_of_sharing(PaChoice *choice, int first, int second, int shared)
{
	PaGain		lost = {0};
	bool		bearable;

	add_loss_of_replacing(choice, first, shared, &lost, &bearable);
	add_loss_of_replacing(choice, second, shared, &lost, &bearable);
	return lost;
}

/*
 * One index in place of two with the same keys that carry too much for one:
 * that with which least is lost, or the one that carries nothing if that is
 * hardly more.  Nobody wants the same keys twice, whatever each would gain.
 */
static bool
share_keys(PaChoice *choice, int first, int second)
{
	PaIndexSpec spec = *pa_matrix_candidate(choice->matrix, first);
	double		lost = loss_of_sharing(choice, first, second, first).saved;
	double		lost_by_second = loss_of_sharing(choice, first, second, second).saved;
	int			best = lost_by_second < lost ? second : first;
	PaGain		more;
	int			plain;

	forget_carried(&spec);
	plain = pa_choice_want(choice, &spec);
	if (plain < 0 && choice->asking)
		return false;
	if (plain >= 0)
	{
		more = loss_of_sharing(choice, first, second, plain);
		more.saved -= Min(lost, lost_by_second);
		if (!is_missed(choice, &more, 0))
			best = plain;
	}
	replace_preferred(choice, first, best);
	replace_preferred(choice, second, best);
	return true;
}

/*
 * One index in place of two that carry something, where the keys of the second
 * are the first ones of the first: it carries what both do.
 */
static bool
unite_carried(PaChoice *choice, int first, int second)
{
	PaIndexSpec wide = *pa_matrix_candidate(choice->matrix, first);
	PaIndexSpec narrow = *pa_matrix_candidate(choice->matrix, second);
	bool		both_carry = wide.nincluded > 0;
	PaIndexSpec spec;
	bool		fits;
	int			united;

	if (narrow.nincluded == 0)
		return false;
	fits = unite(&wide, &narrow, &spec);
	forget_carried(&wide);
	forget_carried(&narrow);
	if (!pa_index_spec_is_prefix(&narrow, &wide))
		return false;
	if (fits)
	{
		united = pa_choice_want(choice, &spec);
		return united >= 0 && replace_both(choice, first, second, united);
	}
	return both_carry && pa_index_spec_equal(&narrow, &wide) &&
		share_keys(choice, first, second);
}

/* ---- all pairs ---- */

static Bitmapset *
all_preferred(const PaChoice *choice)
{
	Bitmapset  *all = NULL;

	for (int i = 0; i < choice->nstatements; i++)
		all = bms_add_members(all, choice->preferred[i]);
	return all;
}

static bool
merge_prefix(PaChoice *choice, int narrow, int wide)
{
	return pa_index_spec_is_prefix(pa_matrix_candidate(choice->matrix, narrow),
								   pa_matrix_candidate(choice->matrix, wide)) &&
		merge_pair(choice, narrow, wide);
}

/* Merges one pair in that way if there is one to merge. */
static bool
merge_some_pair(PaChoice *choice, bool (*merge) (PaChoice *, int, int))
{
	Bitmapset  *all = all_preferred(choice);
	int			first = -1;

	while ((first = bms_next_member(all, first)) >= 0)
	{
		int			second = -1;

		pa_choice_look_at_clock(choice);
		while ((second = bms_next_member(all, second)) >= 0)
		{
			if (first != second && merge(choice, first, second))
				return true;
		}
	}
	return false;
}

/* What the workload takes when each statement has what it prefers, in msec. */
static double
time_preferred(const PaChoice *choice)
{
	double		time = choice->matrix->total_weight;

	for (int i = 0; i < choice->nstatements; i++)
	{
		if (choice->preferred[i] != NULL)
			time -= pa_choice_time_lost(choice, i,
										pa_matrix_statement(choice->matrix, i)->base_cost,
										pa_choice_bound(choice, i, choice->preferred[i]));
	}
	return Max(time, 0);
}

void
pa_choice_merge(PaChoice *choice)
{
	choice->time_preferred = time_preferred(choice);
	while (merge_some_pair(choice, merge_prefix))
		;
	if (pa_choice_has_questions(choice))
		return;
	while (merge_some_pair(choice, unite_carried))
		;
	if (pa_choice_has_questions(choice))
		return;
	while (merge_some_pair(choice, unite_pair))
		;
}

/*-------------------------------------------------------------------------
 *
 * advisor_verify.c
 *		Looks at what was chosen: is it good for every single execution?
 *
 * The choice went by means over the sampled parameters, and let one vector
 * stand for others.  Here every statement that uses a chosen index is planned
 * with all of its vectors; an index that makes any of them much worse is no
 * good.  And statements that must not be served by an index, because their
 * gain would be a bet, are planned with it: the planner may bet all the same
 * once it exists.  An existing index is called redundant only after the
 * statements were planned without it.
 *
 * IDENTIFICATION
 *		src/report/advisor_verify.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "analyze/risk.h"
#include "analyze/selection.h"
#include "report/advisor.h"

static const PaKnownPlan *
chosen_plan(const PaAdvisor *advisor, int number)
{
	return pa_matrix_plan(advisor->matrix, number, advisor->chosen);
}

static List *
specs_of(const PaAdvisor *advisor, const Bitmapset *set)
{
	List	   *specs = NIL;
	int			candidate = -1;

	while ((candidate = bms_next_member(set, candidate)) >= 0)
		specs = lappend(specs,
						(void *) pa_matrix_candidate(advisor->matrix, candidate));
	return specs;
}

/* Whether there is time, and a planning, left for so many. */
static bool
can_plan(PaAdvisor *advisor, const PaAdvisorSubject *subject, int plannings)
{
	CHECK_FOR_INTERRUPTS();
	return pa_advisor_planner_calls(advisor) + plannings <= PA_MAX_PLANNER_CALLS &&
		!pa_advisor_would_be_late(advisor, subject->planning_time * plannings);
}

/* ---- all vectors ---- */

/*
 * Plans one statement with what it uses and all vectors.  Returns whether
 * that was done, and in *worse whether one of the vectors gets much worse.
 */
static bool
verify_statement(PaAdvisor *advisor, int number, bool *worse)
{
	PaAdvisorSubject *subject = list_nth(advisor->subjects, number);
	const PaPlanCost *base = pa_whatif_base(subject->whatif);
	Bitmapset  *offered = pa_matrix_plannable(pa_matrix_relevant(advisor->matrix,
																 number, advisor->chosen));
	PaPlanCost	cost;
	bool		done;

	*worse = false;
	if (!can_plan(advisor, subject, base->nvectors))
		return false;
	pa_whatif_weigh(subject->whatif, NULL);
	done = pa_whatif_plan(subject->whatif, specs_of(advisor, offered), &cost);
	for (int i = 0; done && i < base->nvectors; i++)
	{
		if (pa_analyze_is_worse(base->vector_cost[i], cost.vector_cost[i]))
			*worse = true;
	}
	return done;
}

Bitmapset *
pa_advisor_verify(PaAdvisor *advisor)
{
	Bitmapset  *rejected = NULL;

	for (int i = 0; i < list_length(advisor->subjects); i++)
	{
		PaAdvisorSubject *subject = list_nth(advisor->subjects, i);
		const Bitmapset *used = chosen_plan(advisor, i)->used;
		bool		worse;

		if (bms_is_empty(used) || subject->share <= 0)
			continue;
		subject->verified = verify_statement(advisor, i, &worse);
		if (worse)
			rejected = bms_add_members(rejected, used);
	}
	return rejected;
}

/* ---- bets ---- */

/* Whether the planner would use an index that it must not bet on. */
static Bitmapset *
bets_taken(PaAdvisor *advisor, int number)
{
	PaAdvisorSubject *subject = list_nth(advisor->subjects, number);
	Bitmapset  *bets = bms_intersect(subject->bets, advisor->chosen);
	Bitmapset  *offered;
	Bitmapset  *taken = NULL;
	PaPlanCost	cost;
	int			candidate = -1;

	if (bms_is_empty(bets) || subject->share <= 0 ||
		!can_plan(advisor, subject, pa_whatif_base(subject->whatif)->nvectors))
		return NULL;
	offered = pa_matrix_plannable(bms_union(bets,
											pa_matrix_relevant(advisor->matrix, number,
															   advisor->chosen)));
	if (!pa_whatif_plan(subject->whatif, specs_of(advisor, offered), &cost))
		return NULL;
	for (int bit = 0; (candidate = bms_next_member(offered, candidate)) >= 0; bit++)
	{
		if ((cost.used & (UINT64CONST(1) << bit)) != 0)
			taken = bms_add_member(taken, candidate);
	}
	return bms_int_members(taken, bets);
}

/* Notes on each index which statements may bet on it. */
static void
note_bets(PaAdvisor *advisor)
{
	for (int i = 0; i < list_length(advisor->subjects); i++)
	{
		PaAdvisorSubject *subject = list_nth(advisor->subjects, i);
		Bitmapset  *taken = bets_taken(advisor, i);
		ListCell   *lc;

		foreach(lc, advisor->choices)
		{
			PaAdvisorChoice *choice = lfirst(lc);

			if (bms_is_member(choice->candidate, taken))
				choice->tempted = list_append_unique_ptr(choice->tempted,
														 (void *) subject->statement);
		}
	}
}

/* ---- what it replaces ---- */

/*
 * Whether the statement does as well without an existing index once the
 * chosen ones are there; false when there is no planning left to see it.
 */
static bool
does_without(PaAdvisor *advisor, int number, Oid indexid)
{
	PaAdvisorSubject *subject = list_nth(advisor->subjects, number);
	int			nvectors = pa_whatif_base(subject->whatif)->nvectors;
	List	   *chosen = specs_of(advisor,
								  pa_matrix_plannable(pa_matrix_relevant(advisor->matrix, number,
																		 advisor->chosen)));
	PaPlanCost	with;
	PaPlanCost	without;
	bool		done;

	if (!can_plan(advisor, subject, 2 * nvectors))
		return false;
	pa_whatif_weigh(subject->whatif, NULL);
	done = pa_whatif_plan(subject->whatif, chosen, &with);
	pa_whatif_hide(subject->whatif, list_make1_oid(indexid));
	done = done && pa_whatif_plan(subject->whatif, chosen, &without);
	pa_whatif_hide(subject->whatif, NIL);
	for (int i = 0; done && i < nvectors; i++)
	{
		if (pa_analyze_is_worse(with.vector_cost[i], without.vector_cost[i]))
			done = false;
	}
	return done;
}

/*
 * The existing indexes that no statement misses with the candidate in their
 * place, of those that it makes redundant by their definitions.
 */
static List *
verified_replaced(PaAdvisor *advisor, const PaIndexSpec *spec)
{
	List	   *replaced = NIL;
	ListCell   *lc;

	foreach(lc, pa_advisor_replaced_by(advisor, spec))
	{
		PaIndexSpec *existing = lfirst(lc);
		bool		missed = false;

		for (int i = 0; i < list_length(advisor->subjects) && !missed; i++)
		{
			const PaAdvisorSubject *subject = list_nth(advisor->subjects, i);

			missed = subject->share > 0 &&
				list_member_oid(pa_matrix_statement(advisor->matrix, i)->relids,
								spec->relid) &&
				!does_without(advisor, i, existing->indexid);
		}
		if (!missed)
			replaced = lappend(replaced, existing);
	}
	return replaced;
}

/* ---- description ---- */

/* Whether every statement that uses the index was planned with all vectors. */
static bool
is_verified(const PaAdvisor *advisor, int candidate)
{
	for (int i = 0; i < list_length(advisor->subjects); i++)
	{
		const PaAdvisorSubject *subject = list_nth(advisor->subjects, i);

		if (subject->share > 0 && !subject->verified &&
			bms_is_member(candidate, chosen_plan(advisor, i)->used))
			return false;
	}
	return true;
}

/*
 * Whether a statement that the index serves gains only if it meets the wanted
 * rows early.
 */
static bool
is_risky(const PaAdvisor *advisor, int candidate)
{
	const PaIndexSpec *spec = pa_matrix_candidate(advisor->matrix, candidate);

	for (int i = 0; i < list_length(advisor->subjects); i++)
	{
		const PaAdvisorSubject *subject = list_nth(advisor->subjects, i);
		ListCell   *lc;

		if (!bms_is_member(candidate, chosen_plan(advisor, i)->used))
			continue;
		foreach(lc, subject->relations)
		{
			if (pa_analyze_relies_on_luck(lfirst(lc), spec))
				return true;
		}
	}
	return false;
}

void
pa_advisor_describe(PaAdvisor *advisor)
{
	int			candidate = -1;

	while ((candidate = bms_next_member(advisor->chosen, candidate)) >= 0)
	{
		const PaIndexSpec *spec = pa_matrix_candidate(advisor->matrix, candidate);
		PaAdvisorChoice *choice = palloc0(sizeof(PaAdvisorChoice));

		choice->candidate = candidate;
		choice->size = (int64) pa_matrix_price(advisor->matrix, candidate)->size;
		choice->write_cost = pa_advisor_write_cost(advisor, spec, choice->size);
		choice->replaces = verified_replaced(advisor, spec);
		choice->verified = is_verified(advisor, candidate);
		choice->risky = is_risky(advisor, candidate);
		advisor->choices = lappend(advisor->choices, choice);
	}
	note_bets(advisor);
}

/*-------------------------------------------------------------------------
 *
 * cost_matrix.c
 *		Known plan costs by statement and set of candidates, see
 *		cost_matrix.h.
 *
 * IDENTIFICATION
 *		src/analyze/cost_matrix.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "analyze/cost_matrix.h"
#include "analyze/index_spec.h"

PaCostMatrix *
pa_matrix_create(double total_weight)
{
	PaCostMatrix *matrix = palloc0(sizeof(PaCostMatrix));

	matrix->total_weight = total_weight;
	matrix->storage_budget = -1;
	matrix->context = CurrentMemoryContext;
	return matrix;
}

const PaMatrixStatement *
pa_matrix_statement(const PaCostMatrix *matrix, int statement)
{
	return list_nth(matrix->statements, statement);
}

const PaIndexSpec *
pa_matrix_candidate(const PaCostMatrix *matrix, int candidate)
{
	return list_nth(matrix->candidates, candidate);
}

int
pa_matrix_add_statement(PaCostMatrix *matrix, double weight,
						double base_cost, const List *relids)
{
	MemoryContext old = MemoryContextSwitchTo(matrix->context);
	PaMatrixStatement *statement = palloc0(sizeof(PaMatrixStatement));
	int			number = list_length(matrix->statements);

	statement->weight = weight;
	statement->base_cost = base_cost;
	statement->relids = list_copy(relids);
	for (int i = 0; i < list_length(matrix->candidates); i++)
	{
		if (list_member_oid(relids, pa_matrix_candidate(matrix, i)->relid))
			statement->usable = bms_add_member(statement->usable, i);
	}
	matrix->statements = lappend(matrix->statements, statement);
	MemoryContextSwitchTo(old);

	pa_matrix_add_plan(matrix, number, NULL, NULL, base_cost);
	return number;
}

void
pa_matrix_set_calls(PaCostMatrix *matrix, int statement, double calls)
{
	PaMatrixStatement *of = list_nth(matrix->statements, statement);

	of->calls = calls;
}

/* Makes a new candidate usable for all statements that read its table. */
static void
add_to_usable(PaCostMatrix *matrix, int candidate)
{
	Oid			relid = pa_matrix_candidate(matrix, candidate)->relid;
	ListCell   *lc;

	foreach(lc, matrix->statements)
	{
		PaMatrixStatement *statement = lfirst(lc);

		if (list_member_oid(statement->relids, relid))
			statement->usable = bms_add_member(statement->usable, candidate);
	}
}

int
pa_matrix_find(const PaCostMatrix *matrix, const PaIndexSpec *spec)
{
	ListCell   *lc;

	foreach(lc, matrix->candidates)
	{
		if (pa_index_spec_equal(lfirst(lc), spec))
			return foreach_current_index(lc);
	}
	return -1;
}

/* The number of the candidate, which is added if need be. */
static int
find_or_add(PaCostMatrix *matrix, const PaIndexSpec *spec)
{
	int			number = pa_matrix_find(matrix, spec);
	PaIndexSpec *copy;

	if (number >= 0)
	{
		copy = list_nth(matrix->candidates, number);
		copy->nkept = Max(copy->nkept, spec->nkept);
		copy->nequal = Max(copy->nequal, spec->nequal);
		return number;
	}

	number = list_length(matrix->candidates);
	copy = palloc(sizeof(PaIndexSpec));
	*copy = *spec;
	matrix->candidates = lappend(matrix->candidates, copy);
	matrix->prices = lappend(matrix->prices, palloc0(sizeof(PaMatrixPrice)));
	add_to_usable(matrix, number);
	return number;
}

int
pa_matrix_add_candidate(PaCostMatrix *matrix, int statement,
						const PaIndexSpec *spec)
{
	MemoryContext old = MemoryContextSwitchTo(matrix->context);
	PaMatrixStatement *of = list_nth(matrix->statements, statement);
	int			number = find_or_add(matrix, spec);

	of->rule = list_append_unique_int(of->rule, number);
	MemoryContextSwitchTo(old);
	return number;
}

int
pa_matrix_add_shared(PaCostMatrix *matrix, const PaIndexSpec *spec)
{
	MemoryContext old = MemoryContextSwitchTo(matrix->context);
	int			before = list_length(matrix->candidates);
	int			number = find_or_add(matrix, spec);

	if (number == before)
		matrix->shared = bms_add_member(matrix->shared, number);
	MemoryContextSwitchTo(old);
	return number;
}

void
pa_matrix_set_price(PaCostMatrix *matrix, int candidate, double size,
					double maintenance)
{
	PaMatrixPrice *price = list_nth(matrix->prices, candidate);

	price->size = size;
	price->maintenance = maintenance;
}

void
pa_matrix_set_served(PaCostMatrix *matrix, int candidate)
{
	MemoryContext old = MemoryContextSwitchTo(matrix->context);

	matrix->served = bms_add_member(matrix->served, candidate);
	MemoryContextSwitchTo(old);
}

const PaMatrixPrice *
pa_matrix_price(const PaCostMatrix *matrix, int candidate)
{
	return list_nth(matrix->prices, candidate);
}

void
pa_matrix_bar(PaCostMatrix *matrix, int statement, int candidate)
{
	PaMatrixStatement *of = list_nth(matrix->statements, statement);

	of->usable = bms_del_member(of->usable, candidate);
}

void
pa_matrix_forbid(PaCostMatrix *matrix, int candidate)
{
	ListCell   *lc;

	foreach(lc, matrix->statements)
	{
		PaMatrixStatement *statement = lfirst(lc);
		ListCell   *lc2;

		statement->usable = bms_del_member(statement->usable, candidate);
		statement->helpful = bms_del_member(statement->helpful, candidate);
		statement->rule = list_delete_int(statement->rule, candidate);
		foreach(lc2, statement->plans)
		{
			const PaKnownPlan *plan = lfirst(lc2);

			if (bms_is_member(candidate, plan->used))
				statement->plans = foreach_delete_current(statement->plans, lc2);
		}
	}
}

void
pa_matrix_move_weight(PaCostMatrix *matrix, int from, int to)
{
	PaMatrixStatement *giver = list_nth(matrix->statements, from);
	PaMatrixStatement *taker = list_nth(matrix->statements, to);

	taker->weight += giver->weight;
	taker->calls += giver->calls;
	giver->weight = 0;
	giver->calls = 0;
}

void
pa_matrix_add_plan(PaCostMatrix *matrix, int statement,
				   const Bitmapset *offered, const Bitmapset *used,
				   double cost)
{
	MemoryContext old = MemoryContextSwitchTo(matrix->context);
	PaMatrixStatement *of = list_nth(matrix->statements, statement);
	PaKnownPlan *plan = palloc(sizeof(PaKnownPlan));
	int			at;

	Assert(bms_is_subset(used, offered));
	plan->offered = bms_copy(offered);
	plan->used = bms_copy(used);
	plan->cost = cost;
	for (at = list_length(of->plans); at > 0; at--)
	{
		if (((PaKnownPlan *) list_nth(of->plans, at - 1))->cost <= cost)
			break;
	}
	of->plans = list_insert_nth(of->plans, at, plan);
	of->helpful = bms_add_members(of->helpful, used);
	MemoryContextSwitchTo(old);
}

const PaKnownPlan *
pa_matrix_plan(const PaCostMatrix *matrix, int statement, const Bitmapset *set)
{
	const PaMatrixStatement *of = pa_matrix_statement(matrix, statement);
	ListCell   *lc;

	/* The base plan uses nothing, so there is always one. */
	foreach(lc, of->plans)
	{
		const PaKnownPlan *plan = lfirst(lc);

		if (bms_is_subset(plan->used, set))
			return plan;
	}
	Assert(false);
	return NULL;
}

Bitmapset *
pa_matrix_relevant(const PaCostMatrix *matrix, int statement,
				   const Bitmapset *set)
{
	return bms_intersect(set, pa_matrix_statement(matrix, statement)->usable);
}

bool
pa_matrix_is_known(const PaCostMatrix *matrix, int statement,
				   const Bitmapset *set)
{
	const PaMatrixStatement *of = pa_matrix_statement(matrix, statement);
	Bitmapset  *relevant = pa_matrix_relevant(matrix, statement, set);
	bool		known = false;
	ListCell   *lc;

	foreach(lc, of->plans)
	{
		const PaKnownPlan *plan = lfirst(lc);

		if (bms_is_subset(plan->used, relevant) &&
			bms_is_subset(relevant, plan->offered))
		{
			known = true;
			break;
		}
	}
	bms_free(relevant);
	return known;
}

Bitmapset *
pa_matrix_plannable(const Bitmapset *set)
{
	Bitmapset  *first = NULL;
	int			candidate = -1;

	for (int count = 0; count < PA_MAX_PLAN_CANDIDATES; count++)
	{
		candidate = bms_next_member(set, candidate);
		if (candidate < 0)
			break;
		first = bms_add_member(first, candidate);
	}
	return first;
}

Bitmapset *
pa_matrix_own_candidates(const PaCostMatrix *matrix, int statement)
{
	const PaMatrixStatement *of = pa_matrix_statement(matrix, statement);
	Bitmapset  *set = NULL;
	int			count = 0;
	ListCell   *lc;

	foreach(lc, of->rule)
	{
		if (count++ >= PA_MAX_PLAN_CANDIDATES)
			break;
		set = bms_add_member(set, lfirst_int(lc));
	}
	return set;
}

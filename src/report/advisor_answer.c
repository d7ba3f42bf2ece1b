/*-------------------------------------------------------------------------
 *
 * advisor_answer.c
 *		Plans what the selection of indexes wants to know.
 *
 * The first question about a statement is what all of its own candidates
 * give; it is answered with every sampled vector of parameters.  Most vectors
 * plan alike: from then on one of a kind is planned and counts for all of its
 * kind.  The trees of a statement that was sent with literals are treated in
 * the same way: one that plans like another gives it its share of the time.
 *
 * Where a statement is refused now (a table was locked meanwhile), the sets
 * asked about count as useless.
 *
 * IDENTIFICATION
 *		src/report/advisor_answer.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "analyze/selection.h"
#include "report/advisor.h"

/* Sets planned between two looks at the clock: so many, in so many msec. */
#define PLANS_A_STEP 8
#define STEP_TIME 20.0

/* Plannings kept back for verifying what was chosen. */
#define KEPT_FOR_VERIFYING 500

/*
 * Vectors are of a kind when what they cost differs by less than this share of
 * their cost without an index, or by so many units.
 */
#define KIND_RATIO 0.05
#define KIND_UNITS 10.0

/* The candidates of a set, in the order of their numbers. */
static List *
specs_of(const PaAdvisor *advisor, const Bitmapset *set)
{
	List	   *specs = NIL;
	int			candidate = -1;

	while ((candidate = bms_next_member(set, candidate)) >= 0 &&
		   list_length(specs) < PA_MAX_PLAN_CANDIDATES)
		specs = lappend(specs,
						(void *) pa_matrix_candidate(advisor->matrix, candidate));
	return specs;
}

/* Records an answer: bit i of cost->used is the i-th member of the set. */
static void
record_plan(PaAdvisor *advisor, const PaQuestion *question,
			const PaPlanCost *cost)
{
	Bitmapset  *used = NULL;
	int			candidate = -1;
	int			bit = 0;

	while ((candidate = bms_next_member(question->set, candidate)) >= 0 &&
		   bit < PA_MAX_PLAN_CANDIDATES)
	{
		if ((cost->used & (UINT64CONST(1) << bit)) != 0)
			used = bms_add_member(used, candidate);
		bit++;
	}
	pa_matrix_add_plan(advisor->matrix, question->statement, question->set,
					   used, cost->total_cost);
}

/* ---- kinds of vectors and trees ---- */

static bool
is_close(double a, double b, double base)
{
	return fabs(a - b) <= Max(base * KIND_RATIO, KIND_UNITS);
}

/*
 * Counts for each vector how many are of its kind, 0 for those that another
 * one stands for.
 */
static void
count_kinds(const PaPlanCost *base, const PaPlanCost *best, int *counts)
{
	for (int i = 0; i < base->nvectors; i++)
	{
		int			kind;

		counts[i] = 0;
		for (kind = 0; kind < i; kind++)
		{
			if (counts[kind] > 0 &&
				is_close(base->vector_cost[i], base->vector_cost[kind],
						 base->vector_cost[kind]) &&
				is_close(best->vector_cost[i], best->vector_cost[kind],
						 base->vector_cost[kind]))
				break;
		}
		counts[kind]++;
	}
}

/*
 * Weighs the vectors by what the first planning with candidates told, whose
 * cost becomes the mean as it is taken from now on.
 */
static void
weigh_vectors(PaAdvisorSubject *subject, PaPlanCost *best)
{
	const PaPlanCost *base = pa_whatif_base(subject->whatif);
	int			counts[PA_MAX_PLAN_VECTORS];

	subject->weighed = true;
	subject->best_cost = best->total_cost;
	if (base->nvectors < 2)
		return;
	count_kinds(base, best, counts);
	pa_whatif_weigh(subject->whatif, counts);
	best->total_cost = 0;
	for (int i = 0; i < base->nvectors; i++)
		best->total_cost += best->vector_cost[i] * counts[i] / base->nvectors;
}

/* Whether the two trees of one statement plan alike, as far as is known. */
static bool
is_same_kind(const PaAdvisor *advisor, int a, int b)
{
	const PaAdvisorSubject *left = list_nth(advisor->subjects, a);
	const PaAdvisorSubject *right = list_nth(advisor->subjects, b);
	const PaMatrixStatement *left_of = pa_matrix_statement(advisor->matrix, a);
	const PaMatrixStatement *right_of = pa_matrix_statement(advisor->matrix, b);

	return left->statement == right->statement &&
		left->weighed && left->share > 0 &&
		equal(left_of->rule, right_of->rule) &&
		is_close(left_of->base_cost, right_of->base_cost, left_of->base_cost) &&
		is_close(left->best_cost, right->best_cost, left_of->base_cost);
}

/* Gives the share of a tree to an earlier one of its statement, if alike. */
static void
weigh_tree(PaAdvisor *advisor, int number)
{
	PaAdvisorSubject *subject = list_nth(advisor->subjects, number);

	for (int i = number - 1; i >= 0; i--)
	{
		PaAdvisorSubject *other = list_nth(advisor->subjects, i);

		if (other->statement != subject->statement)
			return;
		if (is_same_kind(advisor, i, number))
		{
			pa_matrix_move_weight(advisor->matrix, number, i);
			other->share += subject->share;
			subject->share = 0;
			return;
		}
	}
}

/* ---- answering ---- */

/* Plans one statement with several sets. */
static void
plan_step(PaAdvisor *advisor, List *questions, PaPlanCost *costs)
{
	const PaQuestion *first = linitial(questions);
	PaAdvisorSubject *subject = list_nth(advisor->subjects, first->statement);
	bool		was_refused = pa_whatif_refusal(subject->whatif) != NULL;
	TimestampTz start = GetCurrentTimestamp();
	List	   *sets = NIL;
	ListCell   *lc;

	foreach(lc, questions)
		sets = lappend(sets, specs_of(advisor, ((PaQuestion *) lfirst(lc))->set));

	if (!pa_whatif_plan_sets(subject->whatif, sets, costs))
	{
		const PaPlanCost *base = pa_whatif_base(subject->whatif);

		if (!was_refused)
			pa_advisor_skip(advisor, subject->statement,
							pa_whatif_refusal(subject->whatif));
		for (int i = 0; i < list_length(questions); i++)
		{
			costs[i] = *base;
			costs[i].used = 0;
		}
	}
	subject->planning_time = (double) (GetCurrentTimestamp() - start) / 1000.0 /
		list_length(questions);
}

static void
answer_step(PaAdvisor *advisor, List *questions)
{
	const PaQuestion *first = linitial(questions);
	PaAdvisorSubject *subject = list_nth(advisor->subjects, first->statement);
	PaPlanCost	costs[PLANS_A_STEP];
	bool		is_first = !subject->weighed;
	ListCell   *lc;

	memset(costs, 0, sizeof(costs));
	plan_step(advisor, questions, costs);
	if (is_first)
		weigh_vectors(subject, &costs[0]);
	foreach(lc, questions)
		record_plan(advisor, lfirst(lc), &costs[foreach_current_index(lc)]);
	if (is_first)
		weigh_tree(advisor, first->statement);
}

/*
 * How many sets of a statement to plan before the next look at the clock; 0
 * when there is no time, or planning, left for even one.
 */
static int
step_length(PaAdvisor *advisor, const PaQuestion *question)
{
	const PaAdvisorSubject *subject = list_nth(advisor->subjects,
											   question->statement);

	if (pa_advisor_planner_calls(advisor) >=
		PA_MAX_PLANNER_CALLS - KEPT_FOR_VERIFYING ||
		pa_advisor_would_be_late(advisor, subject->planning_time))
		return 0;
	if (!subject->weighed)
		return 1;				/* the others are planned as that one tells */
	if (subject->planning_time * PLANS_A_STEP <= STEP_TIME)
		return PLANS_A_STEP;
	return Max((int) (STEP_TIME / subject->planning_time), 1);
}

bool
pa_advisor_answer(PaAdvisor *advisor, const List *questions)
{
	int			next = 0;
	bool		answered = false;

	while (next < list_length(questions))
	{
		const PaQuestion *first = list_nth(questions, next);
		int			length = step_length(advisor, first);
		List	   *step = NIL;

		CHECK_FOR_INTERRUPTS();
		for (; next < list_length(questions); next++)
		{
			PaQuestion *question = list_nth(questions, next);

			if (question->statement != first->statement ||
				(length > 0 && list_length(step) == length))
				break;
			step = lappend(step, question);
		}
		if (length > 0)
		{
			answer_step(advisor, step);
			answered = true;
		}
	}
	return answered;
}

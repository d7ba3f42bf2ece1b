/*-------------------------------------------------------------------------
 *
 * test_selection.c
 *		The choice of indexes for a workload.
 *
 * A case gives each statement's plans as a table; the test plays the planner
 * from it and answers the questions that the selection asks.
 *
 * IDENTIFICATION
 *		test/unit/test_selection.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "analyze/index_spec.h"
#include "analyze/selection.h"
#include "unit.h"

#define MAX_STATEMENTS 6
#define MAX_PLANS 6

typedef struct TruePlan
{
	const char *indexes;		/* all are needed for this plan */
	double		cost;
} TruePlan;

typedef struct TrueStatement
{
	double		weight;			/* msec; 0 ends the list */
	double		base_cost;
	const char *rule;
	TruePlan	plans[MAX_PLANS];
} TrueStatement;

typedef struct SelectionCase
{
	const char *name;
	double		other_weight;	/* msec of statements that indexes don't help */
	TrueStatement statements[MAX_STATEMENTS];
	const char *wanted;
} SelectionCase;

static const SelectionCase cases[] = {
	{"one index", 0,
		{{100, 13428, "(1)", {{"(1)", 18}}}},
	"(1)"},
	{"no gain", 0,
		{{100, 13428, "(1)", {{"(1)", 12500}}}},
	""},
	{"gain of a few units", 0,
		{{100, 9, "(1)", {{"(1)", 5}}}},
	""},
	{"range worth a second column", 0,
		{{100, 14178, "(1) (1,2)", {{"(1)", 18}, {"(1,2)", 5.6}}}},
	"(1,2)"},
	{"second column within the tie", 0,
		{{100, 14178, "(1) (1,2)", {{"(1)", 8}, {"(1,2)", 5.6}}}},
	"(1)"},
	{"second column within ten per cent", 0,
		{{100, 14178, "(1) (1,2)", {{"(1)", 1050}, {"(1,2)", 1000}}}},
	"(1)"},
	{"the planner's favourite is not the rule's", 0,
		{{100, 13773, "(5) (5,4) (4)", {{"(5)", 9515}, {"(5,4)", 6.3}, {"(4)", 5.56}}}},
	"(5,4)"},
	{"one index for three statements", 0,
		{
			{100, 13428, "(1)", {{"(1)", 18}, {"(1,2)", 18.5}}},
			{100, 14178, "(1)", {{"(1)", 18}, {"(1,2)", 18.5}}},
			{100, 14178, "(1) (1,2)", {{"(1)", 18}, {"(1,2)", 5.6}}},
		},
	"(1,2)"},
	{"a rare statement does not widen the index", 0,
		{
			{10000, 13428, "(1)", {{"(1)", 18}, {"(1,2)", 18.5}}},
			{10, 14178, "(1) (1,2)", {{"(1)", 18}, {"(1,2)", 5.6}}},
		},
	"(1)"},
	{"the wide index is too slow for the narrow one's statement", 0,
		{
			{100, 13428, "(1)", {{"(1)", 100}, {"(1,2)", 900}}},
			{100, 14178, "(1) (1,2)", {{"(1)", 9000}, {"(1,2)", 5.6}}},
		},
	"(1) (1,2)"},
	{"two tables' worth in one join", 0,
		{{100, 50000, "(1) (2) (3)", {{"(1) (3)", 40}, {"(2)", 49000}}}},
	"(1) (3)"},
	{"two indexes at once, one as good", 0,
		{{100, 50000, "(1) (2)", {{"(1) (2)", 40}, {"(1)", 42}}}},
	"(1)"},
	{"a table joined with itself: each index by itself", 0,
		{{100, 24000, "(1) (2) (1,2)", {{"(1,2) (2)", 78}, {"(1) (2)", 79}, {"(1)", 12000}, {"(2)", 13000}}}},
	"(1) (2)"},
	{"a hundredth of the workload is too little", 100000,
		{{100, 13428, "(1)", {{"(1)", 18}}}},
	""},
	{"a little more than a hundredth", 9000,
		{{100, 13428, "(1)", {{"(1)", 18}}}},
	"(1)"},
	{"three indexes a table", 0,
		{
			{100, 10000, "(1)", {{"(1)", 10}}},
			{300, 10000, "(2)", {{"(2)", 10}}},
			{200, 10000, "(3)", {{"(3)", 10}}},
			{400, 10000, "(4)", {{"(4)", 10}}},
		},
	"(2) (3) (4)"},
	{"an index that another makes superfluous", 0,
		{
			{100, 10000, "(1,2)", {{"(1,2)", 10}, {"(1,3)", 60}}},
			{100, 10000, "(1,3)", {{"(1,3)", 10}, {"(1,2)", 5000}}},
		},
	"(1,3)"},
	{"statements of different tables", 0,
		{
			{100, 10000, "(1)", {{"(1)", 10}}},
			{100, 10000, "", {{"(1)", 10}}},
		},
	"(1)"},
};

/* Number of the index among the matrix' candidates, -1 if there is none. */
static int
candidate_number(const PaCostMatrix *matrix, const PaIndexSpec *spec)
{
	for (int i = 0; i < list_length(matrix->candidates); i++)
	{
		if (pa_index_spec_equal(pa_matrix_candidate(matrix, i), spec))
			return i;
	}
	return -1;
}

/* The indexes as a set of candidates; false when one is no candidate. */
static bool
candidate_set(const PaCostMatrix *matrix, const char *indexes, Bitmapset **set)
{
	ListCell   *lc;

	*set = NULL;
	foreach(lc, unit_indexes(indexes))
	{
		int			number = candidate_number(matrix, lfirst(lc));

		if (number < 0)
			return false;
		*set = bms_add_member(*set, number);
	}
	return true;
}

/* Plays the planner: the cheapest plan that the set allows. */
static void
answer(PaCostMatrix *matrix, const TrueStatement *statement,
	   const PaQuestion *question)
{
	double		cost = statement->base_cost;
	Bitmapset  *used = NULL;

	for (int i = 0; i < MAX_PLANS && statement->plans[i].indexes; i++)
	{
		Bitmapset  *needed;

		if (statement->plans[i].cost < cost &&
			candidate_set(matrix, statement->plans[i].indexes, &needed) &&
			bms_is_subset(needed, question->set))
		{
			cost = statement->plans[i].cost;
			used = needed;
		}
	}
	pa_matrix_add_plan(matrix, question->statement, question->set, used, cost);
}

static PaCostMatrix *
make_matrix(const SelectionCase *c)
{
	double		total = c->other_weight;
	PaCostMatrix *matrix;

	for (int i = 0; i < MAX_STATEMENTS; i++)
		total += c->statements[i].weight;

	matrix = pa_matrix_create(total);
	for (int i = 0; i < MAX_STATEMENTS && c->statements[i].weight > 0; i++)
	{
		const TrueStatement *statement = &c->statements[i];
		ListCell   *lc;

		pa_matrix_add_statement(matrix, statement->weight, statement->base_cost,
								list_make1_oid(1));
		foreach(lc, unit_indexes(statement->rule))
			pa_matrix_add_candidate(matrix, i, lfirst(lc));
	}
	return matrix;
}

static char *
chosen_text(const PaCostMatrix *matrix, const Bitmapset *chosen)
{
	List	   *specs = NIL;
	int			candidate = -1;

	while ((candidate = bms_next_member(chosen, candidate)) >= 0)
		specs = lappend(specs, (void *) pa_matrix_candidate(matrix, candidate));
	return unit_indexes_text(specs);
}

static void
run_case(const SelectionCase *c)
{
	PaCostMatrix *matrix = make_matrix(c);
	PaSelection *selection;
	int			plannings = 0;

	for (;;)
	{
		ListCell   *lc;

		selection = pa_analyze_selection(matrix);
		if (selection->questions == NIL || plannings > 1000)
			break;
		foreach(lc, selection->questions)
		{
			const PaQuestion *question = lfirst(lc);

			plannings++;
			answer(matrix, &c->statements[question->statement], question);
		}
	}
	unit_check_text(chosen_text(matrix, selection->chosen), c->wanted,
					psprintf("selection: %s", c->name));
	unit_check(plannings <= 100,
			   psprintf("selection: ends after %d plannings: %s", plannings, c->name));
}

/* One planning answers for every set between what it used and was offered. */
static void
check_matrix(void)
{
	PaCostMatrix *matrix = pa_matrix_create(100);
	Bitmapset  *offered;
	Bitmapset  *used;

	pa_matrix_add_statement(matrix, 100, 1000, list_make1_oid(1));
	for (AttrNumber attnum = 1; attnum <= 3; attnum++)
		pa_matrix_add_candidate(matrix, 0, unit_index(psprintf("(%d)", attnum)));
	candidate_set(matrix, "(1) (2)", &offered);
	candidate_set(matrix, "(1)", &used);
	pa_matrix_add_plan(matrix, 0, offered, used, 10);

	unit_check(pa_matrix_is_known(matrix, 0, NULL), "matrix: nothing is known");
	unit_check(pa_matrix_is_known(matrix, 0, used), "matrix: what was used is known");
	unit_check(pa_matrix_is_known(matrix, 0, offered), "matrix: what was offered is known");
	candidate_set(matrix, "(2)", &used);
	unit_check(!pa_matrix_is_known(matrix, 0, used), "matrix: without the used one is unknown");
	unit_check(pa_matrix_plan(matrix, 0, used)->cost == 1000, "matrix: and bounded by the base plan");
	candidate_set(matrix, "(1) (2) (3)", &used);
	unit_check(!pa_matrix_is_known(matrix, 0, used), "matrix: more than offered is unknown");
	unit_check(pa_matrix_plan(matrix, 0, used)->cost == 10, "matrix: and bounded by the plan");
}

void
unit_test_selection(void)
{
	check_matrix();
	for (int i = 0; i < (int) lengthof(cases); i++)
		run_case(&cases[i]);

	unit_check(pa_analyze_selection(pa_matrix_create(0))->chosen == NULL,
			   "selection: no statement");
	unit_check(pa_analyze_saved_ratio(100, 25) == 0.75, "saved ratio");
	unit_check(pa_analyze_saved_ratio(100, 120) == 0, "saved ratio is never negative");
	unit_check(pa_analyze_saved_ratio(0, 0) == 0, "saved ratio of a free statement");
}

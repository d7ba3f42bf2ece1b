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
#define MAX_PRICES 6

/* What a call takes without indexes, unless a case says how many calls there were. */
#define CALL_MSEC 30.0

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

typedef struct TruePrice
{
	const char *index;			/* NULL ends the list */
	double		size;
	double		maintenance;	/* msec */
} TruePrice;

typedef struct SelectionCase
{
	const char *name;
	double		other_weight;	/* msec of statements that indexes don't help */
	TrueStatement statements[MAX_STATEMENTS];
	const char *wanted;
} SelectionCase;

/* The same with indexes that cost something. */
typedef struct PricedCase
{
	SelectionCase c;
	double		budget;			/* bytes, -1: no limit */
	TruePrice	prices[MAX_PRICES];
} PricedCase;

/* The same with statements of which it is known how often they were called. */
typedef struct CalledCase
{
	SelectionCase c;
	double		calls;			/* of each */
	double		idle;			/* the window is so many times the workload's time */
} CalledCase;

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
		{{100, 14178, "(1) (1,2!)", {{"(1)", 18}, {"(1,2)", 5.6}}}},
	"(1,2)"},
	{"second column that saves less than a hundredth", 0,
		{{100, 14178, "(1) (1,2)", {{"(1)", 120}, {"(1,2)", 5.6}}}},
	"(1)"},
	{"second column that saves more than a hundredth", 0,
		{{100, 14178, "(1) (1,2)", {{"(1)", 180}, {"(1,2)", 5.6}}}},
	"(1,2)"},
	{"columns that are not the first ones save nearly as much", 0,
		{{100, 14178, "(1) (2) (1,2)", {{"(1)", 9000}, {"(2)", 60}, {"(1,2)", 5.6}}}},
	"(2)"},
	{"third and fourth column that save less than a hundredth", 0,
		{{100, 14178, "(1,2,3,4)", {{"(1)", 2000}, {"(1,2)", 100}, {"(1,2,3)", 60}, {"(1,2,3,4)", 4}}}},
	"(1,2)"},
	{"an equality that keeps the other tenants' rows away", 0,
		{{100, 5232, "(1=,2=,3=)", {{"(1)", 160}, {"(1,2)", 35.6}, {"(1,2,3)", 11.2}}}},
	"(1,2,3)"},
	{"the same for a few rows", 0,
		{{100, 850, "(1=,2=,3=)", {{"(1)", 41}, {"(1,2)", 4.7}, {"(1,2,3)", 2.1}}}},
	"(1,2,3)"},
	{"an equality that keeps a row away", 0,
		{{100, 850, "(1=,2=)", {{"(1)", 4}, {"(1,2)", 2.1}}}},
	"(1)"},
	{"an equality that keeps a third of the rows away", 0,
		{{100, 5232, "(1=,2=)", {{"(1)", 44}, {"(1,2)", 30}}}},
	"(1)"},
	{"an equality among parts of the rule", 0,
		{{100, 5232, "(1=) (1=,2=)", {{"(1)", 35.6}, {"(1,2)", 11.2}}}},
	"(1,2)"},
	{"a range and an order behind an equality that finds nearly all", 0,
		{{100, 14178, "(1=,2,3)", {{"(1)", 100}, {"(1,2)", 60}, {"(1,2,3)", 4}}}},
	"(1)"},
	{"two equalities of which the second one saves nothing more", 0,
		{{100, 14178, "(1=,2=,3)", {{"(1)", 60}, {"(1,2)", 55}, {"(1,2,3)", 50}}}},
	"(1)"},
	{"one statement's equality is another one's last key", 0,
		{
			{100, 5232, "(1=,2=,3=)", {{"(1)", 160}, {"(1,2)", 35.6}, {"(1,2,3)", 11.2}}},
			{100, 5232, "(1=)", {{"(1)", 160}, {"(1,2)", 160}, {"(1,2,3)", 160}}},
		},
	"(1,2,3)"},
	{"carried columns that save less than a hundredth", 0,
		{{100, 14178, "(1) (1)include[2]", {{"(1)", 100}, {"(1)include[2]", 10}}}},
	"(1)"},
	{"second column within the tie", 0,
		{{100, 14178, "(1) (1,2)", {{"(1)", 8}, {"(1,2)", 5.6}}}},
	"(1)"},
	{"second column within ten per cent", 0,
		{{100, 14178, "(1) (1,2)", {{"(1)", 1050}, {"(1,2)", 1000}}}},
	"(1)"},
	{"the planner's favourite is not the rule's", 0,
		{{100, 13773, "(5) (5,4!) (4)", {{"(5)", 9515}, {"(5,4)", 6.3}, {"(4)", 5.56}}}},
	"(5,4)"},
	{"one index for three statements", 0,
		{
			{100, 13428, "(1)", {{"(1)", 18}, {"(1,2)", 18.5}}},
			{100, 14178, "(1)", {{"(1)", 18}, {"(1,2)", 18.5}}},
			{100, 14178, "(1) (1,2!)", {{"(1)", 18}, {"(1,2)", 5.6}}},
		},
	"(1,2)"},
	{"a rare statement does not widen the index", 0,
		{
			{10000, 13428, "(1)", {{"(1)", 18}, {"(1,2)", 18.5}}},
			{10, 14178, "(1) (1,2!)", {{"(1)", 18}, {"(1,2)", 5.6}}},
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
	{"a little more than a hundredth", 8000,
		{{100, 13428, "(1)", {{"(1)", 2000}}}},
	"(1)"},
	{"less will do for an index that saves nearly all", 90000,
		{{100, 13428, "(1)", {{"(1)", 18}}}},
	"(1)"},
	{"but not less than a thousandth", 110000,
		{{100, 13428, "(1)", {{"(1)", 18}}}},
	""},
	{"three indexes a table, and a small one", 40000,
		{
			{100, 10000, "(1)", {{"(1)", 10}}},
			{300, 10000, "(2)", {{"(2)", 10}}},
			{200, 10000, "(3)", {{"(3)", 10}}},
			{400, 10000, "(4)", {{"(4)", 10}}},
		},
	"(2) (3) (4)"},
	{"a fourth one that saves much alone", 0,
		{
			{100, 10000, "(1)", {{"(1)", 10}}},
			{300, 10000, "(2)", {{"(2)", 10}}},
			{200, 10000, "(3)", {{"(3)", 10}}},
			{400, 10000, "(4)", {{"(4)", 10}}},
		},
	"(1) (2) (3) (4)"},
	{"an index that another makes superfluous", 0,
		{
			{100, 10000, "(1,2)", {{"(1,2)", 10}, {"(1,3)", 60}}},
			{100, 10000, "(1,3)", {{"(1,3)", 10}, {"(1,2)", 5000}}},
		},
	"(1,3)"},
	{"what remains beside a statement that takes nearly all the time", 0,
		{
			{100000, 1000000, "(1)", {{"(1)", 10}}},
			{100, 10000, "(2)", {{"(2)", 4000}}},
		},
	"(1) (2)"},
	{"the same where the first one still takes its time", 0,
		{
			{100000, 1000000, "(1)", {{"(1)", 500000}}},
			{100, 10000, "(2)", {{"(2)", 4000}}},
		},
	"(1)"},
	{"a light statement's index beside that of a heavy one", 0,
		{
			{60000, 100000, "(1)", {{"(1)", 2000}, {"(1,2)", 2000}}},
			{600, 15000, "(1) (1,2!)", {{"(1)", 1108}, {"(1,2)", 19}}},
		},
	"(1,2)"},
	{"what is left of a light statement that has an index", 0,
		{
			{60000, 100000, "(1)", {{"(1)", 10}}},
			{600, 14000, "(2)", {{"(2)", 3}, {"(1)", 787}}},
		},
	"(1) (2)"},
	{"a twelfth of what a heavy statement has left does not count", 0,
		{
			{60000, 100000, "(3) (1)", {{"(3)", 50000}, {"(1) (3)", 46000}}},
			{20, 14000, "(1)", {{"(1)", 3}}},
		},
	"(3)"},
	{"nobody notices what is left of a statement that has an index", 0,
		{
			{100, 13428, "(1,2)", {{"(1,2)", 8}}},
			{100, 13428, "(1,3)", {{"(1,3)", 8}, {"(1,2)", 30}}},
		},
	"(1,2)"},
	{"two indexes united", 0,
		{
			{100, 13428, "(1)", {{"(1)", 18}, {"(1,2)", 19}}},
			{100, 13428, "(2,1)", {{"(2,1)", 10}, {"(1,2)", 12}, {"(1)", 5000}}},
		},
	"(1,2)"},
	{"the united index is too slow for one of them", 0,
		{
			{100, 13428, "(1)", {{"(1)", 18}, {"(1,2)", 19}}},
			{100, 13428, "(2,1)", {{"(2,1)", 10}, {"(1,2)", 4000}, {"(1)", 5000}}},
		},
	"(1) (2,1)"},
	{"one column more for both", 0,
		{
			{100, 13428, "(1,2)", {{"(1,2)", 18}, {"(1,2,3)", 18}}},
			{100, 13428, "(1,3)", {{"(1,3)", 18}, {"(1,2,3)", 22}, {"(1,2)", 900}}},
		},
	"(1,2,3)"},
	{"a column between that one of them does not use", 0,
		{
			{100, 13428, "(1,2)", {{"(1,2)", 18}, {"(1,2,3)", 18}}},
			{100, 13428, "(1,3)", {{"(1,3)", 100}, {"(1,2,3)", 160}, {"(1,2)", 3000}}},
		},
	"(1,2) (1,3)"},
	{"what the rule keeps together stays whole", 0,
		{{100, 13428, "(1,2!)", {{"(1,2)", 18}, {"(1)", 20}}}},
	"(1,2)"},
	{"a column of a united index that no plan needs", 0,
		{
			{100, 13428, "(1,2)", {{"(1,2)", 18}, {"(1,2,3)", 18}}},
			{100, 13428, "(1,3)", {{"(1,3)", 18}, {"(1,2,3)", 19}, {"(1,2)", 21}}},
		},
	"(1,2)"},
	{"columns carried along that save less than half", 0,
		{{100, 10000, "(1) (1)include[2]", {{"(1)include[2]", 300}, {"(1)", 550}}}},
	"(1)"},
	{"columns carried along that save more", 0,
		{{100, 10000, "(1) (1)include[2]", {{"(1)include[2]", 300}, {"(1)", 700}}}},
	"(1)include[2]"},
	{"one index that carries what two would", 0,
		{
			{100, 10000, "(1) (1)include[2]", {{"(1)include[2]", 300}, {"(1)include[2,3]", 350}, {"(1)include[3,2]", 350}, {"(1)", 7000}}},
			{100, 10000, "(1) (1)include[3]", {{"(1)include[3]", 300}, {"(1)include[2,3]", 350}, {"(1)include[3,2]", 350}, {"(1)", 7000}}},
		},
	"(1)include[2,3]"},
	{"too many columns for one: the index with which least is lost", 0,
		{
			{100, 10000, "(1) (1)include[2,3,4]", {{"(1)include[2,3,4]", 300}, {"(1)", 4000}}},
			{50, 10000, "(1) (1)include[5,6]", {{"(1)include[5,6]", 300}, {"(1)", 4000}, {"(1)include[2,3,4]", 4000}}},
		},
	"(1)include[2,3,4]"},
	{"nothing but columns carried along, less than half", 0,
		{{100, 1000, "(1) (1)include[2]", {{"(1)include[2]", 600}, {"(1)", 950}}}},
	""},
	{"statements of different tables", 0,
		{
			{100, 10000, "(1)", {{"(1)", 10}}},
			{100, 10000, "", {{"(1)", 10}}},
		},
	"(1)"},
};

static const PricedCase priced_cases[] = {
	{{"writers lose more than half of what is saved", 0,
		{{100, 13428, "(1)", {{"(1)", 18}}}},
	""},
	-1, {{"(1)", 1, 60}}},
	{{"writers lose less than half of it", 0,
		{{100, 13428, "(1)", {{"(1)", 18}}}},
	"(1)"},
	-1, {{"(1)", 1, 40}}},
	{{"an index that writers lose less by", 0,
		{{100, 10000, "(1,2) (2)", {{"(1,2)", 6}, {"(2)", 600}}}},
	"(2)"},
	-1, {{"(1,2)", 1, 70}, {"(2)", 1, 2}}},
	{{"no space", 0,
		{{100, 13428, "(1)", {{"(1)", 18}}}},
	""},
	10, {{"(1)", 20, 0}}},
	{{"space for what gains most for its size", 0,
		{
			{100, 10000, "(1)", {{"(1)", 10}}},
			{90, 10000, "(2)", {{"(2)", 10}}},
			{150, 10000, "(3)", {{"(3)", 10}}},
		},
	"(1) (2)"},
	2000000, {{"(1)", 900000, 0}, {"(2)", 900000, 0}, {"(3)", 1900000, 0}}},
	{{"space that small indexes would waste", 0,
		{
			{20, 10000, "(1)", {{"(1)", 10}}},
			{150, 10000, "(2)", {{"(2)", 10}}},
		},
	"(2)"},
	2000000, {{"(1)", 100000, 0}, {"(2)", 1950000, 0}}},
	{{"a smaller index where there is no space for the best one", 0,
		{{100, 10000, "(1) (1,2)", {{"(1,2)", 5}, {"(1)", 100}}}},
	"(1)"},
	600000, {{"(1,2)", 1000000, 0}, {"(1)", 500000, 0}}},
	{{"columns carried along that writers lose much by", 0,
		{{100, 10000, "(1) (1)include[2]", {{"(1)include[2]", 300}, {"(1)", 2000}}}},
	"(1)"},
	-1, {{"(1)", 1000, 5}, {"(1)include[2]", 2000, 40}}},
	{{"a partial index that is nearly as good and much smaller", 0,
		{{100, 3500, "(1,2) (2)where[1]", {{"(1,2)", 14}, {"(2)where[1]", 28}}}},
	"(2)where[1]"},
	-1, {{"(1,2)", 1000000, 0}, {"(2)where[1]", 20000, 0}}},
	{{"a much smaller partial index when both save nearly all", 0,
		{{100, 3500, "(1,2) (2)where[1]", {{"(1,2)", 14}, {"(2)where[1]", 45}}}},
	"(2)where[1]"},
	-1, {{"(1,2)", 1000000, 0}, {"(2)where[1]", 20000, 0}}},
	{{"the same when the rule has it first", 0,
		{{100, 3500, "(2)where[1] (1,2)", {{"(1,2)", 14}, {"(2)where[1]", 45}}}},
	"(2)where[1]"},
	-1, {{"(1,2)", 1000000, 0}, {"(2)where[1]", 20000, 0}}},
	{{"but not when it is much slower", 0,
		{{100, 3500, "(1,2) (2)where[1]", {{"(1,2)", 14}, {"(2)where[1]", 200}}}},
	"(1,2)"},
	-1, {{"(1,2)", 1000000, 0}, {"(2)where[1]", 20000, 0}}},
	{{"a hundredth of the workload is too little", 10100,
		{{100, 13428, "(1)", {{"(1)", 2000}}}},
	""},
	-1, {{"(1)", 8000000, 0}}},
	{{"but not for a small index", 10100,
		{{100, 13428, "(1)", {{"(1)", 2000}}}},
	"(1)"},
	-1, {{"(1)", 1000000, 0}}},
	{{"unless writers notice it", 10100,
		{{100, 13428, "(1)", {{"(1)", 2000}}}},
	""},
	-1, {{"(1)", 1000000, 2}}},
	{{"a partial index that is as good and hardly smaller", 0,
		{{100, 10000, "(1) (2)where[1]", {{"(1)", 12}, {"(2)where[1]", 10}}}},
	"(1)"},
	-1, {{"(1)", 1000000, 0}, {"(2)where[1]", 500000, 0}}},
	{{"a partial index that is as good and much smaller", 0,
		{{100, 10000, "(1) (2)where[1]", {{"(1)", 12}, {"(2)where[1]", 10}}}},
	"(2)where[1]"},
	-1, {{"(1)", 1000000, 0}, {"(2)where[1]", 20000, 0}}},
	{{"one of two indexes of a join where there is no space for both", 0,
		{{100, 50000, "(1) (3)", {{"(1) (3)", 40}, {"(1)", 9000}, {"(3)", 30000}}}},
	"(1)"},
	600000, {{"(1)", 500000, 0}, {"(3)", 500000, 0}}},
};

static const CalledCase called_cases[] = {
	{{"short calls that are most of what an idle server does", 0,
		{{100, 500, "(1)", {{"(1)", 10}}}},
	"(1)"},
	1000, 1000},
	{{"the same where it does next to nothing", 0,
		{{100, 500, "(1)", {{"(1)", 10}}}},
	""},
	1000, 1000000},
	{{"a hundredth that nobody who waits notices", 9000,
		{{400, 1000, "(1)", {{"(1)", 250}}}},
	""},
	1000, 0},
	{{"the same in calls that take longer", 9000,
		{{400, 1000, "(1)", {{"(1)", 250}}}},
	"(1)"},
	100, 0},
	{{"short calls that take much of the time together", 5000,
		{{400, 1000, "(1)", {{"(1)", 250}}}},
	"(1)"},
	1000, 0},
	{{"short calls of which nearly nothing is left", 9000,
		{{400, 1000, "(1)", {{"(1)", 10}}}},
	"(1)"},
	1000, 0},
	{{"short calls of which nearly nothing is left, and that are few", 30000,
		{{400, 140, "(1)", {{"(1)", 10}}}},
	""},
	1000, 0},
	{{"the same where they read a table instead of a few rows", 30000,
		{{400, 1000, "(1)", {{"(1)", 10}}}},
	"(1)"},
	1000, 0},
	{{"but not where a fifth is left of reading it", 30000,
		{{400, 1000, "(1)", {{"(1)", 200}}}},
	""},
	1000, 0},
	{{"nor where all that is next to nothing", 3000000,
		{{400, 1000, "(1)", {{"(1)", 10}}}},
	""},
	1000, 0},
	{{"a second column that saves a hundredth of a second", 0,
		{{1000, 14178, "(1) (1,2)", {{"(1)", 120}, {"(1,2)", 5.6}}}},
	"(1,2)"},
	1, 0},
	{{"a second column that saves a hundredth of a millisecond", 0,
		{{1000, 14178, "(1) (1,2)", {{"(1)", 120}, {"(1,2)", 5.6}}}},
	"(1)"},
	1000, 0},
	{{"a second column without which what is left does not double", 0,
		{{100000, 14178, "(1) (1,2)", {{"(1)", 300}, {"(1,2)", 200}}}},
	"(1)"},
	1, 0},
	{{"a small part of what takes a small part", 19000,
		{{400, 1000, "(1)", {{"(1)", 800}}}},
	""},
	40, 0},
	{{"most of what takes a small part", 39000,
		{{400, 1000, "(1)", {{"(1)", 450}}}},
	"(1)"},
	40, 0},
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
	matrix->window = total;		/* one processor was busy with it */
	for (int i = 0; i < MAX_STATEMENTS && c->statements[i].weight > 0; i++)
	{
		const TrueStatement *statement = &c->statements[i];
		ListCell   *lc;

		pa_matrix_add_statement(matrix, statement->weight, statement->base_cost,
								list_make1_oid(1));
		pa_matrix_set_calls(matrix, i, statement->weight / CALL_MSEC);
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

/*
 * Chooses, and answers until there is no question; NULL when that takes more
 * than "limit" plannings, whose number is added to.
 */
static PaSelection *
run_selection(PaCostMatrix *matrix, const TrueStatement *statements, int limit,
			  int *plannings)
{
	while (*plannings <= limit)
	{
		PaSelection *selection = pa_analyze_selection(matrix, NULL, NULL);
		ListCell   *lc;

		if (selection->questions == NIL && selection->wanted == NIL)
			return selection;
		foreach(lc, selection->wanted)
			(void) pa_matrix_add_shared(matrix, lfirst(lc));
		foreach(lc, selection->questions)
		{
			const PaQuestion *question = lfirst(lc);

			(*plannings)++;
			answer(matrix, &statements[question->statement], question);
		}
	}
	return NULL;
}

static void
check_choice(const SelectionCase *c, PaCostMatrix *matrix)
{
	int			plannings = 0;
	PaSelection *selection = run_selection(matrix, c->statements, 100, &plannings);

	unit_check(selection != NULL,
			   psprintf("selection: ends after %d plannings: %s", plannings, c->name));
	if (selection != NULL)
		unit_check_text(chosen_text(matrix, selection->chosen), c->wanted,
						psprintf("selection: %s", c->name));
}

static void
run_priced_case(const PricedCase *priced)
{
	PaCostMatrix *matrix = make_matrix(&priced->c);

	matrix->storage_budget = priced->budget;
	for (int i = 0; i < MAX_PRICES && priced->prices[i].index != NULL; i++)
	{
		const TruePrice *price = &priced->prices[i];

		pa_matrix_set_price(matrix,
							candidate_number(matrix, unit_index(price->index)),
							price->size, price->maintenance);
	}
	check_choice(&priced->c, matrix);
}

static void
run_called_case(const CalledCase *called)
{
	PaCostMatrix *matrix = make_matrix(&called->c);

	for (int i = 0; i < list_length(matrix->statements); i++)
		pa_matrix_set_calls(matrix, i, called->calls);
	if (called->idle > 0)
		matrix->window *= called->idle;
	check_choice(&called->c, matrix);
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

/* A barred candidate is never asked about, and does not serve. */
static void
check_barred(void)
{
	static const TrueStatement statements[] = {
		{100, 13773, "(5) (5,4)", {{"(5)", 9515}, {"(5,4)", 6.3}, {"(4)", 5.56}}},
		{1000, 19161, "(4)", {{"(4)", 0.6}}},
	};
	PaCostMatrix *matrix = pa_matrix_create(1100);
	PaSelection *selection;
	int			plannings = 0;

	for (int i = 0; i < (int) lengthof(statements); i++)
	{
		ListCell   *lc;

		pa_matrix_add_statement(matrix, statements[i].weight,
								statements[i].base_cost, list_make1_oid(1));
		foreach(lc, unit_indexes(statements[i].rule))
			pa_matrix_add_candidate(matrix, i, lfirst(lc));
	}
	pa_matrix_bar(matrix, 0, candidate_number(matrix, unit_index("(4)")));

	selection = run_selection(matrix, statements, 100, &plannings);
	unit_check_text(chosen_text(matrix, selection->chosen), "(5,4) (4)",
					"selection: an index that would be a bet serves only the others");
}

void
unit_test_selection(void)
{
	check_matrix();
	check_barred();
	for (int i = 0; i < (int) lengthof(cases); i++)
		check_choice(&cases[i], make_matrix(&cases[i]));
	for (int i = 0; i < (int) lengthof(priced_cases); i++)
		run_priced_case(&priced_cases[i]);
	for (int i = 0; i < (int) lengthof(called_cases); i++)
		run_called_case(&called_cases[i]);

	unit_check(pa_analyze_selection(pa_matrix_create(0), NULL, NULL)->chosen == NULL,
			   "selection: no statement");
	unit_check(pa_analyze_saved_ratio(100, 25) == 0.75, "saved ratio");
	unit_check(pa_analyze_saved_ratio(100, 120) == 0, "saved ratio is never negative");
	unit_check(!pa_analyze_is_worse(100, 105) && !pa_analyze_is_worse(10, 14) &&
			   pa_analyze_is_worse(1000, 1100),
			   "a twentieth more, and five units, are worse");
	unit_check(pa_analyze_saved_ratio(0, 0) == 0, "saved ratio of a free statement");
}

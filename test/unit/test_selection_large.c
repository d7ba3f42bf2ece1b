/*-------------------------------------------------------------------------
 *
 * test_selection_large.c
 *		The choice of indexes for many statements, and for lack of time.
 *
 * IDENTIFICATION
 *		test/unit/test_selection_large.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analyze/selection.h"
#include "unit.h"

#define LARGE_STATEMENTS 200
#define LARGE_TABLES 40

/* Fills a matrix with 200 joins of two tables and 150 or so candidates. */
static PaCostMatrix *
make_large_matrix(void)
{
	PaCostMatrix *matrix = pa_matrix_create(LARGE_STATEMENTS * 100);

	for (int i = 0; i < LARGE_STATEMENTS; i++)
	{
		Oid			left = i % LARGE_TABLES + 1;
		Oid			right = (i + 1) % LARGE_TABLES + 1;

		pa_matrix_add_statement(matrix, 100, 10000, list_make2_oid(left, right));
		for (int j = 0; j < 4; j++)
		{
			PaIndexSpec *spec = unit_index(psprintf("(%d)", (i + j) % 4 + 1));

			spec->relid = j < 2 ? left : right;
			pa_matrix_add_candidate(matrix, i, spec);
		}
	}
	return matrix;
}

/* Plays the planner: each of the statement's own indexes takes four fifths off. */
static void
answer_large(PaCostMatrix *matrix, const PaQuestion *question)
{
	const PaMatrixStatement *of = pa_matrix_statement(matrix, question->statement);
	Bitmapset  *used = NULL;
	double		cost = of->base_cost;
	ListCell   *lc;

	foreach(lc, of->rule)
	{
		if (bms_is_member(lfirst_int(lc), question->set))
		{
			used = bms_add_member(used, lfirst_int(lc));
			cost /= 5;
		}
	}
	pa_matrix_add_plan(matrix, question->statement, question->set, used, cost);
}

typedef struct Patience
{
	int			questions;		/* answered so far */
	int			limit;
} Patience;

static bool
is_impatient(void *arg)
{
	const Patience *patience = arg;

	return patience->questions >= patience->limit;
}

/* Asks until there is no question, or so many were answered. */
static void
run_large(int limit, Patience *patience, Bitmapset **chosen)
{
	PaCostMatrix *matrix = make_large_matrix();

	patience->questions = 0;
	patience->limit = limit;
	for (;;)
	{
		PaSelection *selection = pa_analyze_selection(matrix, is_impatient, patience);
		ListCell   *lc;

		*chosen = selection->chosen;
		if (selection->questions == NIL && selection->wanted == NIL)
			return;
		foreach(lc, selection->wanted)
			(void) pa_matrix_add_shared(matrix, lfirst(lc));
		foreach(lc, selection->questions)
		{
			if (is_impatient(patience))
				break;
			patience->questions++;
			answer_large(matrix, lfirst(lc));
		}
	}
}

/* The number of questions grows with the statements, not with their square. */
void
unit_test_selection_large(void)
{
	Patience	patience;
	Bitmapset  *chosen;

	run_large(LARGE_STATEMENTS * 100, &patience, &chosen);
	unit_check(patience.questions <= LARGE_STATEMENTS * 20,
			   psprintf("selection: 200 statements end after %d plannings",
						patience.questions));
	unit_check(bms_num_members(chosen) > LARGE_TABLES / 2,
			   psprintf("selection: 200 statements get %d indexes",
						bms_num_members(chosen)));

	run_large(LARGE_STATEMENTS * 5, &patience, &chosen);
	unit_check(patience.questions == LARGE_STATEMENTS * 5 && chosen != NULL,
			   "selection: told to stop, it chooses from what it knows");
	run_large(0, &patience, &chosen);
	unit_check(chosen == NULL, "selection: nothing is chosen that nothing is known about");
}

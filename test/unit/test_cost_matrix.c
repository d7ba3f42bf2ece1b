/*-------------------------------------------------------------------------
 *
 * test_cost_matrix.c
 *		What the selection of indexes knows: forgetting, moving, sharing.
 *
 * IDENTIFICATION
 *		test/unit/test_cost_matrix.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analyze/selection.h"
#include "unit.h"

static void
candidate_alone(const PaCostMatrix *matrix, const char *text, Bitmapset **set)
{
	*set = bms_make_singleton(pa_matrix_find(matrix, unit_index(text)));
}

/* What is forbidden is forgotten; weights move; candidates are shared. */
static void
check_matrix_changes(void)
{
	PaCostMatrix *matrix = pa_matrix_create(100);
	Bitmapset  *one;
	Bitmapset  *two;

	pa_matrix_add_statement(matrix, 60, 1000, list_make1_oid(1));
	pa_matrix_add_statement(matrix, 40, 500, list_make1_oid(1));
	pa_matrix_add_candidate(matrix, 0, unit_index("(1)"));
	pa_matrix_add_candidate(matrix, 0, unit_index("(2)"));
	candidate_alone(matrix, "(1)", &one);
	candidate_alone(matrix, "(2)", &two);
	pa_matrix_add_plan(matrix, 0, one, one, 10);
	pa_matrix_add_plan(matrix, 0, two, two, 20);
	pa_matrix_forbid(matrix, 0);
	unit_check(pa_matrix_plan(matrix, 0, bms_union(one, two))->cost == 20,
			   "matrix: plans with a forbidden index do not count");
	unit_check(bms_equal(pa_matrix_own_candidates(matrix, 0), two),
			   "matrix: a forbidden index is not tried again");
	unit_check(pa_matrix_is_known(matrix, 0, one),
			   "matrix: with only forbidden ones it is the base plan");

	unit_check(pa_matrix_add_shared(matrix, unit_index("(2)")) == 1,
			   "matrix: a shared candidate that is there is not added");
	unit_check(pa_matrix_add_shared(matrix, unit_index("(2,3)")) == 2 &&
			   bms_is_member(2, pa_matrix_statement(matrix, 1)->usable),
			   "matrix: a shared candidate is for all statements of its table");
	unit_check(pa_matrix_price(matrix, 2)->size == 0 && pa_matrix_price(matrix, 2)->maintenance == 0,
			   "matrix: without a price nothing is paid");

	pa_matrix_move_weight(matrix, 0, 1);
	unit_check(pa_matrix_statement(matrix, 0)->weight == 0 &&
			   pa_matrix_statement(matrix, 1)->weight == 100,
			   "matrix: the weight moves");
	pa_matrix_set_calls(matrix, 0, 3);
	pa_matrix_set_calls(matrix, 1, 4);
	pa_matrix_move_weight(matrix, 0, 1);
	unit_check(pa_matrix_statement(matrix, 1)->calls == 7 &&
			   pa_matrix_statement(matrix, 0)->calls == 0,
			   "matrix: and so do the calls");
	unit_check(pa_analyze_selection(matrix, NULL, NULL)->questions == NIL,
			   "selection: nothing is asked about a statement without weight");
}

void
unit_test_cost_matrix(void)
{
	check_matrix_changes();
}

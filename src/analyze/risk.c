/*-------------------------------------------------------------------------
 *
 * risk.c
 *		Whether the gain by an index hangs on luck, see risk.h.
 *
 * IDENTIFICATION
 *		src/analyze/risk.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"

#include "analyze/risk.h"

/* Conditions that keep this share of the rows leave nothing to luck. */
#define MANY_KEPT 0.3

static bool
is_on_key(const PaColumnUse *column, const PaIndexKey *key)
{
	return column->attnum == key->attnum &&
		equal(column->expression, key->expression);
}

/* expression_tree_walker: whether the column is in the expression. */
static bool
has_column_walker(Node *node, void *attnum)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return ((Var *) node)->varattno == *(AttrNumber *) attnum;
	return expression_tree_walker(node, has_column_walker, attnum);
}

/* Whether all rows of the index meet the condition, being partial. */
static bool
is_in_predicate(const PaColumnUse *column, const PaIndexSpec *spec)
{
	AttrNumber	attnum = column->attnum;

	return attnum != 0 && spec->predicate != NIL &&
		has_column_walker((Node *) spec->predicate, &attnum);
}

/* Share of the rows kept by what the index does not look up; 1 if it does any. */
static double
share_kept(const PaRelationUse *use, const PaIndexSpec *spec)
{
	double		kept = 1;
	ListCell   *lc;

	foreach(lc, use->columns)
	{
		const PaColumnUse *column = lfirst(lc);

		if (is_on_key(column, &spec->keys[0]))
			return 1;
		if (column->kind != PA_USE_JOIN && !is_in_predicate(column, spec))
			kept *= column->selectivity;
	}
	return kept;
}

bool
pa_analyze_relies_on_luck(const PaRelationUse *use, const PaIndexSpec *spec)
{
	ListCell   *lc;

	if (use->relid != spec->relid || share_kept(use, spec) >= MANY_KEPT)
		return false;
	foreach(lc, use->orderings)
	{
		const PaOrdering *ordering = lfirst(lc);

		if (ordering->limited && !ordering->compared &&
			ordering->keys[0].attnum == spec->keys[0].attnum &&
			equal(ordering->keys[0].expression, spec->keys[0].expression))
			return true;
	}
	return false;
}

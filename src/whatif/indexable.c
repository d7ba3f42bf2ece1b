/*-------------------------------------------------------------------------
 *
 * indexable.c
 *		What of an expression an index could have as a key.
 *
 * The planner matches an operand with an index's key when it is the very
 * column, or equal() to the key's expression; a cast that changes nothing in
 * memory is looked through in both.  An expression can be a key when all that
 * is in it is immutable and this relation's.
 *
 * IDENTIFICATION
 *		src/whatif/indexable.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/appendinfo.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
#include "parser/parse_coerce.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"

#include "compat/planner.h"
#include "whatif/index_use.h"
#include "whatif/whatif_internal.h"

/*
 * Average bytes above which a column is no key: a value over a third of a
 * page makes CREATE INDEX fail, and some will be that large.
 */
#define MAX_KEY_WIDTH 1000

/* True, to end the walk, at anything an index expression cannot contain. */
static bool
not_indexable_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		Var		   *var = (Var *) node;

		return var->varlevelsup != 0 || var->varattno <= 0 || pa_var_is_nullable(var);
	}
	if (IsA(node, Param) || IsA(node, SubLink) || IsA(node, SubPlan) ||
		IsA(node, AlternativeSubPlan) || IsA(node, PlaceHolderVar) ||
		IsA(node, Aggref) || IsA(node, WindowFunc) || IsA(node, GroupingFunc) ||
		IsA(node, CurrentOfExpr))
		return true;
	return expression_tree_walker(node, not_indexable_walker, context);
}

static bool
is_indexable_expression(const PaUseContext *context, Node *node)
{
	Oid			type = exprType(node);

	return !not_indexable_walker(node, NULL) &&
		bms_equal(pull_varnos(context->root, node), context->rel->relids) &&
		!type_is_rowtype(type) && !expression_returns_set(node) &&
		!contain_mutable_functions(node);
}

/*
 * A column cast to another kind of number, or to what another type compares
 * with, or written out as text.
 */
static bool
is_needless_cast(Node *node)
{
	Node	   *arg;

	if (IsA(node, FuncExpr) && list_length(((FuncExpr *) node)->args) >= 1)
	{
		FuncExpr   *func = (FuncExpr *) node;

		arg = (Node *) linitial(func->args);
		if (!IsA(arg, Var))
			return false;
		if (func->funcformat == COERCE_IMPLICIT_CAST)
			return true;
		return func->funcformat == COERCE_EXPLICIT_CAST &&
			TypeCategory(exprType(arg)) == TYPCATEGORY_NUMERIC &&
			TypeCategory(exprType(node)) == TYPCATEGORY_NUMERIC;
	}
	if (!IsA(node, CoerceViaIO))
		return false;
	arg = (Node *) ((CoerceViaIO *) node)->arg;
	return IsA(arg, Var) && TypeCategory(exprType(node)) == TYPCATEGORY_STRING;
}

/*
 * column + 1, or a needless cast: an index could have it, but writing the
 * comparison otherwise costs nothing.  hint_use.c says so.
 */
static bool
is_better_rewritten(Node *node)
{
	if (IsA(node, OpExpr) && list_length(((OpExpr *) node)->args) == 2)
	{
		OpExpr	   *op = (OpExpr *) node;
		Node	   *left = strip_implicit_coercions(linitial(op->args));
		Node	   *right = strip_implicit_coercions(lsecond(op->args));

		return pa_is_arithmetic(op->opno) &&
			((IsA(left, Var) && IsA(right, Const)) ||
			 (IsA(left, Const) && IsA(right, Var)));
	}
	return is_needless_cast(node);
}

/*
 * How far a column is from some value: a rank, a distance, a position.  The
 * value will be another one next time.  What a date is taken apart by stays.
 */
static bool
is_measure(Node *node)
{
	List	   *args;
	bool		has_value = false;
	ListCell   *lc;

	if (IsA(node, OpExpr))
		args = ((OpExpr *) node)->args;
	else if (IsA(node, FuncExpr))
		args = ((FuncExpr *) node)->args;
	else
		return false;
	if (TypeCategory(exprType(node)) != TYPCATEGORY_NUMERIC)
		return false;
	foreach(lc, args)
	{
		Node	   *arg = (Node *) lfirst(lc);
		char		category = TypeCategory(exprType(arg));

		if (IsA(arg, Const))
			has_value |= category != TYPCATEGORY_NUMERIC && category != TYPCATEGORY_BOOLEAN;
		else if (category == TYPCATEGORY_DATETIME || category == TYPCATEGORY_TIMESPAN)
			return false;
	}
	return has_value;
}

/* Whether the operator can be undone on the other side of a comparison. */
bool
pa_is_arithmetic(Oid opno)
{
	char	   *name = get_opname(opno);

	return name != NULL && name[0] != '\0' && name[1] == '\0' &&
		strchr("+-*/", name[0]) != NULL;
}

Node *
pa_own_expression(const PaUseContext *context, Node *node)
{
	Node	   *copy = (Node *) copyObject(node);

	if (context->rel->relid != 1)
		ChangeVarNodes(copy, context->rel->relid, 1, 0);
	return copy;
}

/* What nobody analyzed is taken from the columns' own statistics. */
static void
describe_expression(const PaUseContext *context, Node *expression, PaColumnFacts *facts)
{
	PaColumnFacts classes;

	pa_catalog_expression_facts(context->relid, expression, facts);
	if (facts->has_statistics)
		return;
	classes = *facts;
	if (!pa_expression_facts(context->relid, expression, context->tuples, facts))
	{
		*facts = classes;
		return;
	}
	facts->expression = expression;
	facts->opfamily = classes.opfamily;
	facts->opcintype = classes.opcintype;
	facts->deduplicates = classes.deduplicates;
	facts->hash_opfamily = classes.hash_opfamily;
	facts->has_statistics = false;	/* the planner does not know them */
}

bool
pa_searchable_key(const PaUseContext *context, Node *node, PaColumnFacts *facts)
{
	/* The planner looks through one binary-compatible cast, too. */
	if (node != NULL && IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		Var		   *var = (Var *) node;

		return var->varno == (int) context->rel->relid && var->varlevelsup == 0 &&
			!pa_var_is_nullable(var) &&
			pa_catalog_attribute_facts(context->relid, var->varattno, facts);
	}
	if (is_better_rewritten(node) || is_measure(node) || !is_indexable_expression(context, node))
		return false;
	node = pa_own_expression(context, node);
	if (pa_expression_fails(context->relid, node, context->tuples))
		return false;
	describe_expression(context, node, facts);
	return true;
}

bool
pa_indexable_key(const PaUseContext *context, Node *node, PaColumnFacts *facts)
{
	return pa_searchable_key(context, node, facts) && OidIsValid(facts->opfamily) &&
		facts->width <= MAX_KEY_WIDTH;
}

bool
pa_mentions_relation(const PaUseContext *context, Node *node)
{
	return bms_is_member(context->rel->relid, pull_varnos(context->root, node));
}

/* ---- selectivities ---- */

/*
 * The clauses about a partitioned root as they are about the partition that
 * stands in for it, level by level.
 */
static List *
translate_clauses(const PaUseContext *context, List *clauses)
{
	PlannerInfo *root = context->root;
	List	   *path = NIL;
	Index		rti = context->stand_in->relid;
	ListCell   *lc;

	while (rti != context->rel->relid)
	{
		AppendRelInfo *appinfo = root->append_rel_array[rti];

		path = lcons(appinfo, path);
		rti = appinfo->parent_relid;
	}
	foreach(lc, path)
	{
		AppendRelInfo *appinfo = (AppendRelInfo *) lfirst(lc);

		clauses = (List *) adjust_appendrel_attrs(root, (Node *) clauses, 1, &appinfo);
	}
	return clauses;
}

/*
 * Bare clauses, so that nothing is taken from, or kept in, the caches of
 * RestrictInfos; other relations' columns count as constants.
 */
double
pa_clauses_selectivity(const PaUseContext *context, List *clauses)
{
	RelOptInfo *rel = context->rel;
	double		tuples = rel->tuples;
	double		selectivity;
	List	   *bare = NIL;
	ListCell   *lc;

	foreach(lc, clauses)
	{
		Node	   *clause = (Node *) lfirst(lc);

		if (IsA(clause, RestrictInfo))
			clause = (Node *) ((RestrictInfo *) clause)->clause;
		bare = lappend(bare, clause);
	}
	if (context->stand_in != NULL)
	{
		bare = translate_clauses(context, bare);
		return clauselist_selectivity(context->root, bare, context->stand_in->relid,
									  JOIN_INNER, NULL);
	}

	/*
	 * Of a partitioned table the planner has the filtered rows there by now;
	 * numbers of distinct values are in proportion to all of them.
	 */
	rel->tuples = context->tuples;
	selectivity = clauselist_selectivity(context->root, bare, rel->relid, JOIN_INNER, NULL);
	rel->tuples = tuples;
	return selectivity;
}

double
pa_clause_selectivity(const PaUseContext *context, Node *clause)
{
	return pa_clauses_selectivity(context, list_make1(clause));
}

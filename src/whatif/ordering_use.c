/*-------------------------------------------------------------------------
 *
 * ordering_use.c
 *		Orderings that an index on a base relation could give.
 *
 * The planner's path keys say what order would save a sort: for ORDER BY,
 * GROUP BY, DISTINCT and window functions, and for MIN and MAX, which it
 * plans as ORDER BY ... LIMIT 1.  Keys that are constant are gone from them.
 * The leading keys that are this relation's columns or expressions count;
 * when others follow, the planner can still sort incrementally.
 *
 * The columns of a row comparison are in the list too: an index in their
 * order finds its place as a whole.
 *
 * IDENTIFICATION
 *		src/whatif/ordering_use.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
#include "utils/lsyscache.h"

#include "compat/planner.h"
#include "whatif/index_use.h"
#include "whatif/whatif_internal.h"

/*
 * Whether a LIMIT cuts the rows that the relations are joined into, as
 * grouping_planner() decides it.  A LIMIT whose value is not known counts:
 * nobody writes it to get everything.
 */
bool
pa_limit_applies(PlannerInfo *root)
{
	Query	   *parse = root->parse;

	if (root->limit_tuples > 0)
		return true;
	if (parse->limitCount == NULL || IsA(parse->limitCount, Const))
		return false;
	return !parse->groupClause && !parse->groupingSets && !parse->distinctClause &&
		!parse->hasAggs && !parse->hasWindowFuncs && !parse->hasTargetSRFs &&
		!root->hasHavingQual;
}

/*
 * Whether ORDER BY sorts only what GROUP BY or DISTINCT leave of all rows,
 * which is little.  With a LIMIT the first groups may be all that is read.
 */
static bool
sorts_groups(PlannerInfo *root)
{
	Query	   *parse = root->parse;

	if (parse->limitCount != NULL)
		return false;
	return parse->groupClause != NIL || parse->groupingSets != NIL ||
		(parse->distinctClause != NIL && !parse->hasDistinctOn);
}

/* The relation's column or expression that a path key orders by. */
static bool
pathkey_key(const PaUseContext *context, PathKey *pathkey, PaIndexKey *key)
{
	EquivalenceClass *ec = pathkey->pk_eclass;
	ListCell   *lc;

	if (ec->ec_has_volatile)
		return false;
	foreach(lc, ec->ec_members)
	{
		EquivalenceMember *member = (EquivalenceMember *) lfirst(lc);
		PaColumnFacts facts;

		if (member->em_is_child || !bms_equal(member->em_relids, context->rel->relids) ||
			!pa_indexable_key(context, (Node *) member->em_expr, &facts) ||
			facts.opfamily != pathkey->pk_opfamily ||
			!pa_collation_serves(facts.collation, ec->ec_collation))
			continue;
		key->attnum = facts.attnum;
		key->expression = facts.expression;
		key->descending = pa_pathkey_descending(pathkey);
		key->nulls_first = pathkey->pk_nulls_first;
		return true;
	}
	return false;
}

static bool
same_keys(const PaOrdering *a, const PaOrdering *b)
{
	if (a->nkeys != b->nkeys || a->compared != b->compared)
		return false;
	for (int i = 0; i < a->nkeys; i++)
	{
		if (a->keys[i].attnum != b->keys[i].attnum ||
			!equal(a->keys[i].expression, b->keys[i].expression) ||
			a->keys[i].descending != b->keys[i].descending ||
			a->keys[i].nulls_first != b->keys[i].nulls_first)
			return false;
	}
	return true;
}

/* Add an ordering to the list, once. */
static List *
add_ordering(List *orderings, PaOrdering *ordering)
{
	ListCell   *lc;

	if (ordering->nkeys == 0)
		return orderings;
	foreach(lc, orderings)
	{
		PaOrdering *other = (PaOrdering *) lfirst(lc);

		if (same_keys(other, ordering))
		{
			other->limited |= ordering->limited;
			other->grouping &= ordering->grouping;
			return orderings;
		}
	}
	return lappend(orderings, ordering);
}

/* The leading keys of pathkeys. */
static List *
add_pathkeys(List *orderings, const PaUseContext *context, List *pathkeys,
			 bool limited, bool grouping)
{
	PaOrdering *ordering = palloc0(sizeof(PaOrdering));
	ListCell   *lc;

	foreach(lc, pathkeys)
	{
		if (ordering->nkeys == PA_MAX_INDEX_KEYS ||
			!pathkey_key(context, (PathKey *) lfirst(lc), &ordering->keys[ordering->nkeys]))
			break;
		ordering->nkeys++;
	}
	ordering->limited = limited;
	ordering->grouping = grouping;
	return add_ordering(orderings, ordering);
}

/*
 * One pair of a row comparison, with the relation's side as key.  Which side
 * that is must be the same for all pairs, and so must the direction.
 */
static bool
row_key(const PaUseContext *context, Node *key, Node *other, Oid opno, Oid collation,
		PaIndexKey *result)
{
	PaColumnFacts facts;

	if (pa_mentions_relation(context, other) || contain_volatile_functions(other) ||
		!pa_indexable_key(context, key, &facts) ||
		!pa_collation_serves(facts.collation, collation) ||
		get_op_opfamily_strategy(opno, facts.opfamily) == 0)
		return false;
	result->attnum = facts.attnum;
	result->expression = facts.expression;
	return true;
}

/* (a, b) > (x, y) finds its place in an index on (a, b). */
static List *
add_row_comparison(List *orderings, const PaUseContext *context, RestrictInfo *rinfo)
{
	RowCompareExpr *clause = (RowCompareExpr *) rinfo->clause;
	PaOrdering *ordering = palloc0(sizeof(PaOrdering));
	bool		right;
	List	   *keys;
	List	   *others;

	if (!IsA(clause, RowCompareExpr) ||
		!restriction_is_securely_promotable(rinfo, context->rel))
		return orderings;

	right = pa_mentions_relation(context, (Node *) linitial(clause->rargs));
	keys = right ? clause->rargs : clause->largs;
	others = right ? clause->largs : clause->rargs;
	ordering->compared = true;
	for (int i = 0; i < list_length(keys) && i < PA_MAX_INDEX_KEYS; i++)
	{
		Oid			opno = list_nth_oid(clause->opnos, i);

		if (right)
			opno = get_commutator(opno);
		if (!OidIsValid(opno) ||
			!row_key(context, list_nth(keys, i), list_nth(others, i), opno,
					 list_nth_oid(clause->inputcollids, i), &ordering->keys[i]))
			break;
		ordering->nkeys++;
	}
	return add_ordering(orderings, ordering);
}

/* List of PaOrdering *, in CurrentMemoryContext. */
List *
pa_ordering_uses(PaUseContext *context)
{
	PlannerInfo *root = context->root;
	List	   *orderings = NIL;
	ListCell   *lc;

	orderings = add_pathkeys(orderings, context, root->sort_pathkeys, pa_limit_applies(root), sorts_groups(root));
	orderings = add_pathkeys(orderings, context, root->group_pathkeys, false, true);
	/* A window must be sorted, where groups can be hashed. */
	orderings = add_pathkeys(orderings, context, root->window_pathkeys, false, false);
	orderings = add_pathkeys(orderings, context, root->distinct_pathkeys, false, true);
	/* One of the above, unless a set operation or a merge wants its own. */
	orderings = add_pathkeys(orderings, context, root->query_pathkeys, false, true);

	foreach(lc, context->rel->baserestrictinfo)
		orderings = add_row_comparison(orderings, context, (RestrictInfo *) lfirst(lc));
	foreach(lc, context->rel->joininfo)
	{
		if (join_clause_is_movable_to((RestrictInfo *) lfirst(lc), context->rel))
			orderings = add_row_comparison(orderings, context, (RestrictInfo *) lfirst(lc));
	}
	return orderings;
}

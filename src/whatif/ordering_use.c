/*-------------------------------------------------------------------------
 *
 * ordering_use.c
 *		Orderings that an index on a base relation could give.
 *
 * The planner's path keys say what order would save a sort: for ORDER BY,
 * GROUP BY, DISTINCT and window functions, and for MIN and MAX, which it
 * plans as ORDER BY ... LIMIT 1.  Keys that are constant are gone from them.
 * The leading keys that are this relation's columns count; when others
 * follow, the planner can still sort incrementally.
 *
 * IDENTIFICATION
 *		src/whatif/ordering_use.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "compat/planner.h"
#include "whatif/whatif_internal.h"

/*
 * Whether a LIMIT cuts the rows that the relations are joined into, as
 * grouping_planner() decides it.  A LIMIT whose value is not known counts:
 * nobody writes it to get everything.
 */
static bool
limit_applies(PlannerInfo *root)
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

/* The relation's column that a path key orders by. */
static bool
pathkey_column(PathKey *pathkey, RelOptInfo *rel, Oid relid, PaIndexKey *key)
{
	EquivalenceClass *ec = pathkey->pk_eclass;
	ListCell   *lc;

	if (ec->ec_has_volatile)
		return false;
	foreach(lc, ec->ec_members)
	{
		EquivalenceMember *member = (EquivalenceMember *) lfirst(lc);
		PaColumnFacts facts;

		if (member->em_is_child || !bms_equal(member->em_relids, rel->relids) ||
			!pa_indexable_column(rel, relid, (Node *) member->em_expr, &facts) ||
			facts.opfamily != pathkey->pk_opfamily ||
			!pa_collation_serves(facts.collation, ec->ec_collation))
			continue;
		key->attnum = facts.attnum;
		key->descending = pa_pathkey_descending(pathkey);
		key->nulls_first = pathkey->pk_nulls_first;
		return true;
	}
	return false;
}

static bool
same_keys(const PaOrdering *a, const PaOrdering *b)
{
	if (a->nkeys != b->nkeys)
		return false;
	for (int i = 0; i < a->nkeys; i++)
	{
		if (a->keys[i].attnum != b->keys[i].attnum ||
			a->keys[i].descending != b->keys[i].descending ||
			a->keys[i].nulls_first != b->keys[i].nulls_first)
			return false;
	}
	return true;
}

/* Add the leading keys of pathkeys to the list, once. */
static List *
add_ordering(List *orderings, List *pathkeys, RelOptInfo *rel, Oid relid,
			 bool limited, bool grouping)
{
	PaOrdering *ordering = palloc0(sizeof(PaOrdering));
	ListCell   *lc;

	foreach(lc, pathkeys)
	{
		if (ordering->nkeys == PA_MAX_INDEX_KEYS ||
			!pathkey_column((PathKey *) lfirst(lc), rel, relid,
							&ordering->keys[ordering->nkeys]))
			break;
		ordering->nkeys++;
	}
	if (ordering->nkeys == 0)
		return orderings;
	ordering->limited = limited;
	ordering->grouping = grouping;

	foreach(lc, orderings)
	{
		PaOrdering *other = (PaOrdering *) lfirst(lc);

		if (same_keys(other, ordering))
		{
			other->limited |= limited;
			other->grouping &= grouping;
			return orderings;
		}
	}
	return lappend(orderings, ordering);
}

/* List of PaOrdering *, in CurrentMemoryContext. */
List *
pa_ordering_uses(PlannerInfo *root, RelOptInfo *rel, Oid relid)
{
	List	   *orderings = NIL;

	orderings = add_ordering(orderings, root->sort_pathkeys, rel, relid, limit_applies(root), false);
	orderings = add_ordering(orderings, root->group_pathkeys, rel, relid, false, true);
	orderings = add_ordering(orderings, root->window_pathkeys, rel, relid, false, true);
	orderings = add_ordering(orderings, root->distinct_pathkeys, rel, relid, false, true);
	/* One of the above, unless a set operation or a merge wants its own. */
	return add_ordering(orderings, root->query_pathkeys, rel, relid, false, true);
}

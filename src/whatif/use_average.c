/*-------------------------------------------------------------------------
 *
 * use_average.c
 *		Reports about relations: copied out of a planning, and put together
 *		over the plannings with several parameter vectors.
 *
 * The same relation may be reported more than once in a planning: a self
 * join, MIN and MAX (planned once more as LIMIT 1), a sublink planned in two
 * ways.  Equal reports are dropped.
 *
 * Other values make other reports: a clause disappears, a pattern has a
 * prefix or not.  A use counts with its mean over the vectors that have it.
 * An expression whose constants change with the values is none at all: no
 * index could be made for it.  A condition for a partial index keeps the
 * share of the vectors that have the very same.
 *
 * IDENTIFICATION
 *		src/whatif/use_average.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/memutils.h"

#include "whatif/index_use.h"
#include "whatif/whatif_internal.h"

/* Structs with the number of vectors that had them; the plain one is first. */
typedef struct CountedUse
{
	PaColumnUse use;
	int			seen;
} CountedUse;

typedef struct CountedPredicate
{
	PaPredicateUse use;
	int			seen;
} CountedPredicate;

/* ---- copying ---- */

static PaColumnUse *
copy_column(const PaColumnUse *use)
{
	CountedUse *copy = palloc(sizeof(CountedUse));

	copy->use = *use;
	copy->use.expression = copyObject(use->expression);
	copy->seen = 1;
	return &copy->use;
}

static List *
copy_columns(List *list)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, list)
		result = lappend(result, copy_column((PaColumnUse *) lfirst(lc)));
	return result;
}

static List *
copy_alternatives(List *list)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, list)
	{
		List	   *arms = NIL;
		ListCell   *lc2;

		foreach(lc2, (List *) lfirst(lc))
			arms = lappend(arms, copy_columns((List *) lfirst(lc2)));
		result = lappend(result, arms);
	}
	return result;
}

static void
copy_expressions(PaIndexKey *keys, int nkeys)
{
	for (int i = 0; i < nkeys; i++)
		keys[i].expression = copyObject(keys[i].expression);
}

static List *
copy_orderings(List *list)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, list)
	{
		PaOrdering *copy = palloc(sizeof(PaOrdering));

		*copy = *(PaOrdering *) lfirst(lc);
		copy_expressions(copy->keys, copy->nkeys);
		result = lappend(result, copy);
	}
	return result;
}

static List *
copy_indexes(List *list)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, list)
	{
		PaIndexSpec *copy = palloc(sizeof(PaIndexSpec));

		*copy = *(PaIndexSpec *) lfirst(lc);
		copy_expressions(copy->keys, copy->nkeys);
		copy->predicate = copyObject(copy->predicate);
		result = lappend(result, copy);
	}
	return result;
}

static List *
copy_predicates(List *list)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, list)
	{
		CountedPredicate *copy = palloc(sizeof(CountedPredicate));

		copy->use = *(PaPredicateUse *) lfirst(lc);
		copy->use.clause = copyObject(copy->use.clause);
		copy->seen = 1;
		result = lappend(result, copy);
	}
	return result;
}

static List *
copy_needed(List *list)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, list)
		result = lappend(result, memcpy(palloc(sizeof(PaNeededColumn)), lfirst(lc),
										sizeof(PaNeededColumn)));
	return result;
}

static List *
copy_hints(List *list)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, list)
	{
		PaUseHint  *copy = palloc(sizeof(PaUseHint));

		*copy = *(PaUseHint *) lfirst(lc);
		copy->clause = copyObject(copy->clause);
		result = lappend(result, copy);
	}
	return result;
}

static PaCollectedUse *
copy_use(const PaRelationUse *use)
{
	PaCollectedUse *copy = palloc0(sizeof(PaCollectedUse));

	copy->use = *use;
	copy->use.columns = copy_columns(use->columns);
	copy->use.alternatives = copy_alternatives(use->alternatives);
	copy->use.orderings = copy_orderings(use->orderings);
	copy->use.predicates = copy_predicates(use->predicates);
	copy->use.needed = copy_needed(use->needed);
	copy->use.existing = copy_indexes(use->existing);
	copy->use.hints = copy_hints(use->hints);
	return copy;
}

/* ---- comparing ---- */

static bool
same_column(const PaColumnUse *a, const PaColumnUse *b)
{
	return a->attnum == b->attnum && a->kind == b->kind && a->method == b->method &&
		a->opclass == b->opclass && equal(a->expression, b->expression);
}

static bool
same_columns(List *a, List *b)
{
	ListCell   *lca,
			   *lcb;

	if (list_length(a) != list_length(b))
		return false;
	forboth(lca, a, lcb, b)
	{
		if (!same_column((PaColumnUse *) lfirst(lca), (PaColumnUse *) lfirst(lcb)))
			return false;
	}
	return true;
}

static bool
same_arms(List *a, List *b)
{
	ListCell   *lca,
			   *lcb;

	if (list_length(a) != list_length(b))
		return false;
	forboth(lca, a, lcb, b)
	{
		if (!same_columns((List *) lfirst(lca), (List *) lfirst(lcb)))
			return false;
	}
	return true;
}

/*
 * Where NULLs go does not tell two orderings apart: MIN and MAX are planned
 * with them at either end, the default order first.
 */
static bool
same_ordering(const PaOrdering *a, const PaOrdering *b)
{
	if (a->nkeys != b->nkeys || a->compared != b->compared)
		return false;
	for (int i = 0; i < a->nkeys; i++)
	{
		if (a->keys[i].attnum != b->keys[i].attnum ||
			a->keys[i].descending != b->keys[i].descending ||
			!equal(a->keys[i].expression, b->keys[i].expression))
			return false;
	}
	return true;
}

static bool
same_orderings(List *a, List *b)
{
	ListCell   *lca,
			   *lcb;

	if (list_length(a) != list_length(b))
		return false;
	forboth(lca, a, lcb, b)
	{
		PaOrdering *x = (PaOrdering *) lfirst(lca);
		PaOrdering *y = (PaOrdering *) lfirst(lcb);

		if (!same_ordering(x, y) || x->limited != y->limited)
			return false;
	}
	return true;
}

static bool
same_predicates(List *a, List *b)
{
	ListCell   *lca,
			   *lcb;

	if (list_length(a) != list_length(b))
		return false;
	forboth(lca, a, lcb, b)
	{
		if (!equal(((PaPredicateUse *) lfirst(lca))->clause,
				   ((PaPredicateUse *) lfirst(lcb))->clause))
			return false;
	}
	return true;
}

static bool
same_report(const PaRelationUse *a, const PaRelationUse *b)
{
	ListCell   *lca,
			   *lcb;

	if (a->relid != b->relid || !same_columns(a->columns, b->columns) ||
		!same_orderings(a->orderings, b->orderings) ||
		!same_predicates(a->predicates, b->predicates) ||
		list_length(a->alternatives) != list_length(b->alternatives))
		return false;
	forboth(lca, a->alternatives, lcb, b->alternatives)
	{
		if (!same_arms((List *) lfirst(lca), (List *) lfirst(lcb)))
			return false;
	}
	return true;
}

/* ---- collecting ---- */

/*
 * Copy a report into CurrentMemoryContext and add it to the planning's, unless
 * the same report is there.
 */
void
pa_collect_use(List **relations, const PaUseContext *context, const PaRelationUse *use)
{
	PaCollectedUse *copy;
	int			ordinal = 0;
	ListCell   *lc;

	foreach(lc, *relations)
	{
		PaCollectedUse *other = (PaCollectedUse *) lfirst(lc);

		if (same_report(&other->use, use))
			return;
		if (other->use.relid == use->relid && other->rti == context->rel->relid &&
			other->level == context->root->query_level)
			ordinal++;
	}
	copy = copy_use(use);
	copy->rti = context->rel->relid;
	copy->level = context->root->query_level;
	copy->ordinal = ordinal;
	*relations = lappend(*relations, copy);
}

/* ---- putting together ---- */

/* An expression in which every constant is the same one. */
static Node *
mask_mutator(Node *node, void *context)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Const))
	{
		Const	   *constant = (Const *) node;

		return (Node *) makeNullConst(constant->consttype, -1, constant->constcollid);
	}
	return expression_tree_mutator(node, mask_mutator, context);
}

static PaColumnUse *
find_column(List *columns, const PaColumnUse *use)
{
	ListCell   *lc;

	foreach(lc, columns)
	{
		if (same_column((PaColumnUse *) lfirst(lc), use))
			return (PaColumnUse *) lfirst(lc);
	}
	return NULL;
}

/* Take out the expressions that differ from the mask in constants only. */
static bool
drop_varying(PaCollectedUse *mean, Node *mask)
{
	bool		found = false;
	ListCell   *lc;

	foreach(lc, mean->use.columns)
	{
		PaColumnUse *use = (PaColumnUse *) lfirst(lc);

		if (use->expression != NULL && equal(mask_mutator(use->expression, NULL), mask))
		{
			mean->use.columns = foreach_delete_current(mean->use.columns, lc);
			found = true;
		}
	}
	return found;
}

static void
average_column(PaColumnUse *mean, const PaColumnUse *newer)
{
	CountedUse *counted = (CountedUse *) mean;

	counted->seen++;
	mean->selectivity += (newer->selectivity - mean->selectivity) / counted->seen;
	mean->hashable &= newer->hashable;
	mean->guessed &= newer->guessed;
}

static void
merge_columns(PaCollectedUse *mean, List *columns)
{
	ListCell   *lc;

	foreach(lc, columns)
	{
		PaColumnUse *newer = (PaColumnUse *) lfirst(lc);
		PaColumnUse *use = find_column(mean->use.columns, newer);
		Node	   *mask;

		if (use != NULL)
		{
			average_column(use, newer);
			continue;
		}
		mask = newer->expression == NULL ? NULL : mask_mutator(newer->expression, NULL);
		if (mask != NULL && list_member(mean->varying, mask))
			continue;
		if (mask != NULL && drop_varying(mean, mask))
			mean->varying = lappend(mean->varying, mask);
		else
			mean->use.columns = lappend(mean->use.columns, newer);
	}
}

static void
merge_alternatives(PaRelationUse *mean, List *alternatives)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, alternatives)
	{
		List	   *found = NIL;
		ListCell   *lca,
				   *lcb;

		foreach(lc2, mean->alternatives)
		{
			if (same_arms((List *) lfirst(lc2), (List *) lfirst(lc)))
				found = (List *) lfirst(lc2);
		}
		if (found == NIL)
		{
			mean->alternatives = lappend(mean->alternatives, lfirst(lc));
			continue;
		}
		forboth(lca, found, lcb, (List *) lfirst(lc))
		{
			ListCell   *use,
					   *newer;

			forboth(use, (List *) lfirst(lca), newer, (List *) lfirst(lcb))
				average_column((PaColumnUse *) lfirst(use), (PaColumnUse *) lfirst(newer));
		}
	}
}

static void
merge_orderings(PaRelationUse *mean, List *orderings)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, orderings)
	{
		PaOrdering *newer = (PaOrdering *) lfirst(lc);
		bool		found = false;

		foreach(lc2, mean->orderings)
		{
			PaOrdering *ordering = (PaOrdering *) lfirst(lc2);

			if (!same_ordering(ordering, newer))
				continue;
			ordering->limited |= newer->limited;
			ordering->grouping &= newer->grouping;
			found = true;
		}
		if (!found)
			mean->orderings = lappend(mean->orderings, newer);
	}
}

/* The share is of all vectors so far, with this one. */
static void
merge_predicates(PaRelationUse *mean, List *predicates, int nvectors)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, predicates)
	{
		CountedPredicate *newer = (CountedPredicate *) lfirst(lc);
		bool		found = false;

		foreach(lc2, mean->predicates)
		{
			CountedPredicate *counted = (CountedPredicate *) lfirst(lc2);

			if (equal(counted->use.clause, newer->use.clause))
			{
				counted->seen++;
				found = true;
				break;
			}
		}
		if (!found)
			mean->predicates = lappend(mean->predicates, newer);
	}
	foreach(lc, mean->predicates)
	{
		CountedPredicate *counted = (CountedPredicate *) lfirst(lc);

		counted->use.share = Min(1.0, (double) counted->seen / nvectors);
	}
}

static void
merge_needed(PaRelationUse *mean, List *needed)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, needed)
	{
		bool		found = false;

		foreach(lc2, mean->needed)
			found |= ((PaNeededColumn *) lfirst(lc2))->attnum ==
				((PaNeededColumn *) lfirst(lc))->attnum;
		if (!found)
			mean->needed = lappend(mean->needed, lfirst(lc));
	}
}

/* An index that does not serve all vectors does not serve the statement. */
static void
merge_existing(PaRelationUse *mean, List *existing)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, mean->existing)
	{
		PaIndexSpec *spec = (PaIndexSpec *) lfirst(lc);

		foreach(lc2, existing)
		{
			PaIndexSpec *newer = (PaIndexSpec *) lfirst(lc2);

			if (newer->indexid == spec->indexid)
				spec->predicate_holds &= newer->predicate_holds;
		}
	}
}

static void
merge_hints(PaRelationUse *mean, List *hints)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, hints)
	{
		PaUseHint  *newer = (PaUseHint *) lfirst(lc);
		bool		found = false;

		foreach(lc2, mean->hints)
		{
			PaUseHint  *hint = (PaUseHint *) lfirst(lc2);

			found |= hint->kind == newer->kind && hint->attnum == newer->attnum &&
				hint->indexid == newer->indexid;
		}
		if (!found)
			mean->hints = lappend(mean->hints, newer);
	}
}

static void
merge_use(PaCollectedUse *mean, const PaCollectedUse *newer, int nvectors)
{
	mean->use.rows += (newer->use.rows - mean->use.rows) / nvectors;
	mean->use.needs_row |= newer->use.needs_row;
	if (newer->use.advisable)
	{
		mean->use.advisable = true;
		mean->use.refusal = NULL;
	}
	merge_columns(mean, newer->use.columns);
	merge_alternatives(&mean->use, newer->use.alternatives);
	merge_orderings(&mean->use, newer->use.orderings);
	merge_predicates(&mean->use, newer->use.predicates, nvectors);
	merge_needed(&mean->use, newer->use.needed);
	merge_existing(&mean->use, newer->use.existing);
	merge_hints(&mean->use, newer->use.hints);
}

/*
 * Gives the picture over nth + 1 parameter vectors: "into", made from those
 * before, with "from", the newest, whose parts may become part of it.  A
 * relation that the planner did not come to look at, because a value left no
 * rows (column = NULL), joins with the first vector that leads to it.
 */
List *
pa_relation_use_average(List *into, List *from, int nth)
{
	ListCell   *lc;
	ListCell   *lc2;

	if (into == NIL)
		return from;
	foreach(lc, from)
	{
		PaCollectedUse *newer = (PaCollectedUse *) lfirst(lc);
		bool		known = false;

		foreach(lc2, into)
		{
			PaCollectedUse *mean = (PaCollectedUse *) lfirst(lc2);
			MemoryContext oldcontext;

			if (mean->use.relid != newer->use.relid || mean->rti != newer->rti ||
				mean->level != newer->level || mean->ordinal != newer->ordinal)
				continue;
			oldcontext = MemoryContextSwitchTo(GetMemoryChunkContext(mean));
			merge_use(mean, newer, nth + 1);
			MemoryContextSwitchTo(oldcontext);
			known = true;
			break;
		}
		if (!known)
		{
			MemoryContext oldcontext = MemoryContextSwitchTo(GetMemoryChunkContext(newer));

			into = lappend(into, newer);
			MemoryContextSwitchTo(oldcontext);
		}
	}
	return into;
}

/*-------------------------------------------------------------------------
 *
 * relation_use.c
 *		What a base planning says about each relation that it scans.
 *
 * set_rel_pathlist_hook is called once a base relation and query level, when
 * the planner has made the relation's own paths.  Facts are copied out then,
 * since everything of the planner's dies with the planning.
 *
 * The same relation may be reported more than once: a self join, MIN and MAX
 * (planned once more as LIMIT 1), a sublink planned in two ways.  Equal
 * reports are dropped.
 *
 * IDENTIFICATION
 *		src/whatif/relation_use.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "parser/parsetree.h"

#include "catalog/relation_facts.h"
#include "config/config.h"
#include "whatif/whatif_internal.h"

/*
 * Why no index is advised for the relation, or NULL; static text.  *matters
 * is set when that is not because none could be of use.
 */
static const char *
relation_refusal(RelOptInfo *rel, RangeTblEntry *rte, bool *matters)
{
	PaRelationFacts facts;

	*matters = false;
	if (!pa_catalog_relation_facts(rte->relid, &facts))
		return "the table is gone";
	if (facts.is_catalog)
		return "system catalog";
	if (facts.persistence == RELPERSISTENCE_TEMP)
		return "temporary table";
	if (facts.relkind == RELKIND_FOREIGN_TABLE)
		return "foreign table";
	if (facts.relkind == RELKIND_PARTITIONED_TABLE || facts.is_partition || rte->inh)
	{
		*matters = !facts.is_extension;
		return rte->inh && facts.relkind == RELKIND_RELATION ?
			"table with inheritance children" : "partitioned table";
	}
	if (facts.relkind != RELKIND_RELATION && facts.relkind != RELKIND_MATVIEW)
		return "not a table";
	if (facts.is_extension)
		return "belongs to an extension";
	if (!facts.is_analyzed)
	{
		*matters = (double) rel->pages * BLCKSZ >= pa_guc_min_table_size * 1024.0;
		return "never analyzed: run ANALYZE first";
	}
	if ((double) rel->pages * BLCKSZ < pa_guc_min_table_size * 1024.0)
		return "smaller than perf_advisor.min_table_size";
	return NULL;
}

/* The leading keys of an index that a plain CREATE INDEX would give too. */
static PaIndexSpec *
existing_index(IndexOptInfo *index, Oid relid)
{
	PaIndexSpec *spec;

	if (index->hypothetical || index->relam != BTREE_AM_OID || index->indpred != NIL ||
		index->reverse_sort == NULL)
		return NULL;

	spec = palloc0(sizeof(PaIndexSpec));
	spec->relid = relid;
	spec->method = BTREE_AM_OID;
	spec->predicate_holds = true;
	for (int i = 0; i < index->nkeycolumns && i < PA_MAX_INDEX_KEYS; i++)
	{
		PaColumnFacts facts;

		if (!pa_catalog_column_facts(relid, index->indexkeys[i], &facts) ||
			facts.opfamily != index->opfamily[i] ||
			facts.collation != index->indexcollations[i])
			break;
		spec->keys[i].attnum = facts.attnum;
		spec->keys[i].descending = index->reverse_sort[i];
		spec->keys[i].nulls_first = index->nulls_first[i];
		spec->nkeys++;
	}
	return spec->nkeys > 0 ? spec : NULL;
}

static List *
existing_indexes(RelOptInfo *rel, Oid relid)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, rel->indexlist)
	{
		PaIndexSpec *spec = existing_index((IndexOptInfo *) lfirst(lc), relid);

		if (spec != NULL)
			result = lappend(result, spec);
	}
	return result;
}

/*
 * Whether the relation is the child of an inheritance parent, which is
 * reported itself.  The arms of a UNION ALL are children too, but of a
 * subquery, and count as relations of their own.
 */
static bool
is_inheritance_child(PlannerInfo *root, RelOptInfo *rel, Index rti)
{
	AppendRelInfo *appinfo;

	if (rel->reloptkind != RELOPT_OTHER_MEMBER_REL || root->append_rel_array == NULL)
		return false;
	appinfo = root->append_rel_array[rti];
	return appinfo != NULL &&
		planner_rt_fetch(appinfo->parent_relid, root)->rtekind == RTE_RELATION;
}

/* ---- comparing reports ---- */

static bool
same_columns(List *a, List *b)
{
	ListCell   *lca,
			   *lcb;

	if (list_length(a) != list_length(b))
		return false;
	forboth(lca, a, lcb, b)
	{
		PaColumnUse *x = (PaColumnUse *) lfirst(lca);
		PaColumnUse *y = (PaColumnUse *) lfirst(lcb);

		if (x->attnum != y->attnum || x->kind != y->kind)
			return false;
	}
	return true;
}

/*
 * Where NULLs go does not tell two reports apart: MIN and MAX are planned
 * with them at either end, the default order first.
 */
static bool
same_ordering(const PaOrdering *a, const PaOrdering *b)
{
	if (a->nkeys != b->nkeys || a->limited != b->limited)
		return false;
	for (int i = 0; i < a->nkeys; i++)
	{
		if (a->keys[i].attnum != b->keys[i].attnum ||
			a->keys[i].descending != b->keys[i].descending)
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
		if (!same_ordering((PaOrdering *) lfirst(lca), (PaOrdering *) lfirst(lcb)))
			return false;
	}
	return true;
}

static PaRelationUse *
find_same(List *relations, const PaRelationUse *use)
{
	ListCell   *lc;

	foreach(lc, relations)
	{
		PaRelationUse *other = (PaRelationUse *) lfirst(lc);

		if (other->relid == use->relid && same_columns(other->columns, use->columns) &&
			same_orderings(other->orderings, use->orderings))
			return other;
	}
	return NULL;
}

/*
 * Make the selectivities of "into" the mean over nth + 1 parameter vectors,
 * of which "from" is the newest.  Reports that look different with these
 * values (a constant that makes a clause disappear) are left out.
 */
void
pa_relation_use_average(List *into, List *from, int nth)
{
	ListCell   *lc;

	foreach(lc, from)
	{
		PaRelationUse *newer = (PaRelationUse *) lfirst(lc);
		PaRelationUse *mean = find_same(into, newer);
		ListCell   *lca,
				   *lcb;

		if (mean == NULL)
			continue;
		forboth(lca, mean->columns, lcb, newer->columns)
		{
			PaColumnUse *use = (PaColumnUse *) lfirst(lca);

			use->selectivity += (((PaColumnUse *) lfirst(lcb))->selectivity -
								 use->selectivity) / (nth + 1);
		}
	}
}

/* ---- collecting ---- */

static List *
copy_structs(List *list, size_t size)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, list)
		result = lappend(result, memcpy(palloc(size), lfirst(lc), size));
	return result;
}

static PaRelationUse *
copy_use(const PaRelationUse *use)
{
	PaRelationUse *copy = palloc(sizeof(PaRelationUse));

	*copy = *use;
	copy->columns = copy_structs(use->columns, sizeof(PaColumnUse));
	copy->orderings = copy_structs(use->orderings, sizeof(PaOrdering));
	copy->existing = copy_structs(use->existing, sizeof(PaIndexSpec));
	return copy;
}

/* Report a relation, unless the same report is there. */
static void
collect_relation(PaWhatifScope *scope, PlannerInfo *root, RelOptInfo *rel,
				 RangeTblEntry *rte)
{
	PaRelationUse use = {0};
	MemoryContext oldcontext;

	use.relid = rte->relid;
	use.tuples = rel->tuples;
	use.pages = rel->pages;
	use.refusal = relation_refusal(rel, rte, &use.refusal_matters);
	use.advisable = use.refusal == NULL;
	use.columns = pa_column_uses(root, rel, rte->relid);
	use.orderings = pa_ordering_uses(root, rel, rte->relid);
	use.existing = existing_indexes(rel, rte->relid);
	if (find_same(scope->relations, &use) != NULL)
		return;

	oldcontext = MemoryContextSwitchTo(scope->facts_context);
	scope->relations = lappend(scope->relations, copy_use(&use));
	MemoryContextSwitchTo(oldcontext);
}

void
pa_whatif_set_rel_pathlist(PlannerInfo *root, RelOptInfo *rel, Index rti,
						   RangeTblEntry *rte)
{
	PaWhatifScope *scope = pa_whatif_scope;

	if (scope == NULL || scope->facts_context == NULL ||
		root->glob->boundParams != scope->params)
		return;
	if (rte->rtekind == RTE_RELATION && !IS_DUMMY_REL(rel) &&
		!is_inheritance_child(root, rel, rti))
		collect_relation(scope, root, rel, rte);
}

/*-------------------------------------------------------------------------
 *
 * relation_use.c
 *		What a base planning says about each relation that it scans.
 *
 * set_rel_pathlist_hook is called once a base relation and query level, when
 * the planner has made the relation's own paths.  Facts are copied out then,
 * since everything of the planner's dies with the planning.
 *
 * A table that is too small for advice is reported like the others, and
 * refused, until the finished plan tells how often it is read.
 *
 * A partitioned table is reported as its root, whose index all partitions
 * get; they are not reported.  The root has no rows and pages of its own in
 * the catalogs, and usually no statistics: autovacuum analyzes partitions
 * only.
 *
 * IDENTIFICATION
 *		src/whatif/relation_use.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "optimizer/pathnode.h"
#include "parser/parsetree.h"

#include "catalog/relation_facts.h"
#include "config/config.h"
#include "whatif/index_use.h"
#include "whatif/whatif_internal.h"

#define NEVER_ANALYZED "never analyzed: run ANALYZE first"
#define TOO_SMALL "smaller than perf_advisor.min_table_size"

/* Pages that are read at once, however often: an index would be one, too. */
#define FEW_PAGES 8

static bool
is_large_enough(double pages)
{
	return pages * BLCKSZ >= pa_guc_min_table_size * 1024.0;
}

/*
 * Why no index is advised for the relation, or NULL; static text.  *matters
 * is set when that is not because none could be of use.
 */
static const char *
relation_refusal(const PaUseContext *context, RangeTblEntry *rte, bool *matters)
{
	PaRelationFacts facts;
	bool		partitioned;

	*matters = false;
	if (!pa_catalog_relation_facts(rte->relid, &facts))
		return "the table is gone";
	partitioned = facts.relkind == RELKIND_PARTITIONED_TABLE;
	if (facts.is_catalog)
		return "system catalog";
	if (facts.persistence == RELPERSISTENCE_TEMP)
		return "temporary table";
	if (facts.relkind == RELKIND_FOREIGN_TABLE)
		return "foreign table";
	if (facts.is_extension)
		return "belongs to an extension";
	if (facts.is_partition)
	{
		*matters = true;
		return "a partition: an index belongs on the partitioned table";
	}
	if (rte->inh && !partitioned)
	{
		*matters = true;
		return "table with inheritance children";
	}
	if (!partitioned && facts.relkind != RELKIND_RELATION &&
		facts.relkind != RELKIND_MATVIEW)
		return "not a table";
	if (partitioned)
	{
		PaPartitionFacts partitions;

		pa_catalog_partition_facts(rte->relid, &partitions);
		facts.is_analyzed |= partitions.is_analyzed;
	}
	if (!facts.is_analyzed)
	{
		*matters = is_large_enough(context->pages);
		return NEVER_ANALYZED;
	}
	if (!is_large_enough(context->pages))
		return TOO_SMALL;
	return NULL;
}

/* Refused for its size, which is little only if it is not read again and again. */
static bool
is_small(const PaRelationUse *use)
{
	return use->refusal != NULL && strcmp(use->refusal, TOO_SMALL) == 0 &&
		use->pages >= FEW_PAGES;
}

/*
 * With the plan that the relations were collected for: admits those small
 * tables of which one execution reads as much as of a table that is large
 * enough.
 */
void
pa_admit_reread(List *relations, const PlannedStmt *plan)
{
	ListCell   *lc;

	foreach(lc, relations)
	{
		PaRelationUse *use = (PaRelationUse *) lfirst(lc);

		if (is_small(use) &&
			is_large_enough(use->pages *
							pa_plan_table_reads(plan, use->relid, use->tuples)))
		{
			use->advisable = true;
			use->refusal = NULL;
		}
	}
}

/* ---- partitioned tables ---- */

static bool
is_below(PlannerInfo *root, Index child, Index ancestor)
{
	while (child != ancestor)
	{
		AppendRelInfo *appinfo = root->append_rel_array[child];

		if (appinfo == NULL)
			return false;
		child = appinfo->parent_relid;
	}
	return true;
}

/*
 * The largest partition that this planning scans, or NULL, and the pages of
 * all that it does: files as they are now, where the catalogs may know none.
 */
static RelOptInfo *
largest_scanned(PlannerInfo *root, RelOptInfo *rel, double *pages)
{
	RelOptInfo *largest = NULL;

	*pages = 0;
	if (root->append_rel_array == NULL)
		return NULL;
	for (int i = 1; i < root->simple_rel_array_size; i++)
	{
		RelOptInfo *child = root->simple_rel_array[i];

		if (child == NULL || i == (int) rel->relid || child->pages == 0 ||
			!is_below(root, i, rel->relid))
			continue;
		*pages += child->pages;
		if (largest == NULL || child->tuples > largest->tuples)
			largest = child;
	}
	return largest;
}

/* Size of the whole table, pruned partitions included: an index has all. */
static void
size_partitioned(PaUseContext *context, double *allvisible)
{
	PaPartitionFacts facts;
	RelOptInfo *rel = context->rel;
	RelOptInfo *largest;
	double		pages;

	pa_catalog_partition_facts(context->relid, &facts);
	context->tuples = Max(facts.tuples, rel->tuples);
	largest = largest_scanned(context->root, rel, &pages);
	context->pages = Max(facts.pages, pages);
	*allvisible = Min(facts.allvisible / Max(facts.pages, 1), 1);
	if (!facts.root_is_analyzed)
		context->stand_in = largest;
}

/* ---- collecting ---- */

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

/* Everything that the other files find. */
static void
describe_relation(PaUseContext *context, PaRelationUse *use)
{
	use->columns = pa_column_uses(context, &use->alternatives);
	use->orderings = pa_ordering_uses(context);
	use->predicates = pa_predicate_uses(context);
	use->needed = pa_needed_columns(context, &use->needs_row);
	use->changed = pa_is_changed(context);
	use->existing = pa_existing_indexes(context);
	pa_hint_relation(context, use);
}

static void
collect_relation(PaWhatifScope *scope, PlannerInfo *root, RelOptInfo *rel,
				 RangeTblEntry *rte)
{
	PaUseContext context = {root, rel, rte->relid, rel->tuples, rel->pages, NULL, NIL};
	PaRelationUse use = {0};
	MemoryContext oldcontext;

	use.allvisible = rel->allvisfrac;
	use.partitioned = rte->relkind == RELKIND_PARTITIONED_TABLE;
	if (use.partitioned)
		size_partitioned(&context, &use.allvisible);
	use.relid = rte->relid;
	use.tuples = context.tuples;
	use.pages = context.pages;
	use.rows = rel->rows;
	use.refusal = relation_refusal(&context, rte, &use.refusal_matters);
	use.advisable = use.refusal == NULL;
	if (use.advisable || use.refusal_matters || is_small(&use))
		describe_relation(&context, &use);
	if (use.refusal_matters && strcmp(use.refusal, NEVER_ANALYZED) == 0)
		pa_add_hint(&context, PA_HINT_ANALYZE, 0, NULL, 1);
	use.hints = context.hints;

	oldcontext = MemoryContextSwitchTo(scope->facts_context);
	pa_collect_use(&scope->relations, &context, &use);
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
	/* A sample is of pages, whatever is in an index. */
	if (rte->rtekind == RTE_RELATION && rte->tablesample == NULL && !IS_DUMMY_REL(rel) &&
		!is_inheritance_child(root, rel, rti))
		collect_relation(scope, root, rel, rte);
}

/*-------------------------------------------------------------------------
 *
 * hypothetical.c
 *		The planner's description of a b-tree index that does not exist.
 *
 * get_relation_info_hook runs after the planner has read a relation's real
 * indexes; while one of our plannings goes on, those candidates that are on
 * the relation join the list, as the newest indexes would: at its head.
 *
 * Every field is filled as get_relation_info() would fill it had the index
 * just been built.  The copy of a plan that uses one must never be executed.
 *
 * IDENTIFICATION
 *		src/whatif/hypothetical.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/table.h"
#include "catalog/pg_am.h"
#include "nodes/makefuncs.h"
#include "utils/rel.h"

#include "compat/planner.h"
#include "whatif/whatif_internal.h"

/* What the access method can do. */
static void
fill_access_method(IndexOptInfo *info, Relation relation)
{
	const IndexAmRoutine *am = GetIndexAmRoutineByAmId(BTREE_AM_OID, false);

	info->relam = BTREE_AM_OID;
	info->amcanorderbyop = am->amcanorderbyop;
	info->amoptionalkey = am->amoptionalkey;
	info->amsearcharray = am->amsearcharray;
	info->amsearchnulls = am->amsearchnulls;
	info->amcanparallel = am->amcanparallel;
	info->amhasgettuple = am->amgettuple != NULL;
	info->amhasgetbitmap = am->amgetbitmap != NULL && pa_table_has_bitmap_scan(relation);
	info->amcanmarkpos = am->ammarkpos != NULL && am->amrestrpos != NULL;
	info->amcostestimate = am->amcostestimate;
}

static void
fill_keys(IndexOptInfo *info, const PaIndexSpec *spec, const PaColumnFacts *columns)
{
	int			n = spec->nkeys;

	info->ncolumns = info->nkeycolumns = n;
	info->indexkeys = palloc_array(int, n);
	info->indexcollations = palloc_array(Oid, n);
	info->opfamily = palloc_array(Oid, n);
	info->opcintype = palloc_array(Oid, n);
	info->reverse_sort = palloc_array(bool, n);
	info->nulls_first = palloc_array(bool, n);
	info->canreturn = palloc_array(bool, n);
	info->sortopfamily = info->opfamily;

	/* Cost estimators read it without asking: entries may be NULL, it not. */
	info->opclassoptions = palloc0_array(bytea *, n);

	for (int i = 0; i < n; i++)
	{
		const PaColumnFacts *column = &columns[i];
		Var		   *var;

		info->indexkeys[i] = column->attnum;
		info->indexcollations[i] = column->collation;
		info->opfamily[i] = column->opfamily;
		info->opcintype[i] = column->opcintype;
		info->reverse_sort[i] = spec->keys[i].descending;
		info->nulls_first[i] = spec->keys[i].nulls_first;
		info->canreturn[i] = true;

		var = makeVar(info->rel->relid, column->attnum, column->type,
					  column->typmod, column->collation, 0);
		info->indextlist = lappend(info->indextlist,
								   makeTargetEntry((Expr *) var, i + 1, NULL, false));
	}
}

/*
 * Returns NULL when CREATE INDEX could not build it: a column is gone or its
 * type has no default b-tree operator class.
 */
IndexOptInfo *
pa_hypothetical_index(RelOptInfo *rel, Relation relation, const PaIndexSpec *spec,
					  Oid fakeid)
{
	IndexOptInfo *info;
	PaColumnFacts columns[PA_MAX_INDEX_KEYS];

	if (spec->nkeys < 1 || spec->nkeys > PA_MAX_INDEX_KEYS)
		return NULL;
	for (int i = 0; i < spec->nkeys; i++)
	{
		if (!pa_catalog_column_facts(spec->relid, spec->keys[i].attnum, &columns[i]))
			return NULL;
	}

	info = makeNode(IndexOptInfo);
	info->indexoid = fakeid;
	info->reltablespace = InvalidOid;
	info->rel = rel;
	fill_keys(info, spec, columns);
	fill_access_method(info, relation);
	info->immediate = true;
	info->hypothetical = true;

	info->tuples = rel->tuples;
	info->pages = pa_btree_pages(columns, spec->nkeys, rel->tuples, &info->tree_height);
	return info;
}

/*
 * Kinds of relation that CREATE INDEX builds a real b-tree on.  A parent of
 * an inheritance tree (inhparent) stands for its children here.
 */
static bool
can_have_index(RelOptInfo *rel, Relation relation, bool inhparent)
{
	if (inhparent || !IS_SIMPLE_REL(rel) || relation->rd_tableam == NULL)
		return false;
	return relation->rd_rel->relkind == RELKIND_RELATION ||
		relation->rd_rel->relkind == RELKIND_MATVIEW;
}

void
pa_whatif_get_relation_info(PlannerInfo *root, Oid relid, bool inhparent,
							RelOptInfo *rel)
{
	PaWhatifScope *scope = pa_whatif_scope;
	Relation	relation = NULL;
	ListCell   *lc;

	/* Also for plannings nested in ours. */
	pa_wall_check_relation(relid, rel);
	if (scope == NULL || root->glob->boundParams != scope->params)
		return;

	foreach(lc, scope->candidates)
	{
		const PaIndexSpec *spec = (const PaIndexSpec *) lfirst(lc);
		IndexOptInfo *info;

		if (spec->relid != relid)
			continue;
		/* The planner holds the relation open, or at least locked. */
		if (relation == NULL)
			relation = table_open(relid, NoLock);
		if (!can_have_index(rel, relation, inhparent))
			break;
		info = pa_hypothetical_index(rel, relation, spec,
									 PA_FIRST_FAKE_OID + foreach_current_index(lc));
		if (info != NULL)
			rel->indexlist = lcons(info, rel->indexlist);
	}
	if (relation != NULL)
		table_close(relation, NoLock);
}

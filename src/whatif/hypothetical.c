/*-------------------------------------------------------------------------
 *
 * hypothetical.c
 *		The planner's description of an index that does not exist, and the
 *		hiding of one that does.
 *
 * get_relation_info_hook runs after the planner has read a relation's real
 * indexes; while one of our plannings goes on, those candidates that are on
 * the relation join the list, as the newest indexes would: at its head.  A
 * candidate on a partitioned table joins the lists of its partitions.
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
#include "access/gist.h"
#include "access/table.h"
#include "catalog/partition.h"
#include "catalog/pg_am.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "compat/planner.h"
#include "whatif/whatif_internal.h"

/* What the access method can do; false when it is gone. */
static bool
fill_access_method(IndexOptInfo *info, Relation relation, Oid method)
{
	const IndexAmRoutine *am = GetIndexAmRoutineByAmId(method, true);

	if (am == NULL)
		return false;
	info->relam = method;
	info->amcanorderbyop = am->amcanorderbyop;
	info->amoptionalkey = am->amoptionalkey;
	info->amsearcharray = am->amsearcharray;
	info->amsearchnulls = am->amsearchnulls;
	info->amcanparallel = am->amcanparallel;
	info->amhasgettuple = am->amgettuple != NULL;
	info->amhasgetbitmap = am->amgetbitmap != NULL && pa_table_has_bitmap_scan(relation);
	info->amcanmarkpos = am->ammarkpos != NULL && am->amrestrpos != NULL;
	info->amcostestimate = am->amcostestimate;
	return true;
}

/* Whether an index-only scan gets the column back. */
static bool
can_return(const PaIndexShape *shape, int i)
{
	const PaIndexColumn *column = &shape->columns[i];

	switch (shape->method)
	{
		case BTREE_AM_OID:
			return true;
		case GIST_AM_OID:
			/* included columns; keys that are stored as they are, or fetched */
			return i >= shape->nkeys ||
				OidIsValid(get_opfamily_proc(column->opfamily, column->opcintype,
											 column->opcintype, GIST_FETCH_PROC)) ||
				!OidIsValid(get_opfamily_proc(column->opfamily, column->opcintype,
											  column->opcintype, GIST_COMPRESS_PROC));
		case SPGIST_AM_OID:
			return i >= shape->nkeys;
		default:
			return false;
	}
}

static TargetEntry *
target_entry(IndexOptInfo *info, const PaIndexColumn *column, Node *expression, int n)
{
	Expr	   *expr = (Expr *) expression;

	if (expression == NULL)
		expr = (Expr *) makeVar(info->rel->relid, column->attnum, column->type,
								column->typmod, column->collation, 0);
	return makeTargetEntry(expr, n, NULL, false);
}

static void
fill_columns(IndexOptInfo *info, const PaIndexShape *shape)
{
	info->ncolumns = shape->ncolumns;
	info->nkeycolumns = shape->nkeys;
	info->indexkeys = palloc_array(int, shape->ncolumns);
	info->canreturn = palloc_array(bool, shape->ncolumns);

	for (int i = 0; i < shape->ncolumns; i++)
	{
		const PaIndexColumn *column = &shape->columns[i];
		Node	   *expression = NULL;

		if (column->expression != NULL)
		{
			expression = copyObject(column->expression);
			ChangeVarNodes(expression, 1, info->rel->relid, 0);
			info->indexprs = lappend(info->indexprs, expression);
		}
		info->indexkeys[i] = column->attnum;
		info->canreturn[i] = can_return(shape, i);
		info->indextlist = lappend(info->indextlist,
								   target_entry(info, column, expression, i + 1));
	}
}

static void
fill_keys(IndexOptInfo *info, const PaIndexShape *shape)
{
	int			n = shape->nkeys;

	info->indexcollations = palloc_array(Oid, n);
	info->opfamily = palloc_array(Oid, n);
	info->opcintype = palloc_array(Oid, n);

	/* Cost estimators read it without asking: entries may be NULL, it not. */
	info->opclassoptions = palloc0_array(bytea *, n);

	for (int i = 0; i < n; i++)
	{
		info->indexcollations[i] = shape->columns[i].collation;
		info->opfamily[i] = shape->columns[i].opfamily;
		info->opcintype[i] = shape->columns[i].opcintype;
	}

	/* Only b-trees are ordered. */
	if (shape->method != BTREE_AM_OID)
		return;
	info->sortopfamily = info->opfamily;
	info->reverse_sort = palloc_array(bool, n);
	info->nulls_first = palloc_array(bool, n);
	for (int i = 0; i < n; i++)
	{
		info->reverse_sort[i] = shape->columns[i].descending;
		info->nulls_first[i] = shape->columns[i].nulls_first;
	}
}

/*
 * Rows that satisfy the index's predicate.  The planner has not entered the
 * relation in its array yet, where the estimators look it up.
 */
static double
predicate_tuples(PlannerInfo *root, RelOptInfo *rel, List *predicate)
{
	RelOptInfo *entered = root->simple_rel_array[rel->relid];
	Selectivity selectivity;

	if (predicate == NIL)
		return rel->tuples;
	root->simple_rel_array[rel->relid] = rel;
	selectivity = clauselist_selectivity(root, predicate, rel->relid, JOIN_INNER, NULL);
	root->simple_rel_array[rel->relid] = entered;
	return clamp_row_est(rel->tuples * selectivity);
}

/* ---- sizes are kept for the next planning ---- */

typedef struct CachedSize
{
	PaIndexShape shape;
	double		tuples;			/* that it was computed for */
	PaIndexSize size;
} CachedSize;

static void
keep_size(PaExpressionCache *cache, const PaIndexShape *shape, double tuples,
		  const PaIndexSize *size)
{
	MemoryContext oldcontext = MemoryContextSwitchTo(cache->context);
	CachedSize *entry = palloc(sizeof(CachedSize));

	entry->shape = *shape;
	for (int i = 0; i < shape->ncolumns; i++)
		entry->shape.columns[i].expression = copyObject(shape->columns[i].expression);
	entry->shape.predicate = copyObject(shape->predicate);
	entry->tuples = tuples;
	entry->size = *size;
	cache->sizes = lappend(cache->sizes, entry);
	MemoryContextSwitchTo(oldcontext);
}

static void
index_size(RelOptInfo *rel, Relation relation, const PaIndexShape *shape, double tuples,
		   PaIndexSize *size)
{
	PaExpressionCache *cache = pa_whatif_scope->expressions;
	ListCell   *lc;

	foreach(lc, cache != NULL ? cache->sizes : NIL)
	{
		const CachedSize *entry = (const CachedSize *) lfirst(lc);

		if (entry->tuples == tuples && pa_same_shape(&entry->shape, shape))
		{
			*size = entry->size;
			return;
		}
	}
	pa_index_size(shape, relation, tuples, rel->tuples, rel->pages,
				  pa_whatif_scope->sampled, size);
	if (cache != NULL)
		keep_size(cache, shape, tuples, size);
}

/*
 * CREATE INDEX would end with an error: a cast of text, say, for a row that
 * no statement asks about.  Those that a predicate leaves out do not matter.
 */
static bool
cannot_be_built(const PaIndexShape *shape, double tuples)
{
	for (int i = 0; i < shape->ncolumns && shape->predicate == NIL; i++)
	{
		if (shape->columns[i].expression != NULL &&
			pa_expression_fails(shape->relid, shape->columns[i].expression, tuples))
			return true;
	}
	return false;
}

/*
 * The description, or NULL when the access method is gone, or the values that
 * are in the table stand against it.  predOK and
 * indrestrictinfo are the planner's to fill, for real indexes too.
 */
IndexOptInfo *
pa_hypothetical_index(PlannerInfo *root, RelOptInfo *rel, Relation relation,
					  const PaIndexShape *shape, Oid fakeid)
{
	IndexOptInfo *info = makeNode(IndexOptInfo);
	PaIndexSize size;

	info->indexoid = fakeid;
	info->reltablespace = InvalidOid;
	info->rel = rel;
	if (!fill_access_method(info, relation, shape->method) ||
		cannot_be_built(shape, rel->tuples))
		return NULL;
	fill_columns(info, shape);
	fill_keys(info, shape);
	info->indpred = copyObject(shape->predicate);
	ChangeVarNodes((Node *) info->indpred, 1, rel->relid, 0);
	info->unique = shape->unique;
	pa_index_set_nulls_equal(info, shape->nulls_equal);
	info->immediate = true;
	info->hypothetical = true;

	index_size(rel, relation, shape, predicate_tuples(root, rel, info->indpred), &size);
	info->tuples = size.tuples;
	info->pages = size.pages;
	info->tree_height = size.height;
	return info;
}

/*
 * Kinds of relation that have an index of their own.  A parent of an
 * inheritance tree or a partitioned table (inhparent) stands for its children
 * here.
 */
static bool
can_have_index(RelOptInfo *rel, Relation relation, bool inhparent)
{
	if (inhparent || !IS_SIMPLE_REL(rel) || relation->rd_tableam == NULL)
		return false;
	return relation->rd_rel->relkind == RELKIND_RELATION ||
		relation->rd_rel->relkind == RELKIND_MATVIEW;
}

static void
add_candidates(PlannerInfo *root, Relation relation, RelOptInfo *rel, List *candidates)
{
	Oid			relid = RelationGetRelid(relation);
	ListCell   *lc;

	foreach(lc, candidates)
	{
		const PaIndexSpec *spec = (const PaIndexSpec *) lfirst(lc);
		PaIndexShape shape;
		IndexOptInfo *info;

		if (!pa_index_is_for(spec, relid, relation->rd_rel->relispartition) ||
			!pa_index_shape(spec, relid, &shape))
			continue;
		info = pa_hypothetical_index(root, rel, relation, &shape,
									 PA_FIRST_FAKE_OID + foreach_current_index(lc));
		if (info != NULL)
			rel->indexlist = lcons(info, rel->indexlist);
	}
}

/* Hiding the index of a partitioned table hides those of its partitions. */
static bool
is_hidden(Oid indexid, List *hidden)
{
	ListCell   *lc;

	if (list_member_oid(hidden, indexid))
		return true;
	if (!get_rel_relispartition(indexid))
		return false;
	foreach(lc, get_partition_ancestors(indexid))
	{
		if (list_member_oid(hidden, lfirst_oid(lc)))
			return true;
	}
	return false;
}

static void
hide_indexes(RelOptInfo *rel, List *hidden)
{
	ListCell   *lc;

	foreach(lc, rel->indexlist)
	{
		if (is_hidden(((IndexOptInfo *) lfirst(lc))->indexoid, hidden))
			rel->indexlist = foreach_delete_current(rel->indexlist, lc);
	}
}

void
pa_whatif_get_relation_info(PlannerInfo *root, Oid relid, bool inhparent,
							RelOptInfo *rel)
{
	PaWhatifScope *scope = pa_whatif_scope;
	Relation	relation;

	/* Also for plannings nested in ours. */
	pa_wall_check_relation(relid, rel);
	if (scope == NULL || root->glob->boundParams != scope->params || !OidIsValid(relid))
		return;

	if (scope->hidden != NIL)
		hide_indexes(rel, scope->hidden);
	if (scope->candidates == NIL)
		return;
	/* The planner holds the relation open, or at least locked. */
	relation = table_open(relid, NoLock);
	if (can_have_index(rel, relation, inhparent))
		add_candidates(root, relation, rel, scope->candidates);
	table_close(relation, NoLock);
}

/*-------------------------------------------------------------------------
 *
 * index_size.c
 *		How large a freshly built index would be.
 *
 * Within a planning the planner says how many rows the table and the
 * predicate have.  Outside of one, for the reader of advice, the table is
 * locked without waiting and asked, partition by partition.  The reader may
 * be a superuser, so a predicate is only estimated then when its functions
 * are the server's own.
 *
 * IDENTIFICATION
 *		src/whatif/index_size.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/transam.h"
#include "access/xlog.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/plancat.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/relation_facts.h"
#include "whatif/index_size.h"

/* Share of the rows when a predicate cannot be estimated. */
#define DEFAULT_SHARE 0.1

bool
pa_is_safe_support(Oid funcid)
{
	HeapTuple	tuple;
	bool		safe;

	if (!OidIsValid(funcid) || funcid < FirstUnpinnedObjectId)
		return OidIsValid(funcid);
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	if (!HeapTupleIsValid(tuple))
		return false;
	safe = ((Form_pg_proc) GETSTRUCT(tuple))->prolang == ClanguageId &&
		superuser_arg(((Form_pg_proc) GETSTRUCT(tuple))->proowner);
	ReleaseSysCache(tuple);
	return safe;
}

bool
pa_is_safe_type(Oid type)
{
	return type < FirstUnpinnedObjectId ||
		(get_typtype(type) == TYPTYPE_BASE && !OidIsValid(get_element_type(type)));
}

void
pa_index_size(const PaIndexShape *shape, Relation relation, double tuples,
			  double table_tuples, double table_pages, bool sampled, PaIndexSize *size)
{
	PaSizedIndex *index = palloc0(sizeof(PaSizedIndex));
	double		pages;

	if (pa_find_size(shape, tuples, table_tuples, size))
	{
		pfree(index);
		return;
	}
	pa_size_columns(shape, relation, tuples, table_tuples, table_pages, sampled, index);
	size->tuples = index->tuples;
	size->height = -1;
	switch (shape->method)
	{
		case BTREE_AM_OID:
			pages = pa_btree_pages(index, &size->height);
			break;
		case HASH_AM_OID:
			pages = pa_hash_pages(index);
			break;
		case BRIN_AM_OID:
			pages = pa_brin_pages(index);
			break;
		case GIN_AM_OID:
			pages = pa_gin_pages(index);
			break;
		default:
			pages = pa_gist_pages(index);
			break;
	}
	size->pages = (BlockNumber) Max(1.0, Min(pages, (double) MaxBlockNumber));
	if (index->rows != NULL)
		pa_keep_size(shape, tuples, table_tuples, size);
	pfree(index);
}

/* ---- outside of a planning ---- */

/*
 * A relation as the estimators look at it.  NB: made by hand.  The planner's
 * own way opens the relation's indexes, which may be locked, and folds their
 * expressions, which calls functions of the table's owner as the reader.
 */
static RelOptInfo *
plain_relation(PlannerInfo *root, double tuples, double pages)
{
	RelOptInfo *rel = makeNode(RelOptInfo);

	rel->reloptkind = RELOPT_BASEREL;
	rel->rtekind = RTE_RELATION;
	rel->relid = 1;
	rel->relids = bms_make_singleton(1);
	rel->tuples = tuples;
	rel->rows = tuples;
	rel->pages = pages;
	root->simple_rel_array[1] = rel;
	return rel;
}

/* Share of the rows that satisfy the predicate, by core's own estimators. */
static double
predicate_share(Relation relation, List *predicate, double tuples, double pages)
{
	Query	   *query = makeNode(Query);
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	PlannerInfo *root = makeNode(PlannerInfo);

	if (predicate == NIL)
		return 1.0;
	if (!pa_is_servers_own((Node *) predicate))
		return DEFAULT_SHARE;

	rte->rtekind = RTE_RELATION;
	rte->relid = RelationGetRelid(relation);
	rte->relkind = relation->rd_rel->relkind;
	rte->rellockmode = AccessShareLock;
	query->commandType = CMD_SELECT;
	query->rtable = list_make1(rte);
	root->glob = makeNode(PlannerGlobal);
	root->parse = query;
	root->query_level = 1;
	root->planner_cxt = CurrentMemoryContext;
	setup_simple_rel_arrays(root);
	(void) plain_relation(root, tuples, pages);
	return clauselist_selectivity(root, predicate, 0, JOIN_INNER, NULL);
}

/* Bytes on a relation that the caller has locked. */
static int64
size_on_relation(const PaIndexSpec *spec, Relation relation, bool sampled)
{
	PaIndexShape shape;
	PaIndexSize size;
	BlockNumber pages;
	double		tuples,
				allvisible;

	if (relation->rd_tableam == NULL ||
		!pa_index_shape(spec, RelationGetRelid(relation), &shape))
		return 0;
	estimate_rel_size(relation, NULL, &pages, &tuples, &allvisible);
	pa_index_size(&shape, relation, tuples * predicate_share(relation, shape.predicate, tuples, pages),
				  tuples, pages, sampled, &size);
	return (int64) size.pages * BLCKSZ;
}

/* Without a lock: what the catalogs know. */
static int64
size_from_catalog(const PaIndexSpec *spec, Oid relid)
{
	PaRelationFacts facts;
	PaIndexShape shape;
	PaIndexSize size;

	if (!pa_catalog_relation_facts(relid, &facts) || !pa_index_shape(spec, relid, &shape))
		return 0;
	pa_index_size(&shape, NULL, facts.tuples * (shape.predicate != NIL ? DEFAULT_SHARE : 1.0),
				  facts.tuples, (double) facts.size / BLCKSZ, false, &size);
	return (int64) size.pages * BLCKSZ;
}

static int64
size_of_one(const PaIndexSpec *spec, Oid relid, bool sampled)
{
	Relation	relation;
	int64		size;

	if (!ConditionalLockRelationOid(relid, AccessShareLock))
		return size_from_catalog(spec, relid);
	relation = try_relation_open(relid, NoLock);
	if (relation == NULL)
	{
		UnlockRelationOid(relid, AccessShareLock);
		return 0;
	}
	/* an unlogged table has no files on a standby */
	size = RecoveryInProgress() && relation->rd_rel->relpersistence == RELPERSISTENCE_UNLOGGED ?
		size_from_catalog(spec, relid) : size_on_relation(spec, relation, sampled);
	relation_close(relation, AccessShareLock);
	return size;
}

/* Within a context of its own: an advisor asks for many. */
static int64
size_of_index(const PaIndexSpec *spec, bool sampled)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "perf_advisor index size",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext oldcontext = MemoryContextSwitchTo(context);
	int64		size = 0;
	ListCell   *lc;

	if (get_rel_relkind(spec->relid) == RELKIND_PARTITIONED_TABLE)
	{
		foreach(lc, pa_catalog_with_partitions(spec->relid))
			size += size_of_one(spec, lfirst_oid(lc), sampled);
	}
	else
		size = size_of_one(spec, spec->relid, sampled);
	MemoryContextSwitchTo(oldcontext);
	MemoryContextDelete(context);
	return size;
}

int64
pa_whatif_index_size(const PaIndexSpec *spec)
{
	return size_of_index(spec, true);
}

int64
pa_whatif_rough_index_size(const PaIndexSpec *spec)
{
	return size_of_index(spec, false);
}

/*-------------------------------------------------------------------------
 *
 * relation_facts.c
 *		Facts about a table: kind, names, owner, size, partitions.
 *
 * Read from the catalogs at the moment of the call.  Nothing waits: the size
 * needs the table open, so its lock is asked for conditionally, and the last
 * known number of pages is the answer when somebody holds the table.
 *
 * What does not belong here: the opinion whether a table deserves advice
 * (whatif/ and analyze/).
 *
 * IDENTIFICATION
 *		src/catalog/relation_facts.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_statistic.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/column_facts.h"
#include "catalog/relation_facts.h"

/* Bytes of the main fork, or the catalog's pages when the table is locked. */
static int64
relation_size(Oid relid, int32 relpages)
{
	Relation	relation;
	int64		size = (int64) Max(relpages, 0) * BLCKSZ;

	if (!ConditionalLockRelationOid(relid, AccessShareLock))
		return size;
	relation = try_relation_open(relid, NoLock);
	if (relation == NULL)
	{
		UnlockRelationOid(relid, AccessShareLock);
		return 0;
	}
	/* what is not logged has no file on a standby */
	if (RecoveryInProgress() &&
		relation->rd_rel->relpersistence == RELPERSISTENCE_UNLOGGED)
		size = (int64) Max(relpages, 0) * BLCKSZ;
	else if (RELKIND_HAS_STORAGE(relation->rd_rel->relkind))
		size = (int64) RelationGetNumberOfBlocks(relation) * BLCKSZ;
	else
		size = 0;
	relation_close(relation, AccessShareLock);
	return size;
}

/* Whether some column has statistics: CREATE INDEX alone sets reltuples. */
static bool
has_statistics(Oid relid, int natts)
{
	for (int attnum = 1; attnum <= natts; attnum++)
	{
		if (SearchSysCacheExists3(STATRELATTINH, ObjectIdGetDatum(relid),
								  Int16GetDatum(attnum), BoolGetDatum(false)) ||
			SearchSysCacheExists3(STATRELATTINH, ObjectIdGetDatum(relid),
								  Int16GetDatum(attnum), BoolGetDatum(true)))
			return true;
	}
	return false;
}

static bool
is_system_namespace(Oid namespaceid, const char *name)
{
	return IsCatalogNamespace(namespaceid) || IsToastNamespace(namespaceid) ||
		(name != NULL && strcmp(name, "information_schema") == 0);
}

static int
get_relnatts(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	int			natts;

	if (!HeapTupleIsValid(tuple))
		return 0;
	natts = ((Form_pg_class) GETSTRUCT(tuple))->relnatts;
	ReleaseSysCache(tuple);
	return natts;
}

bool
pa_catalog_relation_facts(Oid relid, PaRelationFacts *facts)
{
	HeapTuple	tuple;
	Form_pg_class class;
	int32		relpages;
	int			natts;

	memset(facts, 0, sizeof(*facts));
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	if (!HeapTupleIsValid(tuple))
		return false;
	class = (Form_pg_class) GETSTRUCT(tuple);
	facts->relid = relid;
	facts->namespaceid = class->relnamespace;
	facts->owner = class->relowner;
	facts->relname = pstrdup(NameStr(class->relname));
	facts->relkind = class->relkind;
	facts->persistence = class->relpersistence;
	facts->is_partition = class->relispartition;
	facts->tuples = class->reltuples < 0 ? -1 : class->reltuples;
	relpages = class->relpages;
	natts = class->relnatts;
	ReleaseSysCache(tuple);

	facts->schemaname = get_namespace_name(facts->namespaceid);
	if (facts->schemaname == NULL)
		return false;			/* dropped meanwhile */
	facts->is_catalog = is_system_namespace(facts->namespaceid, facts->schemaname);
	facts->is_extension = OidIsValid(getExtensionOfObject(RelationRelationId, relid));
	facts->is_analyzed = facts->tuples >= 0 && has_statistics(relid, natts);
	facts->size = relation_size(relid, relpages);
	return true;
}

bool
pa_catalog_is_user_table(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class class;
	Oid			namespaceid;
	bool		is_table;

	if (!HeapTupleIsValid(tuple))
		return false;
	class = (Form_pg_class) GETSTRUCT(tuple);
	namespaceid = class->relnamespace;
	is_table = class->relpersistence != RELPERSISTENCE_TEMP &&
		(class->relkind == RELKIND_RELATION ||
		 class->relkind == RELKIND_MATVIEW ||
		 class->relkind == RELKIND_PARTITIONED_TABLE);
	ReleaseSysCache(tuple);
	return is_table &&
		!is_system_namespace(namespaceid, get_namespace_name(namespaceid)) &&
		!OidIsValid(getExtensionOfObject(RelationRelationId, relid));
}

char *
pa_catalog_column_name(Oid relid, AttrNumber attnum)
{
	return get_attname(relid, attnum, true);
}

/* ---- partitions ---- */

List *
pa_catalog_partitions(Oid relid)
{
	/* no invalidation is looked at between the two look-ups of the relation */
	return SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid)) ?
		find_inheritance_children(relid, NoLock) : NIL;
}

List *
pa_catalog_with_partitions(Oid relid)
{
	List	   *all = list_make1_oid(relid);
	ListCell   *lc;

	/* it grows while it is walked */
	foreach(lc, all)
		all = list_concat(all, pa_catalog_partitions(lfirst_oid(lc)));
	return all;
}

/* What the table inherits from or is a partition of, one level up. */
static List *
direct_parents(Relation pg_inherits, Oid relid)
{
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;
	List	   *parents = NIL;

	ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(pg_inherits, InheritsRelidSeqnoIndexId, true,
							  NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		parents = lappend_oid(parents,
							  ((Form_pg_inherits) GETSTRUCT(tuple))->inhparent);
	systable_endscan(scan);
	return parents;
}

List *
pa_catalog_with_parents(Oid relid)
{
	Relation	pg_inherits = table_open(InheritsRelationId, AccessShareLock);
	List	   *all = list_make1_oid(relid);
	ListCell   *lc;

	/* it grows while it is walked; two parents may have one above them both */
	foreach(lc, all)
		all = list_concat_unique_oid(all, direct_parents(pg_inherits, lfirst_oid(lc)));
	table_close(pg_inherits, AccessShareLock);
	return all;
}

/* Adds one partition, unless it is partitioned itself, to the sums. */
static void
add_partition(Oid relid, PaPartitionFacts *facts, double *largest)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class class;

	if (!HeapTupleIsValid(tuple))
		return;
	class = (Form_pg_class) GETSTRUCT(tuple);
	if (class->relkind == RELKIND_RELATION)
	{
		facts->nleaves++;
		facts->tuples += Max(class->reltuples, 0);
		facts->pages += Max(class->relpages, 0);
		facts->allvisible += Max(class->relallvisible, 0);
		if (class->reltuples > *largest)
		{
			*largest = class->reltuples;
			facts->largest = relid;
		}
	}
	ReleaseSysCache(tuple);
}

int64
pa_catalog_size(Oid relid)
{
	List	   *all = pa_catalog_with_partitions(relid);
	int64		size = 0;
	ListCell   *lc;

	foreach(lc, all)
	{
		HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(lfirst_oid(lc)));
		int32		relpages;

		if (!HeapTupleIsValid(tuple))
			continue;
		relpages = ((Form_pg_class) GETSTRUCT(tuple))->relpages;
		ReleaseSysCache(tuple);
		size += relation_size(lfirst_oid(lc), relpages);
	}
	list_free(all);
	return size;
}

void
pa_catalog_partition_facts(Oid relid, PaPartitionFacts *facts)
{
	double		largest = -1;
	List	   *partitions;
	ListCell   *lc;

	memset(facts, 0, sizeof(*facts));
	partitions = pa_catalog_with_partitions(relid);
	foreach(lc, partitions)
		add_partition(lfirst_oid(lc), facts, &largest);
	list_free(partitions);
	facts->is_analyzed = OidIsValid(facts->largest) &&
		has_statistics(facts->largest, get_relnatts(facts->largest));
	facts->root_is_analyzed = has_statistics(relid, get_relnatts(relid));
}

Oid
pa_catalog_largest_partition(Oid relid)
{
	PaPartitionFacts facts;

	pa_catalog_partition_facts(relid, &facts);
	return facts.largest;
}

/*-------------------------------------------------------------------------
 *
 * index_heirs.c
 *		Which index has the uses of another one that goes: from the catalogs,
 *		inside of the statement that drops or detaches it.
 *
 * IDENTIFICATION
 *		src/collect/index_heirs.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/partition.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "mb/pg_wchar.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "collect/detail.h"

/* What REINDEX CONCURRENTLY appends to the name of what it replaced. */
#define PA_OLD_SUFFIX "_ccold"

/* Adds the table's indexes; no lock of it is needed to read pg_index. */
static List *
add_indexes(List *list, Oid relid)
{
	Relation	pg_index = table_open(IndexRelationId, AccessShareLock);
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_index_indrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(pg_index, IndexIndrelidIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		list = lappend_oid(list, ((Form_pg_index) GETSTRUCT(tuple))->indexrelid);
	systable_endscan(scan);
	table_close(pg_index, AccessShareLock);
	return list;
}

/* OidList: the indexes of a table and of all its partitions. */
List *
pa_indexes_below(Oid relid)
{
	List	   *list = NIL;
	ListCell   *lc;

	foreach(lc, find_all_inheritors(relid, NoLock, NULL))
		list = add_indexes(list, lfirst_oid(lc));
	return list;
}

/* The top of the tree of partitioned indexes, InvalidOid when it is in none. */
Oid
pa_partitioned_index_of(Oid indexid)
{
	List	   *ancestors;

	if (!get_rel_relispartition(indexid))
		return InvalidOid;
	ancestors = get_partition_ancestors(indexid);
	return ancestors != NIL ? llast_oid(ancestors) : InvalidOid;
}

/*
 * Gives the length of the name without the suffix and the number that may
 * follow it, 0 when it has none.
 */
static int
name_before_suffix(const char *name)
{
	int			len = strlen(name);
	int			suffix = strlen(PA_OLD_SUFFIX);

	while (len > 0 && name[len - 1] >= '0' && name[len - 1] <= '9')
		len--;
	if (len <= suffix || strncmp(name + len - suffix, PA_OLD_SUFFIX, suffix) != 0)
		return 0;
	return len - suffix;
}

/*
 * The index that took the place of one which REINDEX CONCURRENTLY is about to
 * drop; InvalidOid when this index is not such a one.  A name that left no room for the suffix was cut.
 */
Oid
pa_index_copy_of(Oid indexid)
{
	char	   *name = get_rel_name(indexid);
	int			len = name == NULL ? 0 : name_before_suffix(name);
	bool		cut = name != NULL && strlen(name) >= NAMEDATALEN - MAX_MULTIBYTE_CHAR_LEN;
	Oid			relid = len == 0 ? InvalidOid : IndexGetRelation(indexid, true);
	ListCell   *lc;

	if (!OidIsValid(relid))
		return InvalidOid;
	foreach(lc, add_indexes(NIL, relid))
	{
		char	   *other = lfirst_oid(lc) == indexid ? NULL : get_rel_name(lfirst_oid(lc));

		if (other != NULL && strncmp(other, name, len) == 0 && (cut || other[len] == '\0'))
			return lfirst_oid(lc);
	}
	return InvalidOid;
}

/*-------------------------------------------------------------------------
 *
 * table_writes.c
 *		What the catalogs and the cumulative statistics say of writes.
 *
 * How many rows are written in the window is known from the statements; how
 * many of the updates were HOT is known to the table's cumulative statistics
 * alone, and only since those began.  So it is taken from them as a share.
 *
 * IDENTIFICATION
 *		src/catalog/table_writes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "catalog/relation_facts.h"
#include "catalog/table_writes.h"
#include "compat/capabilities.h"

/* Taken for HOT where the statistics do not say. */
#define UNKNOWN_HOT_SHARE 0.5

/* Fewer updates in the statistics say nothing about the next ones. */
#define MIN_KNOWN_UPDATES 10

Oid
pa_catalog_partition_root(Oid relid)
{
	List	   *ancestors;

	if (!get_rel_relispartition(relid))
		return relid;
	ancestors = get_partition_ancestors(relid);
	return ancestors != NIL ? llast_oid(ancestors) : relid;
}

Bitmapset *
pa_catalog_root_columns(Oid relid, Oid root, const Bitmapset *attnums)
{
	Bitmapset  *result = NULL;
	int			attnum = -1;

	if (relid == root)
		return bms_copy(attnums);
	while ((attnum = bms_next_member(attnums, attnum)) >= 0)
	{
		char	   *name = get_attname(relid, attnum, true);
		AttrNumber	of_root = name != NULL ? get_attnum(root, name) : InvalidAttrNumber;

		if (of_root > 0)
			result = bms_add_member(result, of_root);
	}
	return result;
}

/* Share of the table's updates that were HOT, 0-1, over its partitions. */
static double
hot_share(Oid relid)
{
	double		updates = 0;
	double		hot = 0;
	ListCell   *lc;

	/* what wrote to a table is remembered longer than the table */
	if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid)))
		return UNKNOWN_HOT_SHARE;
	foreach(lc, pa_catalog_with_partitions(relid))
	{
		Datum		leaf = ObjectIdGetDatum(lfirst_oid(lc));

		updates += DatumGetInt64(OidFunctionCall1(F_PG_STAT_GET_TUPLES_UPDATED, leaf));
		hot += DatumGetInt64(OidFunctionCall1(F_PG_STAT_GET_TUPLES_HOT_UPDATED, leaf));
	}
	if (updates < MIN_KNOWN_UPDATES)
		return UNKNOWN_HOT_SHARE;
	return Min(1.0, hot / updates);
}

double
pa_catalog_deleted_rows(Oid relid)
{
	double		deletes = 0;
	ListCell   *lc;

	foreach(lc, pa_catalog_with_partitions(relid))
		deletes += DatumGetInt64(OidFunctionCall1(F_PG_STAT_GET_TUPLES_DELETED,
												  ObjectIdGetDatum(lfirst_oid(lc))));
	return deletes;
}

/* Indexes that writers keep up to date, the invalid ones too. */
static int
count_indexes(Oid relid)
{
	Relation	pg_index = table_open(IndexRelationId, AccessShareLock);
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;
	int			count = 0;

	ScanKeyInit(&key, Anum_pg_index_indrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(pg_index, IndexIndrelidIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		if (((Form_pg_index) GETSTRUCT(tuple))->indislive)
			count++;
	}
	systable_endscan(scan);
	table_close(pg_index, AccessShareLock);
	return count;
}

void
pa_catalog_complete_writes(PaTableWrites *writes)
{
	if (writes->updates > 0)
		writes->hot_updates = writes->updates * hot_share(writes->relid);
	writes->nindexes = count_indexes(writes->relid);
	writes->brin_keeps_hot = PA_BRIN_KEEPS_HOT;
}

/*-------------------------------------------------------------------------
 *
 * table_writes.h
 *		What the catalogs and the cumulative statistics say of writes.
 *
 * As everything in this room: no lock on the relation, and a relation that is
 * gone is an answer.
 *
 * IDENTIFICATION
 *		src/catalog/table_writes.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_CATALOG_TABLE_WRITES_H
#define PA_CATALOG_TABLE_WRITES_H

#include "base/table_writes.h"

/* The root of the table's partition tree, or the table itself. */
extern Oid	pa_catalog_partition_root(Oid relid);

/*
 * The columns of a table in its root's attribute numbers, palloc'd; those
 * that the root does not have are left out.
 */
extern Bitmapset *pa_catalog_root_columns(Oid relid, Oid root,
										  const Bitmapset *attnums);

/* Rows that were deleted, by the cumulative statistics, over its partitions. */
extern double pa_catalog_deleted_rows(Oid relid);

/* Fills in hot_updates from updates, nindexes and brin_keeps_hot. */
extern void pa_catalog_complete_writes(PaTableWrites *writes);

#endif							/* PA_CATALOG_TABLE_WRITES_H */

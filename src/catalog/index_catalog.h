/*-------------------------------------------------------------------------
 *
 * index_catalog.h
 *		All indexes of the database, and one of them in full.
 *
 * IDENTIFICATION
 *		src/catalog/index_catalog.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_CATALOG_INDEX_CATALOG_H
#define PA_CATALOG_INDEX_CATALOG_H

#include "base/index_description.h"

/* What a walk over all indexes needs to know of each. */
typedef struct PaIndexEntry
{
	Oid			relid;
	Oid			indexid;
	AttrNumber	leading;		/* first key, 0: an expression */
	bool		valid;			/* queries may use it */
	bool		ready;			/* writers keep it up to date */
	bool		live;			/* not about to be dropped */
	bool		unique;
} PaIndexEntry;

/*
 * Those that initdb did not make, in order of relid and indexid, palloc'd.
 * No table and no index is locked.
 */
extern PaIndexEntry *pa_catalog_index_entries(int *count);

/* One of them as it is by now; false when it is gone. */
extern bool pa_catalog_index_entry(Oid indexid, PaIndexEntry *entry);

/*
 * NULL when it is gone.  Size and scans are those of the present moment; who
 * holds the index does not stop this, its size is then the last known one.
 */
extern PaDescribedIndex *pa_catalog_describe_index(Oid indexid);

/* What the partition of an index is attached to at last, or the index itself. */
extern Oid	pa_catalog_root_of_index(Oid indexid);

/* What a partition is attached to directly, 0: nothing. */
extern Oid	pa_catalog_parent_of(Oid partition);

/* How many partitioned tables are above a table, 0 unless it is a partition. */
extern int	pa_catalog_partition_depth(Oid relid);

#endif							/* PA_CATALOG_INDEX_CATALOG_H */

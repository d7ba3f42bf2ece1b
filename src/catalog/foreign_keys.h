/*-------------------------------------------------------------------------
 *
 * foreign_keys.h
 *		Foreign keys that no index of the referencing table serves.
 *
 * IDENTIFICATION
 *		src/catalog/foreign_keys.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_CATALOG_FOREIGN_KEYS_H
#define PA_CATALOG_FOREIGN_KEYS_H

#include "access/attnum.h"
#include "nodes/pg_list.h"

typedef struct PaForeignKey
{
	const char *name;			/* of the constraint */
	Oid			relid;			/* the referencing table */
	Oid			parent;			/* the referenced table */
	int			nkeys;
	AttrNumber *attnums;		/* of the referencing table */
	int64		parent_deletes; /* rows deleted from the parent, by pg_stat */
	int64		writes;			/* rows that would have been entered in one more
								 * index of the referencing table, likewise */
} PaForeignKey;

/*
 * List of PaForeignKey *, of ordinary and partitioned tables but not of
 * partitions, in order of their OIDs; palloc'd in CurrentMemoryContext.  No
 * table is locked.
 */
extern List *pa_catalog_bare_foreign_keys(void);

#endif							/* PA_CATALOG_FOREIGN_KEYS_H */

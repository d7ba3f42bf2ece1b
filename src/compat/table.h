/*-------------------------------------------------------------------------
 *
 * table.h
 *		What differs between server versions in reading a table.
 *
 * IDENTIFICATION
 *		src/compat/table.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_TABLE_H
#define PA_COMPAT_TABLE_H

#include "access/tableam.h"
#include "access/tupdesc.h"

/* 19 gave scans of tables flags of their callers. */
static inline TableScanDesc
pa_table_beginscan_tidrange(Relation relation, Snapshot snapshot, ItemPointer first,
							ItemPointer last)
{
#if PG_VERSION_NUM >= 190000
	return table_beginscan_tidrange(relation, snapshot, first, last, 0);
#else
	return table_beginscan_tidrange(relation, snapshot, first, last);
#endif
}

/* 19 wants to be told that a descriptor made by hand is complete. */
static inline void
pa_tuple_desc_finalize(TupleDesc desc)
{
#if PG_VERSION_NUM >= 190000
	TupleDescFinalize(desc);
#else
	(void) desc;
#endif
}

#endif							/* PA_COMPAT_TABLE_H */

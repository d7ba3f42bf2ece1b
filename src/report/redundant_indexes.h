/*-------------------------------------------------------------------------
 *
 * redundant_indexes.h
 *		Indexes that another index of the same table makes superfluous.
 *
 * IDENTIFICATION
 *		src/report/redundant_indexes.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_REDUNDANT_INDEXES_H
#define PA_REPORT_REDUNDANT_INDEXES_H

#include "base/index_description.h"
#include "report/index_drop.h"

/* One index; all texts are palloc'd. */
typedef struct PaRedundantRow
{
	const char *schemaname;
	const char *relname;
	Oid			relid;
	const char *indexrelname;
	Oid			indexrelid;
	char	   *covered_by;		/* with its schema, quoted */
	Oid			covered_by_relid;
	int64		index_size;		/* bytes */
	PaRedundancy redundancy;
	const char *kind;			/* "duplicate", "prefix" or "overlap" */
	char	   *reason;
	PaIndexDrop drop;			/* NULLs for an overlap */
} PaRedundantRow;

/*
 * List of PaRedundantRow *, those that can go first, largest first; overlaps
 * behind them.  Reads catalogs only: works without the library preloaded, on a
 * standby, in a read-only transaction.
 */
extern List *pa_report_redundant_indexes(void);

#endif							/* PA_REPORT_REDUNDANT_INDEXES_H */

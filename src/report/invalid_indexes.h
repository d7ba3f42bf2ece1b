/*-------------------------------------------------------------------------
 *
 * invalid_indexes.h
 *		Indexes that no query may use, and how to get rid of that.
 *
 * IDENTIFICATION
 *		src/report/invalid_indexes.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_INVALID_INDEXES_H
#define PA_REPORT_INVALID_INDEXES_H

#include "base/index_description.h"
#include "report/index_drop.h"

/* One index; all texts are palloc'd. */
typedef struct PaInvalidRow
{
	const char *schemaname;
	const char *relname;
	Oid			relid;
	const char *indexrelname;
	Oid			indexrelid;
	int64		index_size;		/* bytes */
	const char *kind;			/* see the view */
	char	   *reason;
	char	   *fix;			/* NULL: the reason says why */
	char	   *fix_script;		/* the same without blocking writes, for psql -f;
								 * NULL: fix does not block them, or there is none */
	char	   *undo;			/* NULL: there is nothing to be brought back */
	char	   *undo_rest;
} PaInvalidRow;

/*
 * List of PaInvalidRow *, largest first.  Indexes that another session is
 * working on are not there.  Reads catalogs and the lock table only: works
 * without the library preloaded, on a standby, in a read-only transaction.
 */
extern List *pa_report_invalid_indexes(void);

/*
 * The statements that complete an index of a partitioned table, in row->reason,
 * fix and fix_script (report/partitioned_invalid.c).
 */
extern void pa_invalid_partitioned(PaInvalidRow *row, const PaDescribedIndex *index);

#endif							/* PA_REPORT_INVALID_INDEXES_H */

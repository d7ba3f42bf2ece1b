/*-------------------------------------------------------------------------
 *
 * updates.h
 *		Which columns the workload's UPDATEs set, and how often.
 *
 * IDENTIFICATION
 *		src/report/updates.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_UPDATES_H
#define PA_REPORT_UPDATES_H

#include "nodes/parsenodes.h"
#include "nodes/pg_list.h"

#include "base/table_writes.h"

/* Adds what one statement sets to a List of PaColumnUpdates *. */
extern List *pa_updates_add(List *updates, const Query *query, int64 calls);

/* Calls of statements that set the column. */
extern int64 pa_updates_calls(const List *updates, Oid relid, AttrNumber attnum);

#endif							/* PA_REPORT_UPDATES_H */

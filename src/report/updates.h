/*-------------------------------------------------------------------------
 *
 * updates.h
 *		What the workload's statements write, table by table.
 *
 * IDENTIFICATION
 *		src/report/updates.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_UPDATES_H
#define PA_REPORT_UPDATES_H

#include "access/attnum.h"
#include "nodes/pg_list.h"

#include "base/table_writes.h"

/*
 * List of PaTableWrites *, one for each table of this database that recorded
 * statements wrote to; palloc'd in CurrentMemoryContext.
 */
extern List *pa_report_table_writes(void);

/* What is written to the table; NULL when no recorded statement does. */
extern const PaTableWrites *pa_table_writes_of(const List *writes, Oid relid);

/* Calls of statements that set the column. */
extern int64 pa_updates_calls(const List *writes, Oid relid, AttrNumber attnum);

#endif							/* PA_REPORT_UPDATES_H */

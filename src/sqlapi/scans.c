/*-------------------------------------------------------------------------
 *
 * scans.c
 *		perf_advisor.seq_scans() and table_access().
 *
 * IDENTIFICATION
 *		src/sqlapi/scans.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "report/query_text.h"
#include "report/scans.h"
#include "sqlapi/preload.h"
#include "sqlapi/row.h"

PA_SQL_FUNCTION(pa_seq_scans_1_0);
PA_SQL_FUNCTION(pa_table_access_1_0);

/* A scaled count as the whole number nearest to it. */
static void
put_count(PaRow *row, double count)
{
	pa_row_int8(row, (int64) rint(count));
}

static void
put_table(PaRow *row, const PaScannedTable *table)
{
	pa_row_oid(row, table->relid);
	pa_row_name(row, table->schemaname);
	pa_row_name(row, table->relname);
}

static void
put_table_size(PaRow *row, const PaScannedTable *table)
{
	if (table->table_size >= 0)
		pa_row_int8(row, table->table_size);
	else
		pa_row_null(row);
}

/* perf_advisor.seq_scans() */
Datum
pa_seq_scans_1_0(PG_FUNCTION_ARGS)
{
	PaSeqScanList *list;
	PaRow		row;

	pa_require_preloaded();
	pa_rows_begin(&row, fcinfo);
	list = pa_report_seq_scans();

	for (int i = 0; i < list->count; i++)
	{
		const PaSeqScan *scan = &list->items[i];

		put_table(&row, scan->table);
		pa_row_int8(&row, scan->shape.queryid);
		pa_row_text(&row, scan->predicate);
		pa_row_int8(&row, scan->calls);
		put_count(&row, scan->scans);
		put_count(&row, scan->rows_read);
		put_count(&row, scan->rows_kept);
		if (scan->rows_read > 0)
			pa_row_float8(&row, scan->rows_kept / scan->rows_read);
		else
			pa_row_null(&row);
		pa_row_float8(&row, scan->total_time);
		pa_row_float8(&row, scan->exec_time_pct);
		/* plans that were never timed: as the others */
		if (scan->timed_calls > 0)
			pa_row_float8(&row, scan->node_time / scan->timed_calls * scan->calls);
		else
			pa_row_null(&row);
		put_table_size(&row, scan->table);
		pa_row_int8(&row, scan->sampled_calls);
		pa_row_text(&row, pa_report_query_text(&scan->shape));
		pa_row_end(&row);
	}
	return (Datum) 0;
}

/* perf_advisor.table_access() */
Datum
pa_table_access_1_0(PG_FUNCTION_ARGS)
{
	PaTableAccessList *list;
	PaRow		row;

	pa_require_preloaded();
	pa_rows_begin(&row, fcinfo);
	list = pa_report_table_access();

	for (int i = 0; i < list->count; i++)
	{
		const PaTableAccess *access = &list->items[i];

		put_table(&row, access->table);
		put_count(&row, access->seq_scan);
		put_count(&row, access->seq_tup_read);
		put_count(&row, access->idx_scan);
		put_count(&row, access->idx_tup_fetch);
		put_count(&row, access->rows_removed);
		pa_row_int8(&row, access->calls);
		pa_row_float8(&row, access->total_time);
		pa_row_float8(&row, access->exec_time_pct);
		put_table_size(&row, access->table);
		pa_row_int8(&row, access->sampled_calls);
		pa_row_int8_array(&row, access->top_queryids, access->nqueryids);
		pa_row_end(&row);
	}
	return (Datum) 0;
}

/*-------------------------------------------------------------------------
 *
 * index_health.c
 *		perf_advisor.redundant_indexes() and invalid_indexes().
 *
 * Both read catalogs only, and need the library neither preloaded nor its
 * store.
 *
 * IDENTIFICATION
 *		src/sqlapi/index_health.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

#include "report/invalid_indexes.h"
#include "report/redundant_indexes.h"
#include "sqlapi/row.h"

PA_SQL_FUNCTION(pa_redundant_indexes_1_0);
PA_SQL_FUNCTION(pa_invalid_indexes_1_0);

/* perf_advisor.redundant_indexes() */
Datum
pa_redundant_indexes_1_0(PG_FUNCTION_ARGS)
{
	PaRow		row;
	ListCell   *lc;

	pa_rows_begin(&row, fcinfo);
	foreach(lc, pa_report_redundant_indexes())
	{
		const PaRedundantRow *index = lfirst(lc);

		pa_row_name(&row, index->schemaname);
		pa_row_name(&row, index->relname);
		pa_row_oid(&row, index->relid);
		pa_row_name(&row, index->indexrelname);
		pa_row_oid(&row, index->indexrelid);
		pa_row_text(&row, index->covered_by);
		pa_row_oid(&row, index->covered_by_relid);
		pa_row_int8(&row, index->index_size);
		pa_row_text(&row, index->kind);
		pa_row_text(&row, index->reason);
		pa_row_text(&row, index->drop.fix);
		pa_row_text(&row, index->drop.undo);
		pa_row_text(&row, index->drop.undo_rest);
		pa_row_end(&row);
	}
	return (Datum) 0;
}

/* perf_advisor.invalid_indexes() */
Datum
pa_invalid_indexes_1_0(PG_FUNCTION_ARGS)
{
	PaRow		row;
	ListCell   *lc;

	pa_rows_begin(&row, fcinfo);
	foreach(lc, pa_report_invalid_indexes())
	{
		const PaInvalidRow *index = lfirst(lc);

		pa_row_name(&row, index->schemaname);
		pa_row_name(&row, index->relname);
		pa_row_oid(&row, index->relid);
		pa_row_name(&row, index->indexrelname);
		pa_row_oid(&row, index->indexrelid);
		pa_row_int8(&row, index->index_size);
		pa_row_text(&row, index->kind);
		pa_row_text(&row, index->reason);
		pa_row_text(&row, index->fix);
		pa_row_text(&row, index->fix_script);
		pa_row_text(&row, index->undo);
		pa_row_text(&row, index->undo_rest);
		pa_row_end(&row);
	}
	return (Datum) 0;
}

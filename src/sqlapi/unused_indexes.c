/*-------------------------------------------------------------------------
 *
 * unused_indexes.c
 *		perf_advisor.index_duties() and perf_advisor.index_drop(): what the
 *		view unused_indexes is made of.
 *
 * Both answer without the library preloaded, on a standby, and without
 * waiting for anybody's lock.
 *
 * IDENTIFICATION
 *		src/sqlapi/unused_indexes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

#include "report/index_drop.h"
#include "report/index_duty_rows.h"
#include "sqlapi/row.h"

PA_SQL_FUNCTION(pa_index_duties_1_0);
PA_SQL_FUNCTION(pa_index_drop_1_0);

static void
put_known(PaRow *row, double value)
{
	if (value < 0)
		pa_row_null(row);
	else
		pa_row_float8(row, value);
}

static void
put_duties(PaRow *row, const PaIndexDutyRow *index)
{
	const PaIndexDuties *duties = index->duties;

	pa_row_oid(row, duties->indexid);
	pa_row_int8(row, index->size);
	pa_row_bool(row, duties->is_valid);
	pa_row_bool(row, duties->is_primary);
	pa_row_bool(row, duties->is_unique);
	pa_row_bool(row, duties->is_exclusion);
	pa_row_bool(row, duties->is_deferrable);
	pa_row_bool(row, index->is_replica_identity);
	pa_row_bool(row, index->is_clustered);
	pa_row_bool(row, index->is_fk_target);
	pa_row_bool(row, index->supports_fk);
	pa_row_bool(row, index->is_statistics);
	pa_row_bool(row, index->is_apply_target);
	pa_row_bool(row, index->is_extension);
	pa_row_bool(row, index->is_ignored);
	pa_row_bool(row, index->table_used);
	pa_row_int8(row, index->fk_check_uses);
	put_known(row, index->entries);
	put_known(row, index->write_time);
	pa_row_text(row, index->duties_text);
	pa_row_end(row);
}

/* perf_advisor.index_duties() */
Datum
pa_index_duties_1_0(PG_FUNCTION_ARGS)
{
	List	   *rows = pa_report_index_duty_rows();
	PaRow		row;
	ListCell   *lc;

	pa_rows_begin(&row, fcinfo);
	foreach(lc, rows)
		put_duties(&row, lfirst(lc));
	return (Datum) 0;
}

/* perf_advisor.index_drop(indexrelid) */
Datum
pa_index_drop_1_0(PG_FUNCTION_ARGS)
{
	PaIndexDrop drop = {0};
	PaRow		row;

	(void) pa_index_drop(PG_GETARG_OID(0), &drop);
	pa_rows_begin(&row, fcinfo);
	pa_row_text(&row, drop.fix);
	pa_row_text(&row, drop.undo);
	pa_row_text(&row, drop.undo_rest);
	pa_row_end(&row);
	return (Datum) 0;
}

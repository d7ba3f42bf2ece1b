/*-------------------------------------------------------------------------
 *
 * errors.c
 *		perf_advisor.statement_errors().
 *
 * IDENTIFICATION
 *		src/sqlapi/errors.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "report/errors.h"
#include "report/query_text.h"
#include "sqlapi/preload.h"
#include "sqlapi/row.h"

PA_SQL_FUNCTION(pa_statement_errors_1_0);

/* userid .. query */
static void
put_identity(PaRow *row, const PaErrorRow *error)
{
	bool		has_queryid = error->evicted ||
		(error->shape.queryid != 0 && pa_report_may_see(error->shape.userid));

	pa_row_oid(row, error->shape.userid);
	pa_row_oid(row, error->shape.dbid);
	pa_row_bool(row, error->toplevel);
	if (has_queryid)
		pa_row_int8(row, error->shape.queryid);
	else
		pa_row_null(row);
	pa_row_text(row, pa_report_error_text(error));
}

/* perf_advisor.statement_errors() */
Datum
pa_statement_errors_1_0(PG_FUNCTION_ARGS)
{
	PaErrorList *list;
	PaRow		row;

	pa_require_preloaded();
	pa_rows_begin(&row, fcinfo);
	list = pa_report_errors();

	for (int i = 0; i < list->count; i++)
	{
		const PaErrorRow *error = &list->items[i];

		put_identity(&row, error);
		pa_row_text(&row, pa_report_sqlstate(error));
		pa_row_int8(&row, error->errors);
		pa_row_float8(&row, error->exec_time);
		pa_row_timestamptz(&row, error->last_error);
		pa_row_end(&row);
	}
	return (Datum) 0;
}

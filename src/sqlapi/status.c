/*-------------------------------------------------------------------------
 *
 * status.c
 *		perf_advisor.status(): works without the library preloaded too.
 *
 * IDENTIFICATION
 *		src/sqlapi/status.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

#include "report/status.h"
#include "sqlapi/row.h"

PA_SQL_FUNCTION(pa_status_1_0);

/* perf_advisor.status() */
Datum
pa_status_1_0(PG_FUNCTION_ARGS)
{
	List	   *items;
	ListCell   *lc;
	PaRow		row;

	pa_rows_begin(&row, fcinfo);
	items = pa_report_status();

	foreach(lc, items)
	{
		const PaStatusItem *check = lfirst(lc);

		pa_row_text(&row, check->item);
		pa_row_text(&row, check->value);
		pa_row_bool(&row, check->ok);
		pa_row_text(&row, check->hint);
		pa_row_end(&row);
	}
	return (Datum) 0;
}

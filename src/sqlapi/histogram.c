/*-------------------------------------------------------------------------
 *
 * histogram.c
 *		perf_advisor.statement_histogram().
 *
 * IDENTIFICATION
 *		src/sqlapi/histogram.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

#include "base/histogram.h"
#include "report/query_text.h"
#include "report/statements.h"
#include "sqlapi/preload.h"
#include "sqlapi/row.h"

PA_SQL_FUNCTION(pa_statement_histogram_1_0);

/* Appends a row for each bucket of a statement that holds calls. */
static void
put_buckets(PaRow *row, const PaStatementSum *sum, bool visible)
{
	int64		cumulative = 0;

	for (int bucket = 0; bucket < PA_HISTOGRAM_BUCKETS; bucket++)
	{
		int64		calls = (int64) sum->histogram[bucket];

		if (calls == 0)
			continue;
		cumulative += calls;
		pa_row_oid(row, sum->shape.userid);
		pa_row_oid(row, sum->shape.dbid);
		pa_row_bool(row, sum->toplevel);
		if (visible)
			pa_row_int8(row, sum->shape.queryid);
		else
			pa_row_null(row);
		pa_row_int8(row, bucket);
		pa_row_float8(row, bucket == 0 ? 0 : pa_histogram_upper_ms(bucket - 1));
		pa_row_float8(row, pa_histogram_upper_ms(bucket));
		pa_row_int8(row, calls);
		pa_row_int8(row, cumulative);
		pa_row_end(row);
	}
}

/* perf_advisor.statement_histogram() */
Datum
pa_statement_histogram_1_0(PG_FUNCTION_ARGS)
{
	PaStatementSums *sums;
	PaRow		row;

	pa_require_preloaded();
	pa_rows_begin(&row, fcinfo);
	sums = pa_report_statements();

	for (int i = 0; i < sums->count; i++)
	{
		const PaStatementSum *sum = &sums->items[i];

		put_buckets(&row, sum, pa_report_may_see_statement(&sum->shape));
	}
	return (Datum) 0;
}

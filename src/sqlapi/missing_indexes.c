/*-------------------------------------------------------------------------
 *
 * missing_indexes.c
 *		perf_advisor.missing_indexes() and advisor_skipped().
 *
 * Both run the advisor; they are VOLATILE and PARALLEL UNSAFE because it
 * plans in subtransactions.
 *
 * IDENTIFICATION
 *		src/sqlapi/missing_indexes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

#include "report/missing_indexes.h"
#include "report/query_text.h"
#include "sqlapi/preload.h"
#include "sqlapi/row.h"

PA_SQL_FUNCTION(pa_missing_indexes_1_0);
PA_SQL_FUNCTION(pa_advisor_skipped_1_0);

static void
put_index(PaRow *row, const PaMissingIndex *index, TimestampTz made_at)
{
	pa_row_int8(row, index->finding_id);
	pa_row_name(row, index->schemaname);
	pa_row_name(row, index->relname);
	pa_row_oid(row, index->relid);
	pa_row_text(row, index->index_ddl);
	pa_row_text(row, index->ddl_script);
	pa_row_text(row, index->access_method);
	pa_row_text_array(row, index->key_columns, index->nkeys);
	pa_row_text_array(row, index->include_columns, index->nincluded);
	pa_row_text(row, index->predicate);
	pa_row_int8_array(row, index->queryids, index->nqueryids);
	pa_row_int8(row, index->calls);
	pa_row_float8(row, index->total_exec_time);
	pa_row_float8(row, index->cost_before);
	pa_row_float8(row, index->cost_after);
	pa_row_float8(row, index->est_saved_time);
	pa_row_float8(row, index->est_saved_pct);
	pa_row_int8(row, index->est_index_size);
	pa_row_int8(row, index->table_size);
	pa_row_float8(row, index->write_cost.ratio);
	pa_row_float8(row, index->write_cost.hot_loss_pct);
	pa_row_text(row, "hypothetical");
	pa_row_text(row, index->replaces);
	pa_row_text(row, index->reason);
	pa_row_text_array(row, index->caveats, index->ncaveats);
	pa_row_text(row, index->confidence);
	pa_row_interval(row, index->watched_since, made_at);
	pa_row_end(row);
}

/* perf_advisor.missing_indexes() */
Datum
pa_missing_indexes_1_0(PG_FUNCTION_ARGS)
{
	PaIndexAdvice *advice;
	PaRow		row;
	ListCell   *lc;

	pa_require_preloaded();
	pa_rows_begin(&row, fcinfo);
	advice = pa_report_missing_indexes(NULL);

	foreach(lc, advice->indexes)
		put_index(&row, lfirst(lc), advice->made_at);
	return (Datum) 0;
}

/* perf_advisor.advisor_skipped() */
Datum
pa_advisor_skipped_1_0(PG_FUNCTION_ARGS)
{
	PaIndexAdvice *advice;
	PaRow		row;
	ListCell   *lc;

	pa_require_preloaded();
	pa_rows_begin(&row, fcinfo);
	advice = pa_report_missing_indexes(NULL);

	foreach(lc, advice->skipped)
	{
		const PaSkippedStatement *skipped = lfirst(lc);

		pa_row_oid(&row, skipped->statement->shape.userid);
		pa_row_int8(&row, skipped->statement->shape.queryid);
		pa_row_text(&row, skipped->reason);
		pa_row_int8(&row, skipped->statement->calls);
		pa_row_float8(&row, skipped->statement->total_exec_time);
		pa_row_text(&row, pa_report_query_text(&skipped->statement->shape));
		pa_row_end(&row);
	}
	return (Datum) 0;
}

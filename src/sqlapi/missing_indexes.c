/*-------------------------------------------------------------------------
 *
 * missing_indexes.c
 *		perf_advisor.missing_indexes() and advise_indexes(),
 *		explain_missing_index(), acknowledge(), index_hints() and
 *		advisor_skipped().
 *
 * All of them run the advisor; they are VOLATILE and PARALLEL UNSAFE because it
 * plans in subtransactions.
 *
 * IDENTIFICATION
 *		src/sqlapi/missing_indexes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <limits.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "config/config.h"
#include "report/finding_state.h"
#include "report/index_hints.h"
#include "report/missing_indexes.h"
#include "report/query_text.h"
#include "report/statements.h"
#include "sqlapi/preload.h"
#include "sqlapi/row.h"

PA_SQL_FUNCTION(pa_missing_indexes_1_0);
PA_SQL_FUNCTION(pa_advise_indexes_1_0);
PA_SQL_FUNCTION(pa_explain_missing_index_1_0);
PA_SQL_FUNCTION(pa_acknowledge_1_0);
PA_SQL_FUNCTION(pa_index_hints_1_0);
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

/* Sends the rows of the advice. */
static void
put_advice(FunctionCallInfo fcinfo, const PaIndexAdvice *advice)
{
	PaRow		row;
	ListCell   *lc;

	pa_rows_begin(&row, fcinfo);
	foreach(lc, advice->indexes)
		put_index(&row, lfirst(lc), advice->made_at);
}

/* perf_advisor.missing_indexes() */
Datum
pa_missing_indexes_1_0(PG_FUNCTION_ARGS)
{
	pa_require_preloaded();
	put_advice(fcinfo, pa_report_missing_indexes(NULL));
	return (Datum) 0;
}

/* Raises an error unless the statement was recorded in this database. */
static void
require_statement(int64 queryid)
{
	PaStatementSums *sums = pa_report_statements();

	for (int i = 0; i < sums->count; i++)
	{
		if (sums->items[i].shape.queryid == queryid &&
			sums->items[i].shape.dbid == MyDatabaseId)
			return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("no statement with queryid " INT64_FORMAT " is recorded in this database",
					queryid),
			 errhint("See the column queryid of perf_advisor.statements.")));
}

/* The deadline in msec. */
static int
deadline_from(const Interval *interval)
{
	double		msec = 1000.0 *
		DatumGetFloat8(DirectFunctionCall2(interval_part,
										   CStringGetTextDatum("epoch"),
										   IntervalPGetDatum(interval)));

	if (!(msec >= 1 && msec <= INT_MAX))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("deadline must be between 1 ms and %d days",
						INT_MAX / (24 * 60 * 60 * 1000)),
				 errhint("The default is 5 seconds.")));
	return (int) msec;
}

/* perf_advisor.advise_indexes(queryid, storage_budget, deadline) */
Datum
pa_advise_indexes_1_0(PG_FUNCTION_ARGS)
{
	PaAdvisorOptions options = {0};
	PaIndexAdvice *advice;

	pa_require_preloaded();
	options.storage_budget = -1;
	options.deadline = pa_guc_advisor_deadline;
	if (!PG_ARGISNULL(0))
	{
		options.one_statement = true;
		options.queryid = PG_GETARG_INT64(0);
		require_statement(options.queryid);
	}
	if (!PG_ARGISNULL(1))
	{
		options.storage_budget = PG_GETARG_INT64(1);
		if (options.storage_budget < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("storage_budget must not be negative"),
					 errdetail("It is the size of all new indexes together, in bytes."),
					 errhint("Use NULL for no limit, or for example pg_size_bytes('2 GB').")));
	}
	if (!PG_ARGISNULL(2))
		options.deadline = deadline_from(PG_GETARG_INTERVAL_P(2));

	advice = pa_report_missing_indexes(&options);
	pa_finding_state_record(advice, !options.one_statement &&
							options.storage_budget < 0);
	put_advice(fcinfo, advice);
	return (Datum) 0;
}

static void
put_statement(PaRow *row, const PaServedStatement *statement)
{
	pa_row_int8(row, statement->shape.queryid);
	pa_row_text(row, pa_report_query_text(&statement->shape));
	pa_row_int8(row, statement->calls);
	pa_row_float8(row, statement->cost_before);
	pa_row_float8(row, statement->cost_after);
	pa_row_float8(row, statement->est_saved_time);
	pa_row_text(row, statement->plan_before);
	pa_row_text(row, statement->plan_after);
	pa_row_end(row);
}

/* perf_advisor.explain_missing_index(finding_id) */
Datum
pa_explain_missing_index_1_0(PG_FUNCTION_ARGS)
{
	PaAdvisorOptions options = {0};
	PaIndexAdvice *advice;
	ListCell   *lc;

	pa_require_preloaded();
	options.storage_budget = -1;
	options.deadline = pa_guc_advisor_deadline;
	options.explain = true;
	options.finding_id = PG_GETARG_INT64(0);
	advice = pa_report_missing_indexes(&options);

	foreach(lc, advice->indexes)
	{
		const PaMissingIndex *index = lfirst(lc);
		PaRow		row;
		ListCell   *lc2;

		if (index->finding_id != options.finding_id)
			continue;
		pa_rows_begin(&row, fcinfo);
		foreach(lc2, index->statements)
			put_statement(&row, lfirst(lc2));
		return (Datum) 0;
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("no index is advised under finding_id " INT64_FORMAT,
					options.finding_id),
			 errdetail("Advice changes with the workload, and goes when the index is created."),
			 errhint("Take finding_id from perf_advisor.missing_indexes as it is now.")));
}

/* perf_advisor.acknowledge(finding_id, note) */
Datum
pa_acknowledge_1_0(PG_FUNCTION_ARGS)
{
	int64		finding_id;
	char	   *note = PG_ARGISNULL(1) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(1));

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("finding_id must not be NULL")));
	finding_id = PG_GETARG_INT64(0);
	PreventCommandIfReadOnly("perf_advisor.acknowledge()");
	PreventCommandDuringRecovery("perf_advisor.acknowledge()");

	if (pa_finding_state_acknowledge(finding_id, note))
		PG_RETURN_VOID();

	/* It may have been read in a view, which writes nothing. */
	pa_require_preloaded();
	pa_finding_state_record(pa_report_missing_indexes(NULL), true);
	if (!pa_finding_state_acknowledge(finding_id, note))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("nothing was advised under finding_id " INT64_FORMAT,
						finding_id),
				 errhint("See the column finding_id of perf_advisor.missing_indexes and perf_advisor.finding_state.")));
	PG_RETURN_VOID();
}

/* perf_advisor.index_hints() */
Datum
pa_index_hints_1_0(PG_FUNCTION_ARGS)
{
	PaRow		row;
	ListCell   *lc;

	pa_require_preloaded();
	pa_rows_begin(&row, fcinfo);
	foreach(lc, pa_report_index_hints())
	{
		const PaIndexHint *hint = lfirst(lc);

		pa_row_text(&row, hint->kind);
		pa_row_name(&row, hint->schemaname);
		pa_row_name(&row, hint->relname);
		pa_row_oid(&row, hint->relid);
		pa_row_text(&row, hint->column_name);
		pa_row_int8_array(&row, hint->queryids, hint->nqueryids);
		pa_row_int8(&row, hint->calls);
		pa_row_float8(&row, hint->total_exec_time);
		pa_row_text(&row, hint->severity);
		pa_row_text(&row, hint->hint);
		pa_row_text(&row, hint->fix);
		pa_row_end(&row);
	}
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

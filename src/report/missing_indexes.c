/*-------------------------------------------------------------------------
 *
 * missing_indexes.c
 *		The indexes that this database's statements lack.
 *
 * IDENTIFICATION
 *		src/report/missing_indexes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "config/config.h"
#include "report/advisor.h"
#include "report/missing_indexes.h"

PaIndexAdvice *
pa_report_missing_indexes(const PaAdvisorOptions *options)
{
	PaAdvisorOptions defaults = {0};
	PaAdvisor  *advisor;
	PaIndexAdvice *advice = palloc0(sizeof(PaIndexAdvice));

	defaults.storage_budget = -1;
	defaults.deadline = pa_guc_advisor_deadline;
	advisor = pa_advisor_run(options != NULL ? options : &defaults);

	advice->made_at = advisor->started;
	advice->indexes = pa_advisor_findings(advisor);
	advice->skipped = advisor->skipped;
	advice->recorded = advisor->workload->statements;
	advice->planner_calls = advisor->planner_calls;
	advice->deadline_hit = advisor->deadline_hit;
	ereport(DEBUG1,
			(errmsg_internal("perf_advisor: %d trees, %d candidates, %d plannings, %d indexes advised in %.0f ms",
							 list_length(advisor->subjects),
							 list_length(advisor->matrix->candidates),
							 advisor->planner_calls,
							 list_length(advice->indexes),
							 (double) (GetCurrentTimestamp() - advisor->started) / 1000.0)));
	pa_advisor_close(advisor);
	return advice;
}

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

#include "report/advisor.h"
#include "report/missing_indexes.h"

PaIndexAdvice *
pa_report_missing_indexes(void)
{
	PaAdvisor  *advisor = pa_advisor_run();
	PaIndexAdvice *advice = palloc0(sizeof(PaIndexAdvice));

	advice->made_at = advisor->started;
	advice->indexes = pa_advisor_findings(advisor);
	advice->skipped = advisor->skipped;
	pa_advisor_close(advisor);
	return advice;
}

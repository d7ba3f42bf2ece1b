/*-------------------------------------------------------------------------
 *
 * finding_state.h
 *		What became of the advice: the table perf_advisor.finding_state.
 *
 * IDENTIFICATION
 *		src/report/finding_state.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_FINDING_STATE_H
#define PA_REPORT_FINDING_STATE_H

#include "report/missing_indexes.h"

/*
 * Writes what was advised, and what became of earlier advice; does nothing on
 * a standby, in a read-only transaction and while another transaction does it.
 * What goes wrong is a warning.  "whole": the advice is about the
 * whole workload without limits, so that what is missing in it is advised no
 * more.
 */
extern void pa_finding_state_record(const PaIndexAdvice *advice, bool whole);

/* Marks a finding as seen; false when there is none. */
extern bool pa_finding_state_acknowledge(int64 finding_id, const char *note);

#endif							/* PA_REPORT_FINDING_STATE_H */

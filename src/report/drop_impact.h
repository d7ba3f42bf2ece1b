/*-------------------------------------------------------------------------
 *
 * drop_impact.h
 *		The table that keeps what simulate_drop() found last.
 *
 * IDENTIFICATION
 *		src/report/drop_impact.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_DROP_IMPACT_H
#define PA_REPORT_DROP_IMPACT_H

#include "report/simulate_drop.h"

/*
 * Records the outcome in perf_advisor.drop_impact, and forgets indexes that
 * are gone; nothing on a standby and in a read-only transaction.  Trouble is a
 * warning: the outcome itself is there.
 */
extern void pa_drop_impact_record(Oid indexid, const PaDropReport *report);

#endif							/* PA_REPORT_DROP_IMPACT_H */

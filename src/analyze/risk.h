/*-------------------------------------------------------------------------
 *
 * risk.h
 *		Whether the gain by an index hangs on luck.
 *
 * IDENTIFICATION
 *		src/analyze/risk.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_ANALYZE_RISK_H
#define PA_ANALYZE_RISK_H

#include "base/index_advice.h"

/*
 * True when the index gives the relation only an ordering, under LIMIT, and
 * further conditions keep few of the rows: time is saved only if rows that
 * meet them come early in that order.  The planner takes them to be spread
 * evenly; where they are not, it may well read everything.
 */
extern bool pa_analyze_relies_on_luck(const PaRelationUse *use,
									  const PaIndexSpec *spec);

#endif							/* PA_ANALYZE_RISK_H */

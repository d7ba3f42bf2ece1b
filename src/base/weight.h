/*-------------------------------------------------------------------------
 *
 * weight.h
 *		How large an expression or query becomes when it is written out.
 *
 * IDENTIFICATION
 *		src/base/weight.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_BASE_WEIGHT_H
#define PA_BASE_WEIGHT_H

#include "executor/execdesc.h"
#include "nodes/parsenodes.h"

/*
 * True when the values in it, and a little for each of its nodes, come to
 * more bytes than the limit.  It stops looking there.
 */
extern bool pa_query_is_heavier(Query *query, int64 limit);

/* Likewise for what EXPLAIN shows of a plan. */
extern bool pa_plan_is_heavier(PlanState *planstate, int64 limit);

#endif							/* PA_BASE_WEIGHT_H */

/*-------------------------------------------------------------------------
 *
 * planid.h
 *		Identifies a plan by its structure.
 *
 * IDENTIFICATION
 *		src/collect/planid.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COLLECT_PLANID_H
#define PA_COLLECT_PLANID_H

#include "nodes/plannodes.h"

extern int64 pa_planid_compute(const PlannedStmt *pstmt);

#endif							/* PA_COLLECT_PLANID_H */

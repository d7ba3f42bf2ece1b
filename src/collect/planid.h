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

#include "compat/compat.h"
#include "compat/plan_origin.h"
#include "collect/collect.h"
#include "collect/seen.h"

#define PA_TEMPORARY_RELATION 1 /* stands for any temporary relation */

/* What a relation of the range table counts as; 0: it is none. */
extern Oid	pa_plan_relation(const PlannedStmt *pstmt, Index rti);

extern pg_noinline int64 pa_planid_compute(const PlannedStmt *pstmt);

/*
 * Gives a plan's identifier, and notes its origin in the slot: what was found
 * when the same plan was met last.  Else the identifier that the plan carries
 * (18 and later), or a new one is computed.
 *
 * A plan is recognised by its address, as long as this backend has planned
 * nothing since: another plan can come to the same address only by being
 * planned.
 */
static inline int64
pa_planid_of(PaSeenShape *seen, const PlannedStmt *pstmt)
{
	if (seen->plan != pstmt || seen->plan_made != pa_plannings)
	{
		int64		planid = pa_planned_stmt_planid(pstmt);

		seen->planid = planid != 0 ? planid : pa_planid_compute(pstmt);
		seen->plan_origin = pa_plan_origin(pstmt);
		seen->plan = pstmt;
		seen->plan_made = pa_plannings;
	}
	return seen->planid;
}

#endif							/* PA_COLLECT_PLANID_H */

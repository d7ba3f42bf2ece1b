/*-------------------------------------------------------------------------
 *
 * plan_origin.h
 *		Tells whether an executed plan is a generic or a custom one.
 *
 * 19 notes it in the plan (719dcf3c42), for every plan that comes from the
 * plan cache.  Before, two things together say it:
 *
 *	a custom plan is planned with the parameters' values.  planner_hook sees
 *	that and marks the plan by a bit in jitFlags, a set of flags of which the
 *	server tests its own bits only, and which copies of the plan keep.
 *
 *	a plan that the plan cache keeps is in a memory context "CachedPlan"; one
 *	that it gave away to a cursor is in a "PortalContext", where those of
 *	DECLARE CURSOR are, too.
 *
 * So a cursor over dynamic SQL with a generic plan (FOR .. IN EXECUTE 'text' in
 * PL/pgSQL) counts as generic from 19 on, and not before.
 *
 * IDENTIFICATION
 *		src/compat/plan_origin.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_PLAN_ORIGIN_H
#define PA_COMPAT_PLAN_ORIGIN_H

#include "nodes/plannodes.h"
#include "utils/memutils.h"

/* Where an executed plan comes from. */
typedef enum PaPlanOrigin
{
	PA_PLAN_OTHER,				/* not from the plan cache */
	PA_PLAN_GENERIC,			/* cached, for any values of the parameters */
	PA_PLAN_CUSTOM				/* made for the values at hand */
} PaPlanOrigin;

#if PG_VERSION_NUM < 190000
/* far above the flags of jit/jit.h */
#define PA_PLANNED_WITH_VALUES (1 << 30)
#endif

/* Notes that a plan was made with the values of its parameters. */
static inline void
pa_plan_mark_custom(PlannedStmt *pstmt)
{
#if PG_VERSION_NUM < 190000
	pstmt->jitFlags |= PA_PLANNED_WITH_VALUES;
#else
	(void) pstmt;
#endif
}

static inline PaPlanOrigin
pa_plan_origin(const PlannedStmt *pstmt)
{
#if PG_VERSION_NUM >= 190000
	if (pstmt->planOrigin == PLAN_STMT_CACHE_CUSTOM)
		return PA_PLAN_CUSTOM;
	return pstmt->planOrigin == PLAN_STMT_CACHE_GENERIC ? PA_PLAN_GENERIC : PA_PLAN_OTHER;
#else
	const char *context = GetMemoryChunkContext(unconstify(PlannedStmt *, pstmt))->name;
	bool		has_values = (pstmt->jitFlags & PA_PLANNED_WITH_VALUES) != 0;

	if (strcmp(context, "CachedPlan") == 0)
		return has_values ? PA_PLAN_CUSTOM : PA_PLAN_GENERIC;
	return has_values && strcmp(context, "PortalContext") == 0 ? PA_PLAN_CUSTOM : PA_PLAN_OTHER;
#endif
}

#endif							/* PA_COMPAT_PLAN_ORIGIN_H */

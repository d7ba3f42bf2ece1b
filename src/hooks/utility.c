/*-------------------------------------------------------------------------
 *
 * utility.c
 *		ProcessUtility.
 *
 * IDENTIFICATION
 *		src/hooks/utility.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "collect/collect.h"
#include "hooks/hooks.h"
#include "whatif/whatif.h"

static ProcessUtility_hook_type prev_ProcessUtility = NULL;

static void
run_next(PlannedStmt *pstmt, const char *queryString, bool readOnlyTree,
		 ProcessUtilityContext context, ParamListInfo params,
		 QueryEnvironment *queryEnv, DestReceiver *dest, QueryCompletion *qc)
{
	if (prev_ProcessUtility)
		prev_ProcessUtility(pstmt, queryString, readOnlyTree, context, params, queryEnv, dest, qc);
	else
		standard_ProcessUtility(pstmt, queryString, readOnlyTree, context, params, queryEnv, dest, qc);
}

static void
process_utility(PlannedStmt *pstmt, const char *queryString, bool readOnlyTree,
				ProcessUtilityContext context, ParamListInfo params,
				QueryEnvironment *queryEnv, DestReceiver *dest, QueryCompletion *qc)
{
	PaUtility	utility;

	/* recording may be off: as object_access_hook, which does not see this */
	if (IsA(pstmt->utilityStmt, AlterTableStmt))
		pa_collect_detaching((const AlterTableStmt *) pstmt->utilityStmt);
	if (pa_collect_idle() || pa_whatif_active())
	{
		run_next(pstmt, queryString, readOnlyTree, context, params, queryEnv, dest, qc);
		return;
	}

	pa_collect_utility_begin(&utility, pstmt, queryString, context);
	PG_TRY();
	{
		run_next(pstmt, queryString, readOnlyTree, context, params, queryEnv, dest, qc);
	}
	PG_CATCH();
	{
		pa_collect_failed(&utility.running);
		PG_RE_THROW();
	}
	PG_END_TRY();
	pa_collect_utility_end(&utility, qc);
}

void
pa_hooks_init_utility(void)
{
	prev_ProcessUtility = ProcessUtility_hook;
	ProcessUtility_hook = process_utility;
}

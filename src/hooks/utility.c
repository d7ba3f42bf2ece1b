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
process_utility(PlannedStmt *pstmt, const char *queryString, bool readOnlyTree,
				ProcessUtilityContext context, ParamListInfo params,
				QueryEnvironment *queryEnv, DestReceiver *dest, QueryCompletion *qc)
{
	ProcessUtility_hook_type next = prev_ProcessUtility ? prev_ProcessUtility : standard_ProcessUtility;
	PaUtility	utility;
	volatile bool failed = true;

	if (pa_whatif_active())
	{
		next(pstmt, queryString, readOnlyTree, context, params, queryEnv, dest, qc);
		return;
	}

	pa_collect_utility_begin(&utility, pstmt, queryString);
	PG_TRY();
	{
		next(pstmt, queryString, readOnlyTree, context, params, queryEnv, dest, qc);
		failed = false;
	}
	PG_FINALLY();
	{
		pa_collect_utility_end(&utility, qc, failed);
	}
	PG_END_TRY();
}

void
pa_hooks_init_utility(void)
{
	prev_ProcessUtility = ProcessUtility_hook;
	ProcessUtility_hook = process_utility;
}

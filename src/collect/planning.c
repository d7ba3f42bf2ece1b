/*-------------------------------------------------------------------------
 *
 * planning.c
 *		Measures plannings and offers query trees.
 *
 * Block counters of a planning are not added to the statement's: those stay
 * comparable with pg_stat_statements at its defaults.
 *
 * IDENTIFICATION
 *		src/collect/planning.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "collect/detail.h"
#include "collect/planid.h"

void
pa_collect_planning_begin(PaPlanning *planning, Query *parse, const char *query_string,
						  ParamListInfo params)
{
	planning->queryid = (int64) parse->queryId;
	planning->wanted = planning->queryid != 0 && pa_collect_wanted();
	if (planning->wanted)
	{
		pa_trees_offer(pa_seen_statement(planning->queryid), parse,
					   pa_nesting_depth > 0 || params != NULL || !pa_text_parsed_now(query_string));
		INSTR_TIME_SET_CURRENT(planning->start);
	}
	pa_nesting_depth++;
}

/* "result" is NULL when the planner failed. */
void
pa_collect_planning_end(PaPlanning *planning, PlannedStmt *result)
{
	PaStatementKey key;
	PaSeenShape *seen;
	instr_time	now;

	pa_nesting_depth--;
	if (!planning->wanted || result == NULL)
		return;

	INSTR_TIME_SET_CURRENT(now);
	seen = pa_seen_statement(planning->queryid);
	seen->plan = NULL;			/* what was planned before may be gone */
	key.planid = pa_planid_of(seen, result);
	(void) pa_planned_stmt_set_planid(result, key.planid);
	if (!pa_guc_track_planning)
		return;
	INSTR_TIME_SUBTRACT(now, planning->start);
	key.shape = seen->key;
	key.toplevel = pa_nesting_depth == 0;
	pa_store_add_planning(&key, seen->hash, &seen->place, INSTR_TIME_GET_MILLISEC(now));
}

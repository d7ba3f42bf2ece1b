/*-------------------------------------------------------------------------
 *
 * planning.c
 *		Measures plannings and offers query trees.
 *
 * Blocks that a planning used are counted apart from the statement's: those
 * stay comparable with pg_stat_statements at its defaults.
 *
 * IDENTIFICATION
 *		src/collect/planning.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "collect/detail.h"
#include "collect/planid.h"

uint64		pa_plannings = 0;

/*
 * Gives an identifier to a query inside a utility statement or function that
 * core left without one; 0 when it shall have none.  Its plan carries it, so
 * that its execution is recorded; the query itself is not touched.
 */
static int64
identify_query(const Query *parse, const char *query_string)
{
	Query		scratch;
	JumbleState *jstate;

	if (pa_nesting_depth == 0 || parse->utilityStmt != NULL || !IsQueryIdEnabled() ||
		!pa_collect_wanted())
		return 0;
	jstate = pa_jumble_query(&scratch, parse, query_string);
	if (scratch.queryId != 0)
		pa_text_of_inner_query(pa_seen_statement((int64) scratch.queryId), query_string, jstate);
	return (int64) scratch.queryId;
}

/* Everything that might raise comes before the depth is raised. */
void
pa_collect_planning_begin(PaPlanning *planning, Query *parse, const char *query_string,
						  ParamListInfo params)
{
	planning->queryid = (int64) parse->queryId;
	if (unlikely(planning->queryid == 0))
		planning->queryid = identify_query(parse, query_string);
	planning->wanted = planning->queryid != 0 && pa_collect_wanted();
	planning->has_values = params != NULL;
	if (likely(planning->wanted))
	{
		PaSeenShape *seen = pa_seen_statement(planning->queryid);

		planning->toplevel = pa_at_toplevel();
		planning->shape = seen->key;
		planning->shape_hash = seen->hash;
		planning->place = &seen->place;
		pa_trees_offer(seen, parse,
					   pa_nesting_depth > 0 || params != NULL || !pa_text_parsed_now(query_string));
		planning->blks_hit = pgBufferUsage.shared_blks_hit;
		planning->blks_read = pgBufferUsage.shared_blks_read;
		INSTR_TIME_SET_CURRENT(planning->start);
	}
	pa_nesting_depth++;
	pa_running_push(&planning->running, PA_RUNS_PLANNING);
}

void
pa_collect_planning_end(PaPlanning *planning, PlannedStmt *result)
{
	PaStatementKey key;
	PaSeenShape *seen;
	instr_time	now;

	pa_nesting_depth--;
	pa_running = planning->running.outer;
	pa_plannings++;
	if (unlikely(!planning->wanted))
		return;

	INSTR_TIME_SET_CURRENT(now);
	if (unlikely(result->queryId == 0))
		result->queryId = planning->queryid;
	if (planning->has_values)
		pa_plan_mark_custom(result);
	seen = pa_seen_shape(&planning->shape);
	key.planid = pa_planid_of(seen, result);
	pa_planned_stmt_set_planid(result, key.planid);
	if (unlikely(!pa_guc_track_planning))
		return;
	INSTR_TIME_SUBTRACT(now, planning->start);
	key.shape = seen->key;
	key.toplevel = planning->toplevel;
	pa_store_add_planning(&key, seen->hash, &seen->place, INSTR_TIME_GET_MILLISEC(now),
						  pgBufferUsage.shared_blks_hit - planning->blks_hit,
						  pgBufferUsage.shared_blks_read - planning->blks_read);
}

/*-------------------------------------------------------------------------
 *
 * seen.c
 *		A direct-mapped cache of the statements that this backend has met.
 *
 * A slot is filled from the store when a statement is met, and again when
 * the epoch of its partition has changed (something was dropped there).
 * Both ask under a conditional lock: when it is busy, what is unknown stays
 * unknown until the next statement.
 *
 * IDENTIFICATION
 *		src/collect/seen.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "collect/application.h"
#include "collect/detail.h"

/* Parameters are taken from the second execution on. */
#define PA_FIRST_PARAMS 2

/* Executions of plans that are not known, of which all ask the store. */
#define PA_PLAN_MISSES 32

PaSeenShape pa_seen_shapes[PA_SEEN_SHAPES];
PaSeenShape *pa_seen_last = &pa_seen_shapes[0];

uint64
pa_seen_wait(uint64 calls, uint32 seen, uint32 base)
{
	uint64		due = 1;

	for (uint32 i = 0; i < seen && due < PG_UINT64_MAX / base / 2; i++)
		due *= base;
	return due > calls ? due - calls : 0;
}

/*
 * Makes the slot that of the given statement, and asks the store what it
 * has of it.
 */
void
pa_seen_refresh(PaSeenShape *seen, const PaShapeKey *key, uint32 hash)
{
	uint32		epoch = pa_store_epoch(hash);
	PaShapeState state;

	if (seen->key.queryid != key->queryid || seen->key.userid != key->userid ||
		seen->key.dbid != key->dbid)
	{
		memset(seen, 0, sizeof(*seen));
		seen->key = *key;
		seen->hash = hash;
		seen->next_params = PA_FIRST_PARAMS;
		seen->wants_text = true;
	}
	seen->indexes_put = 0;
	seen->epoch = epoch - 1;	/* until the store has answered */
	pa_application_recheck();
	if (!pa_store_shape_state(key, hash, pa_application_name(), &state))
		return;
	seen->epoch = epoch;
	seen->has_text = state.has_text;
	seen->wants_text = !state.has_text || state.old_text;
	seen->ran |= state.calls > 0;
	seen->applications = state.application_known ? pa_application_bit : 0;
	seen->trees_seen = state.trees_seen;
	seen->next_tree = state.ntrees == 0 ? 0 :
		seen->plannings + pa_seen_wait(state.calls, state.trees_seen, PA_TREES_BASE);
	seen->params_seen = state.params_seen;
	seen->next_params = state.nparams == 0 ? PA_FIRST_PARAMS :
		seen->calls + pa_seen_wait(state.calls, state.params_seen, PA_PARAMS_BASE);
	/* taken before this backend met the statement: check it once */
	if (state.ntrees > 0 && seen->tree_epoch == 0)
		seen->tree_epoch = PA_TREE_UNCHECKED;
	memset(seen->plans, 0, sizeof(seen->plans));	/* may have been dropped */
}

/* Asks the store what it has of a plan, from any backend. */
static void
refresh_plan(PaSeenPlan *plan, const PaStatementKey *key, uint32 shape_hash)
{
	PaPlanState state;

	memset(plan, 0, sizeof(*plan));
	plan->planid = key->planid;
	plan->toplevel = key->toplevel;
	if (!pa_store_plan_state(key, shape_hash, &state))
		return;
	plan->has_scans = state.has_scans;
	plan->samples = (uint32) Min(state.samples, PG_INT32_MAX);
	plan->counted = state.counted;
	plan->mean_time = state.mean_time;
	if (state.last_sample != 0)
		plan->next_sample = state.last_sample + PA_SAMPLE_INTERVAL;
	if (state.has_text)
		plan->next_text = PA_NEVER;
}

/*
 * Finds a plan that is not the last one, and makes it the first in the list.
 * A statement whose plans take turns all the time asks the store at some of
 * its executions only.
 */
PaSeenPlan *
pa_seen_other_plan(PaSeenShape *seen, const PaStatementKey *key)
{
	PaSeenPlan	plan;
	int			at = 0;

	while (at < PA_SEEN_PLANS &&
		   (seen->plans[at].planid != key->planid || seen->plans[at].toplevel != key->toplevel))
		at++;
	if (at == PA_SEEN_PLANS)
	{
		if (++seen->plan_misses > PA_PLAN_MISSES && seen->plan_misses % PA_PLAN_MISSES != 0)
			return NULL;
		refresh_plan(&plan, key, seen->hash);
		at--;					/* the one that ran longest ago goes */
	}
	else
		plan = seen->plans[at];
	memmove(&seen->plans[1], &seen->plans[0], at * sizeof(PaSeenPlan));
	seen->plans[0] = plan;
	return &seen->plans[0];
}

/*
 * Gives what is known of a plan that was looked up when its execution
 * started; NULL when it was forgotten meanwhile.
 */
PaSeenPlan *
pa_seen_find_plan(const PaStatementKey *key)
{
	PaSeenShape *seen = pa_seen_shape(&key->shape);

	for (int i = 0; i < PA_SEEN_PLANS; i++)
	{
		if (seen->plans[i].planid == key->planid && seen->plans[i].toplevel == key->toplevel)
			return &seen->plans[i];
	}
	return NULL;
}

/* Asks the store again: other backends may have learned more. */
void
pa_seen_refresh_plan(PaSeenShape *seen, PaSeenPlan *plan, const PaStatementKey *key)
{
	bool		has_scans = plan->has_scans;
	uint32		samples = plan->samples;

	refresh_plan(plan, key, seen->hash);
	plan->has_scans |= has_scans;
	plan->samples = Max(plan->samples, samples);
}

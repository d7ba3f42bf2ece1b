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

#include "collect/detail.h"

/* Parameters are taken from the second execution on. */
#define PA_FIRST_PARAMS 2

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
	}
	seen->epoch = epoch - 1;	/* until the store has answered */
	if (!pa_store_shape_state(key, hash, &state))
		return;
	seen->epoch = epoch;
	seen->has_text = state.has_text;
	seen->ran |= state.calls > 0;
	seen->trees_seen = state.trees_seen;
	seen->next_tree = state.ntrees == 0 ? 0 :
		seen->plannings + pa_seen_wait(state.calls, state.trees_seen, PA_TREES_BASE);
	seen->params_seen = state.params_seen;
	seen->next_params = state.nparams == 0 ? PA_FIRST_PARAMS :
		seen->calls + pa_seen_wait(state.calls, state.params_seen, PA_PARAMS_BASE);
	/* taken before this backend met the statement: check it once */
	if (state.ntrees > 0 && seen->tree_epoch == 0)
		seen->tree_epoch = PA_TREE_UNCHECKED;
	seen->sampled_planid = 0;	/* its scans may have been dropped */
}

/* Asks the store what was sampled of a plan, by any backend. */
void
pa_seen_refresh_plan(PaSeenShape *seen, const PaStatementKey *key)
{
	PaPlanState state;

	seen->sampled_planid = key->planid;
	seen->sampled_toplevel = key->toplevel;
	seen->has_scans = false;
	seen->samples = 0;
	seen->next_sample = 0;
	if (!pa_store_plan_state(key, seen->hash, &state))
		return;
	seen->has_scans = state.has_scans;
	seen->samples = (uint32) Min(state.samples, PG_INT32_MAX);
	if (state.last_sample != 0)
		seen->next_sample = state.last_sample + PA_SAMPLE_INTERVAL;
}

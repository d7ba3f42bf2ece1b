/*-------------------------------------------------------------------------
 *
 * seen.c
 *		Two direct-mapped caches: statements and plans that this backend has
 *		met.
 *
 * A cache slot is filled from the store once, and again when the epoch of
 * the statement's partition has changed (something was dropped there).  In
 * the steady state a look-up reads private memory and one shared word that
 * nobody writes.
 *
 * IDENTIFICATION
 *		src/collect/seen.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "collect/seen.h"
#include "store/store.h"

#define PA_SEEN_SHAPES 512		/* powers of two */
#define PA_SEEN_PLANS 512
#define PA_SAMPLE_INTERVAL (60 * USECS_PER_SEC)

/* "taken often enough": the schedule of trees and parameters only doubles */
#define PA_FIRST_REPEAT 2

static PaSeenShape shapes[PA_SEEN_SHAPES];
static PaSeenPlan plans[PA_SEEN_PLANS];

static inline bool
same_shape(const PaShapeKey *a, const PaShapeKey *b)
{
	return a->queryid == b->queryid && a->userid == b->userid && a->dbid == b->dbid;
}

/* Asks the store what it has of a statement. */
static void
refresh_shape(PaSeenShape *seen, uint32 epoch)
{
	PaShapeState state;

	if (!pa_store_shape_state(&seen->key, seen->hash, &state))
		return;					/* busy: ask again next time */
	seen->epoch = epoch;
	seen->has_text = state.has_text;
	seen->ran |= state.calls > 0;
	if (state.ntrees == 0)
		seen->next_tree = 0;
	if (state.nparams == 0)
		seen->next_params = PA_FIRST_REPEAT;
}

PaSeenShape *
pa_seen_shape(const PaShapeKey *key, uint32 hash)
{
	PaSeenShape *seen = &shapes[(hash / 64) % PA_SEEN_SHAPES];
	uint32		epoch = pa_store_epoch(hash);

	if (likely(seen->valid && seen->hash == hash && same_shape(&seen->key, key)))
	{
		if (unlikely(seen->epoch != epoch))
			refresh_shape(seen, epoch);
		return seen;
	}
	memset(seen, 0, sizeof(*seen));
	seen->key = *key;
	seen->hash = hash;
	seen->valid = true;
	seen->next_tree = 1;
	seen->next_params = PA_FIRST_REPEAT;
	seen->epoch = epoch - 1;
	refresh_shape(seen, epoch);
	return seen;
}

static void
refresh_plan(PaSeenPlan *seen, uint32 shape_hash, uint32 epoch)
{
	PaPlanState state;

	if (!pa_store_plan_state(&seen->key, shape_hash, &state))
		return;
	seen->epoch = epoch;
	seen->has_scans = state.has_scans;
	seen->samples = Max(seen->samples, (uint32) Min(state.samples, PG_INT32_MAX));
	if (state.last_sample != 0)
		seen->next_sample = Max(seen->next_sample, state.last_sample + PA_SAMPLE_INTERVAL);
}

PaSeenPlan *
pa_seen_plan(const PaStatementKey *key, uint32 shape_hash)
{
	uint32		hash = pa_store_key_hash(shape_hash, key->planid, key->toplevel != 0);
	PaSeenPlan *seen = &plans[hash % PA_SEEN_PLANS];
	uint32		epoch = pa_store_epoch(shape_hash);

	if (likely(seen->valid && same_shape(&seen->key.shape, &key->shape) &&
			   seen->key.planid == key->planid && seen->key.toplevel == key->toplevel))
	{
		if (unlikely(seen->epoch != epoch))
			refresh_plan(seen, shape_hash, epoch);
		return seen;
	}
	memset(seen, 0, sizeof(*seen));
	seen->key = *key;
	seen->valid = true;
	seen->epoch = epoch - 1;
	refresh_plan(seen, shape_hash, epoch);
	return seen;
}

/*-------------------------------------------------------------------------
 *
 * seen.h
 *		What this backend remembers of the statements it has run, so that it
 *		need not ask the shared store each time.
 *
 * One direct-mapped cache of fixed size; a collision only costs a look-up.
 *
 * IDENTIFICATION
 *		src/collect/seen.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COLLECT_SEEN_H
#define PA_COLLECT_SEEN_H

#include "nodes/plannodes.h"

#include "base/statement.h"
#include "store/store.h"

/* One statement; counts are of this backend. */
typedef struct PaSeenShape
{
	PaShapeKey	key;
	uint32		hash;			/* of the key */
	uint32		epoch;			/* of the store's partition when asked */
	bool		has_text;
	bool		ran;			/* somebody has run it before */
	uint32		calls;
	uint32		next_params;	/* call at which parameters are taken */
	uint32		plannings;
	uint32		next_tree;		/* planning at which a tree is taken */
	uint32		tree_epoch;		/* schema epoch of the last tree, 0 = none */

	/* the plan that was identified last; see pa_planid_of() */
	const PlannedStmt *plan;	/* identity only */
	int64		planid;

	/* sampling of the plan that ran last */
	int64		sampled_planid;
	int64		sampled_toplevel;
	bool		has_scans;		/* the store has the scans' identities */
	uint32		samples;
	TimestampTz next_sample;
} PaSeenShape;

extern PaSeenShape *pa_seen_refresh(PaSeenShape *seen, const PaShapeKey *key, uint32 hash);
extern void pa_seen_refresh_plan(PaSeenShape *seen, const PaStatementKey *key);

#define PA_SEEN_SHAPES 512		/* a power of two */

extern PaSeenShape pa_seen_shapes[PA_SEEN_SHAPES];

/*
 * Gives the cache's slot for a statement.  In the steady state this reads
 * private memory and one shared word that nobody writes.
 */
static inline PaSeenShape *
pa_seen_shape(const PaShapeKey *key, uint32 hash)
{
	PaSeenShape *seen = &pa_seen_shapes[(hash / 64) % PA_SEEN_SHAPES];

	if (likely(seen->key.queryid == key->queryid && seen->key.userid == key->userid &&
			   seen->key.dbid == key->dbid && seen->epoch == pa_store_epoch(hash)))
		return seen;
	return pa_seen_refresh(seen, key, hash);
}

#endif							/* PA_COLLECT_SEEN_H */

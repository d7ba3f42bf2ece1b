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

#include "miscadmin.h"
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
	uint64		calls;
	uint64		next_params;	/* call at which parameters are taken */
	uint32		params_seen;	/* vectors that the store has been offered */
	uint32		trees_seen;		/* trees likewise */
	uint64		plannings;
	uint64		next_tree;		/* planning at which a tree is taken */
	uint32		tree_epoch;		/* schema epoch at which the stored tree was
								 * known to be current, 0 = none is stored */

	int16		place;			/* hint where its slab entry is */

	/* the plan that was identified last; see pa_planid_of() */
	const PlannedStmt *plan;	/* identity only */
	uint64		plan_made;		/* plannings of this backend at that time */
	int64		planid;

	/* sampling of the plan that ran last */
	int64		sampled_planid;
	int64		sampled_toplevel;
	bool		has_scans;		/* the store has the scans' identities */
	uint32		samples;
	TimestampTz next_sample;
} PaSeenShape;

/* Not in the steady state: kept out of line, as what else is marked cold. */
extern pg_attribute_cold void pa_seen_refresh(PaSeenShape *seen, const PaShapeKey *key, uint32 hash);
extern pg_attribute_cold void pa_seen_refresh_plan(PaSeenShape *seen, const PaStatementKey *key);

/* A tree_epoch of no time: the tree may have become stale meanwhile. */
#define PA_TREE_UNCHECKED PG_UINT32_MAX

#define PA_SEEN_SHAPES 512		/* a power of two */

/* A plan is sampled this often, whoever runs it. */
#define PA_SAMPLE_INTERVAL (60 * USECS_PER_SEC)

extern PaSeenShape pa_seen_shapes[PA_SEEN_SHAPES];

/* The one that was asked for last: parse, plan and start ask in turn. */
extern PaSeenShape *pa_seen_last;

static inline bool
pa_seen_is(const PaSeenShape *seen, const PaShapeKey *key)
{
	return seen->key.queryid == key->queryid && seen->key.userid == key->userid &&
		seen->key.dbid == key->dbid && seen->epoch == pa_store_epoch(seen->hash);
}

/*
 * Gives the only slot that can hold a statement.  A queryid is a hash; the
 * same one may be several users' in turn.
 */
static inline PaSeenShape *
pa_seen_slot(const PaShapeKey *key)
{
	return &pa_seen_shapes[((uint64) key->queryid + key->userid) % PA_SEEN_SHAPES];
}

/* Gives the cache's slot of a statement. */
static inline PaSeenShape *
pa_seen_shape(const PaShapeKey *key)
{
	if (pa_seen_is(pa_seen_last, key))
		return pa_seen_last;
	pa_seen_last = pa_seen_slot(key);
	if (unlikely(!pa_seen_is(pa_seen_last, key)))
		pa_seen_refresh(pa_seen_last, key, pa_store_shape_hash(key));
	return pa_seen_last;
}

/*
 * Gives the slot of a statement that this backend has met, NULL when it does
 * not remember it.  Asks nobody.
 */
static inline PaSeenShape *
pa_seen_known(const PaShapeKey *key)
{
	PaSeenShape *seen = pa_seen_slot(key);

	return memcmp(&seen->key, key, sizeof(*key)) == 0 ? seen : NULL;
}

/*
 * Gives the slot of a statement of this user and database.  In the steady
 * state this reads private memory and one shared word that nobody writes.
 */
static inline PaSeenShape *
pa_seen_statement(int64 queryid)
{
	PaShapeKey	key;

	key.userid = GetUserId();
	key.dbid = MyDatabaseId;
	key.queryid = queryid;
	return pa_seen_shape(&key);
}

/*
 * How long to wait before the next offer to a reservoir, so that all
 * backends together make one at each power of "base" of the calls.
 */
extern uint64 pa_seen_wait(uint64 calls, uint32 seen, uint32 base);

#define PA_TREES_BASE 4			/* a tree at call 1, 4, 16, 64 .. */
#define PA_PARAMS_BASE 2		/* parameters at call 2, 4, 8, 16 .. */

#endif							/* PA_COLLECT_SEEN_H */

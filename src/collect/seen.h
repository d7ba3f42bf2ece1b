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
#include "compat/plan_origin.h"
#include "store/store.h"

/* One plan of a statement: what is known of its samples. */
typedef struct PaSeenPlan
{
	int64		planid;			/* 0 = unused */
	int64		toplevel;
	bool		has_scans;		/* the store has the scans' identities */
	bool		stale;			/* ask the store again before a decision */
	uint32		samples;
	double		counted;		/* rows and loops in the last sample */
	double		mean_time;		/* msec an execution took so far, 0 = unknown */
	TimestampTz next_sample;
	TimestampTz next_text;		/* when its text is made, if it repeats */
	TimestampTz next_due;		/* nothing is to be decided before */
} PaSeenPlan;

/* A statement with more plans than this asks the store now and then. */
#define PA_SEEN_PLANS 3

/* One statement; counts are of this backend. */
typedef struct PaSeenShape
{
	PaShapeKey	key;
	uint32		hash;			/* of the key */
	uint32		epoch;			/* of the store's partition when asked */
	bool		has_text;
	bool		wants_text;		/* from a parse; not the same, see parse.c */
	bool		ran;			/* somebody has run it before */
	uint64		calls;
	uint64		next_params;	/* call at which parameters are taken */
	uint32		params_seen;	/* vectors that the store has been offered */
	uint32		trees_seen;		/* trees likewise */
	uint64		plannings;
	uint64		next_tree;		/* planning at which a tree is taken */
	uint32		tree_epoch;		/* schema epoch at which the stored tree was
								 * known to be current, 0 = none is stored */

	uint32		applications;	/* told to the store, see application.h */
	int16		place;			/* hint where its slab entry is */

	/* the plan that was identified last; see pa_planid_of() */
	const PlannedStmt *plan;	/* identity only */
	uint64		plan_made;		/* plannings of this backend at that time */
	int64		planid;
	PaPlanOrigin plan_origin;
	int64		indexes_put;	/* planid whose indexes the store was told */

	PaSeenPlan	plans[PA_SEEN_PLANS];	/* the one that ran last is the first */
	uint32		plan_misses;	/* executions of other plans */
} PaSeenShape;

/* Not in the steady state: kept out of line, as what else is marked cold. */
extern pg_attribute_cold void pa_seen_refresh(PaSeenShape *seen, const PaShapeKey *key, uint32 hash);
extern pg_attribute_cold void pa_seen_refresh_plan(PaSeenShape *seen, PaSeenPlan *plan, const PaStatementKey *key);
extern pg_attribute_cold PaSeenPlan *pa_seen_other_plan(PaSeenShape *seen, const PaStatementKey *key);
extern PaSeenPlan *pa_seen_find_plan(const PaStatementKey *key);

/* A tree_epoch of no time: the tree may have become stale meanwhile. */
#define PA_TREE_UNCHECKED PG_UINT32_MAX

#define PA_SEEN_SHAPES 512		/* a power of two */

/* A plan is sampled this often, whoever runs it. */
#define PA_SAMPLE_INTERVAL (60 * USECS_PER_SEC)

#define PA_NEVER PG_INT64_MAX	/* a TimestampTz that does not come */

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

/*
 * Gives what is known of a statement's plan.  NULL: nothing, and the store
 * was not asked.
 */
static inline PaSeenPlan *
pa_seen_plan(PaSeenShape *seen, const PaStatementKey *key)
{
	if (likely(seen->plans[0].planid == key->planid && seen->plans[0].toplevel == key->toplevel))
		return &seen->plans[0];
	return pa_seen_other_plan(seen, key);
}

/* Gives the cache's slot of a statement. */
static inline PaSeenShape *
pa_seen_shape(const PaShapeKey *key)
{
	if (likely(pa_seen_is(pa_seen_last, key)))
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

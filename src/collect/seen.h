/*-------------------------------------------------------------------------
 *
 * seen.h
 *		What this backend remembers of the statements it has run, so that it
 *		need not ask the shared store each time.
 *
 * Two direct-mapped caches of fixed size; a collision only costs a look-up.
 *
 * IDENTIFICATION
 *		src/collect/seen.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COLLECT_SEEN_H
#define PA_COLLECT_SEEN_H

#include "base/statement.h"

/* One statement.  Counts are of this backend, halved doubts of the store. */
typedef struct PaSeenShape
{
	PaShapeKey	key;
	uint32		hash;
	uint32		epoch;			/* of the store's partition when asked */
	bool		valid;
	bool		has_text;
	bool		ran;			/* somebody has run it before */
	uint32		plannings;
	uint32		next_tree;		/* planning at which a tree is taken */
	uint32		tree_epoch;		/* schema epoch of the last tree */
	uint32		calls;
	uint32		next_params;	/* call at which parameters are taken */
} PaSeenShape;

/* One statement with its plan. */
typedef struct PaSeenPlan
{
	PaStatementKey key;
	uint32		epoch;
	bool		valid;
	bool		has_scans;		/* the store has the identities */
	uint32		calls;
	uint32		samples;
	TimestampTz next_sample;
} PaSeenPlan;

extern PaSeenShape *pa_seen_shape(const PaShapeKey *key, uint32 hash);
extern PaSeenPlan *pa_seen_plan(const PaStatementKey *key, uint32 shape_hash);

#endif							/* PA_COLLECT_SEEN_H */

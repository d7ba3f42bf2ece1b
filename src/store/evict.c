/*-------------------------------------------------------------------------
 *
 * evict.c
 *		Makes room in the table without losing a call.
 *
 * What is evicted is a shape with all its entries.  Its counters are added to
 * one <evicted> row per user, database and nesting kind: a shape with queryid
 * 0, in a partition for such rows alone, so that they take no place of
 * statements.
 *
 * The victim is the least loaded of a few shapes under a clock hand: the work
 * is bounded, and statements that carry the load stay.
 *
 * IDENTIFICATION
 *		src/store/evict.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "port/pg_bitutils.h"

#include "config/config.h"
#include "store/store_internal.h"

#define PA_SWEEP_SHAPES 8		/* shapes that one sweep compares */
#define PA_SWEEP_MOST 64		/* the same when all of those repeat */
#define PA_REPEATED_CALLS 4		/* a statement that is called again and again */
#define PA_SWEEP_PARTITIONS 32	/* partitions tried at most for a victim */
#define PA_SWEEP_VICTIMS 6		/* of different partitions, compared */
#define PA_SURPLUS_ROUNDS 2		/* entries evicted at most for a new one */

/* A shape that might leave, and the load that it stands for. */
typedef struct PaVictim
{
	PaSharedShape *shape;		/* NULL: there is none */
	uint64		calls;
	double		load;
} PaVictim;

/*
 * Gives a shape with its load: the time of its entries, msec, times the number
 * of binary digits of their calls.  In a flood thousands of statements that ran
 * once were interrupted for milliseconds; what runs again and again must
 * outweigh them.
 */
static PaVictim
weigh_locked(int p, PaSharedShape *shape)
{
	PaSharedEntry *entries = pa_shared_entries(p);
	PaVictim	victim = {.shape = shape};
	double		time = 0;

	for (int32 i = shape->first_entry; i != PA_NONE; i = entries[i].next)
	{
		const PaCounters *counters = &entries[i].counters;

		time += counters->exec.total + counters->plan.total + counters->error_exec_time;
		victim.calls += counters->exec.count;
	}
	victim.load = time * (1 + pg_leftmost_one_pos64(Max(victim.calls, 1)));
	return victim;
}

/*
 * Gives the least loaded among the next few shapes.  While even that is a
 * statement that repeats, it goes on up to "most" shapes: in a store half full
 * of load, a few may all belong to it.  To gain an entry, "with_entries" passes
 * over shapes of which only the text is there yet: their counters are on the
 * way.
 */
static PaVictim
sweep_locked(int p, const PaSharedShape *keep, bool with_entries, int most)
{
	PaSharedPartition *partition = pa_shared_partition(p);
	PaSharedShape *shapes = pa_shared_shapes(p);
	PaVictim	least = {0};
	int			compared = 0;

	for (int i = 0; i < pa_shared->partition_entries; i++)
	{
		PaSharedShape *shape = &shapes[partition->hand];
		PaVictim	victim;

		if (compared >= most || (compared >= PA_SWEEP_SHAPES && least.calls < PA_REPEATED_CALLS))
			break;
		partition->hand = (partition->hand + 1) % pa_shared->partition_entries;
		if (!shape->used || shape == keep || (with_entries && shape->nentries == 0))
			continue;
		compared++;
		victim = weigh_locked(p, shape);
		if (least.shape == NULL || victim.load < least.load)
			least = victim;
	}
	return least;
}

/*
 * Gives the <evicted> row of a key, made new when it is not there.  The last
 * places are kept for rows of userid 0 and dbid 0, which take what finds no
 * place of its own: a server with thousands of roles.
 */
static PaSharedEntry *
evicted_row_locked(const PaStatementKey *key)
{
	PaStatementKey row_key = *key;
	PaSharedShape *shape;
	PaSharedEntry *entry = NULL;
	uint32		hash;

	row_key.shape.queryid = 0;
	row_key.planid = 0;
	hash = pa_store_shape_hash(&row_key.shape);
	shape = pa_table_find_shape_in(PA_EVICTED, &row_key.shape, hash);
	if (shape != NULL)
		entry = pa_table_find_entry_locked(shape, &row_key);
	if (entry != NULL)
		return entry;

	if (pa_shared_partition(PA_EVICTED)->nentries >= pa_shared->partition_entries - 2 &&
		OidIsValid(row_key.shape.userid))
	{
		row_key.shape.userid = row_key.shape.dbid = InvalidOid;
		return evicted_row_locked(&row_key);
	}
	if (shape == NULL)
		shape = pa_table_add_shape_in(PA_EVICTED, &row_key.shape, hash);
	return shape == NULL ? NULL : pa_table_add_entry_locked(shape, &row_key);
}

/*
 * Adds counters to the <evicted> row of a key, and to the indexes of its plan,
 * whose samples are "scans", if there are any.
 */
static void
evict_to_row_locked(const PaStatementKey *key, const PaCounters *counters, const uint64 *histogram,
					dsa_pointer scans)
{
	PaSharedEntry *row = evicted_row_locked(key);

	if (row == NULL)
		pg_atomic_fetch_add_u64(&pa_shared->calls_lost, counters->exec.count);
	else
	{
		pa_counters_merge(&row->counters, counters);
		pa_histogram_merge(row->histogram, histogram);
	}
	pa_index_uses_credit_locked(key, counters, scans, true);
}

/*
 * The same for counters that are in no entry.  Locks the rows' partition, which
 * comes after all others, so the caller may hold one.
 */
void
pa_evict_to_row(const PaStatementKey *key, const PaCounters *counters, const uint64 *histogram)
{
	LWLockAcquire(pa_partition_lock(PA_EVICTED), LW_EXCLUSIVE);
	pa_index_uses_next_statement_locked();
	evict_to_row_locked(key, counters, histogram, InvalidDsaPointer);
	LWLockRelease(pa_partition_lock(PA_EVICTED));
}

/* Moves a shape's counters to <evicted> rows and removes it. */
static void
evict_shape_locked(int p, PaSharedShape *shape)
{
	PaSharedEntry *entries = pa_shared_entries(p);

	pg_atomic_fetch_add_u64(&pa_shared->dealloc, shape->nentries);
	LWLockAcquire(pa_partition_lock(PA_EVICTED), LW_EXCLUSIVE);
	pa_index_uses_next_statement_locked();
	while (shape->first_entry != PA_NONE)
	{
		PaSharedEntry *entry = &entries[shape->first_entry];

		evict_to_row_locked(&entry->key, &entry->counters, entry->histogram, entry->scans);
		pa_table_free_entry_locked(p, entry);
	}
	LWLockRelease(pa_partition_lock(PA_EVICTED));
	pa_table_free_shape_locked(p, shape);
}

/*
 * Evicts until the partition has a free shape and a free entry, sparing
 * "keep".
 */
void
pa_evict_locked(int p, const PaSharedShape *keep)
{
	PaSharedPartition *partition = pa_shared_partition(p);

	for (int round = 0; round < 4; round++)
	{
		PaVictim	victim = sweep_locked(p, keep, partition->free_entry == PA_NONE, PA_SWEEP_MOST);

		if (victim.shape == NULL)
			return;
		evict_shape_locked(p, victim.shape);
		if (partition->free_shape != PA_NONE && partition->free_entry != PA_NONE)
			return;
	}
}

/* Tells the load of the shape that would be evicted; infinity for none. */
static double
victim_load_locked(int p, const PaSharedShape *keep)
{
	PaSharedPartition *partition = pa_shared_partition(p);
	int32		hand = partition->hand;
	PaVictim	victim = sweep_locked(p, keep, true, PA_SWEEP_SHAPES);

	partition->hand = hand;		/* only looked */
	return victim.shape == NULL ? INFINITY : victim.load;
}

/* Evicts from a partition, which this locks unless it is the shape's own. */
static void
evict_from(int p, const PaSharedShape *keep)
{
	PaVictim	victim;

	if (p != keep->partition && !LWLockConditionalAcquire(pa_partition_lock(p), LW_EXCLUSIVE))
		return;
	victim = sweep_locked(p, keep, true, PA_SWEEP_SHAPES);
	if (victim.shape != NULL)
		evict_shape_locked(p, victim.shape);
	if (p != keep->partition)
		LWLockRelease(pa_partition_lock(p));
}

/*
 * Evicts one shape other than "shape", which was just given an entry.  A
 * partition with enough shapes to choose from does that itself.  Where all that
 * it has is load, and in a store so small that it has few, the next partitions
 * are looked at, too, each tried once and never waited for, and the least
 * loaded shape of all goes.
 */
static void
evict_for_locked(const PaSharedShape *shape)
{
	int			p = shape->partition;
	int			best = PA_NONE;
	double		least = INFINITY;
	int			compared = 0;

	if (pa_shared_partition(p)->nentries >= PA_SWEEP_SHAPES)
	{
		PaVictim	victim = sweep_locked(p, shape, true, PA_SWEEP_MOST);

		if (victim.shape != NULL && victim.calls < PA_REPEATED_CALLS)
		{
			evict_shape_locked(p, victim.shape);
			return;
		}
	}

	for (int i = 0; i < PA_SWEEP_PARTITIONS && compared < PA_SWEEP_VICTIMS; i++)
	{
		int			other = pg_atomic_fetch_add_u32(&pa_shared->hand, 1) % PA_PARTITIONS;
		double		load;

		if (other != p && !LWLockConditionalAcquire(pa_partition_lock(other), LW_EXCLUSIVE))
			continue;
		load = victim_load_locked(other, shape);
		if (other != p)
			LWLockRelease(pa_partition_lock(other));
		compared += load < INFINITY ? 1 : 0;
		if (load < least)
		{
			best = other;
			least = load;
		}
	}
	if (best != PA_NONE)
		evict_from(best, shape);
}

/*
 * Evicts what is over max_statements after a shape was given an entry.
 * Whoever has added the entry too many sees it in the sum, however many
 * backends add one at the same time: looking before adding, all of them would
 * find room for one more.  A surplus that found no victim is made up for by the
 * next ones.
 */
void
pa_evict_surplus_locked(const PaSharedShape *shape)
{
	for (int round = 0; round < PA_SURPLUS_ROUNDS; round++)
	{
		if (pg_atomic_read_u32(&pa_shared->nentries) <= (uint32) pa_guc_max_statements)
			return;
		evict_for_locked(shape);
	}
}

/*-------------------------------------------------------------------------
 *
 * evict.c
 *		Makes room in the table without losing a call.
 *
 * What is evicted is a shape with all its entries.  Its counters are added to
 * one <evicted> row per user, database and nesting kind: a shape with queryid
 * 0.  Each partition has such rows of its own, so that one lock is enough;
 * readers merge them by key.
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

#include "config/config.h"
#include "store/store_internal.h"

#define PA_SWEEP_SHAPES 8		/* shapes that one sweep compares */
#define PA_SWEEP_PARTITIONS 8	/* other partitions tried for a victim */

/* Gives the time that a shape's entries stand for, msec. */
static double
shape_load_locked(int p, const PaSharedShape *shape)
{
	PaSharedEntry *entries = pa_shared_entries(p);
	double		load = 0;

	for (int32 i = shape->first_entry; i != PA_NONE; i = entries[i].next)
		load += entries[i].counters.exec.total + entries[i].counters.plan.total;
	return load;
}

/*
 * Gives the least loaded among the next few shapes, or NULL.  To gain an
 * entry, "with_entries" passes over shapes of which only the text is there
 * yet: their counters are on the way.
 */
static PaSharedShape *
sweep_locked(int p, const PaSharedShape *keep, bool with_entries)
{
	PaSharedPartition *partition = pa_shared_partition(p);
	PaSharedShape *shapes = pa_shared_shapes(p);
	PaSharedShape *victim = NULL;
	double		least = 0;
	int			compared = 0;

	for (int i = 0; i < pa_shared->partition_entries && compared < PA_SWEEP_SHAPES; i++)
	{
		PaSharedShape *shape = &shapes[partition->hand];
		double		load;

		partition->hand = (partition->hand + 1) % pa_shared->partition_entries;
		if (!shape->used || shape == keep || shape->key.queryid == 0 ||
			(with_entries && shape->nentries == 0))
			continue;
		compared++;
		load = shape_load_locked(p, shape);
		if (victim == NULL || load < least)
		{
			victim = shape;
			least = load;
		}
	}
	return victim;
}

/*
 * Gives the <evicted> row that stands for a key, made from the free lists
 * when it is not there.  NULL when they are empty.
 */
PaSharedEntry *
pa_evict_row_locked(int p, const PaStatementKey *key)
{
	PaStatementKey row_key = *key;
	PaSharedShape *shape;
	PaSharedEntry *entry;
	uint32		hash;

	row_key.shape.queryid = 0;
	row_key.planid = 0;
	/* the same partition as the victim, whatever the key hashes to */
	hash = pa_store_shape_hash(&row_key.shape);
	hash = hash - hash % PA_PARTITIONS + p;

	shape = pa_table_find_shape_locked(&row_key.shape, hash);
	if (shape == NULL)
	{
		if (pa_shared_partition(p)->free_shape == PA_NONE)
			return NULL;
		shape = pa_table_make_shape_locked(&row_key.shape, hash);
	}
	entry = pa_table_find_entry_locked(shape, &row_key);
	if (entry == NULL)
		entry = pa_table_add_entry_locked(shape, &row_key);
	return entry;
}

static void
merge_entry(PaSharedEntry *row, const PaSharedEntry *entry)
{
	pa_counters_merge(&row->counters, &entry->counters);
	for (int i = 0; i < PA_HISTOGRAM_BUCKETS; i++)
		row->histogram[i] += entry->histogram[i];
}

/*
 * Removes a shape and only then makes the rows for its counters, in the
 * place that it leaves: for a partition without a free place.
 */
static void
replace_shape_locked(int p, PaSharedShape *victim)
{
	PaSharedEntry *entries = pa_shared_entries(p);
	PaSharedEntry sums[2];		/* by toplevel */

	memset(sums, 0, sizeof(sums));
	while (victim->first_entry != PA_NONE)
	{
		PaSharedEntry *entry = &entries[victim->first_entry];
		PaSharedEntry *sum = &sums[entry->key.toplevel ? 1 : 0];

		sum->key = entry->key;
		sum->used = true;
		merge_entry(sum, entry);
		pa_table_free_entry_locked(p, entry);
	}
	pa_table_free_shape_locked(p, victim);

	for (int kind = 0; kind < 2; kind++)
	{
		PaSharedEntry *row = sums[kind].used ? pa_evict_row_locked(p, &sums[kind].key) : NULL;

		if (row != NULL)
			merge_entry(row, &sums[kind]);
		else if (sums[kind].used)
			pg_atomic_fetch_add_u64(&pa_shared->calls_lost, sums[kind].counters.exec.count);
	}
}

/* Evicts one shape of a partition.  False when there is no victim. */
static bool
evict_shape_locked(int p, const PaSharedShape *keep, bool with_entries)
{
	PaSharedEntry *entries = pa_shared_entries(p);
	PaSharedShape *victim = sweep_locked(p, keep, with_entries);

	if (victim == NULL)
		return false;
	pg_atomic_fetch_add_u64(&pa_shared->dealloc, victim->nentries);
	while (victim->first_entry != PA_NONE)
	{
		PaSharedEntry *entry = &entries[victim->first_entry];
		PaSharedEntry *row = pa_evict_row_locked(p, &entry->key);

		if (row == NULL)
		{
			replace_shape_locked(p, victim);
			return true;
		}
		merge_entry(row, entry);
		pa_table_free_entry_locked(p, entry);
	}
	pa_table_free_shape_locked(p, victim);
	return true;
}

/*
 * Evicts until the partition has a free shape and a free entry, sparing
 * "keep".  Two rounds are enough unless the first made new <evicted> rows.
 */
void
pa_evict_locked(int p, const PaSharedShape *keep)
{
	PaSharedPartition *partition = pa_shared_partition(p);

	for (int round = 0; round < 4; round++)
	{
		if (!evict_shape_locked(p, keep, partition->free_entry == PA_NONE))
			return;
		if (partition->free_shape != PA_NONE && partition->free_entry != PA_NONE)
			return;
	}
}

/*
 * Makes room for one more entry of a shape: in its own partition when that
 * is full or holds more than its share, else in the next partitions, each
 * tried once and never waited for.
 */
void
pa_evict_for_entry_locked(const PaSharedShape *shape)
{
	int			p = pa_partition_of(shape->hash);
	PaSharedPartition *partition = pa_shared_partition(p);
	int			share = pa_guc_max_statements / PA_PARTITIONS;

	if (partition->free_entry == PA_NONE)
		pa_evict_locked(p, shape);
	if (pg_atomic_read_u32(&pa_shared->nentries) < (uint32) pa_guc_max_statements)
		return;
	if (partition->nentries > share && evict_shape_locked(p, shape, true))
		return;

	for (int i = 0; i < PA_SWEEP_PARTITIONS; i++)
	{
		int			other = pg_atomic_fetch_add_u32(&pa_shared->hand, 1) % PA_PARTITIONS;
		bool		evicted;

		if (other == p || !LWLockConditionalAcquire(pa_partition_lock(other), LW_EXCLUSIVE))
			continue;
		evicted = pa_shared_partition(other)->nentries > 0 && evict_shape_locked(other, NULL, true);
		LWLockRelease(pa_partition_lock(other));
		if (evicted)
			return;
	}
}

/*-------------------------------------------------------------------------
 *
 * read.c
 *		Copies of the store for readers.
 *
 * A reader takes all partition locks in shared mode, in index order, copies
 * the table and the slabs into memory allocated beforehand, releases the
 * locks and merges by key.  A fold needs its partition exclusively, so no
 * entry moves between the tiers during the copy: nothing is lost or counted
 * twice.  Resets that a slab has not seen yet are applied to its copy.
 *
 * Accepted: a slab entry whose owner writes it all the time may, after
 * PA_READ_TRIES tries, be copied in the middle of a change.  It then differs
 * by one statement between its own counters; this is counted (torn_reads).
 *
 * IDENTIFICATION
 *		src/store/read.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "storage/s_lock.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "config/config.h"
#include "store/store_internal.h"

#define PA_READ_TRIES 1000		/* before a torn copy is accepted */
#define PA_READ_NAP 50			/* usec, after each hundred tries */

/* Raw copies, filled under the locks. */
typedef struct PaRawCopy
{
	PaSharedEntry *entries;
	int			nentries;
	PaSharedSlabEntry *slab_entries;
	int			nslab_entries;
} PaRawCopy;

void
pa_lock_all(LWLockMode mode)
{
	for (int p = 0; p < PA_ALL_PARTITIONS; p++)
		LWLockAcquire(pa_partition_lock(p), mode);
}

void
pa_unlock_all(void)
{
	for (int p = PA_ALL_PARTITIONS - 1; p >= 0; p--)
		LWLockRelease(pa_partition_lock(p));
}

/* Copies one slab entry.  True when it is whole: its owner let us. */
bool
pa_copy_slab_entry(PaSharedSlabEntry *to, PaSharedSlabEntry *from)
{
	for (int try = 1; try <= PA_READ_TRIES; try++)
	{
		uint32		before = pg_atomic_read_u32(&from->changes);

		if ((before & 1) == 0)
		{
			pg_read_barrier();
			memcpy(to, from, sizeof(*to));
			pg_read_barrier();
			if (pg_atomic_read_u32(&from->changes) == before)
				return true;
		}
		if (try % 100 == 0)
			pg_usleep(PA_READ_NAP);
		else
			pg_spin_delay();
	}
	memcpy(to, from, sizeof(*to));
	pg_atomic_fetch_add_u64(&pa_shared->torn_reads, 1);
	return false;
}

/*
 * Copies the used entries of one slab, as they are after all resets.  All
 * partitions are locked.
 */
static void
copy_slab_locked(PaRawCopy *copy, PaSharedSlab *slab)
{
	uint64		seen = pg_atomic_read_u64(&slab->generation);

	if (seen < pa_shared->full_generation)
		return;					/* nobody's, or void */
	/* pairs with the write barrier before a slab's generation is raised */
	pg_read_barrier();
	for (int i = 0; i < pa_shared->slab_entries; i++)
	{
		PaSharedSlabEntry *to = &copy->slab_entries[copy->nslab_entries];

		if (slab->entries[i].hash == 0)
			continue;
		/* one that an immediate shutdown left half written is void */
		if (!pa_copy_slab_entry(to, &slab->entries[i]) && !IsUnderPostmaster)
			continue;
		if (to->hash != 0 && pa_reset_apply_locked(&to->key.shape, seen, &to->counters))
			copy->nslab_entries++;
	}
}

/* Copies the used entries of both tiers.  All partitions are locked. */
static void
copy_all_locked(PaRawCopy *copy)
{
	for (int p = 0; p < PA_ALL_PARTITIONS; p++)
	{
		PaSharedEntry *entries = pa_shared_entries(p);

		for (int i = 0; i < pa_shared->partition_entries; i++)
		{
			if (entries[i].used)
				copy->entries[copy->nentries++] = entries[i];
		}
	}
	for (int s = 0; s < pa_shared->nslabs; s++)
		copy_slab_locked(copy, pa_shared_slab(s));
}

/* ---- merging, by a hash table over the keys ---- */

typedef struct PaMergeSlot
{
	PaStatementKey key;
	uint32		status;
	int			index;			/* in the list */
} PaMergeSlot;

#define SH_PREFIX merge
#define SH_ELEMENT_TYPE PaMergeSlot
#define SH_KEY_TYPE PaStatementKey
#define SH_KEY key
#define SH_HASH_KEY(tb, key) hash_bytes((const unsigned char *) &(key), sizeof(PaStatementKey))
#define SH_EQUAL(tb, a, b) (memcmp(&(a), &(b), sizeof(PaStatementKey)) == 0)
#define SH_SCOPE static inline
#define SH_DEFINE
#define SH_DECLARE
#include "lib/simplehash.h"

/* Gives the list's item for a key, zeroed when it is new. */
static PaStatement *
merge_item(merge_hash *table, PaStatementList *list, const PaStatementKey *key)
{
	bool		found;
	PaMergeSlot *slot = merge_insert(table, *key, &found);

	if (!found)
	{
		slot->index = list->count++;
		memset(&list->items[slot->index], 0, sizeof(PaStatement));
		list->items[slot->index].key = *key;
	}
	return &list->items[slot->index];
}

static PaStatementList *
merge_copy(const PaRawCopy *copy)
{
	PaStatementList *list = palloc(sizeof(PaStatementList));
	merge_hash *table = merge_create(CurrentMemoryContext, copy->nentries + 64, NULL);
	int			kept = 0;

	list->count = 0;
	list->items = MemoryContextAllocHuge(CurrentMemoryContext,
										 sizeof(PaStatement) * (copy->nentries + copy->nslab_entries + 1));
	for (int i = 0; i < copy->nentries; i++)
	{
		PaStatement *item = merge_item(table, list, &copy->entries[i].key);

		pa_counters_merge(&item->counters, &copy->entries[i].counters);
		pa_histogram_merge(item->histogram, copy->entries[i].histogram);
	}
	for (int i = 0; i < copy->nslab_entries; i++)
	{
		PaSharedSlabEntry *from = &copy->slab_entries[i];
		PaStatement *item = merge_item(table, list, &from->key);

		if (pa_counters_empty(&from->counters))
			continue;
		from->counters.stats_since = from->since;
		pa_counters_merge(&item->counters, &from->counters);
		for (int b = 0; b < PA_HISTOGRAM_BUCKETS; b++)
			item->histogram[b] += from->histogram[b];
	}
	merge_destroy(table);

	/* entries that only hold detail, or that were just folded, say nothing */
	for (int i = 0; i < list->count; i++)
	{
		if (pa_counters_empty(&list->items[i].counters))
			continue;
		if (kept < i)
			list->items[kept] = list->items[i];
		kept++;
	}
	list->count = kept;
	return list;
}

PaStatementList *
pa_store_read_statements(void)
{
	PaRawCopy	copy = {0};
	PaStatementList *list;

	copy.entries = MemoryContextAllocHuge(CurrentMemoryContext,
										  sizeof(PaSharedEntry) * PA_ALL_PARTITIONS * pa_shared->partition_entries);
	copy.slab_entries = MemoryContextAllocHuge(CurrentMemoryContext,
											   sizeof(PaSharedSlabEntry) * pa_shared->nslabs * pa_shared->slab_entries);
	pa_lock_all(LW_SHARED);
	copy_all_locked(&copy);
	pa_unlock_all();

	list = merge_copy(&copy);
	pfree(copy.entries);
	pfree(copy.slab_entries);
	return list;
}

void
pa_store_read_info(PaStoreInfo *info)
{
	memset(info, 0, sizeof(*info));
	info->stats_reset = (TimestampTz) pg_atomic_read_u64(&pa_shared->stats_reset);
	info->dealloc = pg_atomic_read_u64(&pa_shared->dealloc);
	info->entries = pg_atomic_read_u32(&pa_shared->nentries);
	info->max_entries = pa_guc_max_statements;
	info->text_memory_used = pg_atomic_read_u64(&pa_shared->text_used);
	info->text_memory_limit = pa_shared->text_memory;
	info->calls_lost = pg_atomic_read_u64(&pa_shared->calls_lost);
	info->texts_skipped = pg_atomic_read_u64(&pa_shared->texts_skipped);
	info->contended = pg_atomic_read_u64(&pa_shared->contended);
	info->torn_reads = pg_atomic_read_u64(&pa_shared->torn_reads);
	info->frames_skipped = pg_atomic_read_u64(&pa_shared->frames_skipped);
	info->params_skipped = pg_atomic_read_u64(&pa_shared->params_skipped);
	info->error_rows_evicted = pg_atomic_read_u64(&pa_shared->error_rows_evicted);
	info->errors_lost = pg_atomic_read_u64(&pa_shared->errors_lost);
	info->slab_entries = pa_shared->slab_entries;
	info->max_index_plans = pa_shared->index_uses.max_plans;
	info->max_index_rows = pa_shared->index_uses.max_indexes;
	info->index_uses_forgotten = (TimestampTz) pg_atomic_read_u64(&pa_shared->index_uses.forgotten);
	LWLockAcquire(pa_partition_lock(PA_EVICTED), LW_SHARED);
	info->index_plans = pa_shared->index_uses.nplans;
	info->index_rows = pa_shared->index_uses.nindexes;
	LWLockRelease(pa_partition_lock(PA_EVICTED));
	info->sampling_spent = pg_atomic_read_u64(&pa_shared->sampling_spent) / 1e6;
	info->sampling_busy = pg_atomic_read_u64(&pa_shared->sampling_busy) / 1e6;
	info->cost_of_row = pa_sampling_costs.row;
	info->cost_of_clock = pa_sampling_costs.clock;

	for (int p = 0; p < PA_PARTITIONS; p++)
	{
		PaSharedShape *shapes = pa_shared_shapes(p);

		LWLockAcquire(pa_partition_lock(p), LW_SHARED);
		for (int i = 0; i < pa_shared->partition_entries; i++)
			info->shapes += shapes[i].used ? 1 : 0;
		LWLockRelease(pa_partition_lock(p));
	}
}

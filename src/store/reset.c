/*-------------------------------------------------------------------------
 *
 * reset.c
 *		Forgets counters: all, those of some statements, or minima and maxima
 *		alone.
 *
 * The table is changed at once, under all partitions' locks.  The slabs of
 * other backends can't be written from here: each reset raises the shared
 * generation, and one that does not forget everything leaves a filter.  A
 * slab of a lower generation is read, folded and gone on with only after the
 * filters it has not seen are applied, so a reset reaches an idle backend's
 * slab at once.
 *
 * A filter goes when no slab needs it any more, or when a later one covers
 * it.  What is left are different resets since the longest idle session ran
 * its last statement; when there are PA_MAX_FILTERS of them, no more are
 * accepted until a session moves on.
 *
 * What indexes were used for is not forgotten: it goes to their rows
 * (index_uses.c), from slabs when their backends see the reset.
 *
 * IDENTIFICATION
 *		src/store/reset.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "store/store_internal.h"

/* Does a key with 0 for "all" match this one? */
static bool
key_matches(const PaShapeKey *pattern, const PaShapeKey *key)
{
	return (pattern->userid == InvalidOid || pattern->userid == key->userid) &&
		(pattern->dbid == InvalidOid || pattern->dbid == key->dbid) &&
		(pattern->queryid == 0 || pattern->queryid == key->queryid);
}

static bool
matches_all(const PaShapeKey *pattern)
{
	return pattern->userid == InvalidOid && pattern->dbid == InvalidOid && pattern->queryid == 0;
}

static void
clear_minmax(PaCounters *counters, TimestampTz at)
{
	counters->exec.minmax_count = counters->plan.minmax_count = 0;
	counters->exec.min = counters->exec.max = 0;
	counters->plan.min = counters->plan.max = 0;
	counters->minmax_since = Max(counters->minmax_since, at);
}

/*
 * Applies the resets after the generation "seen" to counters of a slab.
 * False when they are void.
 */
bool
pa_reset_apply_locked(const PaShapeKey *key, uint64 seen, PaCounters *counters)
{
	if (seen < pa_shared->full_generation)
		return false;
	for (int i = 0; i < pa_shared->nfilters; i++)
	{
		PaSharedFilter *filter = &pa_shared->filters[i];

		if (filter->generation <= seen || !key_matches(&filter->key, key))
			continue;
		if (!filter->minmax_only)
			return false;
		clear_minmax(counters, filter->at);
	}
	return true;
}

/* Gives the generation that all slabs have seen. */
static uint64
oldest_generation(void)
{
	uint64		oldest = pg_atomic_read_u64(&pa_shared->generation);

	for (int i = 0; i < pa_shared->nslabs; i++)
	{
		uint64		seen = pg_atomic_read_u64(&pa_shared_slab(i)->generation);

		if (seen > 0 && seen < oldest)
			oldest = seen;
	}
	return oldest;
}

/*
 * Adds a filter for the next generation.  False when there is no room.  All
 * partitions are locked, as in what follows.
 */
static bool
add_filter_locked(const PaShapeKey *key, bool minmax_only, TimestampTz at)
{
	PaSharedFilter *filters = pa_shared->filters;
	uint64		oldest = oldest_generation();
	int			kept = 0;

	for (int i = 0; i < pa_shared->nfilters; i++)
	{
		bool		covered = key_matches(key, &filters[i].key) &&
			(!minmax_only || filters[i].minmax_only);

		if (!covered && filters[i].generation > oldest)
			filters[kept++] = filters[i];
	}
	pa_shared->nfilters = kept;
	if (kept == PA_MAX_FILTERS)
		return false;

	filters[kept].generation = pg_atomic_read_u64(&pa_shared->generation) + 1;
	filters[kept].at = at;
	filters[kept].key = *key;
	filters[kept].minmax_only = minmax_only;
	pa_shared->nfilters++;
	return true;
}

/* Forgets counters and values of one shape, or its minima and maxima. */
static void
reset_shape_locked(PaSharedShape *shape, bool minmax_only, TimestampTz at)
{
	int			p = shape->partition;
	PaSharedEntry *entries = pa_shared_entries(p);

	if (minmax_only)
	{
		for (int32 i = shape->first_entry; i != PA_NONE; i = entries[i].next)
			clear_minmax(&entries[i].counters, at);
		return;
	}
	while (shape->first_entry != PA_NONE)
	{
		PaSharedEntry *entry = &entries[shape->first_entry];

		pa_index_uses_credit_locked(&entry->key, &entry->counters, entry->scans, false);
		pa_table_free_entry_locked(p, entry);
	}
	/* <evicted> rows have no texts to keep */
	if (p == PA_EVICTED)
		pa_table_free_shape_locked(p, shape);
	else
		pa_shape_drop_values_locked(shape);
}

static void
reset_matching_locked(const PaShapeKey *key, bool minmax_only, TimestampTz at)
{
	for (int p = 0; p < PA_ALL_PARTITIONS && !minmax_only; p++)
		pa_errors_reset_locked(p, key->userid, key->dbid, key->queryid);
	if (OidIsValid(key->userid) && OidIsValid(key->dbid) && key->queryid != 0)
	{
		PaSharedShape *shape = pa_table_find_shape_locked(key, pa_store_shape_hash(key));

		if (shape != NULL)
			reset_shape_locked(shape, minmax_only, at);
		return;
	}
	for (int p = 0; p < PA_ALL_PARTITIONS; p++)
	{
		PaSharedShape *shapes = pa_shared_shapes(p);

		for (int i = 0; i < pa_shared->partition_entries; i++)
		{
			if (shapes[i].used && key_matches(key, &shapes[i].key))
				reset_shape_locked(&shapes[i], minmax_only, at);
		}
	}
}

static const Size loss_counters[PA_LOSS_COUNTERS] = {
	offsetof(PaSharedStore, dealloc),
	offsetof(PaSharedStore, calls_lost),
	offsetof(PaSharedStore, texts_skipped),
	offsetof(PaSharedStore, contended),
	offsetof(PaSharedStore, torn_reads),
	offsetof(PaSharedStore, frames_skipped),
	offsetof(PaSharedStore, params_skipped),
	offsetof(PaSharedStore, error_rows_evicted),
	offsetof(PaSharedStore, errors_lost),
	offsetof(PaSharedStore, sampling_spent),
	offsetof(PaSharedStore, sampling_busy),
};

pg_atomic_uint64 *
pa_loss_counter(int i)
{
	return (pg_atomic_uint64 *) ((char *) pa_shared + loss_counters[i]);
}

/* Forgets all counters, and what was counted of losses. */
static void
reset_all_locked(TimestampTz at)
{
	for (int p = 0; p < PA_ALL_PARTITIONS; p++)
		pa_table_reset_locked(p);
	pa_index_uses_reset_locked();
	pa_shared->full_generation = pg_atomic_read_u64(&pa_shared->generation) + 1;
	pa_shared->nfilters = 0;
	pg_atomic_write_u64(&pa_shared->stats_reset, at);
	for (int i = 0; i < PA_LOSS_COUNTERS; i++)
		pg_atomic_write_u64(pa_loss_counter(i), 0);
}

TimestampTz
pa_store_reset(const PaShapeKey *key, bool minmax_only)
{
	TimestampTz at;

	(void) pa_index_plans_settle(true);
	pa_lock_all(LW_EXCLUSIVE);
	at = GetCurrentTimestamp();
	if (matches_all(key) && !minmax_only)
		reset_all_locked(at);
	else if (add_filter_locked(key, minmax_only, at))
		reset_matching_locked(key, minmax_only, at);
	else
		at = 0;
	if (at != 0)
	{
		pa_shared->last_reset = at;
		pg_atomic_fetch_add_u64(&pa_shared->generation, 1);
		/* or many resets in one statement would wait for this very session */
		pa_slab_catch_up_locked();
	}
	pa_unlock_all();
	if (matches_all(key) && !minmax_only)
		pa_saver_remove_file();
	return at;
}

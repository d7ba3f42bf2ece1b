/*-------------------------------------------------------------------------
 *
 * table.c
 *		The second tier: a fixed hash table in 64 partitions.
 *
 * A partition holds shapes (statements) in hash buckets; each shape has a
 * list of entries, one a planid and nesting kind, with the counters.  The
 * partition is picked by the shape's hash, so a shape, its entries and their
 * chunks of text memory are all under one lock.  All arrays are fixed:
 * indexes link them, PA_NONE ends a list.
 *
 * Everything here is called with the partition's lock held exclusively,
 * except where a function only looks (shared is enough).
 *
 * IDENTIFICATION
 *		src/store/table.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "base/mix.h"
#include "store/store_internal.h"

uint32
pa_store_shape_hash(const PaShapeKey *shape)
{
	uint64		hash = ((uint64) shape->userid << 32) | shape->dbid;

	return (uint32) pa_mix64(hash ^ pa_mix64((uint64) shape->queryid));
}

uint32
pa_store_key_hash(uint32 shape_hash, int64 planid, bool toplevel)
{
	uint64		hash = pa_mix64((uint64) planid ^ ((uint64) shape_hash << 1) ^ (toplevel ? 1 : 0));

	/* 0 marks an unused slab entry */
	return (uint32) hash != 0 ? (uint32) hash : 1;
}

static int
bucket_of(uint32 shape_hash)
{
	/* the low bits pick the partition */
	return (shape_hash / PA_PARTITIONS) & (pa_shared->partition_buckets - 1);
}

static bool
shape_key_equal(const PaShapeKey *a, const PaShapeKey *b)
{
	return a->queryid == b->queryid && a->userid == b->userid && a->dbid == b->dbid;
}

/* Links all entries and shapes of fresh partitions into free lists. */
void
pa_table_init(void)
{
	for (int p = 0; p < PA_ALL_PARTITIONS; p++)
	{
		PaSharedPartition *partition = pa_shared_partition(p);
		PaSharedEntry *entries = pa_shared_entries(p);
		PaSharedShape *shapes = pa_shared_shapes(p);
		int			last = pa_shared->partition_entries - 1;

		memset(entries, 0, pa_shared->partition_entries * sizeof(PaSharedEntry));
		memset(shapes, 0, pa_shared->partition_entries * sizeof(PaSharedShape));
		memset(pa_shared_errors(p), 0, PA_ERROR_ROWS * sizeof(PaSharedError));
		for (int i = 0; i <= last; i++)
			entries[i].next = shapes[i].next = i < last ? i + 1 : PA_NONE;
		for (int i = 0; i < pa_shared->partition_buckets; i++)
			pa_shared_buckets(p)[i] = PA_NONE;
		partition->free_entry = partition->free_shape = 0;
		partition->nentries = partition->hand = 0;
		partition->named = 0;
	}
}

/* Gives the shape of a partition or NULL.  A shared lock is enough. */
PaSharedShape *
pa_table_find_shape_in(int p, const PaShapeKey *key, uint32 hash)
{
	PaSharedShape *shapes = pa_shared_shapes(p);

	for (int32 i = pa_shared_buckets(p)[bucket_of(hash)]; i != PA_NONE; i = shapes[i].next)
	{
		if (shapes[i].hash == hash && shape_key_equal(&shapes[i].key, key))
			return &shapes[i];
	}
	return NULL;
}

PaSharedShape *
pa_table_find_shape_locked(const PaShapeKey *key, uint32 hash)
{
	return pa_table_find_shape_in(pa_partition_of(hash), key, hash);
}

/*
 * Takes a shape off a partition's free list and links it to its bucket.
 * NULL when the list is empty.
 */
PaSharedShape *
pa_table_add_shape_in(int p, const PaShapeKey *key, uint32 hash)
{
	PaSharedPartition *partition = pa_shared_partition(p);
	int32	   *bucket = &pa_shared_buckets(p)[bucket_of(hash)];
	int32		index = partition->free_shape;
	PaSharedShape *shape;

	if (index == PA_NONE)
		return NULL;
	shape = &pa_shared_shapes(p)[index];
	partition->free_shape = shape->next;

	memset(shape, 0, sizeof(PaSharedShape));
	shape->key = *key;
	shape->hash = hash;
	shape->partition = p;
	shape->used = true;
	shape->first_entry = PA_NONE;
	shape->next = *bucket;
	*bucket = index;
	return shape;
}

/*
 * Gives the shape, made new when it is not there.  NULL only when no shape
 * of the partition can be evicted.
 */
PaSharedShape *
pa_table_make_shape_locked(const PaShapeKey *key, uint32 hash)
{
	int			p = pa_partition_of(hash);
	PaSharedShape *shape = pa_table_find_shape_in(p, key, hash);

	if (shape != NULL)
		return shape;
	if (pa_shared_partition(p)->free_shape == PA_NONE)
		pa_evict_locked(p, NULL);
	return pa_table_add_shape_in(p, key, hash);
}

/* Gives the shape's entry of this plan or NULL.  A shared lock is enough. */
PaSharedEntry *
pa_table_find_entry_locked(PaSharedShape *shape, const PaStatementKey *key)
{
	PaSharedEntry *entries = pa_shared_entries(shape->partition);

	for (int32 i = shape->first_entry; i != PA_NONE; i = entries[i].next)
	{
		if (entries[i].key.planid == key->planid && entries[i].key.toplevel == key->toplevel)
			return &entries[i];
	}
	return NULL;
}

/*
 * Takes an entry off the free list and links it to its shape.  NULL when the
 * list is empty.
 */
PaSharedEntry *
pa_table_add_entry_locked(PaSharedShape *shape, const PaStatementKey *key)
{
	int			p = shape->partition;
	PaSharedPartition *partition = pa_shared_partition(p);
	int32		index = partition->free_entry;
	PaSharedEntry *entry;

	if (index == PA_NONE)
		return NULL;
	entry = &pa_shared_entries(p)[index];
	partition->free_entry = entry->next;
	partition->nentries++;
	if (p != PA_EVICTED)
		pg_atomic_fetch_add_u32(&pa_shared->nentries, 1);

	memset(entry, 0, sizeof(PaSharedEntry));
	entry->key = *key;
	entry->used = true;
	entry->shape = shape - pa_shared_shapes(p);
	entry->next = shape->first_entry;
	shape->first_entry = index;
	shape->nentries++;
	return entry;
}

/*
 * Gives the entry, made new when it is not there; a shape that has too many
 * plans counts the rest under planid 0.  NULL when no room can be made.
 */
PaSharedEntry *
pa_table_make_entry_locked(const PaStatementKey *key, uint32 shape_hash)
{
	PaSharedShape *shape = pa_table_make_shape_locked(&key->shape, shape_hash);
	PaStatementKey wanted = *key;
	PaSharedEntry *entry;

	if (shape == NULL)
		return NULL;
	entry = pa_table_find_entry_locked(shape, &wanted);
	if (entry == NULL && shape->nentries >= PA_MAX_PLANS && wanted.planid != 0)
	{
		wanted.planid = 0;
		entry = pa_table_find_entry_locked(shape, &wanted);
	}
	if (entry != NULL)
		return entry;

	if (pa_shared_partition(shape->partition)->free_entry == PA_NONE)
		pa_evict_locked(shape->partition, shape);
	entry = pa_table_add_entry_locked(shape, &wanted);
	if (entry != NULL)
		pa_evict_surplus_locked(shape);
	return entry;
}

/* Adds the uses of a plan that is counted under no identifier. */
static void
credit_plan(const PaSharedSlabEntry *from)
{
	LWLockAcquire(pa_partition_lock(PA_EVICTED), LW_EXCLUSIVE);
	pa_index_uses_credit_locked(&from->key, &from->counters, InvalidDsaPointer, false);
	LWLockRelease(pa_partition_lock(PA_EVICTED));
}

/*
 * Adds a slab entry's counters.  When no entry can be had they go, as those
 * of an evicted one do, to the <evicted> row.
 */
void
pa_table_fold_locked(const PaSharedSlabEntry *from)
{
	PaSharedEntry *entry = pa_table_make_entry_locked(&from->key, from->shape_hash);

	if (entry == NULL)
	{
		uint64		histogram[PA_HISTOGRAM_BUCKETS];

		for (int i = 0; i < PA_HISTOGRAM_BUCKETS; i++)
			histogram[i] = from->histogram[i];
		pa_evict_to_row(&from->key, &from->counters, histogram);
		return;
	}
	if (unlikely(entry->key.planid != from->key.planid))
		credit_plan(from);
	if (entry->counters.stats_since == 0)
		entry->counters.stats_since = from->since;
	pa_counters_merge(&entry->counters, &from->counters);

	/* most buckets are empty: look at four at a time */
	for (int i = 0; i < PA_HISTOGRAM_BUCKETS; i += 4)
	{
		uint64		four;

		memcpy(&four, &from->histogram[i], sizeof(four));
		for (int j = i; four != 0 && j < i + 4; j++)
			entry->histogram[j] += from->histogram[j];
	}
}

/*
 * Removes an entry with its samples and its plan's text.  The shape stays.
 */
void
pa_table_free_entry_locked(int p, PaSharedEntry *entry)
{
	PaSharedPartition *partition = pa_shared_partition(p);
	PaSharedEntry *entries = pa_shared_entries(p);
	PaSharedShape *shape = &pa_shared_shapes(p)[entry->shape];
	int32		index = entry - entries;
	int32	   *link = &shape->first_entry;

	while (*link != index)
		link = &entries[*link].next;
	*link = entry->next;
	shape->nentries--;

	if (DsaPointerIsValid(entry->scans))
		pa_blob_free_pointer(&entry->scans, ((PaSharedScans *) pa_blob_address(entry->scans))->size);
	pa_blob_free(&entry->plan_text);
	entry->used = false;
	entry->next = partition->free_entry;
	partition->free_entry = index;
	partition->nentries--;
	if (p != PA_EVICTED)
		pg_atomic_fetch_sub_u32(&pa_shared->nentries, 1);
	pg_atomic_fetch_add_u32(&pa_shared->epoch[p], 1);
}

/* Drops the trees and the parameters, which only serve to plan them. */
void
pa_shape_drop_trees_locked(PaSharedShape *shape, uint32 hash)
{
	for (int i = 0; i < shape->ntrees; i++)
		pa_blob_free(&shape->trees[i].blob);
	for (int i = 0; i < shape->nparams; i++)
		pa_blob_free(&shape->params[i]);
	shape->ntrees = shape->nparams = 0;
	shape->params_seen = shape->trees_seen = 0;
	pg_atomic_fetch_add_u32(&pa_shared->epoch[pa_partition_of(hash)], 1);
}

/*
 * Drops the trees of these relations in this state.  From 18 on a query
 * identifier can stand for relations of several schemas, or for one that was
 * dropped and its successor: what is stale of one is right of the other.
 */
void
pa_shape_drop_tree_locked(PaSharedShape *shape, uint32 hash, const PaStoredTree *tree)
{
	int			kept = 0;

	for (int i = 0; i < shape->ntrees; i++)
	{
		if (shape->trees[i].relations_hash == tree->relations_hash &&
			shape->trees[i].dependency_hash == tree->dependency_hash)
			pa_blob_free(&shape->trees[i].blob);
		else
			shape->trees[kept++] = shape->trees[i];
	}
	if (kept == 0)
	{
		shape->ntrees = 0;
		pa_shape_drop_trees_locked(shape, hash);
		return;
	}
	shape->ntrees = shape->trees_seen = kept;
	pg_atomic_fetch_add_u32(&pa_shared->epoch[pa_partition_of(hash)], 1);
}

/*
 * Drops the values that the statement was run with: the sampled parameters,
 * and the trees that have literals in them; and who ran it.  A tree with parameters stays, for
 * a statement that a client prepared long ago may never be planned again.
 */
void
pa_shape_drop_values_locked(PaSharedShape *shape)
{
	int			kept = 0;

	for (int i = 0; i < shape->ntrees; i++)
	{
		if (shape->trees[i].has_params)
			shape->trees[kept++] = shape->trees[i];
		else
			pa_blob_free(&shape->trees[i].blob);
	}
	shape->ntrees = shape->trees_seen = kept;
	for (int i = 0; i < shape->nparams; i++)
		pa_blob_free(&shape->params[i]);
	shape->nparams = shape->params_seen = 0;
	shape->old_text = true;
	pa_application_clear_locked(shape);
	pg_atomic_fetch_add_u32(&pa_shared->epoch[shape->partition], 1);
}

/* Removes a shape that has no entries, with its text and trees. */
void
pa_table_free_shape_locked(int p, PaSharedShape *shape)
{
	PaSharedPartition *partition = pa_shared_partition(p);
	PaSharedShape *shapes = pa_shared_shapes(p);
	int32		index = shape - shapes;
	int32	   *link = &pa_shared_buckets(p)[bucket_of(shape->hash)];

	Assert(shape->nentries == 0);
	while (*link != index)
		link = &shapes[*link].next;
	*link = shape->next;

	pa_blob_free(&shape->text);
	pa_shape_drop_trees_locked(shape, shape->hash);
	shape->used = false;
	shape->next = partition->free_shape;
	partition->free_shape = index;
}

/*
 * Removes all entries of a partition.  Shapes stay, with their texts, because
 * a statement that a client prepared long ago brings no text again; the values
 * they were run with go.  Those of <evicted> rows have no text and go.  All
 * partitions are locked.
 */
void
pa_table_reset_locked(int p)
{
	PaSharedEntry *entries = pa_shared_entries(p);

	pa_errors_reset_locked(p, InvalidOid, InvalidOid, 0);
	for (int i = 0; i < pa_shared->partition_entries; i++)
	{
		if (!entries[i].used)
			continue;
		pa_index_uses_credit_locked(&entries[i].key, &entries[i].counters, entries[i].scans, false);
		pa_table_free_entry_locked(p, &entries[i]);
	}
	for (int i = 0; i < pa_shared->partition_entries; i++)
	{
		PaSharedShape *shape = &pa_shared_shapes(p)[i];

		if (shape->used && p == PA_EVICTED)
			pa_table_free_shape_locked(p, shape);
		else if (shape->used)
			pa_shape_drop_values_locked(shape);
	}
}

/*-------------------------------------------------------------------------
 *
 * scans.c
 *		Samples of a plan: one chunk of text memory an entry.
 *
 * The chunk's identities (relation, index, predicate) never change after it
 * was linked to the entry; its sums are under the partition's lock.
 *
 * IDENTIFICATION
 *		src/store/scans.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "store/store_internal.h"

static PaSharedScans *
scans_address(const PaSharedEntry *entry)
{
	if (entry == NULL || !DsaPointerIsValid(entry->scans))
		return NULL;
	return pa_blob_address(entry->scans);
}

/* Gives the entry of a key or NULL.  A shared lock is enough. */
static PaSharedEntry *
find_entry_locked(const PaStatementKey *key, uint32 shape_hash)
{
	PaSharedShape *shape = pa_table_find_shape_locked(&key->shape, shape_hash);

	return shape == NULL ? NULL : pa_table_find_entry_locked(shape, key);
}

static bool
try_lock(uint32 shape_hash, LWLockMode mode)
{
	if (LWLockConditionalAcquire(pa_partition_lock(pa_partition_of(shape_hash)), mode))
		return true;
	pg_atomic_fetch_add_u64(&pa_shared->contended, 1);
	return false;
}

/* False when the partition is busy. */
bool
pa_store_plan_state(const PaStatementKey *key, uint32 shape_hash, PaPlanState *state)
{
	PaSharedEntry *entry;
	PaSharedScans *scans;

	memset(state, 0, sizeof(*state));
	if (!try_lock(shape_hash, LW_SHARED))
		return false;
	entry = find_entry_locked(key, shape_hash);
	scans = scans_address(entry);
	state->has_text = entry != NULL && DsaPointerIsValid(entry->plan_text.pointer);
	if (entry != NULL && entry->counters.exec.count > 0)
		state->mean_time = entry->counters.exec.total / entry->counters.exec.count;
	if (scans != NULL)
	{
		state->has_scans = true;
		state->samples = scans->samples;
		state->counted = scans->plan.counted;
		state->last_sample = scans->last_sample;
	}
	LWLockRelease(pa_partition_lock(pa_partition_of(shape_hash)));
	return true;
}

/* Gives the chunk's size for these scans and their predicates. */
static Size
chunk_size(const PaScan *scans, int nscans)
{
	Size		size = offsetof(PaSharedScans, scans) + nscans * sizeof(PaSharedScan);

	for (int i = 0; i < nscans; i++)
		size += scans[i].predicate ? strlen(scans[i].predicate) + 1 : 0;
	return size;
}

static void
fill_chunk(PaSharedScans *chunk, Size size, const PaScan *scans, int nscans)
{
	Size		offset = offsetof(PaSharedScans, scans) + nscans * sizeof(PaSharedScan);

	memset(chunk, 0, offset);
	chunk->size = size;
	chunk->nscans = nscans;
	chunk->encoding = GetDatabaseEncoding();
	for (int i = 0; i < nscans; i++)
	{
		PaSharedScan *to = &chunk->scans[i];

		to->relid = scans[i].relid;
		to->indexid = scans[i].indexid;
		to->kind = scans[i].kind;
		to->node = scans[i].node;
		if (scans[i].predicate != NULL)
		{
			to->predicate = offset;
			strcpy((char *) chunk + offset, scans[i].predicate);
			offset += strlen(scans[i].predicate) + 1;
		}
	}
}

/*
 * Links a new chunk to the entry, which is made if it is not in the table
 * yet.  Keeps the one that is there when another backend was first.
 */
bool
pa_store_put_scans(const PaStatementKey *key, uint32 shape_hash, const PaScan *scans, int nscans)
{
	Size		size = chunk_size(scans, nscans);
	dsa_pointer pointer = pa_blob_alloc(size, false);
	PaSharedEntry *entry;

	if (!DsaPointerIsValid(pointer))
		return false;
	fill_chunk(pa_blob_address(pointer), size, scans, nscans);
	if (!try_lock(shape_hash, LW_EXCLUSIVE))
	{
		pa_blob_free_pointer(&pointer, size);
		return false;
	}
	entry = pa_table_make_entry_locked(key, shape_hash);
	if (entry != NULL && entry->key.planid == key->planid && !DsaPointerIsValid(entry->scans))
	{
		entry->scans = pointer;
		pointer = InvalidDsaPointer;
	}
	LWLockRelease(pa_partition_lock(pa_partition_of(shape_hash)));
	pa_blob_free_pointer(&pointer, size);
	return entry != NULL;
}

/*
 * Adds the counts of one scan to those of the same plan node.  Both lists
 * are in the order of the plan; partitions that were pruned at run time are
 * missing in one.
 */
static void
add_scan_locked(PaSharedScans *chunk, int *next, const PaScan *from)
{
	for (int i = *next; i < chunk->nscans; i++)
	{
		PaSharedScan *to = &chunk->scans[i];

		if (to->node != from->node || to->relid != from->relid)
			continue;
		to->loops += from->loops;
		to->rows_read += from->rows_read;
		to->rows_kept += from->rows_kept;
		to->plan_rows = from->plan_rows;
		to->time += from->time;
		*next = i + 1;
		return;
	}
}

/*
 * Adds what one sampled execution said about its plan: sums of rows, and the
 * worst of everything else.
 */
static void
add_plan_locked(PaPlanSample *to, const PaPlanSample *from)
{
	to->rows_estimated = from->rows_estimated;
	to->rows_actual += from->rows_actual;
	to->counted = from->counted;
	to->hash_batches = Max(to->hash_batches, from->hash_batches);
	to->sort_spill = Max(to->sort_spill, from->sort_spill);
	to->timed += from->timed;
	if (from->node_time > to->node_time)
	{
		to->node_time = from->node_time;
		memcpy(to->slowest_name, from->slowest_name, PA_NODE_NAME_SIZE);
	}
	if (from->misestimate > to->misestimate)
	{
		to->misestimate = from->misestimate;
		to->misestimate_node = from->misestimate_node;
		memcpy(to->misestimate_name, from->misestimate_name, PA_NODE_NAME_SIZE);
	}
}

/*
 * Adds one sampled execution.  False when the partition is busy or the chunk
 * is not there (any more).
 */
bool
pa_store_add_scan_sample(const PaStatementKey *key, uint32 shape_hash,
						 const PaPlanSample *plan, const PaScan *scans, int nscans,
						 TimestampTz now)
{
	PaSharedScans *chunk;

	if (!try_lock(shape_hash, LW_EXCLUSIVE))
		return false;
	chunk = scans_address(find_entry_locked(key, shape_hash));
	if (chunk != NULL)
	{
		int			next = 0;

		chunk->samples++;
		chunk->last_sample = now;
		add_plan_locked(&chunk->plan, plan);
		for (int i = 0; i < nscans; i++)
			add_scan_locked(chunk, &next, &scans[i]);
	}
	LWLockRelease(pa_partition_lock(pa_partition_of(shape_hash)));
	return chunk != NULL;
}

PaPlanScans *
pa_store_read_scans(const PaStatementKey *key)
{
	uint32		hash = pa_store_shape_hash(&key->shape);
	LWLock	   *lock = pa_partition_lock(pa_partition_of(hash));
	PaSharedScans *copy;
	PaPlanScans *result;
	Size		room = 4096;
	Size		needed = 0;

	for (;;)
	{
		PaSharedScans *chunk;

		/* memory is allocated without the lock: once more if too small */
		copy = palloc(room);
		LWLockAcquire(lock, LW_SHARED);
		chunk = scans_address(find_entry_locked(key, hash));
		needed = chunk != NULL && chunk->samples > 0 ? chunk->size : 0;
		if (needed > 0 && needed <= room)
			memcpy(copy, chunk, needed);
		LWLockRelease(lock);
		if (needed <= room)
			break;
		pfree(copy);
		room = needed;
	}
	if (needed == 0)
	{
		pfree(copy);
		return NULL;
	}

	result = palloc0(sizeof(PaPlanScans));
	result->samples = copy->samples;
	result->plan = copy->plan;
	result->encoding = copy->encoding;
	result->nscans = copy->nscans;
	result->scans = palloc0(copy->nscans * sizeof(PaScan));
	for (int i = 0; i < copy->nscans; i++)
	{
		const PaSharedScan *from = &copy->scans[i];
		PaScan	   *to = &result->scans[i];

		to->relid = from->relid;
		to->indexid = from->indexid;
		to->kind = from->kind;
		to->node = from->node;
		to->loops = from->loops;
		to->rows_read = from->rows_read;
		to->rows_kept = from->rows_kept;
		to->plan_rows = from->plan_rows;
		to->time = from->time;
		to->predicate = from->predicate ? (char *) copy + from->predicate : NULL;
	}
	return result;
}

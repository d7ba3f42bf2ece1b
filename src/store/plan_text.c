/*-------------------------------------------------------------------------
 *
 * plan_text.c
 *		The text of a plan: one compressed chunk of text memory an entry.
 *
 * Made once a plan by collect/plan_text.c and freed with the entry.  The
 * chunk is its maker's until it is linked, then under the partition's lock.
 *
 * IDENTIFICATION
 *		src/store/plan_text.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "store/store_internal.h"

/*
 * Links a new chunk to the entry, which is made if it is not in the table
 * yet.  Keeps the text that is there when another backend was first.
 */
bool
pa_store_put_plan_text(const PaStatementKey *key, uint32 shape_hash, const char *text, int len,
					   int encoding)
{
	LWLock	   *lock = pa_partition_lock(pa_partition_of(shape_hash));
	PaSharedBlob blob;
	PaSharedEntry *entry;

	if (!pa_blob_store(&blob, text, len, true, false))
		return false;
	if (!LWLockConditionalAcquire(lock, LW_EXCLUSIVE))
	{
		pg_atomic_fetch_add_u64(&pa_shared->contended, 1);
		pa_blob_free(&blob);
		return false;
	}
	entry = pa_table_make_entry_locked(key, shape_hash);
	/* another planid: this plan is one of those that count together */
	if (entry != NULL && entry->key.planid == key->planid &&
		!DsaPointerIsValid(entry->plan_text.pointer))
	{
		entry->plan_text = blob;
		entry->plan_encoding = encoding;
		blob.pointer = InvalidDsaPointer;
	}
	LWLockRelease(lock);
	pa_blob_free(&blob);
	return entry != NULL;
}

/*
 * Copies the chunk, as it is stored, to palloc'd memory.  Memory is allocated
 * without the lock: when it proves too small, once more.
 */
static char *
copy_text(const PaStatementKey *key, PaSharedBlob *blob, int *encoding)
{
	uint32		hash = pa_store_shape_hash(&key->shape);
	LWLock	   *lock = pa_partition_lock(pa_partition_of(hash));
	Size		room = 4096;

	for (;;)
	{
		char	   *buffer = palloc(room);
		PaSharedShape *shape;
		PaSharedEntry *entry;

		memset(blob, 0, sizeof(*blob));
		LWLockAcquire(lock, LW_SHARED);
		shape = pa_table_find_shape_locked(&key->shape, hash);
		entry = shape == NULL ? NULL : pa_table_find_entry_locked(shape, key);
		if (entry != NULL && DsaPointerIsValid(entry->plan_text.pointer))
		{
			*blob = entry->plan_text;
			*encoding = entry->plan_encoding;
			if (blob->len <= room)
				memcpy(buffer, pa_blob_address(blob->pointer), blob->len);
		}
		LWLockRelease(lock);
		if (blob->len <= room)
			return buffer;
		pfree(buffer);
		room = blob->len;
	}
}

char *
pa_store_read_plan_text(const PaStatementKey *key, int *encoding)
{
	PaSharedBlob blob;
	char	   *stored = copy_text(key, &blob, encoding);
	char	   *text = blob.len > 0 ? pa_blob_expand(&blob, stored) : NULL;

	pfree(stored);
	return text;
}

/*-------------------------------------------------------------------------
 *
 * detail.c
 *		Texts, query trees and parameter vectors of a shape; sampled scans of
 *		a plan.
 *
 * Writers (in a user's statement) prepare their chunk first, then take the
 * partition's lock conditionally: when it is busy the detail is given up,
 * counted, and offered again by a later execution.  Readers copy under the
 * shared lock.
 *
 * IDENTIFICATION
 *		src/store/detail.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/pg_prng.h"

#include "store/store_internal.h"

/*
 * Picks the place of one more item in a reservoir of "size" that has been
 * offered "seen" items before (Vitter 1985, algorithm R).  "size" or more
 * means: not this one.
 */
static uint32
reservoir_place(uint32 seen, uint32 used, uint32 size)
{
	if (used < size)
		return used;
	return (uint32) pg_prng_uint64_range(&pg_global_prng_state, 0, seen);
}

uint32
pa_store_epoch(uint32 shape_hash)
{
	return pg_atomic_read_u32(&pa_shared->epoch[pa_partition_of(shape_hash)]);
}

/* False when the partition is busy; a shape that is not there is all zero. */
bool
pa_store_shape_state(const PaShapeKey *key, uint32 hash, const char *application,
					 PaShapeState *state)
{
	PaSharedShape *shape;

	memset(state, 0, sizeof(*state));
	if (!pa_partition_try_lock(hash, LW_SHARED))
		return false;
	shape = pa_table_find_shape_locked(key, hash);
	if (shape != NULL)
	{
		PaSharedEntry *entries = pa_shared_entries(pa_partition_of(hash));

		state->has_text = DsaPointerIsValid(shape->text.pointer);
		state->old_text = shape->old_text;
		state->ntrees = shape->ntrees;
		state->nparams = shape->nparams;
		state->trees_seen = shape->trees_seen;
		state->params_seen = shape->params_seen;
		state->application_known = pa_application_known_locked(shape, application);
		for (int32 i = shape->first_entry; i != PA_NONE; i = entries[i].next)
			state->calls += entries[i].counters.exec.count +
				entries[i].counters.cancelled;
	}
	pa_partition_unlock(hash);
	state->calls += pa_slab_shape_calls(key, hash);
	return true;
}

/* ---- writers ---- */

bool
pa_store_put_text(const PaShapeKey *key, uint32 hash, const char *text, int len, int encoding,
				  const char *application)
{
	PaSharedBlob blob;
	PaSharedShape *shape;

	/* texts are short: compressing them would cost more than it saves */
	if (!pa_blob_store(&blob, text, len, len > 4096, true))
		return pa_store_put_application(key, hash, application);
	if (!pa_partition_try_lock(hash, LW_EXCLUSIVE))
	{
		pa_blob_free(&blob);
		return false;
	}
	shape = pa_table_make_shape_locked(key, hash);
	if (shape != NULL)
		pa_application_add_locked(shape, application);
	if (shape != NULL && (shape->old_text || !DsaPointerIsValid(shape->text.pointer)))
	{
		PaSharedBlob old = shape->text;

		shape->text = blob;
		shape->encoding = encoding;
		shape->old_text = false;
		blob = old;
	}
	pa_partition_unlock(hash);
	pa_blob_free(&blob);
	return true;
}

/*
 * True when a tree of these relations is stored and still current; its
 * settings count only when the caller has some to compare.  A busy partition
 * counts as no.
 */
bool
pa_store_has_tree(const PaShapeKey *key, uint32 hash, const PaStoredTree *tree)
{
	PaSharedShape *shape;
	bool		found = false;

	if (!pa_partition_try_lock(hash, LW_SHARED))
		return false;
	shape = pa_table_find_shape_locked(key, hash);
	for (int i = 0; shape != NULL && i < shape->ntrees; i++)
		found |= shape->trees[i].relations_hash == tree->relations_hash &&
			shape->trees[i].dependency_hash == tree->dependency_hash &&
			(tree->settings == NULL || shape->trees[i].settings_hash == tree->settings_hash);
	pa_partition_unlock(hash);
	return found;
}

/*
 * Picks the slot for a tree: the one of the same relations when that is
 * stale, or when parameters stand for the values; else a free one; else, for
 * trees that differ in their literals, by the reservoir's rule.
 */
static int
pick_tree_slot_locked(PaSharedShape *shape, const PaStoredTree *tree)
{
	uint32		place;

	for (int i = 0; i < shape->ntrees; i++)
	{
		if (shape->trees[i].relations_hash == tree->relations_hash &&
			(tree->has_params || shape->trees[i].dependency_hash != tree->dependency_hash))
			return i;
	}
	place = reservoir_place(shape->trees_seen, shape->ntrees, PA_MAX_TREES);
	return place < PA_MAX_TREES ? (int) place : PA_NONE;
}

bool
pa_store_put_tree(const PaShapeKey *key, uint32 hash, const PaStoredTree *tree, bool wait)
{
	PaSharedTree stored = {0};
	PaSharedShape *shape;
	Size		query_len = strlen(tree->query);
	char	   *content = palloc_extended(tree->settings_len + query_len, MCXT_ALLOC_NO_OOM);
	int			slot = PA_NONE;

	if (content == NULL)
		return true;
	memcpy(content, tree->settings, tree->settings_len);
	memcpy(content + tree->settings_len, tree->query, query_len);
	stored.relations_hash = tree->relations_hash;
	stored.dependency_hash = tree->dependency_hash;
	stored.has_params = tree->has_params;
	stored.settings_len = tree->settings_len;
	stored.settings_hash = tree->settings_hash;
	if (!pa_blob_store(&stored.blob, content, tree->settings_len + query_len, true, false))
	{
		pfree(content);
		return true;
	}
	pfree(content);

	if (wait)
		LWLockAcquire(pa_partition_lock(pa_partition_of(hash)), LW_EXCLUSIVE);
	else if (!pa_partition_try_lock(hash, LW_EXCLUSIVE))
	{
		pa_blob_free(&stored.blob);
		return false;
	}
	shape = pa_table_make_shape_locked(key, hash);
	if (shape != NULL)
	{
		slot = pick_tree_slot_locked(shape, tree);
		shape->trees_seen++;
	}
	if (slot != PA_NONE)
	{
		if (slot == shape->ntrees)
			shape->ntrees++;
		else
			pa_blob_free(&shape->trees[slot].blob);
		shape->trees[slot] = stored;
	}
	pa_partition_unlock(hash);
	if (slot == PA_NONE)
		pa_blob_free(&stored.blob);
	return true;
}

bool
pa_store_put_params(const PaShapeKey *key, uint32 hash, ParamListInfo params)
{
	Size		len = EstimateParamListSpace(params);
	char	   *content = palloc_extended(len, MCXT_ALLOC_NO_OOM);
	char	   *end = content;
	PaSharedBlob blob;
	PaSharedShape *shape;
	uint32		place = PA_MAX_PARAMS;

	if (content == NULL)
		return false;
	SerializeParamList(params, &end);
	if (!pa_blob_store(&blob, content, len, false, false))
	{
		pfree(content);
		return false;
	}
	pfree(content);

	if (!pa_partition_try_lock(hash, LW_EXCLUSIVE))
	{
		pa_blob_free(&blob);
		return false;
	}
	shape = pa_table_make_shape_locked(key, hash);
	if (shape != NULL)
	{
		place = reservoir_place(shape->params_seen, shape->nparams, PA_MAX_PARAMS);
		shape->params_seen++;
	}
	if (place < PA_MAX_PARAMS)
	{
		if (place == shape->nparams)
			shape->nparams++;
		else
			pa_blob_free(&shape->params[place]);
		shape->params[place] = blob;
	}
	pa_partition_unlock(hash);
	if (place >= PA_MAX_PARAMS)
		pa_blob_free(&blob);
	return true;
}

void
pa_store_count_skipped_frame(void)
{
	pg_atomic_fetch_add_u64(&pa_shared->frames_skipped, 1);
}

void
pa_store_count_lost_errors(int64 errors)
{
	pg_atomic_fetch_add_u64(&pa_shared->errors_lost, errors);
}

void
pa_store_count_skipped_params(void)
{
	pg_atomic_fetch_add_u64(&pa_shared->params_skipped, 1);
}

PaSamplingCosts pa_sampling_costs = {10, 25};

/* "spent" and "busy" are in msec and not negative. */
void
pa_store_add_sampling(double spent, double busy)
{
	pg_atomic_fetch_add_u64(&pa_shared->sampling_spent, (int64) (spent * 1e6));
	pg_atomic_fetch_add_u64(&pa_shared->sampling_busy, (int64) (busy * 1e6));
}

/* Negative to give it up: the same amount, for the sum to stay exact. */
void
pa_store_reserve_sampling(double msec)
{
	pg_atomic_fetch_add_u64(&pa_shared->sampling_reserved, (int64) (msec * 1e6));
}

void
pa_store_read_sampling(double *spent, double *busy)
{
	*spent = (pg_atomic_read_u64(&pa_shared->sampling_spent) +
			  pg_atomic_read_u64(&pa_shared->sampling_reserved)) / 1e6;
	*busy = pg_atomic_read_u64(&pa_shared->sampling_busy) / 1e6;
}

/* ---- readers ---- */

typedef enum PaDetailKind
{
	PA_DETAIL_TEXT,
	PA_DETAIL_TREES,
	PA_DETAIL_PARAMS
} PaDetailKind;

/* Points at the blobs of one kind that a shape has; gives their number. */
static int
shape_blobs(PaSharedShape *shape, PaDetailKind kind, PaSharedBlob **blobs)
{
	int			count = 0;

	if (kind == PA_DETAIL_TEXT && DsaPointerIsValid(shape->text.pointer))
		blobs[count++] = &shape->text;
	for (int i = 0; kind == PA_DETAIL_TREES && i < shape->ntrees; i++)
		blobs[count++] = &shape->trees[i].blob;
	for (int i = 0; kind == PA_DETAIL_PARAMS && i < shape->nparams; i++)
		blobs[count++] = &shape->params[i];
	return count;
}

/*
 * Copies a shape and the contents of its blobs of one kind, as they are
 * stored, to palloc'd memory.  Gives the number of blobs; contents[] gets
 * their addresses.  Memory is allocated without the lock: when it proves too
 * small, once more.
 */
static int
copy_blobs(const PaShapeKey *key, PaDetailKind kind, PaSharedShape *copy, char **contents)
{
	uint32		hash = pa_store_shape_hash(key);
	LWLock	   *lock = pa_partition_lock(pa_partition_of(hash));
	Size		room = 8192;

	for (;;)
	{
		char	   *buffer = palloc(room);
		Size		needed = 0;
		int			count = 0;
		PaSharedBlob *blobs[Max(PA_MAX_TREES, PA_MAX_PARAMS)];
		PaSharedShape *shape;

		LWLockAcquire(lock, LW_SHARED);
		shape = pa_table_find_shape_locked(key, hash);
		if (shape != NULL)
			count = shape_blobs(shape, kind, blobs);
		for (int i = 0; i < count; i++)
			needed += blobs[i]->len;
		if (needed <= room && shape != NULL)
		{
			char	   *next = buffer;

			*copy = *shape;
			for (int i = 0; i < count; i++)
			{
				memcpy(next, pa_blob_address(blobs[i]->pointer), blobs[i]->len);
				contents[i] = next;
				next += blobs[i]->len;
			}
		}
		LWLockRelease(lock);
		if (needed <= room)
			return count;
		pfree(buffer);
		room = needed;
	}
}

char *
pa_store_read_text(const PaShapeKey *key, int *encoding)
{
	PaSharedShape shape;
	char	   *content;

	if (copy_blobs(key, PA_DETAIL_TEXT, &shape, &content) == 0)
		return NULL;
	*encoding = shape.encoding;
	return pa_blob_expand(&shape.text, content);
}

List *
pa_store_read_trees(const PaShapeKey *key)
{
	PaSharedShape shape;
	char	   *contents[PA_MAX_TREES];
	int			count = copy_blobs(key, PA_DETAIL_TREES, &shape, contents);
	List	   *trees = NIL;

	for (int i = 0; i < count; i++)
	{
		PaStoredTree *tree = palloc0(sizeof(PaStoredTree));

		tree->relations_hash = shape.trees[i].relations_hash;
		tree->dependency_hash = shape.trees[i].dependency_hash;
		tree->has_params = shape.trees[i].has_params;
		tree->settings_len = shape.trees[i].settings_len;
		tree->settings_hash = shape.trees[i].settings_hash;
		tree->settings = pa_blob_expand(&shape.trees[i].blob, contents[i]);
		if (tree->settings == NULL)
			continue;
		tree->query = tree->settings + tree->settings_len;
		trees = lappend(trees, tree);
	}
	return trees;
}

List *
pa_store_read_params(const PaShapeKey *key)
{
	PaSharedShape shape;
	char	   *contents[PA_MAX_PARAMS];
	int			count = copy_blobs(key, PA_DETAIL_PARAMS, &shape, contents);
	List	   *vectors = NIL;

	for (int i = 0; i < count; i++)
	{
		char	   *start = pa_blob_expand(&shape.params[i], contents[i]);

		if (start != NULL)
			vectors = lappend(vectors, RestoreParamList(&start));
	}
	return vectors;
}

void
pa_store_drop_tree(const PaShapeKey *key, const PaStoredTree *tree)
{
	uint32		hash = pa_store_shape_hash(key);
	LWLock	   *lock = pa_partition_lock(pa_partition_of(hash));
	PaSharedShape *shape;

	LWLockAcquire(lock, LW_EXCLUSIVE);
	shape = pa_table_find_shape_locked(key, hash);
	if (shape != NULL)
		pa_shape_drop_tree_locked(shape, hash, tree);
	LWLockRelease(lock);
}

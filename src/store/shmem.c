/*-------------------------------------------------------------------------
 *
 * shmem.c
 *		Requests, lays out and attaches the store's shared memory.
 *
 * The layout is described in store_internal.h.  Sizes depend only on
 * settings that need a restart and on MaxBackends.
 *
 * IDENTIFICATION
 *		src/store/shmem.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"

#include "config/config.h"
#include "store/index_uses.h"
#include "store/persist.h"

/*
 * All slabs together take at most this as long as each can have
 * PA_MIN_SLAB_ENTRIES, so that a server with thousands of connections spends
 * little memory on sessions that are mostly idle.  docs/settings.md has the
 * sums, which a test compares.
 */
#define PA_MAX_SLAB_MEMORY (4 * 1024 * 1024)	/* bytes */
#define PA_MIN_SLAB_ENTRIES 4

#define PA_MIN_INDEXES 1024		/* rows, however few statements there may be */

PaSharedStore *pa_shared = NULL;

static shmem_request_hook_type prev_shmem_request_hook = NULL;
static shmem_startup_hook_type prev_shmem_startup_hook = NULL;

static Size
slab_size(int entries)
{
	return CACHELINEALIGN(offsetof(PaSharedSlab, entries) + entries * sizeof(PaSharedSlabEntry));
}

/* Entries a slab: the setting, a power of two, within the memory limit. */
static int
slab_entries(void)
{
	int			entries = pg_nextpower2_32(pa_guc_slab_entries + 1) / 2;

	while (entries > PA_MIN_SLAB_ENTRIES &&
		   mul_size(slab_size(entries), MaxBackends) > PA_MAX_SLAB_MEMORY)
		entries /= 2;
	return entries;
}

/*
 * Capacity of a partition: its share and slack, so that uneven hashing hardly
 * evicts before max_statements is reached.  A fifth is 1.7 times the standard
 * deviation at the default; a full store of 5,000 then lacks about ten.  More
 * would not fit into 32 MB on 18, which has more backends at its defaults.
 */
static int
partition_entries(void)
{
	int			share = (pa_guc_max_statements + PA_PARTITIONS - 1) / PA_PARTITIONS;

	return share + Max(share / 5, 8);
}

static int
partition_buckets(int entries)
{
	return pg_nextpower2_32(entries);
}

static Size
partition_size(int entries)
{
	Size		size = CACHELINEALIGN(sizeof(PaSharedPartition));

	size = add_size(size, CACHELINEALIGN(mul_size(partition_buckets(entries), sizeof(int32))));
	size = add_size(size, CACHELINEALIGN(mul_size(entries, sizeof(PaSharedEntry))));
	size = add_size(size, CACHELINEALIGN(mul_size(entries, sizeof(PaSharedShape))));
	return add_size(size, CACHELINEALIGN(PA_ERROR_ROWS * sizeof(PaSharedError)));
}

/*
 * Plans with indexes: as many as there are entries.  Those of slabs are mostly
 * the same ones.
 */
static int
max_plans(void)
{
	return pa_guc_max_statements;
}

/*
 * Rows of indexes whose uses are in no entry any more, or that were created
 * lately.
 */
static int
max_indexes(void)
{
	return Max(pa_guc_max_statements, PA_MIN_INDEXES);
}

static Size
index_uses_size(void)
{
	Size		size = CACHELINEALIGN(mul_size(max_plans(), sizeof(PaSharedPlan)));

	size = add_size(size, CACHELINEALIGN(mul_size(pg_nextpower2_32(max_plans()), sizeof(int32))));
	size = add_size(size, CACHELINEALIGN(mul_size(max_indexes(), sizeof(PaSharedIndex))));
	return add_size(size, CACHELINEALIGN(mul_size(pg_nextpower2_32(max_indexes()), sizeof(int32))));
}

/* Notes where the tables of index uses are, from "offset" on. */
static void
lay_out_index_uses(PaSharedIndexUses *uses, Size offset)
{
	uses->max_plans = max_plans();
	uses->plan_buckets = pg_nextpower2_32(uses->max_plans);
	uses->max_indexes = max_indexes();
	uses->index_buckets = pg_nextpower2_32(uses->max_indexes);

	uses->plans_offset = offset;
	offset += CACHELINEALIGN(uses->max_plans * sizeof(PaSharedPlan));
	uses->plan_buckets_offset = offset;
	offset += CACHELINEALIGN(uses->plan_buckets * sizeof(int32));
	uses->indexes_offset = offset;
	offset += CACHELINEALIGN(uses->max_indexes * sizeof(PaSharedIndex));
	uses->index_buckets_offset = offset;
}

/*
 * Notes where the parts are, so that finding one is one multiplication.
 */
static void
lay_out(PaSharedStore *store)
{
	int			entries = partition_entries();
	Size		offset = CACHELINEALIGN(sizeof(PaSharedPartition));

	store->slab_entries = slab_entries();
	store->nslabs = MaxBackends;
	store->slab_size = slab_size(store->slab_entries);
	store->slabs_offset = CACHELINEALIGN(sizeof(PaSharedStore));
	store->partitions_offset = store->slabs_offset + store->nslabs * store->slab_size;

	store->partition_entries = entries;
	store->partition_buckets = partition_buckets(entries);
	store->partition_size = partition_size(entries);
	store->buckets_offset = offset;
	offset += CACHELINEALIGN(store->partition_buckets * sizeof(int32));
	store->entries_offset = offset;
	offset += CACHELINEALIGN(entries * sizeof(PaSharedEntry));
	store->shapes_offset = offset;
	offset += CACHELINEALIGN(entries * sizeof(PaSharedShape));
	store->errors_offset = offset;

	offset = store->partitions_offset + PA_ALL_PARTITIONS * store->partition_size;
	lay_out_index_uses(&store->index_uses, offset);
	store->area_offset = offset + index_uses_size();
	store->text_memory = (Size) pa_guc_text_memory * 1024;
}

/* Gives the address of the in-place DSA, the last part of the allocation. */
void *
pa_shared_area_place(void)
{
	return (char *) pa_shared + pa_shared->area_offset;
}

static Size
store_size(void)
{
	Size		size = CACHELINEALIGN(sizeof(PaSharedStore));

	size = add_size(size, mul_size(slab_size(slab_entries()), MaxBackends));
	size = add_size(size, mul_size(partition_size(partition_entries()), PA_ALL_PARTITIONS));
	size = add_size(size, index_uses_size());
	return add_size(size, (Size) pa_guc_text_memory * 1024);
}

static void
request_shmem(void)
{
	if (prev_shmem_request_hook)
		prev_shmem_request_hook();
	RequestAddinShmemSpace(store_size());
	RequestNamedLWLockTranche("perf_advisor", PA_LOCKS);
}

/* Fills fresh shared memory; only the postmaster does this. */
static void
init_shared_store(void)
{
	memset(pa_shared, 0, CACHELINEALIGN(sizeof(PaSharedStore)));
	pa_shared->locks = GetNamedLWLockTranche("perf_advisor");
	lay_out(pa_shared);

	pg_atomic_init_u64(&pa_shared->generation, 1);
	pa_shared->full_generation = 1;
	pg_atomic_init_u32(&pa_shared->nentries, 0);
	pg_atomic_init_u32(&pa_shared->hand, 0);
	pg_atomic_init_u64(&pa_shared->stats_reset, GetCurrentTimestamp());
	pg_atomic_init_u64(&pa_shared->dealloc, 0);
	pg_atomic_init_u64(&pa_shared->calls_lost, 0);
	pg_atomic_init_u64(&pa_shared->texts_skipped, 0);
	pg_atomic_init_u64(&pa_shared->contended, 0);
	pg_atomic_init_u64(&pa_shared->torn_reads, 0);
	pg_atomic_init_u64(&pa_shared->frames_skipped, 0);
	pg_atomic_init_u64(&pa_shared->params_skipped, 0);
	pg_atomic_init_u64(&pa_shared->error_rows_evicted, 0);
	pg_atomic_init_u64(&pa_shared->errors_lost, 0);
	pg_atomic_init_u64(&pa_shared->errors_added, 0);
	pg_atomic_init_u64(&pa_shared->text_used, 0);
	pg_atomic_init_u64(&pa_shared->sampling_spent, 0);
	pg_atomic_init_u64(&pa_shared->sampling_busy, 0);
	pg_atomic_init_u64(&pa_shared->sampling_reserved, 0);
	for (int i = 0; i < PA_ALL_PARTITIONS; i++)
		pg_atomic_init_u32(&pa_shared->epoch[i], 1);

	memset(pa_shared_slab(0), 0, pa_shared->nslabs * pa_shared->slab_size);
	for (int i = 0; i < pa_shared->nslabs; i++)
	{
		PaSharedSlab *slab = pa_shared_slab(i);

		pg_atomic_init_u64(&slab->generation, 0);
		for (int j = 0; j < pa_shared->slab_entries; j++)
			pg_atomic_init_u32(&slab->entries[j].changes, 0);
	}
	pa_unreachable_init(pa_shared->unreachable);
	pg_atomic_init_u64(&pa_shared->standbys, 0);
	pg_atomic_init_u64(&pa_shared->standbys_at, 0);
	pa_saver_init();
	pa_table_init();
	pa_index_plans_init();
	pa_indexes_init();
	pa_blob_create_area();
}

/*
 * Takes over what was saved.  A file that proves wrong on the way leaves
 * nothing behind.
 */
static void
fill_shared_store(void)
{
	if (!pa_persist_load())
	{
		PaSharedSaving saving = pa_shared->saving;

		init_shared_store();
		pa_shared->saving = saving;
	}
	pa_saver_start();
}

static void
startup_shmem(void)
{
	bool		found;

	if (prev_shmem_startup_hook)
		prev_shmem_startup_hook();

	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	pa_shared = ShmemInitStruct("perf_advisor", store_size(), &found);
	if (!found)
		init_shared_store();
	LWLockRelease(AddinShmemInitLock);

	/* the postmaster, at start and after a crash; nobody else is there yet */
	if (!found)
		fill_shared_store();
}

void
pa_store_init(void)
{
	prev_shmem_request_hook = shmem_request_hook;
	shmem_request_hook = request_shmem;
	prev_shmem_startup_hook = shmem_startup_hook;
	shmem_startup_hook = startup_shmem;
}

bool
pa_store_available(void)
{
	return pa_shared != NULL;
}

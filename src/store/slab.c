/*-------------------------------------------------------------------------
 *
 * slab.c
 *		The first tier: each backend's own slab of counters.
 *
 * A statement's end finds its entry in the slab and adds to it: no lock, no
 * atomic read-modify-write, no allocation, no system call.  Each entry has a
 * sequence counter that is odd while the entry is written; readers copy and
 * check it (the idea of PgBackendStatus, per entry so that a reader of a
 * busy slab gets through).
 *
 * An entry is folded into the table when its place is needed, at the end of
 * a top-level statement when it is older than a second, and when the backend
 * exits.  Readers hold all partition locks while they copy both tiers, and a
 * fold needs one of them exclusively, so no entry moves meanwhile.
 *
 * A reset raises the shared generation.  What it forgets is void for readers
 * in a slab whose generation is older, and its backend removes it at its next
 * statement's end (reset.c).
 *
 * IDENTIFICATION
 *		src/store/slab.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "compat/compat.h"
#include "compat/plan_origin.h"
#include "access/xact.h"
#include "storage/ipc.h"
#include "utils/timestamp.h"

#include "store/store_internal.h"

#define PA_SLAB_PROBES 8
#define PA_FOLD_AGE (1 * USECS_PER_SEC) /* fold entries older than this */
#define PA_MAX_SLAB_ENTRIES 256

/* This backend's slab and what only it needs to know of it. */
static PaSharedSlab *slab = NULL;
static uint32 use_clock = 0;
static uint32 last_use[PA_MAX_SLAB_ENTRIES];
static TimestampTz last_reset = 0;	/* that the slab has seen */
static bool closed = false;

/* Inherited from the postmaster. */
static void (*exit_callback) (void) = NULL;

static inline void
begin_change(PaSharedSlabEntry *entry)
{
	pg_atomic_write_u32(&entry->changes, pg_atomic_read_u32(&entry->changes) + 1);
	pg_write_barrier();
}

static inline void
end_change(PaSharedSlabEntry *entry)
{
	pg_write_barrier();
	pg_atomic_write_u32(&entry->changes, pg_atomic_read_u32(&entry->changes) + 1);
}

/*
 * Empties an entry's counters; the key stays.  What it will count began with
 * this statement, or with a reset that came while it ran.
 */
static void
clear_counters(PaSharedSlabEntry *entry)
{
	memset(&entry->counters, 0, sizeof(entry->counters));
	memset(entry->histogram, 0, sizeof(entry->histogram));
	entry->since = Max(GetCurrentStatementStartTimestamp(), last_reset);
	entry->counters.minmax_since = entry->since;
}

/* Empties the slab and joins the present generation. */
static void
clear_slab(uint64 generation)
{
	for (int i = 0; i < pa_shared->slab_entries; i++)
	{
		PaSharedSlabEntry *entry = &slab->entries[i];

		if (entry->hash == 0)
			continue;
		begin_change(entry);
		entry->hash = 0;
		end_change(entry);
	}
	pg_write_barrier();
	pg_atomic_write_u64(&slab->generation, generation);
}

/*
 * Applies the resets that this backend's slab has not seen.  Some partition
 * is locked, so no reset comes meanwhile.  Uses of indexes that a reset makes
 * void here move to the indexes' rows under the lock of these, which readers
 * hold, too.
 */
void
pa_slab_catch_up_locked(void)
{
	LWLock	   *lock = pa_partition_lock(PA_EVICTED);
	bool		is_ours;
	uint64		seen;

	if (slab == NULL)
		return;
	seen = pg_atomic_read_u64(&slab->generation);
	if (seen == pg_atomic_read_u64(&pa_shared->generation))
		return;
	/* whoever resets holds it */
	is_ours = LWLockHeldByMe(lock);
	if (!is_ours)
		LWLockAcquire(lock, LW_EXCLUSIVE);
	for (int i = 0; i < pa_shared->slab_entries; i++)
	{
		PaSharedSlabEntry *entry = &slab->entries[i];

		if (entry->hash == 0)
			continue;
		begin_change(entry);
		if (!pa_reset_apply_locked(&entry->key.shape, seen, &entry->counters))
		{
			pa_index_uses_credit_locked(&entry->key, &entry->counters, InvalidDsaPointer, false);
			entry->hash = 0;
		}
		end_change(entry);
	}
	if (!is_ours)
		LWLockRelease(lock);
	last_reset = pa_shared->last_reset;
	pg_write_barrier();
	pg_atomic_write_u64(&slab->generation, pg_atomic_read_u64(&pa_shared->generation));
}

/* The same, locking the partition of a shape. */
static pg_attribute_cold void
catch_up(uint32 shape_hash)
{
	LWLock	   *lock = pa_partition_lock(pa_partition_of(shape_hash));

	(void) pa_index_plans_settle(true);
	LWLockAcquire(lock, LW_SHARED);
	pa_slab_catch_up_locked();
	LWLockRelease(lock);
}

static inline bool
is_empty(const PaSharedSlabEntry *entry)
{
	return pa_counters_empty(&entry->counters);
}

/* Moves an entry's counters to the table.  The partition is locked. */
static void
fold_locked(PaSharedSlabEntry *entry)
{
	pa_table_fold_locked(entry);
	begin_change(entry);
	clear_counters(entry);
	end_change(entry);
}

/*
 * Folds an entry.  Without "force", gives false when its partition is busy.
 */
static pg_noinline bool
fold_entry(PaSharedSlabEntry *entry, bool force)
{
	LWLock	   *lock = pa_partition_lock(pa_partition_of(entry->shape_hash));

	if (is_empty(entry))
		return true;
	if (!pa_index_plans_settle(force))
		return false;
	if (force)
		LWLockAcquire(lock, LW_EXCLUSIVE);
	else if (!LWLockConditionalAcquire(lock, LW_EXCLUSIVE))
		return false;

	/* a reset that came first may have voided what is here */
	pa_slab_catch_up_locked();
	if (entry->hash != 0)
		fold_locked(entry);
	LWLockRelease(lock);
	return true;
}

void
pa_store_set_exit_callback(void (*callback) (void))
{
	exit_callback = callback;
}

/*
 * Folds everything and gives the slab back.  Runs before the exit aborts the
 * transaction; what still ends later in this process is not recorded.
 */
static void
close_slab_cb(int code, Datum arg)
{
	(void) code;
	(void) arg;

	if (slab != NULL)
	{
		/* an exit out of an elog(FATAL) may come while a lock is held */
		LWLockReleaseAll();
		if (exit_callback != NULL)
			exit_callback();
		for (int i = 0; i < pa_shared->slab_entries; i++)
		{
			if (slab->entries[i].hash != 0)
				fold_entry(&slab->entries[i], true);
		}
		clear_slab(0);
		slab = NULL;
	}
	closed = true;
}

bool
pa_store_ready(void)
{
	int			index;

	if (likely(slab != NULL))
		return true;
	if (closed || pa_shared == NULL)
		return false;
	index = pa_process_index();
	if (index < 0 || index >= pa_shared->nslabs)
		return false;

	before_shmem_exit(close_slab_cb, 0);
	slab = pa_shared_slab(index);
	memset(last_use, 0, sizeof(last_use));

	/* no reset comes meanwhile that would take the slab for nobody's */
	LWLockAcquire(pa_partition_lock(0), LW_SHARED);
	clear_slab(pg_atomic_read_u64(&pa_shared->generation));
	last_reset = pa_shared->last_reset;
	LWLockRelease(pa_partition_lock(0));
	return true;
}

static inline bool
key_equal(const PaStatementKey *a, const PaStatementKey *b)
{
	return a->shape.queryid == b->shape.queryid &&
		a->planid == b->planid &&
		a->shape.userid == b->shape.userid &&
		a->shape.dbid == b->shape.dbid &&
		a->toplevel == b->toplevel;
}

/*
 * Gives the calls of a statement that this backend's own slab holds, over all
 * plans: what the table does not know yet.
 */
uint64
pa_slab_shape_calls(const PaShapeKey *key, uint32 shape_hash)
{
	uint64		calls = 0;

	if (slab == NULL ||
		pg_atomic_read_u64(&slab->generation) != pg_atomic_read_u64(&pa_shared->generation))
		return 0;
	for (int i = 0; i < pa_shared->slab_entries; i++)
	{
		const PaSharedSlabEntry *entry = &slab->entries[i];

		if (entry->shape_hash == shape_hash && entry->hash != 0 &&
			entry->key.shape.queryid == key->queryid &&
			entry->key.shape.userid == key->userid &&
			entry->key.shape.dbid == key->dbid)
			calls += entry->counters.exec.count + entry->counters.cancelled;
	}
	return calls;
}

/*
 * Gives the entry whose place a new key takes: an unused one or, folded,
 * the least recently used whose partition is free.
 */
static PaSharedSlabEntry *
claim_entry(uint32 hash)
{
	int			mask = pa_shared->slab_entries - 1;
	int			probes = Min(PA_SLAB_PROBES, pa_shared->slab_entries);
	uint32		tried = 0;

	for (int round = 0; round < probes; round++)
	{
		int			oldest = -1;

		for (int i = 0; i < probes; i++)
		{
			int			place = (hash + i) & mask;

			if (slab->entries[place].hash == 0)
				return &slab->entries[place];
			if (!(tried & (1 << i)) &&
				(oldest < 0 || last_use[place] < last_use[(hash + oldest) & mask]))
				oldest = i;
		}
		tried |= 1 << oldest;
		if (fold_entry(&slab->entries[(hash + oldest) & mask], false))
			return &slab->entries[(hash + oldest) & mask];
	}
	/* every partition is busy: readers hold them all for a moment */
	fold_entry(&slab->entries[hash & mask], true);
	return &slab->entries[hash & mask];
}

/* Gives the place of a key's entry, made new when it is not there. */
static pg_noinline int
find_place(const PaStatementKey *key, uint32 shape_hash)
{
	uint32		hash = pa_store_key_hash(shape_hash, key->planid, key->toplevel != 0);
	int			mask = pa_shared->slab_entries - 1;
	int			probes = Min(PA_SLAB_PROBES, pa_shared->slab_entries);
	PaSharedSlabEntry *entry;

	for (int i = 0; i < probes; i++)
	{
		entry = &slab->entries[(hash + i) & mask];
		if (entry->hash == hash && key_equal(&entry->key, key))
			return (hash + i) & mask;
	}

	entry = claim_entry(hash);
	begin_change(entry);
	entry->hash = hash;
	entry->shape_hash = shape_hash;
	entry->key = *key;
	clear_counters(entry);
	end_change(entry);
	return entry - slab->entries;
}

/*
 * Gives this backend's entry for a key, made new when it is not there.
 */
static inline PaSharedSlabEntry *
find_entry(const PaStatementKey *key, uint32 shape_hash, int16 *place)
{
	uint64		generation = pg_atomic_read_u64(&pa_shared->generation);
	int			at = *place;

	if (unlikely(pg_atomic_read_u64(&slab->generation) != generation))
		catch_up(shape_hash);
	if (unlikely(at < 0 || at >= pa_shared->slab_entries ||
				 slab->entries[at].hash == 0 || !key_equal(&slab->entries[at].key, key)))
		*place = at = find_place(key, shape_hash);
	last_use[at] = ++use_clock;
	return &slab->entries[at];
}

/* Adds block and WAL counters. */
static inline void
add_usage(PaCounters *c, const BufferUsage *b, const WalUsage *w)
{
	c->shared_blks_hit += b->shared_blks_hit;
	c->shared_blks_read += b->shared_blks_read;
	c->shared_blks_dirtied += b->shared_blks_dirtied;
	c->shared_blks_written += b->shared_blks_written;
	c->local_blks_hit += b->local_blks_hit;
	c->local_blks_read += b->local_blks_read;
	c->local_blks_dirtied += b->local_blks_dirtied;
	c->local_blks_written += b->local_blks_written;
	c->temp_blks_read += b->temp_blks_read;
	c->temp_blks_written += b->temp_blks_written;

	c->wal_records += w->wal_records;
	c->wal_fpi += w->wal_fpi;
	c->wal_bytes += w->wal_bytes;
	c->wal_buffers_full += PA_WAL_BUFFERS_FULL(w);
}

/* Adds the times of blocks, measured with track_io_timing only. */
static pg_noinline void
add_block_times(PaCounters *c, const BufferUsage *b)
{
	c->shared_blk_read_time += INSTR_TIME_GET_MILLISEC(PA_SHARED_BLK_READ_TIME(b));
	c->shared_blk_write_time += INSTR_TIME_GET_MILLISEC(PA_SHARED_BLK_WRITE_TIME(b));
#if PA_HAS_LOCAL_BLK_TIMES
	c->local_blk_read_time += INSTR_TIME_GET_MILLISEC(PA_LOCAL_BLK_READ_TIME(b));
	c->local_blk_write_time += INSTR_TIME_GET_MILLISEC(PA_LOCAL_BLK_WRITE_TIME(b));
#endif
	c->temp_blk_read_time += INSTR_TIME_GET_MILLISEC(b->temp_blk_read_time);
	c->temp_blk_write_time += INSTR_TIME_GET_MILLISEC(b->temp_blk_write_time);
}

static pg_noinline void
add_jit(PaCounters *c, const JitInstrumentation *jit)
{
	c->jit_functions += jit->created_functions;
	c->jit_generation_time += INSTR_TIME_GET_MILLISEC(jit->generation_counter);
	c->jit_inlining_count += INSTR_TIME_IS_ZERO(jit->inlining_counter) ? 0 : 1;
	c->jit_inlining_time += INSTR_TIME_GET_MILLISEC(jit->inlining_counter);
	c->jit_optimization_count += INSTR_TIME_IS_ZERO(jit->optimization_counter) ? 0 : 1;
	c->jit_optimization_time += INSTR_TIME_GET_MILLISEC(jit->optimization_counter);
	c->jit_emission_count += INSTR_TIME_IS_ZERO(jit->emission_counter) ? 0 : 1;
	c->jit_emission_time += INSTR_TIME_GET_MILLISEC(jit->emission_counter);
#if PA_HAS_JIT_DEFORM
	c->jit_deform_count += INSTR_TIME_IS_ZERO(PA_JIT_DEFORM(jit)) ? 0 : 1;
	c->jit_deform_time += INSTR_TIME_GET_MILLISEC(PA_JIT_DEFORM(jit));
#endif
}

/* Adds the processor time of a sampled execution. */
static void
add_cpu(PaCounters *c, const PaExecution *x)
{
	c->cpu_samples++;
	c->cpu_sampled_time += x->exec_time;
	c->cpu_user_time += x->cpu_user_time;
	c->cpu_sys_time += x->cpu_sys_time;
}

/* Notes when a call was made. */
static inline void
add_call_time(PaCounters *c, TimestampTz now)
{
	if (unlikely(c->first_call == 0))
		c->first_call = now;
	c->last_call = now;
}

/*
 * Counts one finished execution.  The entry is folded afterwards when it is
 * old, or when one of its narrow buckets is full.
 */
void
pa_store_add_execution(const PaStatementKey *key, uint32 shape_hash, int16 *place, const PaExecution *x)
{
	PaSharedSlabEntry *entry = find_entry(key, shape_hash, place);
	PaCounters *c = &entry->counters;
	TimestampTz now = GetCurrentStatementStartTimestamp();
	int			bucket = pa_histogram_bucket(x->exec_time);

	begin_change(entry);
	pa_time_stats_add(&c->exec, x->exec_time);
	c->own_exec_time += x->own_exec_time;
	c->rows += x->rows;
	add_usage(c, x->buffers, x->wal);
	if (unlikely(x->has_block_times))
		add_block_times(c, x->buffers);
	if (unlikely(x->jit != NULL))
		add_jit(c, x->jit);
	c->parallel_workers_to_launch += x->workers_to_launch;
	c->parallel_workers_launched += x->workers_launched;
	c->generic_plan_calls += x->plan_origin == PA_PLAN_GENERIC;
	c->custom_plan_calls += x->plan_origin == PA_PLAN_CUSTOM;
	if (unlikely(x->has_cpu))
		add_cpu(c, x);
	add_call_time(c, now);
	entry->histogram[bucket]++;
	end_change(entry);

	if (unlikely(entry->histogram[bucket] == PG_UINT16_MAX))
		fold_entry(entry, true);
	else if (unlikely(now - entry->since > PA_FOLD_AGE) && key->toplevel)
		fold_entry(entry, false);
}

void
pa_store_add_failure(const PaStatementKey *key, uint32 shape_hash, int16 *place, const PaFailure *f)
{
	PaSharedSlabEntry *entry = find_entry(key, shape_hash, place);
	PaCounters *c = &entry->counters;

	begin_change(entry);
	c->errors += f->errors;
	c->cancelled += f->cancelled ? f->errors : 0;
	c->last_failure = GetCurrentStatementStartTimestamp();
	c->error_exec_time += f->exec_time;
	if (f->buffers != NULL)
	{
		add_usage(c, f->buffers, f->wal);
		if (f->has_block_times)
			add_block_times(c, f->buffers);
	}
	end_change(entry);

	pa_store_add_error(&key->shape, shape_hash, key->toplevel != 0, f);
	if (GetCurrentStatementStartTimestamp() - entry->since > PA_FOLD_AGE)
		fold_entry(entry, false);
}

/* Counts one planning with the blocks it used. */
void
pa_store_add_planning(const PaStatementKey *key, uint32 shape_hash, int16 *place, double msec,
					  int64 blks_hit, int64 blks_read)
{
	PaSharedSlabEntry *entry = find_entry(key, shape_hash, place);

	begin_change(entry);
	pa_time_stats_add(&entry->counters.plan, msec);
	entry->counters.plan_shared_blks_hit += blks_hit;
	entry->counters.plan_shared_blks_read += blks_read;
	end_change(entry);
}

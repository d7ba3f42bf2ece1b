/*-------------------------------------------------------------------------
 *
 * store_internal.h
 *		Layout of the store's shared memory; for src/store/ only.
 *
 * One allocation in main shared memory holds, in this order:
 *
 *	PaSharedStore		header: counters, epochs, the lock array's address
 *	slabs				MaxBackends of them, first tier
 *	partitions			PA_PARTITIONS, second tier: shapes and entries; and one
 *						more for the <evicted> rows
 *	index uses			which plan contains which indexes, and what is counted
 *						in no entry any more (index_uses.h)
 *	DSA					texts, trees, parameters, plan details; in place, so
 *						that no DSM segment is ever made and addressing can't
 *						fail
 *
 * Who may touch what:
 *
 *	slab				written by its backend only, each entry under its own
 *						sequence counter; read by anyone who copies and checks
 *						the counter
 *	partition			its lock: exclusive to change, shared to read.  DSA
 *						chunks that a shape or entry points to are under the
 *						same lock.
 *	header counters		atomics
 *	epoch[]				written under the partition's lock (exclusive), read
 *						without any: a late reader only does work again
 *	filters[]			written under all partitions' locks (exclusive), read
 *						under any one of them
 *
 * Order of locks: partition locks in index order, that of the <evicted> rows
 * being the last; another one out of order only conditionally.  The DSA's own
 * lock comes last of all.
 *
 * IDENTIFICATION
 *		src/store/store_internal.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_STORE_STORE_INTERNAL_H
#define PA_STORE_STORE_INTERNAL_H

#include "port/atomics.h"
#include "storage/condition_variable.h"
#include "storage/latch.h"
#include "storage/lwlock.h"
#include "utils/dsa.h"

#include "store/store.h"

#define PA_PARTITIONS 64		/* all of them below MAX_SIMUL_LWLOCKS (200) */
#define PA_EVICTED PA_PARTITIONS	/* one more, for the <evicted> rows */
#define PA_ALL_PARTITIONS (PA_PARTITIONS + 1)
#define PA_MAX_TREES 5			/* a shape; 18+: one a set of relations */
#define PA_MAX_PARAMS 5			/* parameter vectors a shape */
#define PA_MAX_PLANS 20			/* planids a shape; more count under 0 */
#define PA_APPLICATION_NAMES 32	/* a partition; 133 kB in all */
#define PA_ERROR_ROWS 24		/* a partition; 75 kB in all */
#define PA_NONE (-1)			/* end of a list of array indexes */
#define PA_DSA_LOCK PA_ALL_PARTITIONS
#define PA_FILE_LOCK (PA_ALL_PARTITIONS + 1)	/* replacing or removing the file */
#define PA_LOCKS (PA_ALL_PARTITIONS + 2)
#define PA_MAX_FILTERS 1024		/* resets that some slab has not seen yet */

/* ---- first tier ---- */

/*
 * Buckets are 16 bits wide to keep a slab small; an entry is folded before
 * one can overflow.
 */
typedef struct PaSharedSlabEntry
{
	pg_atomic_uint32 changes;	/* odd while being written */
	uint32		hash;			/* of the key; 0 = unused entry */
	uint32		shape_hash;
	TimestampTz since;			/* when the entry was last empty */
	PaStatementKey key;
	PaCounters	counters;
	uint16		histogram[PA_HISTOGRAM_BUCKETS];
} PaSharedSlabEntry;

typedef struct PaSharedSlab
{
	pg_atomic_uint64 generation;	/* the last reset that the content has
									 * seen; 0 = no backend owns the slab */
	PaSharedSlabEntry entries[FLEXIBLE_ARRAY_MEMBER];
} PaSharedSlab;

/* ---- second tier ---- */

/* A chunk in the DSA with its length. */
typedef struct PaSharedBlob
{
	dsa_pointer pointer;
	uint32		len;			/* bytes */
	uint32		raw_len;		/* bytes before compression, 0 = plain */
} PaSharedBlob;

/* Counters of one statement and plan.  Under the partition's lock. */
typedef struct PaSharedEntry
{
	PaStatementKey key;
	int32		shape;			/* index of its shape */
	int32		next;			/* next entry of the shape, or free */
	bool		used;
	int16		plan_encoding;	/* of plan_text */
	PaCounters	counters;
	uint64		histogram[PA_HISTOGRAM_BUCKETS];
	dsa_pointer scans;			/* PaSharedScans */
	PaSharedBlob plan_text;		/* EXPLAIN's, no zero byte at its end */
} PaSharedEntry;

typedef struct PaSharedTree
{
	uint64		relations_hash;
	uint64		dependency_hash;
	bool		has_params;
	uint32		settings_len;	/* leading bytes of the content */
	uint32		settings_hash;
	PaSharedBlob blob;			/* settings, then the node string */
} PaSharedTree;

/* A statement without its plan.  Under the partition's lock. */
typedef struct PaSharedShape
{
	PaShapeKey	key;
	uint32		hash;
	int32		next;			/* next in the bucket, or free */
	int32		first_entry;
	int32		nentries;
	int16		partition;
	bool		used;
	bool		old_text;		/* it is of before a reset */
	uint8		ntrees;
	uint8		nparams;
	int32		encoding;		/* of the text */
	uint32		params_seen;	/* vectors offered, for the reservoir */
	uint32		trees_seen;		/* trees with literals offered */
	uint32		applications;	/* who ran it: bits of the partition's names */
	bool		other_applications; /* and others, whose names had no room */
	PaSharedBlob text;
	PaSharedTree trees[PA_MAX_TREES];
	PaSharedBlob params[PA_MAX_PARAMS];
} PaSharedShape;

/* Samples of one plan, in the DSA: header, scans, then their predicates. */
typedef struct PaSharedScan
{
	Oid			relid;
	Oid			indexid;
	int32		kind;
	int32		node;
	double		loops;
	double		rows_read;
	double		rows_kept;
	double		plan_rows;
	double		time;
	uint32		predicate;		/* offset from the chunk's start, 0 = none */
} PaSharedScan;

typedef struct PaSharedScans
{
	uint32		size;			/* of the chunk, bytes */
	int32		nscans;
	int64		samples;
	TimestampTz last_sample;
	int32		encoding;		/* of names in "plan" */
	PaPlanSample plan;
	PaSharedScan scans[FLEXIBLE_ARRAY_MEMBER];
} PaSharedScans;

/*
 * Errors of one statement and SQLSTATE; queryid 0: before it had an identifier
 * (in the partition of <evicted> rows: the sum of rows that had to leave).
 * Under the partition's lock.
 */
typedef struct PaSharedError
{
	PaShapeKey	shape;
	int32		sqlstate;		/* as MAKE_SQLSTATE(); 0: several */
	bool		toplevel;
	int64		errors;			/* 0 = the row is free */
	double		exec_time;		/* msec that the failed executions took */
	TimestampTz last_error;
} PaSharedError;

/* Control data of one partition; its arrays follow the control blocks. */
typedef struct PaSharedPartition
{
	int32		free_entry;
	int32		free_shape;
	int32		nentries;
	int32		hand;			/* clock hand over shapes */
	uint32		named;			/* bits of the applications[] that hold a name */
	char		applications[PA_APPLICATION_NAMES][NAMEDATALEN];
} PaSharedPartition;

/* ---- header ---- */

/*
 * A reset of some statements, for the slabs that have not seen it: those of a
 * lower generation.  Parts of the key that are 0 match all.
 */
typedef struct PaSharedFilter
{
	uint64		generation;
	TimestampTz at;
	PaShapeKey	key;
	bool		minmax_only;	/* forgets minima and maxima, keeps counts */
} PaSharedFilter;

/*
 * The file of the store.  What the postmaster writes never changes later; the
 * rest is written by the launcher alone, and nothing depends on two fields
 * being of the same moment.
 */
typedef struct PaSharedSaving
{
	/* by the postmaster at start */
	int64		loaded_statements;
	TimestampTz loaded_from;	/* when that was written; 0: no file */
	char		rejected[160];	/* why; empty: it was not */

	/* by the launcher */
	pg_atomic_uint32 launcher_pid;	/* 0: there is none */
	Latch	   *launcher_latch;	/* of a process slot: never dangling */
	pg_atomic_uint64 answered;	/* requests that the last attempt is for */
	pg_atomic_uint64 saved_at;	/* TimestampTz */
	pg_atomic_uint64 saved_size;	/* bytes */
	pg_atomic_uint64 failed_at; /* TimestampTz */
	pg_atomic_uint32 error;		/* errno of the last attempt, 0: it worked */

	/* by anybody */
	pg_atomic_uint64 requests;	/* to save at once */
	ConditionVariable attempted;
} PaSharedSaving;

/*
 * The tables of index_uses.h.  Sizes and offsets never change; the rest is
 * under the lock of the <evicted> rows' partition, except atomics.
 */
typedef struct PaSharedIndexUses
{
	int			max_plans;
	int			plan_buckets;	/* a power of two */
	int			max_indexes;
	int			index_buckets;	/* a power of two */
	Size		plans_offset;	/* from the header, as the following */
	Size		plan_buckets_offset;
	Size		indexes_offset;
	Size		index_buckets_offset;

	int32		free_plan;
	int32		free_index;
	int			nplans;
	int			nindexes;
	uint32		statement;		/* number of the last one evicted */
	TimestampTz since;			/* when the store began to watch */
	pg_atomic_uint64 forgotten; /* TimestampTz: of what a row without place had,
								 * the last; 0: all is known */
	pg_atomic_uint32 plans_epoch;	/* changes when plans were removed */
	pg_atomic_uint32 in_recovery;	/* 1: nobody saw recovery end so far */
} PaSharedIndexUses;

/* Another server that could not be reached (unreachable.c).  Atomics. */
#define PA_UNREACHABLE 64

typedef struct PaSharedUnreachable
{
	pg_atomic_uint64 server;	/* database and foreign server; 0 = unused */
	pg_atomic_uint64 at;		/* TimestampTz */
} PaSharedUnreachable;

typedef struct PaSharedStore
{
	LWLockPadded *locks;		/* PA_LOCKS: partitions, the DSA, the file */

	/* layout: counts, and sizes and offsets in bytes; never change */
	int			slab_entries;	/* a power of two */
	int			nslabs;
	int			partition_entries;	/* capacity of each partition */
	int			partition_buckets;	/* a power of two */
	Size		slab_size;
	Size		partition_size;
	Size		slabs_offset;	/* from the header */
	Size		partitions_offset;
	Size		buckets_offset; /* from the partition */
	Size		entries_offset;
	Size		shapes_offset;
	Size		errors_offset;
	Size		area_offset;	/* from the header */
	Size		text_memory;

	pg_atomic_uint64 generation;	/* raised by each reset; starts at 1 */
	pg_atomic_uint32 nentries;	/* entries in all partitions */
	pg_atomic_uint32 hand;		/* partition to evict from next */
	pg_atomic_uint64 stats_reset;	/* TimestampTz */

	pg_atomic_uint64 dealloc;
	pg_atomic_uint64 calls_lost;	/* no room even for an <evicted> row */
	pg_atomic_uint64 texts_skipped;
	pg_atomic_uint64 contended;
	pg_atomic_uint64 torn_reads;
	pg_atomic_uint64 frames_skipped;
	pg_atomic_uint64 params_skipped;
	pg_atomic_uint64 error_rows_evicted;
	pg_atomic_uint64 errors_lost;
	pg_atomic_uint64 errors_added;	/* since the start: tells that something changed */
	pg_atomic_uint64 text_used; /* bytes handed out by the DSA */
	pg_atomic_uint64 sampling_spent;	/* nanoseconds, see collect/budget.c */
	pg_atomic_uint64 sampling_busy; /* nanoseconds of own execution time */
	pg_atomic_uint64 sampling_reserved; /* nanoseconds; survives resets */

	pg_atomic_uint32 epoch[PA_ALL_PARTITIONS];

	PaSharedIndexUses index_uses;

	PaSharedSaving saving;
	PaSharedUnreachable unreachable[PA_UNREACHABLE];
	pg_atomic_uint64 standbys;	/* most that were seen, at ... */
	pg_atomic_uint64 standbys_at;	/* TimestampTz */

	/* written under all partitions' locks, read under any one */
	uint64		full_generation;	/* of the last reset of everything */
	TimestampTz last_reset;		/* of any kind */
	int			nfilters;
	PaSharedFilter filters[PA_MAX_FILTERS];
} PaSharedStore;

extern PaSharedStore *pa_shared;

static inline int
pa_partition_of(uint32 shape_hash)
{
	return shape_hash % PA_PARTITIONS;
}

static inline LWLock *
pa_partition_lock(int partition)
{
	return &pa_shared->locks[partition].lock;
}

static inline LWLock *
pa_file_lock(void)
{
	return &pa_shared->locks[PA_FILE_LOCK].lock;
}

static inline PaSharedSlab *
pa_shared_slab(int index)
{
	return (PaSharedSlab *) ((char *) pa_shared + pa_shared->slabs_offset +
							 index * pa_shared->slab_size);
}

static inline PaSharedPartition *
pa_shared_partition(int partition)
{
	return (PaSharedPartition *) ((char *) pa_shared + pa_shared->partitions_offset +
								  partition * pa_shared->partition_size);
}

static inline int32 *
pa_shared_buckets(int partition)
{
	return (int32 *) ((char *) pa_shared_partition(partition) + pa_shared->buckets_offset);
}

static inline PaSharedEntry *
pa_shared_entries(int partition)
{
	return (PaSharedEntry *) ((char *) pa_shared_partition(partition) + pa_shared->entries_offset);
}

static inline PaSharedShape *
pa_shared_shapes(int partition)
{
	return (PaSharedShape *) ((char *) pa_shared_partition(partition) + pa_shared->shapes_offset);
}

static inline PaSharedError *
pa_shared_errors(int partition)
{
	return (PaSharedError *) ((char *) pa_shared_partition(partition) + pa_shared->errors_offset);
}

/*
 * Locks the partition of a shape unless it is busy, which is counted.
 */
static inline bool
pa_partition_try_lock(uint32 shape_hash, LWLockMode mode)
{
	if (LWLockConditionalAcquire(pa_partition_lock(pa_partition_of(shape_hash)), mode))
		return true;
	pg_atomic_fetch_add_u64(&pa_shared->contended, 1);
	return false;
}

static inline void
pa_partition_unlock(uint32 shape_hash)
{
	LWLockRelease(pa_partition_lock(pa_partition_of(shape_hash)));
}

/* shmem.c */
extern void *pa_shared_area_place(void);

/* blob.c: chunks in the DSA */
extern void pa_blob_create_area(void);
extern dsa_pointer pa_blob_alloc(Size size, bool is_text);
extern void *pa_blob_address(dsa_pointer pointer);
extern bool pa_blob_store(PaSharedBlob *blob, const char *data, Size len, bool compress, bool is_text);
extern char *pa_blob_expand(const PaSharedBlob *blob, const char *stored);
extern void pa_blob_free(PaSharedBlob *blob);
extern void pa_blob_free_pointer(dsa_pointer *pointer, Size size);

/* table.c: all under the partition's lock */
extern void pa_table_init(void);
extern PaSharedShape *pa_table_find_shape_locked(const PaShapeKey *key, uint32 hash);
extern PaSharedShape *pa_table_make_shape_locked(const PaShapeKey *key, uint32 hash);
extern PaSharedShape *pa_table_find_shape_in(int p, const PaShapeKey *key, uint32 hash);
extern PaSharedShape *pa_table_add_shape_in(int p, const PaShapeKey *key, uint32 hash);
extern void pa_table_free_shape_locked(int p, PaSharedShape *shape);
extern PaSharedEntry *pa_table_find_entry_locked(PaSharedShape *shape, const PaStatementKey *key);
extern PaSharedEntry *pa_table_add_entry_locked(PaSharedShape *shape, const PaStatementKey *key);
extern PaSharedEntry *pa_table_make_entry_locked(const PaStatementKey *key, uint32 shape_hash);
extern void pa_table_free_entry_locked(int p, PaSharedEntry *entry);
extern void pa_table_fold_locked(const PaSharedSlabEntry *from);
extern void pa_table_reset_locked(int p);
extern void pa_shape_drop_trees_locked(PaSharedShape *shape, uint32 hash);
extern void pa_shape_drop_values_locked(PaSharedShape *shape);
extern void pa_shape_drop_tree_locked(PaSharedShape *shape, uint32 hash, const PaStoredTree *tree);

/* applications.c: all under the partition's lock */
extern bool pa_application_known_locked(const PaSharedShape *shape, const char *name);
extern void pa_application_add_locked(PaSharedShape *shape, const char *name);
extern void pa_application_clear_locked(PaSharedShape *shape);
extern int	pa_application_names_locked(const PaSharedShape *shape, char (*names)[NAMEDATALEN]);

/* read.c */
extern void pa_lock_all(LWLockMode mode);
extern void pa_unlock_all(void);
extern bool pa_copy_slab_entry(PaSharedSlabEntry *to, PaSharedSlabEntry *from);

/* reset.c: the counters of losses in the header, which a reset clears */
#define PA_LOSS_COUNTERS 11
extern pg_atomic_uint64 *pa_loss_counter(int i);

/* under any partition's lock */
extern bool pa_reset_apply_locked(const PaShapeKey *key, uint64 seen, PaCounters *counters);

/* unreachable.c */
extern void pa_unreachable_init(PaSharedUnreachable *places);

/* saver.c */
extern void pa_saver_init(void);
extern void pa_saver_start(void);
extern void pa_saver_remove_file(void);

/* slab.c */
extern void pa_slab_catch_up_locked(void);
extern uint64 pa_slab_shape_calls(const PaShapeKey *key, uint32 shape_hash);

/* errors.c: all under the partition's lock, exclusive to change */
extern void pa_errors_add_locked(int p, const PaSharedError *from);
extern void pa_errors_reset_locked(int p, Oid userid, Oid dbid, int64 queryid);

/* evict.c: all under the partition's lock */
extern void pa_evict_locked(int p, const PaSharedShape *keep);
extern void pa_evict_surplus_locked(const PaSharedShape *shape);
extern void pa_evict_to_row(const PaStatementKey *key, const PaCounters *counters,
							const uint64 *histogram);

/* index_plans.c: false without "wait" when the plans' lock is busy */
extern bool pa_index_plans_settle(bool wait);

/* index_uses.c: under the lock of the <evicted> rows, exclusive */
extern void pa_index_uses_next_statement_locked(void);
extern void pa_index_uses_credit_locked(const PaStatementKey *key, const PaCounters *counters,
										dsa_pointer scans, bool evicted);
extern void pa_index_uses_reset_locked(void);

#endif							/* PA_STORE_STORE_INTERNAL_H */

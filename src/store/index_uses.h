/*-------------------------------------------------------------------------
 *
 * index_uses.h
 *		How often which index was used; for src/store/ only.
 *
 * Executions are counted in the entries of statements, and nowhere else: an
 * entry's key has the plan's identifier.  Two fixed tables make uses of
 * indexes of that:
 *
 *	plans		(database, planid) to the indexes that the plan contains.  A
 *				backend enters a plan when it executes it first, so the row is
 *				there before the execution is counted in the table
 *	indexes		(database, index) to the uses that are in no entry any more,
 *				because it was evicted, reset or summed up, and to the time
 *				since when the index is watched
 *
 * So an index's uses are those in its row and those in the entries of its
 * plans: at any moment, for whoever holds all locks.
 *
 * Both are under the lock of the <evicted> rows' partition: what leaves an
 * entry for an index's row leaves it under this lock, together with what goes
 * to the <evicted> row.
 *
 * IDENTIFICATION
 *		src/store/index_uses.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_STORE_INDEX_USES_H
#define PA_STORE_INDEX_USES_H

#include "store/store_internal.h"

#define PA_FEW_INDEXES 4		/* of a plan: kept in its row */

/*
 * The indexes of one plan: each once, in no order.  InvalidOid is in the place
 * of one that is gone, whose heir is in the list, too.
 */
typedef struct PaSharedPlan
{
	Oid			dbid;
	uint32		nindexes;		/* 0 = the row is free */
	int64		planid;
	union
	{
		Oid			few[PA_FEW_INDEXES];
		dsa_pointer many;		/* chunk of Oid in text memory */
	}			indexes;
	int32		next;			/* next in the bucket, or free */
	bool		mark;			/* a sweep found it in an entry */
} PaSharedPlan;

/*
 * What is known of one index beside its plans; or of a database, when indexid
 * is invalid: since when its indexes are watched.
 */
typedef struct PaSharedIndex
{
	Oid			dbid;			/* InvalidOid = the row is free */
	Oid			indexid;
	int64		uses;
	TimestampTz last_used;		/* 0: never */
	TimestampTz first_seen;
	float4		sampled_uses;	/* of plans in whose samples the index was */
	float4		rows;			/* that it returned in one of those, the mean */
	uint32		statements:20;	/* evicted ones, at most PA_MOST_STATEMENTS */
	uint32		statement:12;	/* end of the number of the one added last */
	int32		next;			/* next in the bucket, or free */
} PaSharedIndex;

#define PA_MOST_STATEMENTS ((1 << 20) - 1)
#define PA_STATEMENT_MASK ((1 << 12) - 1)

static inline PaSharedPlan *
pa_shared_plans(void)
{
	return (PaSharedPlan *) ((char *) pa_shared + pa_shared->index_uses.plans_offset);
}

static inline int32 *
pa_shared_plan_buckets(void)
{
	return (int32 *) ((char *) pa_shared + pa_shared->index_uses.plan_buckets_offset);
}

static inline PaSharedIndex *
pa_shared_indexes(void)
{
	return (PaSharedIndex *) ((char *) pa_shared + pa_shared->index_uses.indexes_offset);
}

static inline int32 *
pa_shared_index_buckets(void)
{
	return (int32 *) ((char *) pa_shared + pa_shared->index_uses.index_buckets_offset);
}

static inline LWLock *
pa_index_uses_lock(void)
{
	return pa_partition_lock(PA_EVICTED);
}

/* Gives a plan's indexes. */
static inline const Oid *
pa_plan_indexes(const PaSharedPlan *plan)
{
	if (plan->nindexes <= PA_FEW_INDEXES)
		return plan->indexes.few;
	return pa_blob_address(plan->indexes.many);
}

/* Executions that used the indexes of their plan, failed ones included. */
static inline int64
pa_counted_uses(const PaCounters *counters)
{
	return counters->exec.count + counters->errors;
}

/* When the last of them started. */
static inline TimestampTz
pa_last_use(const PaCounters *counters)
{
	return Max(counters->last_call, counters->last_failure);
}

/*
 * A copy of plans and rows, of all databases, in CurrentMemoryContext.
 */
typedef struct PaIndexUsesCopy
{
	TimestampTz since;
	TimestampTz forgotten;
	bool		in_recovery;
	int			nplans;
	PaSharedPlan *plans;		/* "next" is where its indexes begin below */
	Oid		   *indexes;
	int			nrows;
	PaSharedIndex *rows;
} PaIndexUsesCopy;

/* index_uses_read.c */
extern PaIndexUsesCopy *pa_index_uses_copy(void);

/* index_plans.c */
extern void pa_index_plans_init(void);
extern PaSharedPlan *pa_index_plan_find_locked(Oid dbid, int64 planid);
extern bool pa_index_plan_add_locked(Oid dbid, int64 planid, const Oid *indexes, uint32 count,
									 dsa_pointer *many);
extern void pa_index_plans_replace_locked(Oid dbid, Oid indexid, Oid heirid);

/* index_uses.c: all under the lock, exclusive to change */
extern void pa_indexes_init(void);
extern bool pa_starts_in_recovery(void);
extern PaSharedIndex *pa_index_find_locked(Oid dbid, Oid indexid);
extern PaSharedIndex *pa_index_make_locked(Oid dbid, Oid indexid);

/* Rows that the scans of a plan's samples read by an index, one execution. */
typedef struct PaIndexRows
{
	bool		sampled;
	double		rows;
} PaIndexRows;

extern PaIndexRows pa_index_rows_locked(dsa_pointer scans, Oid indexid);

#endif							/* PA_STORE_INDEX_USES_H */

/*-------------------------------------------------------------------------
 *
 * index_plans.c
 *		Which indexes a plan contains: one row a plan (index_uses.h).
 *
 * A backend enters the plan that it is about to execute first, and remembers
 * that it did.  The lock is never waited for then: a plan that finds it busy
 * stays with the backend, and is entered before the first of its counts leaves
 * the backend's slab.  That may wait, when folding may.
 *
 * Rows go when the table is full: those of plans that are in no entry any
 * more, neither in the table nor in a slab, are swept out.  The epoch then says
 * that what backends remember is void; an execution that began before enters
 * its plan again when it ends.  Still accepted: one that failed, whose plan is
 * gone by then.
 *
 * A plan that finds no room, which takes more different plans than the store
 * has entries, or a full text memory and more than PA_FEW_INDEXES indexes, is
 * not entered.  Its executions are added to the rows of its indexes one by one,
 * when they start.
 *
 * IDENTIFICATION
 *		src/store/index_plans.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/mix.h"
#include "store/index_uses.h"

/* A plan that is not entered yet.  Private memory. */
typedef struct PaPendingPlan
{
	int64		planid;
	uint32		count;
	Oid		   *indexes;		/* in TopMemoryContext */
} PaPendingPlan;

#define PA_PENDING_PLANS 16

static PaPendingPlan pending[PA_PENDING_PLANS];
static int	npending = 0;

static int32 *
bucket_of(Oid dbid, int64 planid)
{
	uint64		hash = pa_mix64((uint64) planid ^ dbid);

	return &pa_shared_plan_buckets()[hash & (pa_shared->index_uses.plan_buckets - 1)];
}

/* Links all rows of a fresh table into the free list. */
void
pa_index_plans_init(void)
{
	PaSharedIndexUses *shared = &pa_shared->index_uses;
	PaSharedPlan *plans = pa_shared_plans();

	memset(plans, 0, shared->max_plans * sizeof(PaSharedPlan));
	for (int i = 0; i < shared->max_plans; i++)
		plans[i].next = i + 1 < shared->max_plans ? i + 1 : PA_NONE;
	for (int i = 0; i < shared->plan_buckets; i++)
		pa_shared_plan_buckets()[i] = PA_NONE;
	shared->free_plan = 0;
	shared->nplans = 0;
	pg_atomic_init_u32(&shared->plans_epoch, 1);
}

/* Gives a plan's row or NULL.  A shared lock is enough. */
PaSharedPlan *
pa_index_plan_find_locked(Oid dbid, int64 planid)
{
	PaSharedPlan *plans = pa_shared_plans();

	for (int32 i = *bucket_of(dbid, planid); i != PA_NONE; i = plans[i].next)
	{
		if (plans[i].planid == planid && plans[i].dbid == dbid)
			return &plans[i];
	}
	return NULL;
}

/*
 * Enters a plan.  *many, a chunk with the indexes when there are more than a
 * few, is taken over and made invalid, unless the plan is there already.  False
 * when the table is full.
 */
bool
pa_index_plan_add_locked(Oid dbid, int64 planid, const Oid *indexes, uint32 count, dsa_pointer *many)
{
	PaSharedIndexUses *shared = &pa_shared->index_uses;
	int32	   *bucket = bucket_of(dbid, planid);
	int32		index = shared->free_plan;
	PaSharedPlan *plan;

	if (pa_index_plan_find_locked(dbid, planid) != NULL)
		return true;
	if (index == PA_NONE)
		return false;
	plan = &pa_shared_plans()[index];
	shared->free_plan = plan->next;
	shared->nplans++;

	plan->dbid = dbid;
	plan->planid = planid;
	plan->nindexes = count;
	plan->mark = false;
	if (count <= PA_FEW_INDEXES)
		memcpy(plan->indexes.few, indexes, count * sizeof(Oid));
	else
	{
		plan->indexes.many = *many;
		*many = InvalidDsaPointer;
	}
	plan->next = *bucket;
	*bucket = index;
	return true;
}

static void
remove_locked(PaSharedPlan *plan)
{
	PaSharedIndexUses *shared = &pa_shared->index_uses;
	PaSharedPlan *plans = pa_shared_plans();
	int32	   *link = bucket_of(plan->dbid, plan->planid);
	int32		index = plan - plans;

	while (*link != index)
		link = &plans[*link].next;
	*link = plan->next;
	if (plan->nindexes > PA_FEW_INDEXES)
		pa_blob_free_pointer(&plan->indexes.many, plan->nindexes * sizeof(Oid));
	plan->nindexes = 0;
	plan->dbid = InvalidOid;
	plan->next = shared->free_plan;
	shared->free_plan = index;
	shared->nplans--;
}

/*
 * Has the plans of an index that is gone count for another.  One that contains
 * both counts once.  It is in no plan that will be executed again.
 */
void
pa_index_plans_replace_locked(Oid dbid, Oid indexid, Oid heirid)
{
	PaSharedPlan *plans = pa_shared_plans();

	for (int i = 0; i < pa_shared->index_uses.max_plans; i++)
	{
		Oid		   *indexes = plans[i].indexes.few;
		int			place = -1;
		bool		has_heir = false;

		if (plans[i].nindexes == 0 || plans[i].dbid != dbid)
			continue;
		if (plans[i].nindexes > PA_FEW_INDEXES)
			indexes = pa_blob_address(plans[i].indexes.many);
		for (uint32 n = 0; n < plans[i].nindexes; n++)
		{
			if (indexes[n] == indexid)
				place = n;
			has_heir |= indexes[n] == heirid;
		}
		if (place >= 0)
			indexes[place] = has_heir ? InvalidOid : heirid;
	}
}

/* ---- sweeping ---- */

static void
mark_locked(const PaStatementKey *key)
{
	PaSharedPlan *plan = key->planid == 0 ? NULL :
		pa_index_plan_find_locked(key->shape.dbid, key->planid);

	if (plan != NULL)
		plan->mark = true;
}

/*
 * Marks the plans of all entries.  That of a slab may just be written, and be
 * misread: its backend then finds the epoch changed.
 */
static void
mark_all_locked(void)
{
	for (int p = 0; p < PA_PARTITIONS; p++)
	{
		const PaSharedEntry *entries = pa_shared_entries(p);

		for (int i = 0; i < pa_shared->partition_entries; i++)
		{
			if (entries[i].used)
				mark_locked(&entries[i].key);
		}
	}
	for (int s = 0; s < pa_shared->nslabs; s++)
	{
		const PaSharedSlab *slab = pa_shared_slab(s);

		for (int i = 0; i < pa_shared->slab_entries; i++)
		{
			if (slab->entries[i].hash != 0)
				mark_locked(&slab->entries[i].key);
		}
	}
}

/* All partitions are locked, that of the <evicted> rows exclusively. */
static void
sweep_locked(void)
{
	PaSharedPlan *plans = pa_shared_plans();
	int			max_plans = pa_shared->index_uses.max_plans;

	/* what backends remember of statements first, see open_frame() */
	for (int p = 0; p < PA_PARTITIONS; p++)
		pg_atomic_fetch_add_u32(&pa_shared->epoch[p], 1);
	pg_atomic_fetch_add_u32(&pa_shared->index_uses.plans_epoch, 1);

	for (int i = 0; i < max_plans; i++)
		plans[i].mark = false;
	mark_all_locked();
	for (int i = 0; i < max_plans; i++)
	{
		if (plans[i].nindexes > 0 && !plans[i].mark)
			remove_locked(&plans[i]);
	}
}

/*
 * Removes the plans that are in no entry.  No lock is held.  Without "wait",
 * false when some lock is busy.
 */
static bool
sweep(bool wait)
{
	int			locked = 0;

	for (; locked < PA_ALL_PARTITIONS; locked++)
	{
		LWLockMode	mode = locked == PA_EVICTED ? LW_EXCLUSIVE : LW_SHARED;

		if (wait)
			LWLockAcquire(pa_partition_lock(locked), mode);
		else if (!LWLockConditionalAcquire(pa_partition_lock(locked), mode))
			break;
	}
	if (locked == PA_ALL_PARTITIONS && pa_shared->index_uses.free_plan == PA_NONE)
		sweep_locked();
	for (int p = locked - 1; p >= 0; p--)
		LWLockRelease(pa_partition_lock(p));
	return locked == PA_ALL_PARTITIONS;
}

/* ---- entering ---- */

typedef enum PaPlanEntered
{
	PA_PLAN_ENTERED,
	PA_PLAN_NO_ROOM,
	PA_PLAN_BUSY
} PaPlanEntered;

static bool
lock_plans(LWLockMode mode, bool wait)
{
	if (wait)
		LWLockAcquire(pa_index_uses_lock(), mode);
	else
		return LWLockConditionalAcquire(pa_index_uses_lock(), mode);
	return true;
}

/* Enters the plan after others have proved that it is not there. */
static PaPlanEntered
add_plan(int64 planid, const Oid *indexes, uint32 count, bool wait)
{
	dsa_pointer many = InvalidDsaPointer;
	bool		added = false;

	if (count > PA_FEW_INDEXES)
	{
		many = pa_blob_alloc(count * sizeof(Oid), true);
		if (!DsaPointerIsValid(many))
			return PA_PLAN_NO_ROOM;
		memcpy(pa_blob_address(many), indexes, count * sizeof(Oid));
	}
	for (int round = 0; round < 2 && !added; round++)
	{
		if ((round > 0 && !sweep(wait)) || !lock_plans(LW_EXCLUSIVE, wait))
		{
			pa_blob_free_pointer(&many, count * sizeof(Oid));
			return PA_PLAN_BUSY;
		}
		added = pa_index_plan_add_locked(MyDatabaseId, planid, indexes, count, &many);
		LWLockRelease(pa_index_uses_lock());
	}
	pa_blob_free_pointer(&many, count * sizeof(Oid));
	return added ? PA_PLAN_ENTERED : PA_PLAN_NO_ROOM;
}

static PaPlanEntered
enter_plan(int64 planid, const Oid *indexes, uint32 count, bool wait)
{
	bool		there;

	/* most often another backend was first: readers don't stand in its way */
	if (!lock_plans(LW_SHARED, wait))
		return PA_PLAN_BUSY;
	there = pa_index_plan_find_locked(MyDatabaseId, planid) != NULL;
	LWLockRelease(pa_index_uses_lock());
	return there ? PA_PLAN_ENTERED : add_plan(planid, indexes, count, wait);
}

/* Counts one execution of a plan that found no room. */
static void
credit_one(const Oid *indexes, uint32 count)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();

	LWLockAcquire(pa_index_uses_lock(), LW_EXCLUSIVE);
	for (uint32 i = 0; i < count; i++)
	{
		PaSharedIndex *row = pa_index_make_locked(MyDatabaseId, indexes[i]);

		row->uses++;
		row->last_used = Max(row->last_used, now);
	}
	LWLockRelease(pa_index_uses_lock());
}

/* Keeps a plan until its lock is free.  False when there is no memory. */
static bool
keep_pending(int64 planid, const Oid *indexes, uint32 count)
{
	PaPendingPlan *plan = &pending[npending];

	if (npending == PA_PENDING_PLANS)
		return false;
	plan->indexes = MemoryContextAllocExtended(TopMemoryContext, count * sizeof(Oid), MCXT_ALLOC_NO_OOM);
	if (plan->indexes == NULL)
		return false;
	memcpy(plan->indexes, indexes, count * sizeof(Oid));
	plan->planid = planid;
	plan->count = count;
	npending++;
	return true;
}

bool
pa_store_put_plan_indexes(int64 planid, const Oid *indexes, uint32 count)
{
	PaPlanEntered entered = enter_plan(planid, indexes, count, false);

	if (entered == PA_PLAN_BUSY && !keep_pending(planid, indexes, count))
		entered = enter_plan(planid, indexes, count, true);
	if (entered == PA_PLAN_NO_ROOM)
		credit_one(indexes, count);
	return entered != PA_PLAN_NO_ROOM;
}

/*
 * Enters the plans that found the lock busy.  One that finds no room now has
 * been executed once, and counts once.
 */
bool
pa_index_plans_settle(bool wait)
{
	while (npending > 0)
	{
		PaPendingPlan *plan = &pending[npending - 1];
		PaPlanEntered entered = enter_plan(plan->planid, plan->indexes, plan->count, wait);

		if (entered == PA_PLAN_BUSY)
			return false;
		if (entered == PA_PLAN_NO_ROOM)
			credit_one(plan->indexes, plan->count);
		pfree(plan->indexes);
		npending--;
	}
	return true;
}

uint32
pa_store_plans_epoch(void)
{
	return pg_atomic_read_u32(&pa_shared->index_uses.plans_epoch);
}

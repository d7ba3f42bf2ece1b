/*-------------------------------------------------------------------------
 *
 * index_uses_read.c
 *		The uses of the indexes of one database, for readers.
 *
 * What is needed of entries, plans and rows is copied under all locks, in
 * shared mode, to memory allocated beforehand: what proved too small is made
 * larger, and it is done again.  Then executions are added up by index.
 *
 * Counters of slabs that a reset has made void still count here: their backend
 * moves them to the rows of their indexes when it sees the reset.
 *
 * IDENTIFICATION
 *		src/store/index_uses_read.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "store/index_uses.h"
#include "store/store_write.h"

/* Copied of one plan. */
#define MAX_PLAN_INDEXES 64

/* An array that is filled under locks: "wanted" may exceed "room". */
typedef struct PaCopyArray
{
	Size		item_size;
	Size		room;			/* items */
	Size		wanted;
	char	   *items;
} PaCopyArray;

/* A plan, its indexes being a part of another array. */
typedef struct PaPlanCopy
{
	int64		planid;
	uint32		first;
	uint32		count;
} PaPlanCopy;

/* What an entry of either tier counted. */
typedef struct PaUsesCopy
{
	int64		queryid;
	int64		planid;
	int64		uses;
	TimestampTz last_used;
	uint32		first_scan;		/* in another array */
	uint32		scans;
	int64		samples;
} PaUsesCopy;

typedef struct PaScanCopy
{
	Oid			indexid;
	double		rows;			/* all samples together */
} PaScanCopy;

typedef struct PaUsesSnapshot
{
	PaCopyArray plans;			/* PaPlanCopy */
	PaCopyArray indexes;		/* Oid */
	PaCopyArray uses;			/* PaUsesCopy */
	PaCopyArray scans;			/* PaScanCopy */
	PaCopyArray rows;			/* PaSharedIndex */
	TimestampTz since;
} PaUsesSnapshot;

/* ---- under all locks: no allocation ---- */

/* Gives the place of one more item, NULL when there is no room. */
static void *
next_item(PaCopyArray *array)
{
	Size		index = array->wanted++;

	return index < array->room ? array->items + index * array->item_size : NULL;
}

static void
copy_plans_locked(PaUsesSnapshot *snapshot, Oid dbid)
{
	const PaSharedPlan *plans = pa_shared_plans();

	for (int i = 0; i < pa_shared->index_uses.max_plans; i++)
	{
		const Oid  *indexes;
		PaPlanCopy *copy;

		if (plans[i].nindexes == 0 || plans[i].dbid != dbid)
			continue;
		copy = next_item(&snapshot->plans);
		if (copy != NULL)
		{
			copy->planid = plans[i].planid;
			copy->first = snapshot->indexes.wanted;
			copy->count = plans[i].nindexes;
		}
		indexes = pa_plan_indexes(&plans[i]);
		for (uint32 n = 0; n < plans[i].nindexes; n++)
		{
			Oid		   *index = next_item(&snapshot->indexes);

			if (index != NULL)
				*index = indexes[n];
		}
	}
}

/* The rows that the samples of a plan read by an index. */
static void
copy_scans_locked(PaUsesSnapshot *snapshot, PaUsesCopy *uses, dsa_pointer pointer)
{
	const PaSharedScans *scans = DsaPointerIsValid(pointer) ? pa_blob_address(pointer) : NULL;
	Size		first = snapshot->scans.wanted;

	if (scans == NULL || scans->samples <= 0)
		return;
	for (int i = 0; i < scans->nscans; i++)
	{
		PaScanCopy *copy;

		if (!OidIsValid(scans->scans[i].indexid))
			continue;
		copy = next_item(&snapshot->scans);
		if (copy != NULL)
		{
			copy->indexid = scans->scans[i].indexid;
			copy->rows = scans->scans[i].rows_read;
		}
	}
	if (uses != NULL)
	{
		uses->first_scan = first;
		uses->scans = snapshot->scans.wanted - first;
		uses->samples = scans->samples;
	}
}

static void
copy_uses_locked(PaUsesSnapshot *snapshot, const PaStatementKey *key, const PaCounters *counters,
				 dsa_pointer scans)
{
	PaUsesCopy *copy;

	/* an entry may have nothing but samples as yet */
	if (key->planid == 0 || (pa_counted_uses(counters) == 0 && !DsaPointerIsValid(scans)) ||
		pa_index_plan_find_locked(key->shape.dbid, key->planid) == NULL)
		return;
	copy = next_item(&snapshot->uses);
	if (copy != NULL)
	{
		memset(copy, 0, sizeof(*copy));
		copy->queryid = key->shape.queryid;
		copy->planid = key->planid;
		copy->uses = pa_counted_uses(counters);
		copy->last_used = pa_last_use(counters);
	}
	copy_scans_locked(snapshot, copy, scans);
}

static void
copy_slab_locked(PaUsesSnapshot *snapshot, PaSharedSlab *slab, Oid dbid)
{
	PaSharedSlabEntry entry;

	if (pg_atomic_read_u64(&slab->generation) == 0)
		return;					/* nobody's */
	pg_read_barrier();
	for (int i = 0; i < pa_shared->slab_entries; i++)
	{
		/* one that is just written for the first time is in the next read */
		if (slab->entries[i].hash == 0 || slab->entries[i].key.shape.dbid != dbid)
			continue;
		if (!pa_copy_slab_entry(&entry, &slab->entries[i]) && !IsUnderPostmaster)
			continue;
		if (entry.hash != 0 && entry.key.shape.dbid == dbid)
			copy_uses_locked(snapshot, &entry.key, &entry.counters, InvalidDsaPointer);
	}
}

static void
copy_rows_locked(PaUsesSnapshot *snapshot, Oid dbid)
{
	const PaSharedIndex *rows = pa_shared_indexes();

	for (int i = 0; i < pa_shared->index_uses.max_indexes; i++)
	{
		PaSharedIndex *copy = rows[i].dbid == dbid ? next_item(&snapshot->rows) : NULL;

		if (copy != NULL)
			*copy = rows[i];
	}
}

static void
copy_all_locked(PaUsesSnapshot *snapshot, Oid dbid)
{
	PaSharedIndexUses *shared = &pa_shared->index_uses;

	copy_plans_locked(snapshot, dbid);
	for (int p = 0; p < PA_PARTITIONS; p++)
	{
		const PaSharedEntry *entries = pa_shared_entries(p);

		for (int i = 0; i < pa_shared->partition_entries; i++)
		{
			if (entries[i].used && entries[i].key.shape.dbid == dbid)
				copy_uses_locked(snapshot, &entries[i].key, &entries[i].counters, entries[i].scans);
		}
	}
	for (int s = 0; s < pa_shared->nslabs; s++)
		copy_slab_locked(snapshot, pa_shared_slab(s), dbid);
	copy_rows_locked(snapshot, dbid);
	snapshot->since = Max(shared->since, (TimestampTz) pg_atomic_read_u64(&shared->forgotten));
}

/* ---- without locks ---- */

/* Empties the array, larger when it was too small; false when it was not. */
static bool
prepare(PaCopyArray *array, Size item_size)
{
	bool		again = array->wanted > array->room;

	if (array->items == NULL || again)
	{
		if (array->items != NULL)
			pfree(array->items);
		array->item_size = item_size;
		array->room = Max(array->wanted + array->wanted / 4, 1024);
		array->items = MemoryContextAllocHuge(CurrentMemoryContext, array->room * item_size);
	}
	return again;
}

static bool
prepare_all(PaUsesSnapshot *snapshot)
{
	bool		again = prepare(&snapshot->plans, sizeof(PaPlanCopy));

	again |= prepare(&snapshot->indexes, sizeof(Oid));
	again |= prepare(&snapshot->uses, sizeof(PaUsesCopy));
	again |= prepare(&snapshot->scans, sizeof(PaScanCopy));
	again |= prepare(&snapshot->rows, sizeof(PaSharedIndex));
	return again;
}

static void
take_snapshot(PaUsesSnapshot *snapshot, Oid dbid)
{
	memset(snapshot, 0, sizeof(*snapshot));
	(void) prepare_all(snapshot);
	do
	{
		snapshot->plans.wanted = snapshot->indexes.wanted = snapshot->uses.wanted = 0;
		snapshot->scans.wanted = snapshot->rows.wanted = 0;
		pa_lock_all(LW_SHARED);
		copy_all_locked(snapshot, dbid);
		pa_unlock_all();
	} while (prepare_all(snapshot));
}

/* An index while its uses are added up. */
typedef struct PaIndexSum
{
	Oid			indexid;
	PaIndexUse	use;
	double		sampled_uses;
	double		sampled_rows;
	int64		queryid;		/* of the statement added last; 0: none */
} PaIndexSum;

static HTAB *
make_sums(const PaUsesSnapshot *snapshot)
{
	HASHCTL		control;

	memset(&control, 0, sizeof(control));
	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(PaIndexSum);
	control.hcxt = CurrentMemoryContext;
	return hash_create("perf_advisor index uses", snapshot->rows.wanted + 256, &control,
					   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* Gives an index's sum; a new one has been watched since "since". */
static PaIndexSum *
find_sum(HTAB *sums, Oid indexid, TimestampTz since)
{
	bool		found;
	PaIndexSum *sum = hash_search(sums, &indexid, HASH_ENTER, &found);

	if (!found)
	{
		memset(sum, 0, sizeof(*sum));
		sum->indexid = sum->use.indexid = indexid;
		sum->use.first_seen = since;
	}
	return sum;
}

/*
 * Starts with what is in the indexes' rows.  The database's own row, if there
 * is one, says since when any of its indexes can have been watched.
 */
static void
add_rows(HTAB *sums, PaUsesSnapshot *snapshot)
{
	const PaSharedIndex *rows = (const PaSharedIndex *) snapshot->rows.items;
	TimestampTz created = 0;	/* the database */

	for (Size i = 0; i < snapshot->rows.wanted; i++)
	{
		if (!OidIsValid(rows[i].indexid))
			created = rows[i].first_seen;
	}
	snapshot->since = Max(snapshot->since, created);
	for (Size i = 0; i < snapshot->rows.wanted; i++)
	{
		PaIndexSum *sum;

		if (!OidIsValid(rows[i].indexid))
			continue;
		sum = find_sum(sums, rows[i].indexid, Max(rows[i].first_seen, created));
		sum->use.uses = rows[i].uses;
		sum->use.statements = rows[i].statements;
		sum->use.last_used = rows[i].last_used;
		sum->sampled_uses = rows[i].sampled_uses;
		sum->sampled_rows = rows[i].rows * rows[i].sampled_uses;
	}
}

/* qsort comparator: by planid. */
static int
compare_plans(const void *left, const void *right)
{
	const PaPlanCopy *a = left;
	const PaPlanCopy *b = right;

	return (a->planid > b->planid) - (a->planid < b->planid);
}

/* qsort comparator: by statement, then by plan. */
static int
compare_uses(const void *left, const void *right)
{
	const PaUsesCopy *a = left;
	const PaUsesCopy *b = right;

	if (a->queryid != b->queryid)
		return a->queryid > b->queryid ? 1 : -1;
	return (a->planid > b->planid) - (a->planid < b->planid);
}

/*
 * Gives the rows that an index returned in all samples of the entries of one
 * plan; negative when it is in none of them.
 */
static double
sampled_rows(const PaUsesSnapshot *snapshot, const PaUsesCopy *entries, int count, Oid indexid)
{
	const PaScanCopy *scans = (const PaScanCopy *) snapshot->scans.items;
	double		rows = -1;

	for (int i = 0; i < count; i++)
	{
		for (uint32 n = 0; n < entries[i].scans; n++)
		{
			const PaScanCopy *scan = &scans[entries[i].first_scan + n];

			if (scan->indexid == indexid)
				rows = Max(rows, 0) + scan->rows;
		}
	}
	return rows;
}

/*
 * Adds the uses of the entries of one statement and plan, of all users and both
 * tiers: samples are in one of them only.
 */
static void
add_plan(HTAB *sums, const PaUsesSnapshot *snapshot, const PaUsesCopy *entries, int count)
{
	PaPlanCopy	wanted = {.planid = entries->planid};
	const PaPlanCopy *plan = bsearch(&wanted, snapshot->plans.items, snapshot->plans.wanted,
									 sizeof(PaPlanCopy), compare_plans);
	int64		uses = 0;
	int64		samples = 0;
	TimestampTz last_used = 0;

	for (int i = 0; i < count; i++)
	{
		uses += entries[i].uses;
		samples += entries[i].samples;
		last_used = Max(last_used, entries[i].last_used);
	}
	if (uses == 0)
		return;
	for (uint32 n = 0; plan != NULL && n < plan->count; n++)
	{
		Oid			indexid = ((const Oid *) snapshot->indexes.items)[plan->first + n];
		double		rows = samples == 0 ? -1 : sampled_rows(snapshot, entries, count, indexid);
		PaIndexSum *sum;

		if (!OidIsValid(indexid))
			continue;
		sum = find_sum(sums, indexid, snapshot->since);
		sum->use.uses += uses;
		sum->use.last_used = Max(sum->use.last_used, last_used);
		if (sum->queryid != entries->queryid)
		{
			sum->queryid = entries->queryid;
			sum->use.statements++;
		}
		if (rows < 0)
			continue;
		sum->sampled_uses += uses;
		sum->sampled_rows += rows / samples * uses;
	}
}

/* Adds the uses of all entries, statement by statement and plan by plan. */
static void
add_entries(HTAB *sums, PaUsesSnapshot *snapshot)
{
	const PaUsesCopy *uses = (const PaUsesCopy *) snapshot->uses.items;
	int			total = (int) snapshot->uses.wanted;
	int			next;

	qsort(snapshot->plans.items, snapshot->plans.wanted, sizeof(PaPlanCopy), compare_plans);
	qsort(snapshot->uses.items, snapshot->uses.wanted, sizeof(PaUsesCopy), compare_uses);
	for (int first = 0; first < total; first = next)
	{
		CHECK_FOR_INTERRUPTS();
		for (next = first + 1; next < total; next++)
		{
			if (compare_uses(&uses[first], &uses[next]) != 0)
				break;
		}
		add_plan(sums, snapshot, &uses[first], next - first);
	}
}

PaIndexUseList *
pa_store_read_index_uses(Oid dbid)
{
	PaIndexUseList *list = palloc0(sizeof(PaIndexUseList));
	PaUsesSnapshot snapshot;
	HASH_SEQ_STATUS scan;
	PaIndexSum *sum;
	HTAB	   *sums;

	pa_store_notice_promotion();
	take_snapshot(&snapshot, dbid);
	sums = make_sums(&snapshot);
	add_rows(sums, &snapshot);
	add_entries(sums, &snapshot);

	list->first_seen = snapshot.since;
	list->items = palloc_extended(sizeof(PaIndexUse) * Max(hash_get_num_entries(sums), 1), MCXT_ALLOC_HUGE);
	hash_seq_init(&scan, sums);
	while ((sum = hash_seq_search(&scan)) != NULL)
	{
		sum->use.rows = sum->sampled_uses == 0 ? -1 :
			sum->sampled_rows * sum->use.uses / sum->sampled_uses;
		list->items[list->count++] = sum->use;
	}
	hash_destroy(sums);
	return list;
}

/* ---- all databases, for the file ---- */

static void
copy_everything_locked(PaIndexUsesCopy *copy, PaCopyArray *indexes)
{
	PaSharedIndexUses *shared = &pa_shared->index_uses;

	copy->since = shared->since;
	copy->forgotten = (TimestampTz) pg_atomic_read_u64(&shared->forgotten);
	copy->in_recovery = pg_atomic_read_u32(&shared->in_recovery) != 0;
	copy->nplans = copy->nrows = 0;
	for (int i = 0; i < shared->max_plans; i++)
	{
		const PaSharedPlan *plan = &pa_shared_plans()[i];

		if (plan->nindexes == 0)
			continue;
		copy->plans[copy->nplans] = *plan;
		copy->plans[copy->nplans++].next = indexes->wanted;
		for (uint32 n = 0; n < plan->nindexes; n++)
		{
			Oid		   *index = next_item(indexes);

			if (index != NULL)
				*index = pa_plan_indexes(plan)[n];
		}
	}
	for (int i = 0; i < shared->max_indexes; i++)
	{
		if (OidIsValid(pa_shared_indexes()[i].dbid))
			copy->rows[copy->nrows++] = pa_shared_indexes()[i];
	}
}

PaIndexUsesCopy *
pa_index_uses_copy(void)
{
	PaIndexUsesCopy *copy = palloc0(sizeof(PaIndexUsesCopy));
	PaCopyArray indexes = {0};

	copy->plans = MemoryContextAllocHuge(CurrentMemoryContext,
										 sizeof(PaSharedPlan) * pa_shared->index_uses.max_plans);
	copy->rows = MemoryContextAllocHuge(CurrentMemoryContext,
										sizeof(PaSharedIndex) * pa_shared->index_uses.max_indexes);
	(void) prepare(&indexes, sizeof(Oid));
	do
	{
		indexes.wanted = 0;
		LWLockAcquire(pa_index_uses_lock(), LW_SHARED);
		copy_everything_locked(copy, &indexes);
		LWLockRelease(pa_index_uses_lock());
	} while (prepare(&indexes, sizeof(Oid)));
	copy->indexes = (Oid *) indexes.items;
	return copy;
}

/* Copied under the lock to where nothing has to be allocated. */
List *
pa_store_read_plan_indexes(Oid dbid, int64 planid)
{
	Oid			indexes[MAX_PLAN_INDEXES];
	uint32		count = 0;
	PaSharedPlan *plan;
	List	   *result = NIL;

	LWLockAcquire(pa_index_uses_lock(), LW_SHARED);
	plan = pa_index_plan_find_locked(dbid, planid);
	if (plan != NULL)
	{
		count = Min(plan->nindexes, MAX_PLAN_INDEXES);
		memcpy(indexes, pa_plan_indexes(plan), sizeof(Oid) * count);
	}
	LWLockRelease(pa_index_uses_lock());

	for (uint32 i = 0; i < count; i++)
	{
		if (OidIsValid(indexes[i]))
			result = lappend_oid(result, indexes[i]);
	}
	return result;
}

/*-------------------------------------------------------------------------
 *
 * index_uses.c
 *		What is kept of an index's uses when the entries that counted them go,
 *		and since when it is watched (index_uses.h).
 *
 * A row is made when counts leave an entry for it: at an eviction, at a reset
 * (which forgets statements, not what an index was good for), and when a
 * statement has more plans than it may have entries.  And when the index is
 * created, or the database: what is younger than the store is not watched as
 * long as the store watches.
 *
 * When all rows are taken, those go that were heard of longest ago.  What is
 * not known any more is not guessed: "forgotten" is the latest moment that a
 * row which went knew of, and an index without a row is watched since then.
 *
 * IDENTIFICATION
 *		src/store/index_uses.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <unistd.h>

#include "access/xlog.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "base/mix.h"
#include "store/index_uses.h"

/* The part of the time that all rows span, of which the oldest are dropped. */
#define PA_FORGET_SHARE 16

static int32 *
bucket_of(Oid dbid, Oid indexid)
{
	uint64		hash = pa_mix64(((uint64) dbid << 32) | indexid);

	return &pa_shared_index_buckets()[hash & (pa_shared->index_uses.index_buckets - 1)];
}

/*
 * Whether the server, which is just starting, will be a standby, or restores a
 * backup.  Recovery after a crash is none: nothing ran elsewhere meanwhile.
 */
bool
pa_starts_in_recovery(void)
{
	return access(STANDBY_SIGNAL_FILE, F_OK) == 0 || access(RECOVERY_SIGNAL_FILE, F_OK) == 0;
}

/* Links all rows of a fresh table into the free list. */
void
pa_indexes_init(void)
{
	PaSharedIndexUses *shared = &pa_shared->index_uses;
	PaSharedIndex *rows = pa_shared_indexes();

	memset(rows, 0, shared->max_indexes * sizeof(PaSharedIndex));
	for (int i = 0; i < shared->max_indexes; i++)
		rows[i].next = i + 1 < shared->max_indexes ? i + 1 : PA_NONE;
	for (int i = 0; i < shared->index_buckets; i++)
		pa_shared_index_buckets()[i] = PA_NONE;
	shared->free_index = 0;
	shared->nindexes = 0;
	shared->statement = 0;
	shared->since = GetCurrentTimestamp();
	pg_atomic_init_u64(&shared->forgotten, 0);
	pg_atomic_init_u32(&shared->in_recovery, pa_starts_in_recovery());
}

/* Gives an index's row or NULL.  A shared lock is enough. */
PaSharedIndex *
pa_index_find_locked(Oid dbid, Oid indexid)
{
	PaSharedIndex *rows = pa_shared_indexes();

	for (int32 i = *bucket_of(dbid, indexid); i != PA_NONE; i = rows[i].next)
	{
		if (rows[i].indexid == indexid && rows[i].dbid == dbid)
			return &rows[i];
	}
	return NULL;
}

static void
remove_locked(PaSharedIndex *row)
{
	PaSharedIndexUses *shared = &pa_shared->index_uses;
	PaSharedIndex *rows = pa_shared_indexes();
	int32	   *link = bucket_of(row->dbid, row->indexid);
	int32		index = row - rows;

	while (*link != index)
		link = &rows[*link].next;
	*link = row->next;
	row->dbid = InvalidOid;
	row->next = shared->free_index;
	shared->free_index = index;
	shared->nindexes--;
}

/* ---- forgetting ---- */

/* What was before "time" may be unknown from now on. */
static void
forget_until(TimestampTz time)
{
	pg_atomic_uint64 *forgotten = &pa_shared->index_uses.forgotten;
	uint64		old = pg_atomic_read_u64(forgotten);

	while (old < (uint64) time && !pg_atomic_compare_exchange_u64(forgotten, &old, (uint64) time))
		;
}

/* The last moment that a row knows of. */
static TimestampTz
last_heard(const PaSharedIndex *row)
{
	return Max(row->first_seen, row->last_used);
}

/*
 * Makes room: the rows that were heard of longest ago go, as many as lie in the
 * first part of the time that all span, so that this is not done for each new
 * one.
 */
static void
forget_oldest_locked(void)
{
	PaSharedIndex *rows = pa_shared_indexes();
	int			count = pa_shared->index_uses.max_indexes;
	TimestampTz oldest = PG_INT64_MAX;
	TimestampTz newest = 0;
	TimestampTz until;

	for (int i = 0; i < count; i++)
	{
		oldest = Min(oldest, last_heard(&rows[i]));
		newest = Max(newest, last_heard(&rows[i]));
	}
	until = oldest + (newest - oldest) / PA_FORGET_SHARE;
	for (int i = 0; i < count; i++)
	{
		if (last_heard(&rows[i]) <= until)
			remove_locked(&rows[i]);
	}
	forget_until(until);
}

/*
 * Gives an index's row, made new when it is not there: then what was forgotten
 * may have been its own.
 */
PaSharedIndex *
pa_index_make_locked(Oid dbid, Oid indexid)
{
	PaSharedIndexUses *shared = &pa_shared->index_uses;
	PaSharedIndex *row = pa_index_find_locked(dbid, indexid);
	int32	   *bucket = bucket_of(dbid, indexid);
	int32		index;

	if (row != NULL)
		return row;
	if (shared->free_index == PA_NONE)
		forget_oldest_locked();
	index = shared->free_index;
	row = &pa_shared_indexes()[index];
	shared->free_index = row->next;
	shared->nindexes++;

	memset(row, 0, sizeof(PaSharedIndex));
	row->dbid = dbid;
	row->indexid = indexid;
	row->first_seen = Max(shared->since, (TimestampTz) pg_atomic_read_u64(&shared->forgotten));
	row->next = *bucket;
	*bucket = index;
	return row;
}

/* ---- what leaves an entry ---- */

/*
 * Gives the rows that the index returned in one execution of the plan of these
 * samples; not sampled when it is in none of them.
 */
PaIndexRows
pa_index_rows_locked(dsa_pointer pointer, Oid indexid)
{
	const PaSharedScans *scans = DsaPointerIsValid(pointer) ? pa_blob_address(pointer) : NULL;
	PaIndexRows result = {false, 0};

	if (scans == NULL || scans->samples <= 0)
		return result;
	for (int i = 0; i < scans->nscans; i++)
	{
		if (scans->scans[i].indexid != indexid)
			continue;
		result.sampled = true;
		result.rows += scans->scans[i].rows_read / scans->samples;
	}
	return result;
}

/* What is credited from now on belongs to another statement. */
void
pa_index_uses_next_statement_locked(void)
{
	/* 0 is in rows to which none was added */
	uint32	   *number = &pa_shared->index_uses.statement;

	*number = (*number + 1) & PA_STATEMENT_MASK;
	if (*number == 0)
		*number = 1;
}

/*
 * Adds the executions of an entry that goes, or is emptied, to the rows of its
 * plan's indexes.  "scans" are its samples or invalid.  "evicted" adds the
 * statement, too, once to an index.
 */
void
pa_index_uses_credit_locked(const PaStatementKey *key, const PaCounters *counters, dsa_pointer scans,
							bool evicted)
{
	int64		uses = pa_counted_uses(counters);
	PaSharedPlan *plan;
	const Oid  *indexes;

	if (key->planid == 0 || uses == 0)
		return;
	plan = pa_index_plan_find_locked(key->shape.dbid, key->planid);
	if (plan == NULL)
		return;
	indexes = pa_plan_indexes(plan);
	for (uint32 i = 0; i < plan->nindexes; i++)
	{
		PaSharedIndex *row;
		PaIndexRows rows = pa_index_rows_locked(scans, indexes[i]);

		if (!OidIsValid(indexes[i]))
			continue;			/* handed over */
		row = pa_index_make_locked(key->shape.dbid, indexes[i]);
		row->uses += uses;
		row->last_used = Max(row->last_used, pa_last_use(counters));
		if (rows.sampled)
		{
			row->rows += (rows.rows - row->rows) * uses / (row->sampled_uses + uses);
			row->sampled_uses += uses;
		}
		if (evicted && row->statement != pa_shared->index_uses.statement)
		{
			row->statement = pa_shared->index_uses.statement;
			row->statements += row->statements < PA_MOST_STATEMENTS ? 1 : 0;
		}
	}
}

/* Statements start anew after a reset of all; uses don't. */
void
pa_index_uses_reset_locked(void)
{
	PaSharedIndex *rows = pa_shared_indexes();

	for (int i = 0; i < pa_shared->index_uses.max_indexes; i++)
		rows[i].statements = 0;
}

/* ---- promotion ---- */

/*
 * What ran elsewhere and what was created there is not known to a standby, and
 * concerns it from its promotion on: all windows begin anew, uses stay.  Called
 * by readers and by the launcher, every minute.
 */
void
pa_store_notice_promotion(void)
{
	PaSharedIndexUses *shared = &pa_shared->index_uses;
	PaSharedIndex *rows = pa_shared_indexes();
	TimestampTz now = GetCurrentTimestamp();

	if (likely(pg_atomic_read_u32(&shared->in_recovery) == 0) || RecoveryInProgress())
		return;
	LWLockAcquire(pa_index_uses_lock(), LW_EXCLUSIVE);
	if (pg_atomic_read_u32(&shared->in_recovery) != 0)
	{
		shared->since = now;
		for (int i = 0; i < shared->max_indexes; i++)
		{
			if (OidIsValid(rows[i].dbid))
				rows[i].first_seen = now;
		}
		pg_atomic_write_u32(&shared->in_recovery, 0);
	}
	LWLockRelease(pa_index_uses_lock());
}

/* ---- what is not recorded ---- */

/*
 * What is not counted must not be taken for not used.  A few seconds are not
 * worth an exclusive lock.
 */
void
pa_store_note_unrecorded(Oid indexid, TimestampTz now)
{
	PaSharedIndex *row;
	bool		noted;

	LWLockAcquire(pa_index_uses_lock(), LW_SHARED);
	row = pa_index_find_locked(MyDatabaseId, indexid);
	noted = row != NULL && now - row->first_seen < PA_UNRECORDED_AGAIN;
	LWLockRelease(pa_index_uses_lock());
	if (noted)
		return;
	LWLockAcquire(pa_index_uses_lock(), LW_EXCLUSIVE);
	row = pa_index_make_locked(MyDatabaseId, indexid);
	row->first_seen = Max(row->first_seen, now);
	LWLockRelease(pa_index_uses_lock());
}

/* ---- what comes and goes ---- */

/* After a transaction's commit, where the lock may be waited for. */
void
pa_store_note_index(Oid dbid, Oid indexid)
{
	TimestampTz now = GetCurrentTimestamp();
	PaSharedIndex *row;

	LWLockAcquire(pa_index_uses_lock(), LW_EXCLUSIVE);
	/* an identifier that comes again is another index's */
	row = pa_index_find_locked(dbid, indexid);
	if (row != NULL)
		remove_locked(row);
	row = pa_index_make_locked(dbid, indexid);
	row->first_seen = now;
	LWLockRelease(pa_index_uses_lock());
}

void
pa_store_forget_index(Oid dbid, Oid indexid)
{
	PaSharedIndex *row;

	LWLockAcquire(pa_index_uses_lock(), LW_EXCLUSIVE);
	row = pa_index_find_locked(dbid, indexid);
	if (row != NULL)
		remove_locked(row);
	LWLockRelease(pa_index_uses_lock());
}

/* Adds what is in the row of an index that goes to that of its heir. */
static void
merge_locked(PaSharedIndex *heir, const PaSharedIndex *row)
{
	if (row->sampled_uses > 0)
	{
		heir->sampled_uses += row->sampled_uses;
		heir->rows += (row->rows - heir->rows) * row->sampled_uses / heir->sampled_uses;
	}
	heir->uses += row->uses;
	heir->last_used = Max(heir->last_used, row->last_used);
	heir->statements = Min(heir->statements + row->statements, PA_MOST_STATEMENTS);
}

/*
 * NB: the old row is copied before one is made, which may forget the oldest.
 */
void
pa_store_bequeath_index(Oid dbid, Oid indexid, Oid heirid, bool replaced)
{
	PaSharedIndexUses *shared = &pa_shared->index_uses;
	PaSharedIndex old = {0};
	PaSharedIndex *row;

	LWLockAcquire(pa_index_uses_lock(), LW_EXCLUSIVE);
	old.first_seen = Max(shared->since, (TimestampTz) pg_atomic_read_u64(&shared->forgotten));
	row = pa_index_find_locked(dbid, indexid);
	if (row != NULL)
	{
		old = *row;
		remove_locked(row);
	}
	row = pa_index_make_locked(dbid, heirid);
	merge_locked(row, &old);
	/* its copy was complete before it took its place */
	if (replaced)
		row->first_seen = Min(row->first_seen, old.first_seen);
	pa_index_plans_replace_locked(dbid, indexid, heirid);
	LWLockRelease(pa_index_uses_lock());
}

void
pa_store_credit_index(Oid dbid, Oid indexid, int64 uses, TimestampTz last_used)
{
	PaSharedIndex *row;

	LWLockAcquire(pa_index_uses_lock(), LW_EXCLUSIVE);
	row = pa_index_make_locked(dbid, indexid);
	row->uses += uses;
	row->last_used = Max(row->last_used, last_used);
	LWLockRelease(pa_index_uses_lock());
}

void
pa_store_forget_database(Oid dbid)
{
	PaSharedIndex *rows = pa_shared_indexes();

	LWLockAcquire(pa_index_uses_lock(), LW_EXCLUSIVE);
	for (int i = 0; i < pa_shared->index_uses.max_indexes; i++)
	{
		if (rows[i].dbid == dbid)
			remove_locked(&rows[i]);
	}
	LWLockRelease(pa_index_uses_lock());
}

void
pa_store_forget_creations(void)
{
	forget_until(GetCurrentTimestamp());
}

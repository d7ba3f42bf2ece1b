/*-------------------------------------------------------------------------
 *
 * errors.c
 *		How often which statement failed with which SQLSTATE.
 *
 * Each partition has a small fixed array of rows beside its statements; a row
 * is a user, database, statement, nesting kind and SQLSTATE.  Errors that came
 * before their statement had an identifier are rows of queryid 0.
 *
 * An error goes straight to its row, not through a slab: errors are rare, and
 * the transaction is being aborted anyway, so waiting for the partition's lock
 * is fine.  It must not be done where the caller may hold an LWLock (between
 * the error and the abort callbacks).  No memory is allocated and nothing can
 * fail.
 *
 * When a partition's rows are all taken, the one with the fewest errors, and
 * of those the oldest, makes room.  What it counted goes to an <evicted> row
 * of the same user, database, nesting kind and SQLSTATE in the partition of
 * such rows, and when those are all taken to the last of them, which stands
 * for everybody and any SQLSTATE.  So totals stay true.  A statement that is
 * evicted keeps its rows here: what failed is worth knowing when nothing else
 * is left of it.
 *
 * What does not belong here: the counters of statements (slab.c, table.c).
 *
 * IDENTIFICATION
 *		src/store/errors.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "store/store_internal.h"

/* The row of the <evicted> ones that takes what finds no other place. */
#define PA_LAST_RESORT (PA_ERROR_ROWS - 1)

static bool
same_row(const PaSharedError *a, const PaSharedError *b)
{
	return a->sqlstate == b->sqlstate && a->toplevel == b->toplevel &&
		a->shape.queryid == b->shape.queryid && a->shape.userid == b->shape.userid &&
		a->shape.dbid == b->shape.dbid;
}

/* Gives the row of a key among the first "count", else a free one, else NULL. */
static PaSharedError *
find_row(PaSharedError *rows, int count, const PaSharedError *key)
{
	PaSharedError *unused = NULL;

	for (int i = 0; i < count; i++)
	{
		if (rows[i].errors == 0)
			unused = unused != NULL ? unused : &rows[i];
		else if (same_row(&rows[i], key))
			return &rows[i];
	}
	return unused;
}

static void
add_to_row(PaSharedError *row, const PaSharedError *from)
{
	if (row->errors == 0)
	{
		*row = *from;
		return;
	}
	row->errors += from->errors;
	row->exec_time += from->exec_time;
	row->last_error = Max(row->last_error, from->last_error);
}

/* Adds a row to the <evicted> ones, whose partition comes last of all. */
static void
evict_row(const PaSharedError *from)
{
	PaSharedError *rows = pa_shared_errors(PA_EVICTED);
	PaSharedError key = *from;
	PaSharedError *row;

	key.shape.queryid = 0;
	LWLockAcquire(pa_partition_lock(PA_EVICTED), LW_EXCLUSIVE);
	row = find_row(rows, PA_LAST_RESORT, &key);
	if (row == NULL)
	{
		row = &rows[PA_LAST_RESORT];
		key.shape.userid = key.shape.dbid = InvalidOid;
		key.sqlstate = 0;
		key.toplevel = true;
	}
	add_to_row(row, &key);
	LWLockRelease(pa_partition_lock(PA_EVICTED));
	pg_atomic_fetch_add_u64(&pa_shared->error_rows_evicted, 1);
}

/* Gives the row that says least: the fewest errors, of those the oldest. */
static PaSharedError *
least_row(PaSharedError *rows)
{
	PaSharedError *least = &rows[0];

	for (int i = 1; i < PA_ERROR_ROWS; i++)
	{
		if (rows[i].errors < least->errors ||
			(rows[i].errors == least->errors && rows[i].last_error < least->last_error))
			least = &rows[i];
	}
	return least;
}

/* Adds counts to the row of their key, made new when it is not there. */
void
pa_errors_add_locked(int p, const PaSharedError *from)
{
	PaSharedError *rows = pa_shared_errors(p);
	PaSharedError *row = find_row(rows, PA_ERROR_ROWS, from);

	if (row == NULL)
	{
		row = least_row(rows);
		evict_row(row);
		row->errors = 0;
	}
	add_to_row(row, from);
}

/*
 * Empties the rows of a user, database and queryid, 0 meaning any.  Rows of
 * no statement and <evicted> ones have no queryid that could be asked for.
 */
void
pa_errors_reset_locked(int p, Oid userid, Oid dbid, int64 queryid)
{
	PaSharedError *rows = pa_shared_errors(p);

	for (int i = 0; i < PA_ERROR_ROWS; i++)
	{
		if ((userid == InvalidOid || rows[i].shape.userid == userid) &&
			(dbid == InvalidOid || rows[i].shape.dbid == dbid) &&
			(queryid == 0 || rows[i].shape.queryid == queryid))
			memset(&rows[i], 0, sizeof(PaSharedError));
	}
}

void
pa_store_add_error(const PaShapeKey *shape, uint32 shape_hash, bool toplevel, const PaFailure *failure)
{
	PaSharedError row = {0};
	LWLock	   *lock = pa_partition_lock(pa_partition_of(shape_hash));

	row.shape = *shape;
	row.toplevel = toplevel;
	row.sqlstate = failure->sqlstate;
	row.errors = failure->errors;
	row.exec_time = failure->exec_time;
	row.last_error = GetCurrentTimestamp();

	LWLockAcquire(lock, LW_EXCLUSIVE);
	pa_errors_add_locked(pa_partition_of(shape_hash), &row);
	LWLockRelease(lock);
	pg_atomic_fetch_add_u64(&pa_shared->errors_added, 1);
}

/* Appends a partition's used rows to the list. */
static void
copy_rows_locked(PaErrorList *list, int p)
{
	const PaSharedError *rows = pa_shared_errors(p);

	for (int i = 0; i < PA_ERROR_ROWS; i++)
	{
		PaErrorRow *to = &list->items[list->count];

		if (rows[i].errors == 0)
			continue;
		to->shape = rows[i].shape;
		to->toplevel = rows[i].toplevel;
		to->evicted = p == PA_EVICTED;
		to->sqlstate = rows[i].sqlstate;
		to->errors = rows[i].errors;
		to->exec_time = rows[i].exec_time;
		to->last_error = rows[i].last_error;
		list->count++;
	}
}

PaErrorList *
pa_store_read_errors(void)
{
	PaErrorList *list = palloc0(sizeof(PaErrorList));

	list->items = palloc(sizeof(PaErrorRow) * PA_ALL_PARTITIONS * PA_ERROR_ROWS);

	/* all at once, so that an eviction is seen on one side only */
	for (int p = 0; p < PA_ALL_PARTITIONS; p++)
		LWLockAcquire(pa_partition_lock(p), LW_SHARED);
	for (int p = 0; p < PA_ALL_PARTITIONS; p++)
		copy_rows_locked(list, p);
	for (int p = PA_ALL_PARTITIONS - 1; p >= 0; p--)
		LWLockRelease(pa_partition_lock(p));
	return list;
}

/*-------------------------------------------------------------------------
 *
 * saver.c
 *		When the store is saved to its file, and who asks for it.
 *
 * The launcher saves once a minute when something changed, and when save()
 * asks.  The postmaster saves at a clean shutdown, when no process is left
 * that could change anything.
 *
 * A reset of everything removes the file, so that a crash right after it does
 * not bring back what was forgotten; after other resets the next save does
 * that, within the minute.  A file that is being written while everything is
 * reset is void: the lock of the file makes "no such reset came since, so
 * replace it" one step.
 *
 * IDENTIFICATION
 *		src/store/saver.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <unistd.h>

#include "miscadmin.h"
#include "storage/fd.h"
#include "storage/ipc.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "store/persist.h"

#define PA_ANSWER_CHECK 1000	/* msec; a launcher that died answers nobody */

/* In the launcher: what was recorded when it last saved. */
static uint64 saved_activity = 0;

void
pa_saver_init(void)
{
	PaSharedSaving *saving = &pa_shared->saving;

	pg_atomic_init_u32(&saving->launcher_pid, 0);
	pg_atomic_init_u64(&saving->answered, 0);
	pg_atomic_init_u64(&saving->saved_at, 0);
	pg_atomic_init_u64(&saving->saved_size, 0);
	pg_atomic_init_u64(&saving->failed_at, 0);
	pg_atomic_init_u32(&saving->error, 0);
	pg_atomic_init_u64(&saving->requests, 0);
	ConditionVariableInit(&saving->attempted);
}

/* ---- the postmaster ---- */

/*
 * True when no process died with one of our locks, or while it waited for
 * one.  This only looks: to release a lock whose list of waiters was left
 * locked is to wait without end.  One that is as it was made can be taken and
 * released without looking at that list.
 */
static bool
locks_are_free(void)
{
	LWLock		unused;

	LWLockInitialize(&unused, pa_shared->locks[0].lock.tranche);
	for (int i = 0; i < PA_LOCKS; i++)
	{
		if (pg_atomic_read_u32(&pa_shared->locks[i].lock.state) !=
			pg_atomic_read_u32(&unused.state))
			return false;
	}
	return true;
}

/*
 * Saves after the last process has ended.  An immediate shutdown also comes
 * here: there a lock may have been left behind, which a postmaster can't wait
 * for, and then the last minute's file stays.  An error can't be caught here;
 * it would end the postmaster's exit with another status, and no more.
 */
static void
save_at_exit_cb(int code, Datum arg)
{
	uint64		length;

	(void) arg;
	if (code != 0 || !locks_are_free())
		return;
	if (!pa_persist_write(&length))
		ereport(LOG,
				(errcode_for_file_access(),
				 errmsg("perf_advisor could not write file \"%s\": %m", PA_FILE)));
}

/* Registers the above; anew after each crash, which has used the list up. */
void
pa_saver_start(void)
{
	on_shmem_exit(save_at_exit_cb, (Datum) 0);
}

/* ---- the launcher ---- */

static void
saver_exit_cb(int code, Datum arg)
{
	(void) code;
	(void) arg;
	pg_atomic_write_u32(&pa_shared->saving.launcher_pid, 0);
	ConditionVariableBroadcast(&pa_shared->saving.attempted);
}

void
pa_store_saver_begin(void)
{
	pa_shared->saving.launcher_latch = MyLatch;
	pg_write_barrier();
	pg_atomic_write_u32(&pa_shared->saving.launcher_pid, MyProcPid);
	before_shmem_exit(saver_exit_cb, (Datum) 0);
}

bool
pa_store_saver_asked(void)
{
	return pg_atomic_read_u64(&pa_shared->saving.requests) !=
		pg_atomic_read_u64(&pa_shared->saving.answered);
}

/* A number that changes whenever something is recorded or forgotten. */
static uint64
activity(void)
{
	uint64		sum = 1 + pg_atomic_read_u64(&pa_shared->generation);

	for (int s = 0; s < pa_shared->nslabs; s++)
	{
		for (int i = 0; i < pa_shared->slab_entries; i++)
			sum += pg_atomic_read_u32(&pa_shared_slab(s)->entries[i].changes);
	}
	return sum + pg_atomic_read_u64(&pa_shared->text_used) +
		pg_atomic_read_u64(&pa_shared->errors_added);
}

bool
pa_store_changed(void)
{
	return activity() != saved_activity;
}

/* Logs the first of a row of equal failures; status() shows the last. */
static void
note_failure(int error)
{
	PaSharedSaving *saving = &pa_shared->saving;

	errno = error;
	if (pg_atomic_read_u32(&saving->error) != (uint32) error)
		ereport(LOG,
				(errcode_for_file_access(),
				 errmsg("perf_advisor could not write file \"%s\": %m", PA_FILE)));
	pg_atomic_write_u64(&saving->failed_at, (uint64) GetCurrentTimestamp());
	pg_atomic_write_u32(&saving->error, error);
}

bool
pa_store_save(void)
{
	PaSharedSaving *saving = &pa_shared->saving;
	uint64		requests = pg_atomic_read_u64(&saving->requests);
	uint64		now_active = activity();
	uint64		length;

	if (pa_persist_write(&length))
	{
		saved_activity = now_active;
		pg_atomic_write_u64(&saving->saved_size, length);
		pg_atomic_write_u64(&saving->saved_at, (uint64) GetCurrentTimestamp());
		pg_atomic_write_u32(&saving->error, 0);
	}
	else if (errno == EAGAIN)
		return false;
	else
		note_failure(errno != 0 ? errno : EIO);
	pg_write_barrier();
	pg_atomic_write_u64(&saving->answered, requests);
	ConditionVariableBroadcast(&saving->attempted);
	return true;
}

/* ---- the others ---- */

PaSaveResult
pa_store_ask_for_save(void)
{
	PaSharedSaving *saving = &pa_shared->saving;
	uint64		request;

	if (pg_atomic_read_u32(&saving->launcher_pid) == 0)
		return PA_SAVE_NO_LAUNCHER;
	request = pg_atomic_fetch_add_u64(&saving->requests, 1) + 1;
	SetLatch(saving->launcher_latch);
	ConditionVariablePrepareToSleep(&saving->attempted);
	while (pg_atomic_read_u64(&saving->answered) < request &&
		   pg_atomic_read_u32(&saving->launcher_pid) != 0)
		(void) ConditionVariableTimedSleep(&saving->attempted, PA_ANSWER_CHECK, PG_WAIT_EXTENSION);
	ConditionVariableCancelSleep();

	if (pg_atomic_read_u64(&saving->answered) < request)
		return PA_SAVE_NO_LAUNCHER;
	pg_read_barrier();
	return pg_atomic_read_u32(&saving->error) == 0 ? PA_SAVE_DONE : PA_SAVE_FAILED;
}

/* After a reset of everything: what was forgotten must not come back. */
void
pa_saver_remove_file(void)
{
	LWLockAcquire(pa_file_lock(), LW_EXCLUSIVE);
	if (unlink(PA_FILE) == 0)
		(void) fsync_fname_ext(PG_STAT_TMP_DIR, true, true, DEBUG1);
	LWLockRelease(pa_file_lock());
}

void
pa_store_read_saving(PaStoreSaving *to)
{
	PaSharedSaving *saving = &pa_shared->saving;

	memset(to, 0, sizeof(*to));
	to->launcher_pid = pg_atomic_read_u32(&saving->launcher_pid);
	to->file = PA_FILE;
	to->saved_at = (TimestampTz) pg_atomic_read_u64(&saving->saved_at);
	to->saved_size = pg_atomic_read_u64(&saving->saved_size);
	to->error = pg_atomic_read_u32(&saving->error);
	if (to->error != 0)
		to->failed_at = (TimestampTz) pg_atomic_read_u64(&saving->failed_at);
	to->loaded_from = saving->loaded_from;
	to->loaded_statements = saving->loaded_statements;
	to->rejected = saving->rejected[0] != '\0' ? pstrdup(saving->rejected) : NULL;
}

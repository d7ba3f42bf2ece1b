/*-------------------------------------------------------------------------
 *
 * launcher.c
 *		The background process that is always there: it saves the store.
 *
 * It starts as soon as the server takes connections, on a standby too, and
 * again ten seconds after it ended, for whatever reason.  It sees the shared
 * catalogs only, so it stands in nobody's way: databases can be created and
 * dropped while it runs.
 *
 * The main loop waits and calls duties; each is one function that looks
 * whether it is due.
 *
 * IDENTIFICATION
 *		src/worker/launcher.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "compat/export.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "utils/guc.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "report/standbys.h"
#include "store/store.h"
#include "worker/worker.h"

#define PA_SAVE_INTERVAL 60000	/* msec: what a crash may lose */
#define PA_SAVE_RETRY 1000		/* msec: a reset of all has made a save void */
#define PA_RESTART_TIME 10		/* sec */

extern PGDLLEXPORT void pa_launcher_main(Datum arg);

/* When to look next whether the store has to be saved. */
static TimestampTz next_save = 0;

/*
 * Saves the store when somebody asks, and once a minute when something
 * changed; and looks for standbys.
 */
static void
save_store(void)
{
	TimestampTz now = GetCurrentTimestamp();
	bool		due;
	bool		done = true;

	/* when the clock was set back it must not take until then */
	next_save = Min(next_save, TimestampTzPlusMilliseconds(now, PA_SAVE_INTERVAL));
	due = now >= next_save;

	if (pa_store_saver_asked() || (due && pa_store_changed()))
		done = pa_store_save();
	else if (!due)
		return;
	pa_store_note_standbys(pa_report_count_standbys());
	next_save = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), done ? PA_SAVE_INTERVAL : PA_SAVE_RETRY);
}

/* Gives the time until the next duty is due, msec; bounded as above. */
static long
time_to_sleep(void)
{
	long		left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), next_save);

	return Min(left, PA_SAVE_INTERVAL);
}

void
pa_launcher_main(Datum arg)
{
	(void) arg;
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnection(NULL, NULL, 0);

	ereport(LOG, (errmsg("perf_advisor launcher started")));
	pa_store_saver_begin();
	next_save = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), PA_SAVE_INTERVAL);
	while (!ShutdownRequestPending)
	{
		CHECK_FOR_INTERRUPTS();
		if (ConfigReloadPending)
		{
			ConfigReloadPending = false;
			ProcessConfigFile(PGC_SIGHUP);
		}
		pa_store_notice_promotion();
		save_store();
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 time_to_sleep(), PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
	}
	ereport(LOG, (errmsg("perf_advisor launcher shutting down")));

	/* a status other than 0 has it started again, unless the server stops */
	proc_exit(1);
}

void
pa_worker_init(void)
{
	BackgroundWorker worker;

	memset(&worker, 0, sizeof(worker));
	strlcpy(worker.bgw_name, "perf_advisor launcher", BGW_MAXLEN);
	strlcpy(worker.bgw_type, "perf_advisor launcher", BGW_MAXLEN);
	strlcpy(worker.bgw_library_name, "perf_advisor", BGW_MAXLEN);
	strlcpy(worker.bgw_function_name, "pa_launcher_main", BGW_MAXLEN);
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_ConsistentState;
	worker.bgw_restart_time = PA_RESTART_TIME;
	RegisterBackgroundWorker(&worker);
}

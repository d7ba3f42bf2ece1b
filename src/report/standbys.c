/*-------------------------------------------------------------------------
 *
 * standbys.c
 *		How many standbys are connected.
 *
 * A process that sends the WAL itself is in no database; one that decodes it
 * is.  Who only stores the WAL does not say how much of it was applied.
 *
 * IDENTIFICATION
 *		src/report/standbys.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "replication/walsender.h"
#include "replication/walsender_private.h"
#include "storage/spin.h"

#include "compat/backend_status.h"
#include "report/standbys.h"

/* True when what the process sends is applied by the receiver. */
static bool
is_applied(int pid)
{
	bool		applied = false;

	for (int i = 0; i < max_wal_senders && !applied; i++)
	{
		WalSnd	   *sender = &WalSndCtl->walsnds[i];

		SpinLockAcquire(&sender->mutex);
		applied = sender->pid == pid && sender->apply != InvalidXLogRecPtr;
		SpinLockRelease(&sender->mutex);
	}
	return applied;
}

static bool
is_standby(const PgBackendStatus *process)
{
	return process->st_backendType == B_WAL_SENDER && !OidIsValid(process->st_databaseid) &&
		is_applied(process->st_procpid);
}

int
pa_report_count_standbys(void)
{
	int			count = 0;
	int			processes;

	pgstat_clear_backend_activity_snapshot();
	processes = pgstat_fetch_stat_numbackends();
	for (int i = 1; i <= processes; i++)
	{
		const LocalPgBackendStatus *process = PA_BACKEND_STATUS(i);

		if (process != NULL && is_standby(&process->backendStatus))
			count++;
	}
	pgstat_clear_backend_activity_snapshot();
	return count;
}

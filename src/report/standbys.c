/*-------------------------------------------------------------------------
 *
 * standbys.c
 *		How many standbys are connected.
 *
 * A process that sends the WAL itself is in no database; one that decodes it
 * is.  Those that only store it have names of their own.
 *
 * IDENTIFICATION
 *		src/report/standbys.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "compat/backend_status.h"
#include "report/standbys.h"

static bool
is_standby(const PgBackendStatus *process)
{
	return process->st_backendType == B_WAL_SENDER && !OidIsValid(process->st_databaseid) &&
		strcmp(process->st_appname, "pg_receivewal") != 0 &&
		strcmp(process->st_appname, "pg_basebackup") != 0;
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

/*-------------------------------------------------------------------------
 *
 * index_builds.c
 *		Which indexes somebody is building or dropping at this moment.
 *
 * An index that is not valid is either left behind or being made.  Who makes
 * it concurrently holds ShareUpdateExclusiveLock on the table from beginning
 * to end; DROP and REINDEX CONCURRENTLY also on the index.  Progress reports
 * alone would not do: there are none with track_activities off, and none of a
 * drop.  They tell VACUUM and ANALYZE, which take the same lock on the table;
 * where they are not reported, an index is passed over until those are done.
 *
 * IDENTIFICATION
 *		src/catalog/index_builds.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "commands/progress.h"
#include "miscadmin.h"
#include "storage/lock.h"

#include "catalog/index_builds.h"
#include "compat/backends.h"

/* Whoever makes or drops an index holds one of these. */
#define BUILD_LOCKS \
	(LOCKBIT_ON(ShareUpdateExclusiveLock) | LOCKBIT_ON(ShareLock) | \
	 LOCKBIT_ON(ShareRowExclusiveLock) | LOCKBIT_ON(ExclusiveLock) | \
	 LOCKBIT_ON(AccessExclusiveLock))

/* A relation of this database that another session holds in such a way. */
typedef struct HeldRelation
{
	Oid			relid;
	int			pid;
} HeldRelation;

struct PaIndexBuilds
{
	int			count;
	HeldRelation *held;
};

PaIndexBuilds *
pa_catalog_index_builds(void)
{
	PaIndexBuilds *builds = palloc(sizeof(PaIndexBuilds));
	LockData   *locks = GetLockStatusData();

	builds->count = 0;
	builds->held = palloc((locks->nelements + 1) * sizeof(HeldRelation));
	for (int i = 0; i < locks->nelements; i++)
	{
		const LockInstanceData *lock = &locks->locks[i];

		if (lock->locktag.locktag_type != LOCKTAG_RELATION ||
			lock->locktag.locktag_field1 != MyDatabaseId ||
			(lock->holdMask & BUILD_LOCKS) == 0 || lock->pid == MyProcPid)
			continue;
		builds->held[builds->count].relid = lock->locktag.locktag_field2;
		builds->held[builds->count++].pid = lock->pid;
	}
	return builds;
}

/* True when the session says that it is running VACUUM or ANALYZE. */
static bool
is_vacuuming(int pid)
{
	int			count = pgstat_fetch_stat_numbackends();

	for (int n = 1; n <= count; n++)
	{
		const PgBackendStatus *backend = pa_nth_backend(n);

		if (backend != NULL && backend->st_procpid == pid)
			return backend->st_progress_command == PROGRESS_COMMAND_VACUUM ||
				backend->st_progress_command == PROGRESS_COMMAND_ANALYZE;
	}
	return false;
}

bool
pa_catalog_is_being_built(const PaIndexBuilds *builds, Oid relid, Oid indexid)
{
	for (int i = 0; i < builds->count; i++)
	{
		if (builds->held[i].relid == indexid)
			return true;
		if (builds->held[i].relid == relid && !is_vacuuming(builds->held[i].pid))
			return true;
	}
	return false;
}

/*-------------------------------------------------------------------------
 *
 * backends.h
 *		What the server's processes say of themselves.
 *
 * IDENTIFICATION
 *		src/compat/backends.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_BACKENDS_H
#define PA_COMPAT_BACKENDS_H

#include "utils/backend_status.h"

/*
 * The n-th process, from 1 to pgstat_fetch_stat_numbackends(); 16 gave the
 * function a name that says so.
 */
static inline const PgBackendStatus *
pa_nth_backend(int n)
{
#if PG_VERSION_NUM >= 160000
	LocalPgBackendStatus *local = pgstat_get_local_beentry_by_index(n);
#else
	LocalPgBackendStatus *local = pgstat_fetch_stat_local_beentry(n);
#endif

	return local != NULL ? &local->backendStatus : NULL;
}

#endif							/* PA_COMPAT_BACKENDS_H */

/*-------------------------------------------------------------------------
 *
 * backend_status.h
 *		What the server's processes are.
 *
 * 16 names the function by what its argument is (8fca1a4d5a); before, the index
 * was called a backend's identifier.
 *
 * IDENTIFICATION
 *		src/compat/backend_status.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_BACKEND_STATUS_H
#define PA_COMPAT_BACKEND_STATUS_H

#include "utils/backend_status.h"

#if PG_VERSION_NUM >= 160000
#define PA_BACKEND_STATUS(index) pgstat_get_local_beentry_by_index(index)
#else
#define PA_BACKEND_STATUS(index) pgstat_fetch_stat_local_beentry(index)
#endif

#endif							/* PA_COMPAT_BACKEND_STATUS_H */

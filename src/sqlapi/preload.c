/*-------------------------------------------------------------------------
 *
 * preload.c
 *		The error of every function that needs the preloaded library.
 *
 * IDENTIFICATION
 *		src/sqlapi/preload.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "report/preload_hint.h"
#include "sqlapi/preload.h"
#include "store/store.h"

/* Raises an error with the way out unless the library was preloaded. */
void
pa_require_preloaded(void)
{
	if (pa_store_available())
		return;

	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("perf_advisor must be loaded via shared_preload_libraries"),
			 errhint("%s", pa_report_preload_hint())));
}

/*-------------------------------------------------------------------------
 *
 * reset.c
 *		perf_advisor.reset(): forgets all counts.
 *
 * Who may call it is a matter of the function's privileges, which the script
 * takes away from PUBLIC.
 *
 * IDENTIFICATION
 *		src/sqlapi/reset.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "compat/export.h"
#include "utils/timestamp.h"

#include "sqlapi/preload.h"
#include "store/store.h"

PA_SQL_FUNCTION(pa_reset_1_0);

/* perf_advisor.reset(): returns the time of the reset. */
Datum
pa_reset_1_0(PG_FUNCTION_ARGS)
{
	PaStoreInfo info;

	(void) fcinfo;
	pa_require_preloaded();
	pa_store_reset();
	pa_store_read_info(&info);
	PG_RETURN_TIMESTAMPTZ(info.stats_reset);
}

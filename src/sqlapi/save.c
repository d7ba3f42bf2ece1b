/*-------------------------------------------------------------------------
 *
 * save.c
 *		perf_advisor.save(): has the launcher save the store now.
 *
 * Who may call it is a matter of the function's privileges, which the script
 * takes away from PUBLIC.
 *
 * IDENTIFICATION
 *		src/sqlapi/save.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "compat/export.h"
#include "utils/timestamp.h"

#include "sqlapi/preload.h"
#include "store/store.h"

PA_SQL_FUNCTION(pa_save_1_0);

/* perf_advisor.save(): returns the time of the save. */
Datum
pa_save_1_0(PG_FUNCTION_ARGS)
{
	PaSaveResult result;
	PaStoreSaving saving;

	(void) fcinfo;
	pa_require_preloaded();
	result = pa_store_ask_for_save();
	if (result == PA_SAVE_NO_LAUNCHER)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the perf_advisor launcher is not running"),
				 errhint("If it does not come back within 10 seconds, raise max_worker_processes and restart the server.")));
	pa_store_read_saving(&saving);
	if (result == PA_SAVE_FAILED)
	{
		errno = saving.error;
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not write file \"%s\": %m", saving.file)));
	}
	PG_RETURN_TIMESTAMPTZ(saving.saved_at);
}

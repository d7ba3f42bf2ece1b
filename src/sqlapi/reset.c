/*-------------------------------------------------------------------------
 *
 * reset.c
 *		perf_advisor.reset(): forgets counts.
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

/*
 * perf_advisor.reset(userid, dbid, queryid, minmax_only): returns the time
 * of the reset.  As in pg_stat_statements, 0 stands for all, and it is no
 * error when nothing matches.
 */
Datum
pa_reset_1_0(PG_FUNCTION_ARGS)
{
	PaShapeKey	key;
	TimestampTz at;

	pa_require_preloaded();
	memset(&key, 0, sizeof(key));
	key.userid = PG_GETARG_OID(0);
	key.dbid = PG_GETARG_OID(1);
	key.queryid = PG_GETARG_INT64(2);
	at = pa_store_reset(&key, PG_GETARG_BOOL(3));
	if (at == 0)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many different resets since the longest idle session ran a statement"),
				 errdetail("Each reset of single statements is remembered until all sessions have ended a statement after it."),
				 errhint("Call perf_advisor.reset() without arguments, reset by user or database, or end the sessions that have been idle longest.")));
	PG_RETURN_TIMESTAMPTZ(at);
}

/*-------------------------------------------------------------------------
 *
 * drop_impact.c
 *		The table that keeps what simulate_drop() found last.
 *
 * A view that has to answer at once shows it from there.  Recording happens
 * in a subtransaction, as that of findings: it is worth no error of the
 * caller's transaction.
 *
 * IDENTIFICATION
 *		src/report/drop_impact.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "utils/resowner.h"

#include "report/drop_impact.h"
#include "report/owner_sql.h"
#include "report/predicate.h"

#define IMPACT_TABLE "drop_impact"

/* Statements that fail or get another plan. */
static int64
count_statements(const PaDropReport *report)
{
	int64		count = 0;
	ListCell   *lc;

	foreach(lc, report->effects)
	{
		const PaDropEffect *effect = lfirst(lc);

		if (effect->is_statement && strcmp(effect->kind, "not_planned") != 0)
			count++;
	}
	return count;
}

static void
record(Oid indexid, const PaDropReport *report)
{
	PaOwnerState owner;
	PaArguments none = {0};
	PaArguments arguments = {0};

	pa_owner_begin(&owner, pa_own_table(IMPACT_TABLE));
	(void) pa_owner_run("DELETE FROM perf_advisor.drop_impact AS i "
						"WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_index AS x "
						"WHERE x.indexrelid OPERATOR(pg_catalog.=) i.indexrelid)", &none);
	pa_argument(&arguments, OIDOID, ObjectIdGetDatum(indexid), false);
	pa_argument(&arguments, INT8OID, Int64GetDatum(count_statements(report)), false);
	pa_argument(&arguments, INT8OID, Int64GetDatum(report->unplanned), false);
	pa_argument_float8(&arguments, report->total.est_lost_time, false);
	pa_argument_float8(&arguments, report->est_lost_pct,
						   report->est_lost_pct < 0);
	(void) pa_owner_run("INSERT INTO perf_advisor.drop_impact "
						"VALUES ($1, pg_catalog.clock_timestamp(), $2, $3, $4, $5) "
						"ON CONFLICT (indexrelid) DO UPDATE SET computed_at = excluded.computed_at, "
						"statements = excluded.statements, unplanned = excluded.unplanned, "
						"est_lost_time = excluded.est_lost_time, est_lost_pct = excluded.est_lost_pct",
						&arguments);
	pa_owner_end(&owner);
}

/* What went wrong; a lock or a newer row means that somebody else was there. */
static void
report_failure(ErrorData *error)
{
	bool		busy = ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_TRANSACTION_ROLLBACK ||
		error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE;

	if (pa_report_must_be_raised(error->sqlerrcode))
		ReThrowError(error);
	ereport(busy ? DEBUG1 : WARNING,
			(errcode(error->sqlerrcode),
			 errmsg("the outcome was not recorded in perf_advisor.drop_impact: %s",
					error->message)));
	FreeErrorData(error);
}

void
pa_drop_impact_record(Oid indexid, const PaDropReport *report)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;

	if (RecoveryInProgress() || XactReadOnly)
		return;
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(caller);
	PG_TRY();
	{
		record(indexid, report);
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(caller);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(caller);
		CurrentResourceOwner = owner;
		report_failure(error);
	}
	PG_END_TRY();
}

/*-------------------------------------------------------------------------
 *
 * finding_state.c
 *		What became of the advice: the table perf_advisor.finding_state.
 *
 * Written by advise_indexes() and acknowledge() only, never by a view.  Life
 * of a row: advised (open), perhaps seen by somebody (acknowledged), then
 * either the index exists (resolved), with the mean times before and after,
 * or its statements are recorded and do not ask for it any more (withdrawn).
 * Advised again it is open again.  What is acknowledged stays so until the
 * index exists or the table is gone: somebody has decided about it.
 *
 * The statements run as the table's owner, see owner_sql.h.
 *
 * IDENTIFICATION
 *		src/report/finding_state.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

#include "report/finding_index.h"
#include "report/finding_state.h"
#include "report/index_ddl.h"
#include "report/index_outcome.h"
#include "report/owner_sql.h"
#include "report/predicate.h"

#define STATE_TABLE "finding_state"

/*
 * A statement is slower if it takes that much longer, in relation and in
 * msec, over at least so many calls.
 */
#define SLOWER_RATIO 1.2
#define SLOWER_TIME 0.05
#define SLOWER_CALLS 5

/* A row of category index. */
typedef struct StoredFinding
{
	int64		finding_id;
	char	   *schemaname;
	char	   *relname;
	char	   *state;
	int			nstatements;
	int64	   *queryids;
	int64	   *calls;
	double	   *means_before;
} StoredFinding;

/* What is found out about one whose index exists. */
typedef struct Resolution
{
	Oid			indexid;
	Datum	   *means_after;	/* as many as the finding has statements */
	bool	   *unknown;
	bool		measured;		/* the two below are known */
	double		mean_before;
	double		mean_after;
	int			nslower;
	int64	   *slower;
	StringInfoData note;		/* about the slower ones */
} Resolution;

/*
 * Only one transaction at a time writes state: two that write the same rows
 * in another order would wait for each other.  False when that is another one.
 */
static bool
lock_state(Oid table)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, RelationRelationId, table, 1);
	return LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

/* ---- reading ---- */

static Datum
column(uint64 row, int number, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc,
						 number, isnull);
}

/* A copy of an array's items, which are neither NULL nor pointers. */
static Datum *
array_items(uint64 row, int number, Oid type, int *count)
{
	bool		isnull;
	Datum		value = column(row, number, &isnull);
	Datum	   *items = NULL;
	bool	   *nulls;

	*count = 0;
	if (!isnull)
		deconstruct_array(DatumGetArrayTypeP(value), type, sizeof(int64),
						  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &items, &nulls, count);
	return items;
}

static StoredFinding *
read_finding(uint64 row)
{
	StoredFinding *finding = palloc0(sizeof(StoredFinding));
	bool		isnull;
	int			nids,
				ncalls,
				nmeans;
	Datum	   *ids = array_items(row, 5, INT8OID, &nids);
	Datum	   *calls = array_items(row, 6, INT8OID, &ncalls);
	Datum	   *means = array_items(row, 7, FLOAT8OID, &nmeans);

	finding->finding_id = DatumGetInt64(column(row, 1, &isnull));
	finding->schemaname = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 2);
	finding->relname = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 3);
	finding->state = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 4);
	/* somebody may have edited the row */
	finding->nstatements = Min(nids, Min(ncalls, nmeans));
	finding->queryids = palloc(sizeof(int64) * Max(nids, 1));
	finding->calls = palloc(sizeof(int64) * Max(nids, 1));
	finding->means_before = palloc(sizeof(double) * Max(nids, 1));
	for (int i = 0; i < finding->nstatements; i++)
	{
		finding->queryids[i] = DatumGetInt64(ids[i]);
		finding->calls[i] = DatumGetInt64(calls[i]);
		finding->means_before[i] = DatumGetFloat8(means[i]);
	}
	return finding;
}

static List *
read_findings(void)
{
	PaArguments	none = {0};
	List	   *findings = NIL;
	uint64		rows = pa_owner_run("SELECT finding_id::bigint, schemaname::text, relname::text, state::text, "
						   "queryids::bigint[], calls::bigint[], means_before::float8[] "
						   "FROM perf_advisor.finding_state WHERE category = 'index' ORDER BY finding_id",
						   &none);

	for (uint64 row = 0; row < rows; row++)
		findings = lappend(findings, read_finding(row));
	return findings;
}

/* ---- what is advised ---- */

/*
 * NB: when the index was dropped again, the statements' present times are
 * still those with it, until they have run without: the earlier ones stay.
 */
static void
write_advised(const PaMissingIndex *index, TimestampTz at)
{
	int			count = list_length(index->statements);
	int64	   *queryids = palloc(sizeof(int64) * Max(count, 1));
	int64	   *calls = palloc(sizeof(int64) * Max(count, 1));
	Datum	   *means = palloc(sizeof(Datum) * Max(count, 1));
	PaArguments	arguments = {0};
	double		time = 0;
	double		all_calls = 0;

	for (int i = 0; i < count; i++)
	{
		const PaServedStatement *statement = list_nth(index->statements, i);

		queryids[i] = statement->shape.queryid;
		calls[i] = statement->calls;
		means[i] = Float8GetDatum(statement->present_time / Max(statement->calls, 1));
		time += statement->present_time;
		all_calls += statement->calls;
	}

	pa_argument(&arguments, INT8OID, Int64GetDatum(index->finding_id), false);
	pa_argument_text(&arguments, index->schemaname);
	pa_argument_text(&arguments, index->relname);
	pa_argument_text(&arguments, index->index_ddl);
	pa_argument(&arguments, TIMESTAMPTZOID, TimestampTzGetDatum(at), false);
	pa_argument_int8_array(&arguments, queryids, count);
	pa_argument_int8_array(&arguments, calls, count);
	pa_argument_float8_array(&arguments, means, NULL, count);
	pa_argument_float8(&arguments, all_calls > 0 ? time / all_calls : 0, all_calls == 0);

	(void) pa_owner_run("INSERT INTO perf_advisor.finding_state AS f (finding_id, category, schemaname, relname, ddl, "
			   "state, state_since, first_seen, last_seen, queryids, calls, means_before, mean_before) "
			   "VALUES ($1, 'index', $2::name, $3::name, $4, 'open', $5, $5, $5, $6, $7, $8, $9) "
			   "ON CONFLICT (finding_id) DO UPDATE SET "
			   "ddl = excluded.ddl, last_seen = excluded.last_seen, "
			   "(queryids, calls, means_before, mean_before) = "
			   "(SELECT c.queryids, c.calls, c.means_before, c.mean_before FROM (VALUES "
			   "(true, f.queryids, f.calls, f.means_before, f.mean_before), "
			   "(false, excluded.queryids, excluded.calls, excluded.means_before, excluded.mean_before)) "
			   "AS c (old, queryids, calls, means_before, mean_before) "
			   "WHERE c.old = (f.state = 'resolved' OR f.queryids = excluded.queryids AND f.calls = excluded.calls)), "
			   "means_after = NULL, mean_after = NULL, slower_queryids = NULL, "
			   "state = CASE WHEN f.state = 'acknowledged' THEN f.state ELSE 'open' END, "
			   "state_since = CASE WHEN f.state IN ('open', 'acknowledged') THEN f.state_since ELSE excluded.state_since END",
			   &arguments);
}

static bool
is_advised(const PaIndexAdvice *advice, int64 finding_id)
{
	ListCell   *lc;

	foreach(lc, advice->indexes)
	{
		if (((PaMissingIndex *) lfirst(lc))->finding_id == finding_id)
			return true;
	}
	return false;
}

/* ---- what it has done ---- */

/* Its table today, InvalidOid when that is gone. */
static Oid
table_of_finding(const StoredFinding *finding)
{
	Oid			schema = get_namespace_oid(finding->schemaname, true);

	return OidIsValid(schema) ?
		get_relname_relid(finding->relname, schema) : InvalidOid;
}

/* Notes a statement that takes longer than it took. */
static void
note_slower(Resolution *resolution, const PaIndexOutcome *outcome,
			double before, double after)
{
	resolution->slower = resolution->nslower == 0 ? palloc(sizeof(int64)) :
		repalloc(resolution->slower, sizeof(int64) * (resolution->nslower + 1));
	resolution->slower[resolution->nslower++] = outcome->queryid;
	appendStringInfo(&resolution->note,
					 "%sStatement " INT64_FORMAT " takes %.3g ms by plans with %s (" INT64_FORMAT " calls), and took %.3g ms before.",
					 resolution->nslower > 1 ? " " : "", outcome->queryid, after,
					 pa_index_qualified_name(resolution->indexid),
					 outcome->calls_after, before);
}

/* The statement's place in the finding, -1 when it is not one of it. */
static int
place_of(const StoredFinding *finding, int64 queryid)
{
	for (int i = 0; i < finding->nstatements; i++)
	{
		if (finding->queryids[i] == queryid)
			return i;
	}
	return -1;
}

static Resolution *
measure(const StoredFinding *finding, Oid indexid)
{
	Resolution *resolution = palloc0(sizeof(Resolution));
	double		calls = 0;
	ListCell   *lc;

	resolution->indexid = indexid;
	resolution->means_after = palloc0(sizeof(Datum) * Max(finding->nstatements, 1));
	resolution->unknown = palloc(sizeof(bool) * Max(finding->nstatements, 1));
	memset(resolution->unknown, true, sizeof(bool) * Max(finding->nstatements, 1));
	initStringInfo(&resolution->note);

	foreach(lc, pa_report_index_outcomes(indexid))
	{
		const PaIndexOutcome *outcome = lfirst(lc);
		int			place = place_of(finding, outcome->queryid);
		double		after = outcome->time_after / outcome->calls_after;
		double		before;

		/* the counts of before may have been reset, the finding's are kept */
		if (place >= 0)
			before = finding->means_before[place];
		else if (outcome->calls_before >= SLOWER_CALLS)
			before = outcome->time_before / outcome->calls_before;
		else
			continue;

		if (outcome->calls_after >= SLOWER_CALLS &&
			after > before * SLOWER_RATIO && after > before + SLOWER_TIME)
			note_slower(resolution, outcome, before, after);
		if (place < 0)
			continue;
		resolution->means_after[place] = Float8GetDatum(after);
		resolution->unknown[place] = false;
		resolution->mean_before += before * finding->calls[place];
		resolution->mean_after += after * finding->calls[place];
		calls += finding->calls[place];
	}
	if (calls > 0)
	{
		resolution->measured = true;
		resolution->mean_before /= calls;
		resolution->mean_after /= calls;
	}
	return resolution;
}

/* ---- what became of earlier advice ---- */

static void
write_resolved(const StoredFinding *finding, const Resolution *resolution,
			   TimestampTz at)
{
	PaArguments	arguments = {0};

	pa_argument(&arguments, INT8OID, Int64GetDatum(finding->finding_id), false);
	pa_argument(&arguments, TIMESTAMPTZOID, TimestampTzGetDatum(at), false);
	pa_argument_float8_array(&arguments, resolution->means_after, resolution->unknown,
					 finding->nstatements);
	pa_argument_float8(&arguments, resolution->mean_before, !resolution->measured);
	pa_argument_float8(&arguments, resolution->mean_after, !resolution->measured);
	pa_argument_int8_array(&arguments, resolution->slower, resolution->nslower);
	(void) pa_owner_run("UPDATE perf_advisor.finding_state SET "
			   "state = 'resolved', state_since = CASE WHEN state = 'resolved' THEN state_since ELSE $2 END, "
			   "means_after = $3, mean_before = COALESCE($4, mean_before), mean_after = $5, slower_queryids = $6 "
			   "WHERE finding_id = $1", &arguments);
}

static void
write_withdrawn(int64 finding_id, TimestampTz at)
{
	PaArguments	arguments = {0};

	pa_argument(&arguments, INT8OID, Int64GetDatum(finding_id), false);
	pa_argument(&arguments, TIMESTAMPTZOID, TimestampTzGetDatum(at), false);
	(void) pa_owner_run("UPDATE perf_advisor.finding_state SET state = 'withdrawn', state_since = $2 "
			   "WHERE finding_id = $1 AND state <> 'withdrawn'", &arguments);
}

/* The finding that an index made something slower has its own id. */
static int64
regression_id(int64 finding_id)
{
	char	   *canonical = psprintf("regression " INT64_FORMAT, finding_id);

	return (int64) hash_bytes_extended((const unsigned char *) canonical,
									   strlen(canonical), 0);
}

static void
write_regression(const StoredFinding *finding, const Resolution *resolution,
				 TimestampTz at)
{
	PaArguments	arguments = {0};

	pa_argument(&arguments, INT8OID,
				 Int64GetDatum(regression_id(finding->finding_id)), false);
	pa_argument_text(&arguments, finding->schemaname);
	pa_argument_text(&arguments, finding->relname);
	pa_argument_text(&arguments, psprintf("DROP INDEX CONCURRENTLY %s",
								  pa_index_qualified_name(resolution->indexid)));
	pa_argument(&arguments, TIMESTAMPTZOID, TimestampTzGetDatum(at), false);
	pa_argument_int8_array(&arguments, resolution->slower, resolution->nslower);
	pa_argument_text(&arguments, resolution->note.data);
	(void) pa_owner_run("INSERT INTO perf_advisor.finding_state AS f (finding_id, category, schemaname, relname, ddl, "
			   "state, state_since, first_seen, last_seen, queryids, calls, means_before, note) "
			   "VALUES ($1, 'regression', $2::name, $3::name, $4, 'open', $5, $5, $5, $6, '{}', '{}', $7) "
			   "ON CONFLICT (finding_id) DO UPDATE SET "
			   "ddl = excluded.ddl, last_seen = excluded.last_seen, queryids = excluded.queryids, "
			   "note = CASE WHEN f.state = 'acknowledged' THEN f.note ELSE excluded.note END, "
			   "state = CASE WHEN f.state = 'acknowledged' THEN f.state ELSE 'open' END, "
			   "state_since = CASE WHEN f.state IN ('open', 'acknowledged') THEN f.state_since ELSE excluded.state_since END",
			   &arguments);
}

/* True when a statement of the finding was not looked at this time. */
static bool
was_skipped(const PaIndexAdvice *advice, const StoredFinding *finding)
{
	ListCell   *lc;

	foreach(lc, advice->skipped)
	{
		const PaSkippedStatement *skipped = lfirst(lc);

		if (place_of(finding, skipped->statement->shape.queryid) >= 0)
			return true;
	}
	return false;
}

/*
 * True when some statement of the finding is recorded: after a reset, a crash
 * or a restore of the database nothing is known of what it needs.
 */
static bool
is_recorded(const PaIndexAdvice *advice, const StoredFinding *finding)
{
	ListCell   *lc;

	foreach(lc, advice->recorded)
	{
		const PaWorkloadStatement *statement = lfirst(lc);

		if (place_of(finding, statement->shape.queryid) >= 0)
			return true;
	}
	return false;
}

/* True when its statements would have asked for it, if they needed it. */
static bool
is_superseded(const PaIndexAdvice *advice, const StoredFinding *finding, bool whole)
{
	return whole && !advice->deadline_hit &&
		strcmp(finding->state, "acknowledged") != 0 &&
		is_recorded(advice, finding) && !was_skipped(advice, finding);
}

/* Brings one row that is not advised now up to date. */
static void
follow_up(const PaIndexAdvice *advice, const StoredFinding *finding, bool whole)
{
	TimestampTz at = advice->made_at;
	bool		unsure = false;
	Oid			relid = table_of_finding(finding);
	Oid			indexid = pa_finding_index(finding->finding_id, relid, &unsure);

	if (OidIsValid(indexid))
	{
		Resolution *resolution = measure(finding, indexid);

		write_resolved(finding, resolution, at);
		if (resolution->nslower > 0)
			write_regression(finding, resolution, at);
		else
			write_withdrawn(regression_id(finding->finding_id), at);
		return;
	}

	if (unsure)
		return;
	write_withdrawn(regression_id(finding->finding_id), at);
	if (!OidIsValid(relid) || strcmp(finding->state, "resolved") == 0 ||
		is_superseded(advice, finding, whole))
		write_withdrawn(finding->finding_id, at);
}

static bool
is_writable(void)
{
	return !RecoveryInProgress() && !XactReadOnly;
}

/* Writes everything, as the table's owner. */
static void
record(const PaIndexAdvice *advice, bool whole, Oid table)
{
	PaOwnerState owner;
	ListCell   *lc;

	pa_owner_begin(&owner, table);
	foreach(lc, advice->indexes)
		write_advised(lfirst(lc), advice->made_at);
	foreach(lc, read_findings())
	{
		const StoredFinding *finding = lfirst(lc);

		if (!is_advised(advice, finding->finding_id))
			follow_up(advice, finding, whole);
	}
	pa_owner_end(&owner);
}

/* What went wrong with the recording; the advice itself is there. */
static void
report_failure(ErrorData *error)
{
	bool		busy = ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_TRANSACTION_ROLLBACK ||
		error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE;

	if (pa_report_must_be_raised(error->sqlerrcode))
		ReThrowError(error);
	/* busy: whoever was faster has seen the same workload */
	ereport(busy ? DEBUG1 : WARNING,
			(errcode(error->sqlerrcode),
			 errmsg("advice was not recorded in perf_advisor.finding_state: %s",
					error->message)));
	FreeErrorData(error);
}

/*
 * Recording is worth no error of the caller's transaction, which may have
 * another isolation level or hold locks: it happens in a subtransaction, and
 * when it fails it is left to the next time.
 */
void
pa_finding_state_record(const PaIndexAdvice *advice, bool whole)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;

	if (!is_writable())
		return;
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(caller);
	PG_TRY();
	{
		Oid			table = pa_own_table(STATE_TABLE);

		if (lock_state(table))
			record(advice, whole, table);
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

bool
pa_finding_state_acknowledge(int64 finding_id, const char *note)
{
	Oid			table = pa_own_table(STATE_TABLE);
	PaOwnerState owner;
	PaArguments arguments = {0};
	bool		found;

	if (!lock_state(table))
		ereport(ERROR,
				(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
				 errmsg("another transaction is recording advice"),
				 errhint("Try again when it has ended.")));
	pa_owner_begin(&owner, table);
	pa_argument(&arguments, INT8OID, Int64GetDatum(finding_id), false);
	pa_argument_text(&arguments, note);
	found = pa_owner_run("UPDATE perf_advisor.finding_state SET note = COALESCE($2, note), "
						 "state_since = CASE WHEN state = 'open' THEN pg_catalog.clock_timestamp() ELSE state_since END, "
						 "state = CASE WHEN state = 'open' THEN 'acknowledged' ELSE state END "
						 "WHERE finding_id = $1", &arguments) > 0;
	pa_owner_end(&owner);
	return found;
}

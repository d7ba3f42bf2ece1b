/*-------------------------------------------------------------------------
 *
 * scan_samples.c
 *		The sampled scans of this database's statements, scaled to all their
 *		executions.
 *
 * Rows are counted in sampled executions only.  A plan's sums are divided by
 * its samples and multiplied by its calls: exact when every call was sampled,
 * or all read the same, an estimate otherwise, and the number of sampled calls
 * is shown beside it.
 *
 * The statement's own time is shared among its scans by the rows they read.
 * So sorting and joining are charged to the tables they are done for, and a
 * statement's times add up to its own_exec_time.  The time inside the scan is
 * known only of nodes that were timed, which is rare (node_timing): a clock
 * read a row costs more than many a row.
 *
 * IDENTIFICATION
 *		src/report/scan_samples.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "report/scan_samples.h"
#include "store/store.h"

/* A bitmap's index part is counted where its rows are fetched. */
static bool
is_table_scan(const PaScan *scan)
{
	return scan->kind != PA_SCAN_BITMAP_INDEX && OidIsValid(scan->relid);
}

static PaScanSample *
append_sample(PaScanSamples *samples)
{
	if (samples->count == samples->space)
	{
		samples->space *= 2;
		samples->items = repalloc_huge(samples->items,
									   sizeof(PaScanSample) * samples->space);
	}
	return &samples->items[samples->count++];
}

/* Appends the scans of one plan of one statement. */
static void
append_plan(PaScanSamples *samples, const PaStatement *statement, int plan,
			const PaPlanScans *scans)
{
	double		calls = statement->counters.exec.count;
	double		all_rows = 0;
	int			ntables = 0;

	for (int i = 0; i < scans->nscans; i++)
	{
		if (!is_table_scan(&scans->scans[i]))
			continue;
		all_rows += scans->scans[i].rows_read;
		ntables++;
	}

	for (int i = 0; i < scans->nscans; i++)
	{
		const PaScan *scan = &scans->scans[i];
		PaScanSample *sample;
		double		share;

		if (!is_table_scan(scan))
			continue;
		share = all_rows > 0 ? scan->rows_read / all_rows : 1.0 / ntables;

		sample = append_sample(samples);
		sample->relid = scan->relid;
		sample->kind = scan->kind;
		sample->plan = plan;
		sample->shape = statement->key.shape;
		sample->calls = statement->counters.exec.count;
		/* executions that failed are sampled, but no calls */
		sample->sampled_calls = Min(scans->samples, sample->calls);
		sample->scans = scan->loops / scans->samples * calls;
		sample->rows_read = scan->rows_read / scans->samples * calls;
		sample->rows_kept = scan->rows_kept / scans->samples * calls;
		sample->time = statement->counters.own_exec_time * share;
		sample->timed = scans->plan.timed > 0;
		sample->node_time = sample->timed ? scan->time / scans->plan.timed * calls : 0;
		sample->nodes = scan->predicate;
		sample->predicate = NULL;
	}
}

/*
 * Returns the scans of all statements of this database that were sampled, in
 * CurrentMemoryContext.
 */
PaScanSamples *
pa_report_scan_samples(void)
{
	PaStatementList *list = pa_store_read_statements();
	PaScanSamples *samples = palloc0(sizeof(PaScanSamples));

	samples->space = 64;
	samples->items = palloc(sizeof(PaScanSample) * samples->space);

	for (int i = 0; i < list->count; i++)
	{
		const PaStatement *statement = &list->items[i];
		PaPlanScans *scans;

		CHECK_FOR_INTERRUPTS();
		if (statement->key.shape.dbid != MyDatabaseId ||
			statement->counters.exec.count == 0)
			continue;
		samples->total_time += statement->counters.own_exec_time;

		scans = pa_store_read_scans(&statement->key);
		if (scans != NULL && scans->samples > 0)
			append_plan(samples, statement, i, scans);
	}
	return samples;
}

/*
 * True for tables that advice can be about: not the system's, not our own,
 * and not temporary ones, which are gone before anybody reads about them.
 */
static bool
is_user_table(Oid namespace, const char *nspname, char relkind)
{
	if (relkind != RELKIND_RELATION && relkind != RELKIND_MATVIEW &&
		relkind != RELKIND_PARTITIONED_TABLE && relkind != RELKIND_FOREIGN_TABLE)
		return false;
	if (namespace == PG_CATALOG_NAMESPACE || IsToastNamespace(namespace) ||
		isAnyTempNamespace(namespace))
		return false;
	return strcmp(nspname, "information_schema") != 0 &&
		strcmp(nspname, "perf_advisor") != 0;
}

/* Name and schema of a table of interest; NULL for others. */
static PaScannedTable *
describe_table(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	PaScannedTable *table = NULL;
	Form_pg_class class;
	char	   *nspname;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	class = (Form_pg_class) GETSTRUCT(tuple);
	nspname = get_namespace_name(class->relnamespace);
	if (nspname != NULL &&
		is_user_table(class->relnamespace, nspname, class->relkind))
	{
		table = palloc(sizeof(PaScannedTable));
		table->relid = relid;
		table->schemaname = nspname;
		table->relname = pstrdup(NameStr(class->relname));
		table->table_size = -1;
	}
	ReleaseSysCache(tuple);
	return table;
}

/*
 * The lock is taken only if nobody has to be waited for: a view for looking
 * at a busy server must not queue behind ALTER TABLE, and others behind it.
 */
PaScannedTable *
pa_report_open_table(Oid relid, bool *locked)
{
	PaScannedTable *table = describe_table(relid);

	*locked = false;
	if (table == NULL || !ConditionalLockRelationOid(relid, AccessShareLock))
		return table;

	/* it may have been renamed or dropped before we got the lock */
	table = describe_table(relid);
	if (table == NULL)
	{
		UnlockRelationOid(relid, AccessShareLock);
		return NULL;
	}
	*locked = true;
	table->table_size =
		DatumGetInt64(DirectFunctionCall1(pg_table_size, ObjectIdGetDatum(relid)));
	return table;
}

void
pa_report_close_table(Oid relid, bool locked)
{
	if (locked)
		UnlockRelationOid(relid, AccessShareLock);
}

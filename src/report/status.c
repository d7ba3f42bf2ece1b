/*-------------------------------------------------------------------------
 *
 * status.c
 *		The checks of perf_advisor.status(): is everything recorded, what was
 *		lost, and why is a view empty.
 *
 * "ok" is false where somebody should do something, and then the hint says
 * what.  Nothing here raises: this is what is read when something is wrong.
 *
 * IDENTIFICATION
 *		src/report/status.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "commands/dbcommands.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "config/config.h"
#include "report/preload_hint.h"
#include "report/status.h"
#include "report/statements.h"
#include "store/store.h"

/* Statements that the advisor should be able to plan again. */
#define PA_STATUS_HEAVY_STATEMENTS 200

/* A store this full (per cent) is about to lose entries. */
#define PA_STATUS_FULL_PCT 95

/* Lost detail below this share of all calls (per cent) does not matter. */
#define PA_STATUS_LOSS_PCT 1.0

/* Other databases to list, the busiest first. */
#define PA_STATUS_DATABASES 20

static void
add_item(List **items, const char *item, char *value, bool ok, const char *hint)
{
	PaStatusItem *check = palloc(sizeof(PaStatusItem));

	check->item = item;
	check->value = value;
	check->ok = ok;
	check->hint = hint ? pstrdup(hint) : NULL;
	*items = lappend(*items, check);
}

/* A check whose hint is only for when it fails. */
static void
add_check(List **items, const char *item, char *value, bool ok, const char *hint)
{
	add_item(items, item, value, ok, ok ? NULL : hint);
}

static char *
setting_value(const char *name)
{
	const char *value = GetConfigOption(name, true, false);

	return pstrdup(value ? value : "unknown");
}

static char *
megabytes(int64 used, int64 limit)
{
	return psprintf("%.1f of %.1f MB", used / 1048576.0, limit / 1048576.0);
}

/* What the server itself must be set to. */
static void
add_server(List **items)
{
	char	   *query_id = setting_value("compute_query_id");
	char	   *io_timing = setting_value("track_io_timing");

	add_item(items, "server_version", setting_value("server_version"), true, NULL);
	add_check(items, "compute_query_id", query_id,
			  strcmp(query_id, "off") != 0,
			  "Without queryids no statement is recorded: set compute_query_id to auto or on.");
	add_check(items, "track_io_timing", io_timing,
			  strcmp(io_timing, "on") == 0,
			  "The I/O times of all views are 0: set track_io_timing to on, if pg_test_timing shows that the clock is fast.");
}

/* What perf_advisor itself is set to record. */
static void
add_recording(List **items)
{
	add_check(items, "enabled", pstrdup(pa_guc_enabled ? "on" : "off"),
			  pa_guc_enabled,
			  "Nothing is recorded in sessions that see this value: set perf_advisor.enabled to on.");
	add_check(items, "track", setting_value("perf_advisor.track"),
			  pa_guc_track == PA_TRACK_ALL,
			  pa_guc_track == PA_TRACK_NONE ?
			  "No statement is recorded: set perf_advisor.track to all." :
			  "Statements inside functions and foreign-key checks are not recorded: set perf_advisor.track to all.");
	add_check(items, "track_planning", pstrdup(pa_guc_track_planning ? "on" : "off"),
			  pa_guc_track_planning,
			  "Planning times and counts are not recorded: set perf_advisor.track_planning to on.");
	add_check(items, "overhead_budget", setting_value("perf_advisor.overhead_budget"),
			  pa_guc_overhead_budget > 0,
			  "No execution is sampled, so seq_scans and table_access stay empty: set perf_advisor.overhead_budget above 0.");
	add_check(items, "node_timing", setting_value("perf_advisor.node_timing"),
			  !pa_guc_node_timing || !pa_clock_is_slow(),
			  psprintf("Nodes are not timed although it is set: reading the clock takes %.0f ns on this machine, more than %.0f. See pg_test_timing; turn perf_advisor.node_timing off, or give the machine a faster clock source.",
					   pa_sampling_costs.clock, PA_SLOW_CLOCK));
}

/* What sampling has cost all sessions, and by what it is reckoned. */
static void
add_overhead(List **items, const PaStoreInfo *info)
{
	double		share = info->sampling_busy > 0 ?
		100.0 * info->sampling_spent / info->sampling_busy : 0;

	add_item(items, "own_overhead",
			 psprintf("%.3f %% (%.1f of %.1f ms)", share, info->sampling_spent, info->sampling_busy),
			 true,
			 pa_guc_overhead_budget < 100 && share > pa_guc_overhead_budget ?
			 "More than perf_advisor.overhead_budget: sessions start with an allowance, and looking at new statements is paid back as they run." :
			 NULL);
	add_item(items, "sampling_cost",
			 psprintf("%.1f ns a row and node, %.1f ns a look at the clock",
					  info->cost_of_row, info->cost_of_clock),
			 true, NULL);
}

/* How full the store is and what it had to leave out. */
static void
add_store(List **items, const PaStoreInfo *info, double calls)
{
	add_check(items, "entries",
			  psprintf(INT64_FORMAT " of " INT64_FORMAT, info->entries, info->max_entries),
			  info->entries * 100 < info->max_entries * PA_STATUS_FULL_PCT,
			  "New statements push out old ones: raise perf_advisor.max_statements (needs a restart).");
	add_check(items, "evictions", psprintf(INT64_FORMAT, info->dealloc),
			  info->dealloc == 0,
			  "Entries were summed into the <evicted> rows of perf_advisor.statements: raise perf_advisor.max_statements (needs a restart).");
	add_check(items, "text_memory",
			  megabytes(info->text_memory_used, info->text_memory_limit),
			  info->text_memory_used * 100 < info->text_memory_limit * PA_STATUS_FULL_PCT,
			  "Texts and query trees of new statements cannot be kept: raise perf_advisor.text_memory (needs a restart).");
	add_check(items, "texts_skipped", psprintf(INT64_FORMAT, info->texts_skipped),
			  info->texts_skipped == 0,
			  "Some texts, query trees or parameters found no memory: raise perf_advisor.text_memory (needs a restart).");
	add_check(items, "contended", psprintf(INT64_FORMAT, info->contended),
			  info->contended * 100.0 <= calls * PA_STATUS_LOSS_PCT,
			  "Details of statements were left out because their part of the store was busy; counts are not affected.");
	add_check(items, "torn_reads", psprintf(INT64_FORMAT, info->torn_reads),
			  info->torn_reads * 100.0 <= calls * PA_STATUS_LOSS_PCT,
			  "Sessions wrote while they were read; what was missed is in the next read.");
	add_check(items, "calls_lost", psprintf(INT64_FORMAT, info->calls_lost),
			  info->calls_lost == 0,
			  "There was no room even for an <evicted> row: raise perf_advisor.max_statements (needs a restart).");
	add_check(items, "frames_skipped", psprintf(INT64_FORMAT, info->frames_skipped),
			  info->frames_skipped == 0,
			  "Statements nested too deep were not recorded; look for recursive functions or triggers.");
	add_check(items, "errors_lost", psprintf(INT64_FORMAT, info->errors_lost),
			  info->errors_lost == 0,
			  "Some failed statements were not counted: look for errors in the server's log.");
	add_item(items, "error_rows_evicted", psprintf(INT64_FORMAT, info->error_rows_evicted),
			 true, NULL);
	add_item(items, "params_skipped", psprintf(INT64_FORMAT, info->params_skipped),
			 true, NULL);
	add_item(items, "slab_entries",
			 psprintf(INT64_FORMAT " for each of %d backends", info->slab_entries, MaxBackends),
			 true,
			 info->slab_entries < pa_guc_slab_entries ?
			 "Fewer than perf_advisor.slab_entries, because max_connections is large; nothing is lost by it." :
			 NULL);
	add_item(items, "index_uses",
			 psprintf("%d of %d plans, %d of %d indexes", info->index_plans, info->max_index_plans,
					  info->index_rows, info->max_index_rows),
			 true,
			 info->index_uses_forgotten == 0 ? NULL :
			 psprintf("Uses of indexes before %s may be missing, as first_seen in perf_advisor.index_usage says.",
					  timestamptz_to_str(info->index_uses_forgotten)));
	add_item(items, "stats_reset", pstrdup(timestamptz_to_str(info->stats_reset)),
			 true, NULL);
}

/* What a restart would keep, and what the last one did. */
static void
add_saving(List **items)
{
	PaStoreSaving saving;

	pa_store_read_saving(&saving);
	add_check(items, "launcher",
			  saving.launcher_pid != 0 ? psprintf("running, process %d", saving.launcher_pid) : pstrdup("not running"),
			  saving.launcher_pid != 0,
			  "What is recorded is saved only when the server stops: raise max_worker_processes (needs a restart), unless the launcher was just terminated and is back within 10 seconds.");
	if (saving.error != 0)
	{
		add_item(items, "saved", psprintf("failed at %s: %s", timestamptz_to_str(saving.failed_at), strerror(saving.error)),
				 false,
				 psprintf("A crash would lose what was recorded since the last save: look at %s in the data directory and at its disk.", saving.file));
	}
	else
		add_item(items, "saved",
				 saving.saved_at == 0 ? pstrdup("not since the start") :
				 psprintf("%s, " INT64_FORMAT " kB", timestamptz_to_str(saving.saved_at), (saving.saved_size + 1023) / 1024),
				 true, NULL);
	if (saving.rejected != NULL)
		add_item(items, "loaded", psprintf("nothing: %s", saving.rejected), false,
				 psprintf("The server started with an empty store; the file is kept as %s.bad in the data directory. After an upgrade this is as it should be, else look at the disk.", saving.file));
	else
		add_item(items, "loaded",
				 saving.loaded_from == 0 ? pstrdup("nothing: there was no file") :
				 psprintf(INT64_FORMAT " entries, saved %s", saving.loaded_statements, timestamptz_to_str(saving.loaded_from)),
				 true, NULL);
}

/* qsort comparator: most execution time first. */
static int
compare_time(const void *left, const void *right)
{
	const PaStatementSum *a = left;
	const PaStatementSum *b = right;

	if (a->counters.exec.total != b->counters.exec.total)
		return a->counters.exec.total > b->counters.exec.total ? -1 : 1;
	return 0;
}

/*
 * True when a sampled execution of the statement scanned some relation:
 * statements without any (SELECT 1) need no tree.
 */
static bool
reads_a_relation(const PaStatementSum *sum)
{
	PaStatementKey key;
	PaPlanScans *scans;

	memset(&key, 0, sizeof(key));
	key.shape = sum->shape;
	key.planid = sum->last_planid;
	key.toplevel = sum->toplevel ? 1 : 0;
	scans = pa_store_read_scans(&key);
	return scans != NULL && scans->nscans > 0;
}

/*
 * Says how many of this database's heaviest statements cannot be planned
 * again.  Sorts "sums" by time.
 */
static void
add_trees(List **items, PaStatementSums *sums)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "perf_advisor status",
												  ALLOCSET_DEFAULT_SIZES);
	int			heavy = 0;
	int			missing = 0;

	qsort(sums->items, sums->count, sizeof(PaStatementSum), compare_time);
	for (int i = 0; i < sums->count && heavy < PA_STATUS_HEAVY_STATEMENTS; i++)
	{
		const PaStatementSum *sum = &sums->items[i];
		MemoryContext old;

		/* utility statements have no plan, hence no tree */
		if (sum->shape.dbid != MyDatabaseId || sum->shape.queryid == 0 ||
			sum->counters.exec.count < 2 || sum->planids == 0)
			continue;

		CHECK_FOR_INTERRUPTS();
		heavy++;
		old = MemoryContextSwitchTo(scratch);
		if (pa_store_read_trees(&sum->shape) == NIL && reads_a_relation(sum))
			missing++;
		MemoryContextSwitchTo(old);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);

	add_check(items, "heavy_statements_without_tree",
			  psprintf("%d of %d", missing, heavy), missing == 0,
			  "missing_indexes cannot plan these again, perf_advisor.advisor_skipped lists them: they read temporary tables, or the text memory was full.");
}

typedef struct DatabaseLoad
{
	Oid			dbid;
	int64		calls;
	double		time;			/* msec */
} DatabaseLoad;

static int
compare_load(const void *left, const void *right)
{
	const DatabaseLoad *a = left;
	const DatabaseLoad *b = right;

	if (a->time != b->time)
		return a->time > b->time ? -1 : 1;
	return (a->dbid > b->dbid) - (a->dbid < b->dbid);
}

/* Sums the statements by database; this one is the first item. */
static DatabaseLoad *
sum_databases(const PaStatementSums *sums, int *count)
{
	DatabaseLoad *loads = palloc0(sizeof(DatabaseLoad) * (sums->count + 1));

	loads[0].dbid = MyDatabaseId;
	*count = 1;
	for (int i = 0; i < sums->count; i++)
	{
		const PaStatementSum *sum = &sums->items[i];
		int			at = 0;

		while (at < *count && loads[at].dbid != sum->shape.dbid)
			at++;
		if (at == *count)
			loads[(*count)++].dbid = sum->shape.dbid;
		loads[at].calls += sum->counters.exec.count;
		/* own time: nested statements must not count twice */
		loads[at].time += sum->counters.own_exec_time;
	}
	return loads;
}

/* What is recorded of this database, and of the others. */
static void
add_databases(List **items, const PaStatementSums *sums)
{
	int			count;
	DatabaseLoad *loads = sum_databases(sums, &count);

	add_check(items, "this_database",
			  psprintf(INT64_FORMAT " calls, %.0f ms", loads[0].calls, loads[0].time),
			  loads[0].calls > 0,
			  "Nothing was recorded in this database since the last reset, so its views are empty: run the workload, then look again.");

	qsort(loads + 1, count - 1, sizeof(DatabaseLoad), compare_load);
	for (int i = 1; i < count && i <= PA_STATUS_DATABASES; i++)
	{
		char	   *name = get_database_name(loads[i].dbid);

		if (name == NULL)
			continue;			/* dropped meanwhile */
		add_item(items, psprintf("database %s", name),
				 psprintf(INT64_FORMAT " calls, %.0f ms", loads[i].calls, loads[i].time),
				 true,
				 "All views but statements cover only the database they are read in: connect to it, with CREATE EXTENSION perf_advisor there.");
	}
}

List *
pa_report_status(void)
{
	List	   *items = NIL;
	PaStoreInfo info;
	PaStatementSums *sums;
	double		calls = 0;

	if (!pa_store_available())
	{
		add_item(&items, "preloaded", pstrdup("off"), false, pa_report_preload_hint());
		add_server(&items);
		add_item(&items, "statements", pstrdup("none"), false,
				 "Nothing is recorded while the library is not preloaded: the views statements, seq_scans, table_access and missing_indexes raise an error.");
		return items;
	}

	add_item(&items, "preloaded", pstrdup("on"), true, NULL);
	add_server(&items);
	add_recording(&items);

	sums = pa_report_statements();
	for (int i = 0; i < sums->count; i++)
		calls += sums->items[i].counters.exec.count;
	pa_store_read_info(&info);
	add_overhead(&items, &info);
	add_store(&items, &info, calls);
	add_saving(&items);
	add_trees(&items, sums);
	add_databases(&items, sums);
	return items;
}

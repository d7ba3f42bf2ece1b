/*-------------------------------------------------------------------------
 *
 * config.c
 *		Defines the settings.  Defaults are right for production: the product
 *		works with none of them set.
 *
 * IDENTIFICATION
 *		src/config/config.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <limits.h>

#include "miscadmin.h"
#include "utils/guc.h"

#include "config/config.h"

int			pa_guc_advisor_deadline = 5000;
bool		pa_guc_enabled = true;
int			pa_guc_max_statements = 5000;
int			pa_guc_min_table_size = 1024;
bool		pa_guc_node_timing = false;
double		pa_guc_overhead_budget = 1.0;
double		pa_guc_sample_rate = 0.001;
int			pa_guc_slab_entries = 32;
int			pa_guc_text_memory = 16 * 1024;
int			pa_guc_track = PA_TRACK_ALL;
bool		pa_guc_track_parameters = true;
bool		pa_guc_track_planning = true;
bool		pa_guc_track_utility = true;
int			pa_guc_unused_index_min_age = 35 * 24 * 60 * 60;

static const struct config_enum_entry track_options[] =
{
	{"none", PA_TRACK_NONE, false},
	{"top", PA_TRACK_TOP, false},
	{"all", PA_TRACK_ALL, false},
	{NULL, 0, false}
};

/* What the advisor may spend and what it looks at. */
static void
define_advisor_settings(void)
{
	DefineCustomIntVariable("perf_advisor.advisor_deadline",
							"Sets the time after which the index advisor stops and shows what it has.",
							"A row says so when the deadline cut the analysis short.",
							&pa_guc_advisor_deadline,
							5000, 100, INT_MAX, PGC_USERSET, GUC_UNIT_MS,
							NULL, NULL, NULL);
	DefineCustomIntVariable("perf_advisor.min_table_size",
							"Sets the table size below which no index is advised.",
							"A smaller table counts if one execution reads it so often that it comes to this size. 0 advises for tables of any size.",
							&pa_guc_min_table_size,
							1024, 0, INT_MAX, PGC_SIGHUP, GUC_UNIT_KB,
							NULL, NULL, NULL);
	DefineCustomIntVariable("perf_advisor.unused_index_min_age",
							"Sets the time that an index must be watched before it is called unused.",
							"0 calls it so at once, after whatever time it was watched.",
							&pa_guc_unused_index_min_age,
							35 * 24 * 60 * 60, 0, INT_MAX, PGC_SIGHUP, GUC_UNIT_S,
							NULL, NULL, NULL);
}

/* How much shared memory is asked for at start. */
static void
define_memory_settings(void)
{
	DefineCustomIntVariable("perf_advisor.max_statements",
							"Sets the number of statements and plans that are kept.",
							"When it is reached, the least used are added to the <evicted> rows.",
							&pa_guc_max_statements,
							5000, 100, 1000000, PGC_POSTMASTER, 0,
							NULL, NULL, NULL);
	DefineCustomIntVariable("perf_advisor.slab_entries",
							"Sets the number of statements that each session counts without any lock.",
							"Rounded down to a power of two, and lowered when max_connections is large.",
							&pa_guc_slab_entries,
							32, 8, 256, PGC_POSTMASTER, 0,
							NULL, NULL, NULL);
	DefineCustomIntVariable("perf_advisor.text_memory",
							"Sets the shared memory for texts, query trees, parameters and plans.",
							NULL,
							&pa_guc_text_memory,
							16 * 1024, 1024, 4 * 1024 * 1024, PGC_POSTMASTER, GUC_UNIT_KB,
							NULL, NULL, NULL);
}

/* Which executions are looked at in detail. */
static void
define_sampling_settings(void)
{
	DefineCustomBoolVariable("perf_advisor.node_timing",
							 "Measures the time of each plan node in sampled executions.",
							 "An execution that is timed can take twice as long; overhead_budget limits how many are. Without effect when the clock is slow.",
							 &pa_guc_node_timing,
							 false, PGC_SUSET, 0,
							 NULL, NULL, NULL);
	DefineCustomRealVariable("perf_advisor.overhead_budget",
							 "Sets the share of a session's busy time that sampling may cost, in per cent.",
							 "0 samples no execution and makes no text of a plan; 100 sets no limit.",
							 &pa_guc_overhead_budget,
							 1.0, 0.0, 100.0, PGC_SUSET, 0,
							 NULL, NULL, NULL);
	DefineCustomRealVariable("perf_advisor.sample_rate",
							 "Sets the fraction of executions whose rows are sampled at random.",
							 "The first executions of a plan, and one a minute, are sampled besides. 0 samples only those.",
							 &pa_guc_sample_rate,
							 0.001, 0.0, 1.0, PGC_SUSET, 0,
							 NULL, NULL, NULL);
}

/* What is recorded. */
static void
define_tracking_settings(void)
{
	DefineCustomBoolVariable("perf_advisor.enabled",
							 "Records statements.",
							 "Off costs one branch a statement; what is recorded stays.",
							 &pa_guc_enabled,
							 true, PGC_SUSET, 0,
							 NULL, NULL, NULL);
	DefineCustomEnumVariable("perf_advisor.track",
							 "Selects which statements are recorded.",
							 "top records those sent by clients, all also those inside functions.",
							 &pa_guc_track,
							 PA_TRACK_ALL, track_options, PGC_SUSET, 0,
							 NULL, NULL, NULL);
	DefineCustomBoolVariable("perf_advisor.track_parameters",
							 "Keeps a few parameter values of each statement for planning it again.",
							 "Off also keeps no query trees of statements with literals.",
							 &pa_guc_track_parameters,
							 true, PGC_SUSET, 0,
							 NULL, NULL, NULL);
	DefineCustomBoolVariable("perf_advisor.track_planning",
							 "Records the number and time of plannings.",
							 NULL,
							 &pa_guc_track_planning,
							 true, PGC_SUSET, 0,
							 NULL, NULL, NULL);
	DefineCustomBoolVariable("perf_advisor.track_utility",
							 "Records utility statements, those other than SELECT, INSERT, UPDATE, DELETE and MERGE.",
							 NULL,
							 &pa_guc_track_utility,
							 true, PGC_SUSET, 0,
							 NULL, NULL, NULL);
}

/*
 * Defines all settings and reserves the prefix.  Settings that size shared
 * memory are defined only while preloading: later they could not take effect.
 */
void
pa_config_init(void)
{
	define_advisor_settings();
	if (process_shared_preload_libraries_in_progress)
		define_memory_settings();
	define_sampling_settings();
	define_tracking_settings();
	MarkGUCPrefixReserved("perf_advisor");
}

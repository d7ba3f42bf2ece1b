/*-------------------------------------------------------------------------
 *
 * simulate_drop.c
 *		What would happen to this database if an index were dropped.
 *
 * First what is not a plan: constraints, foreign keys, replica identity.
 * Then every recorded statement that reads the table is planned with the
 * index and without it (drop_statement.c), the heaviest first.  Unlike advice,
 * this counts statements that were called once, and those of roles that
 * ignore_rules excludes: a report of each quarter may be all that an index
 * is for.  A statement that could not be planned is listed with the reason;
 * nothing is concluded from it.
 *
 * IDENTIFICATION
 *		src/report/simulate_drop.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/catalog.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "catalog/relation_facts.h"
#include "config/config.h"
#include "report/drop_statement.h"
#include "report/index_ddl.h"
#include "report/index_duty_words.h"
#include "report/index_findings.h"
#include "report/simulate_drop.h"
#include "report/updates.h"

/* The index and what goes with it. */
typedef struct DroppedIndex
{
	Oid			indexid;
	Oid			relid;
	bool		unique;
	bool		has_expressions;
	List	   *indexids;		/* OidList: itself and its partitions */
	List	   *tables;			/* OidList: by which statements may read it */
} DroppedIndex;

/* ---- the index ---- */

static void
check_class(Oid indexid)
{
	PaRelationFacts facts;

	if (!pa_catalog_relation_facts(indexid, &facts))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("index with OID %u does not exist", indexid)));
	if (facts.relkind != RELKIND_INDEX && facts.relkind != RELKIND_PARTITIONED_INDEX)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not an index", facts.relname)));
	if (facts.is_catalog)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is an index of a system catalog", facts.relname),
				 errdetail("The server itself uses it, and it cannot be dropped.")));
	if (facts.persistence == RELPERSISTENCE_TEMP)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("\"%s\" is an index of a temporary table", facts.relname),
				 errdetail("Statements that read temporary tables are not kept for planning them again.")));
}

/*
 * The table with its partitions, and what it is a partition of or inherits
 * from: a statement names one of them.
 */
static List *
tables_of(Oid relid)
{
	return list_concat_unique_oid(pa_catalog_with_partitions(relid),
								  pa_catalog_with_parents(relid));
}

static void
describe_index(DroppedIndex *index, Oid indexid)
{
	HeapTuple	tuple;
	Form_pg_index form;

	check_class(indexid);
	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(indexid));
	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("index with OID %u does not exist", indexid)));
	form = (Form_pg_index) GETSTRUCT(tuple);
	index->indexid = indexid;
	index->relid = form->indrelid;
	index->unique = form->indisunique;
	index->has_expressions = !heap_attisnull(tuple, Anum_pg_index_indexprs, NULL);
	ReleaseSysCache(tuple);
	index->indexids = pa_catalog_with_partitions(indexid);
	index->tables = tables_of(index->relid);
}

/* ---- what is not a plan ---- */

static PaDropEffect *
add_effect(PaDropReport *report, const char *kind, char *reason)
{
	PaDropEffect *effect = palloc0(sizeof(PaDropEffect));

	effect->kind = kind;
	effect->reason = reason;
	effect->cost_before = -1;
	effect->cost_after = -1;
	effect->est_lost_time = -1;
	report->effects = lappend(report->effects, effect);
	return effect;
}

static void
add_duties(PaDropReport *report, const DroppedIndex *index)
{
	ListCell   *lc;

	foreach(lc, pa_duty_words(pa_catalog_index_duties(InvalidOid), index->indexid,
							  pa_report_table_writes()))
	{
		const PaDutyWord *word = lfirst(lc);

		add_effect(report, word->kind, word->reason);
	}
}

/* ---- statements ---- */

static List *
index_names(const List *indexids)
{
	List	   *names = NIL;
	ListCell   *lc;

	foreach(lc, indexids)
	{
		char	   *name = pa_index_qualified_name(lfirst_oid(lc));

		if (name != NULL)
			names = lappend(names, name);
	}
	return names;
}

/* What a statement takes a day, scaled as advice does. */
static double
daily_time(const PaWorkloadStatement *statement, TimestampTz now)
{
	double		window = now > statement->stats_since ?
		(double) (now - statement->stats_since) / 1000.0 : 0;

	return statement->present_time * PA_MSEC_PER_DAY / Max(window, PA_MIN_WINDOW);
}

static PaDropEffect *
add_statement(PaDropReport *report, const PaWorkloadStatement *statement,
			  const char *kind, char *reason)
{
	PaDropEffect *effect = add_effect(report, kind, reason);

	effect->is_statement = true;
	effect->shape = statement->shape;
	effect->calls = statement->calls;
	effect->mean_exec_time = statement->total_exec_time / Max(statement->calls, 1);
	return effect;
}

static void
fill_plans(PaDropEffect *effect, const PaDropStatement *drop, double daily)
{
	effect->cost_before = drop->cost_before;
	effect->cost_after = drop->cost_after;
	effect->plan_change = drop->change != NULL ? pstrdup(drop->change) : NULL;
	effect->instead = index_names(drop->instead);
	effect->est_lost_time = 0;
	if (drop->cost_before > 0 && drop->cost_after > drop->cost_before)
		effect->est_lost_time = daily * (drop->cost_after / drop->cost_before - 1);
}

/* Why a plan that does not read the index rests on it. */
static void
add_miss(PaDropReport *report, const DroppedIndex *index, const PaDropStatement *drop,
		 const PaWorkloadStatement *statement, double daily)
{
	PaDropEffect *effect;

	if (index->unique)
	{
		effect = add_statement(report, statement, "uniqueness",
							   pstrdup("the plan does not read it and rests on the rows being unique: a join is left out or finds one row at most, or DISTINCT has nothing to do"));
		fill_plans(effect, drop, daily);
	}
	else if (index->has_expressions)
	{
		/* costs with and without statistics cannot be compared */
		effect = add_statement(report, statement, "statistics",
							   pstrdup("the plan does not read it, but the planner estimates by the statistics of its expression, which go with it; CREATE STATISTICS on the expression would keep them"));
		fill_plans(effect, drop, daily);
		effect->est_lost_time = -1;
	}
	else
	{
		effect = add_statement(report, statement, "statement",
							   pstrdup("the plan does not read it, and the planner estimates otherwise without it"));
		fill_plans(effect, drop, daily);
	}
}

static void
add_use(PaDropReport *report, const PaDropStatement *drop,
		const PaWorkloadStatement *statement, double daily)
{
	PaDropEffect *effect = add_statement(report, statement, "statement", NULL);

	fill_plans(effect, drop, daily);
	if (!drop->shape_changed)
		effect->reason = pstrdup("reads it, and does as well without it");
	else if (drop->instead != NIL)
		effect->reason = pstrdup("reads it, and would read other indexes instead");
	else
		effect->reason = pstrdup("reads it, and finds no other index");
}

static void
add_outcome(PaDropReport *report, const DroppedIndex *index, const PaDropStatement *drop,
			const PaWorkloadStatement *statement, double daily)
{
	switch (drop->outcome)
	{
		case PA_DROP_USES:
			add_use(report, drop, statement, daily);
			break;
		case PA_DROP_MISSES:
			add_miss(report, index, drop, statement, daily);
			break;
		case PA_DROP_FAILS:
			(void) add_statement(report, statement, "on_conflict",
								 pstrdup("fails without it: no other unique index fits its ON CONFLICT"));
			break;
		case PA_DROP_REFUSED:
			report->unplanned++;
			(void) add_statement(report, statement, "not_planned",
								 psprintf("reads the table and was not planned again: %s",
										  drop->refusal));
			break;
		default:
			break;
	}
}

/* Trees are large: what a statement needs goes before the next one. */
static void
add_statements(PaDropReport *report, const DroppedIndex *index, double *workload)
{
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz until = TimestampTzPlusMilliseconds(now, pa_guc_advisor_deadline);
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "perf_advisor statement to plan",
												  ALLOCSET_DEFAULT_SIZES);
	ListCell   *lc;

	foreach(lc, pa_report_planned_statements())
	{
		const PaWorkloadStatement *statement = lfirst(lc);
		double		daily = daily_time(statement, now);
		MemoryContext old = MemoryContextSwitchTo(scratch);
		PaDropStatement drop;

		CHECK_FOR_INTERRUPTS();
		*workload += daily;
		if (GetCurrentTimestamp() < until)
			pa_drop_statement(statement, index->tables, index->indexids, &drop);
		else
			pa_drop_postpone(statement, index->tables, &drop);
		MemoryContextSwitchTo(old);
		add_outcome(report, index, &drop, statement, daily);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
}

/* ---- the whole ---- */

/* list_sort comparator: other things first, then most lost time. */
static int
compare_effects(const ListCell *left, const ListCell *right)
{
	const PaDropEffect *a = lfirst(left);
	const PaDropEffect *b = lfirst(right);

	if (a->is_statement != b->is_statement)
		return a->is_statement ? 1 : -1;
	if (a->est_lost_time != b->est_lost_time)
		return a->est_lost_time > b->est_lost_time ? -1 : 1;
	if (a->shape.queryid != b->shape.queryid)
		return a->shape.queryid < b->shape.queryid ? -1 : 1;
	return 0;
}

static char *
total_words(const PaDropReport *report, int slower, int failing)
{
	StringInfoData text;

	initStringInfo(&text);
	if (failing > 0)
		appendStringInfo(&text, "%d recorded %s would fail; ", failing,
						 failing == 1 ? "statement" : "statements");
	if (slower > 0)
		appendStringInfo(&text, "%d recorded %s would take longer", slower,
						 slower == 1 ? "statement" : "statements");
	else if (report->unplanned > 0)
		appendStringInfoString(&text, "no recorded statement that could be planned would take longer");
	else
		appendStringInfoString(&text, "no recorded statement would take longer");
	if (report->unplanned > 0)
		appendStringInfo(&text, "; %d that %s the table could not be planned",
						 report->unplanned, report->unplanned == 1 ? "reads" : "read");
	return text.data;
}

static void
sum_up(PaDropReport *report, double workload)
{
	PaDropEffect *total = &report->total;
	double		before = 0;
	double		after = 0;
	int			slower = 0;
	int			failing = 0;
	ListCell   *lc;

	total->kind = "total";
	foreach(lc, report->effects)
	{
		const PaDropEffect *effect = lfirst(lc);

		if (strcmp(effect->kind, "on_conflict") == 0)
			failing++;
		if (effect->cost_before < 0 || effect->est_lost_time < 0)
			continue;
		total->calls += effect->calls;
		before += effect->cost_before * effect->calls;
		after += effect->cost_after * effect->calls;
		total->est_lost_time += effect->est_lost_time;
		if (effect->est_lost_time > 0)
			slower++;
	}
	total->cost_before = total->calls > 0 ? before / total->calls : -1;
	total->cost_after = total->calls > 0 ? after / total->calls : -1;
	total->reason = total_words(report, slower, failing);
	/* a share without those that could not be planned would be a guess */
	if (report->unplanned > 0)
		report->est_lost_pct = -1;
	else
		report->est_lost_pct = workload > 0 ? 100.0 * total->est_lost_time / workload : 0;
}

PaDropReport *
pa_report_simulate_drop(Oid indexid)
{
	PaDropReport *report = palloc0(sizeof(PaDropReport));
	DroppedIndex index = {0};
	double		workload = 0;

	describe_index(&index, indexid);
	add_duties(report, &index);
	add_statements(report, &index, &workload);
	list_sort(report->effects, compare_effects);
	sum_up(report, workload);
	return report;
}

/*-------------------------------------------------------------------------
 *
 * index_findings.c
 *		Words what the index advisor chose.
 *
 * For each chosen index: the statements whose plan uses it and gains by it,
 * their costs before and after, and what of their time that is worth.  A
 * statement that uses several new indexes counts for each of them in equal
 * shares, so that the savings of a list of findings can be added up.
 *
 * Time is taken to fall as the planner's cost falls.  It is counted a day:
 * the time in the window the statement was watched for, scaled to 24 hours.
 * A window of less than an hour is scaled as if it were an hour, because
 * what happens in one minute rarely goes on for a day.
 *
 * IDENTIFICATION
 *		src/report/index_findings.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "lib/stringinfo.h"
#include "utils/timestamp.h"

#include "analyze/selection.h"
#include "catalog/relation_facts.h"
#include "config/config.h"
#include "report/advisor.h"
#include "report/index_ddl.h"
#include "report/updates.h"

#define MSEC_PER_HOUR (60.0 * 60.0 * 1000.0)
#define MSEC_PER_DAY (24.0 * MSEC_PER_HOUR)

/* Shortest window that is scaled to a day. */
#define MIN_WINDOW MSEC_PER_HOUR

/* Less than this is little evidence, more than that is good evidence. */
#define FEW_CALLS 10
#define MANY_CALLS 100
#define LONG_WINDOW MSEC_PER_DAY

/* Conditions that keep this share of the rows leave nothing to luck. */
#define MANY_KEPT 0.3

/*
 * Below this share the plan still reads much of the table, and whether it is
 * faster at all hangs on what is cached.
 */
#define SMALL_SAVING 0.5

#define MAX_CAVEATS 7

/* What the statements served by one index add up to. */
typedef struct Served
{
	const PaAdvisor *advisor;
	int			candidate;
	const PaIndexSpec *spec;
	List	   *subjects;		/* of PaAdvisorSubject *, most time first */
	List	   *statements;		/* of PaWorkloadStatement *, without doubles */
	double		weight;			/* calls, shared among trees */
	double		cost_before;	/* sum over the calls */
	double		cost_after;
	double		saved;			/* msec in the window */
	double		present_time;	/* of the statements, msec, see workload.h */
	bool		without_values; /* some were planned without parameter values */
} Served;

/* How a statement uses a key column, best description first. */
static const char *
use_of_column(const PaRelationUse *use, AttrNumber attnum)
{
	static const struct
	{
		PaColumnUseKind kind;
		const char *name;
	}			names[] = {
		{PA_USE_EQUAL, "equality"},
		{PA_USE_IN, "IN"},
		{PA_USE_IS_NULL, "IS NULL"},
		{PA_USE_JOIN, "join"},
		{PA_USE_RANGE, "range"},
	};

	for (int i = 0; i < (int) lengthof(names); i++)
	{
		ListCell   *lc;

		foreach(lc, use->columns)
		{
			const PaColumnUse *column = lfirst(lc);

			if (column->attnum == attnum && column->kind == names[i].kind)
				return names[i].name;
		}
	}
	return "order";
}

/* The heaviest served statement's use of the table; NULL if there is none. */
static const PaRelationUse *
main_use(const Served *served)
{
	ListCell   *lc;

	foreach(lc, served->subjects)
	{
		ListCell   *lc2;

		foreach(lc2, ((PaAdvisorSubject *) lfirst(lc))->relations)
		{
			PaRelationUse *use = lfirst(lc2);

			if (use->relid == served->spec->relid &&
				(use->columns != NIL || use->orderings != NIL))
				return use;
		}
	}
	return NULL;
}

/* Adds what one statement has of the index, if its plan uses it. */
static void
serve(Served *served, int number)
{
	const PaAdvisor *advisor = served->advisor;
	PaAdvisorSubject *subject = list_nth(advisor->subjects, number);
	const PaMatrixStatement *of = pa_matrix_statement(advisor->matrix, number);
	const PaKnownPlan *plan = pa_matrix_plan(advisor->matrix, number,
											 advisor->chosen);
	double		calls = subject->statement->calls * subject->share;

	if (!bms_is_member(served->candidate, plan->used) ||
		!pa_analyze_is_gain(of->base_cost, plan->cost))
		return;

	served->subjects = lappend(served->subjects, subject);
	served->statements = list_append_unique_ptr(served->statements,
												(void *) subject->statement);
	served->weight += calls;
	served->cost_before += of->base_cost * calls;
	served->cost_after += plan->cost * calls;
	served->saved += of->weight *
		pa_analyze_saved_ratio(of->base_cost, plan->cost) /
		bms_num_members(plan->used);
	if (!subject->has_values)
		served->without_values = true;
}

/* total_exec_time, had all calls been run as they are now. */
static double
present_total(const PaWorkloadStatement *statement)
{
	if (statement->own_exec_time <= 0)
		return statement->total_exec_time;
	return statement->total_exec_time *
		statement->present_time / statement->own_exec_time;
}

/* queryids, calls, time and window of the served statements */
static void
fill_statements(PaMissingIndex *index, Served *served)
{
	ListCell   *lc;

	index->queryids = palloc(sizeof(int64) *
							 Max(list_length(served->statements), 1));
	foreach(lc, served->statements)
	{
		const PaWorkloadStatement *statement = lfirst(lc);
		bool		known = false;

		/* Several users may have sent the same statement. */
		for (int i = 0; i < index->nqueryids && !known; i++)
			known = (index->queryids[i] == statement->shape.queryid);
		if (!known)
			index->queryids[index->nqueryids++] = statement->shape.queryid;

		index->calls += statement->calls;
		index->total_exec_time += statement->total_exec_time;
		served->present_time += present_total(statement);
		if (index->watched_since == 0 ||
			statement->stats_since < index->watched_since)
			index->watched_since = statement->stats_since;
	}
}

/* Milliseconds from the first to the second time, at least 0. */
static double
msec_between(TimestampTz from, TimestampTz to)
{
	return to > from ? (double) (to - from) / 1000.0 : 0;
}

/* Plan cost and time as a person writes them. */
static char *
short_number(double value)
{
	return psprintf(value < 100 ? "%.1f" : "%.0f", value);
}

static char *
make_reason(const PaMissingIndex *index, const Served *served)
{
	const PaRelationUse *use = main_use(served);
	StringInfoData reason;

	initStringInfo(&reason);
	appendStringInfo(&reason, "%d statement%s (" INT64_FORMAT " calls, %s ms) ",
					 index->nqueryids, index->nqueryids == 1 ? "" : "s",
					 index->calls, short_number(index->total_exec_time));
	appendStringInfo(&reason, "would find %s rows by ",
					 index->nqueryids == 1 ? "its" : "their");
	for (int i = 0; i < index->nkeys; i++)
	{
		appendStringInfo(&reason, "%s%s", i == 0 ? "" : ", ",
						 index->key_columns[i]);
		if (use != NULL)
			appendStringInfo(&reason, " (%s)",
							 use_of_column(use, served->spec->keys[i].attnum));
	}
	if (use != NULL)
		appendStringInfo(&reason, " in a table of %.0f rows", use->tuples);
	appendStringInfo(&reason, "; the planner's cost of a call falls from %s to %s.",
					 short_number(index->cost_before),
					 short_number(index->cost_after));
	return reason.data;
}

/* The same for one relation of one statement; first is the leading column. */
static bool
use_relies_on_luck(const PaRelationUse *use, AttrNumber first)
{
	double		kept = 1;
	ListCell   *lc;

	foreach(lc, use->columns)
	{
		const PaColumnUse *column = lfirst(lc);

		if (column->attnum == first)
			return false;
		if (column->kind != PA_USE_JOIN)
			kept *= column->selectivity;
	}
	if (kept >= MANY_KEPT)
		return false;
	foreach(lc, use->orderings)
	{
		const PaOrdering *ordering = lfirst(lc);

		if (ordering->limited && ordering->keys[0].attnum == first)
			return true;
	}
	return false;
}

/*
 * True when the gain of a served statement hangs on meeting the wanted rows
 * early: the index gives it only an ordering, under LIMIT, and its other
 * conditions keep few of the rows.
 */
static bool
relies_on_luck(const Served *served)
{
	ListCell   *lc;

	foreach(lc, served->subjects)
	{
		ListCell   *lc2;

		foreach(lc2, ((PaAdvisorSubject *) lfirst(lc))->relations)
		{
			const PaRelationUse *use = lfirst(lc2);

			if (use->relid == served->spec->relid &&
				use_relies_on_luck(use, served->spec->keys[0].attnum))
				return true;
		}
	}
	return false;
}

/* True when the cost of a call falls by less than half. */
static bool
saves_little(const PaMissingIndex *index)
{
	return pa_analyze_saved_ratio(index->cost_before, index->cost_after) <
		SMALL_SAVING;
}

/* Names the first key column that the workload updates; NULL if none. */
static char *
update_caveat(const PaMissingIndex *index, const Served *served)
{
	for (int i = 0; i < index->nkeys; i++)
	{
		int64		calls = pa_updates_calls(served->advisor->writes, index->relid,
											 served->spec->keys[i].attnum);

		if (calls > 0)
			return psprintf("UPDATE sets %s (" INT64_FORMAT " calls): each such update of a row has to change this index too, and cannot be HOT.",
							index->key_columns[i], calls);
	}
	return NULL;
}

static void
fill_caveats(PaMissingIndex *index, const Served *served,
			 const PaRelationFacts *table, double window)
{
	char	   *updates = update_caveat(index, served);

	index->caveats = palloc(sizeof(char *) * MAX_CAVEATS);

	if (served->advisor->deadline_hit)
		index->caveats[index->ncaveats++] =
			psprintf("The advisor stopped at perf_advisor.advisor_deadline (%d ms): it did not look at everything, and there may be a better choice.",
					 pa_guc_advisor_deadline);
	if (window < MIN_WINDOW)
		index->caveats[index->ncaveats++] =
			pstrdup("Watched for less than an hour: est_saved_time takes what was seen for an hour's work.");
	if (served->without_values)
		index->caveats[index->ncaveats++] =
			pstrdup("No parameter values were sampled for some of the statements: their costs are those of a generic plan.");
	if (relies_on_luck(served))
		index->caveats[index->ncaveats++] =
			pstrdup("LIMIT with further conditions: the index saves time only if rows that meet them come early in its order.");
	if (saves_little(index))
		index->caveats[index->ncaveats++] =
			pstrdup("The cost falls by less than half: whether the statements get faster depends on how much of the table is cached. Compare EXPLAIN (ANALYZE, BUFFERS) before and after.");
	if (updates != NULL)
		index->caveats[index->ncaveats++] = updates;
	if (table->relkind == RELKIND_PARTITIONED_TABLE)
		index->caveats[index->ncaveats++] =
			pstrdup("The table is partitioned: CREATE INDEX blocks writes to all its partitions while it runs.");
	Assert(index->ncaveats <= MAX_CAVEATS);
}

static const char *
judge_confidence(const PaMissingIndex *index, const Served *served,
				 double window)
{
	if (index->calls < FEW_CALLS || served->advisor->deadline_hit ||
		relies_on_luck(served) || saves_little(index))
		return "low";
	if (index->calls >= MANY_CALLS && window >= LONG_WINDOW &&
		!served->without_values)
		return "high";
	return "medium";
}

static void
fill_savings(PaMissingIndex *index, const Served *served, double window)
{
	index->cost_before = served->cost_before / served->weight;
	index->cost_after = served->cost_after / served->weight;
	index->est_saved_time = served->saved * MSEC_PER_DAY /
		Max(window, MIN_WINDOW);
	index->est_saved_pct = served->present_time > 0 ?
		Min(100.0, 100.0 * served->saved / served->present_time) : 0;
}

/* What the index is, and how to make it. */
static void
fill_index(PaMissingIndex *index, const PaIndexText *text, List **taken)
{
	const PaIndexSpec *spec = text->spec;
	char	   *name = pa_index_free_name(text, taken);

	index->finding_id = pa_index_finding_id(text);
	index->spec = spec;
	index->relid = spec->relid;
	index->schemaname = text->table->schemaname;
	index->relname = text->table->relname;
	index->index_ddl = pa_index_create_statement(text, name);
	index->ddl_script = pa_index_partition_script(text, name, taken);
	index->access_method = text->method;
	index->nkeys = spec->nkeys;
	memcpy(index->key_columns, text->columns, sizeof(index->key_columns));
	index->nincluded = spec->nincluded;
	memcpy(index->include_columns, text->included, sizeof(index->include_columns));
	index->predicate = text->predicate;
	index->est_index_size = pa_whatif_index_size(spec);
	index->table_size = text->table->size;
	index->write_cost.ratio = 1;
}

/* Makes the finding; NULL when no statement has it or the table is gone. */
static PaMissingIndex *
make_finding(const PaAdvisor *advisor, int candidate, List **taken)
{
	Served		served = {0};
	PaMissingIndex *index;
	PaRelationFacts *table = palloc0(sizeof(PaRelationFacts));
	PaIndexText text;
	double		window;

	served.advisor = advisor;
	served.candidate = candidate;
	served.spec = pa_matrix_candidate(advisor->matrix, candidate);
	for (int i = 0; i < list_length(advisor->subjects); i++)
		serve(&served, i);
	if (served.subjects == NIL || served.weight <= 0)
		return NULL;

	if (!pa_catalog_relation_facts(served.spec->relid, table) ||
		!pa_index_text_init(&text, served.spec, table))
		return NULL;

	index = palloc0(sizeof(PaMissingIndex));
	fill_index(index, &text, taken);

	fill_statements(index, &served);
	window = msec_between(index->watched_since, advisor->started);
	fill_savings(index, &served, window);
	fill_caveats(index, &served, table, window);
	index->confidence = judge_confidence(index, &served, window);
	index->reason = make_reason(index, &served);
	return index;
}

/* list_sort comparator: largest saving first, then by id for a stable order. */
static int
compare_savings(const ListCell *left, const ListCell *right)
{
	const PaMissingIndex *a = lfirst(left);
	const PaMissingIndex *b = lfirst(right);

	if (a->est_saved_time != b->est_saved_time)
		return a->est_saved_time > b->est_saved_time ? -1 : 1;
	if (a->finding_id != b->finding_id)
		return a->finding_id < b->finding_id ? -1 : 1;
	return 0;
}

List *
pa_advisor_findings(const PaAdvisor *advisor)
{
	List	   *findings = NIL;
	List	   *taken = NIL;
	int			candidate = -1;

	while ((candidate = bms_next_member(advisor->chosen, candidate)) >= 0)
	{
		PaMissingIndex *index = make_finding(advisor, candidate, &taken);

		if (index != NULL)
			findings = lappend(findings, index);
	}
	list_sort(findings, compare_savings);
	return findings;
}

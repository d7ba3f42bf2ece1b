/*-------------------------------------------------------------------------
 *
 * index_findings.c
 *		Adds up what each index that the advisor chose is worth.
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
 * What does not belong here: sentences (index_words.c) and statements of SQL
 * (index_ddl.c).
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
#include "report/index_ddl.h"
#include "report/index_findings.h"

/* The row of a statement, whoever sent it. */
static PaServedStatement *
find_row(PaServed *served, const PaShapeKey *shape)
{
	PaServedStatement *row;
	ListCell   *lc;

	foreach(lc, served->rows)
	{
		row = lfirst(lc);
		if (row->shape.queryid == shape->queryid)
			return row;
	}
	row = palloc0(sizeof(PaServedStatement));
	row->shape = *shape;
	served->rows = lappend(served->rows, row);
	return row;
}

/* All candidates that were chosen for the tables of one statement. */
static Bitmapset *
chosen_for(const PaAdvisor *advisor, int number)
{
	return pa_matrix_relevant(advisor->matrix, number, advisor->chosen);
}

/* The plans of a statement without and with all indexes chosen for it. */
static void
explain_row(PaServedStatement *row, const PaServed *served,
			PaAdvisorSubject *subject, int number)
{
	Bitmapset  *set = chosen_for(served->advisor, number);
	List	   *specs = NIL;
	List	   *names = NIL;
	List	   *taken = NIL;
	int			candidate = -1;

	if (row->plan_before != NULL)
		return;
	while ((candidate = bms_next_member(set, candidate)) >= 0 &&
		   list_length(specs) < PA_MAX_PLAN_CANDIDATES)
	{
		const PaIndexSpec *spec = pa_matrix_candidate(served->advisor->matrix, candidate);
		PaRelationFacts table;
		PaIndexText text;

		if (!pa_catalog_relation_facts(spec->relid, &table) ||
			!pa_index_text_init(&text, spec, &table))
			continue;
		specs = lappend(specs, (void *) spec);
		names = lappend(names, pa_index_free_name(&text, &taken));
	}
	row->plan_before = pa_whatif_explain(subject->whatif, NIL, NIL);
	row->plan_after = pa_whatif_explain(subject->whatif, specs, names);
}

/* Adds what one statement has of the index, if its plan uses it. */
static void
serve(PaServed *served, int number)
{
	const PaAdvisor *advisor = served->advisor;
	PaAdvisorSubject *subject = list_nth(advisor->subjects, number);
	const PaMatrixStatement *of = pa_matrix_statement(advisor->matrix, number);
	const PaKnownPlan *plan = pa_matrix_plan(advisor->matrix, number,
											 advisor->chosen);
	double		calls = subject->statement->calls * subject->share;
	double		saved;
	PaServedStatement *row;

	/* another tree stands for one without a share */
	if (subject->share <= 0 ||
		!bms_is_member(served->candidate, plan->used) ||
		!pa_analyze_is_gain(of->base_cost, plan->cost))
		return;

	saved = of->weight * pa_analyze_saved_ratio(of->base_cost, plan->cost) /
		bms_num_members(plan->used);
	served->subjects = lappend(served->subjects, subject);
	served->statements = list_append_unique_ptr(served->statements,
												(void *) subject->statement);
	served->weight += calls;
	served->cost_before += of->base_cost * calls;
	served->cost_after += plan->cost * calls;
	served->saved += saved;
	if (!subject->has_values)
		served->without_values = true;

	row = find_row(served, &subject->statement->shape);
	row->weight += calls;
	row->cost_before += of->base_cost * calls;
	row->cost_after += plan->cost * calls;
	row->saved += saved;
	if (served->explaining)
		explain_row(row, served, subject, number);
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
fill_statements(PaMissingIndex *index, PaServed *served)
{
	ListCell   *lc;

	foreach(lc, served->statements)
	{
		const PaWorkloadStatement *statement = lfirst(lc);
		PaServedStatement *row = find_row(served, &statement->shape);

		row->calls += statement->calls;
		row->present_time += statement->present_time;
		index->calls += statement->calls;
		index->total_exec_time += statement->total_exec_time;
		served->present_time += present_total(statement);
		if (index->watched_since == 0 ||
			statement->stats_since < index->watched_since)
			index->watched_since = statement->stats_since;
	}

	index->statements = served->rows;
	index->queryids = palloc(sizeof(int64) *
							 Max(list_length(served->rows), 1));
	foreach(lc, served->rows)
	{
		PaServedStatement *row = lfirst(lc);

		index->queryids[index->nqueryids++] = row->shape.queryid;
		row->cost_before /= row->weight;
		row->cost_after /= row->weight;
	}
}

/* Milliseconds from the first to the second time, at least 0. */
static double
msec_between(TimestampTz from, TimestampTz to)
{
	return to > from ? (double) (to - from) / 1000.0 : 0;
}

static void
fill_savings(PaMissingIndex *index, const PaServed *served, double window)
{
	ListCell   *lc;

	index->cost_before = served->cost_before / served->weight;
	index->cost_after = served->cost_after / served->weight;
	index->est_saved_time = served->saved * PA_MSEC_PER_DAY /
		Max(window, PA_MIN_WINDOW);
	index->est_saved_pct = served->present_time > 0 ?
		Min(100.0, 100.0 * served->saved / served->present_time) : 0;
	foreach(lc, index->statements)
	{
		PaServedStatement *row = lfirst(lc);

		row->est_saved_time = row->saved * PA_MSEC_PER_DAY / Max(window, PA_MIN_WINDOW);
	}
}

/* The names of the existing indexes that it makes redundant; NULL if none. */
static char *
names_of(const List *specs)
{
	StringInfoData names;
	ListCell   *lc;

	initStringInfo(&names);
	foreach(lc, specs)
	{
		char	   *name = pa_index_qualified_name(((PaIndexSpec *) lfirst(lc))->indexid);

		if (name != NULL)
			appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "", name);
	}
	return names.len > 0 ? names.data : NULL;
}

/* A partitioned table's is that of its partitions. */
static int64
table_size(const PaRelationFacts *table)
{
	PaPartitionFacts partitions;

	if (table->relkind != RELKIND_PARTITIONED_TABLE)
		return table->size;
	pa_catalog_partition_facts(table->relid, &partitions);
	return (int64) partitions.pages * BLCKSZ;
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
	index->table_size = table_size(text->table);
}

/* What it costs, and what it saves besides time. */
static void
fill_choice(PaMissingIndex *index, const PaAdvisorChoice *choice)
{
	index->write_cost.ratio = 1;
	if (choice == NULL)
		return;
	index->est_index_size = choice->size;
	if (choice->write_cost.ratio >= 1)
		index->write_cost = choice->write_cost;
	index->replaces = names_of(choice->replaces);
}

/*
 * Makes the finding; NULL when no statement has it or the table is gone.
 * Advice that differs from an earlier one in nothing that is written down is
 * the same advice: "ids" (List of int64 *) has those that were given.
 */
static PaMissingIndex *
make_finding(const PaAdvisor *advisor, int candidate, List **taken, List **ids)
{
	PaServed	served = {0};
	PaMissingIndex *index;
	PaRelationFacts *table = palloc0(sizeof(PaRelationFacts));
	PaIndexText text;
	int64	   *finding_id = palloc(sizeof(int64));
	double		window;
	ListCell   *lc;

	served.advisor = advisor;
	served.candidate = candidate;
	served.spec = pa_matrix_candidate(advisor->matrix, candidate);
	served.choice = pa_advisor_choice(advisor, candidate);
	served.table = table;
	if (!pa_catalog_relation_facts(served.spec->relid, table) ||
		!pa_index_text_init(&text, served.spec, table))
		return NULL;

	*finding_id = pa_index_finding_id(&text);
	foreach(lc, *ids)
	{
		if (*(int64 *) lfirst(lc) == *finding_id)
			return NULL;
	}
	served.explaining = advisor->options.explain &&
		advisor->options.finding_id == *finding_id;
	for (int i = 0; i < list_length(advisor->subjects); i++)
		serve(&served, i);
	if (served.subjects == NIL || served.weight <= 0)
		return NULL;
	*ids = lappend(*ids, finding_id);

	index = palloc0(sizeof(PaMissingIndex));
	fill_index(index, &text, taken);
	fill_choice(index, served.choice);
	fill_statements(index, &served);
	window = msec_between(index->watched_since, advisor->started);
	fill_savings(index, &served, window);
	pa_index_words(index, &served, window);
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

static int
count_of_table(const List *findings, Oid relid)
{
	int			count = 0;
	ListCell   *lc;

	foreach(lc, findings)
		count += ((const PaMissingIndex *) lfirst(lc))->relid == relid ? 1 : 0;
	return count;
}

List *
pa_advisor_findings(const PaAdvisor *advisor)
{
	List	   *findings = NIL;
	List	   *taken = NIL;
	List	   *ids = NIL;
	int			candidate = -1;
	ListCell   *lc;

	while ((candidate = bms_next_member(advisor->chosen, candidate)) >= 0)
	{
		PaMissingIndex *index = make_finding(advisor, candidate, &taken, &ids);

		if (index != NULL)
			findings = lappend(findings, index);
	}
	list_sort(findings, compare_savings);
	foreach(lc, findings)
	{
		PaMissingIndex *index = lfirst(lc);

		pa_index_words_among(index, count_of_table(findings, index->relid));
	}
	return findings;
}

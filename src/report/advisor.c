/*-------------------------------------------------------------------------
 *
 * advisor.c
 *		One run of the index advisor: plans the workload again and chooses.
 *
 * The statements with the most time are opened first, each with its stored
 * tree and sampled parameters; what the planner saw of their tables gives
 * the candidates.  Opening ends at half of the deadline, because statements
 * that nothing is tried for are worth nothing.  Then the selection asks for
 * plannings and gets them until it has no further question or the deadline is
 * there.  Its answer is valid at any time, so the deadline costs quality,
 * never the result.
 *
 * A statement that cannot be planned is not dropped in silence: it is listed
 * as skipped, with the reason.
 *
 * IDENTIFICATION
 *		src/report/advisor.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "analyze/candidates.h"
#include "analyze/selection.h"
#include "config/config.h"
#include "report/advisor.h"
#include "report/predicate.h"
#include "report/updates.h"
#include "store/store.h"

#define PA_SCHEMA "perf_advisor"

/* Sets planned between two looks at the clock: so many, in so many msec. */
#define PLANS_A_STEP 8
#define STEP_TIME 20.0

/*
 * Times that the selection is asked again.  Each time it knows more, and it
 * ends by itself, typically after a handful.
 */
#define MAX_ROUNDS 500

/* True when so many further msec would end after the deadline. */
static bool
would_be_late(PaAdvisor *advisor, double msec)
{
	if (advisor->deadline == 0 ||
		GetCurrentTimestamp() + (TimestampTz) (msec * 1000.0) < advisor->deadline)
		return false;
	advisor->deadline_hit = true;
	return true;
}

static bool
is_late(PaAdvisor *advisor)
{
	return would_be_late(advisor, 0);
}

/* pa_stop_callback: the selection calls it in its loops. */
static bool
stop_asking(void *arg)
{
	PaAdvisor  *advisor = arg;

	CHECK_FOR_INTERRUPTS();
	return advisor->asked_enough || is_late(advisor);
}

static double
msec_since(TimestampTz start)
{
	return (double) (GetCurrentTimestamp() - start) / 1000.0;
}

/* Lists the statement as skipped; for several reasons once, with the first. */
static void
skip(PaAdvisor *advisor, const PaWorkloadStatement *statement,
	 const char *reason)
{
	PaSkippedStatement *skipped;
	MemoryContext old;
	ListCell   *lc;

	foreach(lc, advisor->skipped)
	{
		if (((PaSkippedStatement *) lfirst(lc))->statement == statement)
			return;
	}

	old = MemoryContextSwitchTo(advisor->context);
	skipped = palloc(sizeof(PaSkippedStatement));
	skipped->statement = statement;
	skipped->reason = pstrdup(reason);
	advisor->skipped = lappend(advisor->skipped, skipped);
	MemoryContextSwitchTo(old);
}

/*
 * True when the statement reads our own views or calls our own functions:
 * looking at the advice is no part of the workload.
 */
static bool
is_about_us(Query *query)
{
	Oid			schema = get_namespace_oid(PA_SCHEMA, true);
	PaQueryDependencies deps;
	ListCell   *lc;

	if (!OidIsValid(schema))
		return false;

	pa_query_dependencies(query, &deps);
	foreach(lc, deps.relations)
	{
		if (get_rel_namespace(lfirst_oid(lc)) == schema)
			return true;
	}
	foreach(lc, deps.functions)
	{
		if (get_func_namespace(lfirst_oid(lc)) == schema)
			return true;
	}
	return false;
}

/* True when a sampled execution of the statement scanned some relation. */
static bool
reads_a_relation(const PaWorkloadStatement *statement)
{
	PaPlanScans *scans = pa_store_read_scans(&statement->last_plan);

	return scans != NULL && scans->nscans > 0;
}

/*
 * Says which table of a planned statement got no advice though it may
 * deserve it; the first one will do.
 */
static void
skip_refused_table(PaAdvisor *advisor, const PaAdvisorSubject *subject)
{
	ListCell   *lc;

	foreach(lc, subject->relations)
	{
		const PaRelationUse *use = lfirst(lc);

		if (use->refusal_matters &&
			(use->columns != NIL || use->orderings != NIL))
		{
			skip(advisor, subject->statement,
				 psprintf("%s: %s",
						  quote_qualified_identifier(get_namespace_name(get_rel_namespace(use->relid)),
													 get_rel_name(use->relid)),
						  use->refusal));
			return;
		}
	}
}

/* Enters an opened tree into the matrix, with its candidates. */
static void
add_subject(PaAdvisor *advisor, PaAdvisorSubject *subject)
{
	List	   *relids = NIL;
	ListCell   *lc;
	int			number;

	subject->relations = pa_whatif_relations(subject->whatif);
	foreach(lc, subject->relations)
		relids = list_append_unique_oid(relids,
										((PaRelationUse *) lfirst(lc))->relid);

	number = pa_matrix_add_statement(advisor->matrix,
									 subject->statement->present_time * subject->share,
									 pa_whatif_base(subject->whatif)->total_cost,
									 relids);
	Assert(number == list_length(advisor->subjects));
	advisor->subjects = lappend(advisor->subjects, subject);

	foreach(lc, subject->relations)
	{
		ListCell   *lc2;

		foreach(lc2, pa_analyze_candidates(lfirst(lc)))
			pa_matrix_add_candidate(advisor->matrix, number, lfirst(lc2));
	}
}

/*
 * Opens one tree.  Returns NULL when it is not planned, with the reason; a
 * stale one would be refused again each time and makes room for a new one.
 */
static PaAdvisorSubject *
open_tree(const PaWorkloadStatement *statement, const PaStoredTree *tree,
		  List *params, const char **refusal, bool *stale)
{
	PaAdvisorSubject *subject = palloc0(sizeof(PaAdvisorSubject));
	TimestampTz start = GetCurrentTimestamp();
	const char *refused;

	subject->statement = statement;
	subject->tree = tree;
	subject->has_values = !tree->has_params || params != NIL;
	subject->whatif = pa_whatif_open(tree, tree->has_params ? params : NIL,
									 statement->shape.userid);

	refused = pa_whatif_refusal(subject->whatif);
	subject->planning_time = msec_since(start);
	if (refused == NULL)
		return subject;

	*refusal = pstrdup(refused);
	*stale = pa_whatif_is_stale(subject->whatif);
	pa_whatif_close(subject->whatif);
	pfree(subject);
	if (*stale)
		pa_store_drop_tree(&statement->shape, tree);
	return NULL;
}

/*
 * Reads a stored tree.  NULL, with the reason, when that fails: one of before
 * a restart can have nodes of a library that is not loaded any more.  Reading
 * takes nothing but memory, so there is no subtransaction to undo it.
 */
static Query *
read_query(const PaStoredTree *tree, const char **refusal)
{
	MemoryContext context = CurrentMemoryContext;
	Node	   *volatile node = NULL;

	PG_TRY();
	{
		node = stringToNode(tree->query);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (pa_report_must_be_raised(error->sqlerrcode))
			PG_RE_THROW();
		FlushErrorState();
		*refusal = psprintf("the stored tree cannot be read: %s", error->message);
	}
	PG_END_TRY();
	if (node != NULL && IsA(node, Query))
		return (Query *) node;
	if (*refusal == NULL)
		*refusal = "the stored tree is not a query";
	return NULL;
}

/*
 * Opens all trees of a statement.  Returns false when the statement is no
 * part of the workload, as far as indexes are concerned.
 */
static bool
open_statement(PaAdvisor *advisor, const PaWorkloadStatement *statement)
{
	List	   *trees = pa_store_read_trees(&statement->shape);
	List	   *params = NIL;
	Query	   *query;
	List	   *subjects = NIL;
	const char *refusal = NULL;
	const char *stale_refusal = NULL;
	int			current = 0;
	ListCell   *lc;

	/* Statements without any relation (SELECT 1) have no tree either. */
	if (trees == NIL)
	{
		if (reads_a_relation(statement))
			skip(advisor, statement,
				 "no query tree is stored: it reads temporary tables, was not captured yet, or something that it depends on has changed");
		return false;
	}
	query = read_query(linitial(trees), &refusal);
	if (query == NULL)
	{
		skip(advisor, statement, refusal);
		return true;
	}
	if (is_about_us(query))
		return false;

	foreach(lc, trees)
	{
		const PaStoredTree *tree = lfirst(lc);
		PaAdvisorSubject *subject;
		const char *refused = NULL;
		bool		stale = false;

		if (tree->has_params && params == NIL)
			params = pa_store_read_params(&statement->shape);
		subject = open_tree(statement, tree, params, &refused, &stale);
		if (subject != NULL)
			subjects = lappend(subjects, subject);
		if (stale)
			stale_refusal = refused;
		else
			current++;
		if (refused != NULL && !stale)
			refusal = refused;
	}

	/* the trees that are current share the statement's load */
	foreach(lc, subjects)
	{
		PaAdvisorSubject *subject = lfirst(lc);

		subject->share = 1.0 / current;
		add_subject(advisor, subject);
		skip_refused_table(advisor, subject);
	}
	if (current == 0)
		refusal = stale_refusal;
	if (refusal != NULL)
		skip(advisor, statement, refusal);
	return true;
}

static void
open_workload(PaAdvisor *advisor)
{
	TimestampTz until = 0;
	ListCell   *lc;

	if (advisor->deadline != 0)
		until = advisor->started + (advisor->deadline - advisor->started) / 2;

	foreach(lc, advisor->workload->statements)
	{
		const PaWorkloadStatement *statement = lfirst(lc);

		CHECK_FOR_INTERRUPTS();
		if (until != 0 && GetCurrentTimestamp() >= until)
		{
			advisor->deadline_hit = true;
			skip(advisor, statement,
				 "the advisor stopped at perf_advisor.advisor_deadline before it came to this statement");
		}
		else if (!open_statement(advisor, statement))
			continue;
		advisor->matrix->total_weight += statement->present_time;
	}
}

/*
 * Keeps from each statement the other statements' candidates that would be a
 * bet for it.
 */
static void
bar_bets(PaAdvisor *advisor)
{
	for (int i = 0; i < list_length(advisor->subjects); i++)
	{
		const PaAdvisorSubject *subject = list_nth(advisor->subjects, i);
		const PaMatrixStatement *of = pa_matrix_statement(advisor->matrix, i);
		Bitmapset  *usable = bms_copy(of->usable);
		int			candidate = -1;

		CHECK_FOR_INTERRUPTS();
		while ((candidate = bms_next_member(usable, candidate)) >= 0)
		{
			ListCell   *lc;

			if (list_member_int(of->rule, candidate))
				continue;
			foreach(lc, subject->relations)
			{
				if (pa_analyze_is_bet(lfirst(lc),
									  pa_matrix_candidate(advisor->matrix, candidate)))
					pa_matrix_bar(advisor->matrix, i, candidate);
			}
		}
	}
}

/* The candidates of a set, in the order of their numbers. */
static List *
specs_of(const PaAdvisor *advisor, const Bitmapset *set)
{
	List	   *specs = NIL;
	int			candidate = -1;

	while ((candidate = bms_next_member(set, candidate)) >= 0 &&
		   list_length(specs) < PA_MAX_PLAN_CANDIDATES)
		specs = lappend(specs,
						(void *) pa_matrix_candidate(advisor->matrix, candidate));
	return specs;
}

/* Records an answer: bit i of cost->used is the i-th member of the set. */
static void
record_plan(PaAdvisor *advisor, const PaQuestion *question,
			const PaPlanCost *cost)
{
	Bitmapset  *used = NULL;
	int			candidate = -1;
	int			bit = 0;

	while ((candidate = bms_next_member(question->set, candidate)) >= 0 &&
		   bit < PA_MAX_PLAN_CANDIDATES)
	{
		if ((cost->used & (UINT64CONST(1) << bit)) != 0)
			used = bms_add_member(used, candidate);
		bit++;
	}
	pa_matrix_add_plan(advisor->matrix, question->statement, question->set,
					   used, cost->total_cost);
}

/*
 * Plans one statement with several sets.  Where it is refused now (a table
 * was locked meanwhile), the sets count as useless.
 */
static void
answer_step(PaAdvisor *advisor, List *questions)
{
	const PaQuestion *first = linitial(questions);
	PaAdvisorSubject *subject = list_nth(advisor->subjects, first->statement);
	PaPlanCost	costs[PLANS_A_STEP];
	List	   *sets = NIL;
	ListCell   *lc;
	int			i = 0;
	bool		was_refused = pa_whatif_refusal(subject->whatif) != NULL;
	TimestampTz start = GetCurrentTimestamp();

	memset(costs, 0, sizeof(costs));
	foreach(lc, questions)
		sets = lappend(sets, specs_of(advisor, ((PaQuestion *) lfirst(lc))->set));

	if (!pa_whatif_plan_sets(subject->whatif, sets, costs))
	{
		if (!was_refused)
			skip(advisor, subject->statement, pa_whatif_refusal(subject->whatif));
		for (i = 0; i < list_length(questions); i++)
		{
			costs[i].used = 0;
			costs[i].total_cost = pa_whatif_base(subject->whatif)->total_cost;
		}
	}

	subject->planning_time = msec_since(start) / list_length(questions);

	i = 0;
	foreach(lc, questions)
		record_plan(advisor, lfirst(lc), &costs[i++]);
}

/*
 * How many sets of a statement to plan before the next look at the clock; 0
 * when not even one would be done in time.
 */
static int
step_length(PaAdvisor *advisor, const PaQuestion *question)
{
	const PaAdvisorSubject *subject = list_nth(advisor->subjects,
											   question->statement);

	if (would_be_late(advisor, subject->planning_time))
		return 0;
	if (subject->planning_time * PLANS_A_STEP <= STEP_TIME)
		return PLANS_A_STEP;
	return Max((int) (STEP_TIME / subject->planning_time), 1);
}

/*
 * Answers questions, those of one statement together, as far as there is
 * time.  Returns whether it answered any.
 */
static bool
answer_questions(PaAdvisor *advisor, const List *questions)
{
	int			next = 0;
	bool		answered = false;

	while (next < list_length(questions))
	{
		const PaQuestion *first = list_nth(questions, next);
		int			length = step_length(advisor, first);
		List	   *step = NIL;

		CHECK_FOR_INTERRUPTS();
		for (; next < list_length(questions); next++)
		{
			PaQuestion *question = list_nth(questions, next);

			if (question->statement != first->statement ||
				(length > 0 && list_length(step) == length))
				break;
			step = lappend(step, question);
		}
		if (length > 0)
		{
			answer_step(advisor, step);
			answered = true;
		}
	}
	return answered;
}

/*
 * Chooses again and again, knowing more each time.  What a round leaves
 * behind goes with its memory: the matrix copies the answers.
 */
static void
choose_indexes(PaAdvisor *advisor)
{
	MemoryContext round = AllocSetContextCreate(CurrentMemoryContext,
												"perf_advisor choice of indexes",
												ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(round);
	PaSelection *selection;

	for (int i = 1;; i++)
	{
		MemoryContextReset(round);
		selection = pa_analyze_selection(advisor->matrix, stop_asking, advisor);
		if (selection->questions == NIL)
			break;
		if (!answer_questions(advisor, selection->questions) || i == MAX_ROUNDS)
			advisor->asked_enough = true;
	}
	MemoryContextSwitchTo(old);
	advisor->chosen = bms_copy(selection->chosen);
	MemoryContextDelete(round);
}

const PaAdvisorChoice *
pa_advisor_choice(const PaAdvisor *advisor, int candidate)
{
	ListCell   *lc;

	foreach(lc, advisor->choices)
	{
		const PaAdvisorChoice *choice = lfirst(lc);

		if (choice->candidate == candidate)
			return choice;
	}
	return NULL;
}

/* Fills in what is known of each chosen index. */
static void
describe_choices(PaAdvisor *advisor)
{
	int			candidate = -1;

	while ((candidate = bms_next_member(advisor->chosen, candidate)) >= 0)
	{
		PaAdvisorChoice *choice = palloc0(sizeof(PaAdvisorChoice));

		choice->candidate = candidate;
		choice->size = pa_whatif_index_size(pa_matrix_candidate(advisor->matrix,
																candidate));
		choice->write_cost.ratio = 1;
		advisor->choices = lappend(advisor->choices, choice);
	}
}

/*
 * Runs the advisor for this database.  Everything lives in
 * CurrentMemoryContext; the statements stay open until pa_advisor_close().
 */
PaAdvisor *
pa_advisor_run(const PaAdvisorOptions *options)
{
	PaAdvisor  *advisor = palloc0(sizeof(PaAdvisor));

	advisor->context = CurrentMemoryContext;
	advisor->started = GetCurrentTimestamp();
	advisor->options = *options;
	if (options->deadline > 0)
		advisor->deadline = TimestampTzPlusMilliseconds(advisor->started,
														options->deadline);
	advisor->workload = pa_report_workload();
	advisor->writes = pa_report_table_writes();
	advisor->matrix = pa_matrix_create(0);
	open_workload(advisor);
	bar_bets(advisor);
	choose_indexes(advisor);
	describe_choices(advisor);
	return advisor;
}

void
pa_advisor_close(PaAdvisor *advisor)
{
	ListCell   *lc;

	foreach(lc, advisor->subjects)
		pa_whatif_close(((PaAdvisorSubject *) lfirst(lc))->whatif);
	advisor->subjects = NIL;
}

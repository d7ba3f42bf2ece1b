/*-------------------------------------------------------------------------
 *
 * advisor_open.c
 *		How a run of the index advisor begins: statements, trees, candidates.
 *
 * The statements with the most time are opened first, each with its stored
 * trees and sampled parameters; what the planner saw of their tables gives the
 * candidates, and what is written to the tables their price.  Opening ends at
 * half of the deadline, because statements that nothing is tried for are worth
 * nothing.
 *
 * A statement that cannot be planned is not dropped in silence: it is listed
 * as skipped, with the reason.
 *
 * A statement sent with literals has several trees that differ in them.  They
 * share its time, and what a condition's constant is worth as the predicate
 * of a partial index depends on how many of them have it.
 *
 * IDENTIFICATION
 *		src/report/advisor_open.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "analyze/candidates.h"
#include "analyze/index_spec.h"
#include "analyze/write_cost.h"
#include "catalog/index_facts.h"
#include "report/advisor.h"
#include "report/errors.h"
#include "report/stored_tree.h"
#include "report/updates.h"
#include "store/store.h"

/*
 * So many statements are planned with all that was sampled of them, and the
 * lighter ones with so many trees or vectors: PA_MAX_PLANNER_CALLS has to do
 * for the choice, too.
 */
#define FULLY_SAMPLED 100
#define FEW_SAMPLES 2

/*
 * What it may take to see from rows how large an index is, in msec; how many are
 * looked at in any case, and after how many plannings one more.
 */
#define SAMPLE_TIME 100.0
#define MIN_PRICED 3
#define PLANNINGS_A_PRICE 400

/* Opening makes no more plannings than this share of all. */
#define MAX_OPENING_SHARE 0.5

static double
msec_since(TimestampTz start)
{
	return (double) (GetCurrentTimestamp() - start) / 1000.0;
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
			pa_advisor_skip(advisor, subject->statement,
				 psprintf("%s: %s",
						  quote_qualified_identifier(get_namespace_name(get_rel_namespace(use->relid)),
													 get_rel_name(use->relid)),
						  use->refusal));
			return;
		}
	}
}

/* ---- candidates ---- */

PaWriteCost
pa_advisor_write_cost(const PaAdvisor *advisor, const PaIndexSpec *spec,
					  int64 size)
{
	return pa_analyze_write_cost(pa_table_writes_of(advisor->writes, spec->relid),
								 spec, size);
}

List *
pa_advisor_replaced_by(const PaAdvisor *advisor, const PaIndexSpec *spec)
{
	List	   *replaced = NIL;
	ListCell   *lc;

	(void) advisor;
	foreach(lc, pa_catalog_indexes(spec->relid))
	{
		PaIndexSpec *existing = lfirst(lc);

		if (pa_index_spec_is_redundant(existing, spec))
			replaced = lappend(replaced, existing);
	}
	return replaced;
}

/* Whether an existing index does all that the candidate would. */
static bool
exists_already(const PaIndexSpec *spec)
{
	ListCell   *lc;

	foreach(lc, pa_catalog_indexes(spec->relid))
	{
		if (pa_index_spec_is_redundant(spec, lfirst(lc)))
			return true;
	}
	return false;
}

typedef int64 (*SizeOf) (const PaIndexSpec *spec);

/*
 * Size and maintenance of a candidate.  One in whose place an existing index
 * goes costs only what it costs more.
 */
static void
price(PaAdvisor *advisor, int candidate, SizeOf size_of)
{
	const PaIndexSpec *spec = pa_matrix_candidate(advisor->matrix, candidate);
	int64		size = size_of(spec);
	double		maintenance = pa_advisor_write_cost(advisor, spec, size).msec;
	ListCell   *lc;

	foreach(lc, pa_advisor_replaced_by(advisor, spec))
	{
		const PaIndexSpec *existing = lfirst(lc);

		maintenance -= pa_advisor_write_cost(advisor, existing,
											 size_of(existing)).msec;
	}
	pa_matrix_set_price(advisor->matrix, candidate, size, Max(maintenance, 0));
	if (exists_already(spec))
		pa_matrix_set_served(advisor->matrix, candidate);
}

/* The largest one by its price that nobody has looked at closely; -1 if none. */
static int
largest_unpriced(const PaAdvisor *advisor, const Bitmapset *chosen)
{
	int			candidate = -1;
	int			largest = -1;

	while ((candidate = bms_next_member(chosen, candidate)) >= 0)
	{
		if (!bms_is_member(candidate, advisor->priced) &&
			(largest < 0 || pa_matrix_price(advisor->matrix, candidate)->size >
			 pa_matrix_price(advisor->matrix, largest)->size))
			largest = candidate;
	}
	return largest;
}

/*
 * To see from rows how large a candidate is takes as long as many plannings.
 * Only those that were chosen are worth that, and of many the largest.  NB: not
 * as many as there is time for, which is another at each run.
 */
bool
pa_advisor_price_chosen(PaAdvisor *advisor, const Bitmapset *chosen)
{
	int			most = Max(MIN_PRICED, pa_advisor_planner_calls(advisor) / PLANNINGS_A_PRICE);
	MemoryContext old = MemoryContextSwitchTo(advisor->context);
	bool		changed = false;
	int			candidate;

	while (bms_num_members(advisor->priced) < most &&
		   (candidate = largest_unpriced(advisor, chosen)) >= 0 &&
		   !pa_advisor_would_be_late(advisor, SAMPLE_TIME))
	{
		const PaMatrixPrice *price_now = pa_matrix_price(advisor->matrix, candidate);
		PaMatrixPrice before = *price_now;

		CHECK_FOR_INTERRUPTS();
		advisor->priced = bms_add_member(advisor->priced, candidate);
		price(advisor, candidate, pa_whatif_index_size);
		if (price_now->size != before.size || price_now->maintenance != before.maintenance)
			changed = true;
	}
	MemoryContextSwitchTo(old);
	return changed;
}

/* Keeps the candidate from serving those of the statements that it is a bet for. */
static void
bar_bets(PaAdvisor *advisor, int candidate)
{
	const PaIndexSpec *spec = pa_matrix_candidate(advisor->matrix, candidate);

	for (int i = 0; i < list_length(advisor->subjects); i++)
	{
		PaAdvisorSubject *subject = list_nth(advisor->subjects, i);
		const PaMatrixStatement *of = pa_matrix_statement(advisor->matrix, i);
		ListCell   *lc;

		if (!bms_is_member(candidate, of->usable) ||
			list_member_int(of->rule, candidate))
			continue;
		foreach(lc, subject->relations)
		{
			if (!pa_analyze_is_bet(lfirst(lc), spec))
				continue;
			pa_matrix_bar(advisor->matrix, i, candidate);
			subject->bets = bms_add_member(subject->bets, candidate);
			break;
		}
	}
}

void
pa_advisor_add_shared(PaAdvisor *advisor, const List *specs)
{
	MemoryContext old = MemoryContextSwitchTo(advisor->context);
	ListCell   *lc;

	foreach(lc, specs)
	{
		int			before = list_length(advisor->matrix->candidates);
		int			candidate = pa_matrix_add_shared(advisor->matrix, lfirst(lc));

		if (candidate < before)
			continue;
		price(advisor, candidate, pa_whatif_rough_index_size);
		bar_bets(advisor, candidate);
	}
	MemoryContextSwitchTo(old);
}

/* The candidates of one relation of the statement, priced when new. */
static void
add_candidates(PaAdvisor *advisor, int number, const PaRelationUse *use)
{
	ListCell   *lc;

	foreach(lc, pa_analyze_candidates(use))
	{
		int			before = list_length(advisor->matrix->candidates);
		int			candidate = pa_matrix_add_candidate(advisor->matrix, number,
														lfirst(lc));

		if (candidate == before)
			price(advisor, candidate, pa_whatif_rough_index_size);
	}
}

/* Enters an opened tree into the matrix, with its candidates. */
static void
add_subject(PaAdvisor *advisor, PaAdvisorSubject *subject)
{
	List	   *relids = NIL;
	ListCell   *lc;
	int			number;

	foreach(lc, subject->relations)
		relids = list_append_unique_oid(relids,
										((PaRelationUse *) lfirst(lc))->relid);

	number = pa_matrix_add_statement(advisor->matrix,
									 subject->statement->present_time * subject->share,
									 pa_whatif_base(subject->whatif)->total_cost,
									 relids);
	Assert(number == list_length(advisor->subjects));
	pa_matrix_set_calls(advisor->matrix, number,
						(double) subject->statement->calls * subject->share);
	advisor->subjects = lappend(advisor->subjects, subject);

	foreach(lc, subject->relations)
	{
		const PaRelationUse *use = lfirst(lc);

		if (!pa_ignore_rules_relation_of(advisor->rules, use->relid, &subject->statement->shape))
			add_candidates(advisor, number, use);
	}
}

/* ---- predicates of several trees ---- */

/* The share that the tree has of the clause on the relation, 0 if it has it not. */
static double
share_in(const PaAdvisorSubject *subject, Oid relid, const Node *clause)
{
	double		share = 0;
	ListCell   *lc;

	foreach(lc, subject->relations)
	{
		const PaRelationUse *use = lfirst(lc);
		ListCell   *lc2;

		if (use->relid != relid)
			continue;
		foreach(lc2, use->predicates)
		{
			const PaPredicateUse *predicate = lfirst(lc2);

			if (equal(predicate->clause, clause))
				share = Max(share, predicate->share);
		}
	}
	return share;
}

/* The mean share of one predicate over all trees of the statement. */
static double
mean_share(const List *subjects, Oid relid, const Node *clause)
{
	double		sum = 0;
	ListCell   *lc;

	foreach(lc, subjects)
		sum += share_in(lfirst(lc), relid, clause);
	return sum / list_length(subjects);
}

/*
 * Makes the shares of each tree's predicates those of the whole statement.
 * All are computed before the first one is changed.
 */
static void
share_predicates(List *subjects)
{
	List	   *predicates = NIL;
	List	   *shares = NIL;
	ListCell   *lc;
	ListCell   *lc2;

	if (list_length(subjects) < 2)
		return;
	foreach(lc, subjects)
	{
		foreach(lc2, ((PaAdvisorSubject *) lfirst(lc))->relations)
		{
			const PaRelationUse *use = lfirst(lc2);
			ListCell   *lc3;

			foreach(lc3, use->predicates)
			{
				PaPredicateUse *predicate = lfirst(lc3);
				double	   *share = palloc(sizeof(double));

				*share = mean_share(subjects, use->relid, predicate->clause);
				predicates = lappend(predicates, predicate);
				shares = lappend(shares, share);
			}
		}
	}
	forboth(lc, predicates, lc2, shares)
		((PaPredicateUse *) lfirst(lc))->share = *(double *) lfirst(lc2);
}

/* ---- trees ---- */

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
	{
		subject->relations = pa_whatif_relations(subject->whatif);
		return subject;
	}

	*refusal = pstrdup(refused);
	*stale = pa_whatif_is_stale(subject->whatif);
	pa_whatif_close(subject->whatif);
	pfree(subject);
	if (*stale)
		pa_store_drop_tree(&statement->shape, tree);
	return NULL;
}

/* How much of what was sampled of the next statement to plan. */
static int
samples_to_plan(const PaAdvisor *advisor, int rank)
{
	(void) advisor;
	return rank < FULLY_SAMPLED ? PA_MAX_PLAN_VECTORS : FEW_SAMPLES;
}

/*
 * Opens all trees of a statement.  Returns false when the statement is no
 * part of the workload, as far as indexes are concerned.
 */
static bool
open_statement(PaAdvisor *advisor, const PaWorkloadStatement *statement,
			   int rank)
{
	int			samples = samples_to_plan(advisor, rank);
	List	   *trees = list_truncate(pa_store_read_trees(&statement->shape),
									  samples);
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
			pa_advisor_skip(advisor, statement,
				 "no query tree is stored: it reads temporary tables, was not captured yet, or something that it depends on has changed");
		return false;
	}
	query = pa_report_read_tree(linitial(trees), &refusal);
	if (query == NULL)
	{
		pa_advisor_skip(advisor, statement, refusal);
		return true;
	}
	if (pa_report_is_about_us(query))
		return false;

	foreach(lc, trees)
	{
		const PaStoredTree *tree = lfirst(lc);
		PaAdvisorSubject *subject;
		const char *refused = NULL;
		bool		stale = false;

		if (tree->has_params && params == NIL)
			params = list_truncate(pa_store_read_params(&statement->shape),
								   samples);
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
	share_predicates(subjects);
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
		pa_advisor_skip(advisor, statement, refusal);
	return true;
}

/* Why the advisor does not look at any further statement; NULL if it does. */
static const char *
reason_to_stop(PaAdvisor *advisor, TimestampTz until)
{
	if (until != 0 && GetCurrentTimestamp() >= until)
	{
		advisor->deadline_hit = true;
		return "the advisor stopped at perf_advisor.advisor_deadline before it came to this statement";
	}
	if (pa_advisor_planner_calls(advisor) >= PA_MAX_PLANNER_CALLS * MAX_OPENING_SHARE)
		return "the advisor had planned enough statements that take more time before it came to this one";
	return NULL;
}

/* Milliseconds since the statement that is watched for the longest time came. */
static double
time_watched(const PaAdvisor *advisor)
{
	TimestampTz since = advisor->started;
	ListCell   *lc;

	foreach(lc, advisor->workload->statements)
	{
		const PaWorkloadStatement *statement = lfirst(lc);

		if (statement->stats_since != 0 && statement->stats_since < since)
			since = statement->stats_since;
	}
	return (double) (advisor->started - since) / 1000.0;
}

void
pa_advisor_open_workload(PaAdvisor *advisor)
{
	TimestampTz until = 0;
	int			rank = 0;
	ListCell   *lc;

	advisor->matrix->window = time_watched(advisor);
	if (advisor->deadline != 0)
		until = advisor->started + (advisor->deadline - advisor->started) / 2;

	foreach(lc, advisor->workload->statements)
	{
		const PaWorkloadStatement *statement = lfirst(lc);
		const char *reason = reason_to_stop(advisor, until);

		CHECK_FOR_INTERRUPTS();
		if (reason != NULL)
			pa_advisor_skip(advisor, statement, reason);
		else if (!open_statement(advisor, statement, rank++))
			continue;
		advisor->matrix->total_weight += statement->present_time;
	}
	for (int i = 0; i < list_length(advisor->matrix->candidates); i++)
	{
		CHECK_FOR_INTERRUPTS();
		bar_bets(advisor, i);
	}
}

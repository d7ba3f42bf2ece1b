/*-------------------------------------------------------------------------
 *
 * advisor.c
 *		One run of the index advisor: plans the workload again and chooses.
 *
 * The workload is opened (advisor_open.c).  Then the selection asks for
 * plannings and gets them (advisor_answer.c) until it has no further question
 * or the deadline is there.  Its answer is valid at any time, so the deadline
 * costs quality, never the result.  The outcome is verified
 * (advisor_verify.c); what does not stand that is chosen without.
 *
 * IDENTIFICATION
 *		src/report/advisor.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "analyze/selection.h"
#include "report/advisor.h"
#include "report/updates.h"

/*
 * Times that the selection is asked again.  Each time it knows more, and it
 * ends by itself, typically after a handful.
 */
#define MAX_ROUNDS 500

/* Times that something is rejected before what is left has to do. */
#define MAX_REJECTIONS 3

bool
pa_advisor_would_be_late(PaAdvisor *advisor, double msec)
{
	if (advisor->deadline == 0 ||
		GetCurrentTimestamp() + (TimestampTz) (msec * 1000.0) < advisor->deadline)
		return false;
	advisor->deadline_hit = true;
	return true;
}

int
pa_advisor_planner_calls(PaAdvisor *advisor)
{
	advisor->planner_calls = (int) (pa_whatif_plannings() -
									advisor->plannings_before);
	return advisor->planner_calls;
}

/* pa_stop_callback: the selection calls it in its loops. */
static bool
stop_asking(void *arg)
{
	PaAdvisor  *advisor = arg;

	CHECK_FOR_INTERRUPTS();
	return advisor->asked_enough || pa_advisor_would_be_late(advisor, 0);
}

void
pa_advisor_skip(PaAdvisor *advisor, const PaWorkloadStatement *statement,
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
		if (selection->questions == NIL && selection->wanted == NIL)
		{
			if (!pa_advisor_price_chosen(advisor, selection->chosen))
				break;
			continue;
		}
		pa_advisor_add_shared(advisor, selection->wanted);
		if ((selection->questions != NIL &&
			 !pa_advisor_answer(advisor, selection->questions)) ||
			i >= MAX_ROUNDS)
			advisor->asked_enough = true;
	}
	MemoryContextSwitchTo(old);
	advisor->chosen = bms_copy(selection->chosen);
	MemoryContextDelete(round);
}

/*
 * Chooses, and again without what does harm.  What is known of those costs
 * stays, so that little is planned again.
 */
static void
choose_and_verify(PaAdvisor *advisor)
{
	for (int i = 0;; i++)
	{
		Bitmapset  *rejected;
		int			candidate = -1;

		choose_indexes(advisor);
		rejected = pa_advisor_verify(advisor);
		if (bms_is_empty(rejected))
			return;
		while ((candidate = bms_next_member(rejected, candidate)) >= 0)
			pa_matrix_forbid(advisor->matrix, candidate);
		if (i == MAX_REJECTIONS)
		{
			advisor->chosen = bms_difference(advisor->chosen, rejected);
			return;
		}
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
	advisor->plannings_before = pa_whatif_plannings();
	advisor->rules = pa_ignore_rules(PA_CATEGORY_INDEX);
	advisor->workload = pa_report_workload(advisor->rules,
										   options->one_statement ? &options->queryid : NULL);
	advisor->writes = pa_report_table_writes();
	advisor->matrix = pa_matrix_create(0);
	advisor->matrix->storage_budget = options->storage_budget;
	pa_advisor_open_workload(advisor);
	if (options->only_hints)
		return advisor;
	choose_and_verify(advisor);
	pa_advisor_describe(advisor);
	(void) pa_advisor_planner_calls(advisor);
	return advisor;
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

void
pa_advisor_close(PaAdvisor *advisor)
{
	ListCell   *lc;

	foreach(lc, advisor->subjects)
		pa_whatif_close(((PaAdvisorSubject *) lfirst(lc))->whatif);
	advisor->subjects = NIL;
}

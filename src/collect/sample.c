/*-------------------------------------------------------------------------
 *
 * sample.c
 *		Chooses the executions that are looked at in detail.
 *
 * Counts are exact for every statement; what happens inside a plan, and the
 * processor time, are sampled: the first executions of a new plan, then about
 * one a minute and a few at random.  Rows are counted (INSTRUMENT_ROWS, some
 * 10 ns a row and node); nodes are timed, too, when perf_advisor.node_timing
 * is on and the clock is fast (INSTRUMENT_TIMER: it can take as long again as
 * the query) and that can be afforded.  What another extension has counted or
 * timed already is free.
 *
 * The budget: a sample is taken only while what all samples cost is within
 * perf_advisor.overhead_budget of this backend's busy time (budget.c).  What
 * this one will cost is foreseen from the last one, or from the planner's
 * estimates as far as the time that the plan takes does not belie them.
 *
 * The very first execution of a plan is sampled only if the plan is costly:
 * a flood of one-shot statements shall cost no more than its counters.
 *
 * IDENTIFICATION
 *		src/collect/sample.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/pg_prng.h"

#include "collect/detail.h"

#define PA_FIRST_SAMPLES 3		/* executions of a new plan */
#define PA_COSTLY_PLAN 1000.0	/* planner units: sampled at once */
#define PA_COST_OF_SAMPLE 0.02	/* msec, foreseen for describing and reading */
#define PA_COST_OF_TEXT 0.2		/* msec, foreseen */
#define PA_FASTEST_ROW 20.0		/* nanoseconds: no node gives one in less */

/* A choice that the budget refused is looked at again after this. */
#define PA_REFUSED_INTERVAL (1 * USECS_PER_SEC)

/* Executions until the next random sample; 0 = not drawn yet. */
static uint64 countdown = 0;
static double countdown_rate = -1;

/* Draws the distance to the next random sample: uniform around 1 / rate. */
static pg_attribute_cold void
draw_countdown(void)
{
	double		u = pg_prng_double(&pg_global_prng_state);

	countdown_rate = pa_guc_sample_rate;
	countdown = countdown_rate > 0 ? 1 + (uint64) (u * (2.0 / countdown_rate - 1.0)) : PG_UINT64_MAX;
}

static inline bool
random_sample(void)
{
	if (unlikely(countdown == 0 || countdown_rate != pa_guc_sample_rate))
		draw_countdown();
	return --countdown == 0;
}

/* Gives what "instrument" will cost in this execution, msec. */
static double
foresee(const PaSeenPlan *seen_plan, const PlannedStmt *plan, int instrument)
{
	double		rows = seen_plan->counted;

	if (rows <= 0)
	{
		rows = pa_nodes_expected(plan->planTree, 1);
		if (seen_plan->mean_time > 0)
			rows = Min(rows, seen_plan->mean_time * 1e6 / PA_FASTEST_ROW);
	}
	return pa_budget_cost_of_rows(rows, instrument);
}

/*
 * True when the budget allows this execution to be sampled with "instrument";
 * its cost is then reserved.
 */
static bool
afford_sample(PaFrame *frame, PaSeenPlan *seen_plan, const PlannedStmt *plan, int instrument)
{
	double		foreseen = instrument != 0 ? foresee(seen_plan, plan, instrument) : 0;

	if (!pa_budget_allows(foreseen + PA_COST_OF_SAMPLE, seen_plan->samples == 0))
		return false;
	frame->instrument = instrument;
	frame->foreseen = pa_budget_reserve(foreseen);
	return true;
}

/*
 * Decides how this execution is sampled, if it can be afforded: timed, else
 * only counted.  Any counters of others count rows.
 */
static bool
start_sample(PaFrame *frame, PaSeenPlan *seen_plan, QueryDesc *query_desc)
{
	const PlannedStmt *plan = query_desc->plannedstmt;
	int			others = query_desc->instrument_options;
	int			rows = others != 0 ? 0 : INSTRUMENT_ROWS;
	int			timer = pa_guc_node_timing && !pa_clock_is_slow() ? INSTRUMENT_TIMER & ~others : 0;

	if (!(timer != 0 && afford_sample(frame, seen_plan, plan, rows | timer)) &&
		!afford_sample(frame, seen_plan, plan, rows))
		return false;
	query_desc->instrument_options |= INSTRUMENT_ROWS | frame->instrument;
	return true;
}

/* Is it time for a sample of this plan? */
static bool
sample_is_due(const PaSeenPlan *seen_plan, const PlannedStmt *plan, TimestampTz now, bool repeated)
{
	if (seen_plan->samples < PA_FIRST_SAMPLES)
		return repeated || plan->planTree->total_cost >= PA_COSTLY_PLAN;
	return now >= seen_plan->next_sample;
}

/* Decides whether the text of a plan that repeats is made now. */
static bool
choose_text(PaSeenPlan *seen_plan, TimestampTz now)
{
	if (now < seen_plan->next_text)
		return false;
	if (!pa_guc_track_parameters)
		seen_plan->next_text = now + PA_SAMPLE_INTERVAL;
	else if (pa_budget_allows(PA_COST_OF_TEXT, seen_plan->samples == 0))
		return true;
	else
		seen_plan->next_text = now + PA_REFUSED_INTERVAL;
	return false;
}

/*
 * Decides what is looked at.  What the budget refused is decided again after
 * a while, with what other backends have learned meanwhile.
 */
static pg_noinline void
choose(PaFrame *frame, PaSeenShape *seen, PaSeenPlan *seen_plan, QueryDesc *query_desc,
	   bool repeated, bool by_chance)
{
	const PlannedStmt *plan = query_desc->plannedstmt;
	TimestampTz now = GetCurrentStatementStartTimestamp();

	if (seen_plan->stale)
		pa_seen_refresh_plan(seen, seen_plan, &frame->key);
	frame->wants_text = repeated && choose_text(seen_plan, now);
	if (by_chance || sample_is_due(seen_plan, plan, now, repeated))
	{
		frame->sampled = start_sample(frame, seen_plan, query_desc);
		seen_plan->stale = !frame->sampled;
	}

	if (seen_plan->stale)
		seen_plan->next_due = now + PA_REFUSED_INTERVAL;
	else
		seen_plan->next_due = seen_plan->samples < PA_FIRST_SAMPLES ? 0 : seen_plan->next_sample;
	seen_plan->next_due = Min(seen_plan->next_due, seen_plan->next_text);
}

/*
 * Decides, before the executor starts, whether this execution is sampled and
 * whether its plan's text is made.  "repeated" says that the statement ran
 * before, in whatever backend.
 */
void
pa_sample_choose(PaFrame *frame, PaSeenShape *seen, QueryDesc *query_desc, bool repeated)
{
	PaSeenPlan *seen_plan;
	bool		by_chance;

	if (unlikely(pa_guc_overhead_budget <= 0))
		return;
	by_chance = random_sample();
	seen_plan = pa_seen_plan(seen, &frame->key);
	if (seen_plan == NULL ||
		likely(!by_chance && GetCurrentStatementStartTimestamp() < seen_plan->next_due))
		return;
	choose(frame, seen, seen_plan, query_desc, repeated, by_chance);
}

/*
 * Tells the store which scans a plan has, once a plan.  After the executor
 * started: relations are open and catalog access is legal.
 */
void
pa_sample_describe(PaFrame *frame, QueryDesc *query_desc)
{
	PaSeenPlan *seen_plan = pa_seen_find_plan(&frame->key);
	instr_time	start;

	/* an extension whose hook runs inside ours may count rows, too */
	if (query_desc->instrument_options & ~(INSTRUMENT_ROWS | frame->instrument))
		frame->instrument &= ~INSTRUMENT_ROWS;
	if (!frame->sampled || seen_plan == NULL || seen_plan->has_scans)
		return;
	INSTR_TIME_SET_CURRENT(start);
	pa_nodes_describe(query_desc);
	seen_plan->has_scans = pa_store_put_scans(&frame->key, frame->shape_hash, pa_walk.scans, pa_walk.nscans);
	pa_budget_charge_since(start);
}

/* Hands the counts of a sampled execution to the store. */
void
pa_sample_read(PaFrame *frame, QueryDesc *query_desc)
{
	PaSeenPlan *seen_plan = pa_seen_find_plan(&frame->key);
	TimestampTz now = GetCurrentStatementStartTimestamp();
	double		cost;
	instr_time	start;

	INSTR_TIME_SET_CURRENT(start);
	pa_nodes_read(query_desc, frame->partial);
	(void) pa_store_add_scan_sample(&frame->key, frame->shape_hash, &pa_walk.plan,
									pa_walk.scans, pa_walk.nscans, now);
	if (seen_plan != NULL)
	{
		/* also when the store was busy: it is one of those we may take */
		seen_plan->samples++;
		seen_plan->counted = pa_walk.plan.counted;
		seen_plan->next_sample = now + PA_SAMPLE_INTERVAL;
	}
	cost = pa_budget_cost_of_rows(pa_walk.plan.counted, frame->instrument);
	pa_budget_settle(frame->foreseen, cost);
	pa_budget_charge_since(start);
}

/*
 * Ends a sample that nobody reads: the execution failed, or was cut short.
 * How much it had counted is not known any more.
 */
void
pa_sample_abandon(const PaFrame *frame)
{
	instr_time	own = frame->total;
	double		msec;
	double		cost;

	INSTR_TIME_SUBTRACT(own, frame->nested);
	msec = INSTR_TIME_GET_MILLISEC(own);
	cost = pa_budget_cost_of_rows(msec * 1e6 / PA_FASTEST_ROW, frame->instrument);
	pa_budget_settle(frame->foreseen, Min(frame->foreseen, Min(cost, msec)));
}

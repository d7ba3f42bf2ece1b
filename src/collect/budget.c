/*-------------------------------------------------------------------------
 *
 * budget.c
 *		The account of what looking at statements in detail costs.
 *
 * What is charged: counting rows, by the number of rows counted and the cost
 * of one, which is measured when the server starts; timing them likewise, by
 * the cost of reading the clock; and by the clock whatever
 * is done besides (describing and reading samples, parameters, query trees,
 * texts of plans).  What it is compared with: the own execution time of all
 * recorded statements, of which it may be perf_advisor.overhead_budget.
 *
 * Each backend has an account of its own.  An allowance lets a new session
 * start, as long as all backends together are not overdrawn: else many short
 * sessions would live on allowances.  And a plan that was never sampled may
 * be charged to what all backends have left, though not with most of it: the
 * one execution a night that a session of its own makes is looked at some
 * day, too.
 *
 * A sample's cost is foreseen and reserved beforehand, for all to see.  When
 * the execution ends, however it ends, the reservation is given up and what
 * the sample did cost is charged: estimates can be wrong by any factor, and
 * must not empty the account.
 *
 * The shared sums are atomics.  Reservations are exact.  The others only grow
 * and are brought up to date with each charge and when busy time has doubled,
 * at most once a second: a session that ends between keeps up to half of its
 * busy time for itself, on the safe side.
 *
 * IDENTIFICATION
 *		src/collect/budget.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/instrument.h"

#include "collect/budget.h"
#include "compat/instrument.h"
#include "config/config.h"
#include "store/store.h"

#define PA_BUDGET_ALLOWANCE 20.0	/* msec a backend may spend beforehand */
#define PA_SERVER_ALLOWANCE 1000.0	/* msec that all together may */
#define PA_SHARE_OF_ONE 0.25	/* of what is left for never sampled plans */
#define PA_MAX_RESERVED 1e7		/* msec: estimates know no limit */
#define PA_NO_LIMIT 100.0		/* per cent */
#define PA_MAX_PUBLISH_STEP 1000.0	/* msec of busy time */

/*
 * In a loop the processor does the counting beside other work.  In scans of
 * some million rows it took three times as long.
 */
#define PA_ROW_IN_A_PLAN 3.0

#define PA_CALIBRATION_ROUNDS 7
#define PA_CALIBRATION_LOOPS 1000

/* This backend's account, msec; of it, what the shared sums hold. */
static double spent = 0;
static double reserved = 0;
static double published_spent = 0;
static double published_busy = 0;
double		pa_budget_busy = 0;
double		pa_budget_publish_at = 1.0;

void
pa_budget_publish(void)
{
	double		busy = pa_budget_busy - published_busy;
	double		more = spent - published_spent;

	pa_store_add_sampling(more, busy);
	published_spent += more;
	published_busy += busy;
	pa_budget_publish_at = pa_budget_busy + Min(pa_budget_busy, PA_MAX_PUBLISH_STEP) + 1.0;
}

static void
charge(double msec)
{
	spent += msec;
	pa_budget_publish();
}

/*
 * Reserves what a sample is foreseen to cost; gives what was reserved, which
 * pa_budget_settle() wants back.
 */
double
pa_budget_reserve(double msec)
{
	msec = Min(msec, PA_MAX_RESERVED);
	reserved += msec;
	pa_store_reserve_sampling(msec);
	return msec;
}

/* Gives up what was reserved and charges what was spent. */
void
pa_budget_settle(double msec_reserved, double msec)
{
	reserved -= msec_reserved;
	pa_store_reserve_sampling(-msec_reserved);
	charge(msec);
}

void
pa_budget_charge_since(instr_time start)
{
	instr_time	now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, start);
	charge(INSTR_TIME_GET_MILLISEC(now));
}

/*
 * Gives what it costs, msec, to have so many rows and loops counted
 * (INSTRUMENT_ROWS in "instrument") and timed (INSTRUMENT_TIMER): the clock is
 * read before and after each.
 */
double
pa_budget_cost_of_rows(double counted, int instrument)
{
	double		nanoseconds = 0;

	if (instrument & INSTRUMENT_ROWS)
		nanoseconds += pa_sampling_costs.row;
	if (instrument & INSTRUMENT_TIMER)
		nanoseconds += 2 * pa_sampling_costs.clock;
	return counted * nanoseconds * 1e-6;
}

/*
 * May so many msec be spent?  "never_sampled" says that it is for a plan of
 * which nothing is known.
 */
bool
pa_budget_allows(double msec, bool never_sampled)
{
	double		share = pa_guc_overhead_budget / 100.0;
	double		own_left = pa_budget_busy * share - spent - reserved - msec;
	double		all_spent;
	double		all_busy;
	double		all_left;

	if (pa_guc_overhead_budget <= 0)
		return false;
	if (pa_guc_overhead_budget >= PA_NO_LIMIT || own_left >= 0)
		return true;
	pa_store_read_sampling(&all_spent, &all_busy);
	all_left = (all_busy + pa_budget_busy - published_busy) * share -
		(all_spent + spent - published_spent);
	if (never_sampled && all_left * PA_SHARE_OF_ONE >= msec)
		return true;
	return own_left + PA_BUDGET_ALLOWANCE >= 0 && all_left - msec + PA_SERVER_ALLOWANCE >= 0;
}

/* ---- calibration ---- */

/* What the executor does more for a node whose rows are counted. */
static pg_noinline void
count_a_row(PaInstrumentation *instrument)
{
	InstrStartNode(instrument);
	InstrStopNode(instrument, 1.0);
}

static double
nanoseconds_since(instr_time start)
{
	instr_time	now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, start);
	return INSTR_TIME_GET_DOUBLE(now) * 1e9;
}

/* The least of several rounds: others disturb only upwards. */
static double
measure_row(void)
{
	PaInstrumentation *instrument = pa_instrument_rows();
	double		least = 0;

	for (int round = 0; round < PA_CALIBRATION_ROUNDS; round++)
	{
		instr_time	start;
		double		elapsed;

		INSTR_TIME_SET_CURRENT(start);
		for (int i = 0; i < PA_CALIBRATION_LOOPS; i++)
			count_a_row(instrument);
		elapsed = nanoseconds_since(start) / PA_CALIBRATION_LOOPS;
		least = round == 0 ? elapsed : Min(least, elapsed);
	}
	pfree(instrument);
	return least;
}

static double
measure_clock(void)
{
	double		least = 0;

	for (int round = 0; round < PA_CALIBRATION_ROUNDS; round++)
	{
		instr_time	start;
		instr_time	now;
		double		elapsed;

		INSTR_TIME_SET_CURRENT(start);
		for (int i = 0; i < PA_CALIBRATION_LOOPS; i++)
			INSTR_TIME_SET_CURRENT(now);
		(void) now;
		elapsed = nanoseconds_since(start) / PA_CALIBRATION_LOOPS;
		least = round == 0 ? elapsed : Min(least, elapsed);
	}
	return least;
}

/* Less than half a millisecond, once, when the library is loaded. */
void
pa_budget_init(void)
{
	pa_sampling_costs.row = measure_row() * PA_ROW_IN_A_PLAN;
	pa_sampling_costs.clock = measure_clock();
}

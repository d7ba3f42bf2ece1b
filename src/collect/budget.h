/*-------------------------------------------------------------------------
 *
 * budget.h
 *		The account of what looking at statements in detail costs.
 *
 * IDENTIFICATION
 *		src/collect/budget.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COLLECT_BUDGET_H
#define PA_COLLECT_BUDGET_H

#include "portability/instr_time.h"

/* Time that this backend spent executing statements, msec. */
extern double pa_budget_busy;

/* The busy time from which the server's account is brought up to date. */
extern double pa_budget_publish_at;

extern void pa_budget_publish(void);

/* Adds to the busy time; runs for every statement. */
static inline void
pa_budget_note_busy(double msec)
{
	pa_budget_busy += msec;
	if (unlikely(pa_budget_busy >= pa_budget_publish_at))
		pa_budget_publish();
}

extern bool pa_budget_allows(double msec, bool never_sampled);
extern double pa_budget_reserve(double msec);
extern void pa_budget_settle(double msec_reserved, double msec);
extern double pa_budget_cost_of_rows(double counted, int instrument);

/* Charges the time from "start" to now. */
extern void pa_budget_charge_since(instr_time start);

extern void pa_budget_init(void);

#endif							/* PA_COLLECT_BUDGET_H */

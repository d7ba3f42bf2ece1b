/*-------------------------------------------------------------------------
 *
 * plans.h
 *		The recorded plans of all statements.
 *
 * IDENTIFICATION
 *		src/report/plans.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_PLANS_H
#define PA_REPORT_PLANS_H

#include "base/statement.h"

/* One plan of one statement. */
typedef struct PaPlanRow
{
	PaStatementKey key;			/* planid 0: plans that found no place */
	bool		visible;		/* may the present user see what identifies it */
	bool		is_current;		/* executed last of the statement's plans */
	PaCounters	counters;
	double		p95_exec_time;	/* msec */
	double		exec_time_pct;	/* share of all plans' time, 0-100 */

	/* of the sampled executions; undefined while there is none */
	int64		sampled_calls;
	double		rows_estimated; /* of one execution */
	double		rows_actual;
	double		max_misestimate;	/* factor; 0: no node was judged */
	int			misestimate_node;	/* its number in the plan */
	char	   *misestimate_name;	/* such as "Seq Scan on orders" */
	int			hash_batches;	/* 0: nothing was hashed */
	int64		sort_spill;		/* bytes */
	bool		timed;			/* the two below are known */
	double		max_node_time;	/* msec, own time of the slowest node */
	char	   *slowest_name;	/* which it was; NULL: hidden, or none */
} PaPlanRow;

typedef struct PaPlanRows
{
	int			count;
	PaPlanRow  *items;			/* ordered by statement and planid */
} PaPlanRows;

extern PaPlanRows *pa_report_plans(void);

/*
 * The plan's text in this database's encoding, palloc'd; NULL when none is
 * stored, "<insufficient privilege>" when the present user may not see it.
 */
extern char *pa_report_plan_text(const PaPlanRow *row);

#endif							/* PA_REPORT_PLANS_H */

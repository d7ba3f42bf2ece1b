/*-------------------------------------------------------------------------
 *
 * statements.h
 *		The recorded statements, summed over their plans.
 *
 * IDENTIFICATION
 *		src/report/statements.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_STATEMENTS_H
#define PA_REPORT_STATEMENTS_H

#include "base/statement.h"
#include "store/store.h"

/* One statement: userid, dbid, queryid and toplevel. */
typedef struct PaStatementSum
{
	PaShapeKey	shape;			/* queryid 0: the sum of evicted statements */
	bool		toplevel;
	PaCounters	counters;
	int64		planids;		/* different plans seen, 0 for utility */
	int64		last_planid;	/* of the plan called last; 0: none */
	double		present_time;	/* own msec, had all calls been run as they are
								 * now, see present_time() */
	const uint64 *histogram;	/* of the execution times, in the list's copy of
								 * the store */
	double		p50_exec_time;	/* msec, within 19 %, see histogram.h */
	double		p95_exec_time;
	double		p99_exec_time;
	double		exec_time_pct;	/* share of the list's total, 0-100 */
} PaStatementSum;

typedef struct PaStatementSums
{
	int			count;
	PaStatementSum *items;		/* ordered by userid, dbid, queryid, toplevel */
} PaStatementSums;

/* All statements of all databases that were called, planned or failed. */
extern PaStatementSums *pa_report_statements(void);

/* qsort comparator of PaStatement: by statement, then by plan. */
extern void pa_report_sort_statements(PaStatementList *list);
extern bool pa_report_same_statement(const PaStatementKey *a, const PaStatementKey *b);

extern double pa_report_exec_percentile(const uint64 *histogram, double fraction,
										const PaCounters *counters);
extern double pa_report_mean(const PaTimeStats *stats);
extern double pa_report_cpu_time(const PaCounters *counters, double sampled);

#endif							/* PA_REPORT_STATEMENTS_H */

/*-------------------------------------------------------------------------
 *
 * workload.h
 *		The statements of this database that advice is made for.
 *
 * IDENTIFICATION
 *		src/report/workload.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_WORKLOAD_H
#define PA_REPORT_WORKLOAD_H

#include "nodes/pg_list.h"

#include "base/statement.h"
#include "report/ignore_rules.h"

#define PA_MAX_WORKLOAD 200		/* statements, the heaviest ones */

/* One statement, summed over its plans and over both nesting kinds. */
typedef struct PaWorkloadStatement
{
	PaShapeKey	shape;
	PaStatementKey last_plan;	/* the plan called last */
	int64		calls;			/* cancelled ones included, also in the times */
	double		total_exec_time;	/* msec */
	double		own_exec_time;	/* msec, without the statements it ran */
	double		present_time;	/* the same, had all calls been run as they are
								 * now: what is to be saved */
	TimestampTz stats_since;
	TimestampTz last_call;
} PaWorkloadStatement;

typedef struct PaWorkload
{
	List	   *statements;		/* of PaWorkloadStatement *, most time first */
} PaWorkload;

/*
 * All statements of this database that were planned (of PaWorkloadStatement *),
 * be they called once, most time first; in CurrentMemoryContext.
 */
extern List *pa_report_planned_statements(void);

/*
 * The statements of this database that were planned, and called or cancelled at least
 * twice, at most PA_MAX_WORKLOAD; in CurrentMemoryContext.  Those of users
 * and applications that a rule excludes are left out.  With a queryid, only those that have
 * it, be it called once.
 */
extern PaWorkload *pa_report_workload(const PaIgnoreRules *rules,
									  const int64 *queryid);

#endif							/* PA_REPORT_WORKLOAD_H */

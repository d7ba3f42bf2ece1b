/*-------------------------------------------------------------------------
 *
 * index_hints.h
 *		Where something else than an index is missing.
 *
 * IDENTIFICATION
 *		src/report/index_hints.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_INDEX_HINTS_H
#define PA_REPORT_INDEX_HINTS_H

#include "nodes/pg_list.h"

/* One piece of advice about one table, for all statements that it fits. */
typedef struct PaIndexHint
{
	const char *kind;			/* "cast" and so on, see index_hints.c */
	const char *severity;		/* "warning" or "info" */
	Oid			relid;
	const char *schemaname;
	const char *relname;
	char	   *column_name;	/* or columns; NULL: none in particular */
	int			nqueryids;
	int64	   *queryids;		/* most time first */
	int64		calls;			/* of those statements */
	double		total_exec_time;	/* of those statements, msec */
	char	   *hint;
	char	   *fix;			/* SQL to run, or how to write the condition */
} PaIndexHint;

/*
 * List of PaIndexHint *, most time first, in CurrentMemoryContext.  Plans the
 * workload again once, for perf_advisor.advisor_deadline at most; callers
 * must be VOLATILE and PARALLEL UNSAFE.
 */
extern List *pa_report_index_hints(void);

#endif							/* PA_REPORT_INDEX_HINTS_H */

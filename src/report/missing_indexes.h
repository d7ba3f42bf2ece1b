/*-------------------------------------------------------------------------
 *
 * missing_indexes.h
 *		The indexes that this database's statements lack.
 *
 * IDENTIFICATION
 *		src/report/missing_indexes.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_MISSING_INDEXES_H
#define PA_REPORT_MISSING_INDEXES_H

#include "base/index_advice.h"
#include "report/workload.h"

/* An index worth creating. */
typedef struct PaMissingIndex
{
	int64		finding_id;
	Oid			relid;
	const char *schemaname;
	const char *relname;
	char	   *index_ddl;
	int			nkeys;
	char	   *key_columns[PA_MAX_INDEX_KEYS];
	int			nqueryids;
	int64	   *queryids;		/* most time first */
	int64		calls;			/* of those statements */
	double		total_exec_time;	/* of those statements, msec */
	double		cost_before;	/* planner units a call, mean over the calls */
	double		cost_after;
	double		est_saved_time; /* msec a day */
	double		est_saved_pct;	/* of their time as they are run now, 0-100 */
	int64		est_index_size; /* bytes */
	int64		table_size;		/* bytes */
	char	   *reason;
	int			ncaveats;
	char	  **caveats;
	const char *confidence;		/* "high", "medium" or "low" */
	TimestampTz watched_since;
} PaMissingIndex;

/* A statement that was not, or not fully, looked at. */
typedef struct PaSkippedStatement
{
	const PaWorkloadStatement *statement;
	const char *reason;
} PaSkippedStatement;

typedef struct PaIndexAdvice
{
	TimestampTz made_at;
	List	   *indexes;		/* of PaMissingIndex *, largest saving first */
	List	   *skipped;		/* of PaSkippedStatement *, most time first */
} PaIndexAdvice;

/*
 * Analyses the workload; takes perf_advisor.advisor_deadline at most.  The
 * result lives in CurrentMemoryContext.  Callers must be VOLATILE and
 * PARALLEL UNSAFE.
 */
extern PaIndexAdvice *pa_report_missing_indexes(void);

#endif							/* PA_REPORT_MISSING_INDEXES_H */

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
#include "base/table_writes.h"
#include "report/workload.h"

/* What a caller may ask of a run of the advisor. */
typedef struct PaAdvisorOptions
{
	bool		one_statement;	/* only queryid counts */
	int64		queryid;
	int64		storage_budget; /* bytes of all new indexes, -1: no limit */
	int			deadline;		/* msec, 0: none */
	bool		explain;		/* the plans of finding_id are wanted */
	int64		finding_id;
	bool		only_hints;		/* nothing is chosen */
} PaAdvisorOptions;

/* A statement that an index would serve, over all its users. */
typedef struct PaServedStatement
{
	PaShapeKey	shape;			/* of the user with the most time */
	int64		calls;
	double		present_time;	/* own msec, as it is run now */
	double		cost_before;	/* planner units a call */
	double		cost_after;
	double		saved;			/* msec in the window */
	double		weight;			/* calls of the trees that use the index */
	double		est_saved_time; /* msec a day */
	char	   *plan_before;	/* only of the finding to explain */
	char	   *plan_after;
} PaServedStatement;

/* An index worth creating. */
typedef struct PaMissingIndex
{
	int64		finding_id;
	const PaIndexSpec *spec;
	Oid			relid;
	const char *schemaname;
	const char *relname;
	char	   *index_ddl;
	char	   *ddl_script;		/* steps that do not block, or NULL where
								 * index_ddl is enough */
	const char *access_method;
	int			nkeys;
	char	   *key_columns[PA_MAX_INDEX_KEYS]; /* or expressions */
	int			nincluded;
	char	   *include_columns[PA_MAX_INCLUDED];
	char	   *predicate;		/* NULL: all rows */
	PaWriteCost write_cost;
	char	   *replaces;		/* existing index that it makes redundant, or
								 * NULL */
	int			nqueryids;
	int64	   *queryids;		/* most time first */
	List	   *statements;		/* of PaServedStatement *, in the same order */
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
	List	   *recorded;		/* of PaWorkloadStatement *: the workload */
	int			planner_calls;
	bool		deadline_hit;
} PaIndexAdvice;

/*
 * Analyses the workload; without options (NULL) all of it, without limit of
 * space, for perf_advisor.advisor_deadline at most.  The
 * result lives in CurrentMemoryContext.  Callers must be VOLATILE and
 * PARALLEL UNSAFE.
 */
extern PaIndexAdvice *pa_report_missing_indexes(const PaAdvisorOptions *options);

#endif							/* PA_REPORT_MISSING_INDEXES_H */

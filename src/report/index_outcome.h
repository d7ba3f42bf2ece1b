/*-------------------------------------------------------------------------
 *
 * index_outcome.h
 *		What an index has done for the statements that use it.
 *
 * IDENTIFICATION
 *		src/report/index_outcome.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_INDEX_OUTCOME_H
#define PA_REPORT_INDEX_OUTCOME_H

#include "nodes/pg_list.h"

/* One statement of this database, over all its users. */
typedef struct PaIndexOutcome
{
	int64		queryid;
	int64		calls_before;	/* by plans without the index, from before */
	double		time_before;	/* own msec of those calls */
	int64		calls_after;	/* by plans with it */
	double		time_after;
} PaIndexOutcome;

/*
 * List of PaIndexOutcome *, one for each statement that a plan with the index,
 * or with one of its partitions' indexes, was recorded and sampled for;
 * palloc'd in CurrentMemoryContext.
 */
extern List *pa_report_index_outcomes(Oid indexid);

#endif							/* PA_REPORT_INDEX_OUTCOME_H */

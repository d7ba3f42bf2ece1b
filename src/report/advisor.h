/*-------------------------------------------------------------------------
 *
 * advisor.h
 *		One run of the index advisor, between its steps.
 *
 * Only for the files that make up the advisor: advisor.c plans and chooses,
 * index_findings.c words what was chosen, missing_indexes.c calls both.
 *
 * IDENTIFICATION
 *		src/report/advisor.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_ADVISOR_H
#define PA_REPORT_ADVISOR_H

#include "analyze/cost_matrix.h"
#include "base/query_tree.h"
#include "report/missing_indexes.h"
#include "report/workload.h"
#include "whatif/whatif.h"

/* One stored tree of a statement: what is planned again. */
typedef struct PaAdvisorSubject
{
	const PaWorkloadStatement *statement;
	const PaStoredTree *tree;
	double		share;			/* of the statement: 1 / number of its trees */
	double		planning_time;	/* msec that one planning took lately */
	bool		has_values;		/* planned with the values it was run with */
	PaWhatifStatement *whatif;
	List	   *relations;		/* of PaRelationUse * */
} PaAdvisorSubject;

typedef struct PaAdvisor
{
	MemoryContext context;		/* where all of it lives */
	PaAdvisorOptions options;
	TimestampTz started;
	TimestampTz deadline;		/* 0: none */
	bool		deadline_hit;
	bool		asked_enough;
	PaWorkload *workload;
	List	   *subjects;		/* of PaAdvisorSubject *; numbered as the
								 * matrix' statements */
	PaCostMatrix *matrix;
	List	   *updates;		/* of PaColumnUpdates * */
	int			planner_calls;	/* plannings made, vectors counted one by one */
	Bitmapset  *chosen;			/* candidates of the matrix */
	List	   *skipped;		/* of PaSkippedStatement * */
} PaAdvisor;

/* advisor.c */
extern PaAdvisor *pa_advisor_run(const PaAdvisorOptions *options);
extern void pa_advisor_close(PaAdvisor *advisor);

/* index_findings.c: List of PaMissingIndex *, largest saving first */
extern List *pa_advisor_findings(const PaAdvisor *advisor);

#endif							/* PA_REPORT_ADVISOR_H */

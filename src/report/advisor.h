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

/* What is known of a chosen index besides what its statements cost. */
typedef struct PaAdvisorChoice
{
	int			candidate;		/* of the matrix */
	int64		size;			/* estimated, bytes */
	PaWriteCost write_cost;
	List	   *replaces;		/* of PaIndexSpec *: existing indexes that it
								 * makes redundant */
	bool		verified;		/* every statement that uses it was planned with
								 * all of its vectors */
	bool		risky;			/* its gain hangs on meeting the wanted rows
								 * early: LIMIT and a further condition */
	List	   *tempted;		/* of PaWorkloadStatement *: not served by it, and
								 * may bet on it all the same */
} PaAdvisorChoice;

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
	List	   *writes;			/* of PaTableWrites * */
	int			planner_calls;	/* plannings made, vectors counted one by one */
	Bitmapset  *chosen;			/* candidates of the matrix */
	List	   *choices;		/* of PaAdvisorChoice *, one for each of them */
	List	   *skipped;		/* of PaSkippedStatement * */
} PaAdvisor;

/* advisor.c */
extern PaAdvisor *pa_advisor_run(const PaAdvisorOptions *options);
extern void pa_advisor_close(PaAdvisor *advisor);

/* What is known of a chosen candidate; NULL when it was not chosen. */
extern const PaAdvisorChoice *pa_advisor_choice(const PaAdvisor *advisor,
												int candidate);

/* index_findings.c: List of PaMissingIndex *, largest saving first */
extern List *pa_advisor_findings(const PaAdvisor *advisor);

#endif							/* PA_REPORT_ADVISOR_H */

/*-------------------------------------------------------------------------
 *
 * advisor.h
 *		One run of the index advisor, between its steps.
 *
 * Only for the files that make up the advisor: advisor.c drives the steps,
 * advisor_open.c begins, advisor_answer.c plans what the selection wants to
 * know, advisor_verify.c looks at the outcome, index_findings.c words it,
 * missing_indexes.c calls all of them.
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
#include "report/ignore_rules.h"
#include "report/missing_indexes.h"
#include "report/workload.h"
#include "whatif/whatif.h"

/* Plannings of one run, opening and verifying included. */
#define PA_MAX_PLANNER_CALLS 3000

/* One stored tree of a statement: what is planned again. */
typedef struct PaAdvisorSubject
{
	const PaWorkloadStatement *statement;
	const PaStoredTree *tree;
	double		share;			/* of the statement: 1 / number of its trees; 0
								 * when another tree stands for this one too */
	double		planning_time;	/* msec that one planning took lately */
	bool		has_values;		/* planned with the values it was run with */
	bool		weighed;		/* its vectors were weighed, see
								 * advisor_answer.c */
	double		best_cost;		/* with all of its own candidates, once weighed */
	bool		verified;		/* planned with the chosen indexes and all vectors */
	PaWhatifStatement *whatif;
	List	   *relations;		/* of PaRelationUse * */
	Bitmapset  *bets;			/* candidates that it must not be served by */
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
	PaIgnoreRules *rules;
	PaWorkload *workload;
	List	   *subjects;		/* of PaAdvisorSubject *; numbered as the
								 * matrix' statements */
	PaCostMatrix *matrix;
	List	   *writes;			/* of PaTableWrites * */
	uint64		plannings_before;	/* made in the session until it began */
	int			planner_calls;	/* plannings made, vectors counted one by one */
	Bitmapset  *priced;			/* candidates whose size is known closely */
	Bitmapset  *chosen;			/* candidates of the matrix */
	List	   *choices;		/* of PaAdvisorChoice *, one for each of them */
	List	   *skipped;		/* of PaSkippedStatement * */
} PaAdvisor;

/* ---- advisor.c ---- */

extern PaAdvisor *pa_advisor_run(const PaAdvisorOptions *options);
extern void pa_advisor_close(PaAdvisor *advisor);

/* What is known of a chosen candidate; NULL when it was not chosen. */
extern const PaAdvisorChoice *pa_advisor_choice(const PaAdvisor *advisor,
												int candidate);

/* Lists the statement as skipped; for several reasons once, with the first. */
extern void pa_advisor_skip(PaAdvisor *advisor,
							const PaWorkloadStatement *statement,
							const char *reason);

/* True when so many further msec would end after the deadline. */
extern bool pa_advisor_would_be_late(PaAdvisor *advisor, double msec);

/* Plannings made so far. */
extern int	pa_advisor_planner_calls(PaAdvisor *advisor);

/* ---- advisor_open.c ---- */

/* Opens the statements with the most time and enters them into the matrix. */
extern void pa_advisor_open_workload(PaAdvisor *advisor);

/* Adds candidates that no statement has by itself (of PaIndexSpec *). */
extern void pa_advisor_add_shared(PaAdvisor *advisor, const List *specs);

/*
 * Looks closely at how large the chosen ones are, as long as there is time;
 * true when the choice must be made again, as one has another price now.
 */
extern bool pa_advisor_price_chosen(PaAdvisor *advisor, const Bitmapset *chosen);

/* Existing indexes of the table that the candidate makes redundant. */
extern List *pa_advisor_replaced_by(const PaAdvisor *advisor,
									const PaIndexSpec *spec);

/* What the candidate costs the writers of its table. */
extern PaWriteCost pa_advisor_write_cost(const PaAdvisor *advisor,
										 const PaIndexSpec *spec, int64 size);

/* ---- advisor_answer.c ---- */

/*
 * Answers questions of the selection (of PaQuestion *, by statement), as far
 * as there is time.  Returns whether it answered any.
 */
extern bool pa_advisor_answer(PaAdvisor *advisor, const List *questions);

/* ---- advisor_verify.c ---- */

/*
 * Plans what uses the chosen indexes with all vectors.  Returns the chosen
 * ones that make one of them much worse.
 */
extern Bitmapset *pa_advisor_verify(PaAdvisor *advisor);

/* Fills in what is known of each chosen index. */
extern void pa_advisor_describe(PaAdvisor *advisor);

/* ---- index_findings.c: List of PaMissingIndex *, largest saving first ---- */

extern List *pa_advisor_findings(const PaAdvisor *advisor);

#endif							/* PA_REPORT_ADVISOR_H */

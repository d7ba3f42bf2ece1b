/*-------------------------------------------------------------------------
 *
 * index_findings.h
 *		Between index_findings.c, which adds up, and index_words.c, which words.
 *
 * IDENTIFICATION
 *		src/report/index_findings.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_INDEX_FINDINGS_H
#define PA_REPORT_INDEX_FINDINGS_H

#include "catalog/relation_facts.h"
#include "report/advisor.h"

#define PA_MSEC_PER_HOUR (60.0 * 60.0 * 1000.0)
#define PA_MSEC_PER_DAY (24.0 * PA_MSEC_PER_HOUR)

/* Shortest window that is scaled to a day. */
#define PA_MIN_WINDOW PA_MSEC_PER_HOUR

/* What the statements served by one index add up to. */
typedef struct PaServed
{
	const PaAdvisor *advisor;
	int			candidate;
	const PaIndexSpec *spec;
	const PaAdvisorChoice *choice;	/* NULL: nothing is known */
	const PaRelationFacts *table;
	List	   *subjects;		/* of PaAdvisorSubject *, most time first */
	List	   *statements;		/* of PaWorkloadStatement *, without doubles */
	List	   *rows;			/* of PaServedStatement *, one a queryid */
	double		weight;			/* calls, shared among trees */
	double		cost_before;	/* sum over the calls */
	double		cost_after;
	double		saved;			/* msec in the window */
	double		present_time;	/* of the statements, msec, see workload.h */
	bool		explaining;		/* the statements' plans are wanted */
	bool		without_values; /* some were planned without parameter values */
} PaServed;

/*
 * Fill reason, caveats and confidence of a finding whose figures are all
 * there; the window is in msec.
 */
extern void pa_index_words(PaMissingIndex *index, const PaServed *served,
						   double window);

/* Adds what is to be said when so many are advised on the table. */
extern void pa_index_words_among(PaMissingIndex *index, int count);

#endif							/* PA_REPORT_INDEX_FINDINGS_H */

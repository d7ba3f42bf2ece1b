/*-------------------------------------------------------------------------
 *
 * drop_statement.h
 *		What dropping an index does to one statement.
 *
 * IDENTIFICATION
 *		src/report/drop_statement.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_DROP_STATEMENT_H
#define PA_REPORT_DROP_STATEMENT_H

#include "report/workload.h"

typedef enum PaDropOutcome
{
	PA_DROP_NOT_CONCERNED,		/* does not read the tables */
	PA_DROP_NO_CHANGE,			/* the plan neither uses nor misses the index */
	PA_DROP_USES,				/* the plan reads the index */
	PA_DROP_MISSES,				/* it does not, and changes without it */
	PA_DROP_FAILS,				/* its ON CONFLICT needs the index */
	PA_DROP_REFUSED				/* not planned */
} PaDropOutcome;

typedef struct PaDropStatement
{
	PaDropOutcome outcome;
	double		cost_before;	/* planner units: mean over trees and vectors */
	double		cost_after;
	bool		shape_changed;	/* not only its costs */
	char	   *change;			/* of the plan with the largest loss; or NULL */
	List	   *instead;		/* OidList: indexes read instead */
	const char *refusal;		/* of PA_DROP_REFUSED, and of a part otherwise */
} PaDropStatement;

/*
 * Plans the statement's trees that read one of the tables (OidList) with the
 * indexes (OidList: one, and its partitions) and without them.
 */
extern void pa_drop_statement(const PaWorkloadStatement *statement, const List *tables,
							  List *indexids, PaDropStatement *result);

/* The same when there is no time to plan: refused if it reads one of the tables. */
extern void pa_drop_postpone(const PaWorkloadStatement *statement, const List *tables,
							 PaDropStatement *result);

#endif							/* PA_REPORT_DROP_STATEMENT_H */

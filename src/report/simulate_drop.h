/*-------------------------------------------------------------------------
 *
 * simulate_drop.h
 *		What would happen to this database if an index were dropped.
 *
 * IDENTIFICATION
 *		src/report/simulate_drop.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_SIMULATE_DROP_H
#define PA_REPORT_SIMULATE_DROP_H

#include "nodes/pg_list.h"

#include "base/statement.h"

/* One consequence. */
typedef struct PaDropEffect
{
	const char *kind;
	bool		is_statement;	/* the fields down to indexes are of one */
	PaShapeKey	shape;
	int64		calls;
	double		mean_exec_time; /* msec */
	double		cost_before;	/* planner units, -1 unknown */
	double		cost_after;		/* the same */
	double		est_lost_time;	/* msec a day, -1 unknown */
	char	   *plan_change;	/* NULL: none, or unknown */
	List	   *instead;		/* of char *: indexes that plans turn to */
	char	   *reason;
} PaDropEffect;

typedef struct PaDropReport
{
	List	   *effects;		/* of PaDropEffect *: what is not a plan first, then
								 * statements, most lost time first */
	PaDropEffect total;
	double		est_lost_pct;	/* of what all recorded statements take, 0-100;
								 * -1 unknown: not all could be planned */
	int			unplanned;		/* statements that read the table, without answer */
} PaDropReport;

/*
 * Plans every recorded statement of this database that reads the index's table
 * with the index and without it, for perf_advisor.advisor_deadline at most.
 * An error when it is no index that can be judged.  The result lives in
 * CurrentMemoryContext.  Callers must be VOLATILE and PARALLEL UNSAFE.
 */
extern PaDropReport *pa_report_simulate_drop(Oid indexid);

#endif							/* PA_REPORT_SIMULATE_DROP_H */

/*-------------------------------------------------------------------------
 *
 * scan_samples.h
 *		The sampled scans of this database's statements, scaled to all their
 *		executions.  Only for files of report/.
 *
 * IDENTIFICATION
 *		src/report/scan_samples.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_SCAN_SAMPLES_H
#define PA_REPORT_SCAN_SAMPLES_H

#include "base/scan.h"
#include "base/statement.h"
#include "report/scans.h"

/* One scan node of one plan of one statement. */
typedef struct PaScanSample
{
	Oid			relid;
	int			kind;			/* PaScanKind */
	int			plan;			/* number of the statement's plan in the list */
	PaShapeKey	shape;
	int64		calls;			/* of the plan */
	int64		sampled_calls;	/* of these, how many were looked at */
	double		scans;			/* this and the next two: all calls together */
	double		rows_read;
	double		rows_kept;
	double		time;			/* msec, see pa_report_scan_samples() */
	bool		timed;			/* the next is known */
	double		node_time;		/* msec inside the node, all calls together */
	const char *nodes;			/* the filter, NULL if none */
	const char *predicate;		/* the filter as SQL, filled by the reader */
} PaScanSample;

typedef struct PaScanSamples
{
	int			count;
	int			space;			/* items allocated */
	PaScanSample *items;
	double		total_time;		/* msec, execution of all statements */
} PaScanSamples;

extern PaScanSamples *pa_report_scan_samples(void);

/*
 * The table, or NULL when it is gone or not of interest.  *locked tells
 * whether it could be locked; then pa_report_close_table() must follow.
 */
extern PaScannedTable *pa_report_open_table(Oid relid, bool *locked);
extern void pa_report_close_table(Oid relid, bool locked);

#endif							/* PA_REPORT_SCAN_SAMPLES_H */

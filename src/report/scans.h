/*-------------------------------------------------------------------------
 *
 * scans.h
 *		What the recorded statements of this database read, by table.
 *
 * IDENTIFICATION
 *		src/report/scans.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_SCANS_H
#define PA_REPORT_SCANS_H

#include "base/statement.h"

#define PA_TOP_QUERYIDS 5

/* The table of a row, as it is today. */
typedef struct PaScannedTable
{
	Oid			relid;
	char	   *schemaname;
	char	   *relname;
	int64		table_size;		/* bytes; -1: locked by somebody, unknown */
} PaScannedTable;

/* Sequential scans of one table by one statement with one filter. */
typedef struct PaSeqScan
{
	PaScannedTable *table;
	PaShapeKey	shape;			/* of one of the users who ran it */
	char	   *predicate;		/* SQL; NULL: none, or it can't be shown */
	int64		calls;			/* executions of the plans with this scan */
	int64		sampled_calls;	/* of these, how many were looked at */
	double		scans;			/* times the table was scanned */
	double		rows_read;
	double		rows_kept;
	double		total_time;		/* msec */
	double		exec_time_pct;	/* of this database's execution time */
	int64		timed_calls;	/* calls of the plans that were timed */
	double		node_time;		/* msec inside the scan, of these */
} PaSeqScan;

typedef struct PaSeqScanList
{
	int			count;
	PaSeqScan  *items;			/* most time first */
} PaSeqScanList;

extern PaSeqScanList *pa_report_seq_scans(void);

/* All scans of one table. */
typedef struct PaTableAccess
{
	PaScannedTable *table;
	int64		calls;
	int64		sampled_calls;
	double		seq_scan;		/* sequential scans */
	double		seq_tup_read;	/* rows they read */
	double		idx_scan;		/* scans by an index, bitmap scans included */
	double		idx_tup_fetch;	/* rows of the table they read */
	double		rows_removed;	/* by the filters of either */
	double		total_time;		/* msec */
	double		exec_time_pct;
	int			nqueryids;
	int64		top_queryids[PA_TOP_QUERYIDS];	/* most time first */
} PaTableAccess;

typedef struct PaTableAccessList
{
	int			count;
	PaTableAccess *items;		/* most time first */
} PaTableAccessList;

extern PaTableAccessList *pa_report_table_access(void);

#endif							/* PA_REPORT_SCANS_H */

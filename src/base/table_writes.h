/*-------------------------------------------------------------------------
 *
 * table_writes.h
 *		What is written to a table: the price of a further index.
 *
 * IDENTIFICATION
 *		src/base/table_writes.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_BASE_TABLE_WRITES_H
#define PA_BASE_TABLE_WRITES_H

#include "access/attnum.h"
#include "nodes/pg_list.h"

/* A column that the workload's UPDATEs set. */
typedef struct PaColumnUpdates
{
	Oid			relid;
	AttrNumber	attnum;
	int64		calls;			/* of statements that set it */
	double		rows;			/* that they updated */
} PaColumnUpdates;

/* Rows written in the window that the workload's time is of. */
typedef struct PaTableWrites
{
	Oid			relid;
	double		inserts;
	double		updates;		/* all of them */
	double		hot_updates;	/* those that touched no index */
	double		deletes;
	List	   *columns;		/* of PaColumnUpdates *, of this table */
} PaTableWrites;

/* What one index would cost those writes. */
typedef struct PaWriteCost
{
	double		msec;			/* in the same window */
	double		ratio;			/* time to write with it / without it, >= 1 */
	double		hot_loss_pct;	/* share of today's HOT updates that it would
								 * end, 0-100 */
} PaWriteCost;

#endif							/* PA_BASE_TABLE_WRITES_H */

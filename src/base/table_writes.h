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

#include "nodes/bitmapset.h"
#include "nodes/pg_list.h"

/* Columns that some UPDATEs of the workload set together. */
typedef struct PaColumnUpdates
{
	Bitmapset  *attnums;
	int64		calls;			/* of those statements */
	double		rows;			/* that they updated */
} PaColumnUpdates;

/*
 * Rows written to a table in the window that the workload's time is of.  What
 * is written to a partition counts for the root of its tree, in the root's
 * attribute numbers, because that is what an index is proposed for.
 */
typedef struct PaTableWrites
{
	Oid			relid;
	double		inserts;
	double		loaded;			/* those of them that came many in a call */
	double		updates;		/* all of them */
	double		hot_updates;	/* those that touched no index */
	double		deletes;
	List	   *columns;		/* of PaColumnUpdates *: what the updates set */
	int			nindexes;		/* that it has today */
	bool		brin_keeps_hot; /* a BRIN index does not end HOT updates */
} PaTableWrites;

/* What one index would cost those writes. */
typedef struct PaWriteCost
{
	double		msec;			/* in the same window */
	double		ratio;			/* time to write with it / without it, >= 1 */
	double		hot_loss_pct;	/* share of today's HOT updates that it would
								 * end, 0-100 */
} PaWriteCost;

/* What keeping an existing index up to date takes of those writes. */
typedef struct PaIndexUpkeep
{
	double		entries;		/* written in the window */
	double		msec;			/* in the same window */
} PaIndexUpkeep;

#endif							/* PA_BASE_TABLE_WRITES_H */

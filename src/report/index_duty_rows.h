/*-------------------------------------------------------------------------
 *
 * index_duty_rows.h
 *		What the indexes of this database are there for, and what they cost.
 *
 * IDENTIFICATION
 *		src/report/index_duty_rows.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_INDEX_DUTY_ROWS_H
#define PA_REPORT_INDEX_DUTY_ROWS_H

#include "catalog/index_duties.h"

/* One index; of a partitioned table's the duties of its partitions, too. */
typedef struct PaIndexDutyRow
{
	const PaIndexDuties *duties;
	bool		is_replica_identity;	/* it or a partition of it, so are these */
	bool		is_clustered;
	bool		is_fk_target;
	bool		is_apply_target;
	bool		supports_fk;	/* of a parent with deletes or key updates */
	bool		is_statistics;	/* only source of statistics of an expression
								 * that a recorded statement has */
	bool		is_extension;	/* of an extension's table */
	bool		is_ignored;		/* by ignore_rules */
	bool		table_used;		/* recorded statements read or wrote the table */
	int64		fk_check_uses;	/* executions of recorded foreign-key checks */
	int64		size;			/* bytes, with partitions */
	double		entries;		/* written a day, -1 unknown */
	double		write_time;		/* msec a day, -1 unknown */
	char	   *duties_text;	/* all in words; NULL: none */
} PaIndexDutyRow;

/*
 * List of PaIndexDutyRow *, one for each index of the database but for those
 * that are partitions of another; palloc'd in CurrentMemoryContext.  Without the
 * library preloaded nothing is known of statements.
 */
extern List *pa_report_index_duty_rows(void);

#endif							/* PA_REPORT_INDEX_DUTY_ROWS_H */

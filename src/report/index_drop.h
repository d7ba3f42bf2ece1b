/*-------------------------------------------------------------------------
 *
 * index_drop.h
 *		The statement that drops an existing index, and what brings it back.
 *
 * IDENTIFICATION
 *		src/report/index_drop.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_INDEX_DROP_H
#define PA_REPORT_INDEX_DROP_H

/*
 * Everything is qualified with its schema and means the same under any
 * search_path; all texts are palloc'd.
 *
 * "fix" is one statement: DROP INDEX CONCURRENTLY, without CONCURRENTLY for
 * the index of a partitioned table, which knows none, and ALTER TABLE .. DROP
 * CONSTRAINT for the index of a constraint.
 *
 * "undo" makes the same index again, with its name, storage parameters and
 * tablespace.  For the index of a partitioned table these are several
 * statements, that of the table last, which attaches the others.
 *
 * "undo_rest" is what CREATE INDEX does not do: comment and statistics
 * targets, to be run after undo; NULL when there are none.
 */
typedef struct PaIndexDrop
{
	char	   *fix;
	char	   *undo;
	char	   *undo_rest;
} PaIndexDrop;

/* Why there is no statement to drop an index. */
typedef enum PaIndexDropResult
{
	PA_DROP_OK,
	PA_DROP_GONE,				/* there is no such index any more */
	PA_DROP_ATTACHED,			/* a partition of another index: goes with it */
	PA_DROP_LOCKED				/* somebody holds the index or its table */
} PaIndexDropResult;

/*
 * Fills drop, with NULLs unless the answer is PA_DROP_OK.  Waits for nobody:
 * table and index are locked conditionally (AccessShareLock) while the texts
 * are made.
 */
extern PaIndexDropResult pa_index_drop(Oid indexid, PaIndexDrop *drop);

/*
 * What stands behind the table in CREATE INDEX: USING, keys, WHERE and so on,
 * palloc'd.  NULL when the index is gone or locked.
 */
extern char *pa_index_definition_tail(Oid indexid);

#endif							/* PA_REPORT_INDEX_DROP_H */

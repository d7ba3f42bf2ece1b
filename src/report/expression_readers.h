/*-------------------------------------------------------------------------
 *
 * expression_readers.h
 *		Which expressions over a table occur in recorded statements.
 *
 * IDENTIFICATION
 *		src/report/expression_readers.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_EXPRESSION_READERS_H
#define PA_REPORT_EXPRESSION_READERS_H

#include "nodes/nodes.h"
#include "nodes/pg_list.h"

/* One question. */
typedef struct PaExpressionSought
{
	Oid			relid;
	Node	   *expression;		/* Vars with varno 1 */
	bool		found;			/* the answer */
} PaExpressionSought;

/*
 * Answers all questions (List of PaExpressionSought *) in one pass over the
 * stored trees of this database.  For a partition whose columns are numbered
 * otherwise than its root's every statement that reads the table is taken for
 * one that has the expression.
 */
extern void pa_report_find_readers(List *sought);

#endif							/* PA_REPORT_EXPRESSION_READERS_H */

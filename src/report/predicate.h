/*-------------------------------------------------------------------------
 *
 * predicate.h
 *		A stored filter as SQL.
 *
 * IDENTIFICATION
 *		src/report/predicate.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_PREDICATE_H
#define PA_REPORT_PREDICATE_H

#include "nodes/nodes.h"

/*
 * The filter as SQL with $n for constants, palloc'd; NULL when the relation's
 * columns or an object in the filter changed since it was stored.  The caller
 * holds a lock on the relation and has seen that it exists.
 */
extern char *pa_report_predicate_sql(Oid relid, const char *nodes);

/*
 * An expression of today over the relation's columns (varno 1) as SQL that
 * means the same under any search_path, palloc'd; NULL when it cannot be
 * written.
 */
extern char *pa_report_expression_sql(Oid relid, Node *expression);

/* Is an error about the session, not about the stored nodes? */
extern bool pa_report_must_be_raised(int sqlerrcode);

#endif							/* PA_REPORT_PREDICATE_H */

/*-------------------------------------------------------------------------
 *
 * errors.c
 *		Brings the store's errors into the order and words of the view.
 *
 * How it is fed: one copy of the store's rows for each call.
 *
 * What guards it: nothing, the copy is the caller's.
 *
 * What does not belong here: columns (sqlapi/errors.c).
 *
 * IDENTIFICATION
 *		src/report/errors.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "report/compare.h"
#include "report/errors.h"
#include "report/query_text.h"

/* qsort comparator: most errors first, then by key. */
static int
compare_errors(const void *left, const void *right)
{
	const PaErrorRow *a = left;
	const PaErrorRow *b = right;

	COMPARE_FIELD(b->errors, a->errors);
	COMPARE_FIELD(a->shape.dbid, b->shape.dbid);
	COMPARE_FIELD(a->shape.userid, b->shape.userid);
	COMPARE_FIELD(a->shape.queryid, b->shape.queryid);
	COMPARE_FIELD(a->toplevel, b->toplevel);
	COMPARE_FIELD(a->sqlstate, b->sqlstate);
	return 0;
}

PaErrorList *
pa_report_errors(void)
{
	PaErrorList *list = pa_store_read_errors();

	qsort(list->items, list->count, sizeof(PaErrorRow), compare_errors);
	return list;
}

char *
pa_report_sqlstate(const PaErrorRow *row)
{
	/* NB: it gives a static buffer */
	return row->sqlstate != 0 ? pstrdup(unpack_sql_state(row->sqlstate)) : NULL;
}

char *
pa_report_error_text(const PaErrorRow *row)
{
	if (row->shape.queryid == 0 && !row->evicted)
		return NULL;
	return pa_report_query_text(&row->shape);
}

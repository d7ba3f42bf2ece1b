/*-------------------------------------------------------------------------
 *
 * query_text.h
 *		The text of a statement as the present user may see it.
 *
 * IDENTIFICATION
 *		src/report/query_text.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_QUERY_TEXT_H
#define PA_REPORT_QUERY_TEXT_H

#include "base/statement.h"

/* Shown in place of a text that the present user may not see. */
#define PA_REPORT_HIDDEN "<insufficient privilege>"

/* True when the present user may see that user's texts and queryids. */
extern bool pa_report_may_see(Oid userid);

/* The same for one statement; the <evicted> rows are everybody's. */
static inline bool
pa_report_may_see_statement(const PaShapeKey *shape)
{
	return shape->queryid == 0 || pa_report_may_see(shape->userid);
}

/*
 * The normalised text in the database's encoding, palloc'd; "<evicted>" for
 * queryid 0, "<insufficient privilege>" when the present user may not see it,
 * NULL when none is stored.  Never raises for a text that this database
 * cannot represent.
 */
extern char *pa_report_query_text(const PaShapeKey *shape);

/* A text in that encoding as one of this database's; never raises. */
extern char *pa_report_convert_text(char *text, int encoding);

#endif							/* PA_REPORT_QUERY_TEXT_H */

/*-------------------------------------------------------------------------
 *
 * errors.h
 *		The statements that failed, by SQLSTATE.
 *
 * IDENTIFICATION
 *		src/report/errors.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_ERRORS_H
#define PA_REPORT_ERRORS_H

#include "store/store.h"

/* All errors of all databases, most errors first, in CurrentMemoryContext. */
extern PaErrorList *pa_report_errors(void);

/* The five characters of an SQLSTATE, palloc'd; NULL for a sum of several. */
extern char *pa_report_sqlstate(const PaErrorRow *row);

/*
 * The statement's text as pa_report_query_text() gives it; NULL for errors of
 * no statement, which show nothing that could be hidden.
 */
extern char *pa_report_error_text(const PaErrorRow *row);

#endif							/* PA_REPORT_ERRORS_H */

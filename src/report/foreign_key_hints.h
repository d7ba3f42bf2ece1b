/*-------------------------------------------------------------------------
 *
 * foreign_key_hints.h
 *		Foreign keys without an index, for which no statement asks.
 *
 * IDENTIFICATION
 *		src/report/foreign_key_hints.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_FOREIGN_KEY_HINTS_H
#define PA_REPORT_FOREIGN_KEY_HINTS_H

#include "report/advisor.h"
#include "report/index_hints.h"

/* Appends theirs to a List of PaIndexHint *, and gives that. */
extern List *pa_foreign_key_hints(List *hints, const PaAdvisor *advisor);

#endif							/* PA_REPORT_FOREIGN_KEY_HINTS_H */

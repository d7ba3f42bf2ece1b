/*-------------------------------------------------------------------------
 *
 * whatif.h
 *		What a caller's query would cost with indexes of the caller's choice.
 *
 * IDENTIFICATION
 *		src/report/whatif.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_WHATIF_H
#define PA_REPORT_WHATIF_H

#include "base/index_advice.h"

/*
 * Plan query without and with the indexes that the CREATE INDEX statements
 * in ddl would make.  The answer is palloc'd; errors go to the caller.
 */
extern void pa_report_whatif(const char *query, char **ddl, int nddl,
							 PaWhatifAnswer *answer);

#endif							/* PA_REPORT_WHATIF_H */

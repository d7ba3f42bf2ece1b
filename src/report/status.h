/*-------------------------------------------------------------------------
 *
 * status.h
 *		The checks of perf_advisor.status().
 *
 * IDENTIFICATION
 *		src/report/status.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_STATUS_H
#define PA_REPORT_STATUS_H

#include "nodes/pg_list.h"

typedef struct PaStatusItem
{
	const char *item;
	char	   *value;
	bool		ok;
	char	   *hint;			/* NULL: nothing to do */
} PaStatusItem;

/* List of PaStatusItem *; answers without the library preloaded too. */
extern List *pa_report_status(void);

#endif							/* PA_REPORT_STATUS_H */

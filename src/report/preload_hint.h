/*-------------------------------------------------------------------------
 *
 * preload_hint.h
 *		Says how to load the library at server start when it is not.
 *
 * IDENTIFICATION
 *		src/report/preload_hint.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_PRELOAD_HINT_H
#define PA_REPORT_PRELOAD_HINT_H

/* Full sentences, palloc'd: what to do so that the library is preloaded. */
extern char *pa_report_preload_hint(void);

#endif							/* PA_REPORT_PRELOAD_HINT_H */

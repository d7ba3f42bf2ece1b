/*-------------------------------------------------------------------------
 *
 * preload.h
 *		Says how to load the library at server start when it is not.
 *
 * IDENTIFICATION
 *		src/sqlapi/preload.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_SQLAPI_PRELOAD_H
#define PA_SQLAPI_PRELOAD_H

/* Raises an error with the way out unless the library was preloaded. */
extern void pa_require_preloaded(void);

/* A full sentence or two: what to do so that it is preloaded; palloc'd. */
extern char *pa_preload_hint(void);

#endif							/* PA_SQLAPI_PRELOAD_H */

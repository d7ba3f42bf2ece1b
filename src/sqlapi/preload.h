/*-------------------------------------------------------------------------
 *
 * preload.h
 *		The error of every function that needs the preloaded library.
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

#endif							/* PA_SQLAPI_PRELOAD_H */

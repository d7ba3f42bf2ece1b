/*-------------------------------------------------------------------------
 *
 * export.h
 *		Marks what the server looks up in the library; all else is hidden, so
 *		that calls inside it are direct and no name meets another extension's.
 *
 * 16 builds extensions with hidden visibility and marks the macros of fmgr.h
 * (089480c077); 15 leaves PGDLLEXPORT empty.
 *
 * IDENTIFICATION
 *		src/compat/export.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_EXPORT_H
#define PA_COMPAT_EXPORT_H

#include "fmgr.h"

#if PG_VERSION_NUM < 160000
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#endif

/* Declares a function that SQL calls. */
#define PA_SQL_FUNCTION(name) \
extern PGDLLEXPORT Datum name(PG_FUNCTION_ARGS); \
PG_FUNCTION_INFO_V1(name)

#endif							/* PA_COMPAT_EXPORT_H */

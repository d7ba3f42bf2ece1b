/*-------------------------------------------------------------------------
 *
 * scanner.h
 *		Using core's scanner on a text that was parsed before.
 *
 * IDENTIFICATION
 *		src/compat/scanner.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_SCANNER_H
#define PA_COMPAT_SCANNER_H

#include "parser/scanner.h"

/*
 * Keeps the scanner from warning about backslashes in plain strings.  19 has
 * no such warning any more: standard_conforming_strings is always on there,
 * and escape_string_warning is gone with it.
 */
static inline void
pa_scanner_mute(core_yy_extra_type *extra)
{
#if PG_VERSION_NUM < 190000
	extra->escape_string_warning = false;
#else
	(void) extra;
#endif
}

#endif							/* PA_COMPAT_SCANNER_H */

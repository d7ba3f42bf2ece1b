/*-------------------------------------------------------------------------
 *
 * explain.h
 *		What differs between server versions around EXPLAIN's code.
 *
 * 18 moves ExplainState to a header of its own (commands/explain_state.h).
 *
 * IDENTIFICATION
 *		src/compat/explain.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_EXPLAIN_H
#define PA_COMPAT_EXPLAIN_H

#include "commands/explain.h"
#if PG_VERSION_NUM >= 180000
#include "commands/explain_state.h"
#endif

#endif							/* PA_COMPAT_EXPLAIN_H */

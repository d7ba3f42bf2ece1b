/*-------------------------------------------------------------------------
 *
 * instrument.h
 *		What differs between server versions in the executor's counters of a
 *		plan node.
 *
 * 19 splits the counters of a node off those of any stretch of work.
 *
 * IDENTIFICATION
 *		src/compat/instrument.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_INSTRUMENT_H
#define PA_COMPAT_INSTRUMENT_H

#include "executor/instrument.h"

#if PG_VERSION_NUM >= 190000
typedef NodeInstrumentation PaInstrumentation;
#else
typedef Instrumentation PaInstrumentation;
#endif

/* Gives counters for rows alone, palloc'd. */
static inline PaInstrumentation *
pa_instrument_rows(void)
{
#if PG_VERSION_NUM >= 190000
	return InstrAllocNode(INSTRUMENT_ROWS, false);
#else
	return InstrAlloc(1, INSTRUMENT_ROWS, false);
#endif
}

/* True when the clock is read for the node. */
static inline bool
pa_instrument_timed(const PaInstrumentation *instrument)
{
#if PG_VERSION_NUM >= 190000
	return instrument->instr.need_timer;
#else
	return instrument->need_timer;
#endif
}

/* Gives the time inside the node and those below it, all loops, msec. */
static inline double
pa_instrument_msec(const PaInstrumentation *instrument)
{
#if PG_VERSION_NUM >= 190000
	return INSTR_TIME_GET_MILLISEC(instrument->instr.total);
#else
	return instrument->total * 1000.0;
#endif
}

#endif							/* PA_COMPAT_INSTRUMENT_H */

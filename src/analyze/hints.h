/*-------------------------------------------------------------------------
 *
 * hints.h
 *		Which reasons against an index deserve to be said.
 *
 * Pure: structs in, structs out.
 *
 * IDENTIFICATION
 *		src/analyze/hints.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_ANALYZE_HINTS_H
#define PA_ANALYZE_HINTS_H

#include "base/index_advice.h"

/*
 * List of PaUseHint *, members of use->hints in their order, those of one
 * relation of one statement that are worth telling.  The list is palloc'd in
 * CurrentMemoryContext, NIL when nothing is to be said.
 */
extern List *pa_analyze_hints(const PaRelationUse *use);

/* The statement reads, and throws away, so many rows that an index hardly helps. */
extern bool pa_analyze_has_large_offset(const PaRelationUse *use);

#endif							/* PA_ANALYZE_HINTS_H */

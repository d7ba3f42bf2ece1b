/*-------------------------------------------------------------------------
 *
 * index_spec.h
 *		Comparing b-tree indexes as proposed or as they exist.
 *
 * IDENTIFICATION
 *		src/analyze/index_spec.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_ANALYZE_INDEX_SPEC_H
#define PA_ANALYZE_INDEX_SPEC_H

#include "base/index_advice.h"

/* Same table, columns, order and directions. */
extern bool pa_index_spec_equal(const PaIndexSpec *a, const PaIndexSpec *b);

/*
 * True when the keys of narrow are the leading keys of wide, read forwards
 * or backwards.  True for equal indexes too.
 */
extern bool pa_index_spec_is_prefix(const PaIndexSpec *narrow,
									const PaIndexSpec *wide);

/*
 * True when wide does all that narrow does: its leading keys are narrow's,
 * where the first nequal columns are compared for equality, so that neither
 * their order nor their direction matters.
 */
extern bool pa_index_spec_serves(const PaIndexSpec *wide,
								 const PaIndexSpec *narrow, int nequal);

/* Turns all directions round when the first key descends. */
extern void pa_index_spec_normalize(PaIndexSpec *spec, int first);

#endif							/* PA_ANALYZE_INDEX_SPEC_H */

/*-------------------------------------------------------------------------
 *
 * index_spec.h
 *		Comparing indexes as proposed or as they exist.
 *
 * Expressions and predicates are compared as trees, never as text.
 *
 * IDENTIFICATION
 *		src/analyze/index_spec.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_ANALYZE_INDEX_SPEC_H
#define PA_ANALYZE_INDEX_SPEC_H

#include "base/index_advice.h"

/* Same column, or the same expression; directions do not matter. */
extern bool pa_index_key_same(const PaIndexKey *a, const PaIndexKey *b);

/* True when the key is what the use looks up. */
extern bool pa_index_key_is_use(const PaIndexKey *key, const PaColumnUse *use);

/*
 * Same table, method, keys in order, directions, operator classes, carried
 * columns and predicate.
 */
extern bool pa_index_spec_equal(const PaIndexSpec *a, const PaIndexSpec *b);

/*
 * True when wide might stand in for narrow: the keys of narrow are the
 * leading keys of wide, read forwards or backwards, and wide carries what
 * narrow carries.  True for equal indexes too, and for a b-tree instead of a
 * hash index.  Operator classes are left to the planner: one for LIKE finds
 * equal values as well, but gives no order.
 */
extern bool pa_index_spec_is_prefix(const PaIndexSpec *narrow,
									const PaIndexSpec *wide);

/*
 * True when wide does all that narrow does for a statement: its leading keys
 * are narrow's, where the first nequal columns are compared for equality, so
 * that neither their order nor their direction matters.  Where narrow has a
 * predicate, so must wide.
 */
extern bool pa_index_spec_serves(const PaIndexSpec *wide,
								 const PaIndexSpec *narrow, int nequal);

/*
 * True when the index is superfluous beside "by", whatever statements there
 * are.  Never for a unique one or one that serves a constraint.
 */
extern bool pa_index_spec_is_redundant(const PaIndexSpec *index,
									   const PaIndexSpec *by);

/* True when the column is a key or carried along. */
extern bool pa_index_spec_has_column(const PaIndexSpec *spec, AttrNumber attnum);

/* Writes an ordering the usual way, turning its directions round if need be. */
extern void pa_index_spec_normalize(PaIndexSpec *spec, int first);

#endif							/* PA_ANALYZE_INDEX_SPEC_H */

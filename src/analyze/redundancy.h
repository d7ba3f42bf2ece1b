/*-------------------------------------------------------------------------
 *
 * redundancy.h
 *		Which indexes of a table another one makes superfluous.
 *
 * IDENTIFICATION
 *		src/analyze/redundancy.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_ANALYZE_REDUNDANCY_H
#define PA_ANALYZE_REDUNDANCY_H

#include "base/index_description.h"

/*
 * An index is busy from so many scans on, and another one is large beside it
 * when it takes so many times its bytes, and at least so many more.
 */
#define PA_BUSY_SCANS 1000
#define PA_LARGE_FACTOR 3
#define PA_LARGE_BYTES (1024 * 1024)

/*
 * How far "by" makes "index" superfluous, for whatever statements there are.
 * Not symmetric: of two duplicates either may answer for the other, if each
 * may go.
 */
extern PaRedundancy pa_analyze_redundancy(const PaDescribedIndex *index,
										  const PaDescribedIndex *by);

/* True when the index must stay, whatever other ones there are. */
extern bool pa_analyze_index_must_stay(const PaDescribedIndex *index);

/*
 * Of all valid indexes of one table, those that need not be, as List of
 * PaRedundantIndex *.  All that are said to be superfluous can go at once:
 * "by" is never one of them.
 */
extern List *pa_analyze_redundant_indexes(const List *indexes);

#endif							/* PA_ANALYZE_REDUNDANCY_H */

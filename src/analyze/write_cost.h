/*-------------------------------------------------------------------------
 *
 * write_cost.h
 *		What an index that does not exist would cost the writers of its table.
 *
 * IDENTIFICATION
 *		src/analyze/write_cost.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_ANALYZE_WRITE_COST_H
#define PA_ANALYZE_WRITE_COST_H

#include "base/index_advice.h"
#include "base/table_writes.h"

/*
 * size: of the index, in bytes.  All zero (ratio 1) for a table that is never
 * written, which writes may be NULL for.
 */
extern PaWriteCost pa_analyze_write_cost(const PaTableWrites *writes,
										 const PaIndexSpec *spec, int64 size);

#endif							/* PA_ANALYZE_WRITE_COST_H */

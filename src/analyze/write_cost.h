/*-------------------------------------------------------------------------
 *
 * write_cost.h
 *		What an index costs the writers of its table.
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

/*
 * What an index that exists costs those writes; share: of the rows that it
 * has, 0-1.  HOT updates cost it nothing, or they were none.  All zero for a
 * table that is never written.
 */
extern PaIndexUpkeep pa_analyze_upkeep(const PaTableWrites *writes, Oid method,
									   double share, int64 size);

#endif							/* PA_ANALYZE_WRITE_COST_H */

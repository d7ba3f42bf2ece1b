/*-------------------------------------------------------------------------
 *
 * candidates.h
 *		Which indexes could serve one relation of one statement.
 *
 * Pure: structs in, structs out, no catalog, setting, clock or static state.
 *
 * IDENTIFICATION
 *		src/analyze/candidates.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_ANALYZE_CANDIDATES_H
#define PA_ANALYZE_CANDIDATES_H

#include "base/index_advice.h"

#define PA_MAX_TABLE_CANDIDATES 12	/* proposed for one relation of a statement */
#define PA_MAX_CANDIDATE_KEYS PA_MAX_INDEX_KEYS /* columns of a proposed index */

/*
 * Columns worth carrying along: so many, which add so many bytes to an entry.
 * What needs more is better off with the table.
 */
#define PA_MAX_CARRIED 4
#define PA_MAX_CARRIED_WIDTH 32

/*
 * List of PaIndexSpec * in rule order: where the planner sees hardly any
 * difference between two of them, the earlier one is the better index.
 * palloc'd in CurrentMemoryContext, NIL when there is nothing to propose.
 */
extern List *pa_analyze_candidates(const PaRelationUse *use);

/*
 * True when the index gives the relation nothing but its order under LIMIT
 * although an equality leads to that order: using it would be a bet that
 * matching rows come early.
 */
extern bool pa_analyze_is_bet(const PaRelationUse *use, const PaIndexSpec *spec);

#endif							/* PA_ANALYZE_CANDIDATES_H */

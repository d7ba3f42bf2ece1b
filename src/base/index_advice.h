/*-------------------------------------------------------------------------
 *
 * index_advice.h
 *		Plain structs between the replanner (whatif/), the rules (analyze/)
 *		and the sequence that drives both (report/).
 *
 * whatif/ replans a stored tree and reports, per base relation, how the
 * statement could use an index: PaRelationUse.  analyze/ turns that into
 * ordered candidates: PaIndexSpec.  whatif/ plans again with sets of
 * candidates: PaPlanCost.  analyze/ chooses from the matrix of costs.
 *
 * Attribute numbers are of the relation itself, never of a parent or a view.
 *
 * IDENTIFICATION
 *		src/base/index_advice.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_BASE_INDEX_ADVICE_H
#define PA_BASE_INDEX_ADVICE_H

#include "access/attnum.h"
#include "nodes/pg_list.h"

#define PA_MAX_INDEX_KEYS 4
#define PA_MAX_PLAN_VECTORS 8	/* parameter vectors planned for a statement */

typedef enum PaColumnUseKind
{
	PA_USE_EQUAL,				/* col = constant or parameter */
	PA_USE_IN,					/* col = ANY (array) */
	PA_USE_IS_NULL,
	PA_USE_JOIN,				/* col = other relation's expression */
	PA_USE_RANGE				/* <, <=, >, >=, BETWEEN: one entry a column */
} PaColumnUseKind;

/* One column that an index could look up. */
typedef struct PaColumnUse
{
	AttrNumber	attnum;
	PaColumnUseKind kind;
	double		selectivity;	/* of this clause; of an average value for
								 * PA_USE_JOIN */
	double		typical_selectivity;	/* frequency-weighted mean over all
										 * values: sum of f^2; 0.94 for a
										 * column that is 97 % one value */
	double		ndistinct;		/* absolute count, never negative */
	int			width;			/* average bytes */
} PaColumnUse;

typedef struct PaOrderKey
{
	AttrNumber	attnum;
	bool		descending;
	bool		nulls_first;
} PaOrderKey;

/* An ordering wanted by ORDER BY, GROUP BY, DISTINCT, window or MIN/MAX. */
typedef struct PaOrdering
{
	int			nkeys;			/* all keys belong to this relation */
	PaOrderKey	keys[PA_MAX_INDEX_KEYS];
	bool		limited;		/* only the first rows are wanted */
	bool		grouping;		/* for GROUP BY, DISTINCT or a window only */
} PaOrdering;

/* An index as proposed or as it exists; btree only. */
typedef struct PaIndexSpec
{
	Oid			relid;
	int			nkeys;
	PaOrderKey	keys[PA_MAX_INDEX_KEYS];
} PaIndexSpec;

/* One base relation of one statement. */
typedef struct PaRelationUse
{
	Oid			relid;
	double		tuples;
	double		pages;
	bool		advisable;		/* false: no advice for this relation */
	const char *refusal;		/* why, when not advisable; static text */
	bool		refusal_matters;	/* it may deserve an index all the same */
	List	   *columns;		/* of PaColumnUse * */
	List	   *orderings;		/* of PaOrdering * */
	List	   *existing;		/* of PaIndexSpec *: valid plain btrees without
								 * predicate (their leading plain columns) */
} PaRelationUse;

/* What one planning of one statement with one set of candidates gave. */
typedef struct PaPlanCost
{
	double		total_cost;		/* planner units, mean over the vectors */
	uint64		used;			/* bit i: candidate i of the set is in the plan of
								 * at least one vector */
	int			nvectors;		/* plans made: 1 without vectors */
	double		vector_cost[PA_MAX_PLAN_VECTORS];
} PaPlanCost;

#endif							/* PA_BASE_INDEX_ADVICE_H */

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
 * Attribute numbers are of the relation itself, never of a parent or a view;
 * in expressions and predicates its Vars have varno 1, as in pg_index, and
 * they are simplified as the planner simplifies them.
 *
 * IDENTIFICATION
 *		src/base/index_advice.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_BASE_INDEX_ADVICE_H
#define PA_BASE_INDEX_ADVICE_H

#include "access/attnum.h"
#include "nodes/nodes.h"
#include "nodes/pg_list.h"

#define PA_MAX_INDEX_KEYS 4
#define PA_MAX_INCLUDED 8		/* columns that an index carries along */
#define PA_MAX_PLAN_VECTORS 8	/* parameter vectors planned for a statement */

typedef enum PaColumnUseKind
{
	PA_USE_EQUAL,				/* col = constant or parameter */
	PA_USE_IN,					/* col = ANY (array) */
	PA_USE_IS_NULL,
	PA_USE_JOIN,				/* col = other relation's expression */
	PA_USE_RANGE,				/* <, <=, >, >=, BETWEEN: one entry a column */
	PA_USE_PREFIX,				/* LIKE 'x%' and its kin: a range for opclass */
	PA_USE_SEARCH				/* an operator of method and opclass alone: a
								 * word in a text, a key in a document */
} PaColumnUseKind;

/* One column, or expression, that an index could look up. */
typedef struct PaColumnUse
{
	AttrNumber	attnum;			/* 0: an expression */
	Node	   *expression;		/* NULL for a column */
	PaColumnUseKind kind;
	Oid			method;			/* PA_USE_SEARCH: access method, else 0 */
	Oid			opclass;		/* 0: the default one of a b-tree */
	double		selectivity;	/* of this clause; of an average value for
								 * PA_USE_JOIN */
	bool		guessed;		/* a range whose ends are unknown to the planner:
								 * selectivity is its default */
	double		typical_selectivity;	/* frequency-weighted mean over all
										 * values: sum of f^2; 0.94 for a
										 * column that is 97 % one value */
	double		ndistinct;		/* absolute count, never negative */
	int			width;			/* average bytes */
	double		correlation;	/* of value and place in the table, -1 to 1; 0
								 * unknown */
	bool		hashable;		/* a hash index could serve it */
} PaColumnUse;

/* One key of an index. */
typedef struct PaIndexKey
{
	AttrNumber	attnum;			/* 0: an expression */
	Node	   *expression;		/* NULL for a column */
	Oid			opclass;		/* 0: the type's default one of the method */
	Oid			collation;		/* 0: the column's or the expression's own */
	bool		descending;
	bool		nulls_first;
} PaIndexKey;

/*
 * An ordering wanted by ORDER BY, GROUP BY, DISTINCT, window or MIN/MAX, or
 * the columns of a row comparison.
 */
typedef struct PaOrdering
{
	int			nkeys;			/* all keys belong to this relation */
	PaIndexKey	keys[PA_MAX_INDEX_KEYS];
	bool		limited;		/* only the first rows are wanted */
	bool		grouping;		/* for GROUP BY or DISTINCT only: hashing does as
								 * well */
	bool		compared;		/* (a, b) > (x, y): no ordering at all, but an
								 * index in this order finds the place */
} PaOrdering;

/* An index as proposed or as it exists. */
typedef struct PaIndexSpec
{
	Oid			relid;
	Oid			method;			/* access method, BTREE_AM_OID and so on */
	int			nkeys;
	PaIndexKey	keys[PA_MAX_INDEX_KEYS];
	int			nincluded;
	AttrNumber	included[PA_MAX_INCLUDED];
	List	   *predicate;		/* implicitly ANDed clauses, NIL: all rows */

	/* of proposed ones only */
	int			included_widths[PA_MAX_INCLUDED];	/* average bytes */
	int			nkept;			/* leading keys that stay together where the
								 * last one saves little: those that a row
								 * comparison has, or the first rows' order, or
								 * an equality and a range */
	int			nequal;			/* leading keys that some statement compares for
								 * equality */

	/* of existing ones only */
	Oid			indexid;		/* 0: proposed */
	bool		unique;
	bool		nulls_equal;	/* unique, NULLS NOT DISTINCT */
	bool		constraint;		/* serves a constraint: cannot simply go */
	bool		predicate_holds;	/* for this statement; true without one */
	bool		truncated;		/* has more keys than are listed here, or one
								 * that cannot be described */
} PaIndexSpec;

/*
 * A condition with a constant that a partial index could have as its
 * predicate, as it stands in this statement.
 */
typedef struct PaPredicateUse
{
	Node	   *clause;
	AttrNumber	attnum;			/* the column it is on; 0: an expression */
	double		selectivity;	/* share of the rows */
	double		share;			/* of the sampled executions that had it, 0-1 */
	bool		fixes;			/* leaves one value of the column, which then
								 * needs no key */
} PaPredicateUse;

/* A column that the statement reads from the relation. */
typedef struct PaNeededColumn
{
	AttrNumber	attnum;
	int			width;			/* average bytes */
} PaNeededColumn;

/* Why an index cannot serve a condition as it is written. */
typedef enum PaUseHintKind
{
	PA_HINT_CAST,				/* column::date = ...: the cast is not immutable */
	PA_HINT_EXPRESSION,			/* a function that is not immutable */
	PA_HINT_ARITHMETIC,			/* column + 0 = ...: move it to the other side */
	PA_HINT_TYPE,				/* integer column compared as numeric */
	PA_HINT_COLLATION,			/* another collation than the column's */
	PA_HINT_TRIGRAM,			/* would need pg_trgm, which is not installed */
	PA_HINT_OFFSET,				/* a large OFFSET reads what it skips */
	PA_HINT_ANALYZE,			/* never analyzed */
	PA_HINT_INVALID_INDEX,		/* an index for it exists and is invalid */
	PA_HINT_SETTING				/* an index for it is there, and a setting such
								 * as enable_indexscan = off keeps it out */
} PaUseHintKind;

typedef struct PaUseHint
{
	PaUseHintKind kind;
	AttrNumber	attnum;			/* the column, or 0 */
	Oid			indexid;		/* PA_HINT_INVALID_INDEX, PA_HINT_SETTING */
	Node	   *clause;			/* as written, or NULL */
	const char *setting;		/* PA_HINT_SETTING: its name */
	double		selectivity;	/* of the clause; 1 where there is none */
} PaUseHint;

/* One base relation of one statement. */
typedef struct PaRelationUse
{
	Oid			relid;
	double		tuples;
	double		pages;
	double		rows;			/* the planner's estimate of rows kept */
	double		allvisible;		/* share of the pages, 0-1 */
	bool		partitioned;	/* the root of a partitioned table */
	bool		changed;		/* target of UPDATE, DELETE or MERGE, or locked:
								 * needs whole rows */
	bool		advisable;		/* false: no advice for this relation */
	const char *refusal;		/* why, when not advisable; static text */
	bool		refusal_matters;	/* it may deserve an index all the same */
	List	   *columns;		/* of PaColumnUse * */
	List	   *alternatives;	/* one entry an OR: a List of its arms, each a
								 * List of PaColumnUse * */
	List	   *orderings;		/* of PaOrdering * */
	List	   *predicates;		/* of PaPredicateUse * */
	List	   *needed;			/* of PaNeededColumn *: all columns read */
	bool		needs_row;		/* the whole row, or a system column */
	List	   *existing;		/* of PaIndexSpec *: valid ones, as far as they
								 * can be described */
	List	   *hints;			/* of PaUseHint * */
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

/* What one plan is made of, see plan_outline.c. */
typedef struct PaPlanOutline
{
	double		cost;			/* planner units */
	List	   *indexids;		/* OidList: real indexes that it reads, each once */
	List	   *arbiters;		/* of OidList: the indexes that each ON CONFLICT
								 * was inferred from */
	List	   *labels;			/* of char *: its nodes in order of their labels,
								 * "Seq Scan on orders" */
} PaPlanOutline;

/* A caller's query without and with indexes of the caller's choice. */
typedef struct PaWhatifAnswer
{
	double		cost_before;	/* planner units */
	double		cost_after;
	char	   *plan_before;	/* EXPLAIN's text */
	char	   *plan_after;
	int			nindexes;		/* entries of the arrays, in the caller's order */
	char	  **names;
	bool	   *used;			/* in plan_after */
	int64	   *sizes;			/* estimated bytes */
} PaWhatifAnswer;

#endif							/* PA_BASE_INDEX_ADVICE_H */

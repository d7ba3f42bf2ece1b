/*-------------------------------------------------------------------------
 *
 * index_description.h
 *		An existing index in full, as the catalogs have it.
 *
 * catalog/ describes the indexes of a table, analyze/ compares them.
 * PaIndexSpec (index_advice.h) is what statements need to know of an index;
 * this is what it takes to say that an index can go.
 *
 * IDENTIFICATION
 *		src/base/index_description.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_BASE_INDEX_DESCRIPTION_H
#define PA_BASE_INDEX_DESCRIPTION_H

#include "access/attnum.h"
#include "nodes/pg_list.h"

/* One key.  Expressions are simplified, their Vars have varno 1. */
typedef struct PaDescribedKey
{
	AttrNumber	attnum;			/* 0: an expression */
	Node	   *expression;		/* NULL for a column */
	Oid			opclass;
	Oid			opfamily;		/* of that operator class */
	const char *opclass_options;	/* as text; NULL: none */
	Oid			collation;		/* 0: the type has none */
	bool		descending;
	bool		nulls_first;
} PaDescribedKey;

typedef struct PaDescribedIndex
{
	Oid			indexid;
	Oid			relid;
	const char *name;			/* not quoted, without schema */
	Oid			method;			/* access method */
	const char *options;		/* storage parameters as text; NULL: none */
	int			nkeys;
	PaDescribedKey *keys;
	int			nincluded;
	AttrNumber *included;
	List	   *predicate;		/* implicitly ANDed clauses, NIL: all rows */

	bool		partitioned;	/* of a partitioned table */
	bool		attached;		/* a partition of another index */
	bool		ends_with_root; /* attached, and what it is attached to is to go */

	bool		unique;
	bool		nulls_equal;	/* unique, NULLS NOT DISTINCT */
	bool		immediate;		/* unique, and not deferrable */
	bool		primary;
	bool		exclusion;		/* backs an exclusion constraint */
	Oid			constraintid;	/* it backs; 0: none */
	bool		replica_identity;
	bool		clustered;		/* CLUSTER's choice */
	bool		referenced;		/* foreign keys refer to it */

	int64		size;			/* bytes, with all partitions */
	int64		scans;			/* idx_scan of pg_stat, with all partitions */
} PaDescribedIndex;

/* How much of one index another one has. */
typedef enum PaRedundancy
{
	PA_REDUNDANT_NOT,
	PA_REDUNDANT_ROWS,			/* the other has all rows, this one some: both
								 * may be wanted */
	PA_REDUNDANT_SIZE,			/* the other does all that this one does, but is
								 * much larger, and this one is busy */
	PA_REDUNDANT_PREFIX,		/* the other does all that this one does, and
								 * more */
	PA_REDUNDANT_DUPLICATE		/* the other has the same keys and columns */
} PaRedundancy;

/* One index with the best reason to do without it. */
typedef struct PaRedundantIndex
{
	const PaDescribedIndex *index;
	const PaDescribedIndex *by; /* stays */
	PaRedundancy redundancy;
} PaRedundantIndex;

#endif							/* PA_BASE_INDEX_DESCRIPTION_H */

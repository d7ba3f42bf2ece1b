/*-------------------------------------------------------------------------
 *
 * column_facts.h
 *		What the catalogs say about a table's column, or about an expression
 *		over its columns, as a plain struct.
 *
 * IDENTIFICATION
 *		src/catalog/column_facts.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_CATALOG_COLUMN_FACTS_H
#define PA_CATALOG_COLUMN_FACTS_H

#include "access/attnum.h"
#include "access/htup.h"
#include "nodes/nodes.h"

typedef struct PaColumnFacts
{
	AttrNumber	attnum;			/* 0: an expression */
	Node	   *expression;		/* its Vars have varno 1; NULL for a column */
	Oid			type;
	int32		typmod;
	Oid			collation;

	/* what CREATE INDEX would take: the type's default b-tree class */
	Oid			opfamily;		/* 0: there is none */
	Oid			opcintype;
	bool		deduplicates;	/* equal values may share one index tuple */
	Oid			hash_opfamily;	/* of the type's default hash class, 0: none */

	/* of the last ANALYZE; estimates of the type without it */
	bool		has_statistics;
	int			width;			/* average bytes */
	double		null_fraction;	/* 0..1 */
	double		distinct;		/* values, when positive; share of the rows,
								 * when negative (pg_statistic); 0 unknown */
	double		common_fraction;	/* rows that hold one of the most common
									 * values, 0..1 */
	double		common_squares; /* sum of the squared fractions of the most
								 * common values, 0..1 */
	int			ncommon;		/* most common values known */
	double		correlation;	/* of value and place in the table, -1 to 1; 0
								 * unknown */
} PaColumnFacts;

/*
 * Fill facts; false when the column is gone, is a system column or is
 * computed when read.  The type may have no b-tree operator class.
 */
extern bool pa_catalog_attribute_facts(Oid relid, AttrNumber attnum,
									   PaColumnFacts *facts);

/* The same; false also when the column cannot be a key of a b-tree index. */
extern bool pa_catalog_column_facts(Oid relid, AttrNumber attnum,
									PaColumnFacts *facts);

/*
 * Facts about an expression over the relation's columns, Vars with varno 1,
 * simplified as the planner does it.  What ANALYZE found comes from an index
 * or extended statistics that have the same expression; without them
 * has_statistics is false, and distinct, null_fraction and width are guessed
 * from the columns in it.  Runs no function of the expression.
 */
extern void pa_catalog_expression_facts(Oid relid, Node *expression,
										PaColumnFacts *facts);

/* What a row of pg_statistic says, the rest of facts is left as it is. */
extern void pa_catalog_statistics_facts(HeapTuple tuple, PaColumnFacts *facts);

/* Distinct values in a table of that many rows, NULL not counted. */
extern double pa_column_distinct(const PaColumnFacts *facts, double tuples);

/*
 * How much of the table a value picks at random, weighted by how often it
 * occurs, matches: the sum of the squared frequencies.
 */
extern double pa_column_typical_selectivity(const PaColumnFacts *facts,
											double tuples);

#endif							/* PA_CATALOG_COLUMN_FACTS_H */

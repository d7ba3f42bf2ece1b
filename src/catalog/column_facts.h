/*-------------------------------------------------------------------------
 *
 * column_facts.h
 *		What the catalogs say about a table's column, as a plain struct.
 *
 * IDENTIFICATION
 *		src/catalog/column_facts.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_CATALOG_COLUMN_FACTS_H
#define PA_CATALOG_COLUMN_FACTS_H

#include "access/attnum.h"

typedef struct PaColumnFacts
{
	AttrNumber	attnum;
	Oid			type;
	int32		typmod;
	Oid			collation;

	/* what CREATE INDEX would take: the type's default b-tree class */
	Oid			opfamily;
	Oid			opcintype;
	bool		deduplicates;	/* equal values may share one index tuple */

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
} PaColumnFacts;

/*
 * Fill facts; false when the column is gone, is a system column or cannot be
 * a key of a b-tree index.
 */
extern bool pa_catalog_column_facts(Oid relid, AttrNumber attnum,
									PaColumnFacts *facts);

/* Distinct values in a table of that many rows, NULL not counted. */
extern double pa_column_distinct(const PaColumnFacts *facts, double tuples);

/*
 * How much of the table a value picks at random, weighted by how often it
 * occurs, matches: the sum of the squared frequencies.
 */
extern double pa_column_typical_selectivity(const PaColumnFacts *facts,
											double tuples);

#endif							/* PA_CATALOG_COLUMN_FACTS_H */

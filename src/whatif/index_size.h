/*-------------------------------------------------------------------------
 *
 * index_size.h
 *		Between the files that estimate how large an index would be.
 *
 *		index_size.c	which method, which relation; the caller's side
 *		kept_sizes.c	sizes that took long, for the rest of the transaction
 *		index_columns.c	what the columns weigh
 *		row_sample.c, index_rows.c	... and sampled rows; see row_sample.h
 *		key_classes.c	how often keys occur
 *		btree_size.c	b-tree
 *		gin_rows.c		GIN, from sampled rows
 *		gin_size.c		GIN, without
 *		gist_rows.c		GiST, from sampled rows
 *		spgist_rows.c	SP-GiST, from sampled rows
 *		other_sizes.c	hash, BRIN, GiST, SP-GiST
 *
 * IDENTIFICATION
 *		src/whatif/index_size.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_WHATIF_INDEX_SIZE_H
#define PA_WHATIF_INDEX_SIZE_H

#include "whatif/whatif_internal.h"

/* Lengths that stand for all of a column. */
#define PA_LENGTHS 256

/* A line pointer, in bytes. */
#define PA_ITEM_POINTER 4.0

typedef struct PaSizedColumn
{
	PaColumnFacts facts;
	HeapTuple	statistics;		/* row of pg_statistic, or NULL */
	double		distinct;		/* in the whole table */
	bool		single_value;	/* the predicate leaves one */
	bool		varlena;
	bool		cstring;		/* a name, kept as what is in it */
	int			align;
	int			lengths[PA_LENGTHS];	/* bytes as stored in an index */
	int			nlengths;		/* at least 1 */
	double		weight;			/* of the rows that lengths has so far, 0-1 */
	bool		mixed;			/* an expression over several columns */
	bool		guessed;		/* lengths are: pg_statistic has no value */
} PaSizedColumn;

typedef struct PaSizedIndex
{
	const PaIndexShape *shape;
	int			nkeys;
	int			ncolumns;
	double		tuples;			/* in the index */
	double		table_tuples;
	double		table_pages;
	double		extended_distinct;	/* of all keys together; 0 unknown */
	uint32		nullable;		/* columns whose NULLs are told apart */
	struct PaIndexRows *rows;	/* sampled, or NULL: columns alone must do */
	PaSizedColumn columns[PA_MAX_INDEX_KEYS + PA_MAX_INCLUDED];
} PaSizedIndex;

/* Keys that are about equally frequent. */
typedef struct PaKeyClass
{
	double		keys;			/* how many there are */
	double		share;			/* of the rows, all together, 0-1 */
} PaKeyClass;

#define PA_KEY_CLASSES 60

/* key_classes.c */
extern void pa_key_classes(const PaSizedIndex *index, uint32 nulls, double rows,
						   PaKeyClass *classes);

/* index_columns.c */
extern void pa_size_columns(const PaIndexShape *shape, Relation relation, double tuples,
							double table_tuples, double table_pages, bool sampled,
							PaSizedIndex *index);
extern double pa_distinct_of_part(double distinct, double part, double tuples);
extern bool pa_lengths_vary(const PaSizedIndex *index, int ncolumns);
extern double pa_tuple_bytes(const PaSizedIndex *index, int ncolumns, uint32 nulls);
extern double pa_nulls_share(const PaSizedIndex *index, uint32 nulls);
extern int	pa_stored_width(int16 typlen, Datum value);

/* How full pages above the leaves of a GiST index are. */
#define PA_GIST_INNER_FILL 0.6

/* kept_sizes.c */
extern bool pa_find_size(const PaIndexShape *shape, double tuples, double table_tuples,
						 PaIndexSize *size);
extern void pa_keep_size(const PaIndexShape *shape, double tuples, double table_tuples,
						 const PaIndexSize *size);

/* gin_size.c */
extern Oid	pa_gin_key_type(const PaIndexColumn *column);

/*
 * Whether a support function of an operator class may be called: it is the
 * server's, or a superuser's and written in C.
 */
extern bool pa_is_safe_support(Oid funcid);

/*
 * Whether such a function may be called with values of a type.  NB: the server's
 * own functions call what belongs to a range, an array or a domain, such as
 * anybody's SUBTYPE_DIFF; a base type is a superuser's.
 */
extern bool pa_is_safe_type(Oid type);

/* Each gives pages. */
extern double pa_btree_pages(const PaSizedIndex *index, int *height);
extern double pa_gin_pages(const PaSizedIndex *index);
extern double pa_gin_rows_pages(const PaSizedIndex *index);
extern double pa_hash_pages(const PaSizedIndex *index);
extern double pa_brin_pages(const PaSizedIndex *index);
extern double pa_gist_pages(const PaSizedIndex *index);
extern double pa_gist_rows_pages(const PaSizedIndex *index, bool sorted);
extern double pa_spgist_rows_pages(const PaSizedIndex *index);

#endif							/* PA_WHATIF_INDEX_SIZE_H */

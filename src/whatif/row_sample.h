/*-------------------------------------------------------------------------
 *
 * row_sample.h
 *		Rows of a table, and of an index that it could have, drawn to estimate
 *		what the index would weigh.
 *
 * IDENTIFICATION
 *		src/whatif/row_sample.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_WHATIF_ROW_SAMPLE_H
#define PA_WHATIF_ROW_SAMPLE_H

#include "access/htup.h"
#include "utils/rel.h"

#include "whatif/whatif_internal.h"

/*
 * All rows of some blocks, a few beside each other at a time; any prefix is a
 * sample, too.
 */
typedef struct PaRowSample
{
	int			nblocks;
	BlockNumber *blocks;
	int		   *starts;			/* of each block its first row, then nrows */
	int			nrows;
	HeapTuple  *rows;
	double		table_blocks;
} PaRowSample;

/* What those rows are in an index. */
typedef struct PaIndexRows
{
	int			ncolumns;
	int			nrows;			/* that satisfy the predicate */
	Datum	   *values;			/* ncolumns a row */
	bool	   *nulls;
	int		   *sizes;			/* of the index tuple as it is, bytes; or NULL */
	uint64	   *key_hashes;		/* of its keys together; or NULL */
	uint32	   *null_sets;		/* bit i: column i is NULL */
	BlockNumber *blocks;		/* of each row, ascending */
	bool	   *follows;		/* the block before it is in the sample, too */
	double		blocks_share;	/* looked at, of the table's blocks, 0-1 */
	double		following_share;	/* ... that follow one */
	double		table_blocks;
	int			nseen;			/* rows that were looked at */
} PaIndexRows;

/*
 * What something about samples costs, in units of some ten milliseconds, at most:
 * to read one, to look at its rows, to find their keys, to build an index of them.
 */
#define PA_SAMPLE_COST 5
#define PA_ROWS_COST 1
#define PA_KEYS_COST 4
#define PA_BUILD_COST 8

/* Whether the transaction can still afford it; if so, it is paid. */
extern bool pa_sampling_allowed(int cost);

/*
 * Rows of a relation that the caller has locked, or NULL: nothing may or can
 * be read.  It lives until the end of the transaction or until other tables
 * have taken its place: use it at once.
 */
extern const PaRowSample *pa_row_sample(Relation relation);

/*
 * The sampled rows as an index would have them, in the table's order; NULL
 * when there are none, or the index calls functions that are not the
 * server's own.  At most so many bytes of their values are looked at.
 * Allocated in CurrentMemoryContext; values may point into the sample.
 */
extern PaIndexRows *pa_index_rows(const PaIndexShape *shape, Relation relation,
								  double max_bytes);

/* A hash of a value's bytes. */
extern uint64 pa_hash_value(Datum value, bool by_value, int16 length);

/* The sampled values of one expression; Vars have varno 1. */
extern PaIndexRows *pa_expression_rows(Relation relation, Node *expression,
									   double max_bytes);

/* row_counts.c */

/* How often the keys of some sampled rows occur. */
typedef struct PaKeyCounts PaKeyCounts;

/*
 * Keys of the whole table that are about equally frequent.  A run is a number
 * of blocks beside each other that all have the key.
 */
typedef struct PaKeyFrequency
{
	double		keys;			/* how many there are */
	double		runs;			/* of each */
	double		blocks;			/* that each is in */
	double		rows;			/* that each is in */
	double		bytes;			/* of each */
} PaKeyFrequency;

#define PA_KEY_FREQUENCIES 500

extern PaKeyCounts *pa_key_counts_create(const PaIndexRows *rows);

/* A key of that row; rows come in order, a key counts once a row. */
extern void pa_key_counts_add(PaKeyCounts *counts, uint64 hash, int row, int bytes);

/*
 * What they say of the table.  Gives the number of frequencies filled, of
 * PA_KEY_FREQUENCIES at most.
 */
extern int	pa_key_frequencies(PaKeyCounts *counts, PaKeyFrequency *frequencies);

/* The same of the rows' keys, for those that have NULLs in these of the nullable columns. */
extern int	pa_row_frequencies(const PaIndexRows *rows, uint32 nullable, uint32 nulls,
							   PaKeyFrequency *frequencies);

#endif							/* PA_WHATIF_ROW_SAMPLE_H */

/*-------------------------------------------------------------------------
 *
 * btree_size.c
 *		How large a freshly built b-tree would be.
 *
 * A build packs sorted tuples to 90 % of the leaf pages and 70 % of the inner
 * ones.  Equal keys become posting lists of at most a tenth of a page, a row
 * six bytes, unless the index is unique, carries columns along or has a type
 * of which equal values may differ.  So sizes depend on how often values
 * occur: the most common ones are taken one by one, all others as equally
 * frequent.
 *
 * IDENTIFICATION
 *		src/whatif/btree_size.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/nbtree.h"
#include "storage/itemptr.h"
#include "utils/lsyscache.h"

#include "whatif/index_size.h"
#include "whatif/row_sample.h"

/* Free bytes of an empty page that has its high key's line pointer. */
#define PAGE_SPACE ((double) (BLCKSZ - SizeOfPageHeaderData - MAXALIGN(sizeof(BTPageOpaqueData)) - 2 * sizeof(ItemIdData)))

/* Bytes that a build leaves free. */
#define LEAF_FREE ((double) (BLCKSZ * (100 - BTREE_DEFAULT_FILLFACTOR) / 100))
#define INNER_FREE ((double) (BLCKSZ * (100 - BTREE_NONLEAF_FILLFACTOR) / 100))

/* Largest tuple with a posting list that a build makes. */
#define MAX_POSTING ((double) (MAXALIGN_DOWN((BLCKSZ * 10 / 100)) - sizeof(ItemIdData)))

#define HEAP_TID ((double) sizeof(ItemPointerData))

/* Rows a key below which chance makes some keys far rarer than others. */
#define FEW_ROWS 8.0

/*
 * Tuples of that size, of which so much is posting list, that a leaf page
 * keeps: one more is put there and moves on as the page's high key.
 */
static double
tuples_per_leaf(double size, double posting, bool varies)
{
	double		item = size + PA_ITEM_POINTER;
	double		by_fill = (PAGE_SPACE - LEAF_FREE + posting) / item;
	double		by_room = (PAGE_SPACE - size - MAXALIGN(sizeof(ItemPointerData))) / item;

	if (varies)
		return Max(1.0, Min(by_fill, by_room) - 0.5);
	return Max(1.0, Min(floor(by_fill), floor(by_room)));
}

/* Leaf pages of keys with exactly so many rows each. */
static double
pages_of_equal_keys(double keys, double rows, double key, bool varies)
{
	double		per_list = floor((MAX_POSTING - MAXIMUM_ALIGNOF + 4 - key) / HEAP_TID);
	double		lists = floor(rows / per_list);
	double		rest = rows - lists * per_list;
	double		full = MAXALIGN((Size) (key + HEAP_TID * per_list));
	double		pages = 0;

	if (lists > 0)
		pages += keys * lists / tuples_per_leaf(full, full - key, varies);
	if (rest >= 1)
	{
		double		size = rest < 2 ? key + (rest - 1) * (HEAP_TID * 2 + 4) :
			MAXALIGN((Size) ceil(key + HEAP_TID * rest));

		pages += keys / tuples_per_leaf(size, size - key, varies || rows != floor(rows));
	}
	return pages;
}

/* The same when chance decides how many rows a key has. */
static double
pages_of_random_keys(double keys, double rows, double key)
{
	/* rows a key, among keys that have any; solved by iteration */
	double		lambda = rows;
	double		probability,
				bytes = 0;

	for (int i = 0; i < 20; i++)
		lambda = rows * (1.0 - exp(-lambda));
	if (lambda < 0.05)
		return keys * rows / tuples_per_leaf(key, 0, true);
	probability = exp(-lambda) / (1.0 - exp(-lambda));
	for (int k = 1; k < 40; k++)
	{
		probability *= lambda / k;
		bytes += probability * (PA_ITEM_POINTER + (k == 1 ? key : MAXALIGN((Size) (key + HEAP_TID * k))));
	}
	return keys * bytes / (PAGE_SPACE - LEAF_FREE + 4);
}

/* Leaf pages of so many rows with so many equally frequent keys. */
static double
pages_of_rows(double rows, double keys, double key, bool varies)
{
	double		per_key;

	if (rows <= 0)
		return 0;
	keys = Max(1.0, Min(keys, rows));
	per_key = rows / keys;
	if (per_key < 1.02)
		return rows / tuples_per_leaf(key, 0, varies);
	if (per_key < FEW_ROWS)
		return (pages_of_equal_keys(keys, per_key, key, varies) +
				pages_of_random_keys(keys, per_key, key)) / 2;
	return pages_of_equal_keys(keys, per_key, key, varies);
}

static bool
deduplicates(const PaIndexShape *shape)
{
	if (shape->unique || shape->ncolumns > shape->nkeys)
		return false;
	for (int i = 0; i < shape->nkeys; i++)
	{
		const PaIndexColumn *column = &shape->columns[i];
		Oid			proc = get_opfamily_proc(column->opfamily, column->opcintype,
											 column->opcintype, BTEQUALIMAGE_PROC);

		if (!OidIsValid(proc) ||
			!DatumGetBool(OidFunctionCall1Coll(proc, column->collation,
											   ObjectIdGetDatum(column->opcintype))))
			return false;
	}
	return true;
}

/* Whether one of the columns alone tells nearly all rows apart. */
static bool
has_unique_column(const PaSizedIndex *index, uint32 nulls, double rows)
{
	for (int i = 0; i < index->nkeys; i++)
	{
		if ((nulls & (1U << i)) == 0 && !index->columns[i].single_value &&
			pa_distinct_of_part(index->columns[i].distinct, rows, index->table_tuples) > 0.98 * rows)
			return true;
	}
	return false;
}

/* The same from how often whole keys occur in the sampled rows. */
static double
pages_of_sampled_keys(const PaSizedIndex *index, uint32 nulls, double rows, double key, bool varies)
{
	PaKeyFrequency *frequencies = palloc_array(PaKeyFrequency, PA_KEY_FREQUENCIES);
	int			n = pa_row_frequencies(index->rows, index->nullable, nulls, frequencies);
	double		sum = 0,
				pages = 0;

	for (int i = 0; i < n; i++)
		sum += frequencies[i].keys * frequencies[i].rows;
	for (int i = 0; i < n; i++)
		pages += pages_of_rows(rows * frequencies[i].keys * frequencies[i].rows / sum,
							   frequencies[i].keys * Min(1.0, rows / sum), key, varies);
	pfree(frequencies);
	return pages;
}

/* Leaf pages of rows whose keys become posting lists. */
static double
pages_of_lists(const PaSizedIndex *index, uint32 nulls, double rows, double key, bool varies)
{
	PaKeyClass	classes[PA_KEY_CLASSES];
	double		pages = 0;

	if (index->extended_distinct > 0 && nulls == 0)
		return pages_of_rows(rows, pa_distinct_of_part(index->extended_distinct, rows,
													   index->table_tuples), key, varies);
	if (has_unique_column(index, nulls, rows))
		return pages_of_rows(rows, rows, key, varies);
	if (index->rows != NULL && (index->nkeys > 1 || index->columns[0].mixed))
		return pages_of_sampled_keys(index, nulls, rows, key, varies);
	pa_key_classes(index, nulls, rows, classes);
	for (int i = 0; i < PA_KEY_CLASSES; i++)
	{
		if (classes[i].keys > 0)
			pages += pages_of_rows(rows * classes[i].share, classes[i].keys, key, varies);
	}
	return pages;
}

/* Leaf pages of the rows with NULLs in exactly these columns. */
static double
pages_with_nulls(const PaSizedIndex *index, uint32 nulls, bool dedup)
{
	double		rows = index->tuples * pa_nulls_share(index, nulls);
	double		key = pa_tuple_bytes(index, index->ncolumns, nulls);
	bool		varies = pa_lengths_vary(index, index->ncolumns);

	if (rows < 1)
		return 0;
	if (!dedup)
		return rows / tuples_per_leaf(key, 0, varies);
	return pages_of_lists(index, nulls, rows, key, varies);
}

static double
leaf_pages(const PaSizedIndex *index)
{
	bool		dedup = deduplicates(index->shape);
	double		pages = 0;

	/* every subset of the nullable columns */
	for (uint32 nulls = index->nullable;; nulls = (nulls - 1) & index->nullable)
	{
		pages += pages_with_nulls(index, nulls, dedup);
		if (nulls == 0)
			break;
	}
	return Max(1.0, ceil(pages - 0.01));
}

/*
 * Bytes of a key in an inner page: columns behind the first that tells two
 * pages apart are left out.
 */
static double
pivot_bytes(const PaSizedIndex *index, double leaves)
{
	int			ncolumns = 1;
	double		distinct = index->columns[0].distinct;

	while (ncolumns < index->nkeys && distinct < leaves * 4)
		distinct *= index->columns[ncolumns++].distinct;
	/* one more tells equal keys apart by their place in the table */
	return pa_tuple_bytes(index, ncolumns, 0) + (distinct < leaves ? MAXALIGN(HEAP_TID) : 0);
}

/* Pages of the whole index and the height of its root (0: a single page). */
double
pa_btree_pages(const PaSizedIndex *index, int *height)
{
	double		level = leaf_pages(index);
	double		pages = level;
	double		fan_out = Max(2.0, floor((PAGE_SPACE - INNER_FREE) /
										 (pivot_bytes(index, level) + PA_ITEM_POINTER)));

	*height = 0;
	while (level > 1)
	{
		level = ceil(level / fan_out);
		pages += level;
		(*height)++;
	}
	return pages + 1;			/* the metapage */
}

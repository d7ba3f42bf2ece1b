/*-------------------------------------------------------------------------
 *
 * index_size.c
 *		How large a freshly built b-tree would be.
 *
 * The leaf level is what counts.  Nearly unique keys take one tuple a row;
 * repeated keys are deduplicated by the build into posting lists, of which
 * a page holds about ten, so that a key costs six bytes a row more and its
 * own bytes only once a list.  Pages are filled to 90 %, inner pages to 70 %.
 *
 * IDENTIFICATION
 *		src/whatif/index_size.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/nbtree.h"
#include "catalog/pg_am.h"
#include "storage/itemid.h"
#include "storage/itemptr.h"
#include "utils/lsyscache.h"

#include "catalog/relation_facts.h"
#include "whatif/whatif_internal.h"

/* Bytes of a page that tuples can use: header and special space are off. */
#define PAGE_SPACE ((double) (BLCKSZ - 40))
#define LEAF_FILL 0.9
#define INNER_FILL 0.7

/* Tuples and line pointers in bytes. */
#define ITEM_POINTER ((double) sizeof(ItemIdData))
#define HEAP_TID ((double) sizeof(ItemPointerData))

/* Below this many rows a key, posting lists save nothing. */
#define ROWS_PER_KEY_UNIQUE 2.0

/* Bytes at which the fan-out of an inner level was fitted. */
#define FANOUT_BYTES 5700.0

/* Distinct keys: the columns taken as independent, NULL as a value. */
static double
distinct_keys(const PaColumnFacts *columns, int ncolumns, double tuples)
{
	double		keys = 1;

	for (int i = 0; i < ncolumns; i++)
	{
		keys *= pa_column_distinct(&columns[i], tuples) +
			(columns[i].null_fraction > 0 ? 1 : 0);
		if (keys >= tuples)
			return Max(tuples, 1.0);
	}
	return Max(keys, 1.0);
}

static bool
all_deduplicate(const PaColumnFacts *columns, int ncolumns)
{
	for (int i = 0; i < ncolumns; i++)
	{
		if (!columns[i].deduplicates)
			return false;
	}
	return true;
}

/* Bytes of the leaf tuples with their line pointers. */
static double
leaf_bytes(double key, double tuples, double keys, bool deduplicated)
{
	double		rows = tuples / keys;	/* per key */
	double		max_posting = MAXALIGN(BLCKSZ * 10 / 100) - 12;
	double		tids = floor((max_posting - key) / HEAP_TID);	/* per list */
	double		lists,
				rest,
				per_key;

	if (!deduplicated || rows < ROWS_PER_KEY_UNIQUE || tids < 2)
		return tuples * (key + ITEM_POINTER);

	lists = floor(rows / tids);
	rest = rows - lists * tids;
	per_key = lists * (MAXALIGN((Size) (key + HEAP_TID * tids)) + ITEM_POINTER);
	if (rest > 0)
		per_key += MAXALIGN((Size) (key + HEAP_TID * rest)) + ITEM_POINTER;
	return keys * per_key;
}

/* Pages of the whole index and the height of its root (0: a single page). */
static BlockNumber
btree_pages(const PaColumnFacts *columns, int nkeys, int ncolumns, double tuples,
			int *height)
{
	double		width = 0;
	double		key,
				leaf,
				inner;

	for (int i = 0; i < ncolumns; i++)
		width += columns[i].width;
	key = MAXALIGN(sizeof(IndexTupleData) + (Size) width);
	tuples = Max(tuples, 0.0);

	leaf = leaf_bytes(key, tuples, distinct_keys(columns, nkeys, tuples),
					  ncolumns == nkeys && all_deduplicate(columns, nkeys));
	leaf = Max(1.0, ceil(leaf / (PAGE_SPACE * LEAF_FILL)));
	inner = leaf * (key + 12) / (PAGE_SPACE * INNER_FILL);
	if (leaf <= 1)
	{
		*height = 0;
		inner = 0;
	}
	else
		*height = (int) Max(1.0, ceil(log(leaf) / log(Max(2.0, FANOUT_BYTES / (key + ITEM_POINTER)))));

	return (BlockNumber) Min(leaf + ceil(inner) + 1, (double) MaxBlockNumber);
}

void
pa_index_size(const PaIndexShape *shape, double tuples, double table_tuples,
			  double table_pages, PaIndexSize *size)
{
	PaColumnFacts columns[PA_MAX_INDEX_KEYS + PA_MAX_INCLUDED];

	(void) table_tuples;
	(void) table_pages;
	for (int i = 0; i < shape->ncolumns; i++)
	{
		if (!pa_catalog_column_facts(shape->relid, shape->columns[i].attnum, &columns[i]))
		{
			memset(&columns[i], 0, sizeof(PaColumnFacts));
			columns[i].width = get_typavgwidth(shape->columns[i].type,
											   shape->columns[i].typmod);
		}
	}
	size->tuples = tuples;
	size->pages = btree_pages(columns, shape->nkeys, shape->ncolumns, tuples, &size->height);
	if (shape->method != BTREE_AM_OID)
		size->height = -1;
}

int64
pa_whatif_index_size(const PaIndexSpec *spec)
{
	PaRelationFacts relation;
	PaIndexShape shape;
	PaIndexSize size;

	if (!pa_catalog_relation_facts(spec->relid, &relation) ||
		!pa_index_shape(spec, spec->relid, &shape))
		return 0;
	pa_index_size(&shape, relation.tuples, relation.tuples,
				  (double) relation.size / BLCKSZ, &size);
	return (int64) size.pages * BLCKSZ;
}

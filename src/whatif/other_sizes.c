/*-------------------------------------------------------------------------
 *
 * other_sizes.c
 *		How large a freshly built hash, BRIN, GiST or SP-GiST index would be.
 *
 * IDENTIFICATION
 *		src/whatif/other_sizes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/brin.h"
#include "access/brin_page.h"
#include "access/brin_tuple.h"
#include "access/gist.h"
#include "access/hash.h"
#include "catalog/pg_am.h"
#include "catalog/pg_statistic.h"
#include "utils/lsyscache.h"

#include "whatif/index_size.h"

/* ---- hash ---- */

/* A hash tuple is its header and four bytes of hash. */
#define HASH_ITEM (MAXALIGN(sizeof(IndexTupleData)) + MAXALIGN(sizeof(uint32)) + PA_ITEM_POINTER)
#define HASH_PER_PAGE floor((BLCKSZ - SizeOfPageHeaderData - MAXALIGN(sizeof(HashPageOpaqueData))) / HASH_ITEM)

/* Rows of a value that no bucket's page holds go to overflow pages. */
static double
hash_overflow(const PaSizedIndex *index, double per_bucket)
{
	const PaSizedColumn *column = &index->columns[0];
	AttStatsSlot slot;
	double		pages = 0;

	if (column->statistics == NULL ||
		!get_attstatsslot(&slot, column->statistics, STATISTIC_KIND_MCV, InvalidOid,
						  ATTSTATSSLOT_NUMBERS))
		return 0;
	for (int i = 0; i < slot.nnumbers; i++)
	{
		double		rows = slot.numbers[i] * index->tuples + per_bucket;

		if (rows > HASH_PER_PAGE)
			pages += ceil((rows - HASH_PER_PAGE) / HASH_PER_PAGE);
	}
	free_attstatsslot(&slot);
	return pages;
}

double
pa_hash_pages(const PaSizedIndex *index)
{
	double		fill = BLCKSZ * HASH_DEFAULT_FILLFACTOR / 100 / HASH_ITEM;
	double		wanted = ceil(index->tuples / floor(fill));
	double		buckets = 2;
	double		step;

	/* powers of two; large ones are reached in four steps */
	while (buckets < wanted)
		buckets *= 2;
	if (buckets > 512)
	{
		step = buckets / 8;
		buckets = buckets / 2;
		while (buckets < wanted)
			buckets += step;
	}
	return buckets + hash_overflow(index, index->tuples / buckets) + 2;
}

/* ---- BRIN ---- */

/* Addresses of range tuples that a page of the map holds. */
#define BRIN_PER_MAP_PAGE floor((BLCKSZ - MAXALIGN(SizeOfPageHeaderData) - MAXALIGN(sizeof(BrinSpecialSpace))) / sizeof(ItemPointerData))

double
pa_brin_pages(const PaSizedIndex *index)
{
	double		ranges = ceil(index->table_pages / BRIN_DEFAULT_PAGES_PER_RANGE);
	double		tuple = SizeOfBrinTuple;
	double		per_page;

	/* the smallest and the largest value of each column */
	for (int i = 0; i < index->nkeys; i++)
		tuple += 2 * index->columns[i].facts.width;
	per_page = floor((BLCKSZ - SizeOfPageHeaderData - MAXALIGN(sizeof(BrinSpecialSpace))) /
					 (MAXALIGN((Size) tuple) + PA_ITEM_POINTER));
	return 1 + ceil(ranges / BRIN_PER_MAP_PAGE) + ceil(ranges / Max(per_page, 1.0));
}

/* ---- GiST, SP-GiST ---- */

/*
 * How full splits leave pages; and a sorted build, which splits every few
 * pages: along a line, such as ranges, the splits are good.
 */
#define SPLIT_FILL 0.58
#define SORTED_FILL 0.66
#define SORTED_LINE_FILL 0.95

static bool
is_sorted_build(const PaIndexShape *shape)
{
	for (int i = 0; i < shape->nkeys; i++)
	{
		const PaIndexColumn *column = &shape->columns[i];

		if (!OidIsValid(get_opfamily_proc(column->opfamily, column->opcintype,
										  column->opcintype, GIST_SORTSUPPORT_PROC)))
			return false;
	}
	return shape->method == GIST_AM_OID;
}

/* Bytes of a tuple whose keys may be kept as another type. */
static double
stored_tuple_bytes(const PaSizedIndex *index)
{
	double		bytes = sizeof(IndexTupleData);

	for (int i = 0; i < index->ncolumns; i++)
	{
		Oid			type = i < index->nkeys ? index->shape->columns[i].stored_type : InvalidOid;
		int			length = OidIsValid(type) ? get_typlen(type) : 0;

		bytes += length > 0 ? (double) MAXALIGN(length) : index->columns[i].facts.width;
	}
	return MAXALIGN((Size) ceil(bytes));
}

double
pa_gist_pages(const PaSizedIndex *index)
{
	double		item = stored_tuple_bytes(index) + PA_ITEM_POINTER;
	bool		line = type_is_range(index->shape->columns[0].type);
	double		fill = !is_sorted_build(index->shape) ? SPLIT_FILL :
		line ? SORTED_LINE_FILL : SORTED_FILL;
	double		per_page = Max(2.0, floor((BLCKSZ - SizeOfPageHeaderData - MAXALIGN(sizeof(GISTPageOpaqueData))) * fill / item));
	double		level = ceil(Max(index->tuples, 1.0) / per_page);
	double		pages = 0;

	if (index->shape->method == GIST_AM_OID && index->rows != NULL)
		pages = pa_gist_rows_pages(index, is_sorted_build(index->shape));
	if (index->shape->method == SPGIST_AM_OID && index->rows != NULL)
		pages = pa_spgist_rows_pages(index);
	if (pages > 0)
		return pages;
	pages = level;
	while (level > 1)
	{
		level = ceil(level / per_page);
		pages += level;
	}
	return pages;
}

/*-------------------------------------------------------------------------
 *
 * gin_rows.c
 *		How large a freshly built GIN index would be, from sampled rows.
 *
 * The operator class is asked for the keys of the rows' values; row_counts.c
 * tells of how many keys how many rows have.  The rest is how GIN keeps them:
 *
 *	-	an entry is an index tuple of the key and, compressed, the addresses of
 *		its rows; when these are too long, they get a tree of pages of their own;
 *	-	a build brings the entries in the order of the keys, so that splits
 *		leave every page half full;
 *	-	an address is the difference to the one before, seven bits a byte: one
 *		byte within a page of the table, more the farther the next page is.
 *
 * IDENTIFICATION
 *		src/whatif/gin_rows.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/gin_private.h"
#include "access/itup.h"
#include "catalog/pg_collation.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat/compat.h"
#include "whatif/index_size.h"
#include "whatif/row_sample.h"

/* Bytes for entries on a page. */
#define PAGE_SPACE ((double) (BLCKSZ - SizeOfPageHeaderData - MAXALIGN(sizeof(GinPageOpaqueData))))

/* A list of addresses has a header, and lists of a tree are no longer than this. */
#define LIST_HEADER ((double) offsetof(GinPostingList, bytes))
#define LIST_BYTES 376.0

/* About what an entry of an inner page takes; these are few. */
#define INNER_ENTRY 32

/* How full a build leaves the pages of such a tree. */
#define DATA_FILL 0.97

/* Bits that number a row within its page, and those that a byte takes. */
#define ROW_BITS 11
#define BYTE_BITS 7

/* Keys that stand for NULLs. */
#define NULL_KEY UINT64CONST(0x6e756c6c6b6579)
#define EMPTY_ROW UINT64CONST(0x656d707479)
#define NULL_ROW UINT64CONST(0x6e756c6c726f77)

/* ---- keys ---- */

/* How the keys of a column are got. */
typedef struct KeyReader
{
	FmgrInfo	extract;
	Oid			collation;
	int16		typlen;
	bool		typbyval;
	int			align;
	bool		with_column;	/* an entry has the column's number */
	const PaIndexRows *rows;
	int			column;
	PaKeyCounts *counts;
} KeyReader;

/* Bytes of an entry without its rows. */
static int
entry_bytes(const KeyReader *reader, int width)
{
	Size		data = reader->with_column ? sizeof(int16) : 0;

	if (width > 0 && (reader->typlen > 0 || width > VARATT_SHORT_MAX))
		data = TYPEALIGN(reader->align, data);
	return (int) MAXALIGN(sizeof(IndexTupleData) + data + width);
}

static void
count_row(const KeyReader *reader, int row)
{
	Size		at = (Size) row * reader->rows->ncolumns + reader->column;
	int32		n = 0;
	bool	   *nulls = NULL;
	Datum	   *keys;

	if (reader->rows->nulls[at])
	{
		pa_key_counts_add(reader->counts, NULL_ROW, row, entry_bytes(reader, 0));
		return;
	}
	keys = (Datum *) DatumGetPointer(FunctionCall3Coll(unconstify(FmgrInfo *, &reader->extract),
													   reader->collation, reader->rows->values[at],
													   PointerGetDatum(&n), PointerGetDatum(&nulls)));
	if (keys == NULL || n <= 0)
		pa_key_counts_add(reader->counts, EMPTY_ROW, row, entry_bytes(reader, 0));
	for (int i = 0; keys != NULL && i < n; i++)
	{
		if (nulls != NULL && nulls[i])
			pa_key_counts_add(reader->counts, NULL_KEY, row, entry_bytes(reader, 0));
		else
			pa_key_counts_add(reader->counts, pa_hash_value(keys[i], reader->typbyval, reader->typlen),
							  row, entry_bytes(reader, pa_stored_width(reader->typlen, keys[i])));
	}
}

static bool
count_rows_cb(void *arg)
{
	const KeyReader *reader = arg;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "perf_advisor GIN keys",
												  ALLOCSET_DEFAULT_SIZES);

	for (int i = 0; i < reader->rows->nrows; i++)
	{
		MemoryContext oldcontext = MemoryContextSwitchTo(context);

		CHECK_FOR_INTERRUPTS();
		count_row(reader, i);
		MemoryContextSwitchTo(oldcontext);
		MemoryContextReset(context);
	}
	MemoryContextDelete(context);
	return true;
}

/* ---- pages ---- */

/*
 * Bytes of all addresses of a key but the first, when it has so many rows.  The
 * next row is on the same page, on the next one within a run, or farther off:
 * a geometric distribution.
 */
static double
address_bytes(const PaKeyFrequency *of, double rows, double table_blocks)
{
	double		near = pow(2, 2 * BYTE_BITS - ROW_BITS) - 0.5;
	double		far = pow(2, 3 * BYTE_BITS - ROW_BITS);
	double		farther = pow(2, 4 * BYTE_BITS - ROW_BITS);
	double		skipped = 1.0 - Min(of->runs / table_blocks, 1.0);
	double		blocks = Min(of->blocks, rows);
	double		runs = Min(of->runs, blocks);

	return (rows - blocks) + (blocks - runs) * 2 +
		Max(0, runs - 1) * (2 + pow(skipped, near) + pow(skipped, far) + pow(skipped, farther));
}

/* What so many equal entries take. */
typedef struct EntriesTaken
{
	double		bytes;			/* on pages of entries, with line pointers */
	double		squares;		/* of each entry's bytes */
	double		pages;			/* of rows */
} EntriesTaken;

static void
add_entries(EntriesTaken *taken, double n, double bytes)
{
	bytes += PA_ITEM_POINTER;
	taken->bytes += n * bytes;
	taken->squares += n * bytes * bytes;
}

/*
 * How full pages are left: the entry that does not fit splits all of them, it
 * included, so that the one in the middle is on the left.  The size of an entry
 * at a place is the mean weighted by size.
 */
static double
entry_fill(const EntriesTaken *taken)
{
	return 0.5 + 0.75 * taken->squares / taken->bytes / PAGE_SPACE;
}

static void
take_entries(const PaKeyFrequency *of, double rows, double table_blocks, EntriesTaken *taken)
{
	double		addresses = address_bytes(of, rows, table_blocks);
	double		list = LIST_HEADER + addresses;
	double		leaves;

	if (of->bytes + list <= GinMaxItemSize)
	{
		/* one or two rows: every entry is rounded up to the same */
		add_entries(taken, of->keys, rows <= 2 ? MAXALIGN((Size) ceil(of->bytes + list)) :
					of->bytes + list + MAXIMUM_ALIGNOF / 2.0 - 1);
		return;
	}
	add_entries(taken, of->keys, of->bytes);
	leaves = ceil((addresses + LIST_HEADER * ceil(addresses / LIST_BYTES)) /
				  (GinDataPageMaxDataSize * DATA_FILL));
	taken->pages += of->keys * (leaves > 1 ? leaves + 1 : 1);
}

/* Entries of one to two rows on the average are some of one and some of two. */
static void
take(const PaKeyFrequency *of, double table_blocks, EntriesTaken *taken)
{
	PaKeyFrequency part = *of;

	if (of->rows >= 2 || of->rows <= 1)
	{
		take_entries(of, Max(of->rows, 1.0), table_blocks, taken);
		return;
	}
	part.keys = of->keys * (2 - of->rows);
	take_entries(&part, 1, table_blocks, taken);
	part.keys = of->keys * (of->rows - 1);
	part.blocks = of->blocks > 1 ? 2 : 1;
	part.runs = of->runs > 1 ? 2 : 1;
	take_entries(&part, 2, table_blocks, taken);
}

static bool
open_reader(const PaSizedIndex *index, int column, KeyReader *reader)
{
	const PaIndexColumn *key = &index->shape->columns[column];
	Oid			proc = get_opfamily_proc(key->opfamily, key->opcintype, key->opcintype,
										 GIN_EXTRACTVALUE_PROC);
	char		typalign;

	if (!pa_is_safe_support(proc) || !pa_is_safe_type(key->type))
		return false;
	memset(reader, 0, sizeof(*reader));
	fmgr_info(proc, &reader->extract);
	reader->collation = OidIsValid(key->collation) ? key->collation : DEFAULT_COLLATION_OID;
	get_typlenbyvalalign(pa_gin_key_type(key), &reader->typlen, &reader->typbyval, &typalign);
	reader->align = typalign == TYPALIGN_DOUBLE ? ALIGNOF_DOUBLE : typalign == TYPALIGN_INT ?
		ALIGNOF_INT : typalign == TYPALIGN_SHORT ? ALIGNOF_SHORT : 1;
	reader->with_column = index->nkeys > 1;
	reader->rows = index->rows;
	reader->column = column;
	reader->counts = pa_key_counts_create(index->rows);
	return reader->typlen != 0;
}

static bool
take_column(const PaSizedIndex *index, int column, EntriesTaken *taken)
{
	PaKeyFrequency *frequencies;
	KeyReader	reader;
	int			n;

	if (!open_reader(index, column, &reader) || !pa_attempt(count_rows_cb, &reader))
		return false;
	frequencies = palloc_array(PaKeyFrequency, PA_KEY_FREQUENCIES);
	n = pa_key_frequencies(reader.counts, frequencies);
	for (int i = 0; i < n; i++)
		take(&frequencies[i], index->rows->table_blocks, taken);
	pfree(frequencies);
	return true;
}

/* Pages of the whole index, or 0 when an operator class cannot be asked. */
double
pa_gin_rows_pages(const PaSizedIndex *index)
{
	EntriesTaken taken = {0};
	double		level;
	double		pages;

	for (int i = 0; i < index->nkeys; i++)
	{
		if (!take_column(index, i, &taken))
			return 0;
	}
	level = taken.bytes <= PAGE_SPACE ? 1 : ceil(taken.bytes / (PAGE_SPACE * entry_fill(&taken)));
	pages = level;
	while (level > 1)
	{
		double		fan_out = Max(2.0, PAGE_SPACE * 0.5 / INNER_ENTRY);

		level = ceil(level / fan_out);
		pages += level;
	}
	return 1 + pages + taken.pages;	/* the metapage */
}

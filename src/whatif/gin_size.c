/*-------------------------------------------------------------------------
 *
 * gin_size.c
 *		How large a freshly built GIN index would be.
 *
 * A GIN index has an entry for each distinct key of its column's values, such
 * as an array's elements, with the rows that have it, a few bytes each.  Which keys a
 * value has only its operator class knows, whose function is asked for the
 * values that pg_statistic keeps.  How many entries there are is told by how
 * many keys of that sample occur only once, as with any distinct values.
 *
 * All this is for want of sampled rows, which gin_rows.c takes.
 *
 * IDENTIFICATION
 *		src/whatif/gin_size.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/gin.h"
#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "compat/compat.h"
#include "whatif/index_size.h"

/* Usable bytes of a page, and how full a build leaves entry and data pages. */
#define PAGE_SPACE ((double) (BLCKSZ - 32))
#define ENTRY_FILL 0.52
#define DATA_FILL 0.95

/* Posting lists longer than this get pages of their own. */
#define MAX_INLINE 2704.0

/* Bytes of an entry beside its key and rows: two headers, line pointer. */
#define ENTRY_HEADER 16.0

/* Of a tsvector: its header, a word with a place or two, and its letters. */
#define WORDS_HEADER 8
#define WORD_WIDTH 15
#define WORD_BYTES 7.0
#define WORD_BESIDE (WORD_WIDTH - WORD_BYTES)

/* Identifiers are longer than words. */
#define RARE_WORD_WIDTH 18

/* Values of the sample that are looked at, and their longest. */
#define MAX_SAMPLE 200
#define MAX_WIDTH 4096

/* Keys of the sample, kept to be compared. */
typedef struct GinKeys
{
	Datum	   *keys;
	int			nkeys;
	int			allocated;
	int			nvalues;		/* of which the keys are */
	double		bytes;			/* of all keys together */
	double		empty;			/* common values without any key: share of the rows */
} GinKeys;

static void
add_keys(GinKeys *keys, FmgrInfo *extract, Oid collation, Datum value, int16 typlen)
{
	int32		n = 0;
	bool	   *nulls = NULL;
	Datum	   *entries = (Datum *) DatumGetPointer(FunctionCall3Coll(extract, collation, value,
																	  PointerGetDatum(&n),
																	  PointerGetDatum(&nulls)));

	keys->nvalues++;
	for (int i = 0; i < n && entries != NULL; i++)
	{
		if (nulls != NULL && nulls[i])
			continue;
		if (keys->nkeys == keys->allocated)
		{
			keys->allocated = Max(256, keys->allocated * 2);
			keys->keys = keys->keys == NULL ? palloc_array(Datum, keys->allocated) :
				repalloc_array(keys->keys, Datum, keys->allocated);
		}
		keys->keys[keys->nkeys++] = entries[i];
		keys->bytes += pa_stored_width(typlen, entries[i]);
	}
}

static void
add_slot(GinKeys *keys, const PaSizedColumn *column, int kind, FmgrInfo *extract,
		 Oid collation, int16 typlen)
{
	AttStatsSlot slot;

	if (!get_attstatsslot(&slot, column->statistics, kind, InvalidOid,
						  ATTSTATSSLOT_VALUES |
						  (kind == STATISTIC_KIND_MCV ? ATTSTATSSLOT_NUMBERS : 0)))
		return;
	for (int i = 0; i < slot.nvalues && keys->nvalues < MAX_SAMPLE; i++)
	{
		int			before = keys->nkeys;

		CHECK_FOR_INTERRUPTS();
		add_keys(keys, extract, collation, datumCopy(slot.values[i], false, -1), typlen);
		if (keys->nkeys == before && i < slot.nnumbers)
		{
			keys->empty += slot.numbers[i];
			keys->nvalues--;
		}
	}
	free_attstatsslot(&slot);
}

/* The type of the entries. */
Oid
pa_gin_key_type(const PaIndexColumn *column)
{
	Oid			type = OidIsValid(column->stored_type) ? column->stored_type : column->opcintype;

	if (type == ANYELEMENTOID)
		type = get_base_element_type(column->type);
	return type == ANYARRAYOID ? column->type : type;
}

static bool
collect_keys(const PaIndexColumn *key, const PaSizedColumn *column, GinKeys *keys)
{
	Oid			proc = get_opfamily_proc(key->opfamily, key->opcintype, key->opcintype,
										 GIN_EXTRACTVALUE_PROC);
	FmgrInfo	extract;
	int16		typlen = get_typlen(pa_gin_key_type(key));

	if (column->statistics == NULL || !pa_is_safe_support(proc) ||
		get_typlen(key->type) != -1 || column->facts.width > MAX_WIDTH)
		return false;
	fmgr_info(proc, &extract);
	add_slot(keys, column, STATISTIC_KIND_HISTOGRAM, &extract, key->collation, typlen);
	add_slot(keys, column, STATISTIC_KIND_MCV, &extract, key->collation, typlen);
	return keys->nvalues > 0 || keys->empty > 0;
}

/* Arguments of collect_keys(). */
typedef struct KeysWanted
{
	const PaIndexColumn *key;
	const PaSizedColumn *column;
	GinKeys    *keys;
} KeysWanted;

static bool
collect_keys_cb(void *arg)
{
	KeysWanted *wanted = arg;

	return collect_keys(wanted->key, wanted->column, wanted->keys);
}

/* The same; false also when the function fails. */
static bool
try_collect_keys(const PaIndexColumn *key, const PaSizedColumn *column, GinKeys *keys)
{
	KeysWanted	wanted = {key, column, keys};

	return pa_attempt(collect_keys_cb, &wanted);
}

/* ---- pages ---- */

/*
 * Bytes of a row's address after the one before it, so many rows apart:
 * seven bits of the difference each.
 */
static double
address_bytes(const PaSizedIndex *index, double rows_apart)
{
	double		per_page = Max(1.0, index->table_tuples / index->table_pages);
	double		pages_apart = rows_apart / per_page;

	/* 11 bits number the rows of a page */
	if (pages_apart < 1)
		return 1 + Min(1.0, pages_apart);
	return ceil((11 + log2(pages_apart + 1)) / 7.0);
}

/* Pages of an entry that so many rows have: its part of a page, or pages. */
static double
entry_pages(const PaSizedIndex *index, double key, double rows)
{
	double		addresses = Max(rows - 1, 0) * address_bytes(index, index->table_tuples / Max(rows, 1.0));
	double		entry = MAXALIGN((Size) (ENTRY_HEADER + key + 4)) + PA_ITEM_POINTER;

	if (addresses > MAX_INLINE)
		return entry / (PAGE_SPACE * ENTRY_FILL) + ceil(addresses / (PAGE_SPACE * DATA_FILL));
	return (entry + addresses + (addresses > 0 ? 4 : 0)) / (PAGE_SPACE * ENTRY_FILL);
}

static int
compare_datums_cb(const void *a, const void *b, void *arg)
{
	const int16 typlen = *(const int16 *) arg;
	Datum		x = *(const Datum *) a;
	Datum		y = *(const Datum *) b;
	int			width_x,
				width_y,
				result;

	if (typlen > 0 && typlen <= (int16) sizeof(Datum))
		return x < y ? -1 : x > y ? 1 : 0;
	if (typlen > 0)
		return memcmp(DatumGetPointer(x), DatumGetPointer(y), typlen);
	width_x = VARSIZE_ANY_EXHDR(DatumGetPointer(x));
	width_y = VARSIZE_ANY_EXHDR(DatumGetPointer(y));
	result = memcmp(VARDATA_ANY(DatumGetPointer(x)), VARDATA_ANY(DatumGetPointer(y)),
					Min(width_x, width_y));
	return result != 0 ? result : width_x - width_y;
}

/* Pages of the entries of one column, from the keys of the sample. */
static double
pages_of_keys(const PaSizedIndex *index, const PaIndexColumn *key, GinKeys *keys, double rows,
			  bool is_unique)
{
	int16		typlen = get_typlen(pa_gin_key_type(key));
	double		key_bytes = keys->bytes / keys->nkeys;
	double		total = rows * keys->nkeys / keys->nvalues;
	double		distinct = 0,
				once = 0,
				pages = 0,
				rest = total,
				entries;

	qsort_arg(keys->keys, keys->nkeys, sizeof(Datum), compare_datums_cb, &typlen);
	for (int i = 0, next; i < keys->nkeys; i = next)
	{
		double		of_key;

		for (next = i + 1; next < keys->nkeys; next++)
		{
			if (compare_datums_cb(&keys->keys[i], &keys->keys[next], &typlen) != 0)
				break;
		}
		distinct++;
		if (next - i == 1)
		{
			once++;
			continue;
		}
		of_key = rows * (next - i) / keys->nvalues;
		pages += entry_pages(index, key_bytes, of_key);
		rest -= of_key;
	}
	/* documents mostly have an identifier of their own */
	if (key->type == JSONBOID && is_unique && once >= 0.9 * keys->nvalues &&
		distinct > keys->nvalues)
	{
		pages += rows * entry_pages(index, key_bytes, 1);
		rest -= rows;
		once = Max(0, once - keys->nvalues);
		distinct -= keys->nvalues;
		total -= rows;
		keys->nkeys -= keys->nvalues;
	}
	entries = keys->nkeys * distinct / ((keys->nkeys - once) + once * keys->nkeys / Max(total, 1.0));
	entries = Max(1.0, Min(entries, total)) - (distinct - once);
	if (entries >= 1 && rest > 0)
		pages += entries * entry_pages(index, key_bytes, rest / entries);
	return pages;
}

/* How many elements ANALYZE lists at most. */
static int
max_elements(Oid relid, const PaIndexColumn *key)
{
	int			target = default_statistics_target;
	HeapTuple	tuple;
	bool		isnull = true;

	if (key->attnum != 0)
	{
		tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(key->attnum));
		if (HeapTupleIsValid(tuple))
		{
			int			own = DatumGetInt32(SysCacheGetAttr(ATTNUM, tuple,
															Anum_pg_attribute_attstattarget, &isnull));

			if (!isnull && own >= 0)
				target = own;
			ReleaseSysCache(tuple);
		}
	}
	return target * 10;
}

/* The average number of different elements of a row, where ANALYZE counts it. */
static bool
elements_per_row(const PaSizedColumn *column, double *per_row)
{
	AttStatsSlot slot;

	if (!get_attstatsslot(&slot, column->statistics, STATISTIC_KIND_DECHIST, InvalidOid,
						  ATTSTATSSLOT_NUMBERS))
		return false;
	if (slot.nnumbers > 0)
		*per_row = slot.numbers[slot.nnumbers - 1];
	free_attstatsslot(&slot);
	return true;
}

/* Words of a row that are not listed: what its width leaves for them. */
static double
unlisted_words(const PaSizedColumn *column, const AttStatsSlot *slot)
{
	double		bytes = column->facts.width - WORDS_HEADER;

	for (int i = 0; i < slot->nvalues; i++)
		bytes -= slot->numbers[i] *
			(WORD_BESIDE + VARSIZE_ANY_EXHDR(DatumGetPointer(slot->values[i])));
	return Max(bytes, 0) / RARE_WORD_WIDTH;
}

/*
 * Rows of an element that is not listed.  While there is room in the list, all
 * are in it that the sample has a few times: others are mostly of one row
 * alone.  A full list ends at the rarest: others are about as frequent if the
 * list is flat there, and much rarer where it falls.
 */
static double
rows_of_unlisted(const AttStatsSlot *slot, bool is_full, double rows)
{
	double		rarest = 1,
				sum = 0;

	for (int i = 0; i < slot->nvalues; i++)
	{
		rarest = Min(rarest, slot->numbers[i]);
		sum += slot->numbers[i];
	}
	if (!is_full || slot->nvalues == 0)
		return 1;
	if (rarest * 3 * slot->nvalues > sum)
		return Max(1.0, rows * rarest * 0.75);
	return sqrt(Max(1.0, rows * rarest));
}

/*
 * Pages of the entries of one column, from the elements that ANALYZE counted:
 * more of them than the sample has.  0 when it has not, or the column's keys
 * are not its elements.
 */
static double
pages_of_elements(const PaSizedIndex *index, int i, const GinKeys *keys, double rows)
{
	const PaSizedColumn *column = &index->columns[i];
	double		per_row = (double) keys->nkeys / Max(keys->nvalues, 1);
	double		key_bytes = keys->bytes / Max(keys->nkeys, 1);
	double		rest,
				unlisted,
				pages = 0;
	AttStatsSlot slot;

	if (column->statistics == NULL || keys->nkeys == 0 ||
		!get_attstatsslot(&slot, column->statistics, STATISTIC_KIND_MCELEM, InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return 0;
	(void) elements_per_row(column, &per_row);
	rest = index->shape->columns[i].type == TSVECTOROID ?
		unlisted_words(column, &slot) : per_row;
	for (int n = 0; n < slot.nvalues; n++)
	{
		pages += entry_pages(index, key_bytes, rows * slot.numbers[n]);
		if (index->shape->columns[i].type != TSVECTOROID)
			rest -= slot.numbers[n];
	}
	unlisted = rows_of_unlisted(&slot,
								slot.nvalues >= max_elements(index->shape->relid, &index->shape->columns[i]),
								rows);
	free_attstatsslot(&slot);

	if (rest > 0.01 * per_row)
		pages += rest * rows / unlisted * entry_pages(index, key_bytes, unlisted);
	/* rows without an element are one entry more */
	if (per_row < 1)
		pages += entry_pages(index, 1, rows * (1 - per_row));
	return pages;
}

/*
 * ANALYZE keeps no values of a tsvector, but its width tells how many words
 * one has.
 */
static bool
guess_words(const PaIndexColumn *key, const PaSizedColumn *column, GinKeys *keys)
{
	if (key->type != TSVECTOROID || column->statistics == NULL)
		return false;
	keys->nvalues = 1;
	keys->nkeys = column->facts.width <= WORDS_HEADER ? 0 :
		Max(1, (column->facts.width - WORDS_HEADER) / WORD_WIDTH);
	keys->bytes = keys->nkeys * WORD_BYTES;
	return true;
}

/* Whether the keys are the elements that ANALYZE counts. */
static bool
keys_are_elements(const PaIndexColumn *key)
{
	return key->type == TSVECTOROID || OidIsValid(get_element_type(key->type));
}

/* What to assume when the operator class cannot be asked. */
static double
pages_without_keys(const PaSizedColumn *column, double rows)
{
	double		keys = Max(1.0, column->facts.width / 8.0);

	return rows * keys * 3 / (PAGE_SPACE * DATA_FILL) +
		Min(rows, 10000.0) * (ENTRY_HEADER + 16) / (PAGE_SPACE * ENTRY_FILL);
}

static double
column_pages(const PaSizedIndex *index, int i, double rows)
{
	const PaSizedColumn *column = &index->columns[i];
	const PaIndexColumn *key = &index->shape->columns[i];
	GinKeys		keys = {0};
	double		pages,
				empty;

	if (!try_collect_keys(key, column, &keys) && !guess_words(key, column, &keys))
		return pages_without_keys(column, rows);
	if (keys_are_elements(key))
	{
		pages = pages_of_elements(index, i, &keys, rows);
		if (pages > 0)
			return pages;
	}
	/* all rows without a key are one entry */
	if (keys.nkeys == 0)
		return entry_pages(index, 1, rows);
	if (keys.keys == NULL)
		return pages_without_keys(column, rows);
	empty = Min(rows, keys.empty * index->tuples);
	pages = empty >= 1 ? entry_pages(index, 1, empty) : 0;
	return pages + pages_of_keys(index, key, &keys, rows - empty,
								 column->distinct > 0.9 * index->table_tuples);
}

double
pa_gin_pages(const PaSizedIndex *index)
{
	double		pages = index->rows != NULL ? pa_gin_rows_pages(index) : 0;

	if (pages > 0)
		return pages;
	pages = 2;					/* the metapage and the root */
	for (int i = 0; i < index->nkeys; i++)
	{
		const PaSizedColumn *column = &index->columns[i];
		double		rows = index->tuples * (1.0 - column->facts.null_fraction);

		pages += column_pages(index, i, rows);
		/* rows without a value are one entry more */
		if (index->tuples - rows >= 1)
			pages += entry_pages(index, 1, index->tuples - rows);
	}
	return ceil(pages * 1.01);	/* inner pages */
}

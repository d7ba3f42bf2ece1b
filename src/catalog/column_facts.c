/*-------------------------------------------------------------------------
 *
 * column_facts.c
 *		Facts about a column: its default b-tree operator class and what
 *		ANALYZE found.
 *
 * Read from the syscache at the moment of the call; nothing is kept and no
 * lock is taken.  A missing column or class is an answer, not an error.
 *
 * IDENTIFICATION
 *		src/catalog/column_facts.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/nbtree.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_statistic.h"
#include "fmgr.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "catalog/column_facts.h"

/* As get_variable_numdistinct() assumes when nothing is known. */
#define DEFAULT_DISTINCT 200.0

/* attgenerated of a column that is computed when read; 18 and later. */
#define GENERATED_VIRTUAL 'v'

static bool
read_attribute(Oid relid, AttrNumber attnum, PaColumnFacts *facts)
{
	HeapTuple	tuple;
	Form_pg_attribute att;
	bool		usable;

	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid),
							Int16GetDatum(attnum));
	if (!HeapTupleIsValid(tuple))
		return false;
	att = (Form_pg_attribute) GETSTRUCT(tuple);
	usable = !att->attisdropped && att->attgenerated != GENERATED_VIRTUAL;
	facts->attnum = attnum;
	facts->type = att->atttypid;
	facts->typmod = att->atttypmod;
	facts->collation = att->attcollation;
	ReleaseSysCache(tuple);
	return usable;
}

/*
 * Whether b-tree deduplication is possible, asked the way CREATE INDEX asks:
 * numeric or a nondeterministic collation says no.
 */
static bool
deduplicates(const PaColumnFacts *facts)
{
	Oid			proc = get_opfamily_proc(facts->opfamily, facts->opcintype,
										 facts->opcintype, BTEQUALIMAGE_PROC);

	return OidIsValid(proc) &&
		DatumGetBool(OidFunctionCall1Coll(proc, facts->collation,
										  ObjectIdGetDatum(facts->opcintype)));
}

static void
read_statistics(Oid relid, PaColumnFacts *facts)
{
	HeapTuple	tuple;
	Form_pg_statistic stats;
	AttStatsSlot slot;

	tuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(relid),
							Int16GetDatum(facts->attnum), BoolGetDatum(false));
	if (!HeapTupleIsValid(tuple))
	{
		facts->width = get_typavgwidth(facts->type, facts->typmod);
		return;
	}
	stats = (Form_pg_statistic) GETSTRUCT(tuple);
	facts->has_statistics = true;
	facts->width = stats->stawidth;
	facts->null_fraction = stats->stanullfrac;
	facts->distinct = stats->stadistinct;
	if (get_attstatsslot(&slot, tuple, STATISTIC_KIND_MCV, InvalidOid,
						 ATTSTATSSLOT_NUMBERS))
	{
		facts->ncommon = slot.nnumbers;
		for (int i = 0; i < slot.nnumbers; i++)
		{
			facts->common_fraction += slot.numbers[i];
			facts->common_squares += (double) slot.numbers[i] * slot.numbers[i];
		}
		free_attstatsslot(&slot);
	}
	ReleaseSysCache(tuple);
}

bool
pa_catalog_column_facts(Oid relid, AttrNumber attnum, PaColumnFacts *facts)
{
	TypeCacheEntry *entry;

	memset(facts, 0, sizeof(*facts));
	if (attnum <= 0 || !read_attribute(relid, attnum, facts))
		return false;

	/* GetDefaultOpClass() scans pg_opclass; the type cache remembers. */
	entry = lookup_type_cache(facts->type, TYPECACHE_BTREE_OPFAMILY);
	facts->opfamily = entry->btree_opf;
	facts->opcintype = entry->btree_opintype;
	if (!OidIsValid(facts->opfamily))
		return false;

	facts->deduplicates = deduplicates(facts);
	read_statistics(relid, facts);
	return true;
}

double
pa_column_distinct(const PaColumnFacts *facts, double tuples)
{
	double		distinct = facts->distinct;

	if (distinct == 0)
		distinct = DEFAULT_DISTINCT;
	else if (distinct < 0)
		distinct = -distinct * tuples;
	return Max(1.0, Min(distinct, tuples));
}

double
pa_column_typical_selectivity(const PaColumnFacts *facts, double tuples)
{
	double		distinct = pa_column_distinct(facts, tuples);
	double		rest = 1.0 - facts->null_fraction - facts->common_fraction;
	double		sum = facts->common_squares;

	/* The values that are not common are taken to be equally frequent. */
	if (rest > 0)
		sum += rest * rest / Max(1.0, distinct - facts->ncommon);
	return Max(0.0, Min(sum, 1.0));
}

/*-------------------------------------------------------------------------
 *
 * column_facts.c
 *		Facts about a column or an expression: its default operator classes
 *		and what ANALYZE found.
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
#include "access/sysattr.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_statistic.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "catalog/column_facts.h"
#include "catalog/index_facts.h"
#include "catalog/relation_facts.h"

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

/* Default operator classes; the type cache remembers what it found. */
static void
read_classes(PaColumnFacts *facts)
{
	TypeCacheEntry *entry = lookup_type_cache(facts->type, TYPECACHE_BTREE_OPFAMILY |
											  TYPECACHE_HASH_OPFAMILY);

	facts->opfamily = entry->btree_opf;
	facts->opcintype = entry->btree_opintype;
	facts->hash_opfamily = entry->hash_opf;
	facts->deduplicates = OidIsValid(facts->opfamily) && deduplicates(facts);
}

/* From a row of pg_statistic. */
void
pa_catalog_statistics_facts(HeapTuple tuple, PaColumnFacts *facts)
{
	Form_pg_statistic stats = (Form_pg_statistic) GETSTRUCT(tuple);
	AttStatsSlot slot;

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
	if (get_attstatsslot(&slot, tuple, STATISTIC_KIND_CORRELATION, InvalidOid,
						 ATTSTATSSLOT_NUMBERS))
	{
		if (slot.nnumbers == 1)
			facts->correlation = slot.numbers[0];
		free_attstatsslot(&slot);
	}
}

/*
 * Statistics of a table's or index's column, or NULL.  A partitioned table
 * has only those with the rows of its partitions.
 */
static HeapTuple
find_statistics(Oid relid, AttrNumber attnum)
{
	HeapTuple	tuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(relid),
										Int16GetDatum(attnum), BoolGetDatum(false));

	if (!HeapTupleIsValid(tuple))
		tuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(relid),
								Int16GetDatum(attnum), BoolGetDatum(true));
	return HeapTupleIsValid(tuple) ? tuple : NULL;
}

/*
 * The partition whose statistics stand in for those of a root that nobody
 * analyzes (autovacuum never does), and the number there of its column.
 */
static bool
find_stand_in(Oid relid, AttrNumber attnum, Oid *partition, AttrNumber *column)
{
	char	   *name;

	if (get_rel_relkind(relid) != RELKIND_PARTITIONED_TABLE)
		return false;
	*partition = pa_catalog_largest_partition(relid);
	name = get_attname(relid, attnum, true);
	if (!OidIsValid(*partition) || name == NULL)
		return false;
	*column = get_attnum(*partition, name);
	return *column != InvalidAttrNumber;
}

bool
pa_catalog_attribute_facts(Oid relid, AttrNumber attnum, PaColumnFacts *facts)
{
	HeapTuple	tuple;
	Oid			partition;
	AttrNumber	column;

	memset(facts, 0, sizeof(*facts));
	if (attnum <= 0 || !read_attribute(relid, attnum, facts))
		return false;
	read_classes(facts);

	tuple = find_statistics(relid, attnum);
	if (tuple == NULL && find_stand_in(relid, attnum, &partition, &column))
		tuple = find_statistics(partition, column);
	if (tuple != NULL)
	{
		pa_catalog_statistics_facts(tuple, facts);
		ReleaseSysCache(tuple);
	}
	else
		facts->width = get_typavgwidth(facts->type, facts->typmod);
	return true;
}

bool
pa_catalog_column_facts(Oid relid, AttrNumber attnum, PaColumnFacts *facts)
{
	return pa_catalog_attribute_facts(relid, attnum, facts) &&
		OidIsValid(facts->opfamily);
}

/* ---- expressions ---- */

/*
 * What to assume of an expression without statistics: as many values as the
 * combinations of its columns' values, and NULL when the column is.
 */
static void
guess_statistics(Oid relid, PaColumnFacts *facts)
{
	Bitmapset  *attnums = NULL;
	int			i = -1;

	pull_varattnos(facts->expression, 1, &attnums);
	facts->width = get_typavgwidth(facts->type, facts->typmod);
	while ((i = bms_next_member(attnums, i)) >= 0)
	{
		PaColumnFacts column;

		if (!pa_catalog_attribute_facts(relid, i + FirstLowInvalidHeapAttributeNumber,
										&column))
			continue;
		if (bms_num_members(attnums) == 1)
		{
			facts->distinct = column.distinct;
			facts->null_fraction = column.null_fraction;
			facts->common_fraction = column.common_fraction;
			facts->common_squares = column.common_squares;
			facts->ncommon = column.ncommon;
			/* lower() and the like keep the length */
			if (column.type == facts->type || get_typlen(facts->type) < 0)
				facts->width = Min(facts->width, column.width);
		}
		else if (column.distinct < facts->distinct)
			facts->distinct = column.distinct;	/* a share of the rows */
		else if (column.distinct > facts->distinct && facts->distinct >= 0)
			facts->distinct = column.distinct;
	}
	bms_free(attnums);
}

void
pa_catalog_expression_facts(Oid relid, Node *expression, PaColumnFacts *facts)
{
	HeapTuple	tuple;
	bool		in_syscache;

	memset(facts, 0, sizeof(*facts));
	facts->expression = expression;
	facts->type = exprType(expression);
	facts->typmod = exprTypmod(expression);
	facts->collation = exprCollation(expression);
	read_classes(facts);

	tuple = pa_catalog_expression_statistics(relid, expression, &in_syscache);
	if (tuple == NULL)
	{
		guess_statistics(relid, facts);
		return;
	}
	pa_catalog_statistics_facts(tuple, facts);
	if (in_syscache)
		ReleaseSysCache(tuple);
	else
		heap_freetuple(tuple);
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

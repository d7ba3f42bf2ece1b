/*-------------------------------------------------------------------------
 *
 * foreign_keys.c
 *		Foreign keys that no index of the referencing table serves.
 *
 * A DELETE of a parent's row looks for rows that reference it: the index that
 * would help has the key's columns, in any order, as its first columns.
 *
 * IDENTIFICATION
 *		src/catalog/foreign_keys.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_am.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/rel.h"

#include "catalog/foreign_keys.h"
#include "catalog/index_facts.h"
#include "catalog/relation_facts.h"
#include "catalog/table_writes.h"

static bool
has_column(const PaForeignKey *key, AttrNumber attnum)
{
	for (int i = 0; i < key->nkeys; i++)
	{
		if (key->attnums[i] == attnum)
			return true;
	}
	return false;
}

/* True when the first keys of the index are the foreign key's columns. */
static bool
serves(const PaIndexSpec *spec, const PaForeignKey *key)
{
	if (spec->predicate != NIL ||
		(spec->method != BTREE_AM_OID && spec->method != HASH_AM_OID))
		return false;
	/* an index is described as far as PA_MAX_INDEX_KEYS go */
	for (int i = 0; i < key->nkeys && i < PA_MAX_INDEX_KEYS; i++)
	{
		if (i >= spec->nkeys || !has_column(key, spec->keys[i].attnum))
			return false;
	}
	return true;
}

static bool
is_served(const PaForeignKey *key)
{
	ListCell   *lc;

	foreach(lc, pa_catalog_indexes(key->relid))
	{
		if (serves(lfirst(lc), key))
			return true;
	}
	return false;
}

/* The key's columns; false when the row is not what it should be. */
static bool
read_columns(PaForeignKey *key, Relation pg_constraint, HeapTuple tuple)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, Anum_pg_constraint_conkey,
									 RelationGetDescr(pg_constraint), &isnull);
	ArrayType  *array;

	if (isnull)
		return false;
	array = DatumGetArrayTypeP(value);
	if (ARR_NDIM(array) != 1 || ARR_HASNULL(array) ||
		ARR_ELEMTYPE(array) != INT2OID)
		return false;
	key->nkeys = ARR_DIMS(array)[0];
	key->attnums = palloc(sizeof(AttrNumber) * key->nkeys);
	memcpy(key->attnums, ARR_DATA_PTR(array), sizeof(AttrNumber) * key->nkeys);
	return key->nkeys > 0;
}

/* Sums a counter of a table, or of all the partitions that it has. */
static int64
count_tree(Oid relid, PGFunction counter)
{
	int64		sum = 0;
	ListCell   *lc;

	foreach(lc, pa_catalog_with_partitions(relid))
		sum += DatumGetInt64(DirectFunctionCall1(counter, ObjectIdGetDatum(lfirst_oid(lc))));
	return sum;
}

List *
pa_catalog_bare_foreign_keys(void)
{
	Relation	pg_constraint = table_open(ConstraintRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(pg_constraint, ConstraintOidIndexId,
										  true, NULL, 0, NULL);
	HeapTuple	tuple;
	List	   *result = NIL;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
		PaForeignKey *key;

		CHECK_FOR_INTERRUPTS();
		if (form->contype != CONSTRAINT_FOREIGN || OidIsValid(form->conparentid))
			continue;
		key = palloc0(sizeof(PaForeignKey));
		key->name = pstrdup(NameStr(form->conname));
		key->relid = form->conrelid;
		key->parent = form->confrelid;
		if (!read_columns(key, pg_constraint, tuple) || is_served(key))
			continue;
		key->parent_deletes = (int64) pa_catalog_deleted_rows(key->parent);
		key->writes = count_tree(key->relid, pg_stat_get_tuples_inserted) +
			count_tree(key->relid, pg_stat_get_tuples_updated) -
			count_tree(key->relid, pg_stat_get_tuples_hot_updated);
		result = lappend(result, key);
	}
	systable_endscan(scan);
	table_close(pg_constraint, AccessShareLock);
	return result;
}

/*-------------------------------------------------------------------------
 *
 * index_duties.c
 *		What an index is there for besides being read by plans.
 *
 * Two passes: over pg_index, then over pg_constraint, whose rows find their
 * indexes by binary search.  So 5,000 indexes take milliseconds.
 *
 * A DELETE in a parent table looks for rows that reference it.  Of several
 * indexes that could find them the one with the most of the foreign key's
 * columns has the duty, among equals the oldest; otherwise each of two
 * duplicates would excuse the other, and both could go.
 *
 * IDENTIFICATION
 *		src/catalog/index_duties.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/catalog.h"
#include "catalog/indexing.h"
#include "catalog/partition.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/index_duties.h"

/* ---- pg_index ---- */

/* What pg_class says; false when it is gone or none of the user's. */
static bool
read_class(PaIndexDuties *duties)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(duties->indexid));
	Form_pg_class class;
	bool		wanted;

	if (!HeapTupleIsValid(tuple))
		return false;
	class = (Form_pg_class) GETSTRUCT(tuple);
	wanted = !IsCatalogNamespace(class->relnamespace) &&
		!IsToastNamespace(class->relnamespace) &&
		class->relpersistence != RELPERSISTENCE_TEMP;
	duties->method = class->relam;
	duties->relkind = class->relkind;
	duties->persistence = class->relpersistence;
	duties->is_partition_child = class->relispartition;
	duties->tuples = class->reltuples;
	duties->pages = class->relpages;
	ReleaseSysCache(tuple);
	return wanted;
}

/* The top of the tree of partitioned indexes. */
static Oid
root_of(const PaIndexDuties *duties)
{
	List	   *ancestors;

	if (!duties->is_partition_child)
		return duties->indexid;
	ancestors = get_partition_ancestors(duties->indexid);
	return ancestors != NIL ? llast_oid(ancestors) : duties->indexid;
}

/*
 * Whether the predicate is IS NOT NULL of that column, which every lookup of
 * a value implies.
 */
static bool
is_not_null_of(HeapTuple tuple, Relation pg_index, AttrNumber attnum)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, Anum_pg_index_indpred,
									 RelationGetDescr(pg_index), &isnull);
	Node	   *predicate;

	if (isnull)
		return false;
	predicate = stringToNode(TextDatumGetCString(value));
	if (predicate != NULL && IsA(predicate, NullTest))
	{
		const NullTest *test = (const NullTest *) predicate;

		return test->nulltesttype == IS_NOT_NULL && IsA(test->arg, Var) &&
			((const Var *) test->arg)->varattno == attnum;
	}
	return false;
}

/* NULL when the index is no user's, or gone. */
static PaIndexDuties *
read_index(HeapTuple tuple, Relation pg_index)
{
	Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);
	PaIndexDuties *duties = palloc0(sizeof(PaIndexDuties));

	duties->indexid = index->indexrelid;
	duties->relid = index->indrelid;
	if (!read_class(duties))
		return NULL;
	duties->root = root_of(duties);
	duties->is_valid = index->indisvalid && index->indisready && index->indislive;
	duties->is_unique = index->indisunique;
	duties->is_primary = index->indisprimary;
	duties->is_exclusion = index->indisexclusion;
	duties->is_deferrable = !index->indimmediate;
	duties->is_replica_identity = index->indisreplident;
	duties->is_clustered = index->indisclustered;
	duties->has_expressions = !heap_attisnull(tuple, Anum_pg_index_indexprs,
											  RelationGetDescr(pg_index));
	duties->has_predicate = !heap_attisnull(tuple, Anum_pg_index_indpred,
											RelationGetDescr(pg_index));
	duties->nkeys = index->indnkeyatts;
	duties->attnums = palloc(sizeof(AttrNumber) * duties->nkeys);
	for (int i = 0; i < duties->nkeys; i++)
		duties->attnums[i] = index->indkey.values[i];
	if (duties->has_predicate)
		duties->not_null_only = is_not_null_of(tuple, pg_index, duties->attnums[0]);
	return duties;
}

/* list_sort comparator: by table, then by index. */
static int
compare_duties(const ListCell *left, const ListCell *right)
{
	const PaIndexDuties *a = lfirst(left);
	const PaIndexDuties *b = lfirst(right);

	if (a->relid != b->relid)
		return a->relid < b->relid ? -1 : 1;
	if (a->indexid != b->indexid)
		return a->indexid < b->indexid ? -1 : 1;
	return 0;
}

/* The indexes of one table or of all, sorted. */
static List *
read_indexes(Oid relid)
{
	Relation	pg_index = table_open(IndexRelationId, AccessShareLock);
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;
	List	   *all = NIL;

	ScanKeyInit(&key, Anum_pg_index_indrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(pg_index, IndexIndrelidIndexId, OidIsValid(relid),
							  NULL, OidIsValid(relid) ? 1 : 0, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);
		PaIndexDuties *duties;

		CHECK_FOR_INTERRUPTS();
		if (index->indrelid < FirstNormalObjectId)
			continue;
		duties = read_index(tuple, pg_index);
		if (duties != NULL)
			all = lappend(all, duties);
	}
	systable_endscan(scan);
	table_close(pg_index, AccessShareLock);
	list_sort(all, compare_duties);
	return all;
}

/* ---- pg_constraint ---- */

/* The place of the first index of that table or a later one. */
static int
first_of_table(const List *all, Oid relid)
{
	int			low = 0;
	int			high = list_length(all);

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (((const PaIndexDuties *) list_nth(all, middle))->relid < relid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static PaIndexDuties *
find_index(const List *all, Oid relid, Oid indexid)
{
	for (int i = first_of_table(all, relid); i < list_length(all); i++)
	{
		PaIndexDuties *duties = list_nth(all, i);

		if (duties->relid != relid)
			break;
		if (duties->indexid == indexid)
			return duties;
	}
	return NULL;
}

/* An array of columns; NULL when the row is not what it should be. */
static AttrNumber *
read_columns(HeapTuple tuple, Relation pg_constraint, int column, int *count)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, column, RelationGetDescr(pg_constraint), &isnull);
	ArrayType  *array;
	AttrNumber *attnums;

	if (isnull)
		return NULL;
	array = DatumGetArrayTypeP(value);
	if (ARR_NDIM(array) != 1 || ARR_HASNULL(array) || ARR_ELEMTYPE(array) != INT2OID)
		return NULL;
	*count = ARR_DIMS(array)[0];
	attnums = palloc(sizeof(AttrNumber) * *count);
	memcpy(attnums, ARR_DATA_PTR(array), sizeof(AttrNumber) * *count);
	return attnums;
}

static PaKeyReference *
read_reference(HeapTuple tuple, Relation pg_constraint)
{
	Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
	PaKeyReference *key = palloc0(sizeof(PaKeyReference));
	int			parent_keys = 0;

	key->name = pstrdup(NameStr(form->conname));
	key->relid = form->conrelid;
	key->parent = form->confrelid;
	key->target = form->conindid;
	key->attnums = read_columns(tuple, pg_constraint, Anum_pg_constraint_conkey, &key->nkeys);
	key->parent_attnums = read_columns(tuple, pg_constraint, Anum_pg_constraint_confkey,
									   &parent_keys);
	if (key->attnums == NULL || key->parent_attnums == NULL || parent_keys != key->nkeys)
		return NULL;
	return key;
}

/* How many of its leading keys the foreign key's columns are. */
static int
leading_keys(const PaIndexDuties *duties, const PaKeyReference *key)
{
	int			count = 0;
	bool		found = true;

	if (!duties->is_valid || (duties->has_predicate && !duties->not_null_only))
		return 0;
	/* a hash index needs all of its keys, and has one */
	if (duties->method != BTREE_AM_OID && duties->method != HASH_AM_OID)
		return 0;
	while (found && count < duties->nkeys && count < key->nkeys)
	{
		found = false;
		for (int i = 0; i < key->nkeys && !found; i++)
			found = duties->attnums[count] == key->attnums[i];
		if (found)
			count++;
	}
	return count;
}

/* Gives the foreign key to the index that serves it best, if there is one. */
static void
assign_reference(const List *all, PaKeyReference *key)
{
	PaIndexDuties *best = NULL;
	int			best_keys = 0;

	for (int i = first_of_table(all, key->relid); i < list_length(all); i++)
	{
		PaIndexDuties *duties = list_nth(all, i);
		int			keys;

		if (duties->relid != key->relid)
			break;
		keys = leading_keys(duties, key);
		/* what a constraint keeps anyway frees the others of the duty */
		if (keys > best_keys ||
			(keys > 0 && keys == best_keys &&
			 best->constraint == NULL && duties->constraint != NULL))
		{
			best = duties;
			best_keys = keys;
		}
	}
	if (best != NULL)
		best->serves = lappend(best->serves, key);
}

/* Reads the constraints; foreign keys wait until all others are known. */
static List *
read_constraints(const List *all)
{
	Relation	pg_constraint = table_open(ConstraintRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(pg_constraint, ConstraintOidIndexId, true,
										  NULL, 0, NULL);
	HeapTuple	tuple;
	List	   *references = NIL;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
		PaIndexDuties *duties;
		PaKeyReference *key;

		CHECK_FOR_INTERRUPTS();
		if (!OidIsValid(form->conindid))
			continue;
		if (form->contype != CONSTRAINT_FOREIGN)
		{
			duties = find_index(all, form->conrelid, form->conindid);
			if (duties != NULL)
				duties->constraint = pstrdup(NameStr(form->conname));
			continue;
		}
		key = read_reference(tuple, pg_constraint);
		if (key == NULL)
			continue;
		references = lappend(references, key);
		duties = find_index(all, form->confrelid, form->conindid);
		if (duties != NULL)
			duties->references = lappend(duties->references, key);
	}
	systable_endscan(scan);
	table_close(pg_constraint, AccessShareLock);
	return references;
}

List *
pa_catalog_index_duties(Oid relid)
{
	List	   *all = read_indexes(relid);
	ListCell   *lc;

	foreach(lc, read_constraints(all))
		assign_reference(all, lfirst(lc));
	return all;
}

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
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/index_duties.h"
#include "compat/capabilities.h"

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

/* Operator families and collations of the keys. */
static void
read_families(PaIndexDuties *duties, HeapTuple tuple, Relation pg_index)
{
	bool		isnull;
	const oidvector *classes = (oidvector *)
		DatumGetPointer(heap_getattr(tuple, Anum_pg_index_indclass,
									 RelationGetDescr(pg_index), &isnull));
	const oidvector *collations = (oidvector *)
		DatumGetPointer(heap_getattr(tuple, Anum_pg_index_indcollation,
									 RelationGetDescr(pg_index), &isnull));

	duties->families = palloc(sizeof(Oid) * duties->nkeys);
	duties->collations = palloc(sizeof(Oid) * duties->nkeys);
	for (int i = 0; i < duties->nkeys; i++)
	{
		HeapTuple	class = SearchSysCache1(CLAOID, ObjectIdGetDatum(classes->values[i]));

		duties->collations[i] = collations->values[i];
		duties->families[i] = InvalidOid;
		if (!HeapTupleIsValid(class))
			continue;
		duties->families[i] = ((Form_pg_opclass) GETSTRUCT(class))->opcfamily;
		ReleaseSysCache(class);
	}
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
	read_families(duties, tuple, pg_index);
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

/* An array of operators, one for each key; NULL when it is no such thing. */
static Oid *
read_operators(HeapTuple tuple, Relation pg_constraint, int nkeys)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, Anum_pg_constraint_conpfeqop,
									 RelationGetDescr(pg_constraint), &isnull);
	ArrayType  *array;
	Oid		   *operators;

	if (isnull)
		return NULL;
	array = DatumGetArrayTypeP(value);
	if (ARR_NDIM(array) != 1 || ARR_HASNULL(array) || ARR_ELEMTYPE(array) != OIDOID ||
		ARR_DIMS(array)[0] != nkeys)
		return NULL;
	operators = palloc(sizeof(Oid) * nkeys);
	memcpy(operators, ARR_DATA_PTR(array), sizeof(Oid) * nkeys);
	return operators;
}

static Oid
column_collation(Oid relid, AttrNumber attnum)
{
	HeapTuple	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid),
										Int16GetDatum(attnum));
	Oid			collation;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	collation = ((Form_pg_attribute) GETSTRUCT(tuple))->attcollation;
	ReleaseSysCache(tuple);
	return collation;
}

static bool
is_deterministic(Oid collation)
{
	HeapTuple	tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
	bool		deterministic;

	if (!HeapTupleIsValid(tuple))
		return true;
	deterministic = ((Form_pg_collation) GETSTRUCT(tuple))->collisdeterministic;
	ReleaseSysCache(tuple);
	return deterministic;
}

/*
 * The column's own collation, but for a parent's that takes for equal what is
 * not the same.
 */
static Oid
check_collation(const PaKeyReference *key, int i)
{
	Oid			own = column_collation(key->relid, key->attnums[i]);
	Oid			parents = column_collation(key->parent, key->parent_attnums[i]);

	return own != parents && OidIsValid(parents) && !is_deterministic(parents) ? parents : own;
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
	key->operators = read_operators(tuple, pg_constraint, key->nkeys);
	if (key->operators == NULL)
		return NULL;
	key->collations = palloc(sizeof(Oid) * key->nkeys);
	for (int i = 0; i < key->nkeys; i++)
		key->collations[i] = check_collation(key, i);
	return key;
}

/* Whether the planner could look for the foreign key's i-th column by that key. */
static bool
serves_column(const PaIndexDuties *duties, int position, const PaKeyReference *key, int i)
{
	Oid			family = duties->families[position];
	Oid			collation = duties->collations[position];

	return duties->attnums[position] == key->attnums[i] &&
		(!OidIsValid(collation) || collation == key->collations[i]) &&
		(op_in_opfamily(key->operators[i], family) ||
		 op_in_opfamily(get_commutator(key->operators[i]), family));
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
			found = serves_column(duties, count, key, i);
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

/* ---- pg_subscription_rel ---- */

/* Whether a subscription writes to the table, or to one that it is a partition of. */
static bool
is_subscribed(Oid relid)
{
	List	   *tables = get_rel_relispartition(relid) ? get_partition_ancestors(relid) : NIL;
	bool		found = false;
	ListCell   *lc;

	tables = lappend_oid(tables, relid);
	foreach(lc, tables)
	{
		CatCList   *rows = SearchSysCacheList1(SUBSCRIPTIONRELMAP,
											   ObjectIdGetDatum(lfirst_oid(lc)));

		found |= rows->n_members > 0;
		ReleaseSysCacheList(rows);
	}
	return found;
}

static bool
fits_apply(const PaIndexDuties *duties)
{
	if (!duties->is_valid || duties->has_predicate || duties->attnums[0] == 0)
		return false;
	return (PA_APPLY_BY_BTREE && duties->method == BTREE_AM_OID) ||
		(PA_APPLY_BY_HASH && duties->method == HASH_AM_OID) ||
		(PA_APPLY_BY_GIST && duties->method == GIST_AM_OID);
}

/*
 * Marks the indexes from first to next, of one table: without a key the worker
 * looks for updated and deleted rows by any of them, and no plan shows that.
 */
static void
mark_apply_targets(List *all, int first, int next)
{
	bool		fits = false;

	for (int i = first; i < next; i++)
	{
		const PaIndexDuties *duties = list_nth(all, i);

		if (duties->is_valid && (duties->is_primary || duties->is_replica_identity))
			return;
		fits |= fits_apply(duties);
	}
	if (!fits || !is_subscribed(((const PaIndexDuties *) list_nth(all, first))->relid))
		return;
	for (int i = first; i < next; i++)
	{
		PaIndexDuties *duties = list_nth(all, i);

		duties->is_apply_target = fits_apply(duties);
	}
}

static void
find_apply_targets(List *all)
{
	int			first = 0;

	for (int next = 1; next <= list_length(all); next++)
	{
		if (next < list_length(all) &&
			((const PaIndexDuties *) list_nth(all, next))->relid ==
			((const PaIndexDuties *) list_nth(all, first))->relid)
			continue;
		mark_apply_targets(all, first, next);
		first = next;
	}
}

List *
pa_catalog_index_duties(Oid relid)
{
	List	   *all = read_indexes(relid);
	ListCell   *lc;

	find_apply_targets(all);

	foreach(lc, read_constraints(all))
		assign_reference(all, lfirst(lc));
	return all;
}

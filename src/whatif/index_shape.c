/*-------------------------------------------------------------------------
 *
 * index_shape.c
 *		A proposed index as CREATE INDEX would describe it on one relation:
 *		types, collations and operator classes of its columns.
 *
 * The relation is the one that the proposal is for or, when that is a
 * partitioned table, one of its partitions, which gets an index of its own.
 * Partitions have the same columns by name and not by number.
 *
 * Read from the syscache at the moment of the call; what is gone, or could
 * not be created, is an answer and not an error.
 *
 * IDENTIFICATION
 *		src/whatif/index_shape.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/partition.h"
#include "catalog/pg_am.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_opclass.h"
#include "commands/defrem.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "whatif/whatif_internal.h"

/* attgenerated of a column that is computed when read; 18 and later. */
#define GENERATED_VIRTUAL 'v'

/* Between the table of the proposal and the relation at hand. */
typedef struct ColumnMap
{
	Oid			from;
	Oid			to;
	bool		failed;			/* a column has no counterpart */
} ColumnMap;

static AttrNumber
map_column(ColumnMap *map, AttrNumber attnum)
{
	char	   *name;
	AttrNumber	mapped = InvalidAttrNumber;

	if (map->from == map->to || attnum <= 0)
		return attnum;
	name = get_attname(map->from, attnum, true);
	if (name != NULL)
		mapped = get_attnum(map->to, name);
	if (mapped == InvalidAttrNumber)
		map->failed = true;
	return mapped;
}

/* In place, on a copy. */
static bool
map_vars_walker(Node *node, void *context)
{
	ColumnMap  *map = (ColumnMap *) context;

	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		((Var *) node)->varattno = map_column(map, ((Var *) node)->varattno);
		/* a whole row has another type there */
		if (((Var *) node)->varattno <= 0)
			map->failed = true;
		return false;
	}
	return expression_tree_walker(node, map_vars_walker, context);
}

static Node *
map_expression(ColumnMap *map, Node *expression)
{
	Node	   *copy = copyObject(expression);

	if (map->from != map->to)
		(void) map_vars_walker(copy, map);
	return copy;
}

static bool
read_column(Oid relid, AttrNumber attnum, PaIndexColumn *column)
{
	HeapTuple	tuple;
	Form_pg_attribute att;
	bool		usable;

	if (attnum <= 0)
		return false;
	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(attnum));
	if (!HeapTupleIsValid(tuple))
		return false;
	att = (Form_pg_attribute) GETSTRUCT(tuple);
	usable = !att->attisdropped && att->attgenerated != GENERATED_VIRTUAL;
	column->attnum = attnum;
	column->type = att->atttypid;
	column->typmod = att->atttypmod;
	column->collation = att->attcollation;
	ReleaseSysCache(tuple);
	return usable;
}

/* The type's default class; the type cache spares b-trees a catalog scan. */
static Oid
default_opclass(Oid type, Oid method)
{
	TypeCacheEntry *entry;

	if (method != BTREE_AM_OID)
		return GetDefaultOpClass(type, method);
	entry = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY);
	return entry->btree_opf == InvalidOid ? InvalidOid : GetDefaultOpClass(getBaseType(type), method);
}

/* Type that an index stores in place of the column's, or InvalidOid. */
static Oid
stored_type(Oid opclass)
{
	HeapTuple	tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(opclass));
	Oid			result;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	result = ((Form_pg_opclass) GETSTRUCT(tuple))->opckeytype;
	ReleaseSysCache(tuple);
	return result;
}

static bool
fill_key(const PaIndexKey *key, ColumnMap *map, Oid method, PaIndexColumn *column)
{
	if (key->attnum != 0)
	{
		if (!read_column(map->to, map_column(map, key->attnum), column))
			return false;
	}
	else if (key->expression != NULL)
	{
		column->expression = map_expression(map, key->expression);
		column->type = exprType(column->expression);
		column->typmod = exprTypmod(column->expression);
		column->collation = exprCollation(column->expression);
	}
	else
		return false;

	if (OidIsValid(key->collation))
		column->collation = key->collation;
	column->descending = key->descending;
	column->nulls_first = key->nulls_first;
	column->opclass = OidIsValid(key->opclass) ? key->opclass :
		default_opclass(column->type, method);
	if (!OidIsValid(column->opclass) ||
		!get_opclass_opfamily_and_input_type(column->opclass, &column->opfamily,
											 &column->opcintype))
		return false;
	column->stored_type = stored_type(column->opclass);
	return !map->failed;
}

bool
pa_index_shape(const PaIndexSpec *spec, Oid relid, PaIndexShape *shape)
{
	ColumnMap	map = {.from = spec->relid, .to = relid};
	ListCell   *lc;

	memset(shape, 0, sizeof(*shape));
	if (spec->nkeys < 1 || spec->nkeys > PA_MAX_INDEX_KEYS ||
		spec->nincluded < 0 || spec->nincluded > PA_MAX_INCLUDED)
		return false;
	shape->relid = relid;
	shape->method = spec->method;
	shape->unique = spec->unique;
	shape->nulls_equal = spec->nulls_equal;
	shape->nkeys = spec->nkeys;
	shape->ncolumns = spec->nkeys + spec->nincluded;
	for (int i = 0; i < spec->nkeys; i++)
	{
		if (!fill_key(&spec->keys[i], &map, spec->method, &shape->columns[i]))
			return false;
	}
	for (int i = 0; i < spec->nincluded; i++)
	{
		if (!read_column(relid, map_column(&map, spec->included[i]),
						 &shape->columns[spec->nkeys + i]))
			return false;
	}
	foreach(lc, spec->predicate)
		shape->predicate = lappend(shape->predicate, map_expression(&map, lfirst(lc)));
	return !map.failed;
}

bool
pa_same_shape(const PaIndexShape *a, const PaIndexShape *b)
{
	if (a->relid != b->relid || a->method != b->method || a->unique != b->unique ||
		a->nkeys != b->nkeys || a->ncolumns != b->ncolumns)
		return false;
	for (int i = 0; i < a->ncolumns; i++)
	{
		if (a->columns[i].attnum != b->columns[i].attnum ||
			a->columns[i].opclass != b->columns[i].opclass ||
			a->columns[i].collation != b->columns[i].collation ||
			!equal(a->columns[i].expression, b->columns[i].expression))
			return false;
	}
	return equal(a->predicate, b->predicate);
}

bool
pa_index_is_for(const PaIndexSpec *spec, Oid relid, bool is_partition)
{
	List	   *ancestors;
	bool		found;

	if (spec->relid == relid)
		return true;
	if (!is_partition || get_rel_relkind(spec->relid) != RELKIND_PARTITIONED_TABLE)
		return false;
	ancestors = get_partition_ancestors(relid);
	found = list_member_oid(ancestors, spec->relid);
	list_free(ancestors);
	return found;
}

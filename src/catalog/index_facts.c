/*-------------------------------------------------------------------------
 *
 * index_facts.c
 *		The indexes and partitions of a table, as the catalogs have them.
 *
 * Read without opening the table or any index, so that nothing waits for a
 * lock.  Expressions and predicates are simplified as the planner simplifies
 * them.
 *
 * What does not belong here: indexes as one planning sees them, with the
 * judgement whether a predicate holds (whatif/).
 *
 * IDENTIFICATION
 *		src/catalog/index_facts.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "commands/defrem.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/index_facts.h"

/* Access method of an index; 0 when it is gone. */
static Oid
index_method(Oid indexid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(indexid));
	Oid			method;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	method = ((Form_pg_class) GETSTRUCT(tuple))->relam;
	ReleaseSysCache(tuple);
	return method;
}

/* A pg_node_tree column of pg_index as nodes; NULL when it is NULL. */
static Node *
node_column(Relation pg_index, HeapTuple tuple, AttrNumber attnum)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, attnum, RelationGetDescr(pg_index), &isnull);

	return isnull ? NULL : stringToNode(TextDatumGetCString(value));
}

static void *
vector_column(Relation pg_index, HeapTuple tuple, AttrNumber attnum)
{
	bool		isnull;

	return DatumGetPointer(heap_getattr(tuple, attnum,
										RelationGetDescr(pg_index), &isnull));
}

/* As RelationGetIndexExpressions() */
static List *
index_expressions(Relation pg_index, HeapTuple tuple)
{
	Node	   *node = node_column(pg_index, tuple, Anum_pg_index_indexprs);

	if (node == NULL)
		return NIL;
	node = eval_const_expressions(NULL, node);
	fix_opfuncids(node);
	return (List *) node;
}

/* As RelationGetIndexPredicate() */
static List *
index_predicate(Relation pg_index, HeapTuple tuple)
{
	Node	   *node = node_column(pg_index, tuple, Anum_pg_index_indpred);

	if (node == NULL)
		return NIL;
	node = eval_const_expressions(NULL, node);
	node = (Node *) canonicalize_qual((Expr *) node, false);
	node = (Node *) make_ands_implicit((Expr *) node);
	fix_opfuncids(node);
	return (List *) node;
}

/* Fills one key; false when a PaIndexKey cannot describe it. */
static bool
fill_key(PaIndexKey *key, const PaIndexSpec *spec, AttrNumber attnum,
		 Node *expression, Oid opclass, Oid collation, int16 option)
{
	Oid			type;
	Oid			own_collation;
	int32		typmod;

	if (expression != NULL)
	{
		type = exprType(expression);
		own_collation = exprCollation(expression);
	}
	else
	{
		if (attnum <= 0)
			return false;
		get_atttypetypmodcoll(spec->relid, attnum, &type, &typmod, &own_collation);
	}
	if (OidIsValid(collation) && collation != own_collation)
		return false;

	key->attnum = attnum;
	key->expression = expression;
	key->opclass = opclass == GetDefaultOpClass(type, spec->method) ?
		InvalidOid : opclass;
	key->descending = (option & INDOPTION_DESC) != 0;
	key->nulls_first = (option & INDOPTION_NULLS_FIRST) != 0;
	return true;
}

static void
fill_keys(PaIndexSpec *spec, Relation pg_index, HeapTuple tuple)
{
	Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);
	oidvector  *collations = vector_column(pg_index, tuple, Anum_pg_index_indcollation);
	oidvector  *classes = vector_column(pg_index, tuple, Anum_pg_index_indclass);
	int2vector *options = vector_column(pg_index, tuple, Anum_pg_index_indoption);
	List	   *expressions = index_expressions(pg_index, tuple);
	int			next = 0;

	for (int i = 0; i < index->indnkeyatts; i++)
	{
		AttrNumber	attnum = index->indkey.values[i];
		Node	   *expression = NULL;

		if (attnum == 0)
			expression = list_nth(expressions, next++);
		if (i == PA_MAX_INDEX_KEYS ||
			!fill_key(&spec->keys[i], spec, attnum, expression,
					  classes->values[i], collations->values[i],
					  options->values[i]))
		{
			spec->truncated = true;
			return;
		}
		spec->nkeys++;
	}

	for (int i = index->indnkeyatts; i < index->indnatts; i++)
	{
		if (spec->nincluded == PA_MAX_INCLUDED)
		{
			spec->truncated = true;
			return;
		}
		spec->included[spec->nincluded++] = index->indkey.values[i];
	}
}

static PaIndexSpec *
make_spec(Relation pg_index, HeapTuple tuple)
{
	Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);
	PaIndexSpec *spec = palloc0(sizeof(PaIndexSpec));

	spec->relid = index->indrelid;
	spec->indexid = index->indexrelid;
	spec->method = index_method(index->indexrelid);
	spec->unique = index->indisunique;
	spec->constraint = index->indisprimary || index->indisexclusion ||
		!index->indimmediate;
	spec->predicate = index_predicate(pg_index, tuple);
	spec->predicate_holds = spec->predicate == NIL;
	fill_keys(spec, pg_index, tuple);
	return spec;
}

List *
pa_catalog_indexes(Oid relid)
{
	Relation	pg_index = table_open(IndexRelationId, AccessShareLock);
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;
	List	   *result = NIL;

	ScanKeyInit(&key, Anum_pg_index_indrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(pg_index, IndexIndrelidIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);

		if (index->indisvalid && index->indislive &&
			OidIsValid(index_method(index->indexrelid)))
			result = lappend(result, make_spec(pg_index, tuple));
	}
	systable_endscan(scan);
	table_close(pg_index, AccessShareLock);
	return result;
}

List *
pa_catalog_partitions(Oid relid)
{
	return find_inheritance_children(relid, NoLock);
}

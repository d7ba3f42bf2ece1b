/*-------------------------------------------------------------------------
 *
 * index_facts.c
 *		Facts about a table's indexes, and about the statistics that indexes
 *		and statistics objects keep of expressions.
 *
 * Read from pg_index at the moment of the call, not from the relation cache:
 * that would need the index open, and its lock.  Expressions and predicates
 * are stored as they were written; here they are simplified as the planner
 * simplifies a query's, so that equal() can compare them.  Simplifying calls
 * immutable functions, so expressions with functions of somebody's own stay
 * as they are.
 *
 * What does not belong here: which index serves what (analyze/).
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
#include "access/transam.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_statistic_ext_data.h"
#include "commands/defrem.h"
#include "commands/progress.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "statistics/statistics.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/column_facts.h"
#include "catalog/index_facts.h"
#include "compat/backends.h"

/* ---- expressions of the catalogs ---- */

static bool
is_own_function(Oid funcid, void *context)
{
	(void) context;
	return funcid >= FirstUnpinnedObjectId;
}

/* True when the expression calls a function that initdb did not make. */
static bool
calls_own_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (check_functions_in_node(node, is_own_function, context))
		return true;
	return expression_tree_walker(node, calls_own_walker, context);
}

/* A list of expressions as the planner would have them. */
static List *
simplify(List *expressions)
{
	if (!calls_own_walker((Node *) expressions, NULL))
		expressions = (List *) eval_const_expressions(NULL, (Node *) expressions);
	fix_opfuncids((Node *) expressions);
	return expressions;
}

static List *
read_expressions(Datum value)
{
	char	   *string = TextDatumGetCString(value);
	List	   *expressions = (List *) stringToNode(string);

	pfree(string);
	return expressions;
}

/* The expressions before constants were folded and functions inlined. */
static List *
written_expressions(HeapTuple tuple)
{
	bool		isnull;
	Datum		value = SysCacheGetAttr(INDEXRELID, tuple, Anum_pg_index_indexprs, &isnull);

	return isnull ? NIL : read_expressions(value);
}

List *
pa_catalog_index_expressions(HeapTuple tuple)
{
	return simplify(written_expressions(tuple));
}

List *
pa_catalog_index_predicate(HeapTuple tuple)
{
	bool		isnull;
	Datum		value = SysCacheGetAttr(INDEXRELID, tuple, Anum_pg_index_indpred, &isnull);
	Node	   *predicate;

	if (isnull)
		return NIL;
	predicate = (Node *) simplify(list_make1(read_expressions(value)));
	predicate = (Node *) linitial((List *) predicate);
	return make_ands_implicit((Expr *) canonicalize_qual((Expr *) predicate, false));
}

/* ---- one index ---- */

Oid
pa_catalog_default_opclass(Oid type, Oid method)
{
	return GetDefaultOpClass(type, method);
}

/* What of a key the catalogs tell, and its type and collation by nature. */
typedef struct IndexColumn
{
	PaIndexKey	key;
	Oid			type;
	Oid			collation;
} IndexColumn;

static bool
column_of_table(Oid relid, AttrNumber attnum, IndexColumn *column)
{
	PaColumnFacts facts;

	if (!pa_catalog_attribute_facts(relid, attnum, &facts))
		return false;
	column->key.attnum = attnum;
	column->type = facts.type;
	column->collation = facts.collation;
	return true;
}

static void
column_of_expression(Node *expression, IndexColumn *column)
{
	/* As the planner matches it: a cast that changes nothing is not there. */
	if (IsA(expression, RelabelType))
		expression = (Node *) ((RelabelType *) expression)->arg;
	column->key.expression = expression;
	column->type = exprType(expression);
	column->collation = exprCollation(expression);
}

/* The method's options for the i-th key. */
static void
read_key_options(HeapTuple tuple, int i, PaIndexSpec *spec, IndexColumn *column)
{
	oidvector  *classes;
	oidvector  *collations;
	int2vector *options;
	bool		isnull;

	classes = (oidvector *) DatumGetPointer(SysCacheGetAttr(INDEXRELID, tuple,
															Anum_pg_index_indclass, &isnull));
	collations = (oidvector *) DatumGetPointer(SysCacheGetAttr(INDEXRELID, tuple,
															   Anum_pg_index_indcollation, &isnull));
	options = (int2vector *) DatumGetPointer(SysCacheGetAttr(INDEXRELID, tuple,
															 Anum_pg_index_indoption, &isnull));

	/* A class for a type without collation has none here. */
	if (collations->values[i] != column->collation)
		column->key.collation = collations->values[i];
	if (classes->values[i] != pa_catalog_default_opclass(column->type, spec->method))
		column->key.opclass = classes->values[i];
	column->key.descending = (options->values[i] & INDOPTION_DESC) != 0;
	column->key.nulls_first = (options->values[i] & INDOPTION_NULLS_FIRST) != 0;
}

static void
read_keys(HeapTuple tuple, PaIndexSpec *spec)
{
	Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);
	List	   *expressions = pa_catalog_index_expressions(tuple);
	ListCell   *next = list_head(expressions);

	for (int i = 0; i < index->indnkeyatts; i++)
	{
		IndexColumn column = {0};

		if (index->indkey.values[i] == 0 && next != NULL)
		{
			column_of_expression((Node *) lfirst(next), &column);
			next = lnext(expressions, next);
		}
		else if (!column_of_table(spec->relid, index->indkey.values[i], &column))
			break;
		if (spec->nkeys == PA_MAX_INDEX_KEYS)
			break;
		read_key_options(tuple, i, spec, &column);
		spec->keys[spec->nkeys++] = column.key;
	}
	spec->truncated = spec->nkeys < index->indnkeyatts;

	for (int i = index->indnkeyatts; i < index->indnatts; i++)
	{
		if (spec->nincluded == PA_MAX_INCLUDED)
		{
			spec->truncated = true;
			break;
		}
		spec->included[spec->nincluded++] = index->indkey.values[i];
	}
}

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

/* NULL when nothing of the index can be described, or it is gone. */
static PaIndexSpec *
index_spec(HeapTuple tuple)
{
	Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);
	PaIndexSpec *spec = palloc0(sizeof(PaIndexSpec));

	spec->relid = index->indrelid;
	spec->indexid = index->indexrelid;
	spec->method = index_method(index->indexrelid);
	if (!OidIsValid(spec->method))
		return NULL;
	read_keys(tuple, spec);
	if (spec->nkeys == 0)
		return NULL;

	spec->predicate = pa_catalog_index_predicate(tuple);
	spec->predicate_holds = spec->predicate == NIL;
	spec->unique = index->indisunique;
	spec->constraint = index->indisprimary || index->indisexclusion ||
		index->indisreplident ||
		OidIsValid(get_index_constraint(index->indexrelid)) ||
		get_index_ref_constraints(index->indexrelid) != NIL;
	return spec;
}

/* OIDs of the relation's indexes: nothing of them is locked. */
static List *
index_oids(Oid relid)
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
		result = lappend_oid(result, ((Form_pg_index) GETSTRUCT(tuple))->indexrelid);
	systable_endscan(scan);
	table_close(pg_index, AccessShareLock);
	list_sort(result, list_oid_cmp);
	return result;
}

static List *
indexes_that_are(Oid relid, bool valid)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, index_oids(relid))
	{
		HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(lc)));
		Form_pg_index index;
		PaIndexSpec *spec;

		if (!HeapTupleIsValid(tuple))
			continue;
		index = (Form_pg_index) GETSTRUCT(tuple);
		if (index->indislive && valid == (index->indisvalid && index->indisready))
		{
			spec = index_spec(tuple);
			if (spec != NULL)
				result = lappend(result, spec);
		}
		ReleaseSysCache(tuple);
	}
	return result;
}

List *
pa_catalog_indexes(Oid relid)
{
	return indexes_that_are(relid, true);
}

/* Whether somebody is building an index of the relation, or building it anew. */
static bool
is_being_indexed(Oid relid)
{
	int			count = pgstat_fetch_stat_numbackends();

	for (int n = 1; n <= count; n++)
	{
		const PgBackendStatus *backend = pa_nth_backend(n);

		if (backend != NULL && backend->st_procpid > 0 &&
			backend->st_databaseid == MyDatabaseId &&
			backend->st_progress_command == PROGRESS_COMMAND_CREATE_INDEX &&
			backend->st_progress_command_target == relid)
			return true;
	}
	return false;
}

List *
pa_catalog_broken_indexes(Oid relid)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, indexes_that_are(relid, false))
	{
		PaIndexSpec *spec = (PaIndexSpec *) lfirst(lc);

		/* that of a partitioned table waits for its partitions' to be attached */
		if (get_rel_relkind(spec->indexid) == RELKIND_INDEX)
			result = lappend(result, spec);
	}
	if (result != NIL && is_being_indexed(relid))
		return NIL;
	return result;
}

/* ---- statistics of expressions ---- */

/* ANALYZE keeps those of an index's expression under the index's column. */
static HeapTuple
statistics_of_index(Oid indexid, Node *expression)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(indexid));
	HeapTuple	found = NULL;
	Form_pg_index index;
	List	   *expressions;
	ListCell   *next;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	index = (Form_pg_index) GETSTRUCT(tuple);
	expressions = pa_catalog_index_expressions(tuple);
	next = list_head(expressions);
	for (int i = 0; i < index->indnatts && next != NULL && found == NULL; i++)
	{
		IndexColumn column = {0};

		if (index->indkey.values[i] != 0)
			continue;
		column_of_expression((Node *) lfirst(next), &column);
		if (equal(column.key.expression, expression))
			found = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(indexid),
									Int16GetDatum(i + 1), BoolGetDatum(false));
		next = lnext(expressions, next);
	}
	ReleaseSysCache(tuple);
	return HeapTupleIsValid(found) ? found : NULL;
}

static bool
has_expression_statistics(Oid statid, bool inherited)
{
	HeapTuple	tuple = SearchSysCache2(STATEXTDATASTXOID, ObjectIdGetDatum(statid),
										BoolGetDatum(inherited));
	bool		isnull;

	if (!HeapTupleIsValid(tuple))
		return false;
	(void) SysCacheGetAttr(STATEXTDATASTXOID, tuple,
						   Anum_pg_statistic_ext_data_stxdexpr, &isnull);
	ReleaseSysCache(tuple);
	return !isnull;
}

static HeapTuple
statistics_of_object(Oid statid, List *expressions, Node *expression)
{
	ListCell   *lc;

	foreach(lc, expressions)
	{
		IndexColumn column = {0};

		column_of_expression((Node *) lfirst(lc), &column);
		if (!equal(column.key.expression, expression))
			continue;
		if (has_expression_statistics(statid, false))
			return statext_expressions_load(statid, false, foreach_current_index(lc));
		if (has_expression_statistics(statid, true))
			return statext_expressions_load(statid, true, foreach_current_index(lc));
	}
	return NULL;
}

static HeapTuple
extended_statistics(Oid relid, Node *expression)
{
	Relation	catalog = table_open(StatisticExtRelationId, AccessShareLock);
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;
	HeapTuple	found = NULL;

	ScanKeyInit(&key, Anum_pg_statistic_ext_stxrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(catalog, StatisticExtRelidIndexId, true, NULL, 1, &key);
	while (found == NULL && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool		isnull;
		Datum		value = heap_getattr(tuple, Anum_pg_statistic_ext_stxexprs,
										RelationGetDescr(catalog), &isnull);

		if (!isnull)
			found = statistics_of_object(((Form_pg_statistic_ext) GETSTRUCT(tuple))->oid,
										 simplify(read_expressions(value)), expression);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return found;
}

HeapTuple
pa_catalog_expression_statistics(Oid relid, Node *expression, bool *in_syscache)
{
	ListCell   *lc;

	*in_syscache = true;
	foreach(lc, index_oids(relid))
	{
		HeapTuple	tuple = statistics_of_index(lfirst_oid(lc), expression);

		if (tuple != NULL)
			return tuple;
	}
	*in_syscache = false;
	return extended_statistics(relid, expression);
}

/* Whether the expression's statistics come from elsewhere, too. */
static bool
has_other_statistics(Oid relid, Oid indexid, Node *expression)
{
	HeapTuple	tuple;
	ListCell   *lc;

	foreach(lc, index_oids(relid))
	{
		/* in order of their OIDs: from here on they are younger */
		if (lfirst_oid(lc) == indexid)
			break;
		tuple = statistics_of_index(lfirst_oid(lc), expression);
		if (tuple != NULL)
		{
			ReleaseSysCache(tuple);
			return true;
		}
	}
	tuple = extended_statistics(relid, expression);
	if (tuple != NULL)
		heap_freetuple(tuple);
	return tuple != NULL;
}

List *
pa_catalog_only_statistics(Oid relid, Oid indexid)
{
	HeapTuple	index = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(indexid));
	List	   *expressions;
	List	   *written;
	List	   *result = NIL;
	ListCell   *lc;
	ListCell   *lc2;

	if (!HeapTupleIsValid(index))
		return NIL;
	expressions = pa_catalog_index_expressions(index);
	written = written_expressions(index);
	ReleaseSysCache(index);
	forboth(lc, expressions, lc2, written)
	{
		IndexColumn column = {0};
		HeapTuple	tuple;

		column_of_expression((Node *) lfirst(lc), &column);
		tuple = statistics_of_index(indexid, column.key.expression);
		if (tuple == NULL)
			continue;
		ReleaseSysCache(tuple);
		if (has_other_statistics(relid, indexid, column.key.expression))
			continue;
		result = lappend(result, column.key.expression);
		if (!equal(lfirst(lc), lfirst(lc2)))
		{
			column_of_expression((Node *) lfirst(lc2), &column);
			result = lappend(result, column.key.expression);
		}
	}
	return result;
}

bool
pa_catalog_has_statistics_of(Oid relid, Oid indexid, Oid otherid)
{
	HeapTuple	other = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(otherid));
	List	   *expressions = NIL;
	ListCell   *lc;

	if (HeapTupleIsValid(other))
	{
		expressions = pa_catalog_index_expressions(other);
		ReleaseSysCache(other);
	}
	foreach(lc, expressions)
	{
		IndexColumn column = {0};
		HeapTuple	tuple;
		HeapTuple	own;

		column_of_expression((Node *) lfirst(lc), &column);
		tuple = statistics_of_index(otherid, column.key.expression);
		if (tuple == NULL)
			continue;
		ReleaseSysCache(tuple);
		own = statistics_of_index(indexid, column.key.expression);
		if (own != NULL)
		{
			ReleaseSysCache(own);
			continue;
		}
		own = extended_statistics(relid, column.key.expression);
		if (own == NULL)
			return false;
		heap_freetuple(own);
	}
	return true;
}

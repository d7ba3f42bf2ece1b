/*-------------------------------------------------------------------------
 *
 * index_statement.c
 *		A CREATE INDEX statement as a proposed index.
 *
 * Core parses and analyses it; what CREATE INDEX checks afterwards is checked
 * here and in index_rules.c, since the index is never made.  What is about
 * the making (CONCURRENTLY, IF NOT EXISTS, TABLESPACE, WITH) says nothing to
 * the planner.
 *
 * Runs as the caller, whose privilege to read the table is asked for: sizes
 * and costs tell what is in it.  Errors are the caller's.
 *
 * IDENTIFICATION
 *		src/whatif/index_statement.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/htup_details.h"
#include "catalog/catalog.h"
#include "catalog/heap.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "commands/defrem.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_utilcmd.h"
#include "tcop/cmdtag.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/syscache.h"

#include "whatif/whatif_internal.h"

static IndexStmt *
parse_statement(const char *ddl)
{
	List	   *parsed = pg_parse_query(ddl);
	Node	   *statement;

	if (list_length(parsed) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("each element of ddl must be one statement"),
				 errdetail("\"%s\" has %d statements.", ddl, list_length(parsed)),
				 errhint("Give every CREATE INDEX an element of its own.")));
	statement = linitial_node(RawStmt, parsed)->stmt;
	if (!IsA(statement, IndexStmt))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("only CREATE INDEX can be tried"),
				 errdetail("\"%s\" is %s.", ddl, GetCommandTagName(CreateCommandTag(statement)))));
	return (IndexStmt *) statement;
}

/* The table, locked, and its kind. */
static Oid
find_table(const RangeVar *name, char *relkind)
{
	Oid			relid = RangeVarGetRelid(name, AccessShareLock, false);
	AclResult	acl;

	*relkind = get_rel_relkind(relid);
	acl = pg_class_aclcheck(relid, GetUserId(), ACL_SELECT);
	if (acl != ACLCHECK_OK)
		aclcheck_error(acl, get_relkind_objtype(*relkind), name->relname);
	/* the size of a partial index would tell what is in rows that are hidden */
	if (check_enable_rls(relid, InvalidOid, true) == RLS_ENABLED)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("row security hides rows of table \"%s\" from you", name->relname),
				 errdetail("What an index would cost and weigh tells of all rows.")));
	if (IsCatalogRelationOid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied: \"%s\" is a system catalog", name->relname)));
	return relid;
}

/* The access method, which must be one whose costs need no real index. */
static Oid
find_method(const IndexStmt *statement)
{
	Oid			method = get_index_am_oid(statement->accessMethod, false);
	const IndexAmRoutine *am = GetIndexAmRoutineByAmId(method, false);

	if (method != BTREE_AM_OID && method != HASH_AM_OID && method != GIST_AM_OID &&
		method != GIN_AM_OID && method != SPGIST_AM_OID && method != BRIN_AM_OID)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("access method \"%s\" cannot be tried", statement->accessMethod),
				 errdetail("Its costs can only be had from an index that exists."),
				 errhint("Known are btree, hash, gist, gin, spgist and brin.")));
	pa_index_check_method(statement, am);
	return method;
}

static void
check_counts(const IndexStmt *statement)
{
	if (list_length(statement->indexParams) > PA_MAX_INDEX_KEYS ||
		list_length(statement->indexIncludingParams) > PA_MAX_INCLUDED)
		ereport(ERROR,
				(errcode(ERRCODE_TOO_MANY_COLUMNS),
				 errmsg("index has too many columns to be tried"),
				 errdetail("At most %d key columns and %d included ones are supported.",
						   PA_MAX_INDEX_KEYS, PA_MAX_INCLUDED)));
}

static AttrNumber
find_column(Oid relid, const char *name)
{
	AttrNumber	attnum = get_attnum(relid, name);

	/* a system column is refused last, as by core */
	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" does not exist", name)));
	return attnum;
}

static void
check_immutable(Node *expression, const char *where)
{
	if (contain_mutable_functions_after_planning((Expr *) copyObject(expression)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("functions in index %s must be marked IMMUTABLE", where),
				 errhint("Compare with the column itself, or use a function that depends on nothing but its arguments.")));
}

/* Column or expression of a key; returns its type. */
static Oid
fill_key_value(PaIndexKey *key, const IndexElem *elem, Oid relid, Oid *collation)
{
	Node	   *expression = elem->expr;

	if (elem->name != NULL)
	{
		Oid			type;
		int32		typmod;

		key->attnum = find_column(relid, elem->name);
		get_atttypetypmodcoll(relid, key->attnum, &type, &typmod, collation);
		return type;
	}

	*collation = exprCollation(expression);
	/* as CREATE INDEX keeps it */
	while (IsA(expression, CollateExpr))
		expression = (Node *) ((CollateExpr *) expression)->arg;
	if (IsA(expression, Var) && ((Var *) expression)->varattno > 0)
		key->attnum = ((Var *) expression)->varattno;
	else
	{
		check_immutable(expression, "expression");
		key->expression = eval_const_expressions(NULL, copyObject(expression));
		fix_opfuncids(key->expression);
	}
	return exprType(expression);
}

static void
fill_key(PaIndexKey *key, const IndexElem *elem, Oid relid, const char *method_name,
		 Oid method)
{
	Oid			collation;
	Oid			type = fill_key_value(key, elem, relid, &collation);

	if (elem->collation != NIL)
		collation = get_collation_oid(elem->collation, false);
	pa_index_check_collation(type, collation);
	key->collation = collation;
	key->opclass = ResolveOpClass(elem->opclass, type, method_name, method);
	pa_index_check_order(elem, method_name, method);
	if (key->expression != NULL)
		CheckAttributeType(elem->indexcolname != NULL ? elem->indexcolname : "expr",
						   type, collation, NIL, 0);
	pa_index_check_options(key->opclass, method, elem->opclassopts);

	key->descending = elem->ordering == SORTBY_DESC;
	key->nulls_first = elem->nulls_ordering == SORTBY_NULLS_DEFAULT ?
		key->descending : elem->nulls_ordering == SORTBY_NULLS_FIRST;
}

static AttrNumber
read_included(const IndexElem *elem, Oid relid)
{
	AttrNumber	attnum;

	if (elem->name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("expressions are not supported in included columns")));
	attnum = find_column(relid, elem->name);
	pa_index_check_included(elem);
	return attnum;
}

/* Simplified as the relation cache simplifies it. */
static List *
read_predicate(Node *clause)
{
	Node	   *predicate;

	if (clause == NULL)
		return NIL;
	check_immutable(clause, "predicate");
	predicate = eval_const_expressions(NULL, copyObject(clause));
	predicate = (Node *) canonicalize_qual((Expr *) predicate, false);
	predicate = (Node *) make_ands_implicit((Expr *) predicate);
	fix_opfuncids(predicate);
	return (List *) predicate;
}

/* As CREATE INDEX would name it, were no other index there. */
static char *
index_name(const IndexStmt *statement)
{
	StringInfoData columns;
	ListCell   *lc;

	if (statement->idxname != NULL)
		return statement->idxname;
	initStringInfo(&columns);
	foreach(lc, statement->indexParams)
	{
		const IndexElem *elem = lfirst_node(IndexElem, lc);

		if (columns.len > 0)
			appendStringInfoChar(&columns, '_');
		appendStringInfoString(&columns, elem->name != NULL ? elem->name :
							   elem->indexcolname != NULL ? elem->indexcolname : "expr");
	}
	return makeObjectName(statement->relation->relname, columns.data, "idx");
}

PaIndexSpec *
pa_index_statement(const char *ddl, char **name)
{
	IndexStmt  *statement = parse_statement(ddl);
	PaIndexSpec *spec = palloc0(sizeof(PaIndexSpec));
	char		relkind;
	ListCell   *lc;

	spec->relid = find_table(statement->relation, &relkind);
	statement = transformIndexStmt(spec->relid, statement, ddl);
	pa_index_check_table(statement, spec->relid, relkind);
	spec->method = find_method(statement);
	check_counts(statement);

	spec->predicate = read_predicate(statement->whereClause);
	foreach(lc, statement->indexParams)
		fill_key(&spec->keys[spec->nkeys++], lfirst_node(IndexElem, lc), spec->relid,
				 statement->accessMethod, spec->method);
	foreach(lc, statement->indexIncludingParams)
		spec->included[spec->nincluded++] = read_included(lfirst_node(IndexElem, lc), spec->relid);
	spec->unique = statement->unique;
	spec->nulls_equal = statement->nulls_not_distinct;
	if (spec->unique && relkind == RELKIND_PARTITIONED_TABLE)
		pa_index_check_partition_key(spec);
	pa_index_check_columns(spec);
	*name = index_name(statement);
	return spec;
}

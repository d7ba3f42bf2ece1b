/*-------------------------------------------------------------------------
 *
 * query_tree.c
 *		Which relations, functions, operators and types a Query depends on,
 *		and a hash over their present catalog state.
 *
 * Runs in planner_hook inside the user's query, when a tree is captured, and
 * in the advisor, before a tree is planned again.  Both must see the same
 * lists for the same tree, so the walk depends on nothing but the tree, and
 * objects pinned by initdb are left out on both sides: the catalog version,
 * which the store keeps beside a tree, covers them.
 *
 * A missing object is an answer here, never an error: every lookup goes to
 * the syscache or relcache entry points that return NULL, and none to their
 * lsyscache wrappers that raise.  No lock is taken.
 *
 * What does not belong here: deciding what is done with a stale tree
 * (whatif/, store/), and anything that differs between server versions.
 *
 * IDENTIFICATION
 *		src/base/query_tree.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_range.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "rewrite/rewriteSupport.h"
#include "rewrite/rowsecurity.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

#include "base/query_tree.h"

static bool dependency_walker(Node *node, void *context);
static void add_type(PaQueryDependencies *deps, Oid typid);

static inline uint64
hash_value(uint64 hash, uint64 value)
{
	return hash_combine64(hash, hash_bytes_extended((const unsigned char *) &value,
													sizeof(value), 0));
}

static inline uint64
hash_string(uint64 hash, const char *string)
{
	return hash_combine64(hash, hash_bytes_extended((const unsigned char *) string,
													strlen(string), 0));
}

/* Whether initdb pinned the object, so that only a new major changes it. */
static inline bool
is_pinned(Oid oid)
{
	return OidIsValid(oid) && oid < FirstUnpinnedObjectId;
}

/* ---- the walk ---- */

/*
 * InvalidOid stands for an operator that has lost its function: it is kept,
 * so that the hash finds it missing.
 */
static void
add_function(PaQueryDependencies *deps, Oid funcid)
{
	if (!is_pinned(funcid))
		deps->functions = list_append_unique_oid(deps->functions, funcid);
}

static void
add_function_if_any(PaQueryDependencies *deps, Oid funcid)
{
	if (OidIsValid(funcid))
		add_function(deps, funcid);
}

static void
add_range_function(PaQueryDependencies *deps, Oid funcid)
{
	if (!OidIsValid(funcid) || is_pinned(funcid))
		return;
	add_function(deps, funcid);
	deps->range_functions = list_append_unique_oid(deps->range_functions, funcid);
}

/*
 * An operator with all that planning may call in its name: the planner swaps
 * an operator for its negator (NOT a = b) or its commutator, and estimators
 * call its function on their own.
 */
static void
add_operator(PaQueryDependencies *deps, Oid opno)
{
	HeapTuple	tuple;
	FormData_pg_operator row;

	if (!OidIsValid(opno) || is_pinned(opno) || list_member_oid(deps->operators, opno))
		return;
	deps->operators = lappend_oid(deps->operators, opno);

	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(opno));
	if (!HeapTupleIsValid(tuple))
		return;					/* gone: the hash will say so */
	row = *(Form_pg_operator) GETSTRUCT(tuple);
	ReleaseSysCache(tuple);

	add_function(deps, row.oprcode);
	add_function_if_any(deps, row.oprrest);
	add_function_if_any(deps, row.oprjoin);

	/* These may be shells, which have no function and are never used. */
	if (OidIsValid(row.oprnegate) && OidIsValid(get_opcode(row.oprnegate)))
		add_operator(deps, row.oprnegate);
	if (OidIsValid(row.oprcom) && OidIsValid(get_opcode(row.oprcom)))
		add_operator(deps, row.oprcom);
}

static void
add_operators(PaQueryDependencies *deps, List *opnos)
{
	ListCell   *lc;

	foreach(lc, opnos)
		add_operator(deps, lfirst_oid(lc));
}

/*
 * The functions of a range type.  The type cache keeps them ready to be
 * called, and estimators do so without a check of any kind.
 */
static void
add_range(PaQueryDependencies *deps, Oid typid)
{
	HeapTuple	tuple = SearchSysCache1(RANGETYPE, ObjectIdGetDatum(typid));
	FormData_pg_range row;

	if (!HeapTupleIsValid(tuple))
		return;
	row = *(Form_pg_range) GETSTRUCT(tuple);
	ReleaseSysCache(tuple);

	add_range_function(deps, row.rngsubdiff);
	add_range_function(deps, row.rngcanonical);
	add_type(deps, row.rngsubtype);
}

/*
 * The types of a relation's or a composite type's columns.
 *
 * NB: the relation may be about to be dropped, as nobody holds a lock on it
 * here: making a relcache entry of it could raise an error.
 */
static void
add_column_types(PaQueryDependencies *deps, Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	int			natts;

	if (!HeapTupleIsValid(tuple))
		return;					/* gone: the hash will say so */
	natts = ((Form_pg_class) GETSTRUCT(tuple))->relnatts;
	ReleaseSysCache(tuple);

	for (int attnum = 1; attnum <= natts; attnum++)
	{
		Oid			typid;

		tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid),
								Int16GetDatum(attnum));
		if (!HeapTupleIsValid(tuple))
			return;				/* likewise */
		typid = ((Form_pg_attribute) GETSTRUCT(tuple))->atttypid;
		ReleaseSysCache(tuple);
		add_type(deps, typid);
	}
}

/* A type with its input and output functions, and what it is made of. */
static void
add_type(PaQueryDependencies *deps, Oid typid)
{
	HeapTuple	tuple;
	FormData_pg_type row;

	if (!OidIsValid(typid) || is_pinned(typid) || list_member_oid(deps->types, typid))
		return;
	deps->types = lappend_oid(deps->types, typid);

	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(typid));
	if (!HeapTupleIsValid(tuple))
		return;					/* likewise */
	memcpy(&row, GETSTRUCT(tuple), offsetof(FormData_pg_type, typcollation) + sizeof(Oid));
	ReleaseSysCache(tuple);

	add_function_if_any(deps, row.typinput);
	add_function_if_any(deps, row.typoutput);
	add_type(deps, row.typbasetype);
	add_type(deps, row.typelem);
	if (OidIsValid(row.typrelid))
		add_column_types(deps, row.typrelid);
	if (row.typtype == TYPTYPE_RANGE)
		add_range(deps, typid);
	else if (row.typtype == TYPTYPE_MULTIRANGE)
		add_type(deps, get_multirange_range(typid));
}

static void
add_types(PaQueryDependencies *deps, List *typids)
{
	ListCell   *lc;

	foreach(lc, typids)
		add_type(deps, lfirst_oid(lc));
}

static void
add_relation(PaQueryDependencies *deps, Oid relid)
{
	HeapTuple	tuple;

	if (!OidIsValid(relid) || list_member_oid(deps->relations, relid))
		return;
	deps->relations = lappend_oid(deps->relations, relid);

	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	if (!HeapTupleIsValid(tuple))
		return;					/* gone: the hash will say so */
	if (((Form_pg_class) GETSTRUCT(tuple))->relpersistence == RELPERSISTENCE_TEMP)
		deps->has_temporary = true;
	ReleaseSysCache(tuple);
	add_column_types(deps, relid);
}

static void
add_range_table_entry(PaQueryDependencies *deps, RangeTblEntry *rte)
{
	/*
	 * From 16 on the entry of an expanded view keeps the view's relid; before
	 * that the view stays as an entry of its own inside the subquery.
	 */
	add_relation(deps, rte->relid);
	if (rte->rtekind == RTE_RELATION && rte->relkind != RELKIND_VIEW)
		deps->nrelations++;
	add_types(deps, rte->coltypes);
}

/*
 * Result types of the nodes that have one of their own.  Nodes not named
 * here return what one of their arguments returns, or a pinned type.
 */
static void
add_expression_types(PaQueryDependencies *deps, Node *node)
{
	switch (nodeTag(node))
	{
		case T_Var:
			add_type(deps, ((Var *) node)->vartype);
			break;
		case T_Const:
			add_type(deps, ((Const *) node)->consttype);
			break;
		case T_Param:
			add_type(deps, ((Param *) node)->paramtype);
			break;
		case T_Aggref:
			add_type(deps, ((Aggref *) node)->aggtype);
			break;
		case T_WindowFunc:
			add_type(deps, ((WindowFunc *) node)->wintype);
			break;
		case T_FuncExpr:
			add_type(deps, ((FuncExpr *) node)->funcresulttype);
			break;
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			add_type(deps, ((OpExpr *) node)->opresulttype);
			break;
		case T_SubscriptingRef:
			add_type(deps, ((SubscriptingRef *) node)->refcontainertype);
			add_type(deps, ((SubscriptingRef *) node)->refelemtype);
			add_type(deps, ((SubscriptingRef *) node)->refrestype);
			break;
		case T_FieldSelect:
			add_type(deps, ((FieldSelect *) node)->resulttype);
			break;
		case T_FieldStore:
			add_type(deps, ((FieldStore *) node)->resulttype);
			break;
		case T_RelabelType:
			add_type(deps, ((RelabelType *) node)->resulttype);
			break;
		case T_CoerceViaIO:
			add_type(deps, ((CoerceViaIO *) node)->resulttype);
			break;
		case T_ArrayCoerceExpr:
			add_type(deps, ((ArrayCoerceExpr *) node)->resulttype);
			break;
		case T_ConvertRowtypeExpr:
			add_type(deps, ((ConvertRowtypeExpr *) node)->resulttype);
			break;
		case T_CoerceToDomain:
			add_type(deps, ((CoerceToDomain *) node)->resulttype);
			break;
		case T_CoerceToDomainValue:
			add_type(deps, ((CoerceToDomainValue *) node)->typeId);
			break;
		case T_CaseExpr:
			add_type(deps, ((CaseExpr *) node)->casetype);
			break;
		case T_CaseTestExpr:
			add_type(deps, ((CaseTestExpr *) node)->typeId);
			break;
		case T_ArrayExpr:
			add_type(deps, ((ArrayExpr *) node)->array_typeid);
			add_type(deps, ((ArrayExpr *) node)->element_typeid);
			break;
		case T_RowExpr:
			add_type(deps, ((RowExpr *) node)->row_typeid);
			break;
		case T_CoalesceExpr:
			add_type(deps, ((CoalesceExpr *) node)->coalescetype);
			break;
		case T_MinMaxExpr:
			add_type(deps, ((MinMaxExpr *) node)->minmaxtype);
			break;
		case T_SetToDefault:
			add_type(deps, ((SetToDefault *) node)->typeId);
			break;
		case T_RangeTblFunction:
			add_types(deps, ((RangeTblFunction *) node)->funccoltypes);
			break;
		case T_TableFunc:
			add_types(deps, ((TableFunc *) node)->coltypes);
			break;
		case T_SetOperationStmt:
			add_types(deps, ((SetOperationStmt *) node)->colTypes);
			break;
		default:
			break;
	}
}

static bool
add_function_cb(Oid funcid, void *context)
{
	add_function((PaQueryDependencies *) context, funcid);
	return false;
}

/*
 * Functions that a node calls.  check_functions_in_node() knows expressions,
 * but raises for CoerceViaIO on a missing type, knows operators by their
 * functions only, and leaves out the clauses that name operators or support
 * functions.
 */
static void
add_node_functions(PaQueryDependencies *deps, Node *node)
{
	switch (nodeTag(node))
	{
		case T_CoerceViaIO:
			break;				/* its functions are those of its type */
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			add_operator(deps, ((OpExpr *) node)->opno);
			break;
		case T_ScalarArrayOpExpr:
			add_operator(deps, ((ScalarArrayOpExpr *) node)->opno);
			break;
		case T_RowCompareExpr:
			add_operators(deps, ((RowCompareExpr *) node)->opnos);
			break;
		case T_SortGroupClause:
			add_operator(deps, ((SortGroupClause *) node)->eqop);
			add_operator(deps, ((SortGroupClause *) node)->sortop);
			break;
		case T_SetOperationStmt:
			{
				ListCell   *lc;

				/* The walker takes these for uninteresting. */
				foreach(lc, ((SetOperationStmt *) node)->groupClauses)
					add_node_functions(deps, (Node *) lfirst(lc));
			}
			break;
		case T_WindowClause:
			if (OidIsValid(((WindowClause *) node)->startInRangeFunc))
				add_function(deps, ((WindowClause *) node)->startInRangeFunc);
			if (OidIsValid(((WindowClause *) node)->endInRangeFunc))
				add_function(deps, ((WindowClause *) node)->endInRangeFunc);
			break;
		case T_CTECycleClause:
			add_operator(deps, ((CTECycleClause *) node)->cycle_mark_neop);
			break;
		case T_TableSampleClause:
			add_function(deps, ((TableSampleClause *) node)->tsmhandler);
			break;
		default:
			break;
	}
	if (!IsA(node, CoerceViaIO))
		(void) check_functions_in_node(node, add_function_cb, deps);
}

static bool
dependency_walker(Node *node, void *context)
{
	PaQueryDependencies *deps = (PaQueryDependencies *) context;

	if (node == NULL)
		return false;

	if (IsA(node, Query))
		return query_tree_walker((Query *) node, dependency_walker, context,
								 QTW_EXAMINE_RTES_BEFORE | QTW_EXAMINE_SORTGROUP);

	if (IsA(node, RangeTblEntry))
	{
		/* query_tree_walker() visits the entry's contents itself. */
		add_range_table_entry(deps, (RangeTblEntry *) node);
		return false;
	}

	if (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_EXTERN)
		deps->has_params = true;

	add_expression_types(deps, node);
	add_node_functions(deps, node);

	return expression_tree_walker(node, dependency_walker, context);
}

/* Fill deps from all levels of query; lists are in CurrentMemoryContext. */
void
pa_query_dependencies(Query *query, PaQueryDependencies *deps)
{
	memset(deps, 0, sizeof(*deps));
	(void) dependency_walker((Node *) query, deps);

	/* Two trees over the same relations must hash alike in any order. */
	list_sort(deps->relations, list_oid_cmp);
}

void
pa_expression_dependencies(Node *expression, PaQueryDependencies *deps)
{
	(void) dependency_walker(expression, deps);
}

void
pa_relation_dependencies(Oid relid, PaQueryDependencies *deps)
{
	add_relation(deps, relid);
}

uint64
pa_query_relations_hash(const PaQueryDependencies *deps)
{
	uint64		hash = 0;
	ListCell   *lc;

	foreach(lc, deps->relations)
		hash = hash_value(hash, lfirst_oid(lc));
	return hash;
}

/* ---- the hash ---- */

/*
 * A row's version.  xmin is the raw one, which freezing leaves alone; a
 * rewrite of the catalog moves ctid, which costs no more than a new capture.
 */
static uint64
hash_row_version(uint64 hash, HeapTuple tuple)
{
	hash = hash_value(hash, HeapTupleHeaderGetRawXmin(tuple->t_data));
	hash = hash_value(hash, ItemPointerGetBlockNumberNoCheck(&tuple->t_self));
	return hash_value(hash, ItemPointerGetOffsetNumberNoCheck(&tuple->t_self));
}

static uint64
hash_policies(uint64 hash, RowSecurityDesc *security)
{
	ListCell   *lc;

	foreach(lc, security->policies)
	{
		RowSecurityPolicy *policy = (RowSecurityPolicy *) lfirst(lc);

		hash = hash_string(hash, policy->policy_name);
		hash = hash_string(hash, nodeToString(policy->qual));
		hash = hash_string(hash, nodeToString(policy->with_check_qual));
	}
	return hash;
}

/*
 * Every attribute of a relation or composite type; for a view its rule too,
 * and for row security its policies: a tree that was rewritten with others
 * would be planned safely, but it would no longer be what the server runs.
 */
static bool
hash_relation(Oid relid, uint64 *hash)
{
	Relation	relation = RelationIdGetRelation(relid);
	TupleDesc	desc;
	uint64		result = *hash;

	if (!RelationIsValid(relation))
		return false;

	result = hash_value(result, relid);
	result = hash_value(result, relation->rd_rel->relkind);
	desc = RelationGetDescr(relation);
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		result = hash_string(result, NameStr(att->attname));
		result = hash_value(result, att->atttypid);
		result = hash_value(result, (uint32) att->atttypmod);
		result = hash_value(result, att->attcollation);
		result = hash_value(result, att->attisdropped);
	}

	if (relation->rd_rel->relkind == RELKIND_VIEW)
	{
		HeapTuple	rule = SearchSysCache2(RULERELNAME, ObjectIdGetDatum(relid),
										   PointerGetDatum(ViewSelectRuleName));

		if (HeapTupleIsValid(rule))
		{
			result = hash_row_version(result, rule);
			ReleaseSysCache(rule);
		}
	}
	if (relation->rd_rel->relrowsecurity && relation->rd_rsdesc != NULL)
		result = hash_policies(result, relation->rd_rsdesc);

	RelationClose(relation);
	*hash = result;
	return true;
}

static bool
hash_row(int cache, Oid oid, uint64 *hash)
{
	HeapTuple	tuple = SearchSysCache1(cache, ObjectIdGetDatum(oid));

	if (!HeapTupleIsValid(tuple))
		return false;
	*hash = hash_row_version(hash_value(*hash, oid), tuple);
	ReleaseSysCache(tuple);
	return true;
}

/*
 * A type's own row, and what stands behind it: ALTER TYPE changes the
 * attributes of a composite type without touching its pg_type row.  What a
 * type is made of is in the list of types too.
 */
static bool
hash_type(Oid typid, uint64 *hash)
{
	Oid			relid;

	if (!hash_row(TYPEOID, typid, hash))
		return false;
	if (get_typtype(typid) == TYPTYPE_RANGE)
		return hash_row(RANGETYPE, typid, hash);
	relid = get_typ_typrelid(typid);
	return !OidIsValid(relid) || hash_relation(relid, hash);
}

static bool
hash_rows(int cache, List *oids, uint64 *hash)
{
	ListCell   *lc;

	foreach(lc, oids)
	{
		if (!hash_row(cache, lfirst_oid(lc), hash))
			return false;
	}
	return true;
}

bool
pa_query_dependency_hash(const PaQueryDependencies *deps, uint64 *hash)
{
	ListCell   *lc;

	*hash = 0;
	foreach(lc, deps->relations)
	{
		if (!hash_relation(lfirst_oid(lc), hash))
			return false;
	}
	if (!hash_rows(PROCOID, deps->functions, hash) ||
		!hash_rows(OPEROID, deps->operators, hash))
		return false;
	foreach(lc, deps->types)
	{
		if (!hash_type(lfirst_oid(lc), hash))
			return false;
	}
	return true;
}

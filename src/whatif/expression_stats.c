/*-------------------------------------------------------------------------
 *
 * expression_stats.c
 *		Statistics of an expression that no index has yet.
 *
 * Without them the planner takes any expression to have 200 values, and an
 * index on it to be worth little.  After CREATE INDEX and ANALYZE it knows
 * better; what it would know is, from the best source there is,
 *
 *	1.	what ANALYZE found for an index or an extended statistics object with
 *		the same expression;
 *	2.	the expression's values for the sample of a column that pg_statistic
 *		keeps, its most common values and histogram: when it is about one
 *		column and uses only functions that come with the server, so that
 *		anybody may run it;
 *	3.	its values for sampled rows of the table, under the same condition;
 *	4.	the distinct values of its columns.
 *
 * The result is a row of pg_statistic that is in no table.
 *
 * IDENTIFICATION
 *		src/whatif/expression_stats.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/acl.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/relcache.h"
#include "utils/selfuncs.h"
#include "utils/syscache.h"

#include "catalog/index_facts.h"
#include "compat/planner.h"
#include "whatif/whatif_internal.h"

/* What is known of an expression of a relation; lives with the cache. */
typedef struct CachedExpression
{
	Oid			relid;
	Node	   *expression;		/* its Vars have varno 1 */
	HeapTuple	statistics;
	bool		fails;			/* for a value that some row has */
} CachedExpression;

/* About the longest key that an index takes. */
#define MAX_KEY_WIDTH 2000

/* ---- 1: what ANALYZE found ---- */

static HeapTuple
analyzed_statistics(Oid relid, Node *expression)
{
	bool		in_syscache;
	HeapTuple	tuple = pa_catalog_expression_statistics(relid, expression, &in_syscache);
	HeapTuple	copy;

	if (tuple == NULL || !in_syscache)
		return tuple;
	copy = heap_copytuple(tuple);
	ReleaseSysCache(tuple);
	return copy;
}

/* ---- 4: from the columns ---- */

/* Whether the expression gives one of its columns' values. */
static bool
chooses(const Node *expression)
{
	return IsA(expression, CoalesceExpr) || IsA(expression, MinMaxExpr) ||
		IsA(expression, CaseExpr) || IsA(expression, NullIfExpr);
}

/*
 * Bytes of a result of a variable length, from those of what it is made of.
 * Values too long for ANALYZE to keep are what functions shorten.
 */
static int
guess_width(Node *expression, int width)
{
	Oid			type = exprType(expression);
	int			usual = get_typavgwidth(type, exprTypmod(expression));
	const FuncExpr *call = (const FuncExpr *) expression;
	const Node *last;
	char	   *name;

	if (get_typlen(type) > 0)
		return get_typlen(type);
	if (!IsA(expression, FuncExpr))
		return IsA(expression, OpExpr) || chooses(expression) ? width : Min(Max(width, 1), usual);
	name = get_func_name(call->funcid);
	last = call->args == NIL ? NULL : (const Node *) llast(call->args);
	if (name != NULL && (strcmp(name, "md5") == 0 || strcmp(name, "sha256") == 0))
		return 33;
	if (name != NULL && last != NULL && IsA(last, Const) && !((const Const *) last)->constisnull &&
		((const Const *) last)->consttype == INT4OID &&
		(strcmp(name, "left") == 0 || strcmp(name, "right") == 0 ||
		 strcmp(name, "substr") == 0 || strcmp(name, "substring") == 0))
		return Min(width, abs(DatumGetInt32(((const Const *) last)->constvalue)) + 1);
	return width > 0 ? width : usual;
}

static void
guess(Oid relid, Node *expression, List *vars, double tuples, PaExpressionSample *sample)
{
	Oid			type = exprType(expression);
	bool		of_any = chooses(expression);
	double		distinct = 1;
	int			width = 0;
	ListCell   *lc;

	sample->null_fraction = of_any ? 1 : 0;
	foreach(lc, vars)
	{
		PaColumnFacts facts;
		double		of_column = tuples;

		if (pa_catalog_attribute_facts(relid, ((Var *) lfirst(lc))->varattno, &facts))
		{
			of_column = pa_column_distinct(&facts, tuples);
			width = of_any ? Max(width, facts.width) : width + facts.width;
			sample->null_fraction = of_any ? sample->null_fraction * facts.null_fraction :
				Max(sample->null_fraction, facts.null_fraction);
		}
		distinct = of_any ? Max(distinct, of_column) : distinct * of_column;
	}
	if (type == BOOLOID)
		distinct = Min(distinct, 2);
	sample->distinct = Max(1.0, Min(distinct, tuples));
	sample->width = Min(guess_width(expression, width), MAX_KEY_WIDTH);
}

/* ---- 3: from rows ---- */

/* Only of a table that is locked: nobody is waited for. */
static bool
sample_rows(Oid relid, Node *expression, double tuples, PaExpressionSample *sample)
{
	Relation	relation = RelationIdGetRelation(relid);
	bool		done;

	if (relation == NULL)
		return false;
	done = CheckRelationLockedByMe(relation, AccessShareLock, true) &&
		pa_sample_expression_rows(relation, expression, tuples, sample);
	RelationClose(relation);
	return done;
}

/* ---- the row ---- */

static HeapTuple
expression_statistics(Oid relid, Node *expression, double tuples, bool *fails)
{
	HeapTuple	tuple = analyzed_statistics(relid, expression);
	PaExpressionSample sample = {0};
	List	   *vars;

	*fails = false;
	if (tuple != NULL)
		return tuple;
	vars = pull_var_clause(expression, 0);
	if (vars == NIL)
		return NULL;
	if (!pa_sample_expression(relid, expression, vars, tuples, &sample))
	{
		*fails = sample.fails;
		if (!sample_rows(relid, expression, tuples, &sample))
			guess(relid, expression, vars, tuples, &sample);
	}
	return pa_sample_statistics(&sample, tuples);
}

/* What is known of the expression; kept for the next question if possible. */
static CachedExpression *
look_up_expression(Oid relid, Node *expression, double tuples)
{
	PaExpressionCache *cache = pa_whatif_scope != NULL ? pa_whatif_scope->expressions : NULL;
	CachedExpression *entry;
	MemoryContext oldcontext;
	HeapTuple	tuple;
	bool		fails;
	ListCell   *lc;

	foreach(lc, cache != NULL ? cache->entries : NIL)
	{
		entry = (CachedExpression *) lfirst(lc);
		if (entry->relid == relid && equal(entry->expression, expression))
			return entry;
	}

	tuple = expression_statistics(relid, expression, tuples, &fails);
	oldcontext = MemoryContextSwitchTo(cache != NULL ? cache->context : CurrentMemoryContext);
	entry = palloc(sizeof(CachedExpression));
	entry->relid = relid;
	entry->expression = copyObject(expression);
	entry->statistics = tuple != NULL ? heap_copytuple(tuple) : NULL;
	entry->fails = fails;
	if (cache != NULL)
		cache->entries = lappend(cache->entries, entry);
	MemoryContextSwitchTo(oldcontext);
	return entry;
}

/*
 * The row of pg_statistic, or NULL when nothing can be said.  The expression's
 * Vars have varno 1.  The caller must not free it when a planning goes on:
 * it is kept for the next question.
 */
HeapTuple
pa_expression_statistics(Oid relid, Node *expression, double tuples)
{
	return look_up_expression(relid, expression, tuples)->statistics;
}

bool
pa_expression_fails(Oid relid, Node *expression, double tuples)
{
	return look_up_expression(relid, expression, tuples)->fails;
}

bool
pa_expression_facts(Oid relid, Node *expression, double tuples,
					PaColumnFacts *facts)
{
	HeapTuple	tuple;

	memset(facts, 0, sizeof(*facts));
	facts->type = exprType(expression);
	facts->typmod = exprTypmod(expression);
	facts->collation = exprCollation(expression);
	tuple = pa_expression_statistics(relid, expression, tuples);
	if (tuple == NULL)
	{
		facts->width = get_typavgwidth(facts->type, facts->typmod);
		return false;
	}
	pa_catalog_statistics_facts(tuple, facts);
	return true;
}

/* ---- for the planner ---- */

/* The relation that has the index; its partitions share the OID. */
static RelOptInfo *
find_indexed(PlannerInfo *root, Oid indexid, IndexOptInfo **found)
{
	for (int i = 1; i < root->simple_rel_array_size; i++)
	{
		RelOptInfo *rel = root->simple_rel_array[i];
		ListCell   *lc;

		if (rel == NULL)
			continue;
		foreach(lc, rel->indexlist)
		{
			*found = (IndexOptInfo *) lfirst(lc);
			if ((*found)->indexoid == indexid)
				return rel;
		}
	}
	return NULL;
}

static IndexOptInfo *
find_index(RelOptInfo *rel, Oid indexid)
{
	ListCell   *lc;

	foreach(lc, rel->indexlist)
	{
		if (((IndexOptInfo *) lfirst(lc))->indexoid == indexid)
			return (IndexOptInfo *) lfirst(lc);
	}
	return NULL;
}

/* The expression of the index' column attnum, or NULL. */
static Node *
key_expression(const IndexOptInfo *index, AttrNumber attnum)
{
	ListCell   *next = list_head(index->indexprs);

	for (int i = 0; i < index->ncolumns && next != NULL; i++)
	{
		if (index->indexkeys[i] != 0)
			continue;
		if (i == attnum - 1)
			return (Node *) lfirst(next);
		next = lnext(index->indexprs, next);
	}
	return NULL;
}

/* Whether all rows of the relation are open to the statement's user. */
static bool
may_read_all(PlannerInfo *root, RelOptInfo *rel, Index rti)
{
	RangeTblEntry *rte = planner_rt_fetch(rti, root);
	Oid			userid = pa_relation_user(rel, rte);

	if (!OidIsValid(userid))
		userid = GetUserId();
	return rte->securityQuals == NIL &&
		pg_class_aclcheck(rte->relid, userid, ACL_SELECT) == ACLCHECK_OK;
}

/*
 * As examine_variable() decides for a real index: without it, only leakproof
 * functions get to see the values.  A partition is read through its parent.
 */
static bool
may_see_values(PlannerInfo *root, RelOptInfo *rel)
{
	Index		top = rel->relid;

	if (may_read_all(root, rel, top))
		return true;
	while (root->append_rel_array != NULL && root->append_rel_array[top] != NULL &&
		   planner_rt_fetch(root->append_rel_array[top]->parent_relid, root)->rtekind == RTE_RELATION)
		top = root->append_rel_array[top]->parent_relid;
	return top != rel->relid && may_read_all(root, rel, top);
}

bool
pa_whatif_get_index_stats(PlannerInfo *root, Oid indexid, AttrNumber attnum,
						  VariableStatData *vardata)
{
	PaWhatifScope *scope = pa_whatif_scope;
	RelOptInfo *rel = vardata->rel;
	IndexOptInfo *index = NULL;
	Node	   *expression;
	HeapTuple	tuple;

	if (scope == NULL || root->glob->boundParams != scope->params ||
		indexid < PA_FIRST_FAKE_OID || indexid >= PA_FIRST_FAKE_OID + PA_MAX_CANDIDATES)
		return false;
	if (rel == NULL)
		rel = find_indexed(root, indexid, &index);
	else
		index = find_index(rel, indexid);
	/* The planner takes nothing from a partial index. */
	if (index == NULL || index->indpred != NIL)
		return false;
	expression = copyObject(key_expression(index, attnum));
	if (expression == NULL)
		return false;

	ChangeVarNodes(expression, rel->relid, 1, 0);
	tuple = pa_expression_statistics(planner_rt_fetch(rel->relid, root)->relid,
									 expression, rel->tuples);
	if (tuple == NULL)
		return false;
	vardata->statsTuple = heap_copytuple(tuple);
	vardata->freefunc = heap_freetuple;
	vardata->acl_ok = may_see_values(root, rel);
	return true;
}

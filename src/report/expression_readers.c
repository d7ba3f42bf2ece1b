/*-------------------------------------------------------------------------
 *
 * expression_readers.c
 *		Which expressions over a table occur in recorded statements.
 *
 * An index on an expression is also where the planner finds statistics of
 * it, in statements whose plans never read the index.  So before such an
 * index is called unused, the trees are searched for its expression.
 *
 * Expressions are compared as statements have them: simplifying those would
 * run functions of other users for whoever reads the view.  So callers ask for
 * an index's expression twice, as written and as simplified; one that becomes
 * the index's in another way is not found.
 *
 * IDENTIFICATION
 *		src/report/expression_readers.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/parsenodes.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "catalog/relation_facts.h"
#include "compat/planner.h"
#include "report/expression_readers.h"
#include "report/stored_tree.h"
#include "report/workload.h"
#include "store/store.h"

/* A question with what it takes to answer it. */
typedef struct Search
{
	PaExpressionSought *sought;
	List	   *tables;			/* OidList: the table and those above it */
	bool		same_columns;	/* all of them number the columns alike */
} Search;

/* What is looked for in one level of a query. */
typedef struct LevelState
{
	const Search *search;
	List	   *expressions;	/* one a range table entry of the table */
	bool		found;
} LevelState;

/* ---- preparation ---- */

/*
 * Leaves out the tables that lack a column of the expression, as one above in
 * inheritance may, and looks whether the others number all alike.
 */
static bool
columns_walker(Node *node, void *context)
{
	Search	   *search = context;
	ListCell   *lc;

	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		AttrNumber	attnum = ((const Var *) node)->varattno;
		char	   *name = get_attname(search->sought->relid, attnum, true);

		foreach(lc, search->tables)
		{
			AttrNumber	there = name != NULL ? get_attnum(lfirst_oid(lc), name) : 0;

			if (there == InvalidAttrNumber && lfirst_oid(lc) != search->sought->relid)
				search->tables = foreach_delete_current(search->tables, lc);
			else if (there != attnum)
				search->same_columns = false;
		}
		return false;
	}
	return expression_tree_walker(node, columns_walker, context);
}

static Search *
prepare(PaExpressionSought *sought)
{
	Search	   *search = palloc0(sizeof(Search));

	search->sought = sought;
	search->tables = pa_catalog_with_parents(sought->relid);
	search->same_columns = true;
	(void) columns_walker(sought->expression, search);
	return search;
}

/* ---- one tree ---- */

static bool
forget_nullable_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		pa_var_forget_nullable((Var *) node);
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, forget_nullable_walker, context, 0);
	return expression_tree_walker(node, forget_nullable_walker, context);
}

static bool search_query(Query *query, const Search *search);

static bool
search_walker(Node *node, void *context)
{
	LevelState *state = context;
	ListCell   *lc;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
		return search_query((Query *) node, state->search);
	foreach(lc, state->expressions)
	{
		if (equal(node, lfirst(lc)))
			return true;
	}
	return expression_tree_walker(node, search_walker, context);
}

/* One level of a query, and those below it. */
static bool
search_query(Query *query, const Search *search)
{
	LevelState	state = {search, NIL, false};
	ListCell   *lc;

	foreach(lc, query->rtable)
	{
		const RangeTblEntry *rte = lfirst(lc);
		Node	   *expression;

		if (rte->rtekind != RTE_RELATION || !list_member_oid(search->tables, rte->relid))
			continue;
		if (!search->same_columns)
			return true;
		expression = copyObject(search->sought->expression);
		ChangeVarNodes(expression, 1, foreach_current_index(lc) + 1, 0);
		state.expressions = lappend(state.expressions, expression);
	}
	return query_tree_walker(query, search_walker, &state, 0);
}

/* Reads a tree only if its text names one of the tables. */
static void
search_tree(const PaStoredTree *tree, List *searches)
{
	Query	   *query = NULL;
	ListCell   *lc;

	foreach(lc, searches)
	{
		const Search *search = lfirst(lc);

		if (search->sought->found || !pa_report_names_table(tree, search->tables))
			continue;
		if (query == NULL)
		{
			query = pa_report_read_tree(tree, NULL);
			if (query == NULL)
				return;
			(void) forget_nullable_walker((Node *) query, NULL);
		}
		search->sought->found = search_query(query, search);
	}
}

void
pa_report_find_readers(List *sought)
{
	MemoryContext scratch;
	MemoryContext old;
	List	   *searches = NIL;
	List	   *statements;
	ListCell   *lc;

	if (sought == NIL)
		return;
	foreach(lc, sought)
		searches = lappend(searches, prepare(lfirst(lc)));
	statements = pa_report_planned_statements();

	scratch = AllocSetContextCreate(CurrentMemoryContext, "perf_advisor trees",
									ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(scratch);
	foreach(lc, statements)
	{
		const PaWorkloadStatement *statement = lfirst(lc);
		ListCell   *lc2;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(scratch);
		foreach(lc2, pa_store_read_trees(&statement->shape))
			search_tree(lfirst(lc2), searches);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
}

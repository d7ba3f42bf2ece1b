/*-------------------------------------------------------------------------
 *
 * explain.c
 *		EXPLAIN's text of a plan that uses indexes that do not exist.
 *
 * EXPLAIN wants a started executor; started for EXPLAIN alone, it opens
 * tables and checks privileges but opens no index.  standard_ExecutorStart()
 * is called by itself: hooks of others would take it for an execution.
 *
 * Runs inside the sandbox of statement.c, whose subtransaction takes back
 * what an error leaves behind.
 *
 * IDENTIFICATION
 *		src/whatif/explain.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/executor.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "utils/snapmgr.h"

#include "compat/explain.h"
#include "whatif/whatif_internal.h"

/* Names of the hypothetical indexes, in the order of their fake OIDs. */
static List *index_names = NIL;
static explain_get_index_name_hook_type prev_index_name = NULL;

static const char *
index_name_cb(Oid indexid)
{
	if (indexid >= PA_FIRST_FAKE_OID &&
		indexid < PA_FIRST_FAKE_OID + list_length(index_names))
		return (const char *) list_nth(index_names, indexid - PA_FIRST_FAKE_OID);
	return prev_index_name != NULL ? prev_index_name(indexid) : NULL;
}

static void
forget_pruning_cb(Plan *plan, void *context)
{
	(void) context;
	pa_node_forget_pruning(plan);
}

static void
print_plan(StringInfo into, PlannedStmt *plan, ParamListInfo params)
{
	ExplainState *es = NewExplainState();
	QueryDesc  *query_desc;

	if (params == NULL || params->numParams == 0)
	{
		params = NULL;
		pa_plan_walk(plan, forget_pruning_cb, NULL);
	}
	query_desc = CreateQueryDesc(plan, "", GetActiveSnapshot(), InvalidSnapshot,
								 None_Receiver, params, NULL, 0);
	standard_ExecutorStart(query_desc, PA_EXPLAIN_FLAGS(params));
	es->costs = true;
	es->format = EXPLAIN_FORMAT_TEXT;
	ExplainPrintPlan(es, query_desc);
	standard_ExecutorEnd(query_desc);
	FreeQueryDesc(query_desc);

	while (es->str->len > 0 && es->str->data[es->str->len - 1] == '\n')
		es->str->data[--es->str->len] = '\0';
	appendStringInfoString(into, es->str->data);
}

/*
 * The text, in CurrentMemoryContext.  params are the values that the plan was
 * made with, or none; names are those of the hypothetical indexes.
 */
char *
pa_plan_explain(PlannedStmt *plan, ParamListInfo params, List *names)
{
	StringInfoData text;

	initStringInfo(&text);
	index_names = names;
	prev_index_name = explain_get_index_name_hook;
	explain_get_index_name_hook = index_name_cb;
	PG_TRY();
	{
		print_plan(&text, plan, params);
	}
	PG_FINALLY();
	{
		explain_get_index_name_hook = prev_index_name;
		index_names = NIL;
	}
	PG_END_TRY();
	return text.data;
}

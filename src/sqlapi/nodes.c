/*-------------------------------------------------------------------------
 *
 * nodes.c
 *		Functions about standbys: perf_advisor.add_node(), remove_node() and
 *		node_index_usage().
 *
 * IDENTIFICATION
 *		src/sqlapi/nodes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "compat/export.h"
#include "report/nodes.h"
#include "sqlapi/row.h"
#include "store/store.h"

PA_SQL_FUNCTION(pa_add_node_1_0);
PA_SQL_FUNCTION(pa_remove_node_1_0);
PA_SQL_FUNCTION(pa_node_index_usage_1_0);

/* perf_advisor.add_node(server) */
Datum
pa_add_node_1_0(PG_FUNCTION_ARGS)
{
	pa_nodes_add(NameStr(*PG_GETARG_NAME(0)));
	PG_RETURN_VOID();
}

/* perf_advisor.remove_node(server) */
Datum
pa_remove_node_1_0(PG_FUNCTION_ARGS)
{
	pa_nodes_remove(NameStr(*PG_GETARG_NAME(0)));
	PG_RETURN_VOID();
}

static const char *
state_name(PaNodeState state)
{
	switch (state)
	{
		case PA_NODE_ANSWERED:
			return "answered";
		case PA_NODE_UNREACHABLE:
			return "unreachable";
		case PA_NODE_REFUSED:
			return "refused";
		case PA_NODE_NOT_ASKED:
			break;
	}
	return "not asked";
}

/* The row of the node itself. */
static void
put_node(PaRow *row, const PaNode *node)
{
	pa_row_name(row, node->server);
	pa_row_timestamptz(row, node->added_at);
	pa_row_text(row, state_name(node->state));
	pa_row_text(row, node->message);
	pa_row_timestamptz(row, node->asked_at);
	pa_row_int8(row, node->receivers);
	for (int i = 0; i < 5; i++)
		pa_row_null(row);
	pa_row_end(row);
}

/* The row of this server: the standbys that it remembers. */
static void
put_this_server(PaRow *row)
{
	for (int i = 0; i < 5; i++)
		pa_row_null(row);
	pa_row_int8(row, pa_store_remembered_standbys());
	for (int i = 0; i < 5; i++)
		pa_row_null(row);
	pa_row_end(row);
}

static void
put_use(PaRow *row, const PaNode *node, const PaNodeIndexUse *use)
{
	pa_row_name(row, node->server);
	for (int i = 0; i < 5; i++)
		pa_row_null(row);
	pa_row_oid(row, use->indexid);
	pa_row_int8(row, use->uses);
	pa_row_timestamptz(row, use->last_used);
	pa_row_timestamptz(row, use->first_seen);
	pa_row_bool(row, use->complete);
	pa_row_end(row);
}

/* perf_advisor.node_index_usage() */
Datum
pa_node_index_usage_1_0(PG_FUNCTION_ARGS)
{
	List	   *nodes = pa_nodes_ask();
	ListCell   *lc;
	PaRow		row;

	pa_rows_begin(&row, fcinfo);
	put_this_server(&row);
	foreach(lc, nodes)
	{
		const PaNode *node = lfirst(lc);

		put_node(&row, node);
		for (int i = 0; i < node->nuses; i++)
			put_use(&row, node, &node->uses[i]);
	}
	return (Datum) 0;
}

/*-------------------------------------------------------------------------
 *
 * stored_tree.c
 *		A stored query tree as nodes.
 *
 * IDENTIFICATION
 *		src/report/stored_tree.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "utils/lsyscache.h"

#include "report/predicate.h"
#include "report/stored_tree.h"

#define PA_SCHEMA "perf_advisor"

/* Reading takes nothing but memory, so there is no subtransaction to undo it. */
Query *
pa_report_read_tree(const PaStoredTree *tree, const char **refusal)
{
	MemoryContext context = CurrentMemoryContext;
	const char *volatile why = "the stored tree is not a query";
	Node	   *volatile node = NULL;

	PG_TRY();
	{
		node = stringToNode(tree->query);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (pa_report_must_be_raised(error->sqlerrcode))
			PG_RE_THROW();
		FlushErrorState();
		why = psprintf("the stored tree cannot be read: %s", error->message);
	}
	PG_END_TRY();
	if (node != NULL && IsA(node, Query))
		return (Query *) node;
	if (refusal != NULL)
		*refusal = why;
	return NULL;
}

bool
pa_report_is_about_us(Query *query)
{
	Oid			schema = get_namespace_oid(PA_SCHEMA, true);
	PaQueryDependencies deps;
	ListCell   *lc;

	if (!OidIsValid(schema))
		return false;

	pa_query_dependencies(query, &deps);
	foreach(lc, deps.relations)
	{
		if (get_rel_namespace(lfirst_oid(lc)) == schema)
			return true;
	}
	foreach(lc, deps.functions)
	{
		if (get_func_namespace(lfirst_oid(lc)) == schema)
			return true;
	}
	return false;
}

bool
pa_report_names_table(const PaStoredTree *tree, const List *tables)
{
	ListCell   *lc;

	foreach(lc, tables)
	{
		char		text[32];

		snprintf(text, sizeof(text), " :relid %u ", lfirst_oid(lc));
		if (strstr(tree->query, text) != NULL)
			return true;
	}
	return false;
}

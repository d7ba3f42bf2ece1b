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

#include "report/predicate.h"
#include "report/stored_tree.h"

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

/*-------------------------------------------------------------------------
 *
 * session_values.c
 *		Makes a tree independent of values that only its session had.
 *
 * An application that keeps its tenant in a parameter of its own, for row
 * security above all, reads it by current_setting('app.tenant').  The planner
 * evaluates that to estimate; in our session the parameter is not there, or
 * is another's.  What a session had set is not known here, so the call
 * becomes an external parameter without value: the planner then takes an
 * average one, as for a generic plan.
 *
 * The server's own parameters have no period in their names and are left
 * alone.
 *
 * IDENTIFICATION
 *		src/whatif/session_values.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"

#include "whatif/whatif_internal.h"

/* More than any statement has: the vectors end before. */
#define FIRST_PARAM 100000

/* Whether it is current_setting() of a parameter with a period in its name. */
static bool
is_session_value(const FuncExpr *call)
{
	const Const *name;

	if ((call->funcid != F_CURRENT_SETTING_TEXT &&
		 call->funcid != F_CURRENT_SETTING_TEXT_BOOL) ||
		!IsA(linitial(call->args), Const))
		return false;
	name = linitial(call->args);
	return !name->constisnull &&
		strchr(TextDatumGetCString(name->constvalue), '.') != NULL;
}

static Node *
session_values_mutator(Node *node, void *nparams)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Query))
		return (Node *) query_tree_mutator((Query *) node, session_values_mutator,
										   nparams, 0);
	if (IsA(node, FuncExpr) && is_session_value((FuncExpr *) node))
	{
		Param	   *param = makeNode(Param);

		param->paramkind = PARAM_EXTERN;
		param->paramid = FIRST_PARAM + (*(int *) nparams)++;
		param->paramtype = TEXTOID;
		param->paramtypmod = -1;
		param->paramcollid = ((FuncExpr *) node)->funccollid;
		param->location = -1;
		return (Node *) param;
	}
	return expression_tree_mutator(node, session_values_mutator, nparams);
}

/* A copy of the query without them, in CurrentMemoryContext. */
Query *
pa_hide_session_values(Query *query)
{
	int			nparams = 0;

	return query_tree_mutator(query, session_values_mutator, &nparams, 0);
}

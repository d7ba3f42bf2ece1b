/*-------------------------------------------------------------------------
 *
 * predicate.c
 *		Keeps a scan's filter without its constants.
 *
 * Constants, parameters and sub-plans become parameters $1, $2 .. in the
 * order they appear; the relation's own columns are moved to range table
 * index 1, so that the text can be made later without the plan.
 *
 * IDENTIFICATION
 *		src/collect/predicate.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"

#include "collect/detail.h"

#define PA_MAX_PREDICATE_SIZE 16384	/* bytes, serialized; larger ones are left out */

typedef struct PaPredicateContext
{
	Index		scanrelid;
	int			nparams;
	bool		foreign_var;	/* a column of something else: give up */
} PaPredicateContext;

/* Stands for a value of the same type. */
static Node *
make_placeholder(Node *node, PaPredicateContext *context)
{
	Param	   *param = makeNode(Param);

	param->paramkind = PARAM_EXTERN;
	param->paramid = ++context->nparams;
	param->paramtype = exprType(node);
	param->paramtypmod = exprTypmod(node);
	param->paramcollid = exprCollation(node);
	param->location = -1;
	return (Node *) param;
}

static Node *
strip_mutator(Node *node, void *arg)
{
	PaPredicateContext *context = arg;

	if (node == NULL)
		return NULL;
	if (IsA(node, Const) || IsA(node, Param) || IsA(node, SubPlan) || IsA(node, AlternativeSubPlan))
		return make_placeholder(node, context);
	if (IsA(node, Var))
	{
		Var		   *var = copyObject((Var *) node);

		if (var->varno != (int) context->scanrelid)
			context->foreign_var = true;
		var->varno = 1;
		var->varlevelsup = 0;
		var->varnosyn = 1;
		var->varattnosyn = var->varattno;
		return (Node *) var;
	}
	return expression_tree_mutator(node, strip_mutator, arg);
}

/*
 * Gives nodeToString of the filter, palloc'd, or NULL when there is none or
 * it is too large to keep.
 */
char *
pa_predicate_serialize(List *quals, Index scanrelid)
{
	PaPredicateContext context = {scanrelid, 0, false};
	Node	   *stripped;
	char	   *text;

	if (quals == NIL)
		return NULL;
	stripped = strip_mutator((Node *) make_ands_explicit(quals), &context);
	if (context.foreign_var)
		return NULL;
	text = nodeToString(stripped);
	return strlen(text) > PA_MAX_PREDICATE_SIZE ? NULL : text;
}

/*-------------------------------------------------------------------------
 *
 * vectors.c
 *		Which sampled parameter vectors fit a stored tree.
 *
 * The planner puts a parameter's value into the tree under the type that the
 * tree says, and looks at nothing else: an integer where the tree has a text
 * would be read as a pointer.  Vectors and trees are sampled apart from each
 * other, so each vector is compared with the tree first.  Values of composite
 * types are not used: they carry the columns of the time of their capture.
 *
 * IDENTIFICATION
 *		src/whatif/vectors.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"

#include "whatif/whatif_internal.h"

/* True, to end the walk, at a parameter that the vector does not fit. */
static bool
misfit_walker(Node *node, void *context)
{
	ParamListInfo vector = (ParamListInfo) context;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, misfit_walker, context, 0);
	if (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_EXTERN)
	{
		Param	   *param = (Param *) node;

		/* One that the vector does not have stays a parameter. */
		if (param->paramid < 1 || param->paramid > vector->numParams)
			return false;
		return OidIsValid(vector->params[param->paramid - 1].ptype) &&
			vector->params[param->paramid - 1].ptype != param->paramtype;
	}
	return expression_tree_walker(node, misfit_walker, context);
}

static bool
has_composite(ParamListInfo vector)
{
	for (int i = 0; i < vector->numParams; i++)
	{
		Oid			type = vector->params[i].ptype;
		Oid			element = OidIsValid(type) ? get_base_element_type(type) : InvalidOid;

		if (OidIsValid(type) && !vector->params[i].isnull &&
			type_is_rowtype(OidIsValid(element) ? element : type))
			return true;
	}
	return false;
}

bool
pa_vector_fits(Query *query, ParamListInfo vector)
{
	return vector->paramFetch == NULL && !misfit_walker((Node *) query, vector) &&
		!has_composite(vector);
}

/*-------------------------------------------------------------------------
 *
 * existing_use.c
 *		The indexes that a relation has, as the statement sees them.
 *
 * The catalogs describe them; the planner says of each whether its predicate
 * holds in this statement, and has its expressions as it compares them:
 * functions inlined and constants folded, which outside of a what-if planning
 * nobody may do.  It does not list those of a partitioned root on 15.
 *
 * IDENTIFICATION
 *		src/whatif/existing_use.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "optimizer/optimizer.h"

#include "catalog/index_facts.h"
#include "whatif/index_use.h"

static IndexOptInfo *
find_index(const PaUseContext *context, Oid indexid)
{
	ListCell   *lc;

	foreach(lc, context->rel->indexlist)
	{
		IndexOptInfo *index = (IndexOptInfo *) lfirst(lc);

		if (index->indexoid == indexid && !index->hypothetical)
			return index;
	}
	return NULL;
}

/* The planner's expressions take the place of those in the catalogs. */
static void
take_expressions(const PaUseContext *context, const IndexOptInfo *index, PaIndexSpec *spec)
{
	ListCell   *next = list_head(index->indexprs);

	for (int i = 0; i < spec->nkeys && next != NULL; i++)
	{
		Node	   *expression = (Node *) lfirst(next);

		if (spec->keys[i].attnum != 0)
			continue;
		if (IsA(expression, RelabelType))
			expression = (Node *) ((RelabelType *) expression)->arg;
		spec->keys[i].expression = pa_own_expression(context, expression);
		next = lnext(index->indexprs, next);
	}
	if (index->indpred != NIL)
		spec->predicate = (List *) pa_own_expression(context, (Node *) index->indpred);
}

static bool
predicate_holds(const PaUseContext *context, const PaIndexSpec *spec)
{
	List	   *clauses = NIL;
	ListCell   *lc;

	foreach(lc, context->rel->baserestrictinfo)
		clauses = lappend(clauses,
						  pa_own_expression(context, (Node *) ((RestrictInfo *) lfirst(lc))->clause));
	return predicate_implied_by(spec->predicate, clauses, false);
}

/* List of PaIndexSpec *, in CurrentMemoryContext. */
List *
pa_existing_indexes(const PaUseContext *context)
{
	List	   *result = pa_catalog_indexes(context->relid);
	ListCell   *lc;

	foreach(lc, result)
	{
		PaIndexSpec *spec = (PaIndexSpec *) lfirst(lc);
		IndexOptInfo *index = find_index(context, spec->indexid);

		if (index != NULL)
			take_expressions(context, index, spec);
		if (spec->predicate != NIL)
			spec->predicate_holds = (index != NULL && index->predOK) ||
				predicate_holds(context, spec);
	}
	return result;
}

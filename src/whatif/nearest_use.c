/*-------------------------------------------------------------------------
 *
 * nearest_use.c
 *		Keys whose nearest values are wanted: ORDER BY key <-> value LIMIT n.
 *
 * A distance cannot be a key of its own, because its other side changes with
 * each call.  But a GiST class that has the operator as an ordering operator
 * returns its entries by it (match_pathkeys_to_index() in core's indxpath.c
 * says when the planner asks for that), and then reads little more than the
 * rows that the LIMIT keeps: to the rules it is a search that finds these.
 *
 * IDENTIFICATION
 *		src/whatif/nearest_use.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amop.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat/planner.h"
#include "whatif/index_use.h"
#include "whatif/whatif_internal.h"

/* Share of the rows that a LIMIT with an unknown value keeps. */
#define UNKNOWN_LIMIT 0.001

/* The GiST class that orders values of the type by the operator, or 0. */
static Oid
ordering_class(Oid opno, Oid sort_family, Oid type)
{
	CatCList   *list = SearchSysCacheList1(AMOPOPID, ObjectIdGetDatum(opno));
	Oid			found = InvalidOid;

	for (int i = 0; i < list->n_members && !OidIsValid(found); i++)
	{
		Form_pg_amop member = (Form_pg_amop) GETSTRUCT(&list->members[i]->tuple);

		if (member->amoppurpose == AMOP_ORDER &&
			member->amopmethod == GIST_AM_OID &&
			member->amopsortfamily == sort_family)
			found = pa_class_of_family(member->amopfamily, GIST_AM_OID, type);
	}
	ReleaseSysCacheList(list);
	return found;
}

/* Adds the key of "key op value" or of its commutation; false: it is neither. */
static bool
use_distance(PaUseContext *context, PaUseSet *set, OpExpr *distance, Oid sort_family)
{
	for (int side = 0; side < 2 && list_length(distance->args) == 2; side++)
	{
		Oid			opno = side == 0 ? distance->opno : get_commutator(distance->opno);
		Node	   *value = list_nth(distance->args, 1 - side);
		PaColumnUse how = {0};
		PaColumnFacts facts;
		double		limit = context->root->limit_tuples;

		if (!OidIsValid(opno) || contain_var_clause(value) ||
			contain_volatile_functions(value) ||
			!pa_searchable_key(context, list_nth(distance->args, side), &facts))
			continue;
		how.kind = PA_USE_SEARCH;
		how.method = GIST_AM_OID;
		how.opclass = ordering_class(opno, sort_family, facts.type);
		how.selectivity = limit > 0 ? Min(limit / Max(context->tuples, 1), 1) : UNKNOWN_LIMIT;
		if (!OidIsValid(how.opclass))
			continue;
		pa_add_use(context, set, &facts, &how);
		return true;
	}
	return false;
}

/* Only the first key of ORDER BY counts: the others order within equal ones. */
void
pa_nearest_uses(PaUseContext *context, PaUseSet *set)
{
	PathKey    *pathkey;
	ListCell   *lc;

	if (context->root->query_pathkeys == NIL || !pa_limit_applies(context->root))
		return;
	pathkey = linitial(context->root->query_pathkeys);
	if (pa_pathkey_descending(pathkey) || pathkey->pk_nulls_first ||
		pathkey->pk_eclass->ec_has_volatile)
		return;
	foreach(lc, pathkey->pk_eclass->ec_members)
	{
		EquivalenceMember *member = lfirst(lc);

		if (bms_equal(member->em_relids, context->rel->relids) &&
			IsA(member->em_expr, OpExpr) &&
			use_distance(context, set, (OpExpr *) member->em_expr, pathkey->pk_opfamily))
			return;
	}
}

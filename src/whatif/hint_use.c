/*-------------------------------------------------------------------------
 *
 * hint_use.c
 *		Why an index cannot serve a statement as it is written.
 *
 * Two kinds: a comparison whose one side is nearly a key of the relation, and
 * what only the whole picture shows, such as an index that is there and not
 * valid.  Whether a hint deserves to be said is decided in analyze/.
 *
 * IDENTIFICATION
 *		src/whatif/hint_use.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/sysattr.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "utils/catcache.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "catalog/index_facts.h"
#include "whatif/index_use.h"
#include "whatif/whatif_internal.h"

/* Rows that an OFFSET may skip without a word. */
#define SMALL_OFFSET 1000

void
pa_add_hint(PaUseContext *context, PaUseHintKind kind, AttrNumber attnum,
			Node *clause, double selectivity)
{
	PaUseHint  *hint = palloc0(sizeof(PaUseHint));

	hint->kind = kind;
	hint->attnum = attnum;
	hint->clause = clause != NULL ? pa_own_expression(context, clause) : NULL;
	hint->selectivity = selectivity;
	context->hints = lappend(context->hints, hint);
}

/* ---- comparisons ---- */

/* The only column in node, or 0. */
static AttrNumber
only_column(const PaUseContext *context, Node *node)
{
	Bitmapset  *attnums = NULL;
	int			member;

	pull_varattnos(node, context->rel->relid, &attnums);
	if (!bms_get_singleton_member(attnums, &member))
		return 0;
	return Max(member + FirstLowInvalidHeapAttributeNumber, 0);
}

/*
 * Whether an index could have the operator, if it were for the column: of a
 * b-tree, for a pattern, or a search in something composed.
 */
static bool
is_index_operator(Oid opno)
{
	CatCList   *list;
	bool		found = false;

	switch (get_opcode(opno))
	{
		case F_TEXTLIKE:
		case F_TEXTICLIKE:
			return true;
		default:
			break;
	}
	list = SearchSysCacheList1(AMOPOPID, ObjectIdGetDatum(opno));
	for (int i = 0; i < list->n_members && !found; i++)
	{
		Oid			method = ((Form_pg_amop) GETSTRUCT(&list->members[i]->tuple))->amopmethod;

		found = method == BTREE_AM_OID || method == GIN_AM_OID;
	}
	ReleaseSysCacheList(list);
	return found;
}

static bool
is_cast(Node *node)
{
	if (IsA(node, CoerceViaIO) || IsA(node, ArrayCoerceExpr))
		return true;
	return IsA(node, FuncExpr) &&
		(((FuncExpr *) node)->funcformat == COERCE_EXPLICIT_CAST ||
		 ((FuncExpr *) node)->funcformat == COERCE_IMPLICIT_CAST);
}

/* Cast for the comparison's sake, or to another kind of number. */
static bool
is_number_cast(Node *node)
{
	return IsA(node, FuncExpr) && is_cast(node) &&
		(((FuncExpr *) node)->funcformat == COERCE_IMPLICIT_CAST ||
		 TypeCategory(exprType(node)) == TYPCATEGORY_NUMERIC);
}

/* What is in the way when node is no key; false when nobody could mend it. */
static bool
classify(Node *node, PaUseHintKind *kind)
{
	if (contain_volatile_functions(node))
		return false;
	if (is_number_cast(node))
		*kind = PA_HINT_TYPE;
	else if (IsA(node, OpExpr) && pa_is_arithmetic(((OpExpr *) node)->opno))
		*kind = PA_HINT_ARITHMETIC;
	else if (is_cast(node))
		*kind = PA_HINT_CAST;
	else if (contain_mutable_functions(node))
		*kind = PA_HINT_EXPRESSION;
	else
		return false;
	return true;
}

/*
 * Why no use was found in a comparison with the relation's side "node" by
 * opno.  A join of an equivalence class has no clause, and no operator of its
 * own.
 */
void
pa_hint_comparison(PaUseContext *context, Node *clause, Node *node, Oid opno,
				   Oid collation, double selectivity)
{
	PaColumnFacts facts;
	PaUseHintKind kind;

	if (OidIsValid(opno) && !is_index_operator(opno))
		return;
	if (!bms_equal(pull_varnos(context->root, node), context->rel->relids))
		return;
	if (pa_searchable_key(context, node, &facts))
	{
		if (pa_collation_serves(facts.collation, collation) || facts.expression != NULL)
			return;
		kind = PA_HINT_COLLATION;
	}
	else
	{
		if (IsA(node, RelabelType))
			node = (Node *) ((RelabelType *) node)->arg;
		if (!classify(node, &kind))
			return;
	}

	if (clause == NULL ||
		!bms_equal(pull_varnos(context->root, clause), context->rel->relids))
	{
		/* A join can go by the other side as well. */
		if (kind == PA_HINT_ARITHMETIC ||
			(OidIsValid(opno) && get_mergejoin_opfamilies(opno) == NIL))
			return;
		/* Other relations' columns mean nothing outside of this planning. */
		clause = node;
	}
	pa_add_hint(context, kind, only_column(context, node), clause, selectivity);
}

/* ---- the whole relation ---- */

/* A large OFFSET reads what it skips; the first relation in order pays. */
static void
hint_offset(PaUseContext *context, const PaRelationUse *use)
{
	PlannerInfo *root = context->root;
	Const	   *offset = (Const *) root->parse->limitOffset;
	double		skipped;

	if (offset == NULL || !IsA(offset, Const) || offset->constisnull ||
		offset->consttype != INT8OID)
		return;
	skipped = (double) DatumGetInt64(offset->constvalue);
	if (skipped < SMALL_OFFSET ||
		(use->orderings == NIL && bms_membership(root->all_baserels) != BMS_SINGLETON))
		return;
	pa_add_hint(context, PA_HINT_OFFSET, 0, (Node *) offset,
				Min(1.0, skipped / Max(1.0, context->tuples)));
}

static bool
same_index_key(const PaIndexKey *key, AttrNumber attnum, Node *expression)
{
	return key->attnum == attnum && equal(key->expression, expression);
}

/* Whether the index could look up the use by its first key. */
static bool
serves_use(const PaIndexSpec *spec, const PaColumnUse *use)
{
	if (!same_index_key(&spec->keys[0], use->attnum, use->expression) ||
		OidIsValid(spec->keys[0].collation))
		return false;
	if (use->kind == PA_USE_SEARCH)
		return spec->method == use->method;
	if (spec->method == HASH_AM_OID)
		return use->hashable;
	return spec->method == BTREE_AM_OID && spec->keys[0].opclass == use->opclass;
}

static bool
serves_ordering(const PaIndexSpec *spec, const PaOrdering *ordering)
{
	return spec->method == BTREE_AM_OID && !OidIsValid(spec->keys[0].opclass) &&
		same_index_key(&spec->keys[0], ordering->keys[0].attnum,
					   ordering->keys[0].expression);
}

static void
add_index_hint(PaUseContext *context, PaUseHintKind kind, const PaIndexSpec *spec,
			   const char *setting, double selectivity)
{
	PaUseHint  *hint = palloc0(sizeof(PaUseHint));

	hint->kind = kind;
	hint->attnum = spec->keys[0].attnum;
	hint->indexid = spec->indexid;
	hint->setting = setting;
	hint->selectivity = selectivity;
	context->hints = lappend(context->hints, hint);
}

/* The setting that keeps the statement from using an index that it could. */
static const char *
setting_against(const PaIndexSpec *spec, const PaColumnUse *use)
{
	if (use->kind == PA_USE_JOIN && !enable_nestloop)
		return "enable_nestloop";
	if (enable_bitmapscan)
		return NULL;
	if (spec->method == GIN_AM_OID || spec->method == BRIN_AM_OID)
		return "enable_bitmapscan";
	return enable_indexscan ? NULL : "enable_indexscan";
}

static void
hint_settings(PaUseContext *context, const PaRelationUse *use)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, use->existing)
	{
		PaIndexSpec *spec = (PaIndexSpec *) lfirst(lc);

		if (!spec->predicate_holds)
			continue;
		foreach(lc2, use->columns)
		{
			PaColumnUse *column = (PaColumnUse *) lfirst(lc2);
			const char *setting = setting_against(spec, column);

			if (setting != NULL && serves_use(spec, column))
				add_index_hint(context, PA_HINT_SETTING, spec, setting, column->selectivity);
		}
		foreach(lc2, use->orderings)
		{
			PaOrdering *ordering = (PaOrdering *) lfirst(lc2);

			if (!enable_indexscan && ordering->limited && serves_ordering(spec, ordering))
				add_index_hint(context, PA_HINT_SETTING, spec, "enable_indexscan", 1);
		}
	}
}

static void
hint_invalid_index(PaUseContext *context, const PaRelationUse *use, const PaIndexSpec *spec)
{
	ListCell   *lc;

	foreach(lc, use->columns)
	{
		PaColumnUse *column = (PaColumnUse *) lfirst(lc);

		if (serves_use(spec, column))
		{
			add_index_hint(context, PA_HINT_INVALID_INDEX, spec, NULL, column->selectivity);
			return;
		}
	}
	foreach(lc, use->orderings)
	{
		if (serves_ordering(spec, (PaOrdering *) lfirst(lc)))
		{
			add_index_hint(context, PA_HINT_INVALID_INDEX, spec, NULL, 1);
			return;
		}
	}
}

/* Those that only the finished picture of the relation shows. */
void
pa_hint_relation(PaUseContext *context, const PaRelationUse *use)
{
	ListCell   *lc;

	hint_offset(context, use);
	hint_settings(context, use);
	foreach(lc, pa_catalog_broken_indexes(context->relid))
		hint_invalid_index(context, use, (PaIndexSpec *) lfirst(lc));
}

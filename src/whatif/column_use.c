/*-------------------------------------------------------------------------
 *
 * column_use.c
 *		Columns and expressions of a base relation that an index could look
 *		up.
 *
 * Read from the planner's own structures at the moment when it has made the
 * relation's paths: constants are folded, views and sublinks are pulled up,
 * and equalities implied by others are there.  A clause counts under the
 * same conditions under which the planner would match it to an index on that
 * key: operator in the key's default b-tree family, or in a family of another
 * method (search_use.c), collation the key's own, the other side free of this
 * relation and of volatile functions, and not to be held back behind a
 * security barrier.
 *
 * An OR can use one index an arm; an arm may be an AND.  When one arm has
 * none, the others are of no use either.
 *
 * IDENTIFICATION
 *		src/whatif/column_use.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
#include "utils/lsyscache.h"

#include "catalog/index_facts.h"
#include "whatif/index_use.h"
#include "whatif/whatif_internal.h"

/* ORs of one relation that are looked at, and arms of one. */
#define MAX_ALTERNATIVES 8
#define MAX_ARMS 16

/* All range clauses of a key; their selectivity is that of the whole. */
typedef struct RangeKey
{
	PaColumnFacts facts;
	List	   *clauses;
	List	   *known;			/* those of them with a value that the planner
								 * knows */
	int			njoined;		/* that compare with a column of another relation */
} RangeKey;

/* ---- collecting ---- */

static bool
same_key(const PaColumnUse *use, const PaColumnFacts *facts)
{
	return use->attnum == facts->attnum && equal(use->expression, facts->expression);
}

static PaColumnUse *
find_use(const PaUseSet *set, const PaColumnUse *wanted)
{
	ListCell   *lc;

	foreach(lc, set->uses)
	{
		PaColumnUse *use = (PaColumnUse *) lfirst(lc);

		if (use->attnum == wanted->attnum && use->kind == wanted->kind &&
			equal(use->expression, wanted->expression))
			return use;
	}
	return NULL;
}

/*
 * Two searches of one key by different classes of one method: the default
 * class does both, a specialised one (jsonb_path_ops) not.
 */
static bool
unite_searches(PaColumnUse *use, const PaColumnUse *how, Oid type)
{
	if (use->kind != PA_USE_SEARCH || how->kind != PA_USE_SEARCH ||
		use->method != how->method)
		return false;
	if (use->opclass != how->opclass)
		use->opclass = pa_catalog_default_opclass(type, use->method);
	return true;
}

/*
 * Add a use of a key: kind, method, opclass, selectivity, guessed and hashable
 * are taken from "how".  Of two that differ in selectivity only, the better one
 * counts.
 */
void
pa_add_use(const PaUseContext *context, PaUseSet *set, const PaColumnFacts *facts,
		   const PaColumnUse *how)
{
	PaColumnUse *use;
	ListCell   *lc;

	foreach(lc, set->uses)
	{
		use = (PaColumnUse *) lfirst(lc);
		if (!same_key(use, facts) || use->kind != how->kind)
			continue;
		if (unite_searches(use, how, facts->type) || use->opclass == how->opclass)
		{
			use->selectivity = Min(use->selectivity, how->selectivity);
			use->hashable |= how->hashable;
			return;
		}
	}

	use = palloc(sizeof(PaColumnUse));
	*use = *how;
	use->attnum = facts->attnum;
	use->expression = facts->expression;
	use->typical_selectivity = pa_column_typical_selectivity(facts, context->tuples);
	use->ndistinct = pa_column_distinct(facts, context->tuples);
	use->width = facts->width;
	use->correlation = facts->correlation;
	set->uses = lappend(set->uses, use);
}

static double
average_selectivity(const PaUseContext *context, const PaColumnFacts *facts)
{
	return (1.0 - facts->null_fraction) / pa_column_distinct(facts, context->tuples);
}

/*
 * Selectivity of a clause on a key.  The planner knows nothing of expressions
 * that nobody analyzed, and would take a two-hundredth.
 */
double
pa_key_selectivity(const PaUseContext *context, const PaColumnFacts *facts,
				   PaColumnUseKind kind, Node *clause)
{
	if (kind == PA_USE_EQUAL && facts->expression != NULL && !facts->has_statistics)
		return average_selectivity(context, facts);
	return pa_clause_selectivity(context, clause);
}

static void
add_clause(const PaUseContext *context, PaUseSet *set, const PaColumnFacts *facts,
		   PaColumnUseKind kind, Node *clause, bool hashable)
{
	PaColumnUse how = {0};

	how.kind = kind;
	how.selectivity = pa_key_selectivity(context, facts, kind, clause);
	how.hashable = hashable;
	pa_add_use(context, set, facts, &how);
}

static void
add_join(const PaUseContext *context, PaUseSet *set, const PaColumnFacts *facts,
		 bool hashable)
{
	PaColumnUse how = {0};

	how.kind = PA_USE_JOIN;
	how.selectivity = average_selectivity(context, facts);
	how.hashable = hashable;
	pa_add_use(context, set, facts, &how);
}

/* The ranges of the key, made when there is none yet. */
static RangeKey *
find_range(PaUseSet *set, const PaColumnFacts *facts)
{
	RangeKey   *range;
	ListCell   *lc;

	foreach(lc, set->ranges)
	{
		range = (RangeKey *) lfirst(lc);
		if (range->facts.attnum == facts->attnum &&
			equal(range->facts.expression, facts->expression))
			return range;
	}
	range = palloc0(sizeof(RangeKey));
	range->facts = *facts;
	set->ranges = lappend(set->ranges, range);
	return range;
}

/* Add a comparison of the key with "other". */
static void
add_range(const PaUseContext *context, PaUseSet *set,
		  const PaColumnFacts *facts, Node *clause, Node *other)
{
	RangeKey   *range = find_range(set, facts);

	range->clauses = lappend(range->clauses, clause);
	if (IsA(estimate_expression_value(context->root, other), Const))
		range->known = lappend(range->known, clause);
	else if (!contain_subplans(other) &&
			 !bms_is_empty(pull_varnos(context->root, other)))
		range->njoined++;
}

/*
 * Put the range clauses together; the set is complete then.  Where the planner
 * knows some of the values, these count: for the others it has but a default.
 * Where it knows none, all is a guess, unless each row of another relation
 * gives both ends.
 */
static List *
finish_set(const PaUseContext *context, PaUseSet *set)
{
	ListCell   *lc;

	foreach(lc, set->ranges)
	{
		RangeKey   *range = (RangeKey *) lfirst(lc);
		PaColumnUse how = {0};

		how.kind = PA_USE_RANGE;
		how.guessed = range->known == NIL && range->njoined < 2;
		how.selectivity = pa_clauses_selectivity(context,
												 range->known != NIL ? range->known : range->clauses);
		pa_add_use(context, set, &range->facts, &how);
	}
	return set->uses;
}

/* ---- one clause ---- */

/* A comparison with the key on the left. */
typedef struct Comparison
{
	PaColumnFacts facts;
	Node	   *other;			/* what it is compared with */
	Oid			opno;
	int			strategy;		/* of the key's default b-tree family */
} Comparison;

static bool
is_hashable(const PaColumnFacts *facts, Oid opno)
{
	return OidIsValid(facts->hash_opfamily) &&
		get_op_opfamily_strategy(opno, facts->hash_opfamily) == HTEqualStrategyNumber;
}

/* Match "key op other" in either order. */
static bool
match_operator(const PaUseContext *context, Oid opno, Oid collation, Node *left,
			   Node *right, Comparison *match)
{
	Node	   *other;

	if (!pa_mentions_relation(context, right) &&
		pa_indexable_key(context, left, &match->facts))
		other = right;
	else if (!pa_mentions_relation(context, left) &&
			 pa_indexable_key(context, right, &match->facts))
	{
		other = left;
		opno = get_commutator(opno);
	}
	else
		return false;

	if (!OidIsValid(opno) || !pa_collation_serves(match->facts.collation, collation) ||
		contain_volatile_functions(other))
		return false;
	match->other = other;
	match->opno = opno;
	match->strategy = get_op_opfamily_strategy(opno, match->facts.opfamily);
	return match->strategy != 0;
}

static void
hint_operator(PaUseContext *context, OpExpr *clause)
{
	Node	   *left = (Node *) linitial(clause->args);
	Node	   *right = (Node *) lsecond(clause->args);
	bool		on_left = pa_mentions_relation(context, left);

	if (on_left != pa_mentions_relation(context, right))
		pa_hint_comparison(context, (Node *) clause, on_left ? left : right,
						   clause->opno, clause->inputcollid,
						   pa_clause_selectivity(context, (Node *) clause));
}

static bool
use_operator(PaUseContext *context, PaUseSet *set, RestrictInfo *rinfo,
			 OpExpr *clause, bool join)
{
	Comparison	match;
	bool		hashable;

	if (list_length(clause->args) != 2)
		return false;
	if (!match_operator(context, clause->opno, clause->inputcollid,
						linitial(clause->args), lsecond(clause->args), &match))
	{
		if (pa_search_uses(context, set, rinfo, (Node *) clause))
			return true;
		hint_operator(context, clause);
		return false;
	}

	hashable = is_hashable(&match.facts, match.opno);
	if (match.strategy != BTEqualStrategyNumber)
		add_range(context, set, &match.facts, (Node *) clause, match.other);
	else if (join)
		add_join(context, set, &match.facts, hashable);
	else
		add_clause(context, set, &match.facts, PA_USE_EQUAL, (Node *) clause, hashable);
	return true;
}

/* key = ANY (array); the array must not depend on this relation. */
static bool
use_array(PaUseContext *context, PaUseSet *set, ScalarArrayOpExpr *clause, bool join)
{
	PaColumnFacts facts;
	Node	   *key = (Node *) linitial(clause->args);
	Node	   *array = (Node *) lsecond(clause->args);

	if (!clause->useOr || contain_volatile_functions(array))
		return false;
	if (pa_mentions_relation(context, array))
	{
		/* 'x' = ANY (column): could be written column @> ARRAY['x'] */
		if (bms_is_empty(pull_varnos(context->root, key)) && IsA(array, Var))
			pa_add_hint(context, PA_HINT_EXPRESSION, ((Var *) array)->varattno,
						(Node *) clause, pa_clause_selectivity(context, (Node *) clause));
		return false;
	}
	if (!pa_mentions_relation(context, key))
		return false;
	if (!pa_indexable_key(context, key, &facts) ||
		!pa_collation_serves(facts.collation, clause->inputcollid) ||
		get_op_opfamily_strategy(clause->opno, facts.opfamily) != BTEqualStrategyNumber)
	{
		pa_hint_comparison(context, (Node *) clause, key, clause->opno,
						   clause->inputcollid,
						   pa_clause_selectivity(context, (Node *) clause));
		return false;
	}
	if (join)
		add_join(context, set, &facts, false);
	else
		add_clause(context, set, &facts, PA_USE_IN, (Node *) clause, false);
	return true;
}

/*
 * (a, b) > (x, y): the planner counts on the first column only.  The others
 * are seen by ordering_use.c.
 */
static bool
use_row_compare(PaUseContext *context, PaUseSet *set, RowCompareExpr *clause)
{
	Comparison	match;

	if (!match_operator(context, linitial_oid(clause->opnos),
						linitial_oid(clause->inputcollids),
						linitial(clause->largs), linitial(clause->rargs), &match))
		return false;
	add_range(context, set, &match.facts, (Node *) clause, match.other);
	return true;
}

/* A boolean column by itself, negated, or tested for true or false. */
static bool
use_boolean(PaUseContext *context, PaUseSet *set, Node *clause)
{
	PaColumnFacts facts;
	Node	   *column = clause;

	if (is_notclause(clause))
		column = (Node *) get_notclausearg(clause);
	else if (IsA(clause, BooleanTest) &&
			 (((BooleanTest *) clause)->booltesttype == IS_TRUE ||
			  ((BooleanTest *) clause)->booltesttype == IS_FALSE))
		column = (Node *) ((BooleanTest *) clause)->arg;
	if (column == NULL || !IsA(column, Var) ||
		!pa_indexable_key(context, column, &facts))
		return false;
	add_clause(context, set, &facts, PA_USE_EQUAL, clause, false);
	return true;
}

static bool
use_null_test(PaUseContext *context, PaUseSet *set, NullTest *clause)
{
	PaColumnFacts facts;

	if (clause->nulltesttype != IS_NULL || clause->argisrow ||
		!IsA(clause->arg, Var) ||	/* nobody knows how often others are NULL */
		!pa_indexable_key(context, (Node *) clause->arg, &facts))
		return false;
	add_clause(context, set, &facts, PA_USE_IS_NULL, (Node *) clause, false);
	return true;
}

/* Add the uses of one clause that is no OR; false when there is none. */
static bool
use_clause(PaUseContext *context, PaUseSet *set, RestrictInfo *rinfo, bool join)
{
	Node	   *clause = (Node *) rinfo->clause;

	if (rinfo->pseudoconstant)
		return false;
	if (IsA(clause, OpExpr))
		return use_operator(context, set, rinfo, (OpExpr *) clause, join);
	if (IsA(clause, ScalarArrayOpExpr))
		return use_array(context, set, (ScalarArrayOpExpr *) clause, join) ||
			pa_search_uses(context, set, rinfo, clause);
	if (IsA(clause, RowCompareExpr))
		return use_row_compare(context, set, (RowCompareExpr *) clause);
	if (IsA(clause, NullTest))
		return use_null_test(context, set, (NullTest *) clause);
	if (IsA(clause, FuncExpr))
		return pa_search_uses(context, set, rinfo, clause);
	return use_boolean(context, set, clause);
}

/* ---- OR ---- */

/*
 * Uses of one arm: a RestrictInfo, or an AND of such; NIL when it has none.
 * Within an OR that joins, a clause may still be about this relation alone.
 */
static List *
arm_uses(PaUseContext *context, Node *arm)
{
	PaUseSet	set = {NIL, NIL};
	List	   *members = is_andclause(arm) ? ((BoolExpr *) arm)->args : list_make1(arm);
	ListCell   *lc;

	foreach(lc, members)
	{
		RestrictInfo *rinfo = (RestrictInfo *) lfirst(lc);

		if (IsA(rinfo, RestrictInfo) && rinfo->orclause == NULL)
			(void) use_clause(context, &set, rinfo,
							  !bms_is_subset(rinfo->clause_relids, context->rel->relids));
	}
	return finish_set(context, &set);
}

/* The arms of an OR, or NIL when not every arm can use an index. */
static List *
or_uses(PaUseContext *context, RestrictInfo *rinfo)
{
	List	   *arms = NIL;
	ListCell   *lc;

	if (!is_orclause(rinfo->orclause) ||
		list_length(((BoolExpr *) rinfo->orclause)->args) > MAX_ARMS)
		return NIL;
	foreach(lc, ((BoolExpr *) rinfo->orclause)->args)
	{
		List	   *uses = arm_uses(context, (Node *) lfirst(lc));

		if (uses == NIL)
			return NIL;
		arms = lappend(arms, uses);
	}
	return arms;
}

/*
 * The one key that every arm compares for equality, and with nothing else:
 * then the OR is an IN, spelled out.
 */
static PaColumnUse *
only_equality(List *arms)
{
	PaColumnUse *first = NULL;
	ListCell   *lc;

	foreach(lc, arms)
	{
		List	   *uses = (List *) lfirst(lc);
		PaColumnUse *use = (PaColumnUse *) linitial(uses);

		if (list_length(uses) != 1 ||
			(use->kind != PA_USE_EQUAL && use->kind != PA_USE_JOIN))
			return NULL;
		if (first == NULL)
			first = use;
		else if (use->kind != first->kind || use->attnum != first->attnum ||
				 !equal(use->expression, first->expression))
			return NULL;
	}
	return first;
}

/* Add it as what it is; its facts are all there but the clause's own. */
static void
use_spelled_list(PaUseContext *context, PaUseSet *set, const PaColumnUse *key,
				 RestrictInfo *rinfo)
{
	PaColumnUse *use = palloc(sizeof(PaColumnUse));

	*use = *key;
	if (key->kind == PA_USE_EQUAL)
	{
		use->kind = PA_USE_IN;
		use->selectivity = pa_clause_selectivity(context, (Node *) rinfo->clause);
		use->hashable = false;
	}
	if (find_use(set, use) == NULL)
		set->uses = lappend(set->uses, use);
}

static void
use_restrict_info(PaUseContext *context, PaUseSet *set, List **alternatives,
				  RestrictInfo *rinfo, bool join)
{
	List	   *arms;
	PaColumnUse *key;

	if (rinfo->orclause == NULL)
	{
		(void) use_clause(context, set, rinfo, join);
		return;
	}
	arms = or_uses(context, rinfo);
	key = only_equality(arms);
	if (key != NULL)
		use_spelled_list(context, set, key, rinfo);
	else if (arms != NIL && list_length(*alternatives) < MAX_ALTERNATIVES)
		*alternatives = lappend(*alternatives, arms);
}

/* ---- equivalence classes ---- */

/* Whether the class has a member that does not touch this relation. */
static bool
equal_to_others(EquivalenceClass *ec, Index relid)
{
	ListCell   *lc;

	foreach(lc, ec->ec_members)
	{
		EquivalenceMember *member = (EquivalenceMember *) lfirst(lc);

		if (!member->em_is_child && !bms_is_member(relid, member->em_relids))
			return true;
	}
	return false;
}

static void
use_member(PaUseContext *context, PaUseSet *set, EquivalenceClass *ec,
		   EquivalenceMember *member)
{
	PaColumnFacts facts;
	Node	   *node = (Node *) member->em_expr;
	Oid			eq;

	if (member->em_is_child || !bms_equal(member->em_relids, context->rel->relids))
		return;
	if (!pa_indexable_key(context, node, &facts) ||
		!list_member_oid(ec->ec_opfamilies, facts.opfamily) ||
		!pa_collation_serves(facts.collation, ec->ec_collation))
	{
		pa_hint_comparison(context, NULL, node, InvalidOid, ec->ec_collation,
						   1.0 / Max(1.0, context->tuples));
		return;
	}
	eq = get_opfamily_member(facts.opfamily, facts.opcintype, facts.opcintype,
							 BTEqualStrategyNumber);
	add_join(context, set, &facts, OidIsValid(eq) && is_hashable(&facts, eq));
}

/*
 * Join keys live in equivalence classes.  A class with a constant has given
 * each of its columns a restriction instead, and is seen there.
 */
static void
use_equivalence_class(PaUseContext *context, PaUseSet *set, EquivalenceClass *ec)
{
	ListCell   *lc;

	if (ec->ec_has_const || ec->ec_has_volatile ||
		!equal_to_others(ec, context->rel->relid))
		return;
	foreach(lc, ec->ec_members)
		use_member(context, set, ec, (EquivalenceMember *) lfirst(lc));
}

/*
 * List of PaColumnUse *, and in *alternatives the relation's ORs as
 * PaRelationUse has them; in CurrentMemoryContext.
 */
List *
pa_column_uses(PaUseContext *context, List **alternatives)
{
	PlannerInfo *root = context->root;
	RelOptInfo *rel = context->rel;
	PaUseSet	set = {NIL, NIL};
	ListCell   *lc;
	int			i = -1;

	*alternatives = NIL;
	foreach(lc, rel->baserestrictinfo)
	{
		RestrictInfo *rinfo = (RestrictInfo *) lfirst(lc);

		if (restriction_is_securely_promotable(rinfo, rel))
			use_restrict_info(context, &set, alternatives, rinfo, false);
	}
	foreach(lc, rel->joininfo)
	{
		RestrictInfo *rinfo = (RestrictInfo *) lfirst(lc);

		if (join_clause_is_movable_to(rinfo, rel) &&
			restriction_is_securely_promotable(rinfo, rel))
			use_restrict_info(context, &set, alternatives, rinfo, true);
	}
	while ((i = bms_next_member(rel->eclass_indexes, i)) >= 0)
		use_equivalence_class(context, &set,
							  (EquivalenceClass *) list_nth(root->eq_classes, i));
	pa_nearest_uses(context, &set);
	return finish_set(context, &set);
}

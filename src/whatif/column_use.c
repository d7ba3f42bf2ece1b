/*-------------------------------------------------------------------------
 *
 * column_use.c
 *		Columns of a base relation that an index could look up.
 *
 * Read from the planner's own structures at the moment when it has made the
 * relation's paths: constants are folded, views and sublinks are pulled up,
 * and equalities implied by others are there.  A clause counts under the
 * same conditions under which the planner would match it to an index on the
 * plain column: operator in the column's default b-tree family, collation
 * the column's own, the other side free of this relation and of volatile
 * functions, and not to be held back behind a security barrier.
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
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
#include "utils/lsyscache.h"

#include "whatif/whatif_internal.h"

/*
 * Average bytes above which a column is no key: a value over a third of a
 * page makes CREATE INDEX fail, and some will be that large.
 */
#define MAX_KEY_WIDTH 1000

/* The relation and what was found so far. */
typedef struct ColumnUses
{
	PlannerInfo *root;
	RelOptInfo *rel;
	Oid			relid;
	List	   *uses;			/* of PaColumnUse * */
	List	   *ranges;			/* of RangeColumn * */
} ColumnUses;

/* All range clauses of a column; their selectivity is that of the whole. */
typedef struct RangeColumn
{
	PaColumnFacts facts;
	List	   *clauses;		/* of RestrictInfo * */
} RangeColumn;

bool
pa_indexable_column(RelOptInfo *rel, Oid relid, Node *node, PaColumnFacts *facts)
{
	Var		   *var;

	/* The planner looks through one binary-compatible cast, too. */
	if (node != NULL && IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	if (node == NULL || !IsA(node, Var))
		return false;
	var = (Var *) node;
	return var->varno == (int) rel->relid && var->varlevelsup == 0 &&
		pa_catalog_column_facts(relid, var->varattno, facts) &&
		facts->width <= MAX_KEY_WIDTH;
}

static void
add_use(ColumnUses *uses, const PaColumnFacts *facts, PaColumnUseKind kind,
		double selectivity)
{
	PaColumnUse *use;
	ListCell   *lc;

	foreach(lc, uses->uses)
	{
		use = (PaColumnUse *) lfirst(lc);
		if (use->attnum == facts->attnum && use->kind == kind)
		{
			use->selectivity = Min(use->selectivity, selectivity);
			return;
		}
	}

	use = palloc0(sizeof(PaColumnUse));
	use->attnum = facts->attnum;
	use->kind = kind;
	use->selectivity = selectivity;
	use->typical_selectivity = pa_column_typical_selectivity(facts, uses->rel->tuples);
	use->ndistinct = pa_column_distinct(facts, uses->rel->tuples);
	use->width = facts->width;
	uses->uses = lappend(uses->uses, use);
}

static void
add_clause(ColumnUses *uses, const PaColumnFacts *facts, PaColumnUseKind kind,
		   RestrictInfo *rinfo)
{
	add_use(uses, facts, kind,
			clause_selectivity(uses->root, (Node *) rinfo, 0, JOIN_INNER, NULL));
}

static void
add_range(ColumnUses *uses, const PaColumnFacts *facts, RestrictInfo *rinfo)
{
	RangeColumn *range;
	ListCell   *lc;

	foreach(lc, uses->ranges)
	{
		range = (RangeColumn *) lfirst(lc);
		if (range->facts.attnum == facts->attnum)
		{
			range->clauses = lappend(range->clauses, rinfo);
			return;
		}
	}
	range = palloc0(sizeof(RangeColumn));
	range->facts = *facts;
	range->clauses = list_make1(rinfo);
	uses->ranges = lappend(uses->ranges, range);
}

static void
add_join(ColumnUses *uses, const PaColumnFacts *facts)
{
	double		distinct = pa_column_distinct(facts, uses->rel->tuples);

	add_use(uses, facts, PA_USE_JOIN, (1.0 - facts->null_fraction) / distinct);
}

/*
 * Match "column op other" in either order.  Returns the b-tree strategy with
 * the column on the left, or 0.
 */
static int
match_operator(ColumnUses *uses, Oid opno, Oid collation, Node *left, Node *right,
			   Relids left_relids, Relids right_relids, PaColumnFacts *facts)
{
	Index		relid = uses->rel->relid;
	Node	   *other;

	if (pa_indexable_column(uses->rel, uses->relid, left, facts) &&
		!bms_is_member(relid, right_relids))
		other = right;
	else if (pa_indexable_column(uses->rel, uses->relid, right, facts) &&
			 !bms_is_member(relid, left_relids))
	{
		other = left;
		opno = get_commutator(opno);
	}
	else
		return 0;

	if (!OidIsValid(opno) || !pa_collation_serves(facts->collation, collation) ||
		contain_volatile_functions(other))
		return 0;
	return get_op_opfamily_strategy(opno, facts->opfamily);
}

static void
use_operator(ColumnUses *uses, RestrictInfo *rinfo, OpExpr *clause, bool join)
{
	PaColumnFacts facts;
	int			strategy;

	if (list_length(clause->args) != 2)
		return;
	strategy = match_operator(uses, clause->opno, clause->inputcollid,
							  linitial(clause->args), lsecond(clause->args),
							  rinfo->left_relids, rinfo->right_relids, &facts);
	if (strategy == BTEqualStrategyNumber && join)
		add_join(uses, &facts);
	else if (strategy == BTEqualStrategyNumber)
		add_clause(uses, &facts, PA_USE_EQUAL, rinfo);
	else if (strategy != 0 && !join)
		add_range(uses, &facts, rinfo);
}

/* col = ANY (array); the array must not depend on this relation. */
static void
use_array(ColumnUses *uses, RestrictInfo *rinfo, ScalarArrayOpExpr *clause, bool join)
{
	PaColumnFacts facts;
	Node	   *array = (Node *) lsecond(clause->args);

	if (!clause->useOr ||
		!pa_indexable_column(uses->rel, uses->relid, linitial(clause->args), &facts) ||
		!pa_collation_serves(facts.collation, clause->inputcollid) ||
		get_op_opfamily_strategy(clause->opno, facts.opfamily) != BTEqualStrategyNumber ||
		bms_is_member(uses->rel->relid, pull_varnos(uses->root, array)) ||
		contain_volatile_functions(array))
		return;
	if (join)
		add_join(uses, &facts);
	else
		add_clause(uses, &facts, PA_USE_IN, rinfo);
}

/* (a, b) > (x, y): the planner counts on the first column only. */
static void
use_row_compare(ColumnUses *uses, RestrictInfo *rinfo, RowCompareExpr *clause)
{
	PaColumnFacts facts;
	Node	   *left = (Node *) linitial(clause->largs);
	Node	   *right = (Node *) linitial(clause->rargs);

	if (match_operator(uses, linitial_oid(clause->opnos),
					   linitial_oid(clause->inputcollids), left, right,
					   pull_varnos(uses->root, (Node *) clause->largs),
					   pull_varnos(uses->root, (Node *) clause->rargs), &facts) != 0)
		add_range(uses, &facts, rinfo);
}

/* A boolean column by itself, negated, or tested for true or false. */
static void
use_boolean(ColumnUses *uses, RestrictInfo *rinfo, Node *clause)
{
	PaColumnFacts facts;

	if (is_notclause(clause))
		clause = (Node *) get_notclausearg(clause);
	else if (IsA(clause, BooleanTest) &&
			 (((BooleanTest *) clause)->booltesttype == IS_TRUE ||
			  ((BooleanTest *) clause)->booltesttype == IS_FALSE))
		clause = (Node *) ((BooleanTest *) clause)->arg;
	if (pa_indexable_column(uses->rel, uses->relid, clause, &facts))
		add_clause(uses, &facts, PA_USE_EQUAL, rinfo);
}

static void
use_restriction(ColumnUses *uses, RestrictInfo *rinfo)
{
	Node	   *clause = (Node *) rinfo->clause;
	PaColumnFacts facts;

	if (rinfo->pseudoconstant ||
		!restriction_is_securely_promotable(rinfo, uses->rel))
		return;

	if (IsA(clause, OpExpr))
		use_operator(uses, rinfo, (OpExpr *) clause, false);
	else if (IsA(clause, ScalarArrayOpExpr))
		use_array(uses, rinfo, (ScalarArrayOpExpr *) clause, false);
	else if (IsA(clause, RowCompareExpr))
		use_row_compare(uses, rinfo, (RowCompareExpr *) clause);
	else if (IsA(clause, NullTest))
	{
		NullTest   *test = (NullTest *) clause;

		if (test->nulltesttype == IS_NULL && !test->argisrow &&
			pa_indexable_column(uses->rel, uses->relid, (Node *) test->arg, &facts))
			add_clause(uses, &facts, PA_USE_IS_NULL, rinfo);
	}
	else
		use_boolean(uses, rinfo, clause);
}

static void
use_join_clause(ColumnUses *uses, RestrictInfo *rinfo)
{
	Node	   *clause = (Node *) rinfo->clause;

	if (rinfo->pseudoconstant || !join_clause_is_movable_to(rinfo, uses->rel))
		return;
	if (IsA(clause, OpExpr))
		use_operator(uses, rinfo, (OpExpr *) clause, true);
	else if (IsA(clause, ScalarArrayOpExpr))
		use_array(uses, rinfo, (ScalarArrayOpExpr *) clause, true);
}

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

/*
 * Join keys live in equivalence classes.  A class with a constant has given
 * each of its columns a restriction instead, and is seen there.
 */
static void
use_equivalence_class(ColumnUses *uses, EquivalenceClass *ec)
{
	ListCell   *lc;

	if (ec->ec_has_const || ec->ec_has_volatile ||
		!equal_to_others(ec, uses->rel->relid))
		return;
	foreach(lc, ec->ec_members)
	{
		EquivalenceMember *member = (EquivalenceMember *) lfirst(lc);
		PaColumnFacts facts;

		if (!member->em_is_child &&
			bms_equal(member->em_relids, uses->rel->relids) &&
			pa_indexable_column(uses->rel, uses->relid, (Node *) member->em_expr, &facts) &&
			list_member_oid(ec->ec_opfamilies, facts.opfamily) &&
			pa_collation_serves(facts.collation, ec->ec_collation))
			add_join(uses, &facts);
	}
}

/* List of PaColumnUse *, in CurrentMemoryContext. */
List *
pa_column_uses(PlannerInfo *root, RelOptInfo *rel, Oid relid)
{
	ColumnUses	uses = {root, rel, relid, NIL, NIL};
	ListCell   *lc;
	int			i = -1;

	foreach(lc, rel->baserestrictinfo)
		use_restriction(&uses, (RestrictInfo *) lfirst(lc));
	foreach(lc, uses.ranges)
	{
		RangeColumn *range = (RangeColumn *) lfirst(lc);

		add_use(&uses, &range->facts, PA_USE_RANGE,
				clauselist_selectivity(root, range->clauses, 0, JOIN_INNER, NULL));
	}
	foreach(lc, rel->joininfo)
		use_join_clause(&uses, (RestrictInfo *) lfirst(lc));
	while ((i = bms_next_member(rel->eclass_indexes, i)) >= 0)
		use_equivalence_class(&uses, (EquivalenceClass *) list_nth(root->eq_classes, i));
	return uses.uses;
}

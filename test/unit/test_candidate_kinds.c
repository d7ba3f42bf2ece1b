/*-------------------------------------------------------------------------
 *
 * test_candidate_kinds.c
 *		Proposed indexes that are more than columns in an order.
 *
 * Predicates, carried columns, expressions, operator classes, the methods
 * beside the b-tree, the arms of an OR and row comparisons.
 *
 * IDENTIFICATION
 *		test/unit/test_candidate_kinds.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"

#include "analyze/candidates.h"
#include "unit.h"

#define ROWS 300000

/* Operator classes, by numbers that only have to differ. */
#define FOR_LIKE 77
#define FOR_PATHS 88
#define FOR_WORDS 99

enum
{
	ID = 1,						/* unique */
	CUSTOMER,					/* 15 rows each */
	STATUS,						/* 97 % one value */
	CREATED,					/* unique, in the order of the rows */
	REGION,						/* 20 values */
	TOTAL,						/* 100,000 values */
	TOKEN,						/* unique, 64 bytes wide */
	NAME,						/* 150,000 values */
	DOC,
	TAGS,
	TENANT						/* 100 values, one has 40 % */
};

static PaColumnUse *
use(AttrNumber attnum, PaColumnUseKind kind, double selectivity)
{
	static const struct
	{
		double		ndistinct;
		double		typical;
		int			width;
	}			facts[] = {
		{1, 1, 4},
		{ROWS, 1.0 / ROWS, 8}, {20000, 1.0 / 20000, 4}, {4, 0.94, 5},
		{ROWS, 1.0 / ROWS, 8}, {20, 0.05, 4}, {100000, 1.0 / 100000, 6},
		{ROWS, 1.0 / ROWS, 65}, {150000, 1.0 / 150000, 20}, {ROWS, 1.0 / ROWS, 100},
		{1000, 0.001, 40}, {100, 0.2, 4}
	};
	PaColumnUse *column = palloc0(sizeof(PaColumnUse));

	column->attnum = attnum;
	column->kind = kind;
	column->ndistinct = facts[attnum].ndistinct;
	column->selectivity = selectivity > 0 ? selectivity : 1.0 / column->ndistinct;
	column->typical_selectivity = facts[attnum].typical;
	column->width = facts[attnum].width;
	column->hashable = true;
	if (attnum == CREATED)
		column->correlation = 1;
	return column;
}

static PaColumnUse *
expression_use(int number, PaColumnUseKind kind, double ndistinct)
{
	PaColumnUse *column = use(0, kind, 1.0 / ndistinct);

	column->expression = unit_node(number);
	column->ndistinct = ndistinct;
	column->typical_selectivity = column->selectivity;
	return column;
}

static PaColumnUse *
search_use(AttrNumber attnum, Oid method, Oid opclass, double selectivity)
{
	PaColumnUse *column = use(attnum, PA_USE_SEARCH, selectivity);

	column->method = method;
	column->opclass = opclass;
	return column;
}

static PaColumnUse *
prefix_use(AttrNumber attnum, Oid opclass, double selectivity)
{
	PaColumnUse *column = use(attnum, PA_USE_PREFIX, selectivity);

	column->opclass = opclass;
	return column;
}

static PaRelationUse *
relation(List *columns)
{
	PaRelationUse *result = palloc0(sizeof(PaRelationUse));

	result->relid = 1;
	result->tuples = ROWS;
	result->pages = 9000;
	result->advisable = true;
	result->columns = columns;
	return result;
}

/* Condition "number" on the column, for most executions unless said otherwise. */
static PaPredicateUse *
add_predicate(PaRelationUse *of, int number, AttrNumber attnum,
			  double selectivity, bool fixes)
{
	PaPredicateUse *predicate = palloc0(sizeof(PaPredicateUse));

	predicate->clause = unit_node(number);
	predicate->attnum = attnum;
	predicate->selectivity = selectivity;
	predicate->share = 1;
	predicate->fixes = fixes;
	of->predicates = lappend(of->predicates, predicate);
	return predicate;
}

static PaOrdering *
add_ordering(PaRelationUse *of, const char *keys, bool limited)
{
	PaOrdering *ordering = palloc0(sizeof(PaOrdering));
	PaIndexSpec *spec = unit_index(keys);

	ordering->nkeys = spec->nkeys;
	memcpy(ordering->keys, spec->keys, sizeof(ordering->keys));
	ordering->limited = limited;
	of->orderings = lappend(of->orderings, ordering);
	return ordering;
}

static void
add_needed(PaRelationUse *of, AttrNumber attnum, int width)
{
	PaNeededColumn *needed = palloc0(sizeof(PaNeededColumn));

	needed->attnum = attnum;
	needed->width = width;
	of->needed = lappend(of->needed, needed);
	of->allvisible = 1;
}

static void
expect(const PaRelationUse *of, const char *wanted, const char *name)
{
	unit_check_text(unit_indexes_text(pa_analyze_candidates(of)), wanted,
					psprintf("candidates: %s", name));
}

/* A work queue: the few rows of one status in an order. */
static PaRelationUse *
queue(void)
{
	PaRelationUse *r = relation(list_make1(use(STATUS, PA_USE_EQUAL, 0.01)));

	add_ordering(r, "(4)", true);
	add_predicate(r, 3, STATUS, 0.01, true);
	return r;
}

static void
check_partial(void)
{
	PaRelationUse *r = queue();

	expect(r, "(4)where[3] (3) (3,4)", "rare value in an order");
	((PaPredicateUse *) linitial(r->predicates))->share = 0.5;
	expect(r, "(3) (3,4)", "a value that only half of the executions have");

	r = queue();
	((PaPredicateUse *) linitial(r->predicates))->selectivity = 0.25;
	expect(r, "(3) (3,4)", "a value that is not rare");
	r = queue();
	r->existing = unit_indexes("(4)where[3]");
	((PaIndexSpec *) linitial(r->existing))->predicate_holds = true;
	expect(r, "(3) (3,4)", "the partial index exists");
	((PaIndexSpec *) linitial(r->existing))->predicate = list_make1(unit_node(8));
	((PaIndexSpec *) linitial(r->existing))->predicate_holds = false;
	expect(r, "(4)where[3] (3) (3,4)", "one with another predicate exists");

	r = relation(list_make1(use(REGION, PA_USE_EQUAL, 0)));
	add_ordering(r, "(4)", true);
	add_predicate(r, 5, REGION, 0.05, true);
	expect(r, "(5) (5,4)", "any value of an even column");

	r = relation(list_make2(use(STATUS, PA_USE_EQUAL, 0.01), use(CUSTOMER, PA_USE_EQUAL, 0)));
	add_predicate(r, 3, STATUS, 0.01, true);
	expect(r, "(2)", "rare value beside a fine equality");

	r = relation(list_make2(use(STATUS, PA_USE_EQUAL, 0.01), use(REGION, PA_USE_EQUAL, 0)));
	add_predicate(r, 3, STATUS, 0.01, true);
	expect(r, "(5)where[3] (5,3)", "rare value beside a coarse equality");

	r = relation(list_make2(use(STATUS, PA_USE_EQUAL, 0.01), use(TOTAL, PA_USE_RANGE, 0.1)));
	add_predicate(r, 3, STATUS, 0.01, true);
	expect(r, "(6)where[3] (3) (3,6)", "rare value and a range");

	r = relation(list_make1(use(STATUS, PA_USE_EQUAL, 0.01)));
	add_predicate(r, 3, STATUS, 0.01, true);
	expect(r, "(3)where[3] (3)", "rare value alone");

	add_needed(r, STATUS, 5);
	add_needed(r, TOTAL, 6);
	expect(r, "(3)where[3] (3)include[6]where[3] (3) (3)include[6]",
		   "carried columns beside a predicate, not its own");

	r = relation(list_make2(use(STATUS, PA_USE_EQUAL, 0.01), use(CUSTOMER, PA_USE_JOIN, 0)));
	add_predicate(r, 3, STATUS, 0.01, true);
	expect(r, "(2)where[3] (3) (2)", "rare value and a join key");

	r = relation(NIL);
	add_ordering(r, "(4 desc)", true);
	add_predicate(r, 3, STATUS, 0.01, false);
	expect(r, "(4)where[3] (4)", "rows that are not NULL, in an order");

	r = relation(NIL);
	add_predicate(r, 3, STATUS, 0.01, false);
	add_needed(r, STATUS, 5);
	expect(r, "(3)where[3]", "rows that are not NULL, alone");
	add_needed(r, TOTAL, 6);
	expect(r, "(3)where[3] (3)include[6]where[3]", "carried columns behind a key that is none");
	((PaPredicateUse *) linitial(r->predicates))->selectivity = 0.25;
	expect(r, "", "not NULL in too many rows");
	r = relation(NIL);
	add_predicate(r, 3, TOKEN, 0.01, false);
	add_needed(r, TOKEN, 65);
	expect(r, "", "not NULL, in a column too wide for a key");
	r = relation(list_make1(use(STATUS, PA_USE_EQUAL, 0.5)));
	add_predicate(r, 3, REGION, 0.01, false);
	add_needed(r, REGION, 4);
	expect(r, "(5)where[3]", "not NULL beside a coarse equality");

	r = relation(list_make1(use(STATUS, PA_USE_IS_NULL, 0.01)));
	add_ordering(r, "(4)", true);
	add_predicate(r, 3, STATUS, 0.01, true);
	add_predicate(r, 4, REGION, 0.2, false);
	expect(r, "(4)where[3] (3) (4)", "the rarest condition of two");

	r = relation(list_make1(use(CREATED, PA_USE_IS_NULL, 0.001)));
	add_ordering(r, "(1)", true);
	add_predicate(r, 4, CREATED, 0.001, true);
	r->existing = unit_indexes("(1)");
	((PaIndexSpec *) linitial(r->existing))->predicate_holds = true;
	expect(r, "(1)where[4] (4)", "few NULLs in the order of the primary key");

	r = relation(list_make2(use(STATUS, PA_USE_EQUAL, 0.01), use(TENANT, PA_USE_EQUAL, 0)));
	add_ordering(r, "(4)", false);
	add_predicate(r, 3, STATUS, 0.01, true);
	r->existing = unit_indexes("(11,4)");
	expect(r, "(11)where[3] (11,4)where[3] (11,3) (11,3,4)",
		   "few of the many rows that an index finds");
	r->existing = unit_indexes("(11,3)");
	expect(r, "", "some of the few rows that an index finds");
	((PaOrdering *) linitial(r->orderings))->limited = true;
	expect(r, "(11,3,4)", "the first of the few rows that an index finds");

	r = relation(list_make1(use(STATUS, PA_USE_IS_NULL, 0.99)));
	add_ordering(r, "(4)", true);
	add_predicate(r, 3, STATUS, 0.99, true);
	expect(r, "(4)", "a condition that nearly all rows meet");
}

static void
check_carried_columns(void)
{
	PaRelationUse *r = relation(list_make1(use(CUSTOMER, PA_USE_RANGE, 0.05)));

	add_needed(r, CUSTOMER, 4);
	add_needed(r, TOTAL, 6);
	expect(r, "(2) (2)include[6]", "carried columns");
	r->columns = list_make1(use(CUSTOMER, PA_USE_RANGE, 0.5));
	expect(r, "(2)", "nothing carried to half of the rows");
	r->columns = list_make1(use(CUSTOMER, PA_USE_RANGE, 0.05));
	r->allvisible = 0.5;
	expect(r, "(2)", "nothing carried where half of the table is not all-visible");
	r->allvisible = 1;
	r->changed = true;
	expect(r, "(2)", "nothing carried for what is updated");
	r->changed = false;
	r->needs_row = true;
	expect(r, "(2)", "nothing carried beside whole rows");
	r->needs_row = false;
	add_needed(r, TOKEN, 65);
	expect(r, "(2)", "nothing wide carried");

	r = relation(list_make2(use(TENANT, PA_USE_EQUAL, 0), use(CREATED, PA_USE_RANGE, 0.2)));
	add_needed(r, CREATED, 8);
	add_needed(r, TOTAL, 6);
	expect(r, "(11) (11,4) (11,4)include[6]", "a range is a key, not carried");
	r->columns = list_make1(use(TENANT, PA_USE_EQUAL, 0));
	add_ordering(r, "(4)", false)->grouping = true;
	expect(r, "(11) (11,4) (11,4)include[6]", "a grouping is a key, not carried");
	add_ordering(r, "(4)", true);
	expect(r, "(11) (11,4)", "nothing carried under LIMIT");
	r->orderings = NIL;
	expect(r, "(11) (11)include[4,6]", "carried columns behind an equality");
	for (AttrNumber attnum = 1; attnum <= 3; attnum++)
		add_needed(r, attnum, 4);
	expect(r, "(11)", "no more than a few columns carried");

	r = relation(list_make1(use(CUSTOMER, PA_USE_EQUAL, 0)));
	add_needed(r, CUSTOMER, 4);
	add_needed(r, TOTAL, 6);
	expect(r, "(2)", "nothing carried for a few rows");
	r->existing = unit_indexes("(2)");
	r->columns = list_make1(use(CUSTOMER, PA_USE_RANGE, 0.05));
	expect(r, "(2)include[6]", "carried columns beside an index without them");
	r->existing = unit_indexes("(2)include[5,6]");
	expect(r, "", "an index that carries them exists");
	r->existing = unit_indexes("(2)include[5]");
	expect(r, "", "an index with these keys exists and carries others");
	r->existing = unit_indexes("(2,1)include[5]");
	expect(r, "", "one that begins with these keys, too");
	add_needed(r, REGION, 4);
	r->existing = unit_indexes("(2)include[5]");
	expect(r, "(2)include[6,5]", "an index that carries some of them exists");

	r = relation(list_make1(use(CUSTOMER, PA_USE_RANGE, 0.05)));
	add_needed(r, CUSTOMER, 4);
	expect(r, "(2)", "nothing to carry");
	r = relation(list_make1(use(REGION, PA_USE_JOIN, 0)));
	add_needed(r, TOTAL, 6);
	expect(r, "(5) (5)include[6]", "carried columns of a join's inner side");
	r->columns = list_make1(use(STATUS, PA_USE_JOIN, 0));
	expect(r, "(3)", "nothing carried where each look-up finds a quarter of the table");
}

static PaColumnUse *
guess(AttrNumber attnum, double selectivity)
{
	PaColumnUse *column = use(attnum, PA_USE_RANGE, selectivity);

	column->guessed = true;
	return column;
}

static void
check_guessed_ranges(void)
{
	expect(relation(list_make1(guess(TOTAL, 1.0 / 3))), "", "a range with an unknown end");
	expect(relation(list_make1(guess(TOTAL, 0.005))), "(6)", "a range between unknown ends");
	expect(relation(list_make2(use(TENANT, PA_USE_EQUAL, 0), guess(TOTAL, 1.0 / 3))), "(11)",
		   "an equality and a range with an unknown end");
	expect(relation(list_make2(use(TENANT, PA_USE_EQUAL, 0), guess(TOTAL, 0.005))), "(11)",
		   "an equality and a range between unknown ends");
	expect(relation(list_make2(use(REGION, PA_USE_JOIN, 0), guess(TOTAL, 0.005))), "(6) (5)",
		   "a join key and a range between unknown ends");
	expect(relation(list_make3(use(TENANT, PA_USE_EQUAL, 0), guess(TOTAL, 0.005), use(CREATED, PA_USE_RANGE, 0.2))),
		   "(11) (11,4)", "of two ranges the one that is known");
}

/* How many leading keys of the index stay together; -1 when it is not there. */
static int
kept_keys(const PaRelationUse *of, const char *index)
{
	ListCell   *lc;

	foreach(lc, pa_analyze_candidates(of))
	{
		const PaIndexSpec *spec = lfirst(lc);

		if (strcmp(unit_index_text(spec), index) == 0)
			return spec->nkept;
	}
	return -1;
}

static void
check_kept_keys(void)
{
	PaRelationUse *r = relation(list_make2(use(TENANT, PA_USE_EQUAL, 0), use(CREATED, PA_USE_RANGE, 0.2)));

	unit_check(kept_keys(r, "(11,4)") == 2, "candidates: an equality and a range stay together");
	r->columns = list_make2(use(TENANT, PA_USE_EQUAL, 0), use(CREATED, PA_USE_RANGE, 0.7));
	unit_check(kept_keys(r, "(11,4)") == 0, "candidates: not with a range that keeps most rows");
	r->columns = list_make3(use(TENANT, PA_USE_EQUAL, 0), use(REGION, PA_USE_EQUAL, 0), use(CREATED, PA_USE_RANGE, 0.2));
	unit_check(kept_keys(r, "(11,5,4)") == 0, "candidates: nor two equalities and a range");

	r = relation(list_make1(use(TENANT, PA_USE_EQUAL, 0)));
	add_ordering(r, "(4,1)", true);
	unit_check(kept_keys(r, "(11,4,1)") == 3, "candidates: the order of the first rows stays whole");
	((PaOrdering *) linitial(r->orderings))->limited = false;
	unit_check(kept_keys(r, "(11,4,1)") == 0, "candidates: the order of some rows need not");
	r->columns = NIL;
	unit_check(kept_keys(r, "(4,1)") == 2, "candidates: the order of all rows stays whole");
}

static void
check_methods(void)
{
	PaRelationUse *r = relation(list_make1(use(TOKEN, PA_USE_EQUAL, 0)));

	expect(r, "hash(7) (7)", "hash on a wide column");
	add_ordering(r, "(7)", false);
	expect(r, "(7)", "no hash where the order counts");
	r = relation(list_make1(use(TOKEN, PA_USE_IN, 0.0001)));
	expect(r, "(7)", "no hash for several values");
	r = relation(list_make1(use(NAME, PA_USE_EQUAL, 0)));
	expect(r, "(8)", "no hash on a narrow column");
	r = relation(list_make1(use(TOKEN, PA_USE_EQUAL, 0)));
	((PaColumnUse *) linitial(r->columns))->hashable = false;
	expect(r, "(7)", "no hash for what cannot be hashed");
	r->existing = unit_indexes("hash(7)");
	expect(r, "", "the hash index exists");

	r = relation(list_make1(use(CREATED, PA_USE_RANGE, 0.05)));
	expect(r, "(4)", "no BRIN on a small table");
	r->pages = 200000;
	expect(r, "brin(4) (4)", "BRIN on a large table");
	((PaColumnUse *) linitial(r->columns))->selectivity = 0.001;
	expect(r, "(4)", "no BRIN for a small range");
	((PaColumnUse *) linitial(r->columns))->selectivity = 0.05;
	((PaColumnUse *) linitial(r->columns))->correlation = -0.5;
	expect(r, "(4)", "no BRIN in another order");
	((PaColumnUse *) linitial(r->columns))->correlation = -1;
	r->columns = lappend(r->columns, use(REGION, PA_USE_EQUAL, 0));
	expect(r, "(5) (5,4)", "no BRIN behind an equality");
}

static void
check_search(void)
{
	PaRelationUse *r;

	r = relation(list_make1(search_use(DOC, GIN_AM_OID, FOR_PATHS, 0.001)));
	expect(r, "gin(9:88)", "search in a document");
	r->existing = unit_indexes("gin(9)");
	expect(r, "", "search served by the default operator class");
	r->existing = unit_indexes("gin(10)");
	expect(r, "gin(9:88)", "an index on another document exists");
	r->existing = NIL;
	r->columns = lappend(r->columns, search_use(DOC, GIN_AM_OID, InvalidOid, 0.01));
	expect(r, "gin(9)", "one operator class for all searches of a column");

	r = relation(list_make1(search_use(NAME, GIN_AM_OID, FOR_WORDS, 0.5)));
	expect(r, "", "search that finds half of the table");
	r = relation(list_make2(search_use(NAME, GIN_AM_OID, FOR_WORDS, 0.01), use(CUSTOMER, PA_USE_EQUAL, 0)));
	expect(r, "(2)", "search beside a fine equality");
	r = relation(list_make2(search_use(NAME, GIN_AM_OID, FOR_WORDS, 0.01), use(REGION, PA_USE_EQUAL, 0)));
	expect(r, "(5) gin(8:99)", "search beside a coarse equality");
	r = relation(list_make2(search_use(DOC, GIN_AM_OID, FOR_PATHS, 0.01), search_use(TAGS, GIN_AM_OID, InvalidOid, 0.02)));
	expect(r, "gin(9:88) gin(10) gin(9:88,10)", "two coarse searches");
	r = relation(list_make2(search_use(DOC, GIN_AM_OID, FOR_PATHS, 0.0001), search_use(TAGS, GIN_AM_OID, InvalidOid, 0.02)));
	expect(r, "gin(9:88) gin(10)", "a fine search and another");
	r = relation(list_make1(search_use(TAGS, GIST_AM_OID, InvalidOid, 0.001)));
	expect(r, "gist(10)", "search by GiST");
}

static void
check_expressions(void)
{
	PaRelationUse *r = relation(list_make1(expression_use(1, PA_USE_EQUAL, 150000)));

	expect(r, "(e1)", "an expression");
	r->existing = unit_indexes("(e2)");
	expect(r, "(e1)", "another expression is indexed");
	r->existing = unit_indexes("(e1,4)");
	expect(r, "", "the expression is indexed");

	r = relation(list_make2(expression_use(1, PA_USE_EQUAL, 100), expression_use(2, PA_USE_EQUAL, 500)));
	expect(r, "(e2,e1)", "two expressions");
	r = relation(list_make2(expression_use(1, PA_USE_RANGE, 10), use(REGION, PA_USE_EQUAL, 0)));
	expect(r, "(5) (5,e1)", "an expression as range");
	r = relation(list_make1(use(REGION, PA_USE_EQUAL, 0)));
	add_ordering(r, "(e1 desc)", true);
	expect(r, "(5) (5,e1)", "an expression as ordering");

	r = relation(list_make1(prefix_use(NAME, FOR_LIKE, 0.001)));
	expect(r, "(8:77)", "the beginning of a text");
	add_ordering(r, "(8)", false);
	expect(r, "(8:77) (8)", "the beginning of a text that is sorted, too");
	r->orderings = NIL;
	r->columns = lappend(r->columns, use(NAME, PA_USE_RANGE, 0.1));
	expect(r, "(8) (8:77)", "the beginning of a text and a range");
	r = relation(list_make1(prefix_use(NAME, InvalidOid, 0.001)));
	expect(r, "(8)", "the beginning of a text in byte order");
	r->existing = unit_indexes("(8:77)");
	expect(r, "(8)", "an index for LIKE gives no other range");
	r = relation(list_make1(use(NAME, PA_USE_EQUAL, 0)));
	r->existing = unit_indexes("(8:77)");
	expect(r, "", "an index for LIKE finds equal values");
}

/* The arms of an OR, each with one or two columns. */
static PaRelationUse *
either(List *one, List *other)
{
	PaRelationUse *r = relation(NIL);

	r->alternatives = list_make1(list_make2(one, other));
	return r;
}

static void
check_alternatives(void)
{
	PaRelationUse *r = either(list_make1(use(CUSTOMER, PA_USE_EQUAL, 0)),
							  list_make1(use(NAME, PA_USE_EQUAL, 0)));

	expect(r, "(2) (8)", "an index for each arm");
	r->existing = unit_indexes("(2)");
	expect(r, "(8)", "the index for one arm exists");
	r->columns = list_make1(use(ID, PA_USE_EQUAL, 0));
	expect(r, "(1)", "none where a constant beside the OR finds the row");
	r->columns = list_make1(use(TENANT, PA_USE_EQUAL, 0));
	r->existing = NIL;
	expect(r, "(11) (2) (8)", "arms beside a coarse equality");
	r->columns = lappend(r->columns, use(REGION, PA_USE_EQUAL, 0));
	r->alternatives = list_make1(list_make2(list_make1(use(TOTAL, PA_USE_RANGE, 0.01)),
											list_make1(use(NAME, PA_USE_EQUAL, 0))));
	expect(r, "(11,5) (11,5,6) (8)", "an arm's range behind the equalities");

	r = either(list_make1(use(CUSTOMER, PA_USE_EQUAL, 0)), list_make1(use(STATUS, PA_USE_EQUAL, 0.97)));
	expect(r, "", "none where one arm keeps nearly everything");
	r = either(list_make2(use(CUSTOMER, PA_USE_EQUAL, 0), use(STATUS, PA_USE_EQUAL, 0.97)),
			   list_make2(use(REGION, PA_USE_EQUAL, 0), use(CREATED, PA_USE_RANGE, 0.01)));
	expect(r, "(2) (5,4)", "arms of two conditions");
	r = either(list_make1(use(CUSTOMER, PA_USE_EQUAL, 0)),
			   list_make1(search_use(NAME, GIN_AM_OID, FOR_WORDS, 0.01)));
	expect(r, "(2) gin(8:99)", "an arm that is a search");
}

/* The arms of an OR that compares with another relation. */
static void
check_joined_alternatives(void)
{
	PaRelationUse *r = either(list_make1(use(CUSTOMER, PA_USE_JOIN, 0)),
							  list_make1(use(NAME, PA_USE_JOIN, 0)));

	expect(r, "(2) (8)", "an index for each joined arm");
	r->existing = unit_indexes("(8)");
	expect(r, "(2)", "the index for one joined arm exists");
	r->existing = NIL;
	r->columns = list_make1(use(ID, PA_USE_EQUAL, 0));
	expect(r, "(1)", "none where a constant beside the joined arms finds the row");
	r->columns = list_make1(use(TENANT, PA_USE_EQUAL, 0));
	expect(r, "(11) (2) (8)", "joined arms beside a coarse equality");

	r = either(list_make1(use(REGION, PA_USE_JOIN, 0)), list_make1(use(NAME, PA_USE_JOIN, 0)));
	r->columns = list_make1(use(TENANT, PA_USE_EQUAL, 0));
	expect(r, "(11) (11,5) (8)", "a coarse joined arm behind the equality beside it");

	r = either(list_make1(use(CUSTOMER, PA_USE_JOIN, 0)), list_make1(use(NAME, PA_USE_EQUAL, 0)));
	expect(r, "(2) (8)", "one arm is joined, the other a constant");
	r = either(list_make2(use(CUSTOMER, PA_USE_JOIN, 0), use(REGION, PA_USE_EQUAL, 0)),
			   list_make1(use(NAME, PA_USE_JOIN, 0)));
	expect(r, "(5,2) (8)", "a constant before the join key of its arm");
	r = either(list_make2(use(CUSTOMER, PA_USE_JOIN, 0), use(NAME, PA_USE_EQUAL, 0)),
			   list_make1(use(NAME, PA_USE_JOIN, 0)));
	expect(r, "(8)", "a constant that makes the join key of its arm needless");
	r = either(list_make2(use(REGION, PA_USE_JOIN, 0), use(TENANT, PA_USE_JOIN, 0)),
			   list_make1(use(NAME, PA_USE_JOIN, 0)));
	expect(r, "(11,5) (8)", "two join keys in one arm");
	r = either(list_make2(use(REGION, PA_USE_JOIN, 0), use(CREATED, PA_USE_RANGE, 0.01)),
			   list_make1(use(NAME, PA_USE_JOIN, 0)));
	expect(r, "(5,4) (8)", "a range behind the join key of its arm");
	r = either(list_make2(use(NAME, PA_USE_JOIN, 0), use(CREATED, PA_USE_RANGE, 0.01)),
			   list_make1(use(CUSTOMER, PA_USE_JOIN, 0)));
	expect(r, "(8) (2)", "a join key that finds little enough without the range");

	r = either(list_make1(use(CUSTOMER, PA_USE_JOIN, 0)), list_make1(use(STATUS, PA_USE_EQUAL, 0.97)));
	expect(r, "", "none where one arm beside a joined one keeps nearly everything");
	r = either(list_make1(use(CUSTOMER, PA_USE_JOIN, 0)), list_make1(use(STATUS, PA_USE_JOIN, 0.5)));
	expect(r, "", "none where a joined arm finds half of the rows");
}

static void
check_comparisons(void)
{
	PaRelationUse *r = relation(list_make1(use(CREATED, PA_USE_RANGE, 0.3)));

	add_ordering(r, "(4,1)", false)->compared = true;
	expect(r, "(4,1)", "a row comparison");
	add_ordering(r, "(4,1)", true);
	expect(r, "(4,1)", "a row comparison in its order");
	r->columns = lappend(r->columns, use(TENANT, PA_USE_EQUAL, 0));
	expect(r, "(11) (11,4,1)", "a row comparison behind an equality");

	r = relation(NIL);
	add_ordering(r, "(4,1)", false)->compared = true;
	add_ordering(r, "(4 desc,1 desc)", true);
	expect(r, "(4,1)", "a row comparison backwards");
}

static void
check_ranges(void)
{
	PaColumnUse *box = use(TOTAL, PA_USE_RANGE, 0.01);
	PaRelationUse *r = relation(list_make2(box, use(CREATED, PA_USE_RANGE, 0.02)));

	expect(r, "(4)", "of two ranges the one in the order of the rows");
	r->columns = lappend(r->columns, use(TENANT, PA_USE_EQUAL, 0));
	expect(r, "(11) (11,6)", "behind an equality the more selective one");
	r->columns = list_make2(box, use(CREATED, PA_USE_RANGE, 0.5));
	expect(r, "(6)", "a much more selective one in any order");
}

static void
check_orders(void)
{
	PaRelationUse *r = relation(list_make1(use(TENANT, PA_USE_EQUAL, 0.4)));
	PaUseHint  *hint = palloc0(sizeof(PaUseHint));

	add_ordering(r, "(4 desc)", true);
	expect(r, "(11,4)", "a frequent value of many leads to an order");
	expect(relation(list_make1(use(TENANT, PA_USE_EQUAL, 0.4))), "",
		   "a frequent value of many alone");

	hint->kind = PA_HINT_OFFSET;
	r->hints = list_make1(hint);
	expect(r, "(11,4)", "a large OFFSET behind an equality");
	r->columns = NIL;
	expect(r, "", "a large OFFSET alone");
	hint->clause = (Node *) makeConst(INT8OID, -1, InvalidOid, sizeof(int64),
									  Int64GetDatum(20), false, FLOAT8PASSBYVAL);
	expect(r, "(4)", "a small OFFSET");

	r = relation(list_make1(use(CUSTOMER, PA_USE_EQUAL, 0)));
	hint->kind = PA_HINT_INVALID_INDEX;
	hint->attnum = CUSTOMER;
	r->hints = list_make1(hint);
	expect(r, "", "none beside an invalid index for it");
	hint->attnum = REGION;
	expect(r, "(2)", "an invalid index for something else");
	hint->kind = PA_HINT_CAST;
	hint->attnum = CUSTOMER;
	expect(r, "(2)", "a hint of another kind");

	r = relation(list_make2(use(CUSTOMER, PA_USE_EQUAL, 0), use(REGION, PA_USE_EQUAL, 0)));
	r->existing = unit_indexes("(2,5)");
	expect(r, "", "(2) goes with the wider index that exists");
	r = relation(list_make2(use(TENANT, PA_USE_EQUAL, 0), use(REGION, PA_USE_EQUAL, 0)));
	r->existing = unit_indexes("(11,5)");
	((PaIndexSpec *) linitial(r->existing))->unique = true;
	expect(r, "", "a unique index on all equalities");
	((PaIndexSpec *) linitial(r->existing))->truncated = true;
	add_ordering(r, "(4)", true);
	expect(r, "(11,5,4)", "a unique index with further keys");

	r = relation(list_make1(use(REGION, PA_USE_EQUAL, 0)));
	add_ordering(r, "(4)", true);
	r->existing = unit_indexes("(4)");
	expect(r, "(5) (5,4)", "an index on the order alone hides nothing");
}

void
unit_test_candidate_kinds(void)
{
	check_partial();
	check_carried_columns();
	check_kept_keys();
	check_guessed_ranges();
	check_methods();
	check_search();
	check_expressions();
	check_alternatives();
	check_joined_alternatives();
	check_comparisons();
	check_ranges();
	check_orders();
}

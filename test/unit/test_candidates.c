/*-------------------------------------------------------------------------
 *
 * test_candidates.c
 *		Which indexes are proposed for one relation.
 *
 * IDENTIFICATION
 *		test/unit/test_candidates.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analyze/candidates.h"
#include "unit.h"

#define ROWS 300000

/*
 * The table that all cases are about: 300,000 rows and these columns.
 */
typedef struct UnitColumn
{
	AttrNumber	attnum;
	double		ndistinct;
	double		typical_selectivity;
} UnitColumn;

enum
{
	ID = 1,						/* unique */
	CUSTOMER,					/* 15 rows each */
	STATUS,						/* 97 % one value */
	CREATED,
	REGION,						/* 20 values */
	FLAG,						/* half and half */
	AMOUNT,
	KIND,						/* 5 values */
	EMAIL,						/* 2 rows each */
	DELETED						/* NULL in 99 % */
};

static const UnitColumn unit_columns[] = {
	{ID, ROWS, 1.0 / ROWS},
	{CUSTOMER, 20000, 1.0 / 20000},
	{STATUS, 4, 0.94},
	{CREATED, ROWS, 1.0 / ROWS},
	{REGION, 20, 0.05},
	{FLAG, 2, 0.5},
	{AMOUNT, 100000, 1.0 / 100000},
	{KIND, 5, 0.2},
	{EMAIL, 150000, 1.0 / 150000},
	{DELETED, 3000, 0.98},
};

typedef struct Use
{
	AttrNumber	attnum;			/* 0 ends the list */
	PaColumnUseKind kind;
	double		selectivity;	/* 0: that of an average value */
} Use;

typedef struct CandidateCase
{
	const char *name;
	Use			uses[5];
	const char *ordering;		/* "" for none */
	bool		limited;
	const char *existing;
	const char *wanted;
} CandidateCase;

static const CandidateCase cases[] = {
	{"nothing to look up", {{0}}, "", false, "", ""},
	{"one equality", {{CUSTOMER, PA_USE_EQUAL, 0}}, "", false, "", "(2)"},
	{"equality, then range", {{CREATED, PA_USE_RANGE, 0.2}, {CUSTOMER, PA_USE_EQUAL, 0}},
	"", false, "", "(2) (2,4)"},
	{"equality enough for the range", {{CREATED, PA_USE_RANGE, 0.2}, {EMAIL, PA_USE_EQUAL, 0}},
	"", false, "", "(9)"},
	{"skewed column is no second key", {{STATUS, PA_USE_EQUAL, 0.01}, {CUSTOMER, PA_USE_EQUAL, 0}},
	"", false, "", "(2)"},
	{"skewed column after a coarse one", {{STATUS, PA_USE_EQUAL, 0.01}, {REGION, PA_USE_EQUAL, 0}},
	"", false, "", "(5,3)"},
	{"plain column after 15 rows", {{KIND, PA_USE_EQUAL, 0}, {CUSTOMER, PA_USE_EQUAL, 0}},
	"", false, "", "(2) (2,8)"},
	{"skewed column alone, rare value", {{STATUS, PA_USE_EQUAL, 0.01}}, "", false, "", "(3)"},
	{"skewed column alone, frequent value", {{STATUS, PA_USE_EQUAL, 0.97}}, "", false, "", ""},
	{"half of the rows", {{FLAG, PA_USE_EQUAL, 0}}, "", false, "", ""},
	{"half of the rows as second key", {{FLAG, PA_USE_EQUAL, 0}, {CUSTOMER, PA_USE_EQUAL, 0}},
	"", false, "", "(2)"},
	{"IN counts a single element", {{CUSTOMER, PA_USE_IN, 5.0 / 20000}, {STATUS, PA_USE_EQUAL, 0.01}},
	"", false, "", "(2)"},
	{"rare NULL", {{DELETED, PA_USE_IS_NULL, 0.01}}, "", false, "", "(10)"},
	{"frequent NULL", {{DELETED, PA_USE_IS_NULL, 0.99}}, "", false, "", ""},
	{"most selective of two ranges", {{AMOUNT, PA_USE_RANGE, 0.5}, {CREATED, PA_USE_RANGE, 0.001}},
	"", false, "", "(4)"},
	{"range that keeps everything", {{AMOUNT, PA_USE_RANGE, 0.99}}, "", false, "", ""},
	{"most distinct equality first", {{KIND, PA_USE_EQUAL, 0}, {REGION, PA_USE_EQUAL, 0}, {AMOUNT, PA_USE_RANGE, 0.3}},
	"", false, "", "(5,8) (5,8,7)"},
	{"up to four keys", {{KIND, PA_USE_EQUAL, 0}, {REGION, PA_USE_EQUAL, 0}, {STATUS, PA_USE_EQUAL, 0.01},
			{AMOUNT, PA_USE_RANGE, 0.3}},
	"", false, "", "(5,8,3) (5,8,3,7)"},

	{"ordering with a limit", {{0}}, "(7 desc)", true, "", "(7)"},
	{"ordering without a limit", {{0}}, "(7 desc)", false, "", "(7)"},
	{"equality, then ordering", {{REGION, PA_USE_EQUAL, 0}}, "(4 desc)", true, "",
	"(5) (5,4)"},
	{"equality, then ordering, all rows", {{REGION, PA_USE_EQUAL, 0}}, "(4 desc)", false, "",
	"(5) (5,4)"},
	{"mixed directions", {{0}}, "(5,4 desc)", true, "", "(5,4 desc)"},
	{"mixed directions turned round", {{0}}, "(5 desc,4)", true, "", "(5,4 desc)"},
	{"NULLs last of a descending order", {{0}}, "(7 desc nulls_last)", true, "", "(7 desc nulls_last)"},
	{"mixed directions after an equality", {{REGION, PA_USE_EQUAL, 0}}, "(4 desc,1)", true, "",
	"(5) (5,4,1 desc)"},
	{"ordering by a constant column", {{REGION, PA_USE_EQUAL, 0}}, "(5,4)", true, "",
	"(5) (5,4)"},
	{"sorting a handful of rows", {{EMAIL, PA_USE_EQUAL, 0}}, "(4)", true, "", "(9)"},
	{"IN gives no order", {{REGION, PA_USE_IN, 0.1}}, "(4)", true, "", "(5) (4)"},
	{"half of the rows in an order", {{FLAG, PA_USE_EQUAL, 0}}, "(4)", true, "", "(6,4) (4)"},
	{"half of the rows in an order, all of them", {{FLAG, PA_USE_EQUAL, 0}}, "(4)", false, "", "(4)"},
	{"frequent value leads to no order", {{STATUS, PA_USE_EQUAL, 0.97}}, "(4)", true, "", "(4)"},
	{"rare value leads to an order", {{STATUS, PA_USE_EQUAL, 0.01}}, "(4)", true, "", "(3) (3,4)"},
	{"range and ordering on one column", {{CREATED, PA_USE_RANGE, 0.3}}, "(4)", true, "", "(4)"},
	{"range and ordering apart", {{AMOUNT, PA_USE_RANGE, 0.3}}, "(4)", true, "", "(7) (4)"},
	{"long ordering", {{REGION, PA_USE_EQUAL, 0}}, "(8,4,7)", true, "", "(5) (5,8,4,7)"},

	{"join key", {{CUSTOMER, PA_USE_JOIN, 0}}, "", false, "", "(2)"},
	{"join key after a constant", {{CUSTOMER, PA_USE_JOIN, 0}, {KIND, PA_USE_EQUAL, 0}}, "", false, "",
	"(8) (2) (8,2)"},
	{"join key after a constant that finds enough", {{CUSTOMER, PA_USE_JOIN, 0}, {EMAIL, PA_USE_EQUAL, 0}}, "", false, "",
	"(9) (2)"},
	{"join key and a skewed constant", {{CUSTOMER, PA_USE_JOIN, 0}, {STATUS, PA_USE_EQUAL, 0.01}}, "", false, "",
	"(3) (2)"},
	{"join key and range", {{CUSTOMER, PA_USE_JOIN, 0}, {CREATED, PA_USE_RANGE, 0.1}}, "", false, "",
	"(4) (2) (2,4)"},
	{"join on two columns", {{REGION, PA_USE_JOIN, 0}, {KIND, PA_USE_JOIN, 0}}, "", false, "",
	"(5) (8) (5,8)"},
	{"join key that has a constant", {{CUSTOMER, PA_USE_JOIN, 0}, {CUSTOMER, PA_USE_EQUAL, 0}}, "", false, "",
	"(2)"},
	{"join key beside the primary key", {{CUSTOMER, PA_USE_JOIN, 0}, {ID, PA_USE_JOIN, 0}}, "", false, "(1)",
	"(2)"},
	{"join by the primary key", {{ID, PA_USE_JOIN, 0}, {KIND, PA_USE_EQUAL, 0}}, "", false, "(1)", "(8)"},

	{"the index exists", {{CUSTOMER, PA_USE_EQUAL, 0}}, "", false, "(2)", ""},
	{"a wider index exists", {{CUSTOMER, PA_USE_EQUAL, 0}}, "", false, "(2,4)", ""},
	{"an index with another first column exists", {{CUSTOMER, PA_USE_EQUAL, 0}}, "", false, "(4,2)", "(2)"},
	{"a narrower index exists", {{CUSTOMER, PA_USE_EQUAL, 0}, {CREATED, PA_USE_RANGE, 0.2}}, "", false, "(2)",
	"(2,4)"},
	{"an index that finds few of the rows exists", {{CUSTOMER, PA_USE_EQUAL, 0}, {KIND, PA_USE_EQUAL, 0}},
	"", false, "(2)", ""},
	{"an index that finds few rows for each value exists", {{CUSTOMER, PA_USE_IN, 0.01}, {KIND, PA_USE_EQUAL, 0}},
	"", false, "(2)", "(2,8)"},
	{"a unique equality exists", {{EMAIL, PA_USE_EQUAL, 0}, {KIND, PA_USE_EQUAL, 0}}, "", false, "(9)", ""},
	{"a unique equality exists, but not the most distinct", {{CUSTOMER, PA_USE_EQUAL, 0}, {KIND, PA_USE_EQUAL, 0}},
	"", false, "(8,2)", ""},
	{"unique and ordered", {{ID, PA_USE_EQUAL, 0}}, "(4)", true, "(1)", ""},
	{"the ordering exists backwards", {{0}}, "(5,4 desc)", true, "(5 desc,4)", ""},
	{"the ordering exists with other directions", {{0}}, "(5,4 desc)", true, "(5,4)", "(5,4 desc)"},
	{"equality and ordering exist", {{REGION, PA_USE_EQUAL, 0}}, "(4 desc)", true, "(5,4)", ""},
	{"join key exists", {{CUSTOMER, PA_USE_JOIN, 0}}, "", false, "(2,4)", ""},
};

static PaColumnUse *
make_use(const Use *use)
{
	PaColumnUse *column = palloc0(sizeof(PaColumnUse));
	const UnitColumn *facts = &unit_columns[use->attnum - 1];

	Assert(facts->attnum == use->attnum);
	column->attnum = use->attnum;
	column->kind = use->kind;
	column->selectivity = use->selectivity > 0 ? use->selectivity :
		1.0 / facts->ndistinct;
	column->typical_selectivity = facts->typical_selectivity;
	column->ndistinct = facts->ndistinct;
	column->width = 4;
	return column;
}

static PaRelationUse *
make_relation(const CandidateCase *c)
{
	PaRelationUse *relation = palloc0(sizeof(PaRelationUse));

	relation->relid = 1;
	relation->tuples = ROWS;
	relation->pages = 9000;
	relation->advisable = true;
	for (int i = 0; i < (int) lengthof(c->uses) && c->uses[i].attnum != 0; i++)
		relation->columns = lappend(relation->columns, make_use(&c->uses[i]));
	if (c->ordering[0] != '\0')
	{
		PaOrdering *ordering = palloc0(sizeof(PaOrdering));
		PaIndexSpec *keys = unit_index(c->ordering);

		ordering->nkeys = keys->nkeys;
		memcpy(ordering->keys, keys->keys, sizeof(ordering->keys));
		ordering->limited = c->limited;
		relation->orderings = list_make1(ordering);
	}
	relation->existing = unit_indexes(c->existing);
	return relation;
}

/* Grouping is no reason for an index by itself, but goes with an equality. */
static void
check_grouping(void)
{
	static const CandidateCase whole = {"", {{0}}, "(5)", false, "", ""};
	static const CandidateCase part = {"", {{CUSTOMER, PA_USE_EQUAL, 0}}, "(5)", false, "", ""};
	PaRelationUse *relation = make_relation(&whole);

	((PaOrdering *) linitial(relation->orderings))->grouping = true;
	unit_check(pa_analyze_candidates(relation) == NIL, "candidates: grouping all rows");

	relation = make_relation(&part);
	((PaOrdering *) linitial(relation->orderings))->grouping = true;
	unit_check_text(unit_indexes_text(pa_analyze_candidates(relation)), "(2) (2,5)",
					"candidates: grouping some rows");
}

/* Indexes of other statements that would be a bet for this one. */
static void
check_bets(void)
{
	static const CandidateCase limited = {"", {{REGION, PA_USE_EQUAL, 0}}, "(4 desc)", true, "", ""};
	static const CandidateCase unlimited = {"", {{REGION, PA_USE_EQUAL, 0}}, "(4 desc)", false, "", ""};
	static const CandidateCase coarse = {"", {{STATUS, PA_USE_EQUAL, 0.97}}, "(4 desc)", true, "", ""};

	unit_check(pa_analyze_is_bet(make_relation(&limited), unit_index("(4)")),
			   "candidates: the order alone is a bet");
	unit_check(pa_analyze_is_bet(make_relation(&limited), unit_index("(4,5)")),
			   "candidates: the order with the equality behind it too");
	unit_check(!pa_analyze_is_bet(make_relation(&limited), unit_index("(5,4)")),
			   "candidates: behind the equality it is none");
	unit_check(!pa_analyze_is_bet(make_relation(&limited), unit_index("(7)")),
			   "candidates: nor is an index on something else");
	unit_check(!pa_analyze_is_bet(make_relation(&unlimited), unit_index("(4)")),
			   "candidates: nor without LIMIT");
	unit_check(!pa_analyze_is_bet(make_relation(&coarse), unit_index("(4)")),
			   "candidates: nor where the equality keeps nearly all rows");
}

/* A statement that uses everything in every way. */
static void
check_limit(void)
{
	PaRelationUse *relation = make_relation(&cases[0]);

	for (AttrNumber attnum = 2; attnum <= 10; attnum++)
	{
		Use			join = {attnum, PA_USE_JOIN, 0.001};
		Use			range = {attnum, PA_USE_RANGE, 0.1};
		PaOrdering *ordering = palloc0(sizeof(PaOrdering));

		relation->columns = lappend(relation->columns, make_use(&join));
		relation->columns = lappend(relation->columns, make_use(&range));
		ordering->nkeys = 2;
		ordering->keys[0].attnum = attnum;
		ordering->keys[1].attnum = attnum % 9 + 2;
		relation->orderings = lappend(relation->orderings, ordering);
	}
	unit_check(list_length(pa_analyze_candidates(relation)) == PA_MAX_TABLE_CANDIDATES,
			   "candidates: never more than the limit");
}

void
unit_test_candidates(void)
{
	PaRelationUse *relation;

	for (int i = 0; i < (int) lengthof(cases); i++)
		unit_check_text(unit_indexes_text(pa_analyze_candidates(make_relation(&cases[i]))),
						cases[i].wanted,
						psprintf("candidates: %s", cases[i].name));

	relation = make_relation(&cases[1]);
	relation->advisable = false;
	unit_check(pa_analyze_candidates(relation) == NIL,
			   "candidates: none where no advice is given");
	check_grouping();
	check_bets();
	check_limit();
}

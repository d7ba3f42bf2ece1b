/*-------------------------------------------------------------------------
 *
 * test_index_spec.c
 *		Comparing indexes.
 *
 * IDENTIFICATION
 *		test/unit/test_index_spec.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analyze/index_spec.h"
#include "unit.h"

typedef struct SpecCase
{
	const char *wide;
	const char *narrow;
	int			nequal;			/* for serves */
	bool		is_prefix;
	bool		serves;
	const char *name;
} SpecCase;

static const SpecCase spec_cases[] = {
	{"(1,2)", "(1)", 0, true, true, "leading column"},
	{"(1,2)", "(2)", 0, false, false, "second column only"},
	{"(1)", "(1,2)", 0, false, false, "narrow one wider"},
	{"(1,2 desc)", "(1 desc,2)", 0, true, true, "same, read backwards"},
	{"(1,2 desc)", "(1,2)", 0, false, false, "one direction differs"},
	{"(1 desc)", "(1)", 0, true, true, "single column, read backwards"},
	{"(1 nulls_first)", "(1)", 0, false, false, "NULLs at the other end"},
	{"(1 nulls_first)", "(1 desc nulls_last)", 0, true, true, "NULLs turn round too"},
	{"(2,1,3)", "(1,2)", 2, false, true, "equalities in another order"},
	{"(1,3,2)", "(1,2)", 2, false, false, "other column in between"},
	{"(2,1,3 desc)", "(1,2,3)", 2, false, true, "equalities, then backwards"},
	{"(1 desc,2)", "(1,2)", 1, false, true, "direction of an equality"},
	{"(1,2 desc,3)", "(1,2,3)", 1, false, false, "mixed after an equality"},

	{"(e1,2)", "(e1)", 1, true, true, "same expression"},
	{"(e1,2)", "(e2)", 1, false, false, "other expression"},
	{"(e1)", "(1)", 1, false, false, "column and expression"},
	{"(1:7,2)", "(1:7)", 0, true, true, "same operator class"},
	{"(1:7,2)", "(1)", 0, true, false, "other operator class, for its order"},
	{"(1:7,2)", "(1)", 1, true, true, "other operator class, for equality"},
	{"(1)", "(1:7)", 0, true, false, "default class for LIKE"},

	{"(1)include[2]", "(1)", 1, true, true, "carries more"},
	{"(1)", "(1)include[2]", 1, false, false, "carries less"},
	{"(1,2)", "(1)include[2]", 1, true, true, "key instead of a carried column"},
	{"(1)include[3,2]", "(1)include[2,3]", 1, true, true, "carried in another order"},

	{"(1)", "(1)where[5]", 1, false, false, "all rows for some"},
	{"(1)where[5]", "(1)", 1, false, false, "some rows for all"},
	{"(1,2)where[5]", "(1)where[5]", 1, true, true, "same predicate"},
	{"(1)where[5]", "(1)where[6]", 1, false, false, "other predicate"},
	{"(1)where[5]", "(1)where[6,5]", 1, false, false, "weaker predicate"},
	{"(1)where[5,6]", "(1)where[5]", 1, false, false, "predicate that does not follow"},
	{"(1)where[5,6]", "(1)where[6,5]", 1, true, true, "predicate in another order"},

	{"(1,2)", "hash(1)", 1, true, true, "b-tree for hash"},
	{"(2,1)", "hash(1)", 1, false, false, "b-tree on something else for hash"},
	{"hash(1)", "(1)", 1, false, true, "hash for an equality"},
	{"hash(1)", "(1)", 0, false, false, "hash for an order"},
	{"hash(1)", "(1,2)", 2, false, false, "hash for two columns"},
	{"hash(1)", "hash(1)", 1, true, true, "hash for hash"},
	{"gin(1,2)", "gin(2)", 0, true, true, "GIN finds by any column"},
	{"gin(1)", "gin(1,2)", 0, false, false, "GIN on fewer columns"},
	{"gin(1)", "gin(1:7)", 0, true, true, "GIN's default class for a special one"},
	{"gin(1:7)", "gin(1)", 0, false, false, "GIN's special class for the default"},
	{"gin(1)", "gist(1)", 0, false, false, "GIN for GiST"},
	{"gin(1)", "(1)", 1, false, false, "GIN for a b-tree"},
	{"gist(2,1)", "gist(1)", 0, true, true, "GiST finds by any column"},
	{"gist(1)", "gist(1:7)", 0, true, false, "GiST's default class for a special one"},
	{"brin(2,1)", "brin(1)", 0, true, true, "BRIN finds by any column"},
	{"(1,2)", "brin(1)", 0, false, true, "b-tree for BRIN"},
	{"(2,1)", "brin(1)", 0, false, false, "b-tree on something else for BRIN"},
	{"brin(1)", "(1)", 0, false, false, "BRIN for a b-tree"},
};

static void
check_equal(void)
{
	static const struct
	{
		const char *a;
		const char *b;
		bool		equal;
	}			pairs[] = {
		{"(1,2)", "(1,2)", true}, {"(1,2)", "(2,1)", false},
		{"(1)", "(1 desc)", false}, {"(1)", "(1:7)", false},
		{"(1)", "hash(1)", false}, {"(e1)", "(e1)", true},
		{"(e1)", "(e2)", false}, {"(1)include[2]", "(1)", false},
		{"(1)include[2,3]", "(1)include[3,2]", true},
		{"(1)where[5]", "(1)", false}, {"(1)where[5]", "(1)where[5]", true},
		{"(1)where[5,6]", "(1)where[6,5]", true}, {"(1)where[5]", "(1)where[6]", false},
	};
	PaIndexSpec *truncated = unit_index("(1,2)");

	for (int i = 0; i < (int) lengthof(pairs); i++)
		unit_check(pa_index_spec_equal(unit_index(pairs[i].a), unit_index(pairs[i].b)) == pairs[i].equal,
				   psprintf("equal: %s and %s", pairs[i].a, pairs[i].b));
	truncated->truncated = true;
	unit_check(!pa_index_spec_equal(truncated, unit_index("(1,2)")),
			   "equal: not when there are further keys");
}

static bool
is_redundant(const char *index, const char *by)
{
	return pa_index_spec_is_redundant(unit_index(index), unit_index(by));
}

static void
check_redundant(void)
{
	PaIndexSpec *spec = unit_index("(1)");

	unit_check(is_redundant("(1)", "(1,2)"), "redundant: leading column");
	unit_check(is_redundant("(1 desc)", "(1,2)"), "redundant: leading column backwards");
	unit_check(is_redundant("(1)", "(1)"), "redundant: duplicate");
	unit_check(is_redundant("(1)include[2]", "(1,2)"), "redundant: carried column is a key");
	unit_check(is_redundant("(1)where[5]", "(1,2)where[5]"), "redundant: same predicate");
	unit_check(is_redundant("gin(1)", "gin(1)"), "redundant: duplicate of GIN");
	unit_check(!is_redundant("(2)", "(1,2)"), "redundant: not the second column");
	unit_check(!is_redundant("(1,2)", "(1)"), "redundant: not the wider one");
	unit_check(!is_redundant("(1)where[5]", "(1,2)"), "redundant: not a partial one");
	unit_check(!is_redundant("(1)include[3]", "(1,2)"), "redundant: not when it carries more");
	unit_check(!is_redundant("(1:7)", "(1,2)"), "redundant: not with another operator class");
	unit_check(!is_redundant("hash(1)", "(1,2)"), "redundant: not of another method");
	unit_check(!is_redundant("gin(1)", "gin(1,2)"), "redundant: not a part of GIN");

	spec->unique = true;
	unit_check(!pa_index_spec_is_redundant(spec, unit_index("(1,2)")), "redundant: not a unique one");
	spec->unique = false;
	spec->constraint = true;
	unit_check(!pa_index_spec_is_redundant(spec, unit_index("(1,2)")), "redundant: not a constraint's");
	spec->constraint = false;
	spec->truncated = true;
	unit_check(!pa_index_spec_is_redundant(spec, unit_index("(1,2)")), "redundant: not with keys unknown");
}

/* A partial index that exists, for a statement with and without its condition. */
static void
check_predicate_that_holds(void)
{
	PaIndexSpec *partial = unit_index("(1)where[5]");

	unit_check(!pa_index_spec_serves(partial, unit_index("(1)"), 1),
			   "serves: a predicate that does not hold");
	partial->predicate_holds = true;
	unit_check(pa_index_spec_serves(partial, unit_index("(1)"), 1),
			   "serves: a predicate that holds");
	unit_check(!pa_index_spec_is_prefix(unit_index("(1)"), partial),
			   "prefix: a predicate that holds for one statement");
}

void
unit_test_index_spec(void)
{
	PaIndexSpec *spec;

	for (int i = 0; i < (int) lengthof(spec_cases); i++)
	{
		const SpecCase *c = &spec_cases[i];
		PaIndexSpec *wide = unit_index(c->wide);
		PaIndexSpec *narrow = unit_index(c->narrow);

		unit_check(pa_index_spec_is_prefix(narrow, wide) == c->is_prefix,
				   psprintf("prefix: %s", c->name));
		unit_check(pa_index_spec_serves(wide, narrow, c->nequal) == c->serves,
				   psprintf("serves: %s", c->name));
	}

	check_equal();
	check_redundant();
	check_predicate_that_holds();

	spec = unit_index("(1)");
	spec->relid = 2;
	unit_check(!pa_index_spec_is_redundant(spec, unit_index("(1)")), "redundant: other table");
	unit_check(!pa_index_spec_equal(spec, unit_index("(1)")), "equal: other table");
	unit_check(!pa_index_spec_is_prefix(spec, unit_index("(1)")), "prefix: other table");
	unit_check(!pa_index_spec_serves(spec, unit_index("(1)"), 1), "serves: other table");

	spec = unit_index("(1,2 desc,3)");
	pa_index_spec_normalize(spec, 1);
	unit_check_text(unit_index_text(spec), "(1,2,3 desc)", "normalize: after the equalities");
	spec = unit_index("(1 desc nulls_last,2)");
	pa_index_spec_normalize(spec, 0);
	unit_check_text(unit_index_text(spec), "(1 desc nulls_last,2)", "normalize: NULLs at the other end");
	spec = unit_index("(1 nulls_first,2 desc)");
	pa_index_spec_normalize(spec, 0);
	unit_check_text(unit_index_text(spec), "(1 desc nulls_last,2)", "normalize: NULLs turn round");
	spec = unit_index("(1,2 desc)");
	pa_index_spec_normalize(spec, 2);
	unit_check_text(unit_index_text(spec), "(1,2 desc)", "normalize: nothing to do");
}

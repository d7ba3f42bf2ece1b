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
};

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

	spec = unit_index("(1)");
	spec->relid = 2;
	unit_check(!pa_index_spec_equal(spec, unit_index("(1)")), "equal: other table");
	unit_check(!pa_index_spec_is_prefix(spec, unit_index("(1)")), "prefix: other table");
	unit_check(!pa_index_spec_serves(spec, unit_index("(1)"), 1), "serves: other table");

	spec = unit_index("(1,2 desc,3)");
	pa_index_spec_normalize(spec, 1);
	unit_check_text(unit_index_text(spec), "(1,2,3 desc)", "normalize: after the equalities");
	spec = unit_index("(1 desc nulls_last,2)");
	pa_index_spec_normalize(spec, 0);
	unit_check_text(unit_index_text(spec), "(1 nulls_first,2 desc)", "normalize: NULLs turn round");
	spec = unit_index("(1,2 desc)");
	pa_index_spec_normalize(spec, 2);
	unit_check_text(unit_index_text(spec), "(1,2 desc)", "normalize: nothing to do");
}

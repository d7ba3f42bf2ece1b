/*-------------------------------------------------------------------------
 *
 * test_redundancy.c
 *		Which indexes of a table another one makes superfluous.
 *
 * IDENTIFICATION
 *		test/unit/test_redundancy.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "analyze/redundancy.h"
#include "unit.h"

#define MEGABYTE (1024 * 1024)

static bool
has_flag(const char *flags, const char *flag)
{
	return strstr(flags, flag) != NULL;
}

/*
 * An index from its text (unit_index()) and words about it; its OID is its
 * age.  An operator class is its own family.
 */
static PaDescribedIndex *
make_index(Oid indexid, const char *text, const char *flags)
{
	const PaIndexSpec *spec = unit_index(text);
	PaDescribedIndex *index = palloc0(sizeof(PaDescribedIndex));

	index->indexid = indexid;
	index->relid = 1;
	index->name = text;
	index->method = spec->method;
	index->nkeys = spec->nkeys;
	index->keys = palloc0(spec->nkeys * sizeof(PaDescribedKey));
	for (int i = 0; i < spec->nkeys; i++)
	{
		index->keys[i].attnum = spec->keys[i].attnum;
		index->keys[i].expression = spec->keys[i].expression;
		index->keys[i].opclass = spec->keys[i].opclass;
		index->keys[i].opfamily = spec->keys[i].opclass;
		index->keys[i].descending = spec->keys[i].descending;
		index->keys[i].nulls_first = spec->keys[i].nulls_first;
	}
	index->nincluded = spec->nincluded;
	index->included = (AttrNumber *) spec->included;
	index->predicate = spec->predicate;
	index->primary = has_flag(flags, "primary");
	index->constraintid = has_flag(flags, "constraint") || index->primary ? 100 + indexid : 0;
	index->unique = has_flag(flags, "unique") || index->primary;
	index->immediate = !has_flag(flags, "deferrable");
	index->nulls_equal = has_flag(flags, "nulls_equal");
	index->exclusion = has_flag(flags, "exclusion");
	index->replica_identity = has_flag(flags, "replica");
	index->clustered = has_flag(flags, "clustered");
	index->referenced = has_flag(flags, "referenced");
	index->attached = has_flag(flags, "attached");
	index->ends_with_root = has_flag(flags, "ending");
	index->scans = has_flag(flags, "busy") ? PA_BUSY_SCANS : has_flag(flags, "used") ? 1 : 0;
	index->size = has_flag(flags, "large") ? 9 * MEGABYTE : has_flag(flags, "medium") ? 2 * MEGABYTE : MEGABYTE;
	return index;
}

static const char *const redundancy_names[] = {"not", "rows", "size", "prefix", "duplicate"};

typedef struct RedundancyCase
{
	const char *index;
	const char *flags;
	const char *by;
	const char *by_flags;
	const char *wanted;
	const char *name;
} RedundancyCase;

static const RedundancyCase cases[] = {
	{"(1)", "", "(1)", "", "duplicate", "the same"},
	{"(1)", "", "(1,2)", "", "prefix", "leading column"},
	{"(1,2)", "", "(1)", "", "not", "more columns"},
	{"(2)", "", "(1,2)", "", "not", "second column"},
	{"(2,1)", "", "(1,2)", "", "not", "other order of columns"},
	{"(1,3)", "", "(1,2,3)", "", "not", "columns with a gap"},

	{"(e1)", "", "(e1,2)", "", "prefix", "same expression"},
	{"(e1)", "", "(e2,2)", "", "not", "other expression"},
	{"(e1)", "", "(1)", "", "not", "expression and column"},
	{"(1:7)", "", "(1:7,2)", "", "prefix", "same operator class"},
	{"(1:7)", "", "(1,2)", "", "not", "other operator class"},
	{"(1)", "", "(1:7,2)", "", "not", "the default one for another operator class"},

	{"(1 desc)", "", "(1)", "", "duplicate", "read backwards"},
	{"(1 desc,2)", "", "(1,2 desc,3)", "", "prefix", "all directions reversed"},
	{"(1 desc,2)", "", "(1,2,3)", "", "not", "one direction reversed"},
	{"(1 nulls_first)", "", "(1,2)", "", "not", "NULLs at the other end"},
	{"(1 nulls_first)", "", "(1 desc nulls_last,2)", "", "prefix", "NULLs turn round too"},

	{"(1)include[2]", "", "(1,2)", "", "prefix", "carried column is a key"},
	{"(1)include[2]", "", "(1)include[2,3]", "", "prefix", "carries more"},
	{"(1)include[2,3]", "", "(1)include[3,2]", "", "duplicate", "carries the same"},
	{"(1)include[2,3]", "", "(1)include[2]", "", "not", "carries less"},
	{"(1)", "", "(1)include[2]", "", "prefix", "carries something"},

	{"(1)where[5]", "", "(1,2)where[5]", "", "prefix", "same predicate"},
	{"(1)where[5,6]", "", "(1)where[6,5]", "", "duplicate", "predicate in another order"},
	{"(1)where[5]", "", "(1)where[6]", "", "not", "other predicate"},
	{"(1)where[5]", "", "(1)", "", "rows", "some rows beside all"},
	{"(1)where[5,6]", "", "(1)where[5]", "", "rows", "few rows beside some"},
	{"(1)", "", "(1)where[5]", "", "not", "all rows beside some"},
	{"(1)where[5]", "unique", "(1)", "", "not", "unique over some rows"},
	{"(1)where[5]", "unique", "(1)", "unique", "rows", "unique over some rows and over all"},

	{"(1)", "unique", "(1,2)", "", "not", "unique"},
	{"(1)", "unique", "(1,2)", "unique", "not", "unique over fewer columns"},
	{"(1)", "unique", "(1)", "", "not", "unique beside one that is not"},
	{"(1)", "unique", "(1)", "unique", "duplicate", "both unique"},
	{"(1)", "unique", "(1 desc)", "unique", "duplicate", "both unique, read backwards"},
	{"(1)", "unique", "(1)include[2]", "unique", "prefix", "unique over the same columns"},
	{"(1)", "", "(1)", "unique", "duplicate", "unique as well"},
	{"(1)", "unique", "(1)", "unique constraint deferrable", "not", "deferrable instead of at once"},
	{"(1)", "", "(1)", "unique constraint deferrable", "duplicate", "rows of a deferrable constraint"},
	{"(1)", "unique constraint deferrable", "(1)", "primary", "duplicate", "at once instead of deferrable"},
	{"(1)", "unique", "(1)", "unique nulls_equal", "not", "NULLS NOT DISTINCT instead of distinct"},
	{"(1)", "unique nulls_equal", "(1)", "unique", "not", "NULLS DISTINCT instead of not"},
	{"(1)", "unique nulls_equal", "(1)", "unique nulls_equal", "duplicate", "both NULLS NOT DISTINCT"},

	{"(1)", "primary", "(1)", "unique constraint", "not", "a primary key"},
	{"(1)", "unique constraint", "(1)", "primary", "duplicate", "a constraint beside the primary key"},
	{"(1)", "unique constraint", "(1)", "unique", "not", "a constraint beside an index"},
	{"(1)", "unique", "(1)", "unique constraint", "duplicate", "an index beside a constraint"},
	{"(1)", "exclusion constraint", "(1)", "", "not", "an exclusion constraint"},
	{"(1)", "", "(1)", "exclusion constraint", "duplicate", "rows of an exclusion constraint"},
	{"(1)", "replica", "(1)", "", "not", "the replica identity"},
	{"(1)", "clustered", "(1)", "", "not", "CLUSTER's choice"},
	{"(1)", "unique referenced", "(1)", "primary", "not", "what foreign keys refer to"},
	{"(1)", "attached", "(1)", "", "not", "a partition of another index"},
	{"(1)", "", "(1)", "attached", "duplicate", "beside a partition of another index"},
	{"(1)", "", "(1)", "attached ending", "not", "beside one that goes with its root"},

	{"(1)", "busy", "(1,2)", "large", "size", "busy beside a large one"},
	{"(1)", "used", "(1,2)", "large", "prefix", "seldom used beside a large one"},
	{"(1)", "busy", "(1,2)", "medium", "prefix", "busy beside a larger one"},
	{"(1)", "busy", "(1)", "large", "duplicate", "busy beside a bloated duplicate"},

	{"hash(1)", "", "hash(1)", "", "duplicate", "same hash index"},
	{"hash(1)", "", "(1)", "", "not", "hash beside b-tree"},
	{"gin(1)", "", "gin(1)", "", "duplicate", "same GIN index"},
	{"gin(1)", "", "gin(1,2)", "", "not", "GIN with more columns"},
	{"gin(1:7)", "", "gin(1)", "", "not", "GIN with another operator class"},
	{"gist(1)include[2]", "", "gist(1)include[2]", "", "duplicate", "same GiST index"},
	{"gist(1)", "", "gist(1)include[2]", "", "not", "GiST that carries more"},
	{"brin(1)", "", "brin(1)", "", "duplicate", "same BRIN index"},
};

static void
check_options(void)
{
	PaDescribedIndex *index = make_index(1, "brin(1)", "");
	PaDescribedIndex *by = make_index(2, "brin(1)", "");

	index->options = "{pages_per_range=8}";
	unit_check(pa_analyze_redundancy(index, by) == PA_REDUNDANT_NOT, "redundancy: BRIN with other ranges");
	by->options = "{pages_per_range=8}";
	unit_check(pa_analyze_redundancy(index, by) == PA_REDUNDANT_DUPLICATE, "redundancy: BRIN with the same ranges");

	index = make_index(1, "(1)", "");
	by = make_index(2, "(1)", "");
	index->options = "{fillfactor=70}";
	unit_check(pa_analyze_redundancy(index, by) == PA_REDUNDANT_DUPLICATE, "redundancy: other fillfactor");
	index->keys[0].collation = 5;
	unit_check(pa_analyze_redundancy(index, by) == PA_REDUNDANT_NOT, "redundancy: other collation");
	by->keys[0].collation = 5;
	unit_check(pa_analyze_redundancy(index, by) == PA_REDUNDANT_DUPLICATE, "redundancy: same collation");
	index->keys[0].opclass = 7;
	by->keys[0].opclass = 8;
	unit_check(pa_analyze_redundancy(index, by) == PA_REDUNDANT_DUPLICATE, "redundancy: operator classes of a family");
	index->method = by->method = 2742;
	unit_check(pa_analyze_redundancy(index, by) == PA_REDUNDANT_NOT, "redundancy: operator classes of a family, not a b-tree");
	by->keys[0].opclass = 7;
	by->keys[0].opclass_options = "{siglen=8}";
	unit_check(pa_analyze_redundancy(index, by) == PA_REDUNDANT_NOT, "redundancy: other options of the operator class");
	index->keys[0].opclass_options = "{siglen=8}";
	unit_check(pa_analyze_redundancy(index, by) == PA_REDUNDANT_DUPLICATE, "redundancy: same options of the operator class");

	index->relid = 2;
	unit_check(pa_analyze_redundancy(index, by) == PA_REDUNDANT_NOT, "redundancy: other table");
	unit_check(pa_analyze_redundancy(by, by) == PA_REDUNDANT_NOT, "redundancy: not beside itself");
}

/* "2<1 prefix": index 2 is superfluous because of 1 */
static char *
redundant_text(const List *indexes)
{
	StringInfoData text;
	ListCell   *lc;

	initStringInfo(&text);
	foreach(lc, pa_analyze_redundant_indexes(indexes))
	{
		const PaRedundantIndex *redundant = lfirst(lc);

		appendStringInfo(&text, "%s%u<%u %s", text.len > 0 ? ", " : "",
						 redundant->index->indexid, redundant->by->indexid,
						 redundancy_names[redundant->redundancy]);
	}
	return text.data;
}

typedef struct TableCase
{
	const char *indexes[5][2];
	const char *wanted;
	const char *name;
} TableCase;

static const TableCase tables[] = {
	{{{"(1)", ""}, {"(1)", ""}}, "2<1 duplicate", "the older one stays"},
	{{{"(1)", ""}, {"(1)", "used"}}, "1<2 duplicate", "the one that is used stays"},
	{{{"(1)", "used"}, {"(1)", "clustered"}}, "1<2 duplicate", "the one that is needed elsewhere stays"},
	{{{"(1)", "used"}, {"(1)", "unique"}}, "1<2 duplicate", "the unique one stays"},
	{{{"(1)", "unique used"}, {"(1)", "primary"}}, "1<2 duplicate", "the primary key stays"},
	{{{"(1)", "unique constraint used"}, {"(1)", "primary"}}, "1<2 duplicate", "the primary key stays beside a constraint"},
	{{{"(1)", "unique constraint used"}, {"(1)", "unique constraint replica"}}, "1<2 duplicate", "the constraint that is needed elsewhere stays"},
	{{{"(1)", "unique constraint deferrable used"}, {"(1)", "unique constraint"}}, "1<2 duplicate", "the constraint that checks at once stays"},
	{{{"(1)", "clustered"}, {"(1)", "replica"}}, "", "both are needed elsewhere"},
	{{{"(1)", ""}, {"(1,2)", ""}, {"(1,2,3)", ""}}, "2<3 prefix, 1<3 prefix", "a chain leads to what stays"},
	{{{"(1)", ""}, {"(1)", ""}, {"(1)", ""}}, "2<1 duplicate, 3<1 duplicate", "three of a kind"},
	{{{"(1)", ""}, {"(1,2)", "large"}, {"(1,3)", ""}}, "1<3 prefix", "the smaller of two"},
	{{{"(1)", ""}, {"(1,2)", ""}, {"(1)", "clustered"}}, "1<3 duplicate", "a duplicate before a wider one"},
	{{{"(1)", "busy"}, {"(1,2)", "medium"}, {"(1,2,3)", "large"}}, "2<3 prefix, 1<3 size", "busy, and the middle one goes"},
	{{{"(1)include[1]", ""}, {"(1)", "primary"}}, "1<2 prefix", "a key carried along as well"},
	{{{"(1)where[5]", ""}, {"(1)", ""}}, "1<2 rows", "overlap"},
	{{{"(1)where[5]", ""}, {"(1)", ""}, {"(1)", ""}}, "3<2 duplicate, 1<2 rows", "overlap with what stays"},
	{{{"(1)", ""}, {"(2)", ""}, {"(3)", ""}}, "", "nothing"},
};

void
unit_test_redundancy(void)
{
	for (int i = 0; i < (int) lengthof(cases); i++)
	{
		const RedundancyCase *c = &cases[i];

		unit_check_text(redundancy_names[pa_analyze_redundancy(make_index(1, c->index, c->flags),
															   make_index(2, c->by, c->by_flags))],
						c->wanted, psprintf("redundancy: %s", c->name));
	}
	for (int i = 0; i < (int) lengthof(tables); i++)
	{
		List	   *indexes = NIL;

		for (int j = 0; j < 5 && tables[i].indexes[j][0] != NULL; j++)
			indexes = lappend(indexes, make_index(j + 1, tables[i].indexes[j][0],
												  tables[i].indexes[j][1]));
		unit_check_text(redundant_text(indexes), tables[i].wanted,
						psprintf("redundant indexes: %s", tables[i].name));
	}
	check_options();
}

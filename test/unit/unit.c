/*-------------------------------------------------------------------------
 *
 * unit.c
 *		The frame of the unit tests, see unit.h.
 *
 * IDENTIFICATION
 *		test/unit/unit.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "unit.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(perf_advisor_unit);

static StringInfoData output;
static int	checks;
static int	failures;

void
unit_check(bool ok, const char *name)
{
	appendStringInfo(&output, "%sok %d - %s\n", ok ? "" : "not ", ++checks, name);
	if (!ok)
		failures++;
}

void
unit_check_text(const char *got, const char *wanted, const char *name)
{
	bool		ok = (strcmp(got, wanted) == 0);

	unit_check(ok, name);
	if (!ok)
		appendStringInfo(&output, "#      got: %s\n#   wanted: %s\n", got, wanted);
}

char *
unit_index_text(const PaIndexSpec *spec)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '(');
	for (int i = 0; i < spec->nkeys; i++)
	{
		const PaIndexKey *key = &spec->keys[i];

		appendStringInfo(&text, "%s%d%s%s", i > 0 ? "," : "", key->attnum,
						 key->descending ? " desc" : "",
						 key->nulls_first == key->descending ? "" :
						 key->nulls_first ? " nulls_first" : " nulls_last");
	}
	appendStringInfoChar(&text, ')');
	return text.data;
}

char *
unit_indexes_text(const List *specs)
{
	StringInfoData text;
	ListCell   *lc;

	initStringInfo(&text);
	foreach(lc, specs)
		appendStringInfo(&text, "%s%s", text.len > 0 ? " " : "",
						 unit_index_text(lfirst(lc)));
	return text.data;
}

/* Reads one key, "3" or "3 desc nulls_last"; returns the place after it. */
static const char *
read_key(const char *text, PaIndexKey *key)
{
	key->attnum = (AttrNumber) strtol(text, (char **) &text, 10);
	key->descending = (strncmp(text, " desc", 5) == 0);
	if (key->descending)
		text += 5;
	key->nulls_first = key->descending;
	if (strncmp(text, " nulls_first", 12) == 0)
	{
		key->nulls_first = true;
		text += 12;
	}
	else if (strncmp(text, " nulls_last", 11) == 0)
	{
		key->nulls_first = false;
		text += 11;
	}
	return text;
}

/* Reads one index; *end is the place after its closing parenthesis. */
static PaIndexSpec *
read_index(const char *text, const char **end)
{
	PaIndexSpec *spec = palloc0(sizeof(PaIndexSpec));

	spec->relid = 1;
	spec->method = BTREE_AM_OID;
	while (*text == '(' || *text == ',')
		text = read_key(text + 1, &spec->keys[spec->nkeys++]);
	if (*text != ')')
		elog(ERROR, "cannot read the index at \"%s\"", text);
	*end = text + 1;
	return spec;
}

PaIndexSpec *
unit_index(const char *text)
{
	return read_index(text, &text);
}

List *
unit_indexes(const char *text)
{
	List	   *specs = NIL;

	while (*text != '\0')
	{
		specs = lappend(specs, read_index(text, &text));
		while (*text == ' ')
			text++;
	}
	return specs;
}

/* Runs every test; returns the TAP output. */
Datum
perf_advisor_unit(PG_FUNCTION_ARGS)
{
	(void) fcinfo;
	initStringInfo(&output);
	checks = failures = 0;

	unit_test_index_spec();
	unit_test_candidates();
	unit_test_selection();
	unit_test_text();
	unit_test_write_cost();

	appendStringInfo(&output, "1..%d", checks);
	PG_RETURN_TEXT_P(cstring_to_text(output.data));
}

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
#include "nodes/value.h"
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

static const struct
{
	const char *name;
	Oid			method;
}			methods[] = {
	{"hash", HASH_AM_OID},
	{"gist", GIST_AM_OID},
	{"gin", GIN_AM_OID},
	{"brin", BRIN_AM_OID},
};

/* The node that stands for an expression or a condition of this number. */
Node *
unit_node(int number)
{
	return (Node *) makeInteger(number);
}

static void
append_method(StringInfo text, Oid method)
{
	for (int i = 0; i < (int) lengthof(methods); i++)
	{
		if (methods[i].method == method)
			appendStringInfoString(text, methods[i].name);
	}
}

static void
append_key(StringInfo text, const PaIndexKey *key)
{
	if (key->attnum == 0)
		appendStringInfo(text, "e%d", intVal(key->expression));
	else
		appendStringInfo(text, "%d", key->attnum);
	if (key->opclass != InvalidOid)
		appendStringInfo(text, ":%u", key->opclass);
	appendStringInfo(text, "%s%s", key->descending ? " desc" : "",
					 key->nulls_first == key->descending ? "" :
					 key->nulls_first ? " nulls_first" : " nulls_last");
}

char *
unit_index_text(const PaIndexSpec *spec)
{
	StringInfoData text;
	ListCell   *lc;

	initStringInfo(&text);
	append_method(&text, spec->method);
	for (int i = 0; i < spec->nkeys; i++)
	{
		appendStringInfoChar(&text, i > 0 ? ',' : '(');
		append_key(&text, &spec->keys[i]);
	}
	appendStringInfoChar(&text, ')');
	for (int i = 0; i < spec->nincluded; i++)
		appendStringInfo(&text, "%s%d", i > 0 ? "," : "include[", spec->included[i]);
	if (spec->nincluded > 0)
		appendStringInfoChar(&text, ']');
	foreach(lc, spec->predicate)
		appendStringInfo(&text, "%s%d", lc == list_head(spec->predicate) ? "where[" : ",",
						 intVal(lfirst(lc)));
	if (spec->predicate != NIL)
		appendStringInfoChar(&text, ']');
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

/* Advances over the word if it is there. */
static bool
skip_word(const char **text, const char *word)
{
	if (strncmp(*text, word, strlen(word)) != 0)
		return false;
	*text += strlen(word);
	return true;
}

static int
read_number(const char **text)
{
	return (int) strtol(*text, (char **) text, 10);
}

/* Reads one key, "3", "e3" or "3:7 desc nulls_last". */
static void
read_key(const char **text, PaIndexKey *key)
{
	if (skip_word(text, "e"))
		key->expression = unit_node(read_number(text));
	else
		key->attnum = (AttrNumber) read_number(text);
	if (skip_word(text, ":"))
		key->opclass = (Oid) read_number(text);
	key->descending = skip_word(text, " desc");
	key->nulls_first = key->descending;
	if (skip_word(text, " nulls_first"))
		key->nulls_first = true;
	else if (skip_word(text, " nulls_last"))
		key->nulls_first = false;
}

/* Reads one index, with "!" behind the last of the keys that stay together and "=" behind those compared for equality; *end is the place after it. */
static PaIndexSpec *
read_index(const char *text, const char **end)
{
	PaIndexSpec *spec = palloc0(sizeof(PaIndexSpec));

	spec->relid = 1;
	spec->method = BTREE_AM_OID;
	for (int i = 0; i < (int) lengthof(methods); i++)
	{
		if (skip_word(&text, methods[i].name))
			spec->method = methods[i].method;
	}
	while (skip_word(&text, "(") || skip_word(&text, ","))
	{
		read_key(&text, &spec->keys[spec->nkeys++]);
		if (skip_word(&text, "!"))
			spec->nkept = spec->nkeys;
		if (skip_word(&text, "="))
			spec->nequal = spec->nkeys;
	}
	if (!skip_word(&text, ")"))
		elog(ERROR, "cannot read the index at \"%s\"", text);
	if (skip_word(&text, "include["))
	{
		do
			spec->included[spec->nincluded++] = (AttrNumber) read_number(&text);
		while (skip_word(&text, ","));
		skip_word(&text, "]");
	}
	if (skip_word(&text, "where["))
	{
		do
			spec->predicate = lappend(spec->predicate, unit_node(read_number(&text)));
		while (skip_word(&text, ","));
		skip_word(&text, "]");
	}
	*end = text;
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

	unit_test_index_ddl();
	unit_test_index_spec();
	unit_test_redundancy();
	unit_test_candidates();
	unit_test_candidate_kinds();
	unit_test_hints();
	unit_test_cost_matrix();
	unit_test_selection();
	unit_test_selection_large();
	unit_test_text();
	unit_test_write_cost();

	appendStringInfo(&output, "1..%d", checks);
	PG_RETURN_TEXT_P(cstring_to_text(output.data));
}

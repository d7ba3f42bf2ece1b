/*-------------------------------------------------------------------------
 *
 * test_text.c
 *		Replacing constants: by looking at each alone, and by reading the
 *		text with core's scanner.  Both have to give the same.
 *
 * The statements are parsed and jumbled here as the server does it, so the
 * places of the constants are the server's.
 *
 * IDENTIFICATION
 *		test/unit/test_text.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "parser/analyze.h"
#include "parser/parser.h"
#include "utils/guc.h"

#include "collect/text.h"
#include "unit.h"

typedef struct LengthCase
{
	const char *text;
	int			length;			/* 0: for the scanner */
} LengthCase;

static const LengthCase length_cases[] = {
	{"1", 1},
	{"17 ", 2},
	{"1.5)", 3},
	{".5,", 2},
	{"5.", 2},
	{"5.;", 2},
	{"1e10 ", 4},
	{"1.5E-3+2", 6},
	{"1.e+5::int", 5},
	{"1:2]", 1},
	{"1..10", 0},
	{"1_000", 0},
	{"0x1F", 0},
	{"0b01", 0},
	{"1e", 0},
	{"1ex", 0},
	{".", 0},
	{".x", 0},
	{"-7", 2},
	{"-7::text", 2},
	{"- 7", 3},
	{"-  .5", 5},
	{"-\n7", 0},
	{"-/* why */7", 0},
	{"-(7)", 0},
	{"- -7", 0},
	{"-0x7", 0},
	{"''", 2},
	{"'a'", 3},
	{"'it''s',", 7},
	{"''''", 4},
	{"''''''||", 6},
	{"'a' 'b'", 0},
	{"'a'\n'b'", 0},
	{"'a'--c\n'b'", 0},
	{"'a' - 1", 3},
	{"'a'\n, 'b'", 3},
	{"'a\\b'", 0},
	{"'a", 0},
	{"'-- /* $$'", 10},
	{"'\xc3\xa4'::text", 4},
	{"TRUE,", 4},
	{"null", 4},
	{"year FROM", 4},
	{"E'a'", 0},
	{"e'a'", 0},
	{"B'1'", 0},
	{"x'1F'", 0},
	{"U&'d!0061'", 0},
	{"u&\"d\"", 0},
	{"\"year\"", 0},
	{"$$a$$", 0},
	{"$1", 0},
	{"(1)", 0},
	{"", 0},
};

typedef struct TextCase
{
	const char *source;
	const char *wanted;			/* of the first statement */
	bool		alone;			/* the scanner is not needed */
} TextCase;

static const TextCase text_cases[] = {
	{"SELECT 1, 'b', 2.5", "SELECT $1, $2, $3", true},
	{"  SELECT 'a''b' AS x ; ", "SELECT $1 AS x", true},
	{"SELECT -5, - 6, 7 - 8, (-9.5e2)::text", "SELECT $1, $2, $3 - $4, ($5)::text", true},
	{"SELECT -(5), - -6", "SELECT -($1), - -$2", false},
	{"SELECT /* 'no' 1 */ 'yes', -- 2 'no'\n 3", "SELECT /* 'no' 1 */ $1, -- 2 'no'\n $2", true},
	{"SELECT '-- no', '/* no', '$$', \"x\" FROM (SELECT 1) AS t(\"x\")",
	"SELECT $1, $2, $3, \"x\" FROM (SELECT $4) AS t(\"x\")", true},
	{"SELECT 'a'\n   'b' AS x, 2", "SELECT $1 AS x, $2", false},
	{"SELECT 'a' -- and\n 'b' AS x, 2", "SELECT $1 AS x, $2", false},
	{"SELECT E'a\\'b', E'\\\\', 3", "SELECT $1, $2, $3", false},
	{"SELECT U&'d\\0061t', 2", "SELECT $1, $2", false},
	{"SELECT $$a'b$$, $x$c$$d$x$, 3", "SELECT $1, $2, $3", false},
	{"SELECT B'101', X'1F', 3", "SELECT $1, $2, $3", false},
	{"SELECT 'a\\b', 2", "SELECT $1, $2", false},
	{"SELECT N'n', 2", "SELECT N$1, $2", true},
	{"SELECT true, FALSE, NULL, TRUE AND 'f'", "SELECT $1, $2, $3, $4 AND $5", true},
	{"SELECT date '2020-01-01', interval '1' day, '5'::int, CAST('x' AS text)",
	"SELECT date $1, interval $2 day, $3::int, CAST($4 AS text)", true},
	{"SELECT extract(year FROM date '2020-01-01')", "SELECT extract($1 FROM date $2)", true},
	{"SELECT extract(\"year\" FROM date '2020-01-01'), 3", "SELECT extract($1 FROM date $2), $3", false},
	{"SELECT 1 LIMIT ALL OFFSET 2", "SELECT $1 LIMIT $2 OFFSET $3", true},
	{"SELECT (ARRAY[1, 2])[1:2]", NULL, true},
	{"SELECT 1 IN (1, 2, 3, 4), '\xc3\xa4\xe2\x82\xac', 5", NULL, true},
	{"SELECT 1; SELECT 'second'", "SELECT $1", true},
	{"SELECT 1 UNION ALL SELECT '2'::int ORDER BY 1", "SELECT $1 UNION ALL SELECT $2::int ORDER BY 1", true},
	{"SELECT now()", "SELECT now()", true},
};

/* Pieces of the statements that are made at random. */
static const char *const constants[] = {
	"1", "17", "1.5", ".5", "5.", "1e10", "1.5E-3", "-7", "- 7", "-\n7", "-(7)", "- -7", "+3",
	"-/* minus */8", "2 -3", "2-3", "2 - -3", "'a'", "'it''s'", "''", "''''", "'a'\n'b'",
	"'a' -- c\n 'b'", "'a'\n\n  'b''c'", "'\xc3\xa4\xe2\x82\xac'", "E'a\\'b'", "E'\\\\'", "e'\\n\xc3\xa4'",
	"U&'\\0441'", "U&'d!0061' UESCAPE '!'", "$$a'$$", "$x$a'b$$c$x$", "$\xc3\xa4$ 1 $\xc3\xa4$", "B'101'",
	"x'1F'", "N'n'", "TRUE", "false", "NULL", "date '2020-01-01'", "interval '1' day", "'5'::int",
	"CAST('x' AS text)", "extract(year from date '2020-01-01')", "extract(\"year\" from date '2020-01-01')",
	"'a\\b'", "'-- no'", "'/* no'", "'$$'", "1::text", "(1)", "(ARRAY[1,2,3])[2]", "(ARRAY['a','b'])[1:2]",
	"1 IN (1, 2, 3)", "'a' IN ('a', 'b', E'c', $$d$$)", "3 BETWEEN 2 AND 4", "CASE 1 WHEN 1 THEN 'a' ELSE 'b' END",
	"coalesce(NULL, 'x')", "'x' LIKE 'y' ESCAPE '!'", "(SELECT 1 LIMIT 1)", "now()"
};
static const char *const gaps[] = {", ", ",", "\n,\t", " , -- 'comment' 1\n", "/* 2 'x */, ", ",/**/"};

/* Gives a test's name on one line. */
static char *
name_of(const char *what, const char *text)
{
	char	   *name = psprintf("%s %s", what, text);

	for (char *at = name; *at != '\0'; at++)
		*at = *at == '\n' ? ' ' : *at;
	return name;
}

/* Gives the first statement's text made in one way, NULL when it made none. */
static char *
text_of(const char *source, bool scanning)
{
	RawStmt    *raw = linitial(raw_parser(source, RAW_PARSE_DEFAULT));
	Query	   *query = parse_analyze_fixedparams(raw, source, NULL, 0, NULL);
	Query		scratch;
	JumbleState *jstate = pa_jumble_query(&scratch, query, source);

	return (scanning ? pa_text_normalize_scanning : pa_text_normalize)
		(source, raw->stmt_location, raw->stmt_len, jstate);
}

static void
check_text(const TextCase *c)
{
	char	   *scanned = text_of(c->source, true);
	char	   *alone = text_of(c->source, false);

	if (c->wanted != NULL)
		unit_check_text(scanned, c->wanted, name_of("scanned:", c->source));
	unit_check((alone != NULL) == c->alone, name_of("read alone or not:", c->source));
	if (alone != NULL)
		unit_check_text(alone, scanned, name_of("alone as scanned:", c->source));
}

/* Numbers that are the same in each run. */
static uint32
next_number(uint32 *state)
{
	*state = *state * 1103515245 + 12345;
	return *state >> 16;
}

/* Makes many statements; both ways have to give the same text of each. */
static void
check_made_statements(void)
{
	uint32		state = 1;
	int			alone_count = 0;
	int			differing = 0;
	StringInfoData source;

	initStringInfo(&source);
	for (int i = 0; i < 2000; i++)
	{
		int			nconstants = 1 + next_number(&state) % 4;
		char	   *alone;

		resetStringInfo(&source);
		appendStringInfoString(&source, i % 3 == 0 ? "SELECT " : i % 3 == 1 ? " /* 1 */ SELECT\n" : "WITH t AS (SELECT 'w') SELECT ");
		for (int j = 0; j < nconstants; j++)
			appendStringInfo(&source, "%s%s", j > 0 ? gaps[next_number(&state) % lengthof(gaps)] : "",
							 constants[next_number(&state) % lengthof(constants)]);
		if (i % 5 == 0)
			appendStringInfoString(&source, " ; SELECT 'other'");
		alone = text_of(source.data, false);
		if (alone == NULL)
			continue;
		alone_count++;
		if (strcmp(alone, text_of(source.data, true)) != 0 && differing++ == 0)
			unit_check_text(alone, text_of(source.data, true), name_of("alone as scanned:", source.data));
	}
	unit_check(differing == 0, "made statements have one text");
	unit_check(alone_count > 400, "many of them without the scanner");
}

/* A long statement: its text is bounded, its many constants are all replaced. */
static void
check_long_statement(void)
{
	StringInfoData source;
	char	   *text;

	initStringInfo(&source);
	appendStringInfoString(&source, "SELECT 1");
	for (int i = 0; i < 1500; i++)
		appendStringInfo(&source, " + %d", i);
	text = text_of(source.data, false);
	unit_check_text(text, text_of(source.data, true), "1,500 constants");
	unit_check(strstr(text, " + $1501") != NULL && strstr(text, "+ $1 ") == NULL, "and all of them");

	resetStringInfo(&source);
	appendStringInfoString(&source, "SELECT '");
	for (int i = 0; i < 20000; i++)
		appendStringInfoString(&source, "0123456789");
	appendStringInfoString(&source, "' AS long_one, 2");
	unit_check_text(text_of(source.data, false), "SELECT $1 AS long_one, $2", "what follows a long constant");

	resetStringInfo(&source);
	appendStringInfoString(&source, "SELECT 7 /*");
	for (int i = 0; i < 20000; i++)
		appendStringInfoString(&source, "0123456789");
	appendStringInfoString(&source, "*/, 8");
	text = text_of(source.data, false);
	unit_check(strlen(text) >= PA_MAX_TEXT && strlen(text) < PA_MAX_TEXT + 100, "a long text is cut");
	unit_check_text(text, text_of(source.data, true), "in the same place");
}

void
unit_test_text(void)
{
	int			nest = NewGUCNestLevel();

	(void) set_config_option("client_min_messages", "error", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	for (int i = 0; i < (int) lengthof(length_cases); i++)
		unit_check(pa_text_constant_length(length_cases[i].text) == length_cases[i].length,
				   name_of("length of", length_cases[i].text));
	for (int i = 0; i < (int) lengthof(text_cases); i++)
		check_text(&text_cases[i]);
	check_made_statements();
	check_long_statement();
	AtEOXact_GUC(true, nest);
}

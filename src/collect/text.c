/*-------------------------------------------------------------------------
 *
 * text.c
 *		Replaces the constants of a statement's text by parameter symbols.
 *
 * The text is read with core's own scanner, so that strings, comments and
 * multibyte characters are seen as the parser sees them.  Two ways:
 *
 * - pa_text_normalize(), with the positions that jumbling noted: exactly the
 *	 constants that do not count for the query identifier.
 * - pa_text_without_literals(), for texts whose jumble is gone (a statement
 *	 that was prepared before its text was dropped) and for utility statements
 *	 that hold passwords: every literal token.
 *
 * Results are palloc'd in CurrentMemoryContext.
 *
 * IDENTIFICATION
 *		src/collect/text.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/keywords.h"
#include "lib/stringinfo.h"
#include "parser/scanner.h"

#include "collect/text.h"
#include "compat/scanner.h"

/* A token as found in the text. */
typedef struct PaToken
{
	int			location;
	int			length;
} PaToken;

typedef struct PaTokenStream
{
	const char *text;
	core_yyscan_t scanner;
	core_yy_extra_type extra;
} PaTokenStream;

static void
open_stream(PaTokenStream *stream, const char *text)
{
	stream->text = text;
	stream->scanner = scanner_init(text, &stream->extra, &ScanKeywords, ScanKeywordTokens);
	pa_scanner_mute(&stream->extra);	/* the parser has warned */
}

/* Gives the next token; false at the end. */
static bool
next_token(PaTokenStream *stream, PaToken *token)
{
	core_YYSTYPE value;
	YYLTYPE		location;

	if (core_yylex(&value, &location, stream->scanner) == 0)
		return false;
	token->location = location;
	/* flex has put a zero byte behind the token in its buffer */
	token->length = strlen(stream->extra.scanbuf + location);
	return true;
}

static int
compare_constants(const void *a, const void *b)
{
	const PaConstant *left = a;
	const PaConstant *right = b;

	if (left->location != right->location)
		return left->location < right->location ? -1 : 1;
	return 0;
}

/* True for the first characters of a string or number literal. */
static bool
starts_literal(const char *at)
{
	unsigned char first = at[0];
	unsigned char second = first != '\0' ? at[1] : '\0';

	if (first == '\'' || (first >= '0' && first <= '9'))
		return true;
	if (first == '.')
		return second >= '0' && second <= '9';
	if (first == '$')
		return !(second >= '0' && second <= '9');
	if (second == '\'')
		return strchr("eEbBxXnN", first) != NULL;
	return (first == 'u' || first == 'U') && second == '&' && at[2] == '\'';
}

/*
 * Finds the constant at "wanted", reading on from the present token.  False
 * when the text ends first.
 *
 * The parser gives a negative number the place of its minus sign.  Both are
 * replaced when they are neighbours, as in -5; in -(5) and - -5 the number
 * alone is.
 */
static bool
find_constant(PaTokenStream *stream, int wanted, PaToken *constant)
{
	PaToken		sign;

	do
	{
		if (!next_token(stream, constant))
			return false;
	} while (constant->location < wanted);
	if (stream->text[constant->location] != '-')
		return true;

	sign = *constant;
	if (!next_token(stream, constant))
		return false;
	if (starts_literal(stream->text + constant->location))
	{
		constant->length += constant->location - sign.location;
		constant->location = sign.location;
		return true;
	}
	do
	{
		if (!next_token(stream, constant))
			return false;
	} while (!starts_literal(stream->text + constant->location));
	return true;
}

/*
 * Gives the statement's text with each constant that jumbling ignored as $n,
 * numbered after the parameters that the text itself has.
 */
char *
pa_text_normalize(const char *source, int location, int len, const JumbleState *jstate)
{
	const char *start = CleanQuerytext(source, &location, &len);
	char	   *text = pnstrdup(start, len);
	PaConstant *constants;
	PaTokenStream stream;
	StringInfoData result;
	int			count;
	int			number;
	int			copied = 0;

	if (jstate == NULL || jstate->clocations_count == 0)
		return text;
	constants = palloc(sizeof(PaConstant) * jstate->clocations_count);
	count = pa_jumble_constants(jstate, constants);
	qsort(constants, count, sizeof(PaConstant), compare_constants);
	number = jstate->highest_extern_param_id;

	initStringInfo(&result);
	open_stream(&stream, text);
	for (int i = 0; i < count; i++)
	{
		PaToken		found = {constants[i].location - location, constants[i].length};

		/* duplicates, and positions outside of this statement */
		if (found.location < copied || found.location >= len)
			continue;
		if (!constants[i].squashed && !find_constant(&stream, found.location, &found))
			break;
		if (found.length <= 0 || found.location + found.length > len)
			continue;
		appendBinaryStringInfo(&result, text + copied, found.location - copied);
		appendStringInfo(&result, "$%d%s", ++number, constants[i].squashed ? " /*, ... */" : "");
		copied = found.location + found.length;
	}
	scanner_finish(stream.scanner);
	appendBinaryStringInfo(&result, text + copied, len - copied);
	pfree(constants);
	pfree(text);
	return result.data;
}

/*
 * Gives the statement's text with every literal as $n, numbered after the
 * highest parameter in the text.
 */
char *
pa_text_without_literals(const char *source, int location, int len)
{
	const char *start = CleanQuerytext(source, &location, &len);
	char	   *text = pnstrdup(start, len);
	PaTokenStream stream;
	PaToken		token;
	StringInfoData result;
	int			number = 0;
	int			copied = 0;

	open_stream(&stream, text);
	while (next_token(&stream, &token))
	{
		if (text[token.location] == '$' && !starts_literal(text + token.location))
			number = Max(number, atoi(text + token.location + 1));
	}
	scanner_finish(stream.scanner);

	initStringInfo(&result);
	open_stream(&stream, text);
	while (next_token(&stream, &token))
	{
		if (!starts_literal(text + token.location))
			continue;
		appendBinaryStringInfo(&result, text + copied, token.location - copied);
		appendStringInfo(&result, "$%d", ++number);
		copied = token.location + token.length;
	}
	scanner_finish(stream.scanner);
	appendBinaryStringInfo(&result, text + copied, len - copied);
	pfree(text);
	return result.data;
}

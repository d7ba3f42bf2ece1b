/*-------------------------------------------------------------------------
 *
 * text.c
 *		Replaces the constants of a statement's text by parameter symbols.
 *
 * Three ways:
 *
 * - pa_text_normalize(), with the positions that jumbling noted: exactly the
 *	 constants that do not count for the query identifier.  Where a constant
 *	 starts is known, so only it is read: numbers, plain strings and words,
 *	 which is what nearly all constants are.  This runs for every statement
 *	 that the store does not know, and reading all of its text would cost more
 *	 than all else that is done for a new statement.
 * - pa_text_normalize_scanning(), the same when some constant is of another
 *	 kind: core's own scanner reads the text, as the parser did.
 * - pa_text_without_literals(), for texts whose jumble is gone (a statement
 *	 that was prepared before its text was dropped) and for utility statements
 *	 that hold passwords: every literal token, by core's scanner.
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
#include "mb/pg_wchar.h"
#include "parser/scanner.h"
#include "parser/scansup.h"
#include "utils/builtins.h"

#include "collect/text.h"
#include "compat/scanner.h"

/* Constants of a statement that need no allocation. */
#define PA_FEW_CONSTANTS 32

/* What takes the place of a list of which the jumble keeps one element. */
#define PA_SQUASHED " /*, ... */"

/* The longest that takes a constant's place: "$", ten digits, and that. */
#define PA_MAX_SYMBOL 32

/* Room for what may be stored, and for a character that is cut there. */
#define PA_TEXT_ROOM (PA_MAX_TEXT + MAX_MULTIBYTE_CHAR_LEN)

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

/* ---- reading single literals ---- */

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* True for what may continue a word: scan.l's ident_cont. */
static inline bool
continues_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
		IS_HIGHBIT_SET(c);
}

/*
 * Gives the length of a decimal number, 0 for what is not certainly one:
 * hexadecimal, with underscores, or with something right behind it.
 */
static int
number_length(const char *at)
{
	const char *end = at;

	while (is_digit(*end))
		end++;
	if (*end == '.')
		end++;
	while (is_digit(*end))
		end++;
	if (end - at == 1 && at[0] == '.')
		return 0;
	if (*end == 'e' || *end == 'E')
	{
		end++;
		if (*end == '+' || *end == '-')
			end++;
		if (!is_digit(*end))
			return 0;
		while (is_digit(*end))
			end++;
	}
	return continues_word(*end) || *end == '.' ? 0 : end - at;
}

/*
 * Gives the length of a plain string, 0 for one with a backslash, which means
 * something or nothing by a setting, and for one that may go on in a further
 * line.
 */
static int
string_length(const char *at)
{
	const char *end = at + 1;
	const char *next;

	for (;; end++)
	{
		if (*end == '\0' || *end == '\\')
			return 0;
		if (*end != '\'')
			continue;
		if (end[1] != '\'')
			break;
		end++;
	}
	end++;
	for (next = end; scanner_isspace(*next); next++)
		;
	if (*next == '\'' || (next[0] == '-' && next[1] == '-'))
		return 0;
	return end - at;
}

/* Gives the length of a word, as TRUE; 0 when it is the prefix of a string. */
static int
word_length(const char *at)
{
	const char *end = at;

	while (continues_word(*end))
		end++;
	return *end == '\'' || *end == '&' ? 0 : end - at;
}

int
pa_text_constant_length(const char *at)
{
	const char *number = at + 1;
	int			length;

	if (*at == '\'')
		return string_length(at);
	if (is_digit(*at) || *at == '.')
		return number_length(at);
	if (*at != '-')
		return *at == '$' ? 0 : word_length(at);
	while (*number == ' ')
		number++;
	length = is_digit(*number) || *number == '.' ? number_length(number) : 0;
	return length == 0 ? 0 : length + (number - at);
}

/* ---- the two ways to find where constants end ---- */

/*
 * Finds the length of each constant by looking at it alone.  False when one
 * of them takes the scanner.
 */
static bool
measure_alone(const char *text, int len, PaConstant *constants, int count)
{
	int			end = 0;

	for (int i = 0; i < count; i++)
	{
		PaConstant *constant = &constants[i];

		if (constant->location < end || constant->location >= len)
			constant->length = 0;	/* a duplicate, or of another statement */
		else if (!constant->squashed)
		{
			constant->length = pa_text_constant_length(text + constant->location);
			if (constant->length == 0)
				return false;
		}
		if (constant->length > 0)
			end = constant->location + constant->length;
	}
	return true;
}

/* The same by reading the whole text with core's scanner. */
static void
measure_scanning(const char *text, int len, PaConstant *constants, int count)
{
	char	   *copy = pnstrdup(text, len);
	PaTokenStream stream;
	int			end = 0;
	bool		more = true;

	open_stream(&stream, copy);
	for (int i = 0; i < count; i++)
	{
		PaConstant *constant = &constants[i];
		PaToken		found = {constant->location, constant->length};

		if (constant->location < end || constant->location >= len)
			found.length = 0;
		else if (!constant->squashed)
		{
			more = more && find_constant(&stream, constant->location, &found);
			if (!more)
				found.length = 0;
		}
		constant->location = found.location;
		constant->length = found.length;
		if (constant->length > 0)
			end = constant->location + constant->length;
	}
	scanner_finish(stream.scanner);
	pfree(copy);
}

/* ---- putting the text together ---- */

/* A text that ends where its room ends. */
typedef struct PaBoundedText
{
	char	   *data;
	int			len;
	int			room;
} PaBoundedText;

static inline void
append(PaBoundedText *text, const char *from, int len)
{
	len = Min(len, text->room - text->len);
	memcpy(text->data + text->len, from, len);
	text->len += len;
}

/* Replaces the constants by $n; NULL when there is no memory. */
static char *
replace_constants(const char *text, int len, const PaConstant *constants, int count, int number)
{
	Size		most = (Size) len + (Size) count * PA_MAX_SYMBOL;
	PaBoundedText result = {NULL, 0, Min(most, PA_TEXT_ROOM)};
	int			copied = 0;

	result.data = palloc_extended(result.room + 1, MCXT_ALLOC_NO_OOM);
	if (result.data == NULL)
		return NULL;
	for (int i = 0; i < count && result.len < result.room; i++)
	{
		const PaConstant *constant = &constants[i];
		char		symbol[PA_MAX_SYMBOL] = "$";

		if (constant->length <= 0 || constant->location < copied ||
			constant->location + constant->length > len)
			continue;
		append(&result, text + copied, constant->location - copied);
		append(&result, symbol, 1 + pg_ltoa(++number, symbol + 1));
		if (constant->squashed)
			append(&result, PA_SQUASHED, strlen(PA_SQUASHED));
		copied = constant->location + constant->length;
	}
	append(&result, text + copied, len - copied);
	result.data[result.len] = '\0';
	return result.data;
}

/*
 * Gives the constants in the order of the text, relative to its start; NULL
 * when there is no memory.  "few" is used when it has room for all.
 */
static PaConstant *
list_constants(const JumbleState *jstate, int start, PaConstant *few, int *count)
{
	PaConstant *constants = few;

	*count = 0;
	if (jstate == NULL || jstate->clocations_count == 0)
		return constants;
	if (jstate->clocations_count > PA_FEW_CONSTANTS)
		constants = palloc_extended(sizeof(PaConstant) * jstate->clocations_count,
									MCXT_ALLOC_NO_OOM | MCXT_ALLOC_HUGE);
	if (constants == NULL)
		return NULL;
	*count = pa_jumble_constants(jstate, constants);
	if (*count > 1)
		qsort(constants, *count, sizeof(PaConstant), compare_constants);
	for (int i = 0; i < *count; i++)
		constants[i].location -= start;
	return constants;
}

static char *
normalize(const char *source, int location, int len, const JumbleState *jstate, bool scanning)
{
	const char *text = CleanQuerytext(source, &location, &len);
	PaConstant	few[PA_FEW_CONSTANTS];
	PaConstant *constants;
	int			count;
	char	   *result = NULL;

	constants = list_constants(jstate, location, few, &count);
	if (constants == NULL)
		return NULL;
	if (scanning)
		measure_scanning(text, len, constants, count);
	if (scanning || measure_alone(text, len, constants, count))
		result = replace_constants(text, len, constants, count,
								   jstate == NULL ? 0 : jstate->highest_extern_param_id);
	if (constants != few)
		pfree(constants);
	return result;
}

char *
pa_text_normalize(const char *source, int location, int len, const JumbleState *jstate)
{
	return normalize(source, location, len, jstate, false);
}

char *
pa_text_normalize_scanning(const char *source, int location, int len, const JumbleState *jstate)
{
	return normalize(source, location, len, jstate, true);
}

/* ---- every literal ---- */

/* Words in a text beside which a value may be a secret. */
static const char *const secret_words[] = {"passw", "secret", "token", "credential", "api_key", "apikey"};

/* Settings of the server whose value may hold one. */
static const char *const secret_settings[] = {"conninfo", "_command"};

/* True when one of the words stands in the text, in any case. */
static bool
mentions(const char *text, int len, const char *const *words, int nwords)
{
	for (int i = 0; i < len; i++)
	{
		for (int w = 0; w < nwords; w++)
		{
			int			word_len = strlen(words[w]);

			if (word_len <= len - i && pg_strncasecmp(text + i, words[w], word_len) == 0)
				return true;
		}
	}
	return false;
}

bool
pa_text_mentions_secret(const char *text, int len)
{
	return mentions(text, len, secret_words, lengthof(secret_words));
}

/* True when a setting is an extension's or an application's, or may be secret. */
static bool
is_secret_setting(const char *name, int len)
{
	return memchr(name, '.', len) != NULL || pa_text_mentions_secret(name, len) ||
		mentions(name, len, secret_settings, lengthof(secret_settings));
}

static bool
is_word(const PaTokenStream *stream, const PaToken *token, const char *word)
{
	return token->length == (int) strlen(word) &&
		pg_strncasecmp(stream->text + token->location, word, token->length) == 0;
}

/* True for what the name of a setting may consist of. */
static bool
is_name(const PaTokenStream *stream, const PaToken *token)
{
	char		first = stream->text[token->location];

	return first == '.' || first == '"' || (continues_word(first) && !is_digit(first) && first != '$');
}

/*
 * Gives where a value starts that is to be hidden whatever it is: the grammar
 * takes words and quoted names, too, in SET name TO value and the ALTERs that
 * end with it.  -1 when there is none.
 */
static int
find_setting_value(const char *text)
{
	PaTokenStream stream;
	PaToken		token;
	bool		after_set = false;
	int			name = -1;
	int			value = -1;

	open_stream(&stream, text);
	if (next_token(&stream, &token) &&
		((after_set = is_word(&stream, &token, "set")) || is_word(&stream, &token, "alter")))
	{
		while (next_token(&stream, &token))
		{
			if (name >= 0 && (is_word(&stream, &token, "to") || text[token.location] == '='))
			{
				if (is_secret_setting(text + name, token.location - name) && next_token(&stream, &token))
					value = token.location;
				break;
			}
			if (!after_set)
				after_set = is_word(&stream, &token, "set");
			else if (!is_name(&stream, &token))
			{
				after_set = false;
				name = -1;
			}
			else if (name < 0 && !is_word(&stream, &token, "session") && !is_word(&stream, &token, "local"))
				name = token.location;
		}
	}
	scanner_finish(stream.scanner);
	return value;
}

/*
 * Gives the statement's text with every literal as $n, numbered after the
 * highest parameter in the text, and so the value of a setting that may be a
 * secret.
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
	int			hidden = find_setting_value(text);

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
		if (hidden >= 0 && token.location >= hidden)
			token.length = len - token.location;
		else if (!starts_literal(text + token.location))
			continue;
		appendBinaryStringInfo(&result, text + copied, token.location - copied);
		appendStringInfo(&result, "$%d", ++number);
		copied = token.location + token.length;
		if (copied >= len)
			break;
	}
	scanner_finish(stream.scanner);
	appendBinaryStringInfo(&result, text + copied, len - copied);
	pfree(text);
	return result.data;
}

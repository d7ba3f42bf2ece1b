/*-------------------------------------------------------------------------
 *
 * query_text.c
 *		The text of a statement as the present user may see it.
 *
 * Numbers are everybody's.  Texts, and what identifies them (queryid and
 * planid are hashes that can be computed from a guess), are shown to the
 * statement's own user and to members of pg_read_all_stats, as
 * pg_stat_statements does.
 *
 * Texts are stored in the encoding of the database they were run in, and the
 * views show all databases.  One text that this database's encoding cannot
 * represent must not make the whole view fail, so its other characters are
 * shown and those are replaced by question marks.
 *
 * IDENTIFICATION
 *		src/report/query_text.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/memutils.h"

#include "report/query_text.h"
#include "store/store.h"

#define PA_TEXT_EVICTED "<evicted>"

bool
pa_report_may_see(Oid userid)
{
	return userid == GetUserId() ||
		has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_STATS);
}

/* Replaces, in place, every byte that is not plain ASCII. */
static char *
replace_non_ascii(char *text)
{
	for (char *p = text; *p; p++)
	{
		if (IS_HIGHBIT_SET(*p))
			*p = '?';
	}
	return text;
}

/*
 * Converts a text, in place or to a new one, to the database's encoding, as pg_any_to_server() does but
 * without its errors.
 */
char *
pa_report_convert_text(char *text, int encoding)
{
	int			len = strlen(text);
	int			server = GetDatabaseEncoding();
	Oid			proc;
	char	   *result;
	int			converted;

	if (encoding == server || encoding == PG_SQL_ASCII || server == PG_SQL_ASCII)
	{
		if (pg_verify_mbstr(server, text, len, true))
			return text;
		return replace_non_ascii(text);
	}

	proc = FindDefaultConversionProc(encoding, server);
	if (!OidIsValid(proc))
		return replace_non_ascii(text);

	/* The longest that a conversion can make of it; texts are short. */
	if ((Size) len >= MaxAllocSize / MAX_CONVERSION_GROWTH)
		return replace_non_ascii(text);
	result = palloc((Size) len * MAX_CONVERSION_GROWTH + 1);
	converted = pg_do_encoding_conversion_buf(proc, encoding, server,
											  (unsigned char *) text, len,
											  (unsigned char *) result,
											  len * MAX_CONVERSION_GROWTH + 1,
											  true);
	if (converted == len)
		return result;
	pfree(result);
	return replace_non_ascii(text);
}

char *
pa_report_query_text(const PaShapeKey *shape)
{
	char	   *text;
	int			encoding;

	if (shape->queryid == 0)
		return pstrdup(PA_TEXT_EVICTED);
	if (!pa_report_may_see(shape->userid))
		return pstrdup(PA_REPORT_HIDDEN);

	text = pa_store_read_text(shape, &encoding);
	return text ? pa_report_convert_text(text, encoding) : NULL;
}

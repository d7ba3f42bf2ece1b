/*-------------------------------------------------------------------------
 *
 * preload_hint.c
 *		Says how to load the library at server start when it is not.
 *
 * The hint is a line to copy.  shared_preload_libraries is a quoted list, so
 * its entries must be given to ALTER SYSTEM one by one: as one string with
 * commas they would become one library with a strange name, and the server
 * would not start any more.
 *
 * IDENTIFICATION
 *		src/report/preload_hint.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_authid.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/varlena.h"

#include "report/preload_hint.h"

#define PA_LIBRARY_NAME "perf_advisor"

/* True when the entry names our library, with or without a folder or suffix. */
static bool
is_our_library(const char *entry)
{
	const char *slash = strrchr(entry, '/');
	const char *name = slash ? slash + 1 : entry;

	return strcmp(name, PA_LIBRARY_NAME) == 0 ||
		strcmp(name, PA_LIBRARY_NAME DLSUFFIX) == 0;
}

/*
 * Returns what to do, palloc'd.  The present entries are shown only to those
 * who may read the setting; others are told whom to ask.
 */
char *
pa_report_preload_hint(void)
{
	StringInfoData line;
	List	   *entries = NIL;
	ListCell   *lc;
	char	   *value;

	if (!has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_SETTINGS))
		return pstrdup("Ask an administrator to add " PA_LIBRARY_NAME
					   " to shared_preload_libraries and to restart the server.");

	value = pstrdup(GetConfigOption("shared_preload_libraries", true, false));

	/*
	 * The same splitter as the server start uses; it accepts what is set.
	 */
	if (!SplitDirectoriesString(value, ',', &entries))
		return pstrdup("Correct the list syntax of shared_preload_libraries, add "
					   PA_LIBRARY_NAME " to it and restart the server.");

	initStringInfo(&line);
	foreach(lc, entries)
	{
		char	   *entry = (char *) lfirst(lc);

		if (is_our_library(entry))
			return pstrdup("shared_preload_libraries names " PA_LIBRARY_NAME
						   " already: restart the server.");
		appendStringInfo(&line, "%s, ", quote_literal_cstr(entry));
	}
	appendStringInfoString(&line, quote_literal_cstr(PA_LIBRARY_NAME));

	return psprintf("Run ALTER SYSTEM SET shared_preload_libraries = %s; and restart the server.",
					line.data);
}

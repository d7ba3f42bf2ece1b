/*-------------------------------------------------------------------------
 *
 * index_ddl.c
 *		The statement that creates an advised index.
 *
 * IDENTIFICATION
 *		src/report/index_ddl.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "commands/defrem.h"
#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "report/index_ddl.h"

#define INDEX_SUFFIX "idx"

bool
pa_index_text_init(PaIndexText *text, const PaIndexSpec *spec,
				   const PaRelationFacts *table)
{
	memset(text, 0, sizeof(PaIndexText));
	text->spec = spec;
	text->table = table;

	for (int i = 0; i < spec->nkeys; i++)
	{
		text->columns[i] = pa_catalog_column_name(spec->relid,
												  spec->keys[i].attnum);
		if (text->columns[i] == NULL)
			return false;
	}
	return true;
}

char *
pa_index_column_list(const PaIndexText *text)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < text->spec->nkeys; i++)
	{
		const PaIndexKey *key = &text->spec->keys[i];

		appendStringInfo(&list, "%s%s%s", i == 0 ? "(" : ", ",
						 quote_identifier(text->columns[i]),
						 key->descending ? " DESC" : "");
		/* NULLs come last in ascending order and first in descending. */
		if (key->nulls_first != key->descending)
			appendStringInfoString(&list, key->nulls_first ?
								   " NULLS FIRST" : " NULLS LAST");
	}
	appendStringInfoChar(&list, ')');
	return list.data;
}

static char *
qualified_table(const PaIndexText *text)
{
	return quote_qualified_identifier(text->table->schemaname,
									  text->table->relname);
}

int64
pa_index_finding_id(const PaIndexText *text)
{
	char	   *canonical = psprintf("index CREATE INDEX ON %s USING btree %s",
									 qualified_table(text),
									 pa_index_column_list(text));

	return (int64) hash_bytes_extended((const unsigned char *) canonical,
									   strlen(canonical), 0);
}

static bool
is_taken(const List *taken, const char *name)
{
	ListCell   *lc;

	foreach(lc, taken)
	{
		if (strcmp(lfirst(lc), name) == 0)
			return true;
	}
	return false;
}

/*
 * Follows the names that CREATE INDEX would choose: table_column_column_idx,
 * cut to fit, with a number when that is taken.
 */
char *
pa_index_free_name(const PaIndexText *text, List **taken)
{
	StringInfoData columns;
	char	   *name;
	char	   *qualified;
	int			pass = 0;

	initStringInfo(&columns);
	for (int i = 0; i < text->spec->nkeys; i++)
		appendStringInfo(&columns, "%s%s", i == 0 ? "" : "_", text->columns[i]);

	for (;;)
	{
		char		label[NAMEDATALEN];

		if (pass == 0)
			strlcpy(label, INDEX_SUFFIX, sizeof(label));
		else
			snprintf(label, sizeof(label), INDEX_SUFFIX "%d", pass);
		name = makeObjectName(text->table->relname, columns.data, label);
		qualified = quote_qualified_identifier(text->table->schemaname, name);
		if (!OidIsValid(get_relname_relid(name, text->table->namespaceid)) &&
			!is_taken(*taken, qualified))
			break;
		pass++;
	}
	*taken = lappend(*taken, qualified);
	return name;
}

char *
pa_index_create_statement(const PaIndexText *text, const char *name)
{
	/* The root of a partitioned table knows no CONCURRENTLY. */
	bool		concurrently = text->table->relkind != RELKIND_PARTITIONED_TABLE;

	return psprintf("CREATE INDEX %s%s ON %s %s",
					concurrently ? "CONCURRENTLY " : "",
					quote_identifier(name),
					qualified_table(text),
					pa_index_column_list(text));
}

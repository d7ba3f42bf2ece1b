/*-------------------------------------------------------------------------
 *
 * foreign_key_hints.c
 *		Foreign keys without an index, for which no statement asks.
 *
 * A row of the parent that is deleted, or gets another key, has the server
 * look for rows that reference it.  Where such look-ups are recorded they are
 * statements like any other, and their index is judged in missing_indexes.
 * What is left is information: an index that nothing would use costs every
 * writer.  Only where nested statements are not recorded, so that the
 * look-ups would not be seen, do the server's own counters stand in for them.
 *
 * IDENTIFICATION
 *		src/report/foreign_key_hints.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "catalog/foreign_keys.h"
#include "config/config.h"
#include "report/foreign_key_hints.h"
#include "report/index_ddl.h"

/* Entering a row in one more index costs about as much as reading so many pages. */
#define PAGES_AN_ENTRY 2.0

/* True when some statement of the workload looks for the key's columns. */
static bool
is_looked_for(const PaAdvisor *advisor, const PaForeignKey *key)
{
	ListCell   *lc;

	foreach(lc, advisor->subjects)
	{
		ListCell   *lc2;

		foreach(lc2, ((PaAdvisorSubject *) lfirst(lc))->relations)
		{
			const PaRelationUse *use = lfirst(lc2);
			ListCell   *lc3;

			if (use->relid != key->relid)
				continue;
			foreach(lc3, use->columns)
			{
				const PaColumnUse *column = lfirst(lc3);

				if (column->attnum == key->attnums[0] &&
					(column->kind == PA_USE_EQUAL || column->kind == PA_USE_JOIN))
					return true;
			}
		}
	}
	return false;
}

/* "(customer_id, region)" */
static char *
key_columns(const PaForeignKey *key)
{
	StringInfoData columns;

	initStringInfo(&columns);
	for (int i = 0; i < key->nkeys; i++)
	{
		char	   *name = pa_catalog_column_name(key->relid, key->attnums[i]);

		if (name == NULL)
			return NULL;
		appendStringInfo(&columns, "%s%s", i > 0 ? ", " : "", quote_identifier(name));
	}
	return columns.data;
}

/* True when nobody would want to hear of the table. */
static bool
is_beneath_notice(const PaAdvisor *advisor, const PaRelationFacts *table)
{
	return table->is_catalog || table->is_extension ||
		table->persistence == RELPERSISTENCE_TEMP ||
		(table->relkind == RELKIND_RELATION &&
		 table->size < (int64) pa_guc_min_table_size * 1024) ||
		pa_ignore_rules_relation(advisor->rules, table->relid);
}

/* A b-tree index over the key's columns; those that fit. */
static PaIndexSpec *
make_spec(const PaForeignKey *key)
{
	PaIndexSpec *spec = palloc0(sizeof(PaIndexSpec));

	spec->relid = key->relid;
	spec->method = BTREE_AM_OID;
	while (spec->nkeys < key->nkeys && spec->nkeys < PA_MAX_INDEX_KEYS)
	{
		spec->keys[spec->nkeys].attnum = key->attnums[spec->nkeys];
		spec->nkeys++;
	}
	return spec;
}

/* The index that an earlier row, of another parent, has for these columns. */
static char *
same_fix(const List *hints, const PaIndexHint *row)
{
	ListCell   *lc;

	foreach(lc, hints)
	{
		const PaIndexHint *hint = lfirst(lc);

		if (hint->relid == row->relid && hint->fix != NULL &&
			strcmp(hint->kind, row->kind) == 0 &&
			strcmp(hint->column_name, row->column_name) == 0)
			return hint->fix;
	}
	return NULL;
}

/* NULL when something is gone. */
static char *
make_fix(const PaForeignKey *key, const PaRelationFacts *table, List **taken)
{
	PaIndexText text;

	if (!pa_index_text_init(&text, make_spec(key), table))
		return NULL;
	return pa_index_create_statement(&text, pa_index_free_name(&text, taken));
}

/*
 * True when the look-ups so far have read more than writers would have paid
 * for the index in the same time.
 */
static bool
pays_off(const PaForeignKey *key, const PaRelationFacts *table)
{
	double		pages = table->size / (double) BLCKSZ;

	if (table->relkind == RELKIND_PARTITIONED_TABLE)
	{
		PaPartitionFacts partitions;

		pa_catalog_partition_facts(table->relid, &partitions);
		pages = partitions.pages;
	}
	return key->parent_deletes * pages > key->writes * PAGES_AN_ENTRY;
}

/* Fills in hint and fix. */
static void
word_foreign_key(PaIndexHint *row, const PaForeignKey *key, const PaRelationFacts *table,
				 const PaRelationFacts *parent_facts, List *hints, List **taken)
{
	const char *name = quote_identifier(key->name);
	const char *parent = quote_qualified_identifier(parent_facts->schemaname,
													parent_facts->relname);

	if (key->parent_deletes == 0)
		row->hint = psprintf("No index serves the foreign key %s, and none is needed as long as no row of %s is deleted or gets another key, as now: each would read the whole table.",
							 name, parent);
	else if (pa_guc_enabled && pa_guc_track == PA_TRACK_ALL)
		row->hint = psprintf("No index serves the foreign key %s. " INT64_FORMAT " rows have been deleted from %s so far, but the recorded workload looks for no rows that reference them, so none is needed now. When rows of it are deleted again, or get another key, each reads the whole table, and perf_advisor.missing_indexes says whether an index pays off.",
							 name, key->parent_deletes, parent);
	else if (!pays_off(key, table))
		row->hint = psprintf("No index serves the foreign key %s: each row that is deleted from %s (" INT64_FORMAT " so far) makes the server read the whole table. That is too seldom to pay for an index that every new row has to be entered in; it is needed when more are deleted, or get another key.",
							 name, parent, key->parent_deletes);
	else
	{
		row->hint = psprintf("No index serves the foreign key %s: each row that is deleted from %s (" INT64_FORMAT " so far) makes the server read the whole table. What an index saves is only measured with perf_advisor.track = all.%s",
							 name, parent, key->parent_deletes,
							 table->relkind == RELKIND_PARTITIONED_TABLE ?
							 " The table is partitioned: CREATE INDEX blocks writes to all its partitions while it runs." : "");
		row->fix = same_fix(hints, row);
		if (row->fix == NULL)
			row->fix = make_fix(key, table, taken);
	}
}

static PaIndexHint *
make_foreign_key_hint(const PaAdvisor *advisor, const PaForeignKey *key, List *hints,
					  List **taken)
{
	PaIndexHint *row = palloc0(sizeof(PaIndexHint));
	PaRelationFacts table;
	PaRelationFacts parent;
	char	   *columns = key_columns(key);

	if (columns == NULL ||
		!pa_catalog_relation_facts(key->relid, &table) ||
		!pa_catalog_relation_facts(key->parent, &parent) ||
		is_beneath_notice(advisor, &table))
		return NULL;

	row->kind = "foreign_key";
	row->severity = "info";
	row->relid = key->relid;
	row->schemaname = table.schemaname;
	row->relname = table.relname;
	row->column_name = columns;
	row->queryids = palloc(sizeof(int64));
	word_foreign_key(row, key, &table, &parent, hints, taken);
	return row;
}

List *
pa_foreign_key_hints(List *hints, const PaAdvisor *advisor)
{
	List	   *taken = NIL;
	ListCell   *lc;

	foreach(lc, pa_catalog_bare_foreign_keys())
	{
		const PaForeignKey *key = lfirst(lc);
		PaIndexHint *row;

		if (is_looked_for(advisor, key))
			continue;
		row = make_foreign_key_hint(advisor, key, hints, &taken);
		if (row != NULL)
			hints = lappend(hints, row);
	}
	return hints;
}

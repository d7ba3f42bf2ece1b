/*-------------------------------------------------------------------------
 *
 * partitioned_invalid.c
 *		How to complete the index of a partitioned table.
 *
 * CREATE INDEX ON ONLY makes one that is not valid, and the last ALTER INDEX
 * .. ATTACH PARTITION makes it valid: when each partition has an index that is
 * attached to it, and valid.  What is missing is written down twice: as one
 * transaction, and as steps that do not block writes.
 *
 * IDENTIFICATION
 *		src/report/partitioned_invalid.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "commands/defrem.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "catalog/index_catalog.h"
#include "catalog/relation_facts.h"
#include "report/index_ddl.h"
#include "report/invalid_indexes.h"

/* Room for the rest in the name of an index. */
#define MAX_LABEL 40

typedef struct Completion
{
	const PaDescribedIndex *root;
	const char *root_name;		/* with its schema, quoted */
	const char *tail;			/* of CREATE INDEX, behind the table */
	const char *constraint;		/* "UNIQUE USING INDEX"; NULL: none */
	StringInfoData fix;			/* in one transaction */
	StringInfoData script;		/* without blocking writes */
	StringInfoData missing;		/* names of the partitions */
	StringInfoData broken;		/* names of their indexes */
	char	   *attached;		/* some index that is attached */
	bool		possible;
} Completion;

static void
add_name(StringInfo names, const char *name)
{
	appendStringInfo(names, "%s%s", names->len > 0 ? ", " : "", name);
}

/* What the partition's index needs to be attached to that of a constraint. */
static bool
find_constraint(Completion *completion)
{
	HeapTuple	tuple;
	Form_pg_constraint form;
	bool		known = true;

	if (!OidIsValid(completion->root->constraintid))
		return true;
	tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(completion->root->constraintid));
	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_constraint) GETSTRUCT(tuple);
	if (completion->root->exclusion)
		known = false;			/* cannot be made of an index */
	else
		completion->constraint = psprintf("%s USING INDEX",
										  form->contype == CONSTRAINT_PRIMARY ? "PRIMARY KEY" : "UNIQUE");
	ReleaseSysCache(tuple);
	return known;
}

/* The index of the partition that is attached, InvalidOid: it has none. */
static Oid
attached_index(const Completion *completion, const PaIndexEntry *entries, int count)
{
	for (int i = 0; i < count; i++)
	{
		if (pa_catalog_parent_of(entries[i].indexid) == completion->root->indexid)
			return entries[i].indexid;
	}
	return InvalidOid;
}

/*
 * An index of the partition that has the same definition, column names and
 * all, and is attached to nothing.
 */
static char *
index_to_attach(const Completion *completion, const PaIndexEntry *entries, int count)
{
	for (int i = 0; i < count; i++)
	{
		char	   *tail;

		if (!entries[i].valid || entries[i].unique != completion->root->unique ||
			completion->constraint != NULL ||
			get_rel_relispartition(entries[i].indexid))
			continue;
		tail = pa_index_definition_tail(entries[i].indexid);
		if (tail != NULL && strcmp(tail, completion->tail) == 0)
			return pa_index_qualified_name(entries[i].indexid);
	}
	return NULL;
}

/* A free name for the partition's index, after the root's, not quoted. */
static char *
name_for_partition(const Completion *completion, const PaRelationFacts *partition)
{
	const char *label = completion->root->name;
	const char *table = get_rel_name(completion->root->relid);
	int			length = table != NULL ? strlen(table) : 0;
	char		clipped[MAX_LABEL + 1];

	if (length > 0 && strncmp(label, table, length) == 0 &&
		label[length] == '_' && label[length + 1] != '\0')
		label += length + 1;
	strlcpy(clipped, label, pg_mbcliplen(label, strlen(label), MAX_LABEL) + 1);
	return ChooseRelationName(partition->relname, NULL, clipped,
							  partition->namespaceid, completion->constraint != NULL);
}

/* Creates the index of one partition in both scripts. */
static char *
create_index(Completion *completion, const PaRelationFacts *partition)
{
	const char *unique = completion->root->unique ? "UNIQUE " : "";
	const char *table = quote_qualified_identifier(partition->schemaname, partition->relname);
	char	   *name = name_for_partition(completion, partition);
	const char *quoted = quote_identifier(name);
	/* a partition that is partitioned knows no CONCURRENTLY */
	const char *word = partition->relkind == RELKIND_RELATION ? "CONCURRENTLY " : "";

	appendStringInfo(&completion->fix, "CREATE %sINDEX %s ON %s %s;\n",
					 unique, quoted, table, completion->tail);
	appendStringInfo(&completion->script, "CREATE %sINDEX %s%s ON %s %s;\n",
					 unique, word, quoted, table, completion->tail);
	if (completion->constraint != NULL)
	{
		char	   *add = psprintf("ALTER TABLE %s ADD CONSTRAINT %s %s %s;\n",
								   table, quoted, completion->constraint, quoted);

		appendStringInfoString(&completion->fix, add);
		appendStringInfoString(&completion->script, add);
	}
	return quote_qualified_identifier(partition->schemaname, name);
}

static void
attach(Completion *completion, const char *name)
{
	char	   *sql = psprintf("ALTER INDEX %s ATTACH PARTITION %s;\n",
							   completion->root_name, name);

	appendStringInfoString(&completion->fix, sql);
	appendStringInfoString(&completion->script, sql);
}

/* A partition that has the index: valid, or to be mended. */
static void
look_at_attached(Completion *completion, Oid indexid)
{
	char	   *name = pa_index_qualified_name(indexid);
	PaIndexEntry entry;

	if (name == NULL || !pa_catalog_index_entry(indexid, &entry))
		return;
	completion->attached = name;
	if (entry.valid)
		return;
	add_name(&completion->broken, name);
	if (get_rel_relkind(indexid) == RELKIND_PARTITIONED_INDEX)
	{
		/* it has a row of its own, and makes this one valid with it */
		completion->possible = false;
		return;
	}
	appendStringInfo(&completion->fix, "REINDEX INDEX %s;\n", name);
	appendStringInfo(&completion->script, "REINDEX INDEX CONCURRENTLY %s;\n", name);
}

/* One direct partition of the table. */
static void
look_at_partition(Completion *completion, Oid relid, const PaIndexEntry *entries,
				  int count)
{
	Oid			indexid = attached_index(completion, entries, count);
	PaRelationFacts partition;
	char	   *name;

	if (OidIsValid(indexid))
	{
		look_at_attached(completion, indexid);
		return;
	}
	if (!pa_catalog_relation_facts(relid, &partition))
		return;
	add_name(&completion->missing,
			 quote_qualified_identifier(partition.schemaname, partition.relname));
	if ((partition.relkind != RELKIND_RELATION &&
		 partition.relkind != RELKIND_PARTITIONED_TABLE) ||
		(partition.relkind == RELKIND_PARTITIONED_TABLE && completion->constraint != NULL))
	{
		completion->possible = false;	/* a foreign table has no indexes */
		return;
	}
	name = index_to_attach(completion, entries, count);
	if (name == NULL)
		name = create_index(completion, &partition);
	attach(completion, name);
	completion->attached = NULL;
}

static void
look_at_partitions(Completion *completion)
{
	List	   *partitions = pa_catalog_partitions(completion->root->relid);
	int			count;
	PaIndexEntry *entries = pa_catalog_index_entries(&count);
	ListCell   *lc;
	bool		attaching = false;

	foreach(lc, partitions)
	{
		Oid			relid = lfirst_oid(lc);
		int			from = 0;
		int			upto;

		while (from < count && entries[from].relid != relid)
			from++;
		for (upto = from; upto < count && entries[upto].relid == relid; upto++)
			;
		look_at_partition(completion, relid, &entries[from], upto - from);
		attaching = attaching || completion->missing.len > 0;
	}
	/* to attach again what is attached makes the index look whether it is valid */
	if (!attaching && completion->attached != NULL)
		attach(completion, completion->attached);
	pfree(entries);
}

static char *
reason_of(const Completion *completion)
{
	StringInfoData reason;

	initStringInfo(&reason);
	appendStringInfoString(&reason, "Partitions that have it use it, the others do without.");
	if (completion->missing.len > 0)
		appendStringInfo(&reason, " Partitions without it: %s.", completion->missing.data);
	if (completion->broken.len > 0)
		appendStringInfo(&reason, " Its partitions that are not valid: %s.", completion->broken.data);
	if (completion->missing.len == 0 && completion->broken.len == 0)
		appendStringInfoString(&reason, completion->attached != NULL ?
							   " Every partition has it by now." : " The table has no partitions yet.");
	return reason.data;
}

void
pa_invalid_partitioned(PaInvalidRow *row, const PaDescribedIndex *index)
{
	Completion	completion = {0};

	row->kind = "incomplete";
	completion.root = index;
	completion.root_name = pa_index_qualified_name(index->indexid);
	completion.tail = pa_index_definition_tail(index->indexid);
	initStringInfo(&completion.fix);
	initStringInfo(&completion.script);
	initStringInfo(&completion.missing);
	initStringInfo(&completion.broken);
	completion.possible = find_constraint(&completion);
	if (completion.root_name == NULL || completion.tail == NULL)
	{
		row->reason = pstrdup("The table is locked by another session just now: read again.");
		return;
	}
	look_at_partitions(&completion);
	row->reason = reason_of(&completion);
	if (!completion.possible)
	{
		row->reason = psprintf("%s No statement can be given for all of them: see the rows of those, if there are any.",
							   row->reason);
		return;
	}
	if (completion.fix.len == 0)
		return;
	row->fix = completion.fix.data;
	if (strcmp(completion.fix.data, completion.script.data) != 0)
		row->fix_script = completion.script.data;
}

/*-------------------------------------------------------------------------
 *
 * invalid_indexes.c
 *		Indexes that no query may use, and how to get rid of that.
 *
 * They are left behind by what was done CONCURRENTLY and failed.  Where a valid
 * index does the same, they can go; else somebody wanted them, and they are to
 * be built.  The index of a partitioned table lacks some partition.
 *
 * IDENTIFICATION
 *		src/report/invalid_indexes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <ctype.h>

#include "access/xlog.h"
#include "catalog/pg_class.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"

#include "analyze/redundancy.h"
#include "catalog/index_builds.h"
#include "catalog/index_catalog.h"
#include "report/ignore_rules.h"
#include "report/index_ddl.h"
#include "report/invalid_indexes.h"

/* ---- what it is ---- */

static bool
is_usable(const PaIndexEntry *entry)
{
	return entry->valid && entry->ready && entry->live;
}

/* True when the name ends as REINDEX CONCURRENTLY has it: "_ccnew", "_ccold2". */
static bool
has_suffix(const char *name, const char *suffix)
{
	int			length = strlen(name);

	while (length > 0 && isdigit((unsigned char) name[length - 1]))
		length--;
	return length > (int) strlen(suffix) &&
		strncmp(name + length - strlen(suffix), suffix, strlen(suffix)) == 0;
}

static bool
is_reindex_leftover(const char *name)
{
	return has_suffix(name, "_ccnew") || has_suffix(name, "_ccold");
}

/* An index of the same table, valid or not, that is to do what this one was. */
static Oid
find_other(const PaIndexEntry *entries, int count, const PaDescribedIndex *index,
		   bool valid)
{
	for (int i = 0; i < count; i++)
	{
		PaDescribedIndex *other;

		if (is_usable(&entries[i]) != valid || !entries[i].live ||
			entries[i].relid != index->relid)
			continue;
		other = pa_catalog_describe_index(entries[i].indexid);
		if (other != NULL && (valid || !is_reindex_leftover(other->name)) &&
			pa_analyze_redundancy(index, other) >= PA_REDUNDANT_PREFIX)
			return other->indexid;
	}
	return InvalidOid;
}

/*
 * A valid index that makes this one superfluous, or 0.  A copy that REINDEX made
 * is superfluous beside one that is not valid, too: that is to be mended.
 */
static Oid
find_substitute(const PaIndexEntry *entries, int count, const PaDescribedIndex *index)
{
	Oid			other = find_other(entries, count, index, true);

	if (!OidIsValid(other) && is_reindex_leftover(index->name))
		other = find_other(entries, count, index, false);
	return other;
}

/* ---- what it costs ---- */

static void
say_cost(StringInfo reason, const PaIndexEntry *entry)
{
	if (!entry->live)
		appendStringInfoString(reason, " It only takes space: no query uses it, and no write keeps it up to date.");
	else if (!entry->ready)
		appendStringInfoString(reason, " No query uses it and no write keeps it up to date,"
							   " but updates of its columns cannot be HOT.");
	else
		appendStringInfo(reason, " No query uses it, but every write pays for it%s.",
						 entry->unique ? ", and rows that break its uniqueness are rejected" : "");
}

/* ---- an index with storage ---- */

static void
say_origin(StringInfo reason, PaInvalidRow *row, const PaIndexEntry *entry)
{
	if (!entry->live)
	{
		row->kind = "drop_failed";
		appendStringInfoString(reason, "DROP INDEX CONCURRENTLY of it did not finish.");
	}
	else if (is_reindex_leftover(row->indexrelname))
	{
		row->kind = "reindex_failed";
		appendStringInfoString(reason, has_suffix(row->indexrelname, "_ccnew") ?
							   "REINDEX CONCURRENTLY failed and left it behind: the new copy of an index." :
							   "REINDEX CONCURRENTLY did not finish and left it behind: the old copy of an index.");
	}
	else
	{
		row->kind = "build_failed";
		appendStringInfoString(reason, entry->ready ?
							   "CREATE INDEX CONCURRENTLY of it, or DROP INDEX CONCURRENTLY, did not finish." :
							   "CREATE INDEX CONCURRENTLY of it failed.");
	}
}

/* It can go: nothing is lost. */
static void
advise_drop(PaInvalidRow *row, StringInfo reason)
{
	PaIndexDrop drop;

	if (pa_index_drop(row->indexrelid, &drop) == PA_DROP_LOCKED)
		appendStringInfoString(reason, " The table is locked by another session just now: read again for fix.");
	row->fix = drop.fix;
	/* nobody can create an index on a TOAST table, or wants a copy back */
	if (get_rel_relkind(row->relid) == RELKIND_TOASTVALUE ||
		is_reindex_leftover(row->indexrelname))
		return;
	row->undo = drop.undo;
	row->undo_rest = drop.undo_rest;
}

/* Somebody wanted it, and there is no other one like it. */
static void
advise_rebuild(PaInvalidRow *row, StringInfo reason, const PaDescribedIndex *index)
{
	char	   *name = pa_index_qualified_name(index->indexid);

	appendStringInfoString(reason, " No valid index does its work: build it anew.");
	if (index->unique)
		appendStringInfoString(reason, " If it failed because of duplicates, that fails as well"
							   " until they are gone, names one of them, and leaves a further copy.");
	if (name == NULL)
		return;
	if (index->exclusion)
		row->fix = psprintf("REINDEX INDEX %s", name);	/* knows no CONCURRENTLY */
	else
		row->fix = psprintf("REINDEX INDEX CONCURRENTLY %s", name);
}

static void
fill_plain(PaInvalidRow *row, const PaIndexEntry *entries, int count,
		   const PaIndexEntry *entry, const PaDescribedIndex *index)
{
	Oid			substitute = find_substitute(entries, count, index);
	char	   *name = OidIsValid(substitute) ? pa_index_qualified_name(substitute) : NULL;
	PaIndexEntry other;
	StringInfoData reason;

	initStringInfo(&reason);
	say_origin(&reason, row, entry);
	say_cost(&reason, entry);
	if (name != NULL)
		appendStringInfo(&reason, pa_catalog_index_entry(substitute, &other) && is_usable(&other) ?
						 " %s does its work." : " %s, of which it is a copy, is to be mended.", name);
	if (name != NULL || !entry->live)
		advise_drop(row, &reason);
	else
		advise_rebuild(row, &reason, index);
	if (RecoveryInProgress())
		appendStringInfoString(&reason, " It may also be that the primary is building it at this moment.");
	row->reason = reason.data;
}

/* ---- all of them ---- */

/* Temporary tables belong to their sessions. */
static bool
is_of_interest(const PaIgnoreRules *rules, Oid relid)
{
	char		relkind = get_rel_relkind(relid);

	return (relkind == RELKIND_RELATION || relkind == RELKIND_MATVIEW ||
			relkind == RELKIND_PARTITIONED_TABLE || relkind == RELKIND_TOASTVALUE) &&
		get_rel_persistence(relid) != RELPERSISTENCE_TEMP &&
		!pa_ignore_rules_relation(rules, relid);
}

/* NULL when the index is gone. */
static PaInvalidRow *
make_row(const PaIndexEntry *entries, int count, const PaIndexEntry *entry)
{
	PaDescribedIndex *index = pa_catalog_describe_index(entry->indexid);
	PaInvalidRow *row = palloc0(sizeof(PaInvalidRow));

	if (index == NULL)
		return NULL;
	row->relid = entry->relid;
	row->relname = get_rel_name(entry->relid);
	row->schemaname = get_namespace_name(get_rel_namespace(entry->relid));
	row->indexrelname = index->name;
	row->indexrelid = entry->indexid;
	row->index_size = index->size;
	if (row->relname == NULL || row->schemaname == NULL)
		return NULL;
	if (index->partitioned)
		pa_invalid_partitioned(row, index);
	else
		fill_plain(row, entries, count, entry, index);
	return row;
}

static int
compare_rows(const ListCell *a, const ListCell *b)
{
	const PaInvalidRow *one = lfirst(a);
	const PaInvalidRow *other = lfirst(b);

	if (one->index_size != other->index_size)
		return one->index_size > other->index_size ? -1 : 1;
	return one->indexrelid < other->indexrelid ? -1 : 1;
}

/* The indexes of one table among all, which are sorted by it. */
static const PaIndexEntry *
entries_of_table(const PaIndexEntry *entries, int count, int at, int *found)
{
	int			from = at;
	int			upto = at + 1;

	while (from > 0 && entries[from - 1].relid == entries[at].relid)
		from--;
	while (upto < count && entries[upto].relid == entries[at].relid)
		upto++;
	*found = upto - from;
	return &entries[from];
}

List *
pa_report_invalid_indexes(void)
{
	PaIgnoreRules *rules = pa_ignore_rules(PA_CATEGORY_INDEX);
	PaIndexBuilds *builds = NULL;
	List	   *rows = NIL;
	int			count;
	PaIndexEntry *entries = pa_catalog_index_entries(&count);

	for (int i = 0; i < count; i++)
	{
		PaIndexEntry entry = entries[i];
		const PaIndexEntry *of_table;
		PaInvalidRow *row;
		int			ntable;

		if (is_usable(&entry) || !is_of_interest(rules, entry.relid))
			continue;
		CHECK_FOR_INTERRUPTS();
		if (builds == NULL)
			builds = pa_catalog_index_builds();
		/* what was in progress before we looked for that may be valid by now */
		if (pa_catalog_is_being_built(builds, entry.relid, entry.indexid) ||
			!pa_catalog_index_entry(entry.indexid, &entry) || is_usable(&entry))
			continue;
		of_table = entries_of_table(entries, count, i, &ntable);
		row = make_row(of_table, ntable, &entry);
		if (row != NULL)
			rows = lappend(rows, row);
	}
	list_sort(rows, compare_rows);
	return rows;
}

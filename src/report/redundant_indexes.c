/*-------------------------------------------------------------------------
 *
 * redundant_indexes.c
 *		Indexes that another index of the same table makes superfluous.
 *
 * One pass over pg_index finds the tables of which two indexes begin with the
 * same column; only their indexes are read in full and compared, table by
 * table.  Partitioned tables come before their partitions: a partition's
 * index that will go with its root's is nobody's reason to drop another one.
 *
 * IDENTIFICATION
 *		src/report/redundant_indexes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/index.h"
#include "catalog/pg_inherits.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "analyze/redundancy.h"
#include "catalog/index_catalog.h"
#include "catalog/index_facts.h"
#include "catalog/relation_facts.h"
#include "report/ignore_rules.h"
#include "report/index_ddl.h"
#include "report/redundant_indexes.h"

/* The indexes of one table, in an array of all. */
typedef struct TableIndexes
{
	const PaIndexEntry *entries;
	int			count;
	int			depth;			/* in its partition tree */
} TableIndexes;

typedef struct RedundantState
{
	PaIgnoreRules *rules;
	MemoryContext rows_context;
	List	   *rows;			/* of PaRedundantRow * */
	List	   *leaving;		/* OIDs of indexes of partitioned tables */
} RedundantState;

/* ---- the sentence ---- */

/* Why, of two that can do the same, this is the one that stays. */
static void
say_why_it_stays(StringInfo reason, const PaDescribedIndex *index,
				 const PaDescribedIndex *by)
{
	if (by->primary)
		appendStringInfoString(reason, ", which is the primary key's");
	else if (OidIsValid(by->constraintid))
		appendStringInfoString(reason, ", which a constraint needs");
	else if (by->unique && !index->unique)
		appendStringInfoString(reason, ", which enforces uniqueness as well");
	else if (by->replica_identity)
		appendStringInfoString(reason, ", which is the table's replica identity");
	else if (by->clustered)
		appendStringInfoString(reason, ", which CLUSTER uses");
	else if (by->referenced)
		appendStringInfoString(reason, ", which foreign keys refer to");
	else if (by->attached)
		appendStringInfoString(reason, ", which belongs to the index of the partitioned table");
	else if (by->scans != index->scans)
		appendStringInfo(reason, ", which is scanned more often (" INT64_FORMAT
						 " times against " INT64_FORMAT ")", by->scans, index->scans);
	else
		appendStringInfoString(reason, ", which is older");
}

static void
say_what_goes_too(StringInfo reason, const PaDescribedIndex *index)
{
	char	   *name;

	if (!OidIsValid(index->constraintid))
		return;
	name = get_constraint_name(index->constraintid);
	if (name != NULL)
		appendStringInfo(reason, " The constraint %s goes with it: the other one enforces the same,"
						 " but ON CONFLICT ON CONSTRAINT would have to name that one.",
						 quote_identifier(name));
}

static char *
reason_text(const PaRedundantIndex *redundant, const char *covered_by)
{
	const PaDescribedIndex *index = redundant->index;
	const PaDescribedIndex *by = redundant->by;
	StringInfoData reason;

	initStringInfo(&reason);
	switch (redundant->redundancy)
	{
		case PA_REDUNDANT_DUPLICATE:
			appendStringInfo(&reason, "It has the same keys as %s", covered_by);
			say_why_it_stays(&reason, index, by);
			appendStringInfoString(&reason, ". Every write pays for both.");
			say_what_goes_too(&reason, index);
			break;
		case PA_REDUNDANT_PREFIX:
			appendStringInfo(&reason, index->nkeys < by->nkeys ?
							 "Its keys are the leading keys of %s" :
							 "Its keys are those of %s, which has more columns", covered_by);
			appendStringInfoString(&reason, "; every search and every ordering that it serves,"
								   " the other one serves as well. Every write pays for both.");
			break;
		case PA_REDUNDANT_SIZE:
			appendStringInfo(&reason, "%s does all that it does, but is %.1f times its size, and it was scanned "
							 INT64_FORMAT " times: keep it, unless writes to the table matter more.",
							 covered_by, (double) by->size / Max(index->size, 1), index->scans);
			break;
		default:
			appendStringInfo(&reason, "%s has the same columns for all rows that it has, and for others."
							 " It may be kept as the smaller one, if queries for its rows are frequent.",
							 covered_by);
			break;
	}
	return reason.data;
}

/* The index itself, or those of the partitions. */
static List *
members_of(const PaDescribedIndex *index)
{
	return index->partitioned ?
		find_all_inheritors(index->indexid, NoLock, NULL) : list_make1_oid(index->indexid);
}

/*
 * True when the planner has statistics of some expression from "index" and not
 * from "by": those come with the next ANALYZE.  Partitions have their own.
 */
static bool
has_only_statistics(const PaDescribedIndex *index, const PaDescribedIndex *by)
{
	List	   *others = members_of(by);
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, members_of(index))
	{
		Oid			relid = IndexGetRelation(lfirst_oid(lc), true);

		foreach(lc2, others)
		{
			if (OidIsValid(relid) && IndexGetRelation(lfirst_oid(lc2), true) == relid &&
				!pa_catalog_has_statistics_of(relid, lfirst_oid(lc2), lfirst_oid(lc)))
				return true;
		}
	}
	return false;
}

/* ---- rows ---- */

static const char *
kind_of(PaRedundancy redundancy)
{
	switch (redundancy)
	{
		case PA_REDUNDANT_DUPLICATE:
			return "duplicate";
		case PA_REDUNDANT_PREFIX:
			return "prefix";
		default:
			return "overlap";
	}
}

/* NULL when something of it is gone by now. */
static PaRedundantRow *
make_row(const PaRedundantIndex *redundant)
{
	PaRedundantRow *row = palloc0(sizeof(PaRedundantRow));
	const PaDescribedIndex *index = redundant->index;

	row->relid = index->relid;
	row->relname = get_rel_name(index->relid);
	row->schemaname = get_namespace_name(get_rel_namespace(index->relid));
	row->indexrelname = pstrdup(index->name);
	row->indexrelid = index->indexid;
	row->covered_by = pa_index_qualified_name(redundant->by->indexid);
	row->covered_by_relid = redundant->by->indexid;
	if (row->relname == NULL || row->schemaname == NULL || row->covered_by == NULL)
		return NULL;
	row->index_size = index->size;
	row->redundancy = redundant->redundancy;
	row->kind = kind_of(redundant->redundancy);
	row->reason = reason_text(redundant, row->covered_by);
	if (redundant->redundancy >= PA_REDUNDANT_PREFIX && has_only_statistics(index, redundant->by))
		row->reason = psprintf("%s But the planner has statistics of its expression from it alone:"
							   " ANALYZE the table, and read again for fix and undo.", row->reason);
	else if (redundant->redundancy >= PA_REDUNDANT_PREFIX)
	{
		switch (pa_index_drop(index->indexid, &row->drop))
		{
			case PA_DROP_GONE:
				return NULL;
			case PA_DROP_LOCKED:
				row->reason = psprintf("%s The table is locked by another session just now: read again for fix and undo.",
									   row->reason);
				break;
			default:
				break;
		}
	}
	return row;
}

/* What can go first, largest first. */
static int
compare_rows(const ListCell *a, const ListCell *b)
{
	const PaRedundantRow *one = lfirst(a);
	const PaRedundantRow *other = lfirst(b);
	bool		one_goes = one->redundancy >= PA_REDUNDANT_PREFIX;
	bool		other_goes = other->redundancy >= PA_REDUNDANT_PREFIX;

	if (one_goes != other_goes)
		return one_goes ? -1 : 1;
	if (one->index_size != other->index_size)
		return one->index_size > other->index_size ? -1 : 1;
	return one->indexrelid < other->indexrelid ? -1 : 1;
}

/* ---- tables ---- */

/* Nothing else is read of a table unless two indexes begin alike. */
static bool
may_have_redundant(const TableIndexes *table)
{
	for (int i = 1; i < table->count; i++)
	{
		for (int j = 0; j < i; j++)
		{
			if (table->entries[i].leading == table->entries[j].leading ||
				table->entries[i].leading == 0 || table->entries[j].leading == 0)
				return true;
		}
	}
	return false;
}

/* All indexes of a partition may be those of its root. */
static bool
has_index_of_its_own(const TableIndexes *table)
{
	for (int i = 0; i < table->count; i++)
	{
		if (!get_rel_relispartition(table->entries[i].indexid))
			return true;
	}
	return false;
}

static bool
ends_with_root(const RedundantState *state, const PaDescribedIndex *index)
{
	return index->attached && state->leaving != NIL &&
		list_member_oid(state->leaving, pa_catalog_root_of_index(index->indexid));
}

static List *
describe_indexes(const RedundantState *state, const TableIndexes *table)
{
	List	   *indexes = NIL;

	for (int i = 0; i < table->count; i++)
	{
		const PaIndexEntry *entry = &table->entries[i];
		PaDescribedIndex *index;

		if (!entry->valid || !entry->ready || !entry->live)
			continue;
		index = pa_catalog_describe_index(entry->indexid);
		if (index == NULL)
			continue;
		index->ends_with_root = ends_with_root(state, index);
		indexes = lappend(indexes, index);
	}
	return indexes;
}

static void
add_redundant(RedundantState *state, const PaRedundantIndex *redundant)
{
	MemoryContext scratch = MemoryContextSwitchTo(state->rows_context);
	PaRedundantRow *row = make_row(redundant);

	if (row != NULL)
		state->rows = lappend(state->rows, row);
	if (row != NULL && row->drop.fix != NULL && redundant->index->partitioned)
		state->leaving = lappend_oid(state->leaving, redundant->index->indexid);
	MemoryContextSwitchTo(scratch);
}

static void
look_at_table(RedundantState *state, const TableIndexes *table)
{
	List	   *redundant = pa_analyze_redundant_indexes(describe_indexes(state, table));
	ListCell   *lc;

	foreach(lc, redundant)
		add_redundant(state, lfirst(lc));
}

/* qsort comparator: partitioned tables before what is below them */
static int
compare_depths(const void *a, const void *b)
{
	const TableIndexes *one = (const TableIndexes *) a;
	const TableIndexes *other = (const TableIndexes *) b;

	if (one->depth != other->depth)
		return one->depth < other->depth ? -1 : 1;
	return one->entries < other->entries ? -1 : 1;
}

/* The tables to be looked at, of all that have indexes. */
static TableIndexes *
choose_tables(const RedundantState *state, const PaIndexEntry *entries, int nentries,
			  int *ntables)
{
	TableIndexes *tables = palloc((nentries + 1) * sizeof(TableIndexes));
	int			count = 0;

	for (int from = 0, upto; from < nentries; from = upto)
	{
		TableIndexes table = {&entries[from], 0, 0};
		Oid			relid = entries[from].relid;

		for (upto = from; upto < nentries && entries[upto].relid == relid; upto++)
			;
		table.count = upto - from;
		if (!may_have_redundant(&table) || !has_index_of_its_own(&table) ||
			!pa_catalog_is_user_table(relid) ||
			pa_ignore_rules_relation(state->rules, relid))
			continue;
		table.depth = pa_catalog_partition_depth(relid);
		tables[count++] = table;
	}
	qsort(tables, count, sizeof(TableIndexes), compare_depths);
	*ntables = count;
	return tables;
}

List *
pa_report_redundant_indexes(void)
{
	RedundantState state = {0};
	MemoryContext scratch;
	PaIndexEntry *entries;
	TableIndexes *tables;
	int			nentries;
	int			ntables;

	state.rules = pa_ignore_rules(PA_CATEGORY_INDEX);
	state.rows_context = CurrentMemoryContext;
	entries = pa_catalog_index_entries(&nentries);
	tables = choose_tables(&state, entries, nentries, &ntables);

	scratch = AllocSetContextCreate(CurrentMemoryContext, "perf_advisor indexes of a table",
									ALLOCSET_DEFAULT_SIZES);
	for (int i = 0; i < ntables; i++)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(scratch);
		look_at_table(&state, &tables[i]);
		MemoryContextSwitchTo(state.rows_context);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
	list_sort(state.rows, compare_rows);
	return state.rows;
}

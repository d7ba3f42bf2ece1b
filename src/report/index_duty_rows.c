/*-------------------------------------------------------------------------
 *
 * index_duty_rows.c
 *		What the indexes of this database are there for, and what they cost.
 *
 * The facts of which perf_advisor.unused_indexes is made, besides the uses.
 * The duties come from the catalogs.  Which tables were read is known from
 * sampled executions, stored trees and uses of indexes; what is written, and
 * how often foreign-key checks used an index, from the statements.
 *
 * IDENTIFICATION
 *		src/report/index_duty_rows.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "commands/extension.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "analyze/write_cost.h"
#include "catalog/index_facts.h"
#include "catalog/relation_facts.h"
#include "catalog/table_writes.h"
#include "report/expression_readers.h"
#include "report/ignore_rules.h"
#include "report/index_duty_rows.h"
#include "report/index_duty_words.h"
#include "report/index_findings.h"
#include "report/updates.h"
#include "store/store.h"

/* nodeToString of a range table entry of a relation has this before its OID. */
#define RELID_TEXT " :relid "

/* ---- what was seen of tables and indexes ---- */

/* A table that statements read, or an index that they used. */
typedef struct SeenRelation
{
	Oid			relid;			/* hash key */
	int64		check_uses;		/* of an index, by foreign-key checks */
} SeenRelation;

static SeenRelation *
note_seen(HTAB *seen, Oid relid)
{
	SeenRelation *entry;
	bool		found;

	entry = hash_search(seen, &relid, HASH_ENTER, &found);
	if (!found)
		entry->check_uses = 0;
	return entry;
}

static void
note_table(HTAB *seen, Oid relid)
{
	if (!OidIsValid(relid))
		return;
	(void) note_seen(seen, relid);
	if (get_rel_relispartition(relid))
		(void) note_seen(seen, pa_catalog_partition_root(relid));
}

/*
 * Whether the statement is one that foreign keys run: nested, and written as
 * ri_triggers.c writes them.
 */
static bool
is_key_check(const PaStatementKey *key)
{
	int			encoding;
	char	   *text;

	if (key->toplevel != 0)
		return false;
	text = pa_store_read_text(&key->shape, &encoding);
	return text != NULL && strstr(text, " ONLY \"") != NULL &&
		strstr(text, " OPERATOR(pg_catalog.") != NULL;
}

/* The tables that a stored tree names; found in its text, reading it is slow. */
static void
note_tree(HTAB *seen, const PaStoredTree *tree)
{
	const char *place = tree->query;

	while ((place = strstr(place, RELID_TEXT)) != NULL)
	{
		place += strlen(RELID_TEXT);
		note_table(seen, (Oid) strtoul(place, NULL, 10));
	}
}

/* Notes what one statement with its plan read; a tree may not be there yet. */
static void
note_statement(HTAB *seen, const PaStatement *statement)
{
	const PaStatementKey *key = &statement->key;
	PaPlanScans *scans = pa_store_read_scans(key);
	ListCell   *lc;

	for (int i = 0; scans != NULL && i < scans->nscans; i++)
		note_table(seen, scans->scans[i].relid);
	foreach(lc, pa_store_read_trees(&key->shape))
		note_tree(seen, lfirst(lc));
	if (!is_key_check(key))
		return;
	foreach(lc, pa_store_read_plan_indexes(key->shape.dbid, key->planid))
		note_seen(seen, lfirst_oid(lc))->check_uses +=
			statement->counters.exec.count + statement->counters.errors;
}

/* Tables of indexes that were used; "all" is sorted by table and index. */
static void
note_used_indexes(HTAB *seen, const List *all)
{
	PaIndexUseList *uses = pa_store_read_index_uses(MyDatabaseId);
	ListCell   *lc;

	for (int i = 0; i < uses->count; i++)
	{
		if (uses->items[i].uses > 0)
			(void) note_seen(seen, uses->items[i].indexid);
	}
	foreach(lc, all)
	{
		const PaIndexDuties *duties = lfirst(lc);

		if (hash_search(seen, &duties->indexid, HASH_FIND, NULL) != NULL)
			note_table(seen, duties->relid);
	}
}

static HTAB *
read_seen(const List *all)
{
	HASHCTL		info = {0};
	HTAB	   *seen;
	PaStatementList *list;
	MemoryContext scratch;
	MemoryContext old;

	info.keysize = sizeof(Oid);
	info.entrysize = sizeof(SeenRelation);
	info.hcxt = CurrentMemoryContext;
	seen = hash_create("perf_advisor relations seen", 1024, &info,
					   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	if (!pa_store_available())
		return seen;

	note_used_indexes(seen, all);
	list = pa_store_read_statements();
	scratch = AllocSetContextCreate(CurrentMemoryContext, "perf_advisor statements",
									ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(scratch);
	for (int i = 0; i < list->count; i++)
	{
		const PaStatementKey *key = &list->items[i].key;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(scratch);
		if (key->shape.dbid == MyDatabaseId && key->planid != 0)
			note_statement(seen, &list->items[i]);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
	return seen;
}

static const SeenRelation *
find_seen(HTAB *seen, Oid relid)
{
	return hash_search(seen, &relid, HASH_FIND, NULL);
}

/* ---- rows ---- */

/* What all rows are made with. */
typedef struct RowState
{
	HTAB	   *seen;
	List	   *writes;			/* of PaTableWrites * */
	double		days;			/* that the writes are of; 0 unknown */
	PaIgnoreRules *rules;
	List	   *sought;			/* of PaExpressionSought *, and of whom */
	List	   *sought_for;		/* of PaIndexDutyRow *, in the same order */
} RowState;

static double
table_tuples(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	double		tuples;

	if (!HeapTupleIsValid(tuple))
		return -1;
	tuples = ((Form_pg_class) GETSTRUCT(tuple))->reltuples;
	ReleaseSysCache(tuple);
	return tuples;
}

/* Share of the table's rows that the index has, 0-1. */
static double
share_of_rows(const PaIndexDuties *duties)
{
	double		tuples;

	if (!duties->has_predicate || duties->relkind != RELKIND_INDEX || duties->tuples < 0)
		return 1;
	tuples = table_tuples(duties->relid);
	return tuples > 0 ? Min(1.0, duties->tuples / tuples) : 1;
}

static void
fill_upkeep(const RowState *state, PaIndexDutyRow *row)
{
	const PaIndexDuties *duties = row->duties;
	PaIndexUpkeep upkeep;

	row->entries = -1;
	row->write_time = -1;
	/* what is written to a partition counts for its root */
	if (state->days <= 0 || get_rel_relispartition(duties->relid))
		return;
	upkeep = pa_analyze_upkeep(pa_table_writes_of(state->writes, duties->relid),
							   duties->method, share_of_rows(duties), row->size);
	row->entries = upkeep.entries / state->days;
	row->write_time = upkeep.msec / state->days;
}

/* Asks later for the expressions that it alone has statistics of. */
static void
seek_expressions(RowState *state, PaIndexDutyRow *row, const PaIndexDuties *duties)
{
	ListCell   *lc;

	if (!duties->has_expressions || !pa_store_available())
		return;
	foreach(lc, pa_catalog_only_statistics(duties->relid, duties->indexid))
	{
		PaExpressionSought *sought = palloc0(sizeof(PaExpressionSought));

		sought->relid = duties->relid;
		sought->expression = lfirst(lc);
		state->sought = lappend(state->sought, sought);
		state->sought_for = lappend(state->sought_for, row);
	}
}

/* Adds what one index of the group does. */
static void
add_member(RowState *state, PaIndexDutyRow *row, const PaIndexDuties *duties)
{
	const SeenRelation *seen = find_seen(state->seen, duties->indexid);
	ListCell   *lc;

	row->is_replica_identity |= duties->is_replica_identity;
	row->is_clustered |= duties->is_clustered;
	row->is_apply_target |= duties->is_apply_target;
	row->is_fk_target |= duties->references != NIL;
	foreach(lc, duties->serves)
	{
		double		deletes;
		int64		key_updates;

		row->supports_fk |= pa_duty_parent_changes(lfirst(lc), state->writes,
												   &deletes, &key_updates);
	}
	if (seen != NULL)
		row->fk_check_uses += seen->check_uses;
	seek_expressions(state, row, duties);
}

static char *
join_words(const List *words)
{
	StringInfoData text;
	ListCell   *lc;

	initStringInfo(&text);
	foreach(lc, words)
		appendStringInfo(&text, "%s%s", text.len > 0 ? "; " : "",
						 ((const PaDutyWord *) lfirst(lc))->reason);
	return text.len > 0 ? text.data : NULL;
}

/* Fills what is about the whole group (of PaIndexDuties *), its root first. */
static PaIndexDutyRow *
make_row(RowState *state, const List *group)
{
	PaIndexDutyRow *row = palloc0(sizeof(PaIndexDutyRow));
	const PaIndexDuties *root = linitial(group);
	const SeenRelation *seen = find_seen(state->seen, root->relid);
	ListCell   *lc;

	row->duties = root;
	row->size = pa_catalog_size(root->indexid);
	foreach(lc, group)
		add_member(state, row, lfirst(lc));
	row->is_extension = OidIsValid(getExtensionOfObject(RelationRelationId, root->relid));
	row->is_ignored = pa_ignore_rules_relation(state->rules, root->relid);
	row->table_used = seen != NULL ||
		pa_table_writes_of(state->writes, root->relid) != NULL;
	fill_upkeep(state, row);
	row->duties_text = join_words(pa_duty_words(group, root->indexid, state->writes));
	return row;
}

/* list_sort comparator: by tree, its root first. */
static int
compare_roots(const ListCell *left, const ListCell *right)
{
	const PaIndexDuties *a = lfirst(left);
	const PaIndexDuties *b = lfirst(right);

	if (a->root != b->root)
		return a->root < b->root ? -1 : 1;
	if ((a->indexid == a->root) != (b->indexid == b->root))
		return a->indexid == a->root ? -1 : 1;
	return 0;
}

static List *
make_rows(RowState *state, const List *all)
{
	List	   *rows = NIL;
	int			first = 0;

	while (first < list_length(all))
	{
		const PaIndexDuties *root = list_nth(all, first);
		List	   *group = list_make1((void *) root);
		int			next = first + 1;

		CHECK_FOR_INTERRUPTS();
		for (; next < list_length(all); next++)
		{
			PaIndexDuties *duties = list_nth(all, next);

			if (duties->root != root->root)
				break;
			group = lappend(group, duties);
		}
		/* a root that was dropped meanwhile leaves its partitions without */
		if (root->indexid == root->root)
			rows = lappend(rows, make_row(state, group));
		first = next;
	}
	return rows;
}

static void
answer_expressions(const RowState *state)
{
	ListCell   *lc;
	ListCell   *lc2;

	pa_report_find_readers(state->sought);
	forboth(lc, state->sought, lc2, state->sought_for)
	{
		const PaExpressionSought *sought = lfirst(lc);

		((PaIndexDutyRow *) lfirst(lc2))->is_statistics |= sought->found;
	}
}

List *
pa_report_index_duty_rows(void)
{
	RowState	state = {0};
	List	   *all = pa_catalog_index_duties(InvalidOid);
	List	   *rows;

	state.seen = read_seen(all);
	state.rules = pa_ignore_rules(PA_CATEGORY_INDEX);
	if (pa_store_available())
	{
		PaStoreInfo info;
		double		window;

		pa_store_read_info(&info);
		window = (double) (GetCurrentTimestamp() - info.stats_reset) / 1000.0;
		state.days = Max(window, PA_MIN_WINDOW) / PA_MSEC_PER_DAY;
		state.writes = pa_report_table_writes();
	}
	list_sort(all, compare_roots);
	rows = make_rows(&state, all);
	answer_expressions(&state);
	return rows;
}

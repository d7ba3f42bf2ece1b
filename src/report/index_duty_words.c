/*-------------------------------------------------------------------------
 *
 * index_duty_words.c
 *		What an index is there for besides plans, in words.
 *
 * The duties of the partitions of an index are its own, too: they go when it
 * goes.  Each is said once.
 *
 * IDENTIFICATION
 *		src/report/index_duty_words.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "catalog/table_writes.h"
#include "report/index_ddl.h"
#include "report/index_duty_words.h"
#include "report/updates.h"

static const char *
qualified(Oid relid)
{
	const char *name = pa_index_qualified_name(relid);

	return name != NULL ? name : "a table that is gone";
}

/* Adds a duty, unless one of that kind with these words is there. */
static void
add_word(List **words, const char *kind, bool forbids, char *reason)
{
	PaDutyWord *word;
	ListCell   *lc;

	foreach(lc, *words)
	{
		word = lfirst(lc);
		if (strcmp(word->kind, kind) == 0 && strcmp(word->reason, reason) == 0)
			return;
	}
	word = palloc(sizeof(PaDutyWord));
	word->kind = kind;
	word->forbids = forbids;
	word->reason = reason;
	*words = lappend(*words, word);
}

bool
pa_duty_parent_changes(const PaKeyReference *key, const List *writes,
					   double *deletes, int64 *key_updates)
{
	Oid			root = pa_catalog_partition_root(key->parent);
	const PaTableWrites *table = pa_table_writes_of(writes, root);

	*deletes = pa_catalog_deleted_rows(key->parent);
	if (table != NULL)
		*deletes = Max(*deletes, table->deletes);
	*key_updates = 0;
	for (int i = 0; i < key->nkeys; i++)
	{
		char	   *name = get_attname(key->parent, key->parent_attnums[i], true);
		AttrNumber	attnum = name != NULL ? get_attnum(root, name) : InvalidAttrNumber;

		*key_updates = Max(*key_updates, pa_updates_calls(writes, root, attnum));
	}
	return *deletes > 0 || *key_updates > 0;
}

/* Whether a materialized view can be refreshed concurrently by it. */
static bool
serves_refresh(const PaIndexDuties *duties)
{
	return duties->is_unique && duties->is_valid && !duties->is_deferrable &&
		!duties->has_expressions && !duties->has_predicate &&
		get_rel_relkind(duties->relid) == RELKIND_MATVIEW;
}

static void
add_constraint(List **words, const PaIndexDuties *duties)
{
	const char *table = qualified(duties->relid);

	if (duties->constraint == NULL)
	{
		if (serves_refresh(duties))
			add_word(words, "unique_index", true,
					 psprintf("REFRESH MATERIALIZED VIEW CONCURRENTLY of %s needs a unique index as this one", table));
		else if (duties->is_unique)
			add_word(words, "unique_index", true,
					 psprintf("keeps the rows of %s unique; without it duplicates come in", table));
		return;
	}
	add_word(words, "constraint", true,
			 psprintf("%s constraint %s of %s rests on it; DROP INDEX refuses",
					  duties->is_primary ? "primary key" :
					  duties->is_exclusion ? "exclusion" :
					  duties->is_deferrable ? "deferrable unique" : "unique",
					  quote_identifier(duties->constraint), table));
}

/* The foreign keys of both sides; those that came with partitions go with their parents'. */
static void
add_foreign_keys(List **words, const PaIndexDuties *duties, const List *writes)
{
	ListCell   *lc;

	foreach(lc, duties->references)
	{
		const PaKeyReference *key = lfirst(lc);

		add_word(words, "foreign_key_target", true,
				 psprintf("foreign key %s of %s refers to it; DROP INDEX refuses",
						  quote_identifier(key->name),
						  qualified(pa_catalog_partition_root(key->relid))));
	}
	foreach(lc, duties->serves)
	{
		const PaKeyReference *key = lfirst(lc);
		double		deletes;
		int64		key_updates;
		bool		changes = pa_duty_parent_changes(key, writes, &deletes, &key_updates);
		char	   *seen;

		if (deletes > 0)
			seen = psprintf("%.0f %s deleted so far", deletes,
							deletes == 1 ? "row was" : "rows were");
		else if (changes)
			seen = pstrdup("its key is updated");
		else
			seen = pstrdup("no row was deleted and no key updated so far");
		add_word(words, "foreign_key", changes,
				 psprintf("foreign key %s of %s: when a row of %s is deleted or its key updated, rows that refer to it are found by this index; %s",
						  quote_identifier(key->name),
						  qualified(pa_catalog_partition_root(key->relid)),
						  qualified(pa_catalog_partition_root(key->parent)), seen));
	}
}

static void
add_duties(List **words, const PaIndexDuties *duties, const List *writes)
{
	add_constraint(words, duties);
	if (duties->is_replica_identity)
		add_word(words, "replica_identity", true,
				 psprintf("replica identity of %s; without it published updates and deletes fail",
						  qualified(duties->relid)));
	if (duties->is_apply_target)
		add_word(words, "apply", true,
				 psprintf("a subscription writes to %s, which has no primary key: its worker may find updated and deleted rows by this index, and reads the whole table without one",
						  qualified(duties->relid)));
	add_foreign_keys(words, duties, writes);
	if (duties->is_clustered)
		add_word(words, "clustered", true,
				 psprintf("CLUSTER orders the rows of %s by it", qualified(duties->relid)));
}

List *
pa_duty_words(const List *all, Oid indexid, const List *writes)
{
	List	   *words = NIL;
	ListCell   *lc;

	foreach(lc, all)
	{
		const PaIndexDuties *duties = lfirst(lc);

		if (duties->indexid != indexid && duties->root != indexid)
			continue;
		add_duties(&words, duties, writes);
		if (duties->indexid != indexid)
			continue;
		if (duties->root != indexid)
			add_word(&words, "partition", true,
					 psprintf("a partition of %s; it goes only with that one",
							  qualified(duties->root)));
		if (!duties->is_valid)
			add_word(&words, "invalid", false,
					 pstrdup("not valid: no plan can use it"));
	}
	return words;
}

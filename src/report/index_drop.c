/*-------------------------------------------------------------------------
 *
 * index_drop.c
 *		The statement that drops an existing index, and what brings it back.
 *
 * CREATE INDEX and ADD CONSTRAINT are written by core's deparser.  It raises
 * an error when the index is dropped at that moment, and waits for who holds
 * the table; so both are locked before, conditionally.  Nothing waits, and
 * nobody waits for longer than the text takes.
 *
 * IDENTIFICATION
 *		src/report/index_drop.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/dependency.h"
#include "catalog/index.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "commands/comment.h"
#include "lib/stringinfo.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"

#include "catalog/relation_facts.h"
#include "compat/attribute.h"
#include "report/index_ddl.h"
#include "report/index_drop.h"

/* ---- locks ---- */

/* The table of an index, InvalidOid when it is gone. */
static Oid
table_of(Oid indexid)
{
	return IndexGetRelation(indexid, true);
}

/*
 * Locks the index and its table, in core's order; false, with neither locked,
 * when somebody holds one of them or the index is gone.
 */
static bool
lock_index(Oid indexid, Oid *relid)
{
	*relid = table_of(indexid);
	if (!OidIsValid(*relid) || !ConditionalLockRelationOid(*relid, AccessShareLock))
		return false;
	if (ConditionalLockRelationOid(indexid, AccessShareLock))
	{
		/* taking the lock made us see what happened meanwhile */
		if (table_of(indexid) == *relid)
			return true;
		UnlockRelationOid(indexid, AccessShareLock);
	}
	UnlockRelationOid(*relid, AccessShareLock);
	return false;
}

static void
unlock_index(Oid indexid, Oid relid)
{
	UnlockRelationOid(indexid, AccessShareLock);
	UnlockRelationOid(relid, AccessShareLock);
}

/* ---- one index, locked ---- */

static char *
qualified_table_name(Oid relid)
{
	char	   *name = get_rel_name(relid);
	char	   *schema = name != NULL ?
		get_namespace_name(get_rel_namespace(relid)) : NULL;

	return schema != NULL ? quote_qualified_identifier(schema, name) : NULL;
}

/* The part of CREATE INDEX behind ON, without ONLY: table, USING and so on. */
static const char *
definition_of(Oid indexid, bool *unique)
{
	char	   *core = pg_get_indexdef_string(indexid);
	const char *name = quote_identifier(get_rel_name(indexid));
	char	   *start;

	*unique = strncmp(core, "CREATE UNIQUE ", strlen("CREATE UNIQUE ")) == 0;
	start = psprintf("CREATE %sINDEX %s ON ", *unique ? "UNIQUE " : "", name);
	if (strncmp(core, start, strlen(start)) != 0)
		elog(ERROR, "unexpected definition of index %u", indexid);
	core += strlen(start);
	/* an index of a partitioned table is to have its partitions */
	if (get_rel_relkind(indexid) == RELKIND_PARTITIONED_INDEX &&
		strncmp(core, "ONLY ", strlen("ONLY ")) == 0)
		core += strlen("ONLY ");
	return core;
}

/* CREATE INDEX with an additional word behind INDEX. */
static char *
create_statement(Oid indexid, const char *word)
{
	bool		unique;
	const char *definition = definition_of(indexid, &unique);

	return psprintf("CREATE %sINDEX %s%s ON %s", unique ? "UNIQUE " : "", word,
					quote_identifier(get_rel_name(indexid)), definition);
}

static void
append_comment(StringInfo sql, const char *object, const char *comment)
{
	if (comment != NULL)
		appendStringInfo(sql, "%sCOMMENT ON %s IS %s;", sql->len > 0 ? "\n" : "",
						 object, quote_literal_cstr(comment));
}

/* Statistics targets, which an index' expressions can have. */
static void
append_statistics(StringInfo sql, Oid indexid, const char *name)
{
	HeapTuple	tuple;

	for (int attnum = 1;
		 HeapTupleIsValid(tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(indexid),
												  Int16GetDatum(attnum)));
		 attnum++)
	{
		int			target = pa_statistics_target(tuple);

		ReleaseSysCache(tuple);
		if (target >= 0)
			appendStringInfo(sql, "%sALTER INDEX %s ALTER COLUMN %d SET STATISTICS %d;",
							 sql->len > 0 ? "\n" : "", name, attnum, target);
	}
}

/* What else is known of the index. */
static void
append_rest(StringInfo sql, Oid indexid)
{
	char	   *name = pa_index_qualified_name(indexid);

	if (name == NULL)
		return;
	append_comment(sql, psprintf("INDEX %s", name),
				   GetComment(indexid, RelationRelationId, 0));
	append_statistics(sql, indexid, name);
}

/* ---- the three kinds ---- */

/* An index of a constraint goes with it, and comes with it. */
static PaIndexDropResult
drop_constraint(Oid indexid, Oid relid, Oid constraintid, PaIndexDrop *drop,
				StringInfo rest)
{
	char	   *table = qualified_table_name(relid);
	char	   *name = get_constraint_name(constraintid);

	if (table == NULL || name == NULL)
		return PA_DROP_GONE;
	drop->fix = psprintf("ALTER TABLE %s DROP CONSTRAINT %s", table, quote_identifier(name));
	drop->undo = pg_get_constraintdef_command(constraintid);
	append_rest(rest, indexid);
	append_comment(rest, psprintf("CONSTRAINT %s ON %s", quote_identifier(name), table),
				   GetComment(constraintid, ConstraintRelationId, 0));
	return PA_DROP_OK;
}

static PaIndexDropResult
drop_plain(Oid indexid, PaIndexDrop *drop, StringInfo rest)
{
	char	   *name = pa_index_qualified_name(indexid);

	if (name == NULL)
		return PA_DROP_GONE;
	drop->fix = psprintf("DROP INDEX CONCURRENTLY %s", name);
	drop->undo = create_statement(indexid, "CONCURRENTLY ");
	append_rest(rest, indexid);
	return PA_DROP_OK;
}

/*
 * The index of a partitioned table, its root locked.  What is below it goes
 * with it; to get it back with its names, it is made first: CREATE INDEX on the
 * table then finds and attaches it.
 */
static PaIndexDropResult
drop_partitioned(Oid rootid, PaIndexDrop *drop, StringInfo rest)
{
	char	   *name = pa_index_qualified_name(rootid);
	List	   *tree = pa_catalog_with_partitions(rootid);
	StringInfoData undo;

	if (name == NULL)
		return PA_DROP_GONE;
	initStringInfo(&undo);

	/* the list has each index before those below it */
	for (int i = list_length(tree) - 1; i >= 0; i--)
	{
		Oid			indexid = list_nth_oid(tree, i);
		Oid			relid = InvalidOid;

		if (indexid != rootid && !lock_index(indexid, &relid))
			return PA_DROP_LOCKED;
		appendStringInfo(&undo, "%s%s", create_statement(indexid, ""),
						 indexid != rootid ? ";\n" : "");
		append_rest(rest, indexid);
		if (indexid != rootid)
			unlock_index(indexid, relid);
	}
	drop->fix = psprintf("DROP INDEX %s", name);
	drop->undo = undo.data;
	return PA_DROP_OK;
}

/* What the planner knows of an index' expressions comes with ANALYZE only. */
static void
append_analyze(StringInfo sql, Oid indexid, Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(indexid));
	char	   *name = pa_index_qualified_name(relid);

	if (!HeapTupleIsValid(tuple))
		return;
	if (name != NULL && !heap_attisnull(tuple, Anum_pg_index_indexprs, NULL))
		appendStringInfo(sql, "%sANALYZE %s;", sql->len > 0 ? "\n" : "", name);
	ReleaseSysCache(tuple);
}

/* With index and table locked, and search_path set. */
static PaIndexDropResult
write_statements(Oid indexid, Oid relid, PaIndexDrop *drop)
{
	Oid			constraintid = get_index_constraint(indexid);
	PaIndexDropResult result;
	StringInfoData rest;

	initStringInfo(&rest);
	if (OidIsValid(constraintid))
		result = drop_constraint(indexid, relid, constraintid, drop, &rest);
	else if (get_rel_relkind(indexid) == RELKIND_PARTITIONED_INDEX)
		result = drop_partitioned(indexid, drop, &rest);
	else
		result = drop_plain(indexid, drop, &rest);
	append_analyze(&rest, indexid, relid);
	if (result == PA_DROP_OK && rest.len > 0)
		drop->undo_rest = rest.data;
	return result;
}

/* Every name but those of pg_catalog is then written with its schema. */
static int
begin_qualified(void)
{
	int			nestlevel = NewGUCNestLevel();

	(void) set_config_option("search_path", "pg_catalog", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return nestlevel;
}

PaIndexDropResult
pa_index_drop(Oid indexid, PaIndexDrop *drop)
{
	PaIndexDropResult result;
	Oid			relid;
	int			nestlevel;

	memset(drop, 0, sizeof(*drop));
	if (!SearchSysCacheExists1(INDEXRELID, ObjectIdGetDatum(indexid)))
		return PA_DROP_GONE;
	if (get_rel_relispartition(indexid))
		return PA_DROP_ATTACHED;
	if (!lock_index(indexid, &relid))
		return OidIsValid(table_of(indexid)) ? PA_DROP_LOCKED : PA_DROP_GONE;

	nestlevel = begin_qualified();
	result = write_statements(indexid, relid, drop);
	AtEOXact_GUC(true, nestlevel);
	unlock_index(indexid, relid);
	return result;
}

char *
pa_index_definition_tail(Oid indexid)
{
	const char *definition;
	const char *table;
	Oid			relid;
	bool		unique;
	int			nestlevel;

	if (!lock_index(indexid, &relid))
		return NULL;
	nestlevel = begin_qualified();
	definition = definition_of(indexid, &unique);
	table = qualified_table_name(relid);
	AtEOXact_GUC(true, nestlevel);
	unlock_index(indexid, relid);

	if (table == NULL || strncmp(definition, table, strlen(table)) != 0)
		return NULL;			/* renamed meanwhile */
	definition += strlen(table);
	return pstrdup(*definition == ' ' ? definition + 1 : definition);
}

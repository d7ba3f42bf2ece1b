/*-------------------------------------------------------------------------
 *
 * index_ddl.c
 *		The statement that creates an advised index.
 *
 * Expressions and predicates are written by core's deparser.  Nothing hangs
 * on the reader's search_path, neither the statement nor the finding's id:
 * names of pg_catalog stand alone, all others with their schema.
 *
 * IDENTIFICATION
 *		src/report/index_ddl.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_opclass.h"
#include "commands/defrem.h"
#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "catalog/index_facts.h"
#include "catalog/relation_facts.h"
#include "report/index_ddl.h"
#include "report/predicate.h"

#define INDEX_SUFFIX "idx"

/* Core's name for what has no name of its own. */
#define EXPRESSION_LABEL "expr"

/*
 * The operator class as it must be named, palloc'd; NULL where CREATE INDEX
 * takes it by itself.  False when it is gone.
 */
static bool
opclass_name(const PaIndexSpec *spec, Oid opclass, Oid key_type, char **name)
{
	HeapTuple	tuple;
	Form_pg_opclass form;

	*name = NULL;
	if (!OidIsValid(opclass) ||
		opclass == GetDefaultOpClass(key_type, spec->method))
		return true;

	tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(opclass));
	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_opclass) GETSTRUCT(tuple);
	if (form->opcnamespace == PG_CATALOG_NAMESPACE)
		*name = pstrdup(quote_identifier(NameStr(form->opcname)));
	else
	{
		char	   *schema = get_namespace_name(form->opcnamespace);

		if (schema != NULL)
			*name = quote_qualified_identifier(schema, NameStr(form->opcname));
	}
	ReleaseSysCache(tuple);
	return *name != NULL;
}

/* As CREATE INDEX sees it: such a key needs no parentheses. */
static bool
looks_like_call(const Node *expression)
{
	return IsA(expression, FuncExpr) &&
		((const FuncExpr *) expression)->funcformat == COERCE_EXPLICIT_CALL;
}

/* The deparser puts operators in parentheses by itself. */
static bool
needs_no_parentheses(const Node *expression)
{
	return IsA(expression, OpExpr) || looks_like_call(expression);
}

/* As CREATE INDEX names the column of an expression index. */
static const char *
expression_label(const Node *expression)
{
	const char *name = NULL;

	if (looks_like_call(expression))
		name = get_func_name(((const FuncExpr *) expression)->funcid);
	return name != NULL ? name : EXPRESSION_LABEL;
}

/* Writes key number i; false when something is gone. */
static bool
write_key(PaIndexText *text, int i)
{
	const PaIndexKey *key = &text->spec->keys[i];
	Oid			relid = text->spec->relid;
	StringInfoData sql;
	Oid			type;
	char	   *opclass;

	initStringInfo(&sql);
	if (key->expression != NULL)
	{
		type = exprType(key->expression);
		text->columns[i] = pa_report_expression_sql(relid, key->expression);
		if (text->columns[i] == NULL)
			return false;
		text->labels[i] = expression_label(key->expression);
		appendStringInfo(&sql, needs_no_parentheses(key->expression) ? "%s" : "(%s)",
						 text->columns[i]);
	}
	else
	{
		type = get_atttype(relid, key->attnum);
		text->columns[i] = pa_catalog_column_name(relid, key->attnum);
		if (text->columns[i] == NULL)
			return false;
		text->labels[i] = text->columns[i];
		appendStringInfoString(&sql, quote_identifier(text->columns[i]));
	}

	if (!opclass_name(text->spec, key->opclass, type, &opclass))
		return false;
	if (opclass != NULL)
		appendStringInfo(&sql, " %s", opclass);

	/* NULLs come last in ascending order and first in descending. */
	if (key->descending)
		appendStringInfoString(&sql, " DESC");
	if (key->nulls_first != key->descending)
		appendStringInfoString(&sql, key->nulls_first ?
							   " NULLS FIRST" : " NULLS LAST");
	text->keys[i] = sql.data;
	return true;
}

/* qsort comparator of char * */
static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Their order means nothing to an index. */
static bool
write_included(PaIndexText *text)
{
	const PaIndexSpec *spec = text->spec;

	for (int i = 0; i < spec->nincluded; i++)
	{
		text->included[i] = pa_catalog_column_name(spec->relid, spec->included[i]);
		if (text->included[i] == NULL)
			return false;
	}
	qsort(text->included, spec->nincluded, sizeof(char *), compare_names);
	return true;
}

static bool
write_predicate(PaIndexText *text)
{
	const PaIndexSpec *spec = text->spec;

	if (spec->predicate == NIL)
		return true;
	text->predicate =
		pa_report_expression_sql(spec->relid,
								 (Node *) make_ands_explicit(spec->predicate));
	return text->predicate != NULL;
}

bool
pa_index_text_init(PaIndexText *text, const PaIndexSpec *spec,
				   const PaRelationFacts *table)
{
	memset(text, 0, sizeof(PaIndexText));
	text->spec = spec;
	text->table = table;
	text->method = get_am_name(spec->method);
	if (text->method == NULL)
		return false;

	for (int i = 0; i < spec->nkeys; i++)
	{
		if (!write_key(text, i))
			return false;
	}
	return write_included(text) && write_predicate(text);
}

char *
pa_index_definition(const PaIndexText *text, bool canonical)
{
	StringInfoData sql;

	initStringInfo(&sql);
	if (canonical || text->spec->method != BTREE_AM_OID)
		appendStringInfo(&sql, "USING %s ", quote_identifier(text->method));
	for (int i = 0; i < text->spec->nkeys; i++)
		appendStringInfo(&sql, "%s%s", i == 0 ? "(" : ", ", text->keys[i]);
	appendStringInfoChar(&sql, ')');
	for (int i = 0; i < text->spec->nincluded; i++)
		appendStringInfo(&sql, "%s%s", i == 0 ? " INCLUDE (" : ", ",
						 quote_identifier(text->included[i]));
	if (text->spec->nincluded > 0)
		appendStringInfoChar(&sql, ')');
	if (text->predicate != NULL)
		appendStringInfo(&sql, " WHERE %s", text->predicate);
	return sql.data;
}

static char *
qualified_table(const PaRelationFacts *table)
{
	return quote_qualified_identifier(table->schemaname, table->relname);
}

int64
pa_index_finding_id(const PaIndexText *text)
{
	char	   *canonical = psprintf("index CREATE INDEX ON %s %s",
									 qualified_table(text->table),
									 pa_index_definition(text, true));

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

/* The same for an index in that form on any table: a partition, say. */
static char *
free_name(const PaRelationFacts *table, const char *columns, List **taken)
{
	for (int pass = 0;; pass++)
	{
		char		label[NAMEDATALEN];
		char	   *name;
		char	   *qualified;

		if (pass == 0)
			strlcpy(label, INDEX_SUFFIX, sizeof(label));
		else
			snprintf(label, sizeof(label), INDEX_SUFFIX "%d", pass);
		name = makeObjectName(table->relname, columns, label);
		qualified = quote_qualified_identifier(table->schemaname, name);
		if (!OidIsValid(get_relname_relid(name, table->namespaceid)) &&
			!is_taken(*taken, qualified))
		{
			*taken = lappend(*taken, qualified);
			return name;
		}
	}
}

/* The part of an index' name that stands for its keys. */
static char *
joined_labels(const PaIndexText *text)
{
	StringInfoData labels;

	initStringInfo(&labels);
	for (int i = 0; i < text->spec->nkeys; i++)
		appendStringInfo(&labels, "%s%s", i == 0 ? "" : "_", text->labels[i]);
	return labels.data;
}

/*
 * Follows the names that CREATE INDEX would choose: table_column_column_idx,
 * cut to fit, with a number when that is taken.
 */
char *
pa_index_free_name(const PaIndexText *text, List **taken)
{
	return free_name(text->table, joined_labels(text), taken);
}

char *
pa_index_create_statement(const PaIndexText *text, const char *name)
{
	/* The root of a partitioned table knows no CONCURRENTLY. */
	bool		concurrently = text->table->relkind != RELKIND_PARTITIONED_TABLE;

	return psprintf("CREATE INDEX %s%s ON %s %s",
					concurrently ? "CONCURRENTLY " : "",
					quote_identifier(name),
					qualified_table(text->table),
					pa_index_definition(text, false));
}

char *
pa_index_qualified_name(Oid indexid)
{
	char	   *name = get_rel_name(indexid);
	char	   *schema = name != NULL ?
		get_namespace_name(get_rel_namespace(indexid)) : NULL;

	return schema != NULL ? quote_qualified_identifier(schema, name) : NULL;
}

/* One table of a partition tree, and what is below it. */
typedef struct ScriptState
{
	const PaIndexText *text;
	StringInfo	script;
	const char *columns;		/* for the names */
	List	  **taken;
} ScriptState;

/* Partitions may be partitioned themselves. */
static bool write_partitions(ScriptState *state, Oid parent,
							 const char *parent_index);

/* True for an index that serves as a partition of another one already. */
static bool
is_attached(Oid indexid)
{
	return get_rel_relispartition(indexid);
}

/*
 * An index of the partition that can be attached as it is, as CREATE INDEX on
 * the root would find it; NULL: there is none.
 */
static char *
index_to_attach(const PaIndexText *text, const PaRelationFacts *partition)
{
	char	   *wanted = pa_index_definition(text, true);
	ListCell   *lc;

	foreach(lc, pa_catalog_indexes(partition->relid))
	{
		const PaIndexSpec *spec = lfirst(lc);
		PaIndexText existing;

		if (!spec->truncated && !spec->unique && !spec->constraint &&
			!is_attached(spec->indexid) &&
			pa_index_text_init(&existing, spec, partition) &&
			strcmp(pa_index_definition(&existing, true), wanted) == 0)
			return pa_index_qualified_name(spec->indexid);
	}
	return NULL;
}

/* Adds one partition with its index; false where there cannot be one. */
static bool
write_partition(ScriptState *state, Oid relid, const char *parent_index)
{
	PaRelationFacts *table = palloc0(sizeof(PaRelationFacts));
	char	   *name;
	char	   *qualified;
	bool		divided;

	if (!pa_catalog_relation_facts(relid, table))
		return false;
	divided = table->relkind == RELKIND_PARTITIONED_TABLE;
	if (!divided && table->relkind != RELKIND_RELATION)
		return false;

	qualified = index_to_attach(state->text, table);
	if (qualified != NULL)
	{
		appendStringInfo(state->script, "ALTER INDEX %s ATTACH PARTITION %s;\n",
						 parent_index, qualified);
		return true;
	}

	name = free_name(table, state->columns, state->taken);
	qualified = quote_qualified_identifier(table->schemaname, name);
	appendStringInfo(state->script, "CREATE INDEX %s%s ON %s%s %s;\n",
					 divided ? "" : "CONCURRENTLY ", quote_identifier(name),
					 divided ? "ONLY " : "", qualified_table(table),
					 pa_index_definition(state->text, false));
	if (divided && !write_partitions(state, relid, qualified))
		return false;
	appendStringInfo(state->script, "ALTER INDEX %s ATTACH PARTITION %s;\n",
					 parent_index, qualified);
	return true;
}

static bool
write_partitions(ScriptState *state, Oid parent, const char *parent_index)
{
	ListCell   *lc;

	foreach(lc, pa_catalog_partitions(parent))
	{
		if (!write_partition(state, lfirst_oid(lc), parent_index))
			return false;
	}
	return true;
}

char *
pa_index_partition_script(const PaIndexText *text, const char *name,
						  List **taken)
{
	StringInfoData script;
	ScriptState state = {text, &script, joined_labels(text), taken};

	if (text->table->relkind != RELKIND_PARTITIONED_TABLE)
		return NULL;
	initStringInfo(&script);
	appendStringInfo(&script, "CREATE INDEX %s ON ONLY %s %s;\n",
					 quote_identifier(name), qualified_table(text->table),
					 pa_index_definition(text, false));
	if (!write_partitions(&state, text->table->relid,
						  quote_qualified_identifier(text->table->schemaname, name)))
		return NULL;
	return script.data;
}

/*-------------------------------------------------------------------------
 *
 * updates.c
 *		What the workload's statements write, table by table.
 *
 * Rows are those that the recorded statements say they wrote, so that writes
 * and the time that an index would save are of the same window.  From the
 * stored trees comes what is written to: INSERT, UPDATE, DELETE, MERGE and
 * ON CONFLICT, in WITH too.  COPY has no tree; its text is parsed.
 *
 * All statements count that were called more than once, not only the heavy
 * ones that advice is made for: thousands of short INSERTs are what makes an
 * index dear.  What was called once, as a first load, says nothing about the
 * next day.
 *
 * Not seen: what a logical subscription applies, and the columns that a
 * trigger sets in the row.
 *
 * IDENTIFICATION
 *		src/report/updates.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "parser/parser.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "catalog/relation_facts.h"
#include "catalog/table_writes.h"
#include "report/predicate.h"
#include "report/query_text.h"
#include "report/statements.h"
#include "report/stored_tree.h"
#include "report/updates.h"
#include "store/store.h"

#define MIN_CALLS 2

/* A statement that inserts so many rows a call loads data. */
#define LOADED_ROWS 1000

/* Loads of that share of a table's rows have filled it. */
#define FIRST_LOAD_LEAST 0.5
#define FIRST_LOAD_MOST 1.5

/* Of the rows that INSERT .. ON CONFLICT DO UPDATE writes, for lack of figures. */
#define CONFLICT_SHARE 0.5

/* nodeToString of a Query that writes nothing has both of these. */
#define READS_TEXT "{QUERY :commandType 1 "
#define NO_WRITING_CTE_TEXT ":hasModifyingCTE false"

/* A statement's sums over both nesting kinds, as far as they are needed. */
typedef struct Writer
{
	PaShapeKey	shape;
	int64		calls;
	double		rows;
	bool		planned;
} Writer;

const PaTableWrites *
pa_table_writes_of(const List *writes, Oid relid)
{
	ListCell   *lc;

	foreach(lc, writes)
	{
		const PaTableWrites *table = lfirst(lc);

		if (table->relid == relid)
			return table;
	}
	return NULL;
}

int64
pa_updates_calls(const List *writes, Oid relid, AttrNumber attnum)
{
	const PaTableWrites *table = pa_table_writes_of(writes, relid);
	int64		calls = 0;
	ListCell   *lc;

	if (table == NULL || attnum <= 0)
		return 0;
	foreach(lc, table->columns)
	{
		const PaColumnUpdates *columns = lfirst(lc);

		if (bms_is_member(attnum, columns->attnums))
			calls += columns->calls;
	}
	return calls;
}

/* The table's entry, made if need be. */
static PaTableWrites *
table_writes(List **writes, Oid root)
{
	PaTableWrites *table = (PaTableWrites *) pa_table_writes_of(*writes, root);

	if (table == NULL)
	{
		table = palloc0(sizeof(PaTableWrites));
		table->relid = root;
		*writes = lappend(*writes, table);
	}
	return table;
}

/* Adds inserts, and notes whether they are a load. */
static void
add_inserts(PaTableWrites *table, int64 calls, double rows)
{
	table->inserts += rows;
	if (rows >= (double) calls * LOADED_ROWS)
		table->loaded += rows;
}

/*
 * What filled the table in the first place is not how it is written to.  Loads
 * that sum up to more than the table has come again and again, and count.
 */
static void
forget_first_load(PaTableWrites *table)
{
	PaRelationFacts facts;

	if (table->loaded > 0 && pa_catalog_relation_facts(table->relid, &facts) &&
		facts.tuples > 0 &&
		table->loaded >= facts.tuples * FIRST_LOAD_LEAST &&
		table->loaded <= facts.tuples * FIRST_LOAD_MOST)
		table->inserts -= table->loaded;
}

/* Adds updates; the target list of an UPDATE holds only columns that are set. */
static void
add_updates(PaTableWrites *table, Oid relid, const List *targets, int64 calls,
			double rows)
{
	PaColumnUpdates *columns;
	Bitmapset  *attnums = NULL;
	ListCell   *lc;

	foreach(lc, targets)
	{
		const TargetEntry *target = lfirst(lc);

		if (!target->resjunk && target->resno > 0)
			attnums = bms_add_member(attnums, target->resno);
	}
	attnums = pa_catalog_root_columns(relid, table->relid, attnums);

	table->updates += rows;
	foreach(lc, table->columns)
	{
		columns = lfirst(lc);
		if (bms_equal(columns->attnums, attnums))
		{
			columns->calls += calls;
			columns->rows += rows;
			return;
		}
	}
	columns = palloc(sizeof(PaColumnUpdates));
	columns->attnums = attnums;
	columns->calls = calls;
	columns->rows = rows;
	table->columns = lappend(table->columns, columns);
}

/* Adds a MERGE, taking each of its actions for equally frequent. */
static void
add_merge(PaTableWrites *table, Oid relid, const Query *query, int64 calls,
		  double rows)
{
	int			actions = 0;
	ListCell   *lc;

	foreach(lc, query->mergeActionList)
	{
		if (((const MergeAction *) lfirst(lc))->commandType != CMD_NOTHING)
			actions++;
	}
	foreach(lc, query->mergeActionList)
	{
		const MergeAction *action = lfirst(lc);

		if (action->commandType == CMD_INSERT)
			table->inserts += rows / actions;
		else if (action->commandType == CMD_DELETE)
			table->deletes += rows / actions;
		else if (action->commandType == CMD_UPDATE)
			add_updates(table, relid, action->targetList, calls, rows / actions);
	}
}

/* Adds what one level of a query writes. */
static void
add_target(List **writes, const Query *query, int64 calls, double rows)
{
	Oid			relid = rt_fetch(query->resultRelation, query->rtable)->relid;
	PaTableWrites *table = table_writes(writes, pa_catalog_partition_root(relid));
	double		conflicts = 0;

	switch (query->commandType)
	{
		case CMD_INSERT:
			if (query->onConflict != NULL &&
				query->onConflict->onConflictSet != NIL)
			{
				conflicts = rows * CONFLICT_SHARE;
				add_updates(table, relid, query->onConflict->onConflictSet,
							calls, conflicts);
			}
			add_inserts(table, calls, rows - conflicts);
			break;
		case CMD_UPDATE:
			add_updates(table, relid, query->targetList, calls, rows);
			break;
		case CMD_DELETE:
			table->deletes += rows;
			break;
		case CMD_MERGE:
			add_merge(table, relid, query, calls, rows);
			break;
		default:
			break;
	}
}

/*
 * Adds what a query writes.  The rows of a statement are those of its main
 * query; how many a WITH wrote is not known, and one a call is the least.
 */
static void
add_query(List **writes, const Query *query, int64 calls, double rows)
{
	ListCell   *lc;

	foreach(lc, query->cteList)
	{
		const Node *cte = ((const CommonTableExpr *) lfirst(lc))->ctequery;

		if (IsA(cte, Query) && ((const Query *) cte)->commandType != CMD_SELECT)
			add_query(writes, (const Query *) cte, calls, Max(rows, calls));
	}
	if (query->resultRelation > 0)
		add_target(writes, query, calls, rows);
}

/* Whether the text of a tree has a write in it: reading all trees is slow. */
static bool
may_write(const PaStoredTree *tree)
{
	return strncmp(tree->query, READS_TEXT, strlen(READS_TEXT)) != 0 ||
		strstr(tree->query, NO_WRITING_CTE_TEXT) == NULL;
}

static void
add_planned(List **writes, const Writer *writer)
{
	List	   *trees = pa_store_read_trees(&writer->shape);
	double		share = 1.0 / Max(list_length(trees), 1);
	ListCell   *lc;

	foreach(lc, trees)
	{
		const PaStoredTree *tree = lfirst(lc);
		const Query *query = may_write(tree) ? pa_report_read_tree(tree, NULL) : NULL;

		if (query != NULL)
			add_query(writes, query, Max((int64) (writer->calls * share), 1),
					  writer->rows * share);
	}
}

/* The statement that the text is, if it is a single one; NULL if it is not. */
static const Node *
parse_text(const char *text)
{
	MemoryContext context = CurrentMemoryContext;
	List	   *volatile statements = NIL;

	PG_TRY();
	{
		statements = raw_parser(text, RAW_PARSE_DEFAULT);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (pa_report_must_be_raised(error->sqlerrcode))
			PG_RE_THROW();
		FlushErrorState();
	}
	PG_END_TRY();
	return list_length(statements) == 1 ?
		linitial_node(RawStmt, statements)->stmt : NULL;
}

/* The table as the present search_path has it; no privilege is asked for. */
static Oid
find_table(const RangeVar *name)
{
	Oid			schema;

	if (name->schemaname == NULL)
		return RelnameGetRelid(name->relname);
	schema = get_namespace_oid(name->schemaname, true);
	return OidIsValid(schema) ? get_relname_relid(name->relname, schema) : InvalidOid;
}

/* A utility statement: COPY .. FROM inserts rows. */
static void
add_utility(List **writes, const Writer *writer)
{
	int			encoding;
	char	   *text = pa_store_read_text(&writer->shape, &encoding);
	const Node *statement;
	Oid			relid;

	if (text == NULL || pg_strncasecmp(text, "COPY", 4) != 0)
		return;
	statement = parse_text(pa_report_convert_text(text, encoding));
	if (statement == NULL || !IsA(statement, CopyStmt) ||
		!((const CopyStmt *) statement)->is_from)
		return;
	relid = find_table(((const CopyStmt *) statement)->relation);
	if (OidIsValid(relid))
		add_inserts(table_writes(writes, pa_catalog_partition_root(relid)),
					writer->calls, writer->rows);
}

static void
add_writer(List **writes, const Writer *writer)
{
	if (writer->calls < MIN_CALLS || writer->rows <= 0)
		return;
	if (writer->planned)
		add_planned(writes, writer);
	else
		add_utility(writes, writer);
}

static bool
same_shape(const PaShapeKey *a, const PaShapeKey *b)
{
	return a->userid == b->userid && a->dbid == b->dbid &&
		a->queryid == b->queryid;
}

List *
pa_report_table_writes(void)
{
	PaStatementSums *sums = pa_report_statements();
	List	   *writes = NIL;
	Writer		writer = {0};
	ListCell   *lc;

	/* Rows that differ in toplevel only follow each other. */
	for (int i = 0; i < sums->count; i++)
	{
		const PaStatementSum *sum = &sums->items[i];

		CHECK_FOR_INTERRUPTS();
		if (sum->shape.dbid != MyDatabaseId || sum->shape.queryid == 0)
			continue;
		if (!same_shape(&writer.shape, &sum->shape))
		{
			add_writer(&writes, &writer);
			memset(&writer, 0, sizeof(writer));
			writer.shape = sum->shape;
		}
		writer.calls += sum->counters.exec.count;
		writer.rows += sum->counters.rows;
		writer.planned |= sum->planids > 0;
	}
	add_writer(&writes, &writer);

	foreach(lc, writes)
	{
		forget_first_load(lfirst(lc));
		pa_catalog_complete_writes(lfirst(lc));
	}
	return writes;
}

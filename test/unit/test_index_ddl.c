/*-------------------------------------------------------------------------
 *
 * test_index_ddl.c
 *		Writing indexes down: what is written for an existing index must
 *		create the same one again.
 *
 * Unlike the analyzers this needs catalogs: tables and indexes are created in
 * the transaction that the caller rolls back.
 *
 * IDENTIFICATION
 *		test/unit/test_index_ddl.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/defrem.h"
#include "executor/spi.h"
#include "utils/lsyscache.h"

#include "catalog/index_facts.h"
#include "report/index_ddl.h"
#include "unit.h"

#define TEST_SCHEMA "Unit test"

/* An index on the table "Or,der", from ON on: as given, and as written. */
typedef struct DdlCase
{
	const char *definition;
	const char *written;		/* NULL: the same */
} DdlCase;

static const DdlCase ddl_cases[] = {
	{"(id)", NULL},
	{"(\"Select\", id DESC)", NULL},
	{"(id ASC NULLS LAST)", "(id)"},
	{"(id NULLS FIRST)", NULL},
	{"(id DESC NULLS FIRST)", "(id DESC)"},
	{"(id DESC NULLS LAST)", NULL},
	{"(note text_pattern_ops)", NULL},
	{"(note text_ops)", "(note)"},
	{"(code varchar_pattern_ops)", NULL},
	{"(lower(note))", NULL},
	{"(lower(note) text_pattern_ops DESC, id)", NULL},
	{"((id + 1))", NULL},
	{"((doc ->> 'a'))", "((doc ->> 'a'::text))"},
	{"(\"Unit test\".twice(id))", NULL},
	{"(id) INCLUDE (note, \"Select\")", "(id) INCLUDE (\"Select\", note)"},
	{"(id) WHERE note IS NULL", "(id) WHERE (note IS NULL)"},
	{"(id) INCLUDE (code) WHERE note = 'it''s' AND id > 5",
	"(id) INCLUDE (code) WHERE ((note = 'it''s'::text) AND (id > 5))"},
	{"(id) WHERE \"Unit test\".twice(id) = 4",
	"(id) WHERE (\"Unit test\".twice(id) = 4)"},
	{"USING hash (id)", NULL},
	{"USING hash (note)", NULL},
	{"USING brin (id, made_at)", NULL},
	{"USING gin (doc)", NULL},
	{"USING gin (doc jsonb_path_ops)", NULL},
	{"USING gin (tags, doc)", NULL},
	{"USING gin (to_tsvector('simple', note))",
	"USING gin (to_tsvector('simple'::regconfig, note))"},
	{"USING gist (during)", NULL},
};

static void
run(const char *sql)
{
	int			result = SPI_execute(sql, false, 0);

	if (result < 0)
		elog(ERROR, "%s: %s", sql, SPI_result_code_string(result));
	/* what it created is to be seen by the next one */
	CommandCounterIncrement();
}

/* The index of that name, by way of the table's list; NULL if it is not there. */
static PaIndexSpec *
find_index(Oid relid, Oid schema, const char *name)
{
	Oid			indexid = get_relname_relid(name, schema);
	ListCell   *lc;

	foreach(lc, pa_catalog_indexes(relid))
	{
		PaIndexSpec *spec = lfirst(lc);

		if (spec->indexid == indexid)
			return spec;
	}
	return NULL;
}

/* Writes the index down; NULL when that fails. */
static char *
write_down(Oid relid, Oid schema, const char *name, int64 *finding_id)
{
	PaIndexSpec *spec = find_index(relid, schema, name);
	PaRelationFacts table;
	PaIndexText text;

	if (spec == NULL || !pa_catalog_relation_facts(relid, &table) ||
		!pa_index_text_init(&text, spec, &table))
		return NULL;
	*finding_id = pa_index_finding_id(&text);
	return pa_index_definition(&text, false);
}

static void
test_definitions(Oid relid, Oid schema)
{
	for (int i = 0; i < (int) lengthof(ddl_cases); i++)
	{
		const DdlCase *c = &ddl_cases[i];
		const char *wanted = c->written != NULL ? c->written : c->definition;
		int64		first = 0;
		int64		second = 1;
		char	   *written;

		run(psprintf("CREATE INDEX first ON \"Unit test\".\"Or,der\" %s", c->definition));
		written = write_down(relid, schema, "first", &first);
		unit_check_text(written != NULL ? written : "(not written)", wanted,
						psprintf("DDL: %s", c->definition));
		if (written != NULL)
		{
			run(psprintf("CREATE INDEX second ON \"Unit test\".\"Or,der\" %s", written));
			(void) write_down(relid, schema, "second", &second);
			run("DROP INDEX \"Unit test\".second");
		}
		unit_check(first == second,
				   psprintf("DDL: the same finding when created again: %s", c->definition));
		run("DROP INDEX \"Unit test\".first");
	}
}

/* Names, and that the whole statement runs. */
static void
test_statement(Oid relid, Oid schema)
{
	PaRelationFacts table;
	PaIndexText text;
	List	   *taken = NIL;
	char	   *name;

	run("CREATE INDEX first ON \"Unit test\".\"Or,der\" (lower(note), (id + 1), \"Select\")");
	if (!pa_catalog_relation_facts(relid, &table) ||
		!pa_index_text_init(&text, find_index(relid, schema, "first"), &table))
		elog(ERROR, "the index cannot be written down");
	name = pa_index_free_name(&text, &taken);
	unit_check_text(name, "Or,der_lower_expr_Select_idx", "DDL: name as CREATE INDEX makes it");
	unit_check_text(pa_index_create_statement(&text, name),
					"CREATE INDEX CONCURRENTLY \"Or,der_lower_expr_Select_idx\" ON \"Unit test\".\"Or,der\" (lower(note), (id + 1), \"Select\")",
					"DDL: whole statement");
	unit_check_text(pa_index_free_name(&text, &taken), "Or,der_lower_expr_Select_idx1",
					"DDL: a name that another finding has is taken");
	unit_check_text(pa_index_qualified_name(get_relname_relid("first", schema)),
					"\"Unit test\".first", "DDL: name of an existing index");
	unit_check(pa_index_qualified_name(InvalidOid) == NULL, "DDL: no name for none");
	unit_check(pa_index_partition_script(&text, name, &taken) == NULL,
			   "DDL: no script for an ordinary table");
	run("DROP INDEX \"Unit test\".first");
}

/* What is written for a partitioned table, at two levels. */
static void
test_partitions(Oid schema)
{
	Oid			relid;
	PaIndexSpec spec = {0};
	PaRelationFacts table;
	PaIndexText text;
	List	   *taken = NIL;

	run("CREATE TABLE \"Unit test\".p (k int, note text, d date) PARTITION BY RANGE (d)");
	/* a column of another number than the root's */
	run("CREATE TABLE \"Unit test\".p_a (gone int, note text, d date, k int)");
	run("ALTER TABLE \"Unit test\".p_a DROP COLUMN gone");
	run("ALTER TABLE \"Unit test\".p ATTACH PARTITION \"Unit test\".p_a FOR VALUES FROM ('2024-01-01') TO ('2024-07-01')");
	run("CREATE TABLE \"Unit test\".\"p b\" PARTITION OF \"Unit test\".p FOR VALUES FROM ('2024-07-01') TO ('2025-01-01') PARTITION BY LIST (k)");
	run("CREATE TABLE public.p_b_1 PARTITION OF \"Unit test\".\"p b\" FOR VALUES IN (1)");

	relid = get_relname_relid("p", schema);
	spec.relid = relid;
	spec.method = get_index_am_oid("btree", false);
	spec.nkeys = 1;
	spec.keys[0].attnum = 1;
	if (!pa_catalog_relation_facts(relid, &table) ||
		!pa_index_text_init(&text, &spec, &table))
		elog(ERROR, "the index cannot be written down");
	unit_check_text(pa_index_create_statement(&text, "p_k_idx"),
					"CREATE INDEX p_k_idx ON \"Unit test\".p (k)",
					"DDL: no CONCURRENTLY on a partitioned root");
	unit_check_text(pa_index_partition_script(&text, "p_k_idx", &taken),
					"CREATE INDEX p_k_idx ON ONLY \"Unit test\".p (k);\n"
					"CREATE INDEX CONCURRENTLY p_a_k_idx ON \"Unit test\".p_a (k);\n"
					"ALTER INDEX \"Unit test\".p_k_idx ATTACH PARTITION \"Unit test\".p_a_k_idx;\n"
					"CREATE INDEX \"p b_k_idx\" ON ONLY \"Unit test\".\"p b\" (k);\n"
					"CREATE INDEX CONCURRENTLY p_b_1_k_idx ON public.p_b_1 (k);\n"
					"ALTER INDEX \"Unit test\".\"p b_k_idx\" ATTACH PARTITION public.p_b_1_k_idx;\n"
					"ALTER INDEX \"Unit test\".p_k_idx ATTACH PARTITION \"Unit test\".\"p b_k_idx\";\n",
					"DDL: script for partitions at two levels");

	/* what CREATE INDEX on the root would take, and what it would not */
	run("CREATE INDEX old ON \"Unit test\".p_a (k)");
	run("CREATE UNIQUE INDEX only_one ON public.p_b_1 (k)");
	run("CREATE INDEX backwards ON public.p_b_1 (k DESC)");
	taken = NIL;
	unit_check_text(pa_index_partition_script(&text, "p_k_idx", &taken),
					"CREATE INDEX p_k_idx ON ONLY \"Unit test\".p (k);\n"
					"ALTER INDEX \"Unit test\".p_k_idx ATTACH PARTITION \"Unit test\".old;\n"
					"CREATE INDEX \"p b_k_idx\" ON ONLY \"Unit test\".\"p b\" (k);\n"
					"CREATE INDEX CONCURRENTLY p_b_1_k_idx ON public.p_b_1 (k);\n"
					"ALTER INDEX \"Unit test\".\"p b_k_idx\" ATTACH PARTITION public.p_b_1_k_idx;\n"
					"ALTER INDEX \"Unit test\".p_k_idx ATTACH PARTITION \"Unit test\".\"p b_k_idx\";\n",
					"DDL: a partition's own index is attached");

	run("CREATE FOREIGN DATA WRAPPER unit_test_wrapper");
	run("CREATE SERVER unit_test_server FOREIGN DATA WRAPPER unit_test_wrapper");
	run("CREATE FOREIGN TABLE \"Unit test\".far PARTITION OF \"Unit test\".p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') SERVER unit_test_server");
	unit_check(pa_index_partition_script(&text, "p_k_idx", &taken) == NULL,
			   "DDL: no script where a partition is a foreign table");
}

/* What is gone cannot be written, and is no error. */
static void
test_gone(Oid relid)
{
	PaIndexSpec spec = {0};
	PaRelationFacts table;
	PaIndexText text;

	if (!pa_catalog_relation_facts(relid, &table))
		elog(ERROR, "the table is not there");
	spec.relid = relid;
	spec.method = get_index_am_oid("btree", false);
	spec.nkeys = 1;
	spec.keys[0].attnum = 99;
	unit_check(!pa_index_text_init(&text, &spec, &table), "DDL: no such column");
	spec.keys[0].attnum = 1;
	unit_check(pa_index_text_init(&text, &spec, &table), "DDL: such a column");
	spec.keys[0].opclass = 1;
	unit_check(!pa_index_text_init(&text, &spec, &table), "DDL: no such operator class");
	spec.keys[0].opclass = InvalidOid;
	spec.nincluded = 1;
	spec.included[0] = 99;
	unit_check(!pa_index_text_init(&text, &spec, &table), "DDL: no such included column");
	spec.nincluded = 0;
	spec.method = 1;
	unit_check(!pa_index_text_init(&text, &spec, &table), "DDL: no such access method");
}

void
unit_test_index_ddl(void)
{
	Oid			schema;
	Oid			relid;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	run("CREATE SCHEMA \"Unit test\"");
	run("CREATE FUNCTION \"Unit test\".twice(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 2 * $1; END'");
	run("CREATE TABLE \"Unit test\".\"Or,der\" (id int, \"Select\" int, note text, code varchar(10), doc jsonb, tags int[], made_at timestamptz, during tsrange)");
	schema = get_namespace_oid(TEST_SCHEMA, false);
	relid = get_relname_relid("Or,der", schema);

	test_definitions(relid, schema);
	test_statement(relid, schema);
	test_partitions(schema);
	test_gone(relid);
	SPI_finish();
}

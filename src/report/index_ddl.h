/*-------------------------------------------------------------------------
 *
 * index_ddl.h
 *		The statement that creates an advised index.
 *
 * IDENTIFICATION
 *		src/report/index_ddl.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_INDEX_DDL_H
#define PA_REPORT_INDEX_DDL_H

#include "base/index_advice.h"
#include "catalog/relation_facts.h"

/*
 * What is needed to write an index down.  Everything means the same under any
 * search_path: what is not in pg_catalog is named with its schema.
 */
typedef struct PaIndexText
{
	const PaIndexSpec *spec;
	const PaRelationFacts *table;
	const char *method;			/* name of the access method */
	char	   *columns[PA_MAX_INDEX_KEYS]; /* to be read: names not quoted, or
											 * expressions */
	char	   *keys[PA_MAX_INDEX_KEYS];	/* to be run: quoted, with operator
											 * class and direction */
	const char *labels[PA_MAX_INDEX_KEYS];	/* for the name of the index */
	char	   *included[PA_MAX_INCLUDED];	/* not quoted, in order of names */
	char	   *predicate;		/* without WHERE, or NULL */
} PaIndexText;

/*
 * Looks names up and writes expressions; false when something is gone, or
 * cannot be written.
 */
extern bool pa_index_text_init(PaIndexText *text, const PaIndexSpec *spec,
							   const PaRelationFacts *table);

/*
 * "USING btree (customer_id, created_at DESC) INCLUDE (total) WHERE ..", with
 * "USING btree" only if "canonical"; palloc'd.
 */
extern char *pa_index_definition(const PaIndexText *text, bool canonical);

/*
 * The same for the same index whatever it is called: a hash over the table's
 * name and the canonical definition.
 */
extern int64 pa_index_finding_id(const PaIndexText *text);

/*
 * A name that no relation of the table's schema has, nor any of "taken" (List
 * of schema-qualified names), to which it is added; palloc'd, not quoted.
 */
extern char *pa_index_free_name(const PaIndexText *text, List **taken);

/* CREATE INDEX CONCURRENTLY ..., ready to run; palloc'd. */
extern char *pa_index_create_statement(const PaIndexText *text,
									   const char *name);

/*
 * For a partitioned table: the statements, one a line, that build the index
 * partition by partition without blocking writes; palloc'd.  NULL for other
 * tables, and where a foreign table among the partitions rules it out.
 */
extern char *pa_index_partition_script(const PaIndexText *text,
									   const char *name, List **taken);

/* Name of an index with its schema, quoted; NULL when it is gone. */
extern char *pa_index_qualified_name(Oid indexid);

#endif							/* PA_REPORT_INDEX_DDL_H */

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

/* What is needed to write an index down. */
typedef struct PaIndexText
{
	const PaIndexSpec *spec;
	const PaRelationFacts *table;
	char	   *columns[PA_MAX_INDEX_KEYS];	/* not quoted */
} PaIndexText;

/* Looks the columns' names up; false when one is gone. */
extern bool pa_index_text_init(PaIndexText *text, const PaIndexSpec *spec,
							   const PaRelationFacts *table);

/* "(customer_id, created_at DESC)", quoted where needed; palloc'd. */
extern char *pa_index_column_list(const PaIndexText *text);

/*
 * The same for the same index whatever it is called: a hash over the table's
 * name and the columns.
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

#endif							/* PA_REPORT_INDEX_DDL_H */

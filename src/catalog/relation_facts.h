/*-------------------------------------------------------------------------
 *
 * relation_facts.h
 *		What the catalogs say about a table, as plain structs.
 *
 * Every function answers about the present moment without taking a lock on
 * the relation, and says "gone" instead of raising an error.
 *
 * IDENTIFICATION
 *		src/catalog/relation_facts.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_CATALOG_RELATION_FACTS_H
#define PA_CATALOG_RELATION_FACTS_H

#include "nodes/pg_list.h"

#include "base/index_advice.h"

typedef struct PaRelationFacts
{
	Oid			relid;
	Oid			namespaceid;
	Oid			owner;
	const char *schemaname;		/* palloc'd, not quoted */
	const char *relname;		/* palloc'd, not quoted */
	char		relkind;		/* RELKIND_... */
	char		persistence;	/* RELPERSISTENCE_... */
	bool		is_partition;	/* child of a partitioned table */
	bool		is_catalog;		/* pg_catalog, information_schema or pg_toast */
	bool		is_extension;	/* belongs to an extension */
	bool		is_analyzed;	/* column statistics can be expected */
	double		tuples;			/* of the last VACUUM or ANALYZE, -1 unknown */
	int64		size;			/* bytes of the main fork now, 0 without storage */
} PaRelationFacts;

/* Fill facts in CurrentMemoryContext; false when the relation is gone. */
extern bool pa_catalog_relation_facts(Oid relid, PaRelationFacts *facts);

/* Name of a column, palloc'd and not quoted, or NULL when it is gone. */
extern char *pa_catalog_column_name(Oid relid, AttrNumber attnum);

/*
 * The relation's valid b-tree indexes without predicate, as List of
 * PaIndexSpec *: their leading plain columns with the column's default
 * operator class and collation, at most PA_MAX_INDEX_KEYS.
 */
extern List *pa_catalog_btree_indexes(Oid relid);

#endif							/* PA_CATALOG_RELATION_FACTS_H */

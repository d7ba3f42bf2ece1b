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

#include "access/attnum.h"
#include "nodes/pg_list.h"

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

/*
 * Bytes of the main fork, with those of all partitions, of a table or index; 0
 * when it is gone.
 */
extern int64 pa_catalog_size(Oid relid);

/*
 * True for a table or materialized view of the database's users, one they have
 * in common: not temporary, not a catalog's, not an extension's.
 */
extern bool pa_catalog_is_user_table(Oid relid);

/* Name of a column, palloc'd and not quoted, or NULL when it is gone. */
extern char *pa_catalog_column_name(Oid relid, AttrNumber attnum);

/* The leaves of a partitioned table; foreign tables do not count. */
typedef struct PaPartitionFacts
{
	int			nleaves;
	double		tuples;			/* sum of the last known, as pg_class has them */
	double		pages;			/* likewise */
	double		allvisible;		/* of those pages, likewise */
	Oid			largest;		/* the leaf with most rows, 0: none */
	bool		is_analyzed;	/* that one has column statistics */
	bool		root_is_analyzed;	/* the table itself has */
} PaPartitionFacts;

/* Fill facts about the table's partitions at all levels. */
extern void pa_catalog_partition_facts(Oid relid, PaPartitionFacts *facts);

/*
 * A partitioned table or index and what is below it, as far as it is there:
 * nothing is locked, and core's own walk raises an error when one of them is
 * dropped at that moment.
 */
extern List *pa_catalog_with_partitions(Oid relid);

/*
 * A table and all that it inherits from or is a partition of, at all levels:
 * a statement that reads it may name any of them.
 */
extern List *pa_catalog_with_parents(Oid relid);

/* The leaf with most rows, InvalidOid when there is none. */
extern Oid	pa_catalog_largest_partition(Oid relid);

/* The direct partitions of a partitioned table, as OidList; without a lock. */
extern List *pa_catalog_partitions(Oid relid);

#endif							/* PA_CATALOG_RELATION_FACTS_H */

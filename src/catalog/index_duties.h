/*-------------------------------------------------------------------------
 *
 * index_duties.h
 *		What an index is there for besides being read by plans.
 *
 * Everything that speaks against dropping an index that no statement reads:
 * constraints, foreign keys on both sides, replica identity and the like.
 * As everything in this room: no lock on table or index, and what is gone is
 * left out.
 *
 * IDENTIFICATION
 *		src/catalog/index_duties.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_CATALOG_INDEX_DUTIES_H
#define PA_CATALOG_INDEX_DUTIES_H

#include "access/attnum.h"
#include "nodes/pg_list.h"

/* A foreign key as far as indexes are concerned. */
typedef struct PaKeyReference
{
	const char *name;			/* of the constraint */
	Oid			relid;			/* the referencing table */
	Oid			parent;			/* the referenced table */
	Oid			target;			/* the referenced table's index */
	int			nkeys;
	AttrNumber *attnums;		/* of the referencing table */
	AttrNumber *parent_attnums;
	Oid		   *operators;		/* that compare a parent's column with ours */
	Oid		   *collations;		/* by which they do when a parent's row goes */
} PaKeyReference;

typedef struct PaIndexDuties
{
	Oid			indexid;
	Oid			relid;
	Oid			root;			/* the index of the partitioned table that it is a
								 * partition of, at the top; else itself */
	Oid			method;
	char		relkind;
	char		persistence;
	bool		is_valid;		/* also ready and live */
	bool		is_unique;
	bool		is_primary;
	bool		is_exclusion;
	bool		is_deferrable;	/* not checked at once */
	bool		is_replica_identity;
	bool		is_clustered;
	bool		is_apply_target;	/* a subscription's worker may find rows by it */
	bool		is_partition_child;
	bool		has_expressions;
	bool		has_predicate;
	bool		not_null_only;	/* the predicate is IS NOT NULL of its first key */
	int			nkeys;
	AttrNumber *attnums;		/* of its keys, 0: an expression */
	Oid		   *families;		/* their operator families */
	Oid		   *collations;
	double		tuples;			/* of the last VACUUM or ANALYZE, -1 unknown */
	double		pages;
	const char *constraint;		/* that it backs, or NULL */
	List	   *references;		/* of PaKeyReference *: foreign keys whose target
								 * it is */
	List	   *serves;			/* of PaKeyReference *: foreign keys of its table
								 * that no other index serves better */
} PaIndexDuties;

/*
 * List of PaIndexDuties * of the indexes of one table, or with InvalidOid of
 * all tables of the database, in order of tables; palloc'd in
 * CurrentMemoryContext.  Catalogs, TOAST and temporary tables have none.
 */
extern List *pa_catalog_index_duties(Oid relid);

#endif							/* PA_CATALOG_INDEX_DUTIES_H */

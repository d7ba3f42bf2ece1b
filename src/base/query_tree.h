/*-------------------------------------------------------------------------
 *
 * query_tree.h
 *		A rewritten Query kept for planning it again, and the proof that
 *		everything it depends on is unchanged.
 *
 * A stored tree can be stale, and a stale tree can crash the planner (a Var
 * whose column changed type makes a selectivity function read an integer as
 * a pointer).  So each tree carries a hash over what it depends on: every
 * attribute of every relation, xmin and ctid of every function, operator and
 * type.
 * pa_query_dependency_hash() computes it; a difference drops the tree.
 *
 * IDENTIFICATION
 *		src/base/query_tree.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_BASE_QUERY_TREE_H
#define PA_BASE_QUERY_TREE_H

#include "nodes/parsenodes.h"
#include "nodes/pg_list.h"

/* A stored tree as the store hands it out: palloc'd, one chunk a field. */
typedef struct PaStoredTree
{
	uint64		relations_hash; /* which relations: tells tenants apart */
	uint64		dependency_hash;	/* what must be unchanged */
	bool		has_params;		/* contains PARAM_EXTERN */
	char	   *query;			/* nodeToString(Query) */
	char	   *settings;		/* planner settings of the session, database or
								 * role, "name\0value\0..." */
	int			settings_len;
	uint32		settings_hash;	/* of settings */
} PaStoredTree;

/* What a walk over a Query finds; lists of OIDs without duplicates. */
typedef struct PaQueryDependencies
{
	List	   *relations;		/* every relation, views included */
	List	   *functions;		/* every function reached by a node, but for those
								 * that initdb pinned; InvalidOid when an operator
								 * has none any more */
	List	   *operators;		/* every operator, and through them their
								 * negators and commutators, likewise */
	List	   *types;			/* every type of an expression or of a relation's
								 * column, and what those are made of, likewise */
	List	   *range_functions;	/* the part of functions that range types call
									 * by themselves */
	bool		has_params;		/* some PARAM_EXTERN */
	bool		has_temporary;	/* some temporary relation */
	int			nrelations;		/* range table entries that are relations and not
								 * views */
} PaQueryDependencies;

extern void pa_query_dependencies(Query *query, PaQueryDependencies *deps);

/* Add to deps what an expression, and the columns of a relation, depend on. */
extern void pa_expression_dependencies(Node *expression, PaQueryDependencies *deps);
extern void pa_relation_dependencies(Oid relid, PaQueryDependencies *deps);

extern uint64 pa_query_relations_hash(const PaQueryDependencies *deps);

/*
 * Hash over the present catalog state of everything in deps.  Returns false
 * when an object is gone.  Does catalog access; the caller holds locks on
 * the relations when it needs the answer to stay true.
 */
extern bool pa_query_dependency_hash(const PaQueryDependencies *deps, uint64 *hash);

#endif							/* PA_BASE_QUERY_TREE_H */

/*-------------------------------------------------------------------------
 *
 * index_use.h
 *		Between the files that recognize how a statement could use an index.
 *
 *		relation_use.c	one base relation: collects what the others find
 *		use_average.c	the mean over several parameter vectors
 *		indexable.c		what of an expression an index could have as a key
 *		column_use.c	keys that could be looked up, arms of ORs among them
 *		search_use.c	... by prefix, or by other methods than b-tree
 *		ordering_use.c	orderings that an index could give
 *		predicate_use.c	conditions that a partial index could have
 *		needed_use.c	columns that an index would have to return
 *		existing_use.c	the indexes that are there
 *		hint_use.c		why none can serve
 *
 * All of it runs inside a base planning, from set_rel_pathlist_hook, when the
 * planner has made the relation's own paths, and allocates in the planner's
 * memory; relation_use.c copies the result out.
 *
 * IDENTIFICATION
 *		src/whatif/index_use.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_WHATIF_INDEX_USE_H
#define PA_WHATIF_INDEX_USE_H

#include "nodes/pathnodes.h"

#include "base/index_advice.h"
#include "catalog/column_facts.h"

/* One base relation in one planning. */
typedef struct PaUseContext
{
	PlannerInfo *root;
	RelOptInfo *rel;
	Oid			relid;
	double		tuples;			/* of the whole table, all partitions */
	double		pages;
	RelOptInfo *stand_in;		/* for a partitioned root without statistics of
								 * its own: its largest scanned partition */
	List	   *hints;			/* of PaUseHint * */
} PaUseContext;

/* Uses while they are collected: all of a relation, or one arm of an OR. */
typedef struct PaUseSet
{
	List	   *uses;			/* of PaColumnUse * */
	List	   *ranges;			/* of range clauses not yet put together */
} PaUseSet;

/* indexable.c */

/*
 * What of the relation node is: one of its columns, or an immutable
 * expression over them.  pa_indexable_key() wants it to be fit for a b-tree,
 * pa_searchable_key() for any method.  False for anything else.
 */
extern bool pa_indexable_key(const PaUseContext *context, Node *node, PaColumnFacts *facts);
extern bool pa_searchable_key(const PaUseContext *context, Node *node, PaColumnFacts *facts);

/* A copy of an expression of the relation as PaIndexKey wants it: varno 1. */
extern Node *pa_own_expression(const PaUseContext *context, Node *node);

/* Whether the operator can be undone on the other side of a comparison. */
extern bool pa_is_arithmetic(Oid opno);

/* Whether node mentions the relation. */
extern bool pa_mentions_relation(const PaUseContext *context, Node *node);

/* Share of the table's rows that satisfy all clauses (of RestrictInfo * too). */
extern double pa_clauses_selectivity(const PaUseContext *context, List *clauses);
extern double pa_clause_selectivity(const PaUseContext *context, Node *clause);

/* column_use.c */
extern List *pa_column_uses(PaUseContext *context, List **alternatives);
extern void pa_add_use(const PaUseContext *context, PaUseSet *set,
					   const PaColumnFacts *facts, const PaColumnUse *how);
extern double pa_key_selectivity(const PaUseContext *context, const PaColumnFacts *facts,
								 PaColumnUseKind kind, Node *clause);

/* search_use.c */

/*
 * Add the uses of a clause that no b-tree operator of the key's default class
 * makes: a prefix, or a search by another method.  False: none found.
 */
extern bool pa_search_uses(PaUseContext *context, PaUseSet *set, RestrictInfo *rinfo,
						   Node *clause);

/* The class of a family for the type, the method's default one preferred; or 0. */
extern Oid	pa_class_of_family(Oid opfamily, Oid method, Oid type);

/* nearest_use.c */
extern void pa_nearest_uses(PaUseContext *context, PaUseSet *set);

/* True when the pattern has what a trigram index needs, see search_use.c. */
extern bool pa_pattern_has_trigram(const char *pattern, bool regex);

/* ordering_use.c */
extern List *pa_ordering_uses(PaUseContext *context);

/* Whether a LIMIT cuts the rows that the relations are joined into. */
extern bool pa_limit_applies(PlannerInfo *root);

/* predicate_use.c */
extern List *pa_predicate_uses(const PaUseContext *context);

/* needed_use.c */
extern List *pa_needed_columns(const PaUseContext *context, bool *needs_row);
extern bool pa_is_changed(const PaUseContext *context);

/* existing_use.c */
extern List *pa_existing_indexes(const PaUseContext *context);

/* hint_use.c */
extern void pa_add_hint(PaUseContext *context, PaUseHintKind kind, AttrNumber attnum,
						Node *clause, double selectivity);

/* Why no use was found in a comparison with the relation's side "node". */
extern void pa_hint_comparison(PaUseContext *context, Node *clause, Node *node,
							   Oid opno, Oid collation, double selectivity);

/* Those that only the finished picture of the relation shows. */
extern void pa_hint_relation(PaUseContext *context, const PaRelationUse *use);

/* use_average.c */

/* A PaRelationUse with what telling it from others takes; "use" comes first. */
typedef struct PaCollectedUse
{
	PaRelationUse use;
	Index		rti;
	Index		level;			/* of the query that it is in */
	int			ordinal;		/* among those with the same three */
	List	   *varying;		/* expressions, constants masked, that other values
								 * make different: no index could have them */
} PaCollectedUse;

extern void pa_collect_use(List **relations, const PaUseContext *context,
						   const PaRelationUse *use);

#endif							/* PA_WHATIF_INDEX_USE_H */

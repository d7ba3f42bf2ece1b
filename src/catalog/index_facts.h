/*-------------------------------------------------------------------------
 *
 * index_facts.h
 *		What the catalogs say about a table's indexes, as PaIndexSpec.
 *
 * Every function answers about the present moment without taking a lock on
 * table or index, and runs none of the functions in their expressions but
 * those that initdb made: the caller need not be who may run them.
 *
 * IDENTIFICATION
 *		src/catalog/index_facts.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_CATALOG_INDEX_FACTS_H
#define PA_CATALOG_INDEX_FACTS_H

#include "access/htup.h"
#include "nodes/pg_list.h"

#include "base/index_advice.h"

/*
 * The relation's valid indexes of all methods, partial ones included, as List
 * of PaIndexSpec *.  Keys are described up to the first that PaIndexSpec has no
 * place for; "truncated" says that there are more.  predicate_holds is true without predicate only.
 */
extern List *pa_catalog_indexes(Oid relid);

/*
 * The same of those that are not valid and stay so: left behind by a CREATE
 * INDEX CONCURRENTLY that failed.  None while an index of the relation is being
 * built; on a standby that is not known.
 */
extern List *pa_catalog_broken_indexes(Oid relid);

/*
 * Of a tuple of the cache INDEXRELID: the expressions, one for each key that is
 * no column, and the predicate as implicitly ANDed clauses; NIL: none.
 */
extern List *pa_catalog_index_expressions(HeapTuple tuple);
extern List *pa_catalog_index_predicate(HeapTuple tuple);

/*
 * The row of pg_statistic's kind about an expression (Vars with varno 1) that
 * an index of the relation or extended statistics have; NULL: there is none.
 * To be freed by ReleaseSysCache() when *in_syscache, else heap_freetuple().
 */
extern HeapTuple pa_catalog_expression_statistics(Oid relid, Node *expression,
												  bool *in_syscache);

/*
 * Expressions of the index (Vars with varno 1) that the planner has statistics
 * of by this index alone.  Of several indexes with the same expression the
 * oldest has the duty.  One that the planner simplifies is there twice, as it
 * was written, too: so it stands in query trees, which nobody simplified.
 */
extern List *pa_catalog_only_statistics(Oid relid, Oid indexid);

/*
 * True when the index, or extended statistics of its relation, have all that
 * the planner knows of the other index's expressions.
 */
extern bool pa_catalog_has_statistics_of(Oid relid, Oid indexid, Oid otherid);

/*
 * The operator class that CREATE INDEX takes when none is named, InvalidOid
 * when the type has none for the method.
 */
extern Oid	pa_catalog_default_opclass(Oid type, Oid method);

#endif							/* PA_CATALOG_INDEX_FACTS_H */

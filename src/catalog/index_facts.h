/*-------------------------------------------------------------------------
 *
 * index_facts.h
 *		The indexes and partitions of a table, as the catalogs have them.
 *
 * IDENTIFICATION
 *		src/catalog/index_facts.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_CATALOG_INDEX_FACTS_H
#define PA_CATALOG_INDEX_FACTS_H

#include "nodes/pg_list.h"

#include "base/index_advice.h"

/*
 * The relation's valid indexes of every method, as List of PaIndexSpec *,
 * each as far as it can be described (PaIndexSpec.truncated); without a lock.
 * Their predicates are not judged for any statement.
 */
extern List *pa_catalog_indexes(Oid relid);

/* The direct partitions of a partitioned table, as OidList; without a lock. */
extern List *pa_catalog_partitions(Oid relid);

#endif							/* PA_CATALOG_INDEX_FACTS_H */

/*-------------------------------------------------------------------------
 *
 * index_builds.h
 *		Which indexes somebody is building or dropping at this moment.
 *
 * IDENTIFICATION
 *		src/catalog/index_builds.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_CATALOG_INDEX_BUILDS_H
#define PA_CATALOG_INDEX_BUILDS_H

typedef struct PaIndexBuilds PaIndexBuilds;

/*
 * A look at the lock table and at what the other sessions are doing; palloc'd.
 * It is as dear as reading pg_locks.
 */
extern PaIndexBuilds *pa_catalog_index_builds(void);

/*
 * True when the index may be the work in progress of another session: that
 * holds a lock on it as CREATE, DROP and REINDEX take it, or such a one on its
 * table without being VACUUM or ANALYZE.  What happens on the primary is not
 * known on a standby.
 */
extern bool pa_catalog_is_being_built(const PaIndexBuilds *builds, Oid relid,
									  Oid indexid);

#endif							/* PA_CATALOG_INDEX_BUILDS_H */

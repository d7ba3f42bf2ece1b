/*-------------------------------------------------------------------------
 *
 * capabilities.h
 *		What this major version of PostgreSQL can measure, as constants.
 *
 * Columns that a version cannot fill are NULL there.  The code that fills
 * them asks these constants, so that no other room tests the version.
 *
 * IDENTIFICATION
 *		src/compat/capabilities.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_CAPABILITIES_H
#define PA_COMPAT_CAPABILITIES_H

/*
 * 17 times the I/O of local buffers apart from that of shared ones (upstream:
 * BufferUsage got local_blk_read_time and local_blk_write_time).  Before,
 * both are in one pair of times, which is shown as the shared one.
 */
#define PA_HAS_LOCAL_BLK_TIMES (PG_VERSION_NUM >= 170000)

/* 17 counts and times JIT tuple deforming (upstream: deform_counter). */
#define PA_HAS_JIT_DEFORM (PG_VERSION_NUM >= 170000)

/* 18 counts full WAL buffers per statement (upstream: in WalUsage). */
#define PA_HAS_WAL_BUFFERS_FULL (PG_VERSION_NUM >= 180000)

/* 18 counts parallel workers (upstream: es_parallel_workers_to_launch). */
#define PA_HAS_PARALLEL_WORKER_COUNTS (PG_VERSION_NUM >= 180000)

/* 16 keeps updates HOT when only BRIN indexes are on what they set (19d8e2308b). */
#define PA_BRIN_KEEPS_HOT (PG_VERSION_NUM >= 160000)

/*
 * By which indexes a subscription's worker looks for the rows of a table
 * without key, as upstream's IsIndexUsableForReplicaIdentityFull(): from 16 on
 * B-trees, from 17 on hash, from 18 on any with an operator for equality.
 */
#define PA_APPLY_BY_BTREE (PG_VERSION_NUM >= 160000)
#define PA_APPLY_BY_HASH (PG_VERSION_NUM >= 170000)
#define PA_APPLY_BY_GIST (PG_VERSION_NUM >= 180000)

/* The major version: what is saved is for the one that saved it. */
#define PA_SERVER_MAJOR (PG_VERSION_NUM / 10000)

#endif							/* PA_COMPAT_CAPABILITIES_H */

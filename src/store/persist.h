/*-------------------------------------------------------------------------
 *
 * persist.h
 *		The file that keeps the store over a restart; for src/store/ only.
 *
 * A header, then records: each a PaFileRecord with the length of what
 * follows.  Fields are as in memory, so the header says with which server,
 * build and byte order it was written, and nothing else is read.
 *
 *	STORE			the counters of losses
 *	WATCH			since when uses of indexes are counted
 *	INDEX			an index's uses that are in no statement any more
 *	PLAN			the indexes of a plan; before the statements, whose counts go
 *					to the indexes when they find no room
 *	STATEMENT		one statement with its plan, both tiers merged; the one
 *					with the most time first, so that a smaller store keeps it
 *	ERROR			a row of errors
 *	SHAPE			a statement without its plan, and who runs it; followed by
 *					what belongs to it:
 *	TEXT, TREE, PARAMS, PLAN_TEXT, SCANS	a PaFileBlob, then the chunk as it
 *					is in text memory
 *
 * Change PA_FILE_FORMAT whenever the meaning of anything here, or of a field
 * of the structs used here, changes without a change of size.
 *
 * IDENTIFICATION
 *		src/store/persist.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_STORE_PERSIST_H
#define PA_STORE_PERSIST_H

#include "pgstat.h"

#include "store/store_internal.h"

/* Base backups leave this folder out: a standby must not inherit it. */
#define PA_FILE PG_STAT_TMP_DIR "/perf_advisor.stat"
#define PA_FILE_NEW PA_FILE ".new"	/* while it is written */
#define PA_FILE_BAD PA_FILE ".bad"	/* the last one that was rejected */

#define PA_FILE_MAGIC 0x50414453
#define PA_FILE_FORMAT 4
#define PA_FILE_SIZES 10

/* No record is longer: a chunk has an eighth of text memory at most. */
#define PA_MAX_RECORD ((Size) 768 * 1024 * 1024)	/* bytes */

typedef struct PaFileHeader
{
	uint32		magic;			/* also tells the byte order */
	uint32		format;
	uint32		server_major;
	uint32		catalog_version;	/* trees and predicates are node strings */
	uint32		sizes[PA_FILE_SIZES];	/* of structs, see pa_persist_sizes() */
	double		one;			/* 1.0: the form of floats */
	uint64		system_identifier;
	uint64		length;			/* of the file, bytes */
	TimestampTz written;
	TimestampTz stats_reset;
	uint32		body_crc;		/* of all that follows the header */
	uint32		header_crc;		/* of the header before this field */
} PaFileHeader;

typedef enum PaRecordKind
{
	PA_RECORD_STORE = 1,
	PA_RECORD_STATEMENT,
	PA_RECORD_ERROR,
	PA_RECORD_SHAPE,
	PA_RECORD_TEXT,
	PA_RECORD_TREE,
	PA_RECORD_PARAMS,
	PA_RECORD_PLAN_TEXT,
	PA_RECORD_SCANS,
	PA_RECORD_WATCH,
	PA_RECORD_INDEX,
	PA_RECORD_PLAN
} PaRecordKind;

typedef struct PaFileRecord
{
	uint32		kind;
	uint32		len;			/* bytes that follow */
} PaFileRecord;

typedef struct PaFileWatch
{
	TimestampTz since;
	TimestampTz forgotten;
	int64		in_recovery;	/* 1: written by a standby, or nobody noticed that
								 * it was promoted */
} PaFileWatch;

/* As PaSharedIndex. */
typedef struct PaFileIndex
{
	Oid			dbid;
	Oid			indexid;
	int64		uses;
	double		sampled_uses;
	double		rows;
	TimestampTz last_used;
	TimestampTz first_seen;
	int64		statements;
} PaFileIndex;

/* Followed by the indexes, each an Oid. */
typedef struct PaFilePlan
{
	int64		planid;
	Oid			dbid;
	uint32		nindexes;
} PaFilePlan;

typedef struct PaFileBucket
{
	uint32		bucket;
	uint32		unused;
	uint64		count;
} PaFileBucket;

/* Followed by its buckets that are not empty. */
typedef struct PaFileStatement
{
	PaStatementKey key;
	PaCounters	counters;
} PaFileStatement;

/* Followed by the names of its applications, each with its zero byte. */
typedef struct PaFileShape
{
	PaShapeKey	key;
	int32		encoding;		/* of the text */
	uint32		params_seen;
	uint32		trees_seen;
	uint32		has_entries;	/* it was more than a text */
	uint32		applications;	/* number of names that follow */
	uint32		other_applications;
} PaFileShape;

/* What is known of a chunk; fields that its kind has not are 0. */
typedef struct PaFileBlob
{
	int64		planid;			/* of a chunk that belongs to a plan */
	int64		toplevel;
	uint64		relations_hash;
	uint64		dependency_hash;
	uint32		has_params;
	uint32		settings_len;
	uint32		settings_hash;
	uint32		raw_len;		/* as in PaSharedBlob */
	int32		encoding;		/* of a plan's text */
	uint32		unused;
} PaFileBlob;

/* persist_write.c */
extern void pa_persist_header(PaFileHeader *header);
extern bool pa_persist_write(uint64 *length);

/* persist_read.c */
extern bool pa_persist_load(void);

/* persist_check.c: does what the file says make sense? */
extern bool pa_persist_names_valid(const char *data, Size len, uint32 count);
extern bool pa_persist_params_valid(const char *data, Size len);
extern bool pa_persist_scans_valid(const PaSharedScans *scans, Size len);
extern bool pa_persist_blob_valid(const PaFileBlob *blob, Size len);
extern bool pa_persist_counters_valid(const PaCounters *counters);
extern bool pa_persist_index_valid(const PaFileIndex *index);

#endif							/* PA_STORE_PERSIST_H */

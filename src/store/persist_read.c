/*-------------------------------------------------------------------------
 *
 * persist_read.c
 *		Fills the store from its file, in the postmaster at start.
 *
 * The file is read twice: once to compare its checksum, then to restore its
 * records.  Nothing in it is believed before the first is done, and no length
 * or count in the second.  What is wrong is rejected as a whole: the file is
 * set aside, one line says why, and the server starts with an empty store.
 * Nothing here may keep the server from starting.
 *
 * Nobody else is attached to the shared memory, so no lock is taken.
 *
 * A smaller store than the one that was written takes what fits, the heaviest
 * statements first; the counts of the rest go to the <evicted> rows.
 *
 * IDENTIFICATION
 *		src/store/persist_read.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <sys/stat.h>
#include <unistd.h>

#include "catalog/pg_control.h"
#include "common/controldata_utils.h"
#include "miscadmin.h"
#include "port/pg_crc32c.h"
#include "storage/fd.h"
#include "storage/lwlock.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "config/config.h"
#include "store/index_uses.h"
#include "store/persist.h"

#define PA_READ_CHUNK (64 * 1024)	/* bytes */

/* usec: twice the time between saves */
#define PA_UNWATCHED (120 * USECS_PER_SEC)

/* The file while it is read. */
typedef struct PaFileReader
{
	FILE	   *file;
	PaFileHeader header;
	uint64		left;			/* bytes after the present record */
	char	   *buffer;			/* the present record's content */
	Size		room;
	PaSharedShape *shape;		/* that the next chunks belong to, or NULL */
	int64		statements;		/* restored as rows of their own */
	TimestampTz watched_again;	/* 0: indexes were watched all the time */
} PaFileReader;

static const char *const damaged = "it is damaged";
static const char *const nonsense = "its content makes no sense";

/* ---- is it ours and whole? ---- */

/* Says what is wrong with the header, NULL if nothing. */
static const char *
check_header(PaFileReader *reader, uint64 size)
{
	PaFileHeader *header = &reader->header;
	PaFileHeader wanted;
	pg_crc32c	crc;

	if (size < sizeof(PaFileHeader))
		return "it is too short";
	if (fread(header, sizeof(PaFileHeader), 1, reader->file) != 1)
		return "it can't be read";
	pa_persist_header(&wanted);
	if (header->magic != wanted.magic)
		return "it is no such file, or of another byte order";
	INIT_CRC32C(crc);
	COMP_CRC32C(crc, header, offsetof(PaFileHeader, header_crc));
	FIN_CRC32C(crc);
	if (!EQ_CRC32C(crc, header->header_crc))
		return damaged;
	if (header->format != wanted.format || memcmp(header->sizes, wanted.sizes, sizeof(wanted.sizes)) != 0 ||
		header->one != wanted.one)
		return "another build of the library wrote it";
	if (header->server_major != wanted.server_major || header->catalog_version != wanted.catalog_version)
		return "another version of PostgreSQL wrote it";
	if (header->system_identifier != wanted.system_identifier)
		return "another server wrote it";
	if (header->length != size)
		return "its length is wrong";
	return NULL;
}

/* Compares the checksum of all that follows the header. */
static const char *
check_body(PaFileReader *reader)
{
	pg_crc32c	crc;
	uint64		left = reader->header.length - sizeof(PaFileHeader);

	INIT_CRC32C(crc);
	while (left > 0)
	{
		Size		len = Min(left, reader->room);

		if (fread(reader->buffer, 1, len, reader->file) != len)
			return "it can't be read";
		COMP_CRC32C(crc, reader->buffer, len);
		left -= len;
	}
	FIN_CRC32C(crc);
	return EQ_CRC32C(crc, reader->header.body_crc) ? NULL : damaged;
}

/* ---- records ---- */

static bool
restore_losses(const char *data, Size len)
{
	uint64		counter;

	if (len != PA_LOSS_COUNTERS * sizeof(counter))
		return false;
	for (int i = 0; i < PA_LOSS_COUNTERS; i++)
	{
		memcpy(&counter, data + i * sizeof(counter), sizeof(counter));
		pg_atomic_write_u64(pa_loss_counter(i), counter);
	}
	return true;
}

/*
 * When the server is known to have run last, before this start: the time of
 * its control file, which checkpoints write.
 */
static TimestampTz
server_ran_until(void)
{
	bool		valid;
	ControlFileData *control = get_controlfile(DataDir, &valid);

	return valid ? time_t_to_timestamptz(control->time) : 0;
}

/*
 * Restores since when uses of indexes are counted.  When the server ran longer
 * than the file knows, the library was not loaded, or could not save: what was
 * used then is not known; nor is what another server ran, when this was its
 * standby then and is none any more.
 */
static bool
restore_watch(PaFileReader *reader, Size len)
{
	const char *data = reader->buffer;
	TimestampTz ran_until = server_ran_until();
	PaFileWatch watch;

	if (len != sizeof(watch))
		return false;
	memcpy(&watch, data, sizeof(watch));
	if (watch.since <= 0 || watch.forgotten < 0)
		return false;
	if (ran_until - reader->header.written > PA_UNWATCHED ||
		(watch.in_recovery != 0 && !pa_starts_in_recovery()))
		reader->watched_again = GetCurrentTimestamp();
	pa_shared->index_uses.since = Max(watch.since, reader->watched_again);
	pg_atomic_write_u64(&pa_shared->index_uses.forgotten, (uint64) watch.forgotten);
	return true;
}

static bool
restore_index(PaFileReader *reader, Size len)
{
	const char *data = reader->buffer;
	PaFileIndex index;
	PaSharedIndex *row;

	if (len != sizeof(index))
		return false;
	memcpy(&index, data, sizeof(index));
	if (!pa_persist_index_valid(&index))
		return false;
	row = pa_index_make_locked(index.dbid, index.indexid);
	row->uses = index.uses;
	row->sampled_uses = (float4) index.sampled_uses;
	row->rows = (float4) index.rows;
	row->last_used = index.last_used;
	row->first_seen = Max(index.first_seen, reader->watched_again);
	row->statements = (uint32) index.statements;
	return true;
}

/* A plan that finds no room is entered again when it is executed. */
static bool
restore_plan(const char *data, Size len)
{
	PaFilePlan	plan;
	dsa_pointer many = InvalidDsaPointer;
	Size		size = len - sizeof(plan);

	if (len <= sizeof(plan))
		return false;
	memcpy(&plan, data, sizeof(plan));
	if (plan.planid == 0 || !OidIsValid(plan.dbid) || size % sizeof(Oid) != 0 ||
		size / sizeof(Oid) != plan.nindexes)
		return false;
	data += sizeof(plan);
	if (plan.nindexes > PA_FEW_INDEXES)
	{
		many = pa_blob_alloc(size, true);
		if (!DsaPointerIsValid(many))
			return true;
		memcpy(pa_blob_address(many), data, size);
	}
	(void) pa_index_plan_add_locked(plan.dbid, plan.planid, (const Oid *) data, plan.nindexes, &many);
	pa_blob_free_pointer(&many, size);
	return true;
}

/* Adds up the buckets of a statement's record. */
static bool
restore_histogram(uint64 *histogram, const char *data, Size len)
{
	PaFileBucket bucket;

	for (Size at = 0; at < len; at += sizeof(bucket))
	{
		memcpy(&bucket, data + at, sizeof(bucket));
		if (bucket.bucket >= PA_HISTOGRAM_BUCKETS)
			return false;
		histogram[bucket.bucket] += bucket.count;
	}
	return true;
}

/* True when a new statement finds a place without evicting another. */
static bool
has_room(int p)
{
	PaSharedPartition *partition = pa_shared_partition(p);

	return pg_atomic_read_u32(&pa_shared->nentries) < (uint32) pa_guc_max_statements &&
		partition->free_entry != PA_NONE && partition->free_shape != PA_NONE;
}

static bool
restore_statement(PaFileReader *reader, Size len)
{
	PaFileStatement fixed;
	uint64		histogram[PA_HISTOGRAM_BUCKETS] = {0};
	uint32		hash;
	PaSharedEntry *entry = NULL;

	if (len < sizeof(fixed) || (len - sizeof(fixed)) % sizeof(PaFileBucket) != 0)
		return false;
	memcpy(&fixed, reader->buffer, sizeof(fixed));
	if ((fixed.key.toplevel != 0 && fixed.key.toplevel != 1) ||
		!pa_persist_counters_valid(&fixed.counters) ||
		!restore_histogram(histogram, reader->buffer + sizeof(fixed), len - sizeof(fixed)))
		return false;

	hash = pa_store_shape_hash(&fixed.key.shape);
	if (fixed.key.shape.queryid != 0 && has_room(pa_partition_of(hash)))
		entry = pa_table_make_entry_locked(&fixed.key, hash);
	if (entry != NULL)
	{
		pa_counters_merge(&entry->counters, &fixed.counters);
		for (int i = 0; i < PA_HISTOGRAM_BUCKETS; i++)
			entry->histogram[i] += histogram[i];
		reader->statements++;
		return true;
	}
	pa_evict_to_row(&fixed.key, &fixed.counters, histogram);
	if (fixed.key.shape.queryid != 0)
		pg_atomic_fetch_add_u64(&pa_shared->dealloc, 1);
	return true;
}

static bool
restore_error(const char *data, Size len)
{
	PaErrorRow	row;
	PaSharedError error = {0};

	if (len != sizeof(row))
		return false;
	memcpy(&row, data, sizeof(row));
	if (row.errors <= 0)
		return false;
	error.shape = row.shape;
	error.toplevel = row.toplevel;
	error.sqlstate = row.sqlstate;
	error.errors = row.errors;
	error.exec_time = row.exec_time;
	error.last_error = row.last_error;
	pa_errors_add_locked(row.evicted ? PA_EVICTED : pa_partition_of(pa_store_shape_hash(&row.shape)), &error);
	return true;
}

/*
 * Finds the shape that the next chunks belong to.  One that had no counters
 * is made; one whose counters went to an <evicted> row stays away.
 */
static bool
restore_shape(PaFileReader *reader, Size len)
{
	PaFileShape fixed;
	const char *name = reader->buffer + sizeof(fixed);
	uint32		hash;
	int			p;

	if (len < sizeof(fixed))
		return false;
	memcpy(&fixed, reader->buffer, sizeof(fixed));
	if (fixed.key.queryid == 0 ||
		!pa_persist_names_valid(name, len - sizeof(fixed), fixed.applications))
		return false;
	hash = pa_store_shape_hash(&fixed.key);
	p = pa_partition_of(hash);
	reader->shape = pa_table_find_shape_in(p, &fixed.key, hash);
	if (reader->shape == NULL && !fixed.has_entries)
		reader->shape = pa_table_add_shape_in(p, &fixed.key, hash);
	if (reader->shape == NULL)
		return true;
	reader->shape->encoding = fixed.encoding;
	reader->shape->params_seen = fixed.params_seen;
	reader->shape->trees_seen = fixed.trees_seen;
	for (uint32 i = 0; i < fixed.applications; i++)
	{
		pa_application_add_locked(reader->shape, name);
		name += strlen(name) + 1;
	}
	reader->shape->other_applications |= fixed.other_applications != 0;
	return true;
}

/* ---- chunks ---- */

/* Copies a chunk to text memory.  False when there is no room, as counted. */
static bool
keep_chunk(PaSharedBlob *blob, const PaFileBlob *fixed, const char *data, Size len, bool is_text)
{
	if (!pa_blob_store(blob, data, len, false, is_text))
		return false;
	blob->raw_len = fixed->raw_len;
	return true;
}

static void
restore_text(PaSharedShape *shape, const PaFileBlob *fixed, const char *data, Size len)
{
	if (!DsaPointerIsValid(shape->text.pointer))
		(void) keep_chunk(&shape->text, fixed, data, len, true);
}

/*
 * True when a tree holds no value that a user wrote: nodeToString() says of
 * each constant whether it is NULL.
 */
static bool
tree_without_literals(const PaFileBlob *fixed, const char *data, Size len)
{
	PaSharedBlob blob = {InvalidDsaPointer, len, fixed->raw_len};
	char	   *content = pa_blob_expand(&blob, data);
	bool		without;

	without = content != NULL &&
		strstr(content + fixed->settings_len, ":constisnull false") == NULL;
	if (content != NULL)
		pfree(content);
	return without;
}

static void
restore_tree(PaSharedShape *shape, const PaFileBlob *fixed, const char *data, Size len)
{
	PaSharedTree tree = {0};

	if (shape->ntrees >= PA_MAX_TREES ||
		(!pa_guc_track_parameters && !tree_without_literals(fixed, data, len)))
		return;
	tree.relations_hash = fixed->relations_hash;
	tree.dependency_hash = fixed->dependency_hash;
	tree.has_params = fixed->has_params != 0;
	tree.settings_len = fixed->settings_len;
	tree.settings_hash = fixed->settings_hash;
	if (keep_chunk(&tree.blob, fixed, data, len, false))
		shape->trees[shape->ntrees++] = tree;
}

static void
restore_params(PaSharedShape *shape, const PaFileBlob *fixed, const char *data, Size len)
{
	if (pa_guc_track_parameters && shape->nparams < PA_MAX_PARAMS &&
		keep_chunk(&shape->params[shape->nparams], fixed, data, len, false))
		shape->nparams++;
}

/* Gives the entry that a plan's chunk belongs to, or NULL. */
static PaSharedEntry *
plan_entry(PaSharedShape *shape, const PaFileBlob *fixed)
{
	PaStatementKey key;

	memset(&key, 0, sizeof(key));
	key.shape = shape->key;
	key.planid = fixed->planid;
	key.toplevel = fixed->toplevel;
	return pa_table_find_entry_locked(shape, &key);
}

static void
restore_plan_text(PaSharedShape *shape, const PaFileBlob *fixed, const char *data, Size len)
{
	PaSharedEntry *entry = plan_entry(shape, fixed);

	/* plans show the literals that they were made with */
	if (entry == NULL || DsaPointerIsValid(entry->plan_text.pointer) || !pa_guc_track_parameters)
		return;
	if (keep_chunk(&entry->plan_text, fixed, data, len, false))
		entry->plan_encoding = fixed->encoding;
}

static void
restore_scans(PaSharedShape *shape, const PaFileBlob *fixed, const char *data, Size len)
{
	PaSharedEntry *entry = plan_entry(shape, fixed);

	if (entry == NULL || DsaPointerIsValid(entry->scans))
		return;
	entry->scans = pa_blob_alloc(len, false);
	if (DsaPointerIsValid(entry->scans))
		memcpy(pa_blob_address(entry->scans), data, len);
}

/* Gives a chunk to the present shape, if that was kept. */
static bool
restore_chunk(PaFileReader *reader, PaRecordKind kind, Size len)
{
	PaFileBlob	fixed;
	char	   *data = reader->buffer + sizeof(fixed);

	if (len <= sizeof(fixed))
		return false;
	memcpy(&fixed, reader->buffer, sizeof(fixed));
	len -= sizeof(fixed);
	if (!pa_persist_blob_valid(&fixed, len) ||
		(kind == PA_RECORD_PARAMS && (fixed.raw_len != 0 || !pa_persist_params_valid(data, len))))
		return false;
	if (kind == PA_RECORD_SCANS)
	{
		/* its fields are looked at in place */
		StaticAssertStmt(sizeof(PaFileBlob) % MAXIMUM_ALIGNOF == 0, "records must keep chunks aligned");
		if (!pa_persist_scans_valid((PaSharedScans *) data, len))
			return false;
	}
	if (reader->shape == NULL)
		return true;
	switch (kind)
	{
		case PA_RECORD_TEXT:
			restore_text(reader->shape, &fixed, data, len);
			return true;
		case PA_RECORD_TREE:
			restore_tree(reader->shape, &fixed, data, len);
			return true;
		case PA_RECORD_PARAMS:
			restore_params(reader->shape, &fixed, data, len);
			return true;
		case PA_RECORD_PLAN_TEXT:
			restore_plan_text(reader->shape, &fixed, data, len);
			return true;
		case PA_RECORD_SCANS:
			restore_scans(reader->shape, &fixed, data, len);
			return true;
		default:
			return false;
	}
}

static bool
restore_record(PaFileReader *reader, const PaFileRecord *record)
{
	switch ((PaRecordKind) record->kind)
	{
		case PA_RECORD_STORE:
			return restore_losses(reader->buffer, record->len);
		case PA_RECORD_WATCH:
			return restore_watch(reader, record->len);
		case PA_RECORD_INDEX:
			return restore_index(reader, record->len);
		case PA_RECORD_PLAN:
			return restore_plan(reader->buffer, record->len);
		case PA_RECORD_STATEMENT:
			return restore_statement(reader, record->len);
		case PA_RECORD_ERROR:
			return restore_error(reader->buffer, record->len);
		case PA_RECORD_SHAPE:
			return restore_shape(reader, record->len);
		default:
			return restore_chunk(reader, record->kind, record->len);
	}
}

/* Reads the next record's content into the buffer. */
static bool
read_record(PaFileReader *reader, PaFileRecord *record)
{
	if (reader->left < sizeof(*record) || fread(record, sizeof(*record), 1, reader->file) != 1)
		return false;
	reader->left -= sizeof(*record);
	if (record->len > reader->left || record->len > PA_MAX_RECORD)
		return false;
	if (record->len > reader->room)
	{
		pfree(reader->buffer);
		reader->room = record->len;
		reader->buffer = MemoryContextAllocHuge(CurrentMemoryContext, reader->room);
	}
	if (fread(reader->buffer, 1, record->len, reader->file) != record->len)
		return false;
	reader->left -= record->len;
	return true;
}

static const char *
restore(PaFileReader *reader)
{
	PaFileRecord record;

	if (fseek(reader->file, sizeof(PaFileHeader), SEEK_SET) != 0)
		return "it can't be read";
	reader->left = reader->header.length - sizeof(PaFileHeader);
	while (reader->left > 0)
	{
		if (!read_record(reader, &record) || !restore_record(reader, &record))
			return nonsense;
	}
	pg_atomic_write_u64(&pa_shared->stats_reset, (uint64) reader->header.stats_reset);
	return NULL;
}

/* ---- the whole ---- */

/* Says what is wrong with the file, NULL when the store was filled from it. */
static const char *
read_file(PaFileReader *reader, uint64 size)
{
	const char *problem;

	reader->file = AllocateFile(PA_FILE, PG_BINARY_R);
	if (reader->file == NULL)
		return strerror(errno);
	reader->room = PA_READ_CHUNK;
	reader->buffer = palloc(reader->room);
	problem = check_header(reader, size);
	if (problem == NULL)
		problem = check_body(reader);
	if (problem == NULL)
		problem = restore(reader);
	FreeFile(reader->file);
	return problem;
}

/* The same, with any error as the problem. */
static const char *
read_file_safely(PaFileReader *reader, uint64 size)
{
	MemoryContext old = CurrentMemoryContext;
	const char *volatile problem = NULL;

	PG_TRY();
	{
		problem = read_file(reader, size);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(old);
		error = CopyErrorData();
		FlushErrorState();
		LWLockReleaseAll();
		problem = error->message;
	}
	PG_END_TRY();
	return problem;
}

/* Sets the file aside, says so in the log and for status(). */
static void
reject(const char *problem)
{
	bool		moved = rename(PA_FILE, PA_FILE_BAD) == 0;

	strlcpy(pa_shared->saving.rejected, problem, sizeof(pa_shared->saving.rejected));
	ereport(LOG,
			(errmsg("perf_advisor starts empty, because \"%s\" can't be used: %s; %s",
					PA_FILE, problem, moved ? "it is now \"" PA_FILE_BAD "\"" : "it stays where it is")));
}

/*
 * Fills the fresh store from its file, if there is one.  False when the file
 * was rejected: the store may then hold a part of it.
 */
bool
pa_persist_load(void)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "perf_advisor file",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	PaFileReader reader = {0};
	const char *problem = NULL;
	struct stat st;

	(void) unlink(PA_FILE_NEW);
	if (lstat(PA_FILE, &st) == 0)
	{
		/* opening a pipe would wait for ever */
		problem = S_ISREG(st.st_mode) ? read_file_safely(&reader, st.st_size) : "it is no regular file";
		if (problem != NULL)
			reject(problem);
		else
		{
			pa_shared->saving.loaded_statements = reader.statements;
			pa_shared->saving.loaded_from = reader.header.written;
		}
	}
	else if (errno != ENOENT)
	{
		problem = strerror(errno);
		reject(problem);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	return problem == NULL;
}

/*-------------------------------------------------------------------------
 *
 * persist_write.c
 *		Writes the store to its file (persist.h).
 *
 * Run by the launcher, and by the postmaster after the last backend at a
 * clean shutdown.  Counters are copied first, all at one moment, as any
 * reader does.  Texts, trees and the like follow shape by shape, each under
 * its partition's lock for as long as a copy takes; nothing is written while
 * a lock is held.  The new file takes the old one's place when it is whole
 * and on disk.
 *
 * Memory: a copy of the counters and one shape's chunks, freed at the end.
 *
 * IDENTIFICATION
 *		src/store/persist_write.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <unistd.h>

#include "access/xlog.h"
#include "catalog/catversion.h"
#include "compat/capabilities.h"
#include "miscadmin.h"
#include "port/pg_crc32c.h"
#include "storage/fd.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "store/index_uses.h"
#include "store/persist.h"

/* The file while it is written. */
typedef struct PaFileWriter
{
	FILE	   *file;
	uint64		length;
	pg_crc32c	crc;			/* of what follows the header */
	bool	   *written;		/* shapes, by partition and index */

	/* a shape's records, filled under its partition's lock */
	char	   *buffer;
	Size		room;
	Size		used;			/* may exceed "room": then it was not all kept */
} PaFileWriter;

/* Fills in what makes a file one of this server and build. */
void
pa_persist_header(PaFileHeader *header)
{
	const uint32 sizes[PA_FILE_SIZES] = {
		sizeof(PaFileHeader), sizeof(PaFileStatement), sizeof(PaErrorRow),
		sizeof(PaFileShape), sizeof(PaFileBlob), sizeof(PaSharedScans), sizeof(PaSharedScan),
		PA_HISTOGRAM_BUCKETS, PA_LOSS_COUNTERS, sizeof(Datum)
	};

	memset(header, 0, sizeof(*header));
	header->magic = PA_FILE_MAGIC;
	header->format = PA_FILE_FORMAT;
	header->server_major = PA_SERVER_MAJOR;
	header->catalog_version = CATALOG_VERSION_NO;
	memcpy(header->sizes, sizes, sizeof(sizes));
	header->one = 1.0;
	header->system_identifier = GetSystemIdentifier();
}

/* Trouble is noted by stdio and looked at once, at the end. */
static void
write_bytes(PaFileWriter *writer, const void *data, Size len)
{
	(void) fwrite(data, 1, len, writer->file);
	COMP_CRC32C(writer->crc, data, len);
	writer->length += len;
}

static void
write_record(PaFileWriter *writer, PaRecordKind kind, const void *data, Size len)
{
	PaFileRecord record = {kind, len};

	write_bytes(writer, &record, sizeof(record));
	write_bytes(writer, data, len);
}

static void
write_store(PaFileWriter *writer)
{
	uint64		counters[PA_LOSS_COUNTERS];

	for (int i = 0; i < PA_LOSS_COUNTERS; i++)
		counters[i] = pg_atomic_read_u64(pa_loss_counter(i));
	write_record(writer, PA_RECORD_STORE, counters, sizeof(counters));
}

static void
write_plan(PaFileWriter *writer, const PaIndexUsesCopy *copy, const PaSharedPlan *plan)
{
	PaFileRecord record = {PA_RECORD_PLAN, sizeof(PaFilePlan) + plan->nindexes * sizeof(Oid)};
	PaFilePlan	fixed = {plan->planid, plan->dbid, plan->nindexes};

	write_bytes(writer, &record, sizeof(record));
	write_bytes(writer, &fixed, sizeof(fixed));
	write_bytes(writer, &copy->indexes[plan->next], plan->nindexes * sizeof(Oid));
}

static void
write_index_uses(PaFileWriter *writer, const PaIndexUsesCopy *copy)
{
	PaFileWatch watch = {copy->since, copy->forgotten, copy->in_recovery};

	write_record(writer, PA_RECORD_WATCH, &watch, sizeof(watch));
	for (int i = 0; i < copy->nrows; i++)
	{
		const PaSharedIndex *row = &copy->rows[i];
		PaFileIndex index = {row->dbid, row->indexid, row->uses, row->sampled_uses, row->rows,
			row->last_used, row->first_seen, row->statements};

		write_record(writer, PA_RECORD_INDEX, &index, sizeof(index));
	}
	for (int i = 0; i < copy->nplans; i++)
		write_plan(writer, copy, &copy->plans[i]);
}

static void
write_statement(PaFileWriter *writer, const PaStatement *statement)
{
	struct
	{
		PaFileStatement fixed;
		PaFileBucket buckets[PA_HISTOGRAM_BUCKETS];
	}			content;
	int			count = 0;

	content.fixed.key = statement->key;
	content.fixed.counters = statement->counters;
	for (int i = 0; i < PA_HISTOGRAM_BUCKETS; i++)
	{
		if (statement->histogram[i] == 0)
			continue;
		content.buckets[count].bucket = i;
		content.buckets[count].unused = 0;
		content.buckets[count++].count = statement->histogram[i];
	}
	write_record(writer, PA_RECORD_STATEMENT, &content,
				 sizeof(PaFileStatement) + count * sizeof(PaFileBucket));
}

static void
write_errors(PaFileWriter *writer)
{
	PaErrorList *list = pa_store_read_errors();

	for (int i = 0; i < list->count; i++)
		write_record(writer, PA_RECORD_ERROR, &list->items[i], sizeof(PaErrorRow));
}

/* ---- what belongs to a shape ---- */

/* Appends to the buffer, or only counts when that is full: no allocation. */
static void
put_bytes(PaFileWriter *writer, const void *data, Size len)
{
	if (writer->used + len <= writer->room)
		memcpy(writer->buffer + writer->used, data, len);
	writer->used += len;
}

static void
put_blob_locked(PaFileWriter *writer, PaRecordKind kind, PaFileBlob *fixed,
				dsa_pointer pointer, Size len)
{
	PaFileRecord record = {kind, sizeof(PaFileBlob) + len};

	put_bytes(writer, &record, sizeof(record));
	put_bytes(writer, fixed, sizeof(*fixed));
	put_bytes(writer, pa_blob_address(pointer), len);
}

static void
put_plain_blob_locked(PaFileWriter *writer, PaRecordKind kind, const PaSharedBlob *blob)
{
	PaFileBlob	fixed = {0};

	fixed.raw_len = blob->raw_len;
	if (DsaPointerIsValid(blob->pointer))
		put_blob_locked(writer, kind, &fixed, blob->pointer, blob->len);
}

static void
put_tree_locked(PaFileWriter *writer, const PaSharedTree *tree)
{
	PaFileBlob	fixed = {0};

	fixed.relations_hash = tree->relations_hash;
	fixed.dependency_hash = tree->dependency_hash;
	fixed.has_params = tree->has_params;
	fixed.settings_len = tree->settings_len;
	fixed.settings_hash = tree->settings_hash;
	fixed.raw_len = tree->blob.raw_len;
	put_blob_locked(writer, PA_RECORD_TREE, &fixed, tree->blob.pointer, tree->blob.len);
}

/* What belongs to one plan. */
static void
put_entry_locked(PaFileWriter *writer, const PaSharedEntry *entry)
{
	PaFileBlob	fixed = {0};

	fixed.planid = entry->key.planid;
	fixed.toplevel = entry->key.toplevel;
	if (DsaPointerIsValid(entry->scans))
		put_blob_locked(writer, PA_RECORD_SCANS, &fixed, entry->scans,
						((PaSharedScans *) pa_blob_address(entry->scans))->size);
	fixed.encoding = entry->plan_encoding;
	fixed.raw_len = entry->plan_text.raw_len;
	if (DsaPointerIsValid(entry->plan_text.pointer))
		put_blob_locked(writer, PA_RECORD_PLAN_TEXT, &fixed, entry->plan_text.pointer,
						entry->plan_text.len);
}

static void
put_shape_locked(PaFileWriter *writer, const PaSharedShape *shape)
{
	PaSharedEntry *entries = pa_shared_entries(shape->partition);
	PaFileRecord record = {PA_RECORD_SHAPE, sizeof(PaFileShape)};
	PaFileShape fixed = {0};
	char		names[PA_MAX_APPLICATIONS][NAMEDATALEN];

	fixed.key = shape->key;
	fixed.encoding = shape->encoding;
	fixed.params_seen = shape->params_seen;
	fixed.trees_seen = shape->trees_seen;
	fixed.has_entries = shape->nentries > 0;
	fixed.applications = pa_application_names_locked(shape, names);
	fixed.other_applications = shape->other_applications;
	for (uint32 i = 0; i < fixed.applications; i++)
		record.len += strlen(names[i]) + 1;
	put_bytes(writer, &record, sizeof(record));
	put_bytes(writer, &fixed, sizeof(fixed));
	for (uint32 i = 0; i < fixed.applications; i++)
		put_bytes(writer, names[i], strlen(names[i]) + 1);

	put_plain_blob_locked(writer, PA_RECORD_TEXT, &shape->text);
	for (int i = 0; i < shape->ntrees; i++)
		put_tree_locked(writer, &shape->trees[i]);
	for (int i = 0; i < shape->nparams; i++)
		put_plain_blob_locked(writer, PA_RECORD_PARAMS, &shape->params[i]);
	for (int32 i = shape->first_entry; i != PA_NONE; i = entries[i].next)
		put_entry_locked(writer, &entries[i]);
}

/*
 * Writes the shape at an index of a partition or, when "key" is given, that
 * of the key; nothing when it is gone or written already.  The buffer is made
 * larger without the lock, then it is tried again.
 */
static void
write_shape(PaFileWriter *writer, int p, int index, const PaShapeKey *key)
{
	for (;;)
	{
		PaSharedShape *shape = &pa_shared_shapes(p)[index];
		bool	   *written;

		writer->used = 0;
		LWLockAcquire(pa_partition_lock(p), LW_SHARED);
		if (key != NULL)
			shape = pa_table_find_shape_in(p, key, pa_store_shape_hash(key));
		written = shape == NULL || !shape->used ? NULL :
			&writer->written[p * pa_shared->partition_entries + (shape - pa_shared_shapes(p))];
		if (written != NULL && !*written)
			put_shape_locked(writer, shape);
		LWLockRelease(pa_partition_lock(p));
		if (writer->used <= writer->room)
		{
			if (writer->used > 0)
				*written = true;
			break;
		}
		pfree(writer->buffer);
		writer->room = writer->used + writer->used / 2;
		writer->buffer = MemoryContextAllocHuge(CurrentMemoryContext, writer->room);
	}
	write_bytes(writer, writer->buffer, writer->used);
}

/* ---- the whole ---- */

/* qsort comparator: the statement with the most time first. */
static int
compare_load(const void *left, const void *right)
{
	const PaStatement *a = left;
	const PaStatement *b = right;
	double		load_a = a->counters.exec.total + a->counters.plan.total;
	double		load_b = b->counters.exec.total + b->counters.plan.total;

	return (load_a < load_b) - (load_a > load_b);
}

static void
write_content(PaFileWriter *writer)
{
	PaStatementList *list = pa_store_read_statements();

	/* later: what was evicted meanwhile is used twice, rather than not at all */
	PaIndexUsesCopy *index_uses = pa_index_uses_copy();

	qsort(list->items, list->count, sizeof(PaStatement), compare_load);
	write_store(writer);
	write_index_uses(writer, index_uses);
	for (int i = 0; i < list->count; i++)
		write_statement(writer, &list->items[i]);
	write_errors(writer);

	for (int i = 0; i < list->count; i++)
	{
		const PaShapeKey *key = &list->items[i].key.shape;

		/* DROP DATABASE waits until every backend has answered it */
		CHECK_FOR_INTERRUPTS();
		if (key->queryid != 0)
			write_shape(writer, pa_partition_of(pa_store_shape_hash(key)), 0, key);
	}
	/* those that only have a text */
	for (int p = 0; p < PA_PARTITIONS; p++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < pa_shared->partition_entries; i++)
		{
			if (!writer->written[p * pa_shared->partition_entries + i])
				write_shape(writer, p, i, NULL);
		}
	}
}

/* Writes the header over the room that was left for it. */
static void
write_header(PaFileWriter *writer)
{
	PaFileHeader header;

	FIN_CRC32C(writer->crc);
	pa_persist_header(&header);
	header.length = writer->length;
	header.written = GetCurrentTimestamp();
	header.stats_reset = (TimestampTz) pg_atomic_read_u64(&pa_shared->stats_reset);
	header.body_crc = writer->crc;
	INIT_CRC32C(header.header_crc);
	COMP_CRC32C(header.header_crc, &header, offsetof(PaFileHeader, header_crc));
	FIN_CRC32C(header.header_crc);
	if (fseek(writer->file, 0, SEEK_SET) == 0)
		(void) fwrite(&header, 1, sizeof(header), writer->file);
}

/* False, with errno, when the disk is full or the like. */
static bool
write_file(uint64 *length)
{
	PaFileWriter writer = {0};
	PaFileHeader placeholder = {0};
	bool		failed;
	int			error;

	writer.file = AllocateFile(PA_FILE_NEW, PG_BINARY_W);
	if (writer.file == NULL)
		return false;
	writer.written = palloc0(sizeof(bool) * PA_ALL_PARTITIONS * pa_shared->partition_entries);
	writer.room = 64 * 1024;
	writer.buffer = palloc(writer.room);
	writer.length = sizeof(placeholder);
	INIT_CRC32C(writer.crc);
	(void) fwrite(&placeholder, 1, sizeof(placeholder), writer.file);

	write_content(&writer);
	write_header(&writer);
	errno = 0;
	/* here, not in durable_rename(): resets wait for the lock that is held there */
	failed = fflush(writer.file) != 0 || ferror(writer.file) != 0 ||
		pg_fsync(fileno(writer.file)) != 0;
	error = errno;
	if (FreeFile(writer.file) != 0)
	{
		failed = true;
		error = errno;
	}
	if (failed)
		(void) unlink(PA_FILE_NEW);
	errno = error != 0 ? error : ENOSPC;
	*length = writer.length;
	return !failed;
}

/* Gives the time of the last reset of everything, as a generation. */
static uint64
last_full_reset(void)
{
	uint64		generation;

	LWLockAcquire(pa_partition_lock(0), LW_SHARED);
	generation = pa_shared->full_generation;
	LWLockRelease(pa_partition_lock(0));
	return generation;
}

/*
 * Writes a new file and puts it in the old one's place.  False, with errno,
 * when that failed; EAGAIN when all was reset meanwhile, so that what was
 * written is void.  Other resets don't make it so, or a client that makes one
 * every second would keep a large store from ever being saved: each raises
 * the generation, so there is another save within the minute.
 */
bool
pa_persist_write(uint64 *length)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "perf_advisor file",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	uint64		full_reset = last_full_reset();
	bool		done = write_file(length);
	int			error = errno;

	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	errno = error;
	if (!done)
		return false;

	LWLockAcquire(pa_file_lock(), LW_EXCLUSIVE);
	errno = EAGAIN;
	done = last_full_reset() == full_reset &&
		durable_rename(PA_FILE_NEW, PA_FILE, DEBUG1) == 0;
	error = errno;
	LWLockRelease(pa_file_lock());
	if (!done)
		(void) unlink(PA_FILE_NEW);
	errno = error;
	return done;
}

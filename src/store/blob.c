/*-------------------------------------------------------------------------
 *
 * blob.c
 *		Chunks of text memory: a DSA created in place in main shared memory,
 *		with its size as the limit.
 *
 * No DSM segment is ever made, so attaching and addressing can't fail in a
 * user's query, and an allocation that does not fit gives InvalidDsaPointer
 * (core's cumulative statistics start the same way, see pgstat_shmem.c).
 * Chunks are reached from a shape or an entry only, under the lock of its
 * partition.  A chunk that no shape points to yet is its maker's.
 *
 * IDENTIFICATION
 *		src/store/blob.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/pg_lzcompress.h"
#include "storage/ipc.h"
#include "utils/memutils.h"

#include "store/store_internal.h"

/* No single chunk may take more than this part of the text memory. */
#define PA_MAX_BLOB_SHARE 8

/* Trees, parameters and scans may fill this part of it. */
#define PA_DETAIL_SHARE 0.7

/* This process's handle, NULL until attached. */
static dsa_area *area = NULL;

/* Makes the area; in the postmaster, while shared memory is initialised. */
void
pa_blob_create_area(void)
{
	dsa_area   *created;

	created = dsa_create_in_place(pa_shared_area_place(), pa_shared->text_memory,
								  pa_shared->locks[PA_ALL_PARTITIONS].lock.tranche, NULL);
	dsa_pin(created);
	dsa_set_size_limit(created, pa_shared->text_memory);
	dsa_detach(created);
}

/* Gives the reference back, so that the count can't wrap over the years. */
void
pa_blob_detach(void)
{
	if (area == NULL)
		return;
	dsa_detach(area);
	dsa_release_in_place(pa_shared_area_place());
	area = NULL;
}

static void
detach_cb(int code, Datum arg)
{
	(void) code;
	(void) arg;
	pa_blob_detach();
}

void
pa_blob_attach(void)
{
	MemoryContext old;

	if (area != NULL)
		return;
	old = MemoryContextSwitchTo(TopMemoryContext);
	area = dsa_attach_in_place(pa_shared_area_place(), NULL);
	dsa_pin_mapping(area);
	before_shmem_exit(detach_cb, (Datum) 0);
	MemoryContextSwitchTo(old);
}

/*
 * Gives InvalidDsaPointer, and counts it, when there is no room.  The last
 * part of the area is kept for texts, which say what a row is about.
 */
dsa_pointer
pa_blob_alloc(Size size, bool is_text)
{
	Size		used = (Size) pg_atomic_read_u64(&pa_shared->text_used);
	dsa_pointer pointer = InvalidDsaPointer;

	if (is_text || used + size <= pa_shared->text_memory * PA_DETAIL_SHARE)
		pointer = dsa_allocate_extended(area, size, DSA_ALLOC_NO_OOM);
	if (DsaPointerIsValid(pointer))
		pg_atomic_fetch_add_u64(&pa_shared->text_used, size);
	else
		pg_atomic_fetch_add_u64(&pa_shared->texts_skipped, 1);
	return pointer;
}

void *
pa_blob_address(dsa_pointer pointer)
{
	return dsa_get_address(area, pointer);
}

void
pa_blob_free_pointer(dsa_pointer *pointer, Size size)
{
	if (!DsaPointerIsValid(*pointer))
		return;
	dsa_free(area, *pointer);
	pg_atomic_fetch_sub_u64(&pa_shared->text_used, size);
	*pointer = InvalidDsaPointer;
}

/*
 * Copies data into a new chunk, compressed (pglz) when asked and when that
 * makes it smaller.  The scratch memory for compression is in
 * CurrentMemoryContext.  False when there is no room.
 */
bool
pa_blob_store(PaSharedBlob *blob, const char *data, Size len, bool compress, bool is_text)
{
	char	   *compressed = NULL;
	int32		compressed_len = -1;

	blob->pointer = InvalidDsaPointer;
	if (len == 0 || len > MaxAllocSize / 2)
		return false;
	if (compress)
	{
		compressed = palloc_extended(PGLZ_MAX_OUTPUT(len), MCXT_ALLOC_NO_OOM);
		if (compressed != NULL)
			compressed_len = pglz_compress(data, len, compressed, PGLZ_strategy_always);
	}
	blob->raw_len = compressed_len >= 0 ? len : 0;
	blob->len = compressed_len >= 0 ? (Size) compressed_len : len;
	if (blob->len > pa_shared->text_memory / PA_MAX_BLOB_SHARE)
		pg_atomic_fetch_add_u64(&pa_shared->texts_skipped, 1);
	else
		blob->pointer = pa_blob_alloc(blob->len, is_text);
	if (DsaPointerIsValid(blob->pointer))
		memcpy(pa_blob_address(blob->pointer), compressed_len >= 0 ? compressed : data, blob->len);
	if (compressed != NULL)
		pfree(compressed);
	return DsaPointerIsValid(blob->pointer);
}

/*
 * Gives the content of a blob, whose stored bytes were copied to "stored", as
 * a palloc'd copy with a zero byte behind it.  NULL when it does not
 * decompress.
 */
char *
pa_blob_expand(const PaSharedBlob *blob, const char *stored)
{
	Size		len = blob->raw_len > 0 ? blob->raw_len : blob->len;
	char	   *content = palloc(len + 1);

	if (blob->raw_len == 0)
		memcpy(content, stored, len);
	else if (pglz_decompress(stored, blob->len, content, len, true) < 0)
		return NULL;
	content[len] = '\0';
	return content;
}

void
pa_blob_free(PaSharedBlob *blob)
{
	pa_blob_free_pointer(&blob->pointer, blob->len);
	blob->len = blob->raw_len = 0;
}

/*-------------------------------------------------------------------------
 *
 * blob.c
 *		Chunks of text memory: a DSA created in place in main shared memory,
 *		with its size as the limit.
 *
 * No DSM segment is ever made, so addressing can't fail in a user's query;
 * the postmaster attaches once for all processes; and an allocation that does not fit gives InvalidDsaPointer
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
#include "utils/memutils.h"

#include "store/store_internal.h"

/* No single chunk may take more than this part of the text memory. */
#define PA_MAX_BLOB_SHARE 8

/* Trees, parameters and scans may fill this part of it. */
#define PA_DETAIL_SHARE 0.7

/* The postmaster's handle, which every process inherits. */
static dsa_area *area = NULL;

/*
 * Makes the area; in the postmaster, while shared memory is initialised.
 * After a crash a new one takes the old one's place; detaching from that
 * touches only this process's memory.
 */
void
pa_blob_create_area(void)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

	if (area != NULL)
		dsa_detach(area);
	area = dsa_create_in_place(pa_shared_area_place(), pa_shared->text_memory,
							   pa_shared->locks[PA_DSA_LOCK].lock.tranche, NULL);
	dsa_pin(area);
	dsa_pin_mapping(area);
	dsa_set_size_limit(area, pa_shared->text_memory);
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

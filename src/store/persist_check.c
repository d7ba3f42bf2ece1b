/*-------------------------------------------------------------------------
 *
 * persist_check.c
 *		Checks of what a file of the store holds, before it is trusted.
 *
 * Its checksum was right, so nothing here is damage: these keep a file that
 * some other build or a mistake of ours wrote from making the server read
 * past the end of a chunk.  Node strings and values are taken as they are.
 *
 * IDENTIFICATION
 *		src/store/persist_check.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "utils/memutils.h"

#include "store/index_uses.h"
#include "store/persist.h"

/* pglz makes at most 273 bytes of 3 (a tag of the longest match). */
#define PA_MAX_COMPRESSION 100

/* True when there are so many names, each with its zero byte, and no more. */
bool
pa_persist_names_valid(const char *data, Size len, uint32 count)
{
	const char *end = data + len;

	if (count > PA_MAX_APPLICATIONS)
		return false;
	for (uint32 i = 0; i < count; i++)
	{
		const char *zero = memchr(data, '\0', Min(end - data, NAMEDATALEN));

		if (zero == NULL)
			return false;
		data = zero + 1;
	}
	return data == end;
}

/*
 * True when SerializeParamList() could have made this: the number of values,
 * then for each its type, flags, and length with so many bytes.  A length of
 * -1 stands for a Datum, -2 for a NULL.
 */
bool
pa_persist_params_valid(const char *data, Size len)
{
	const char *end = data + len;
	int32		count;

	if (len < sizeof(count))
		return false;
	memcpy(&count, data, sizeof(count));
	data += sizeof(count);
	if (count < 0)
		return false;
	for (int32 i = 0; i < count; i++)
	{
		int32		size;

		if ((Size) (end - data) < sizeof(Oid) + sizeof(uint16) + sizeof(size))
			return false;
		data += sizeof(Oid) + sizeof(uint16);
		memcpy(&size, data, sizeof(size));
		data += sizeof(size);
		if (size == -1)
			size = sizeof(Datum);
		else if (size == -2)
			size = 0;
		if (size < 0 || end - data < size)
			return false;
		data += size;
	}
	return data == end;
}

/* True when rows and predicates lie within the chunk. */
bool
pa_persist_scans_valid(const PaSharedScans *scans, Size len)
{
	Size		rows;

	if (len < offsetof(PaSharedScans, scans) || scans->size != len || scans->nscans < 0 ||
		(Size) scans->nscans > len / sizeof(PaSharedScan))
		return false;
	rows = offsetof(PaSharedScans, scans) + scans->nscans * sizeof(PaSharedScan);
	if (rows > len || (rows < len && ((const char *) scans)[len - 1] != '\0'))
		return false;
	for (int32 i = 0; i < scans->nscans; i++)
	{
		uint32		predicate = scans->scans[i].predicate;

		if (predicate != 0 && (predicate < rows || predicate >= len))
			return false;
	}
	return scans->samples >= 0 && scans->plan.timed >= 0 &&
		memchr(scans->plan.misestimate_name, '\0', PA_NODE_NAME_SIZE) != NULL &&
		memchr(scans->plan.slowest_name, '\0', PA_NODE_NAME_SIZE) != NULL;
}

/* "len" is that of the chunk. */
bool
pa_persist_blob_valid(const PaFileBlob *blob, Size len)
{
	Size		raw_len = blob->raw_len > 0 ? blob->raw_len : len;

	return len > 0 && raw_len <= MaxAllocSize / 2 && raw_len / PA_MAX_COMPRESSION <= len &&
		blob->settings_len <= raw_len && (blob->toplevel == 0 || blob->toplevel == 1);
}

static bool
times_valid(const PaTimeStats *stats)
{
	return stats->count >= 0 && stats->minmax_count >= 0 && stats->minmax_count <= stats->count &&
		isfinite(stats->total) && isfinite(stats->min) && isfinite(stats->max) && isfinite(stats->m2);
}

bool
pa_persist_index_valid(const PaFileIndex *index)
{
	return OidIsValid(index->dbid) && index->uses >= 0 && isfinite(index->sampled_uses) &&
		index->sampled_uses >= 0 && isfinite(index->rows) && index->rows >= 0 &&
		index->statements >= 0 && index->statements <= PA_MOST_STATEMENTS && index->first_seen > 0;
}

bool
pa_persist_counters_valid(const PaCounters *counters)
{
	return times_valid(&counters->exec) && times_valid(&counters->plan) &&
		counters->errors >= 0 && isfinite(counters->own_exec_time);
}

/*-------------------------------------------------------------------------
 *
 * usage.h
 *		Blocks and WAL that a stretch of execution used.
 *
 * The same differences that core's InstrStopNode() takes, at a fraction of
 * the cost for what is usual: one stretch, block times not measured, no WAL.
 *
 * IDENTIFICATION
 *		src/collect/usage.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COLLECT_USAGE_H
#define PA_COLLECT_USAGE_H

#include "executor/instrument.h"
#include "storage/bufmgr.h"

/* Sums; buffers and wal are undefined until the first stretch is added. */
typedef struct PaUsage
{
	bool		measured;		/* some stretch was added */
	bool		timed;			/* the block times of buffers are defined */
	BufferUsage buffers;
	WalUsage	wal;
} PaUsage;

/* The counters at the start of a stretch. */
typedef struct PaUsageStart
{
	BufferUsage buffers;
	WalUsage	wal;
} PaUsageStart;

static inline void
pa_usage_start(PaUsageStart *start)
{
	start->buffers = pgBufferUsage;
	start->wal = pgWalUsage;
}

/* Makes sums of nothing. */
static inline void
pa_usage_clear(PaUsage *sum)
{
	memset(&sum->buffers, 0, sizeof(sum->buffers));
	memset(&sum->wal, 0, sizeof(sum->wal));
	sum->measured = sum->timed = true;
}

/* Adds a stretch that ends now, with the times of blocks. */
static inline void
pa_usage_add_any(PaUsage *sum, const PaUsageStart *start)
{
	BufferUsage buffers;

	if (!sum->measured)
		pa_usage_clear(sum);
	if (!sum->timed)
	{
		/* times were not measured so far: keep the counts, zero the times */
		memset(&buffers, 0, sizeof(buffers));
		memcpy(&buffers, &sum->buffers, offsetof(BufferUsage, temp_blks_written) + sizeof(int64));
		sum->buffers = buffers;
		sum->timed = true;
	}
	BufferUsageAccumDiff(&sum->buffers, &pgBufferUsage, &start->buffers);
	WalUsageAccumDiff(&sum->wal, &pgWalUsage, &start->wal);
}

/* What a block counter has grown by. */
#define PA_GROWN(field) (pgBufferUsage.field - start->buffers.field)

/* Adds the first stretch, without block times. */
static inline void
pa_usage_set(PaUsage *sum, const PaUsageStart *start)
{
	sum->buffers.shared_blks_hit = PA_GROWN(shared_blks_hit);
	sum->buffers.shared_blks_read = PA_GROWN(shared_blks_read);
	sum->buffers.shared_blks_dirtied = PA_GROWN(shared_blks_dirtied);
	sum->buffers.shared_blks_written = PA_GROWN(shared_blks_written);
	sum->buffers.local_blks_hit = PA_GROWN(local_blks_hit);
	sum->buffers.local_blks_read = PA_GROWN(local_blks_read);
	sum->buffers.local_blks_dirtied = PA_GROWN(local_blks_dirtied);
	sum->buffers.local_blks_written = PA_GROWN(local_blks_written);
	sum->buffers.temp_blks_read = PA_GROWN(temp_blks_read);
	sum->buffers.temp_blks_written = PA_GROWN(temp_blks_written);
	memset(&sum->wal, 0, sizeof(sum->wal));
	sum->measured = true;
	sum->timed = false;
}

/* Adds a further stretch, without block times. */
static inline void
pa_usage_accum(PaUsage *sum, const PaUsageStart *start)
{
	sum->buffers.shared_blks_hit += PA_GROWN(shared_blks_hit);
	sum->buffers.shared_blks_read += PA_GROWN(shared_blks_read);
	sum->buffers.shared_blks_dirtied += PA_GROWN(shared_blks_dirtied);
	sum->buffers.shared_blks_written += PA_GROWN(shared_blks_written);
	sum->buffers.local_blks_hit += PA_GROWN(local_blks_hit);
	sum->buffers.local_blks_read += PA_GROWN(local_blks_read);
	sum->buffers.local_blks_dirtied += PA_GROWN(local_blks_dirtied);
	sum->buffers.local_blks_written += PA_GROWN(local_blks_written);
	sum->buffers.temp_blks_read += PA_GROWN(temp_blks_read);
	sum->buffers.temp_blks_written += PA_GROWN(temp_blks_written);
}

/* Adds a stretch that ends now. */
static inline void
pa_usage_add(PaUsage *sum, const PaUsageStart *start)
{
	if (unlikely(track_io_timing))
	{
		pa_usage_add_any(sum, start);
		return;
	}
	if (unlikely(sum->measured))
		pa_usage_accum(sum, start);
	else
		pa_usage_set(sum, start);
	if (unlikely(pgWalUsage.wal_bytes != start->wal.wal_bytes))
		WalUsageAccumDiff(&sum->wal, &pgWalUsage, &start->wal);
}

#endif							/* PA_COLLECT_USAGE_H */

/*-------------------------------------------------------------------------
 *
 * row_sample.c
 *		Rows of a table, drawn the way ANALYZE draws them.
 *
 * pg_statistic keeps of each column a few values, without what belongs
 * together, and nothing of long ones.  Where that does not tell how large an
 * index would be, whole blocks of the table are read: a few beside
 * each other at places that look random, always the same ones while the table
 * does not grow, so that advice does not change by itself.
 *
 * What it costs is bounded: blocks, rows, bytes, milliseconds of reading, and all
 * of it in a transaction; what is asked beyond must do with pg_statistic.  A
 * sample is kept until the transaction ends, for the many candidates of a run,
 * and only the latest few are.
 *
 * Values never leave this backend, only sizes that are made of them.  Even so
 * a user of whom row security hides rows gets none; nor is there any in a
 * serializable transaction, which would depend on the rows read.
 *
 * IDENTIFICATION
 *		src/whatif/row_sample.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "common/hashfn.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

#include "compat/table.h"
#include "whatif/row_sample.h"

/* What a sample may cost at most. */
#define MAX_BLOCKS 1000
#define MAX_ROWS 12000
#define MAX_BYTES (8 * 1024 * 1024)
#define MAX_MSEC 150.0

/*
 * What samples and what is made of them may cost in a transaction, in units of
 * some ten milliseconds.  NB: not in time, which is another at each run, and so
 * would be advice.
 */
#define SAMPLING_BUDGET 250

/* Blocks beside each other that are read at a place, see row_counts.c. */
#define RUN 4

/* Blocks that the kernel is asked for ahead of reading them. */
#define READ_AHEAD 16

/* Samples that are kept. */
#define MAX_KEPT 4

typedef struct KeptSample
{
	Oid			relid;
	Oid			filenode;
	BlockNumber table_blocks;
	MemoryContext context;
	PaRowSample sample;
	uint64		used;			/* when last */
} KeptSample;

static KeptSample *kept = NULL; /* of the transaction; MAX_KEPT of them */
static uint64 uses = 0;
static int	spent = 0;			/* of SAMPLING_BUDGET, in this transaction */

/* ---- which may be read ---- */

static bool
may_read(Relation relation)
{
	const FormData_pg_class *class = relation->rd_rel;

	if (class->relam != HEAP_TABLE_AM_OID || relation->rd_tableam == NULL ||
		IsolationIsSerializable() || RELATION_IS_OTHER_TEMP(relation))
		return false;
	/* an unlogged table has no files on a standby */
	if (RecoveryInProgress() && class->relpersistence == RELPERSISTENCE_UNLOGGED)
		return false;
	return check_enable_rls(RelationGetRelid(relation), InvalidOid, true) != RLS_ENABLED;
}

/* ---- reading ---- */

/* Whether the place is among those that were chosen. */
static bool
is_chosen(uint32 place, const uint32 *chosen, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (chosen[i] == place)
			return true;
	}
	return false;
}

/*
 * The blocks to read, some beside each other at each of so many places that
 * look random.  NB: not one of each stretch of the table: values that come
 * again after as many blocks would all be seen, or none of them.
 */
static int
choose_blocks(BlockNumber table_blocks, BlockNumber *blocks)
{
	uint32		places = (table_blocks + RUN - 1) / RUN;
	int			wanted = (int) Min(places, MAX_BLOCKS / RUN);
	uint32		chosen[MAX_BLOCKS / RUN];
	int			n = 0;

	for (int i = 0; i < wanted; i++)
	{
		uint32		place = (uint32) (((uint64) murmurhash32((uint32) i + 1) * places) >> 32);

		while (is_chosen(place, chosen, i))
			place = (place + 1) % places;
		chosen[i] = place;
		for (uint64 block = (uint64) place * RUN; block < Min((uint64) (place + 1) * RUN, table_blocks); block++)
			blocks[n++] = (BlockNumber) block;
	}
	return n;
}

/* Append the rows of a block; gives their bytes. */
static double
read_block(TableScanDesc scan, BlockNumber block, TupleTableSlot *slot, PaRowSample *sample,
		   int *allocated)
{
	ItemPointerData first;
	ItemPointerData last;
	double		bytes = 0;

	ItemPointerSet(&first, block, FirstOffsetNumber);
	ItemPointerSet(&last, block, MaxOffsetNumber);
	table_rescan_tidrange(scan, &first, &last);
	while (table_scan_getnextslot_tidrange(scan, ForwardScanDirection, slot))
	{
		if (sample->nrows == *allocated)
		{
			*allocated *= 2;
			sample->rows = repalloc_array(sample->rows, HeapTuple, *allocated);
		}
		sample->rows[sample->nrows] = ExecCopySlotHeapTuple(slot);
		bytes += sample->rows[sample->nrows]->t_len;
		sample->nrows++;
	}
	return bytes;
}

static double
msec_since(instr_time start)
{
	instr_time	now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, start);
	return INSTR_TIME_GET_MILLISEC(now);
}

static void
read_blocks(Relation relation, const BlockNumber *blocks, int n, PaRowSample *sample)
{
	Snapshot	snapshot = RegisterSnapshot(GetTransactionSnapshot());
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	TableScanDesc scan;
	ItemPointerData first;
	int			allocated = 1024;
	double		bytes = 0;
	instr_time	start;

	INSTR_TIME_SET_CURRENT(start);
	ItemPointerSet(&first, 0, FirstOffsetNumber);
	scan = pa_table_beginscan_tidrange(relation, snapshot, &first, &first);
	sample->rows = palloc_array(HeapTuple, allocated);
	sample->starts = palloc_array(int, n + 1);
	sample->blocks = palloc_array(BlockNumber, n);
	memcpy(sample->blocks, blocks, sizeof(BlockNumber) * n);
	for (int i = 0; i < Min(n, READ_AHEAD); i++)
		PrefetchBuffer(relation, MAIN_FORKNUM, blocks[i]);
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (i + READ_AHEAD < n)
			PrefetchBuffer(relation, MAIN_FORKNUM, blocks[i + READ_AHEAD]);
		sample->starts[i] = sample->nrows;
		bytes += read_block(scan, blocks[i], slot, sample, &allocated);
		sample->nblocks = i + 1;
		if (sample->nrows >= MAX_ROWS || bytes >= MAX_BYTES || msec_since(start) > MAX_MSEC)
			break;
	}
	sample->starts[sample->nblocks] = sample->nrows;
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	UnregisterSnapshot(snapshot);
}

/* Arguments of read_sample_cb(). */
typedef struct SampleWanted
{
	Relation	relation;
	PaRowSample *sample;
	MemoryContext context;
} SampleWanted;

static bool
read_sample_cb(void *arg)
{
	SampleWanted *wanted = arg;
	BlockNumber blocks[MAX_BLOCKS];
	BlockNumber table_blocks = RelationGetNumberOfBlocks(wanted->relation);
	MemoryContext oldcontext;

	if (table_blocks == 0)
		return false;
	oldcontext = MemoryContextSwitchTo(wanted->context);
	read_blocks(wanted->relation, blocks, choose_blocks(table_blocks, blocks), wanted->sample);
	MemoryContextSwitchTo(oldcontext);
	wanted->sample->table_blocks = table_blocks;
	return wanted->sample->nrows > 0;
}

/* ---- keeping ---- */

static void
forget_cb(void *arg)
{
	(void) arg;
	kept = NULL;
	spent = 0;
}

static void
make_room_for_samples(void)
{
	MemoryContextCallback *callback;

	if (kept != NULL)
		return;
	callback = MemoryContextAllocZero(TopTransactionContext, sizeof(MemoryContextCallback));
	callback->func = forget_cb;
	MemoryContextRegisterResetCallback(TopTransactionContext, callback);
	kept = MemoryContextAllocZero(TopTransactionContext, sizeof(KeptSample) * MAX_KEPT);
}

bool
pa_sampling_allowed(int cost)
{
	make_room_for_samples();
	if (spent + cost > SAMPLING_BUDGET)
		return false;
	spent += cost;
	return true;
}

static bool
is_of(const KeptSample *entry, Relation relation, BlockNumber table_blocks)
{
	return entry->relid == RelationGetRelid(relation) &&
		entry->filenode == relation->rd_rel->relfilenode &&
		entry->table_blocks == table_blocks;
}

static KeptSample *
longest_unused(void)
{
	KeptSample *oldest = &kept[0];

	for (int i = 1; i < MAX_KEPT; i++)
	{
		if (kept[i].used < oldest->used)
			oldest = &kept[i];
	}
	return oldest;
}

static void
fill(KeptSample *entry, Relation relation, BlockNumber table_blocks)
{
	SampleWanted wanted = {relation, &entry->sample, NULL};

	if (entry->context != NULL)
		MemoryContextDelete(entry->context);
	memset(entry, 0, sizeof(*entry));
	entry->context = AllocSetContextCreate(TopTransactionContext, "perf_advisor row sample",
										   ALLOCSET_DEFAULT_SIZES);
	wanted.context = entry->context;
	if (!pa_attempt(read_sample_cb, &wanted))
	{
		MemoryContextReset(entry->context);
		memset(&entry->sample, 0, sizeof(entry->sample));
	}
	entry->relid = RelationGetRelid(relation);
	entry->filenode = relation->rd_rel->relfilenode;
	entry->table_blocks = table_blocks;
}

const PaRowSample *
pa_row_sample(Relation relation)
{
	KeptSample *entry = NULL;
	BlockNumber table_blocks;

	if (relation == NULL || !may_read(relation))
		return NULL;
	table_blocks = RelationGetNumberOfBlocks(relation);
	make_room_for_samples();
	for (int i = 0; i < MAX_KEPT && entry == NULL; i++)
	{
		if (is_of(&kept[i], relation, table_blocks))
			entry = &kept[i];
	}
	if (entry == NULL)
	{
		if (!pa_sampling_allowed(PA_SAMPLE_COST))
			return NULL;
		entry = longest_unused();
		fill(entry, relation, table_blocks);
	}
	entry->used = ++uses;
	return entry->sample.nrows > 0 ? &entry->sample : NULL;
}

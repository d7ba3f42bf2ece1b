/*-------------------------------------------------------------------------
 *
 * frames.c
 *		The array of open executions.
 *
 * Executions are not strictly nested (cursors), so a frame is found by its
 * QueryDesc, the latest first.  A statement that fails never reaches
 * ExecutorEnd: its frame is counted and dropped when its subtransaction or
 * transaction ends (errors.c).  Private memory, grown in steps and bounded.
 *
 * IDENTIFICATION
 *		src/collect/frames.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "collect/detail.h"

#define PA_FIRST_FRAMES 16
#define PA_MAX_FRAMES 4096		/* about 1.5 MB; more are not recorded */

int			pa_nesting_depth = 0;
int			pa_open_frames = 0;
instr_time	pa_nested_time;

PaFrame    *pa_frames = NULL;
static int	allocated = 0;

/* Makes room for one more frame; false when there is none to be had. */
static pg_attribute_cold bool
grow(void)
{
	int			wanted = allocated == 0 ? PA_FIRST_FRAMES : allocated * 2;
	PaFrame    *larger;

	if (wanted > PA_MAX_FRAMES)
		return false;
	larger = MemoryContextAllocExtended(TopMemoryContext, wanted * sizeof(PaFrame),
										MCXT_ALLOC_NO_OOM);
	if (larger == NULL)
		return false;
	if (pa_frames != NULL)
	{
		memcpy(larger, pa_frames, pa_open_frames * sizeof(PaFrame));
		pfree(pa_frames);
	}
	pa_frames = larger;
	allocated = wanted;
	return true;
}

/* Gives a new, zeroed frame or NULL (counted). */
PaFrame *
pa_frame_push(QueryDesc *query_desc)
{
	PaFrame    *frame;

	if (unlikely(pa_open_frames == allocated && !grow()))
	{
		pa_store_count_skipped_frame();
		return NULL;
	}
	frame = &pa_frames[pa_open_frames++];
	memset(frame, 0, offsetof(PaFrame, usage));
	frame->usage.measured = false;
	frame->query_desc = query_desc;
	frame->subid = GetCurrentSubTransactionId();
	return frame;
}

/* Looks through all frames, the latest first. */
PaFrame *
pa_frame_search(const QueryDesc *query_desc)
{
	for (int i = pa_open_frames - 1; i >= 0; i--)
	{
		if (pa_frames[i].query_desc == query_desc)
			return &pa_frames[i];
	}
	return NULL;
}

void
pa_frame_drop(PaFrame *frame)
{
	int			index = frame - pa_frames;

	pa_open_frames--;
	if (unlikely(index < pa_open_frames))
		memmove(frame, frame + 1, (pa_open_frames - index) * sizeof(PaFrame));
}

/*
 * Counts while the frames are still in their places.  Nothing that it calls
 * makes a frame.
 */
void
pa_frames_close(SubTransactionId since)
{
	int			kept = 0;

	for (int i = 0; i < pa_open_frames; i++)
	{
		if (pa_frames[i].sqlstate == 0 && pa_frames[i].subid < since)
			pa_frames[kept++] = pa_frames[i];
		else
			pa_errors_count_frame(&pa_frames[i]);
	}
	pa_open_frames = kept;
}

/*
 * At the end of a transaction no execution can be open any more: cursors
 * that are held were finished before.  One that failed in a savepoint that
 * was rolled back is still here at COMMIT.
 */
void
pa_collect_xact_cb(XactEvent event, void *arg)
{
	(void) arg;
	if (event != XACT_EVENT_ABORT && event != XACT_EVENT_COMMIT && event != XACT_EVENT_PREPARE)
		return;
	if (unlikely(pa_objects_changed))
		pa_objects_settle(event);
	if (unlikely(pa_open_frames > 0))
		pa_frames_close(PA_ALL_FRAMES);
	if (unlikely(pa_errors_unsettled))
		pa_errors_settle();
}

/*
 * Closes what was started inside an aborted subtransaction: identifiers rise,
 * so those are the frames with this one or a higher one.  What failed is dead,
 * whatever it was started in.
 */
void
pa_collect_subxact_cb(SubXactEvent event, SubTransactionId mySubid,
					  SubTransactionId parentSubid, void *arg)
{
	(void) parentSubid;
	(void) arg;
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	if (unlikely(pa_objects_changed))
		pa_objects_undo(mySubid);
	if (pa_open_frames > 0)
		pa_frames_close(mySubid);
	if (unlikely(pa_errors_unsettled))
		pa_errors_settle();
}

void
pa_collect_init(void)
{
	pa_store_set_exit_callback(pa_errors_end_session);
	RegisterXactCallback(pa_collect_xact_cb, NULL);
	RegisterSubXactCallback(pa_collect_subxact_cb, NULL);
	pa_trees_init();
	pa_budget_init();
}

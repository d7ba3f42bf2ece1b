/*-------------------------------------------------------------------------
 *
 * frames.h
 *		The executions that are open in this backend, and the time inside
 *		them.
 *
 * IDENTIFICATION
 *		src/collect/frames.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COLLECT_FRAMES_H
#define PA_COLLECT_FRAMES_H

#include "collect/collect.h"
#include "collect/seen.h"

/*
 * One execution, from ExecutorStart to ExecutorEnd.  Copied scalars only:
 * after an error the executor's memory is gone.
 */
typedef struct PaFrame
{
	QueryDesc  *query_desc;		/* identity only, never followed; NULL: what
								 * failed was no execution */
	SubTransactionId subid;		/* subtransaction that started it */
	bool		sampled;		/* node rows and processor time are counted */
	bool		wants_text;		/* the plan's text shall be taken */
	bool		partial;		/* not run to its end, so far */
	uint8		plan_origin;	/* PaPlanOrigin */
	bool		incomplete;		/* something may be missing in the store */
	int			sqlstate;		/* of the error that it died of, else 0 */
	uint32		plans_epoch;	/* of the store when it started */
	uint32		shape_hash;
	int16	   *place;			/* hint where its slab entry is */
	PaStatementKey key;
	instr_time	total;			/* in ExecutorRun and ExecutorFinish */
	instr_time	nested;			/* of that, in nested statements */
	int64		rows;			/* of all runs that returned */
	int			instrument;		/* INSTRUMENT_ that we ask for: what others
								 * have counted is free */
	double		foreseen;		/* msec reserved beforehand for that */
	double		cpu_user_time;	/* msec, of a sampled execution */
	double		cpu_sys_time;
	PaUsage		usage;
} PaFrame;

/* The array; pa_open_frames of them are in use. */
extern PaFrame *pa_frames;

extern PaFrame *pa_frame_push(QueryDesc *query_desc);
extern pg_attribute_cold PaFrame *pa_frame_search(const QueryDesc *query_desc);
extern void pa_frame_drop(PaFrame *frame);

/* Counts and drops those that failed, and those started in or after "since". */
extern void pa_frames_close(SubTransactionId since);

#define PA_ALL_FRAMES InvalidSubTransactionId	/* below all others */
#define PA_FAILED_FRAMES PG_UINT32_MAX	/* above all others */

/* Gives the frame of an execution, NULL when it is not recorded. */
static inline PaFrame *
pa_frame_find(const QueryDesc *query_desc)
{
	if (unlikely(pa_open_frames == 0))
		return NULL;
	if (likely(pa_frames[pa_open_frames - 1].query_desc == query_desc))
		return &pa_frames[pa_open_frames - 1];
	return pa_frame_search(query_desc);
}

/*
 * Gives the frame at an index that was taken before other code ran, or finds
 * it anew; NULL when it was dropped meanwhile.
 */
static inline PaFrame *
pa_frame_at(int index, const QueryDesc *query_desc)
{
	if (likely(index < pa_open_frames && pa_frames[index].query_desc == query_desc))
		return &pa_frames[index];
	return pa_frame_find(query_desc);
}

/* Time spent in nested statements of the span that is running. */
extern instr_time pa_nested_time;

#endif							/* PA_COLLECT_FRAMES_H */

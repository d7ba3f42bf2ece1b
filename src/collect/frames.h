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
	QueryDesc  *query_desc;		/* identity only, never followed */
	SubTransactionId subid;		/* subtransaction that started it */
	bool		sampled;		/* node rows are counted */
	uint32		shape_hash;
	PaStatementKey key;
	instr_time	total;			/* in ExecutorRun and ExecutorFinish */
	instr_time	nested;			/* of that, in nested statements */
	int64		rows;			/* of the runs before the last, before 16 */
	BufferUsage buffers;
	WalUsage	wal;
} PaFrame;

extern PaFrame *pa_frame_push(QueryDesc *query_desc);
extern PaFrame *pa_frame_find(const QueryDesc *query_desc);
extern PaFrame *pa_frame_at(int index, const QueryDesc *query_desc);
extern int	pa_frame_index(const PaFrame *frame);
extern void pa_frame_drop(PaFrame *frame);

/* Time spent in nested statements of the span that is running. */
extern instr_time pa_nested_time;

#endif							/* PA_COLLECT_FRAMES_H */

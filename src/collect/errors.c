/*-------------------------------------------------------------------------
 *
 * errors.c
 *		Counts what does not end well.
 *
 * An error leaves our hooks by PG_CATCH: there its SQLSTATE is noted in the
 * frame of the execution (a planning or a utility statement gets one then),
 * and the error goes on its way.  It is not counted yet, because whoever
 * raised it may have held an LWLock.  The abort callback of the transaction
 * or subtransaction closes the frames and counts them.  By then the executor's
 * memory may be gone: frames hold copied scalars only.
 *
 * What a frame without SQLSTATE means that is closed so: nothing failed.  It
 * is a cursor, or a loop over a query, that somebody else's error or a
 * ROLLBACK cut short.  It counts as a call of what it did until then, as
 * CLOSE or COMMIT would have counted it; if it never ran, it counts nothing.
 *
 * Errors that pass none of our hooks (syntax, analysis, COMMIT) are seen when
 * they are logged.  That may be anywhere, so they wait in private memory for
 * the next safe place.
 *
 * A session that ends by FATAL, out of the middle of a statement, passes no
 * PG_CATCH and no abort callback that could still count.  For it the hooks
 * keep a chain of what runs, on their C stacks, which the exit walks.
 *
 * What does not belong here: measuring (execution.c, planning.c, utility.c).
 *
 * IDENTIFICATION
 *		src/collect/errors.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "tcop/tcopprot.h"
#include "utils/backend_status.h"

#include "collect/detail.h"
#include "collect/planid.h"

/* Different errors that can wait at a time; their counts are unlimited. */
#define PA_MAX_PENDING 8

PaRunning  *pa_running = NULL;
bool		pa_errors_unsettled = false;

/* The error that is on its way was noted for what the client had sent. */
static bool noted = false;

/* SQLSTATE of the FATAL that ends this session; 0: none was logged. */
static int	fatal_sqlstate = 0;
static bool session_ending = false;

/* An error that none of our hooks has seen. */
typedef struct PaPendingError
{
	PaShapeKey	shape;			/* queryid 0: of no statement */
	int			sqlstate;
	int64		errors;
} PaPendingError;

static PaPendingError pending[PA_MAX_PENDING];
static int	npending = 0;

/*
 * True for the end of a statement that was ordered from outside:
 * pg_cancel_backend, timeouts, shutdown.
 */
static bool
is_cancel(int sqlstate)
{
	switch (sqlstate)
	{
		case ERRCODE_QUERY_CANCELED:
		case ERRCODE_ADMIN_SHUTDOWN:
		case ERRCODE_CRASH_SHUTDOWN:
		case ERRCODE_CANNOT_CONNECT_NOW:
			return true;
		default:
			return session_ending;
	}
}

/* Counts a failed frame. */
static void
count_failure(PaFrame *frame)
{
	PaFailure	failure;

	failure.sqlstate = frame->sqlstate;
	failure.cancelled = is_cancel(frame->sqlstate);
	failure.errors = 1;
	failure.exec_time = INSTR_TIME_GET_MILLISEC(frame->total);
	failure.buffers = frame->usage.measured ? &frame->usage.buffers : NULL;
	failure.has_block_times = frame->usage.timed;
	failure.wal = &frame->usage.wal;
	pa_store_add_failure(&frame->key, frame->shape_hash, frame->place, &failure);
}

/*
 * Counts the frame of an execution that will not reach ExecutorEnd, or that
 * failed and reached it all the same.
 */
void
pa_errors_count_frame(PaFrame *frame)
{
	if (frame->sampled)
		pa_sample_abandon(frame);
	if (!pa_store_ready())
		return;
	if (frame->sqlstate != 0)
		count_failure(frame);
	else if (frame->usage.measured)
		pa_execution_record(frame, NULL);
}

/* ---- errors that pass our hooks ---- */

static PaFrame *
planning_frame(PaPlanning *planning)
{
	PaFrame    *frame;
	instr_time	elapsed;

	pa_nesting_depth--;
	pa_plannings++;
	if (!planning->wanted || (frame = pa_frame_push(NULL)) == NULL)
		return NULL;
	INSTR_TIME_SET_CURRENT(elapsed);
	INSTR_TIME_SUBTRACT(elapsed, planning->start);
	frame->total = elapsed;
	frame->key.shape = planning->shape;
	frame->key.toplevel = planning->toplevel;
	frame->shape_hash = planning->shape_hash;
	frame->place = planning->place;
	return frame;
}

static PaFrame *
utility_frame(PaUtility *utility)
{
	PaFrame    *frame;
	instr_time	elapsed;

	pa_utility_leave(utility);
	if (!utility->wanted)
		return NULL;
	pa_utility_measure(utility, &elapsed);
	if ((frame = pa_frame_push(NULL)) == NULL)
		return NULL;
	frame->total = elapsed;
	frame->key = utility->key;
	frame->shape_hash = utility->shape_hash;
	frame->place = utility->place;
	pa_usage_add(&frame->usage, &utility->usage);
	return frame;
}

/*
 * Gives the frame that stands for what was left by an error, NULL when it is
 * not recorded, and undoes what its hook did at the beginning.
 */
static PaFrame *
failed_frame(PaRunning *running)
{
	pa_running = running->outer;
	switch (running->kind)
	{
		case PA_RUNS_SPAN:
			return pa_span_failed((PaSpan *) running);
		case PA_RUNS_PLANNING:
			return planning_frame((PaPlanning *) running);
		case PA_RUNS_UTILITY:
			return utility_frame((PaUtility *) running);
	}
	return NULL;
}

/* An error may carry the code of success; 0 means here that nothing failed. */
static int
error_code(int sqlstate)
{
	return sqlstate != 0 ? sqlstate : ERRCODE_INTERNAL_ERROR;
}

static void
fail(PaRunning *running, int sqlstate)
{
	PaFrame    *frame = failed_frame(running);

	if (frame != NULL)
		frame->sqlstate = error_code(sqlstate);
}

/*
 * Notes the error that is being handled.  Called in PG_CATCH, which throws it
 * again.  What is not recorded is not missed either, except EXECUTE: that is
 * transparent, so an error of its own is nobody's yet.
 */
void
pa_collect_failed(PaRunning *running)
{
	const bool	transparent = running->kind == PA_RUNS_UTILITY &&
		((const PaUtility *) running)->transparent;

	fail(running, geterrcode());
	if (!transparent && pa_at_toplevel())
		noted = true;
	pa_errors_unsettled = true;
}

/* ---- errors that are only logged ---- */

/* Notes an error until there is a safe place to count it. */
static void
add_pending(const PaShapeKey *shape, int sqlstate)
{
	PaPendingError *error;

	pa_errors_unsettled = true;
	for (int i = 0; i < npending; i++)
	{
		error = &pending[i];
		if (error->sqlstate == sqlstate && memcmp(&error->shape, shape, sizeof(*shape)) == 0)
		{
			error->errors++;
			return;
		}
	}
	if (npending == PA_MAX_PENDING)
	{
		pa_store_count_lost_errors(1);
		return;
	}
	error = &pending[npending++];
	error->shape = *shape;
	error->sqlstate = sqlstate;
	error->errors = 1;
}

/*
 * Gives the queryid that the session shows, when the error is that
 * statement's; else 0.
 *
 * A session that is idle, or calls a function by the fast path, still shows
 * its last statement, and a protocol message is looked at before core shows
 * another one: what names an unknown prepared statement or portal, or cannot
 * be read, fails then.  In a pipeline it is not even idle, but no text is
 * current.  There is none either at the Sync that commits what ran before it,
 * whose deferred constraints are of the statement shown; but that is outside of
 * transaction blocks, and they do not fail so.
 */
static int64
current_queryid(int sqlstate)
{
	if (MyBEEntry == NULL || MyBEEntry->st_state != STATE_RUNNING)
		return 0;
	if (debug_query_string == NULL &&
		(IsTransactionBlock() || sqlstate == ERRCODE_UNDEFINED_PSTATEMENT ||
		 sqlstate == ERRCODE_UNDEFINED_CURSOR || sqlstate == ERRCODE_PROTOCOL_VIOLATION))
		return 0;
	return (int64) pgstat_get_my_query_id();
}

/*
 * Notes an error of no statement, or of the one that the session shows as its
 * present one (COMMIT, when a deferred constraint fails), if we know it.
 */
static void
note_logged(int sqlstate, int64 queryid)
{
	PaShapeKey	shape;

	shape.userid = GetOuterUserId();
	shape.dbid = MyDatabaseId;
	shape.queryid = queryid;
	if (queryid != 0 && pa_seen_known(&shape) == NULL)
		shape.queryid = 0;
	add_pending(&shape, sqlstate);
}

static void
exit_cb(int code, Datum arg)
{
	(void) code;
	(void) arg;
	LWLockReleaseAll();			/* an exit out of an elog(FATAL) */
	pa_errors_end_session();
}

/*
 * Called for each message of level ERROR and above that goes to the log, from
 * anywhere: it takes no lock, allocates nothing and asks no catalog.
 */
void
pa_collect_logged(int elevel, int sqlstate)
{
	static bool registered = false;

	if (MyBackendType != B_BACKEND || !OidIsValid(MyDatabaseId) || elevel > FATAL ||
		!pa_guc_enabled || pa_guc_track == PA_TRACK_NONE || session_ending)
		return;
	if (!registered)
		before_shmem_exit(exit_cb, (Datum) 0);
	registered = true;
	if (elevel == FATAL)
		fatal_sqlstate = error_code(sqlstate);
	else if (noted)
		noted = false;			/* this was it */
	else if (pa_running == NULL)
		note_logged(error_code(sqlstate), current_queryid(sqlstate));
}

/* Hands over an error; its statement, if any, was recorded by this backend. */
static void
count_pending(const PaPendingError *error)
{
	PaStatementKey key = {0};
	PaFailure	failure = {0};
	PaSeenShape *seen = pa_seen_known(&error->shape);
	uint32		hash = pa_store_shape_hash(&error->shape);
	int16		place = -1;

	failure.sqlstate = error->sqlstate;
	failure.cancelled = is_cancel(error->sqlstate);
	failure.errors = error->errors;
	key.shape = error->shape;
	key.toplevel = 1;
	if (error->shape.queryid != 0 && pa_store_ready())
		pa_store_add_failure(&key, hash, seen != NULL ? &seen->place : &place, &failure);
	else
		pa_store_add_error(&error->shape, hash, true, &failure);
}

/*
 * Counts what waits.  Called where no LWLock is held and no error is on its
 * way: by the transaction callbacks and at the start of a statement.
 */
void
pa_errors_settle(void)
{
	pa_errors_unsettled = false;
	noted = false;
	pa_frames_close(PA_FAILED_FRAMES);
	for (int i = 0; i < npending; i++)
		count_pending(&pending[i]);
	npending = 0;
}

/*
 * Counts everything that is still open, because the session ends.  What runs
 * fails by it; cursors that only wait do not.
 */
void
pa_errors_end_session(void)
{
	const bool	inside = pa_running != NULL;

	session_ending = true;
	while (pa_running != NULL)
		fail(pa_running, fatal_sqlstate != 0 ? fatal_sqlstate : ERRCODE_ADMIN_SHUTDOWN);
	pa_frames_close(PA_ALL_FRAMES);
	if (fatal_sqlstate != 0 && !inside)
		note_logged(fatal_sqlstate, 0);
	fatal_sqlstate = 0;
	pa_errors_settle();
}

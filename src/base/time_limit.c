/*-------------------------------------------------------------------------
 *
 * time_limit.c
 *		Ends what takes too long, a planning or a connection to another server,
 *		and tells that end from a request of the reader to cancel.
 *
 * Planning calls functions, and these may sleep.  A timeout of ours requests
 * a cancel as SIGINT does.  A function may catch the error, therefore the
 * request is repeated until the planning has ended, and a planning that was
 * cut counts as such even when it went on to its end.
 *
 * Functions can also raise errors that look like a cancel.  Only what
 * ProcessInterrupts() raised, and neither our timeout asked for, is one.
 *
 * Caveat: a request of the reader that arrives between our own and the next
 * check for interrupts is taken for ours.
 *
 * IDENTIFICATION
 *		src/base/time_limit.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <signal.h>

#include "miscadmin.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"

#include "base/time_limit.h"

/* Milliseconds between two requests to end. */
#define REPEAT_MS 50

static TimeoutId our_timeout = MAX_TIMEOUTS;	/* until registered */
static volatile sig_atomic_t is_cut = false;
static bool had_statement_timeout = false;

/* In a signal handler. */
static void
our_timeout_cb(void)
{
	if (QueryCancelPending)
		return;					/* somebody else's, or ours still pending */
	is_cut = true;
	InterruptPending = true;
	QueryCancelPending = true;
}

void
pa_time_limit_reset(void)
{
	is_cut = false;
	had_statement_timeout = get_timeout_active(STATEMENT_TIMEOUT);
}

void
pa_time_limit_start(int msec)
{
	if (our_timeout == MAX_TIMEOUTS)
		our_timeout = RegisterTimeout(USER_TIMEOUT, our_timeout_cb);
	is_cut = false;
	enable_timeout_every(our_timeout,
						 TimestampTzPlusMilliseconds(GetCurrentTimestamp(), msec),
						 REPEAT_MS);
}

/* statement_timeout has passed since the reset. */
static bool
statement_timed_out(void)
{
	return had_statement_timeout && !get_timeout_active(STATEMENT_TIMEOUT);
}

void
pa_time_limit_stop(void)
{
	disable_timeout(our_timeout, false);
	if (is_cut && !statement_timed_out())
		QueryCancelPending = false;
}

bool
pa_time_limit_passed(void)
{
	return is_cut;
}

bool
pa_is_cancel(const ErrorData *error)
{
	return error->sqlerrcode == ERRCODE_QUERY_CANCELED &&
		error->funcname != NULL && strcmp(error->funcname, "ProcessInterrupts") == 0 &&
		(!is_cut || statement_timed_out());
}

void
pa_time_limit_finish(void)
{
	if (!statement_timed_out())
		return;
	InterruptPending = true;
	QueryCancelPending = true;
	CHECK_FOR_INTERRUPTS();
}

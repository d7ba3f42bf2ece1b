/*-------------------------------------------------------------------------
 *
 * time_limit.h
 *		Ends what takes too long, a planning or a connection to another server.
 *
 * IDENTIFICATION
 *		src/base/time_limit.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_BASE_TIME_LIMIT_H
#define PA_BASE_TIME_LIMIT_H

/* Before the first piece of work of a request: none of it was cut yet. */
extern void pa_time_limit_reset(void);

/* The work that begins may take so many milliseconds. */
extern void pa_time_limit_start(int msec);

/* Also after an error. */
extern void pa_time_limit_stop(void);

/* The work that was stopped last took too long. */
extern bool pa_time_limit_passed(void);

/* The error means that the reader's statement shall end. */
extern bool pa_is_cancel(const ErrorData *error);

/*
 * Lets statement_timeout end the reader's statement even when a function
 * caught its error.  (That cannot be known of a cancel by SIGINT.)
 */
extern void pa_time_limit_finish(void);

#endif							/* PA_BASE_TIME_LIMIT_H */

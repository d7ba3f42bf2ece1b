/*-------------------------------------------------------------------------
 *
 * attempt.h
 *		Calling what may raise an error that is nobody's business.
 *
 * IDENTIFICATION
 *		src/base/attempt.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_BASE_ATTEMPT_H
#define PA_BASE_ATTEMPT_H

/*
 * Calls work in a subtransaction that is rolled back in any case; memory stays.
 * False when it says so, and when it raises an error.  What ends the statement
 * or the session goes through.
 */
extern bool pa_attempt(bool (*work) (void *arg), void *arg);

/*
 * The same, but gives the error, whichever it is, in CurrentMemoryContext; NULL
 * when there was none.  *done is what work returned.
 */
extern ErrorData *pa_attempt_catch(bool (*work) (void *arg), void *arg, bool *done);

/* True for a request to end the statement or the session. */
extern bool pa_is_interruption(const ErrorData *error);

#endif							/* PA_BASE_ATTEMPT_H */

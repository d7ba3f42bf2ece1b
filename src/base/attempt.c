/*-------------------------------------------------------------------------
 *
 * attempt.c
 *		Calling what may raise an error that is nobody's business.
 *
 * Functions that are called with a column's sampled values, to estimate what
 * an index would hold, may not like these; another server may not answer.
 *
 * IDENTIFICATION
 *		src/base/attempt.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/resowner.h"

#include "base/attempt.h"

ErrorData *
pa_attempt_catch(bool (*work) (void *arg), void *arg, bool *done)
{
	MemoryContext oldcontext = CurrentMemoryContext;
	ResourceOwner oldowner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	*done = false;
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(oldcontext);
	PG_TRY();
	{
		*done = work(arg);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(oldcontext);
		error = CopyErrorData();
		FlushErrorState();
		*done = false;
	}
	PG_END_TRY();
	RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(oldcontext);
	CurrentResourceOwner = oldowner;
	return error;
}

bool
pa_is_interruption(const ErrorData *error)
{
	return ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_OPERATOR_INTERVENTION;
}

bool
pa_attempt(bool (*work) (void *arg), void *arg)
{
	bool		done;
	ErrorData  *error = pa_attempt_catch(work, arg, &done);

	if (error != NULL)
	{
		/* a request to end is not the function's */
		if (pa_is_interruption(error))
			ReThrowError(error);
		FreeErrorData(error);
	}
	return done;
}

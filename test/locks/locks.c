/*-------------------------------------------------------------------------
 *
 * locks.c
 *		Counts what the extension asks of the server while statements run:
 *		locks, shared memory, private memory, system calls.
 *
 * What: linked with the objects of the extension and --wrap for each of these
 * functions (see build.sh), so that every call that the extension's own code
 * makes comes by here first.  What core does on its own account is not seen.
 *
 * How it is fed and drained: locks_mark() notes the present numbers,
 * locks_since() gives what came on top.
 *
 * What guards it: nothing, the numbers are this backend's.
 *
 * What does not belong here: anything that users get; this is a test.
 *
 * IDENTIFICATION
 *		test/locks/locks.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <sys/resource.h>

#include "fmgr.h"
#include "storage/lwlock.h"
#include "storage/s_lock.h"
#include "utils/builtins.h"
#include "utils/dsa.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

typedef struct Counts
{
	int64		waiting;		/* acquisitions that may wait */
	int64		conditional;	/* acquisitions that may not */
	int64		spins;			/* spinlocks that were not free at once */
	int64		shared;			/* text memory asked for and given back */
	int64		allocations;	/* private memory asked for */
	int64		calls;			/* system calls */
} Counts;

static Counts counted;
static Counts marked;
static TimestampTz marked_at;

#define WRAP(type, name, params, args, field) \
extern type __real_##name params; \
extern type __wrap_##name params; \
type \
__wrap_##name params \
{ \
	counted.field++; \
	return __real_##name args; \
}

WRAP(bool, LWLockAcquire, (LWLock *lock, LWLockMode mode), (lock, mode), waiting)
WRAP(bool, LWLockAcquireOrWait, (LWLock *lock, LWLockMode mode), (lock, mode), waiting)
WRAP(bool, LWLockConditionalAcquire, (LWLock *lock, LWLockMode mode), (lock, mode), conditional)
WRAP(int, s_lock, (volatile slock_t *lock, const char *file, int line, const char *func), (lock, file, line, func), spins)
WRAP(dsa_pointer, dsa_allocate_extended, (dsa_area *area, size_t size, int flags), (area, size, flags), shared)
WRAP(void, dsa_free, (dsa_area *area, dsa_pointer pointer), (area, pointer), shared)
WRAP(void *, palloc, (Size size), (size), allocations)
WRAP(void *, palloc0, (Size size), (size), allocations)
WRAP(void *, palloc_extended, (Size size, int flags), (size, flags), allocations)
WRAP(void *, MemoryContextAlloc, (MemoryContext context, Size size), (context, size), allocations)
WRAP(void *, MemoryContextAllocZero, (MemoryContext context, Size size), (context, size), allocations)
WRAP(void *, MemoryContextAllocExtended, (MemoryContext context, Size size, int flags), (context, size, flags), allocations)
WRAP(char *, pstrdup, (const char *text), (text), allocations)
WRAP(char *, pnstrdup, (const char *text, Size len), (text, len), allocations)
WRAP(int, getrusage, (int who, struct rusage *usage), (who, usage), calls)

PGDLLEXPORT Datum locks_mark(PG_FUNCTION_ARGS);
PGDLLEXPORT Datum locks_since(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(locks_mark);
PG_FUNCTION_INFO_V1(locks_since);

Datum
locks_mark(PG_FUNCTION_ARGS)
{
	(void) fcinfo;
	marked = counted;
	marked_at = GetCurrentTimestamp();
	PG_RETURN_VOID();
}

/* waiting, conditional, spins, shared, allocations, calls, seconds */
Datum
locks_since(PG_FUNCTION_ARGS)
{
	Counts		since = counted;
	TimestampTz elapsed = GetCurrentTimestamp() - marked_at;
	char	   *text;

	(void) fcinfo;
	text = psprintf("{%lld,%lld,%lld,%lld,%lld,%lld,%lld}",
					(long long) (since.waiting - marked.waiting),
					(long long) (since.conditional - marked.conditional),
					(long long) (since.spins - marked.spins),
					(long long) (since.shared - marked.shared),
					(long long) (since.allocations - marked.allocations),
					(long long) (since.calls - marked.calls),
					(long long) (elapsed / USECS_PER_SEC));
	PG_RETURN_TEXT_P(cstring_to_text(text));
}

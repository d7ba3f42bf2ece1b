/*-------------------------------------------------------------------------
 *
 * application.h
 *		Tells the store, once for each statement, which application runs it.
 *
 * A session has one application_name, which clients behind a connection pool
 * change all the time.  The names that this backend has had lately have a bit
 * each; a statement's slot in the cache has the bits of those that the store
 * was told.  So an execution only looks whether the setting's value is still
 * at the same address, and at one bit.
 *
 * Core puts a new value into memory before it frees the old one, so it cannot
 * come to the same address; two changes can, when no statement of ours comes
 * between them (set_config() twice in one query).  pa_application_recheck()
 * compares the name itself, wherever something else is to be told anyway.
 *
 * IDENTIFICATION
 *		src/collect/application.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COLLECT_APPLICATION_H
#define PA_COLLECT_APPLICATION_H

#include "utils/guc.h"

#include "collect/seen.h"

/* Where the setting's value was when it was looked at; identity only. */
extern const char *pa_application_address;

/* The bit of the present name, in PaSeenShape.applications. */
extern uint32 pa_application_bit;

extern pg_attribute_cold void pa_application_recheck(void);

/* Gives the present name, no longer than NAMEDATALEN - 1 for the store. */
static inline const char *
pa_application_name(void)
{
	return application_name != NULL ? application_name : "";
}

/* Notes a change of the name, if there was one. */
static inline void
pa_application_look(void)
{
	if (unlikely(application_name != pa_application_address))
		pa_application_recheck();
}

/* True when the store has been told that this application runs the statement. */
static inline bool
pa_application_told(const PaSeenShape *seen)
{
	pa_application_look();
	return (seen->applications & pa_application_bit) != 0;
}

extern pg_attribute_cold void pa_application_tell(PaSeenShape *seen);

#endif							/* PA_COLLECT_APPLICATION_H */

/*-------------------------------------------------------------------------
 *
 * messages.h
 *		What differs between server versions in messages that are given in the
 *		server's own words.
 *
 * IDENTIFICATION
 *		src/compat/messages.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_MESSAGES_H
#define PA_COMPAT_MESSAGES_H

/* 19 names the kind of constraint by its key word when it refuses one. */
#if PG_VERSION_NUM >= 190000
#define PA_UNIQUE_IN_MESSAGE "UNIQUE"
#else
#define PA_UNIQUE_IN_MESSAGE "unique"
#endif

#endif							/* PA_COMPAT_MESSAGES_H */

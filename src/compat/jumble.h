/*-------------------------------------------------------------------------
 *
 * jumble.h
 *		Where the constants of a jumbled statement stand in its text.
 *
 * IDENTIFICATION
 *		src/compat/jumble.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_JUMBLE_H
#define PA_COMPAT_JUMBLE_H

#include "compat/compat.h"

typedef struct PaConstant
{
	int			location;		/* byte offset in the whole source text */
	int			length;			/* bytes; -1 = of the token found there */
	bool		squashed;		/* a list of which one element is kept */
} PaConstant;

/*
 * Fills "constants" (room for clocations_count) and gives their number.
 *
 * 18 squashes lists (62d712ecfd) and notes external parameters among the
 * constants; those are text to keep unless a list was squashed, in which
 * case everything is numbered anew (c2da1a5d63).
 */
static inline int
pa_jumble_constants(const JumbleState *jstate, PaConstant *constants)
{
	int			count = 0;

	for (int i = 0; i < jstate->clocations_count; i++)
	{
		const LocationLen *from = &jstate->clocations[i];
		PaConstant *to = &constants[count];

		to->location = from->location;
		to->length = -1;
		to->squashed = false;
#if PG_VERSION_NUM >= 180000
		if (from->extern_param && !jstate->has_squashed_lists)
			continue;
		if (from->squashed)
		{
			to->squashed = true;
			to->length = from->length;
		}
#endif
		count++;
	}
	return count;
}

#endif							/* PA_COMPAT_JUMBLE_H */

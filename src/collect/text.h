/*-------------------------------------------------------------------------
 *
 * text.h
 *		Statement texts with their constants replaced.
 *
 * IDENTIFICATION
 *		src/collect/text.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COLLECT_TEXT_H
#define PA_COLLECT_TEXT_H

#include "compat/jumble.h"

extern char *pa_text_normalize(const char *source, int location, int len, const JumbleState *jstate);
extern char *pa_text_without_literals(const char *source, int location, int len);

#endif							/* PA_COLLECT_TEXT_H */

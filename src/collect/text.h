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

/* Texts are kept up to this length, in bytes. */
#define PA_MAX_TEXT (64 * 1024)

/*
 * The statement's text with each constant that jumbling ignored as $n,
 * numbered after the parameters that the text itself has; about PA_MAX_TEXT
 * of it at most.  The first gives NULL, and never raises, when the text takes
 * the scanner or when there is no memory; the second raises where the scanner
 * does.
 */
extern char *pa_text_normalize(const char *source, int location, int len, const JumbleState *jstate);
extern char *pa_text_normalize_scanning(const char *source, int location, int len,
										const JumbleState *jstate);

/*
 * The length of a constant, 0 when it takes the scanner to tell.  With its
 * sign, when that stands before a number.
 */
extern int	pa_text_constant_length(const char *at);

extern char *pa_text_without_literals(const char *source, int location, int len);

/* True when the text has a word beside which a literal may be a secret. */
extern bool pa_text_mentions_secret(const char *text, int len);

#endif							/* PA_COLLECT_TEXT_H */

/*-------------------------------------------------------------------------
 *
 * index_duty_words.h
 *		What an index is there for besides plans, in words.
 *
 * IDENTIFICATION
 *		src/report/index_duty_words.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_INDEX_DUTY_WORDS_H
#define PA_REPORT_INDEX_DUTY_WORDS_H

#include "catalog/index_duties.h"

/* One duty. */
typedef struct PaDutyWord
{
	const char *kind;			/* as in perf_advisor.simulate_drop() */
	char	   *reason;
	bool		forbids;		/* DROP INDEX would fail, or break more than plans */
} PaDutyWord;

/* Whether deletes and key updates of a foreign key's parent were seen. */
extern bool pa_duty_parent_changes(const PaKeyReference *key, const List *writes,
								   double *deletes, int64 *key_updates);

/*
 * List of PaDutyWord * of one index and, of the index of a partitioned table,
 * of those attached to it: of the list "all" those with the same root.
 */
extern List *pa_duty_words(const List *all, Oid indexid, const List *writes);

#endif							/* PA_REPORT_INDEX_DUTY_WORDS_H */

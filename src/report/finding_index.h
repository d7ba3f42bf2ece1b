/*-------------------------------------------------------------------------
 *
 * finding_index.h
 *		Which existing index an advised one has become.
 *
 * IDENTIFICATION
 *		src/report/finding_index.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_FINDING_INDEX_H
#define PA_REPORT_FINDING_INDEX_H

/*
 * The valid index of the table that does all that the advised one would,
 * InvalidOid if there is none or no table; *unsure is set when that cannot be
 * told now, because of a lock for example.
 */
extern Oid	pa_finding_index(int64 finding_id, Oid relid, bool *unsure);

#endif							/* PA_REPORT_FINDING_INDEX_H */

/*-------------------------------------------------------------------------
 *
 * standbys.h
 *		How many standbys are connected.
 *
 * IDENTIFICATION
 *		src/report/standbys.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_STANDBYS_H
#define PA_REPORT_STANDBYS_H

/* Processes that send the WAL to a server that replays it. */
extern int	pa_report_count_standbys(void);

#endif							/* PA_REPORT_STANDBYS_H */

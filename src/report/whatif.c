/*-------------------------------------------------------------------------
 *
 * whatif.c
 *		What a caller's query would cost with indexes of the caller's choice.
 *
 * IDENTIFICATION
 *		src/report/whatif.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "report/whatif.h"
#include "whatif/whatif.h"

void
pa_report_whatif(const char *query, char **ddl, int nddl, PaWhatifAnswer *answer)
{
	pa_whatif_own_query(query, ddl, nddl, answer);
}

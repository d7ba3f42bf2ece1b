/*-------------------------------------------------------------------------
 *
 * hooks.c
 *		Installs the hooks.
 *
 * A hook's body does four things: test whether we are wanted, hand over to
 * collect/, call the next hook or the standard function, hand over again; an
 * error is handed over, too, and thrown again.  It has no arithmetic, no locks and no errors of its own.  While a what-if
 * planning runs (whatif/), everything stays quiet.
 *
 * IDENTIFICATION
 *		src/hooks/hooks.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "collect/collect.h"
#include "hooks/hooks.h"

void
pa_hooks_init(void)
{
	EnableQueryId();
	pa_collect_init();
	pa_hooks_init_executor();
	pa_hooks_init_log();
	pa_hooks_init_objects();
	pa_hooks_init_parser();
	pa_hooks_init_planner();
	pa_hooks_init_utility();
}

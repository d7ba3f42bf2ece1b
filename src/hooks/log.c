/*-------------------------------------------------------------------------
 *
 * log.c
 *		emit_log_hook: errors that come before or after a statement's run.
 *
 * It is called for every message that goes to the log, from anywhere: while
 * an LWLock is held, without a transaction, without a database.
 *
 * IDENTIFICATION
 *		src/hooks/log.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "collect/collect.h"
#include "hooks/hooks.h"

static emit_log_hook_type prev_emit_log = NULL;

static void
emit_log(ErrorData *edata)
{
	if (prev_emit_log)
		prev_emit_log(edata);
	if (edata->elevel >= ERROR)
		pa_collect_logged(edata->elevel, edata->sqlerrcode);
}

void
pa_hooks_init_log(void)
{
	prev_emit_log = emit_log_hook;
	emit_log_hook = emit_log;
}

/*-------------------------------------------------------------------------
 *
 * perf_advisor.c
 *		The library's entry point: each room starts itself.
 *
 * IDENTIFICATION
 *		src/perf_advisor.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "compat/export.h"
#include "config/config.h"
#include "hooks/hooks.h"
#include "store/store.h"
#include "worker/worker.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

/*
 * Without preloading only the settings exist: the SQL functions then say
 * what is missing.
 */
void
_PG_init(void)
{
	pa_config_init();
	if (!process_shared_preload_libraries_in_progress)
		return;
	pa_store_init();
	pa_hooks_init();
	pa_worker_init();
}

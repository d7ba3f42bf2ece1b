/*-------------------------------------------------------------------------
 *
 * index_usage.c
 *		perf_advisor.index_usage(): answers without the library preloaded,
 *		that nothing is known.
 *
 * IDENTIFICATION
 *		src/sqlapi/index_usage.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"

#include "compat/compat.h"
#include "config/config.h"
#include "sqlapi/row.h"
#include "store/store.h"

PA_SQL_FUNCTION(pa_index_usage_1_0);

/*
 * True when every execution of this session's is recorded: then others'
 * probably are, too.
 */
static bool
all_is_recorded(void)
{
	return pa_guc_enabled && pa_guc_track == PA_TRACK_ALL && IsQueryIdEnabled();
}

/* One index; those that have no row of their own when its OID is invalid. */
static void
put_index(PaRow *row, const PaIndexUse *use)
{
	pa_row_oid(row, use->indexid);
	pa_row_int8(row, use->uses);
	if (use->rows >= 0)
		pa_row_float8(row, use->rows);
	else
		pa_row_null(row);
	pa_row_int8(row, use->statements);
	pa_row_timestamptz(row, use->last_used);
	pa_row_timestamptz(row, use->first_seen);
	pa_row_bool(row, all_is_recorded());
	pa_row_end(row);
}

/* The one row when nothing is recorded at all. */
static void
put_nothing(PaRow *row)
{
	for (int i = 0; i < 6; i++)
		pa_row_null(row);
	pa_row_bool(row, false);
	pa_row_end(row);
}

/* perf_advisor.index_usage() */
Datum
pa_index_usage_1_0(PG_FUNCTION_ARGS)
{
	PaIndexUseList *list;
	PaIndexUse	others = {.rows = -1};
	PaRow		row;

	pa_rows_begin(&row, fcinfo);
	if (!pa_store_available())
	{
		put_nothing(&row);
		return (Datum) 0;
	}
	list = pa_store_read_index_uses(MyDatabaseId);
	others.first_seen = list->first_seen;
	put_index(&row, &others);
	for (int i = 0; i < list->count; i++)
		put_index(&row, &list->items[i]);
	return (Datum) 0;
}

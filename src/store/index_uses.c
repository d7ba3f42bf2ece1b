/*-------------------------------------------------------------------------
 *
 * index_uses.c
 *		How often which index was used.
 *
 * IDENTIFICATION
 *		src/store/index_uses.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "store/store_internal.h"

PaIndexUseList *
pa_store_read_index_uses(Oid dbid)
{
	PaIndexUseList *list = palloc0(sizeof(PaIndexUseList));

	(void) dbid;
	list->first_seen = (TimestampTz) pg_atomic_read_u64(&pa_shared->stats_reset);
	return list;
}

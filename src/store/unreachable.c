/*-------------------------------------------------------------------------
 *
 * unreachable.c
 *		What is remembered of other servers: which could lately not be
 *		reached, so that not every session waits for the same one; and how many
 *		standbys there were.
 *
 * A few places, the oldest is overwritten.  Two sessions may overwrite each
 * other's: then a server is waited for once more.  Without the library
 * preloaded each session has its own.
 *
 * Guard: none, both halves of a place are atomics, and nothing depends on their
 * being of the same moment.
 *
 * IDENTIFICATION
 *		src/store/unreachable.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "config/config.h"
#include "store/store_internal.h"

/* Standbys are remembered for this long at least, seconds. */
#define PA_KEEP_STANDBYS (24 * 60 * 60)

static PaSharedUnreachable own[PA_UNREACHABLE];
static bool own_ready = false;

void
pa_unreachable_init(PaSharedUnreachable *places)
{
	for (int i = 0; i < PA_UNREACHABLE; i++)
	{
		pg_atomic_init_u64(&places[i].server, 0);
		pg_atomic_init_u64(&places[i].at, 0);
	}
}

static PaSharedUnreachable *
all_places(void)
{
	if (pa_shared != NULL)
		return pa_shared->unreachable;
	if (!own_ready)
		pa_unreachable_init(own);
	own_ready = true;
	return own;
}

/* Gives the server's place; failing that, "oldest" or NULL. */
static PaSharedUnreachable *
find_place(uint64 server, bool oldest)
{
	PaSharedUnreachable *places = all_places();
	PaSharedUnreachable *found = oldest ? &places[0] : NULL;

	for (int i = 0; i < PA_UNREACHABLE; i++)
	{
		if (pg_atomic_read_u64(&places[i].server) == server)
			return &places[i];
		if (oldest && pg_atomic_read_u64(&places[i].at) < pg_atomic_read_u64(&found->at))
			found = &places[i];
	}
	return found;
}

static uint64
key_of(Oid dbid, Oid serverid)
{
	return ((uint64) dbid << 32) | serverid;
}

TimestampTz
pa_store_unreachable_at(Oid dbid, Oid serverid)
{
	PaSharedUnreachable *place = find_place(key_of(dbid, serverid), false);

	return place == NULL ? 0 : (TimestampTz) pg_atomic_read_u64(&place->at);
}

void
pa_store_note_unreachable(Oid dbid, Oid serverid, TimestampTz at)
{
	PaSharedUnreachable *place = find_place(key_of(dbid, serverid), true);

	pg_atomic_write_u64(&place->server, key_of(dbid, serverid));
	pg_atomic_write_u64(&place->at, (uint64) at);
}

/* ---- standbys ---- */

static bool
is_remembered(TimestampTz now)
{
	int64		keep = Max((int64) pa_guc_unused_index_min_age, PA_KEEP_STANDBYS);
	TimestampTz at = (TimestampTz) pg_atomic_read_u64(&pa_shared->standbys_at);

	return at != 0 && at > now - keep * USECS_PER_SEC;
}

void
pa_store_note_standbys(int64 count)
{
	TimestampTz now = GetCurrentTimestamp();

	if (is_remembered(now) && count < (int64) pg_atomic_read_u64(&pa_shared->standbys))
		return;
	pg_atomic_write_u64(&pa_shared->standbys, (uint64) count);
	pg_atomic_write_u64(&pa_shared->standbys_at, (uint64) now);
}

int64
pa_store_remembered_standbys(void)
{
	if (pa_shared == NULL || !is_remembered(GetCurrentTimestamp()))
		return 0;
	return (int64) pg_atomic_read_u64(&pa_shared->standbys);
}

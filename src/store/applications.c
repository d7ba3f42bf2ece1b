/*-------------------------------------------------------------------------
 *
 * applications.c
 *		Which applications run a statement, by their application_name.
 *
 * Rules of ignore_rules ask for it: a statement that only pg_dump runs is no
 * part of the workload.  Each partition has a table of names, and each of its
 * shapes a set of them, one bit a name.  A name that no shape has any more
 * makes room for another, found by a walk over the shapes: no reference is
 * counted, and neither eviction nor a reset has to know of it.
 *
 * A shape that finds no room, or has too many names, is marked so: its
 * statement is run by others, too, of whom nothing is known.
 *
 * All is under the partition's lock.  Writers (in a user's statement) take it
 * conditionally; a backend offers a name once for each statement, see
 * collect/application.h.  Names are shown to nobody.
 *
 * IDENTIFICATION
 *		src/store/applications.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "port/pg_bitutils.h"

#include "store/store_internal.h"

StaticAssertDecl(PA_APPLICATION_NAMES == 32, "a shape's set has 32 bits");

/* Gives the bits of the names that some shape of the partition has. */
static uint32
used_bits(int p)
{
	uint32		used = 0;

	for (int i = 0; i < pa_shared->partition_entries; i++)
	{
		const PaSharedShape *shape = &pa_shared_shapes(p)[i];

		if (shape->used)
			used |= shape->applications;
	}
	return used;
}

/* Gives the place of the name in the partition's table or PA_NONE. */
static int
find_name(int p, const char *name)
{
	PaSharedPartition *partition = pa_shared_partition(p);

	for (int i = 0; i < PA_APPLICATION_NAMES; i++)
	{
		if (partition->named & ((uint32) 1 << i) &&
			strncmp(partition->applications[i], name, NAMEDATALEN - 1) == 0)
			return i;
	}
	return PA_NONE;
}

/* The same for a new name; PA_NONE when the table is full of those in use. */
static int
add_name(int p, const char *name)
{
	PaSharedPartition *partition = pa_shared_partition(p);
	int			place;

	if (partition->named == PG_UINT32_MAX)
		partition->named = used_bits(p);
	if (partition->named == PG_UINT32_MAX)
		return PA_NONE;
	place = pg_rightmost_one_pos32(~partition->named);
	strlcpy(partition->applications[place], name, NAMEDATALEN);
	partition->named |= (uint32) 1 << place;
	return place;
}

/* True when the shape has nothing to learn from the name.  A shared lock is enough. */
bool
pa_application_known_locked(const PaSharedShape *shape, const char *name)
{
	int			place;

	if (shape->other_applications)
		return true;
	place = find_name(shape->partition, name);
	return place != PA_NONE && (shape->applications & ((uint32) 1 << place)) != 0;
}

void
pa_application_add_locked(PaSharedShape *shape, const char *name)
{
	int			place;

	if (shape->other_applications)
		return;
	place = find_name(shape->partition, name);
	if (place != PA_NONE && (shape->applications & ((uint32) 1 << place)) != 0)
		return;
	if (shape->applications != 0 && pg_popcount32(shape->applications) >= PA_MAX_APPLICATIONS)
		place = PA_NONE;
	else if (place == PA_NONE)
		place = add_name(shape->partition, name);
	if (place == PA_NONE)
		shape->other_applications = true;
	else
		shape->applications |= (uint32) 1 << place;
}

/* Forgets who ran it; the names stay until their room is needed. */
void
pa_application_clear_locked(PaSharedShape *shape)
{
	shape->applications = 0;
	shape->other_applications = false;
}

/* Copies the names of a shape; gives their number.  A shared lock is enough. */
int
pa_application_names_locked(const PaSharedShape *shape, char (*names)[NAMEDATALEN])
{
	PaSharedPartition *partition = pa_shared_partition(shape->partition);
	int			count = 0;

	for (uint32 left = shape->applications; left != 0; left &= left - 1)
		strlcpy(names[count++], partition->applications[pg_rightmost_one_pos32(left)], NAMEDATALEN);
	return count;
}

bool
pa_store_put_application(const PaShapeKey *key, uint32 hash, const char *name)
{
	PaSharedShape *shape;

	if (!pa_partition_try_lock(hash, LW_EXCLUSIVE))
		return false;
	shape = pa_table_make_shape_locked(key, hash);
	if (shape != NULL)
		pa_application_add_locked(shape, name);
	pa_partition_unlock(hash);
	return true;
}

void
pa_store_read_applications(const PaShapeKey *key, PaApplications *applications)
{
	uint32		hash = pa_store_shape_hash(key);
	LWLock	   *lock = pa_partition_lock(pa_partition_of(hash));
	PaSharedShape *shape;

	memset(applications, 0, sizeof(*applications));
	LWLockAcquire(lock, LW_SHARED);
	shape = pa_table_find_shape_locked(key, hash);
	if (shape != NULL)
	{
		applications->count = pa_application_names_locked(shape, applications->names);
		applications->others = shape->other_applications;
	}
	LWLockRelease(lock);
}

/*-------------------------------------------------------------------------
 *
 * objects.c
 *		object_access_hook: indexes and databases that come and go.
 *
 * IDENTIFICATION
 *		src/hooks/objects.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/objectaccess.h"

#include "collect/collect.h"
#include "hooks/hooks.h"

static object_access_hook_type prev_object_access = NULL;

static void
object_access(ObjectAccessType access, Oid classId, Oid objectId, int subId, void *arg)
{
	if (prev_object_access)
		prev_object_access(access, classId, objectId, subId, arg);
	if (subId == 0 && access == OAT_POST_CREATE)
		pa_collect_created(classId, objectId);
	else if (subId == 0 && access == OAT_DROP)
		pa_collect_dropped(classId, objectId);
}

void
pa_hooks_init_objects(void)
{
	prev_object_access = object_access_hook;
	object_access_hook = object_access;
}

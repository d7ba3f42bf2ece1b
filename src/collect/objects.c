/*-------------------------------------------------------------------------
 *
 * objects.c
 *		Tells the store when indexes and databases were created or dropped: an
 *		index is not unused for longer than it has been there.
 *
 * What a transaction did waits in private memory for its end, and goes with
 * the subtransaction that did it.  More than PA_MAX_OBJECTS in one transaction
 * are not noted one by one: then the store is told that something was created.
 * So it is for a transaction that was prepared: what ends it is another
 * session.
 *
 * IDENTIFICATION
 *		src/collect/objects.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#include "collect/detail.h"

#define PA_FIRST_OBJECTS 64
#define PA_MAX_OBJECTS 65536	/* 1 MB */

typedef struct PaObjectChange
{
	Oid			dbid;
	Oid			indexid;		/* InvalidOid: the database itself */
	SubTransactionId subid;
	bool		dropped;
} PaObjectChange;

/* In the order of the changes; freed when the transaction ends. */
static PaObjectChange *changes = NULL;
static int	nchanges = 0;
static int	room = 0;
static bool too_many = false;	/* some creation is missing */

bool		pa_objects_changed = false;

static bool
grow(void)
{
	int			wanted = room == 0 ? PA_FIRST_OBJECTS : room * 2;
	PaObjectChange *larger;

	if (wanted > PA_MAX_OBJECTS)
		return false;
	larger = MemoryContextAllocExtended(TopMemoryContext, wanted * sizeof(PaObjectChange),
										MCXT_ALLOC_NO_OOM);
	if (larger == NULL)
		return false;
	if (changes != NULL)
	{
		memcpy(larger, changes, nchanges * sizeof(PaObjectChange));
		pfree(changes);
	}
	changes = larger;
	room = wanted;
	return true;
}

static void
add_change(Oid dbid, Oid indexid, bool dropped)
{
	PaObjectChange *change;

	pa_objects_changed = true;
	if (nchanges == room && !grow())
	{
		too_many |= !dropped;
		return;
	}
	change = &changes[nchanges++];
	change->dbid = dbid;
	change->indexid = indexid;
	change->subid = GetCurrentSubTransactionId();
	change->dropped = dropped;
}

/*
 * True for a new index that others will see.  Its row is not visible yet, but
 * whoever creates a relation has it open, so it is in the relation cache.
 */
static bool
is_new_index(Oid relid)
{
	Relation	relation = RelationIdGetRelation(relid);
	bool		result;

	if (relation == NULL)
		return false;
	result = (relation->rd_rel->relkind == RELKIND_INDEX ||
			  relation->rd_rel->relkind == RELKIND_PARTITIONED_INDEX) &&
		relation->rd_rel->relpersistence != RELPERSISTENCE_TEMP;
	RelationClose(relation);
	return result;
}

void
pa_collect_created(Oid class_id, Oid object_id)
{
	if (class_id == DatabaseRelationId)
		add_change(object_id, InvalidOid, false);
	else if (class_id == RelationRelationId && IsUnderPostmaster && is_new_index(object_id))
		add_change(MyDatabaseId, object_id, false);
}

void
pa_collect_dropped(Oid class_id, Oid object_id)
{
	char		relkind;

	if (class_id == DatabaseRelationId)
		add_change(object_id, InvalidOid, true);
	else if (class_id == RelationRelationId)
	{
		relkind = get_rel_relkind(object_id);
		if (relkind == RELKIND_INDEX || relkind == RELKIND_PARTITIONED_INDEX)
			add_change(MyDatabaseId, object_id, true);
	}
}

static void
tell_store(const PaObjectChange *change)
{
	if (!change->dropped)
		pa_store_note_index(change->dbid, change->indexid);
	else if (OidIsValid(change->indexid))
		pa_store_forget_index(change->dbid, change->indexid);
	else
		pa_store_forget_database(change->dbid);
}

static bool
creates_anything(void)
{
	for (int i = 0; i < nchanges; i++)
	{
		if (!changes[i].dropped)
			return true;
	}
	return too_many;
}

/* The transaction has ended. */
void
pa_objects_settle(XactEvent event)
{
	if (event == XACT_EVENT_COMMIT)
	{
		for (int i = 0; i < nchanges; i++)
			tell_store(&changes[i]);
		if (too_many)
			pa_store_forget_creations();
	}
	else if (event == XACT_EVENT_PREPARE && creates_anything())
		pa_store_forget_creations();
	if (changes != NULL)
		pfree(changes);
	changes = NULL;
	nchanges = room = 0;
	too_many = pa_objects_changed = false;
}

/* A subtransaction was rolled back: identifiers rise, as in frames.c. */
void
pa_objects_undo(SubTransactionId since)
{
	int			kept = 0;

	for (int i = 0; i < nchanges; i++)
	{
		if (changes[i].subid < since)
			changes[kept++] = changes[i];
	}
	nchanges = kept;
}

/*-------------------------------------------------------------------------
 *
 * objects.c
 *		Tells the store when indexes and databases were created or dropped: an
 *		index is not unused for longer than it has been there.
 *
 * An index of a partition has its uses counted for the whole: they outlive it.
 * So do those of an index that REINDEX CONCURRENTLY replaces by its copy.
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
#include "access/xlog.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#include "collect/detail.h"

#define PA_FIRST_OBJECTS 64
#define PA_MAX_OBJECTS 65536	/* 3 MB */

typedef enum PaChangeKind
{
	PA_CREATED,
	PA_DROPPED,
	PA_BEQUEATHED,				/* dropped; the heir has its uses */
	PA_REPLACED,				/* dropped; the heir has its place */
	PA_DETACHED					/* stays; the heir has its uses, too */
} PaChangeKind;

typedef struct PaObjectChange
{
	PaChangeKind kind;
	Oid			dbid;
	Oid			indexid;		/* InvalidOid: the database itself */
	Oid			heirid;
	SubTransactionId subid;
	int64		uses;			/* of a detached one */
	TimestampTz last_used;
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

/* What finds no place lets all windows begin anew, but for a plain drop. */
static PaObjectChange *
add_change(PaChangeKind kind, Oid dbid, Oid indexid, Oid heirid)
{
	static PaObjectChange nowhere;
	PaObjectChange *change = &nowhere;

	pa_objects_changed = true;
	if (nchanges < room || grow())
		change = &changes[nchanges++];
	else
		too_many |= kind != PA_DROPPED;
	change->kind = kind;
	change->dbid = dbid;
	change->indexid = indexid;
	change->heirid = heirid;
	change->subid = GetCurrentSubTransactionId();
	change->uses = 0;
	change->last_used = 0;
	return change;
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
		relation->rd_rel->relpersistence != RELPERSISTENCE_TEMP &&
		!IsToastNamespace(relation->rd_rel->relnamespace);
	RelationClose(relation);
	return result;
}

void
pa_collect_created(Oid class_id, Oid object_id)
{
	if (class_id == DatabaseRelationId)
		(void) add_change(PA_CREATED, object_id, InvalidOid, InvalidOid);
	else if (class_id == RelationRelationId && IsUnderPostmaster && is_new_index(object_id))
		(void) add_change(PA_CREATED, MyDatabaseId, object_id, InvalidOid);
}

/* The drop of an index: while its rows in the catalogs are still there. */
static void
index_dropped(Oid indexid)
{
	Oid			heirid = pa_partitioned_index_of(indexid);

	if (OidIsValid(heirid))
	{
		(void) add_change(PA_BEQUEATHED, MyDatabaseId, indexid, heirid);
		return;
	}
	heirid = pa_index_copy_of(indexid);
	(void) add_change(OidIsValid(heirid) ? PA_REPLACED : PA_DROPPED, MyDatabaseId, indexid, heirid);
}

void
pa_collect_dropped(Oid class_id, Oid object_id)
{
	char		relkind;

	if (class_id == DatabaseRelationId)
		(void) add_change(PA_DROPPED, object_id, InvalidOid, InvalidOid);
	else if (class_id == RelationRelationId)
	{
		relkind = get_rel_relkind(object_id);
		if (relkind == RELKIND_INDEX || relkind == RELKIND_PARTITIONED_INDEX)
			index_dropped(object_id);
	}
}

/* The uses of one of the list's indexes, at this moment. */
static void
note_detached(const PaIndexUseList *list, Oid indexid, Oid heirid)
{
	for (int i = 0; i < list->count; i++)
	{
		const PaIndexUse *use = &list->items[i];
		PaObjectChange *change;

		if (use->indexid != indexid || use->uses == 0)
			continue;
		change = add_change(PA_DETACHED, MyDatabaseId, indexid, heirid);
		change->uses = use->uses;
		change->last_used = use->last_used;
	}
}

/* Notes the uses of the indexes of a partition that leaves. */
static void
note_detach(const RangeVar *name)
{
	Oid			relid = RangeVarGetRelid(name, NoLock, true);
	PaIndexUseList *uses = NULL;
	ListCell   *lc;

	if (!OidIsValid(relid) || !get_rel_relispartition(relid))
		return;
	foreach(lc, pa_indexes_below(relid))
	{
		Oid			indexid = lfirst_oid(lc);
		Oid			heirid = pa_partitioned_index_of(indexid);

		if (!OidIsValid(heirid))
			continue;
		if (uses == NULL)
			uses = pa_store_read_index_uses(MyDatabaseId);
		note_detached(uses, indexid, heirid);
	}
}

void
pa_collect_detaching(const AlterTableStmt *statement)
{
	ListCell   *lc;

	if (!pa_store_ready() || RecoveryInProgress())
		return;
	foreach(lc, statement->cmds)
	{
		const AlterTableCmd *command = lfirst_node(AlterTableCmd, lc);

		if (command->subtype == AT_DetachPartition || command->subtype == AT_DetachPartitionFinalize)
			note_detach(((const PartitionCmd *) command->def)->name);
	}
}

static void
tell_store(const PaObjectChange *change)
{
	switch (change->kind)
	{
		case PA_CREATED:
			pa_store_note_index(change->dbid, change->indexid);
			break;
		case PA_DROPPED:
			if (OidIsValid(change->indexid))
				pa_store_forget_index(change->dbid, change->indexid);
			else
				pa_store_forget_database(change->dbid);
			break;
		case PA_BEQUEATHED:
		case PA_REPLACED:
			pa_store_bequeath_index(change->dbid, change->indexid, change->heirid,
									change->kind == PA_REPLACED);
			break;
		case PA_DETACHED:
			pa_store_credit_index(change->dbid, change->heirid, change->uses, change->last_used);
			break;
	}
}

static void
tell_inheritance(void)
{
	for (int i = 0; i < nchanges; i++)
	{
		if (OidIsValid(changes[i].heirid))
			tell_store(&changes[i]);
	}
}

/*
 * Heirs first: one that is dropped itself in the end leaves nothing behind.
 */
static void
tell_all(void)
{
	tell_inheritance();
	for (int i = 0; i < nchanges; i++)
	{
		if (!OidIsValid(changes[i].heirid))
			tell_store(&changes[i]);
	}
}

static bool
creates_anything(void)
{
	for (int i = 0; i < nchanges; i++)
	{
		if (changes[i].kind == PA_CREATED)
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
		tell_all();
		if (too_many)
			pa_store_forget_creations();
	}
	else if (event == XACT_EVENT_PREPARE)
	{
		/* too much for an heir is no harm, if it is rolled back */
		tell_inheritance();
		if (creates_anything())
			pa_store_forget_creations();
	}
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

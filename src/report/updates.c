/*-------------------------------------------------------------------------
 *
 * updates.c
 *		Which columns the workload's UPDATEs set, and how often.
 *
 * Read from rewritten query trees: UPDATE, ON CONFLICT DO UPDATE, MERGE, and
 * the same inside WITH.  What triggers set in the row is not seen.
 *
 * IDENTIFICATION
 *		src/report/updates.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "parser/parsetree.h"

#include "report/updates.h"

static PaColumnUpdates *
find_updates(const List *updates, Oid relid, AttrNumber attnum)
{
	ListCell   *lc;

	foreach(lc, updates)
	{
		PaColumnUpdates *column = lfirst(lc);

		if (column->relid == relid && column->attnum == attnum)
			return column;
	}
	return NULL;
}

/* The target list of an UPDATE holds only the columns that are set. */
static List *
add_targets(List *updates, Oid relid, const List *targets, int64 calls)
{
	ListCell   *lc;

	foreach(lc, targets)
	{
		const TargetEntry *target = lfirst(lc);
		PaColumnUpdates *column;

		if (target->resjunk)
			continue;
		column = find_updates(updates, relid, target->resno);
		if (column == NULL)
		{
			column = palloc0(sizeof(PaColumnUpdates));
			column->relid = relid;
			column->attnum = target->resno;
			updates = lappend(updates, column);
		}
		column->calls += calls;
	}
	return updates;
}

List *
pa_updates_add(List *updates, const Query *query, int64 calls)
{
	ListCell   *lc;

	foreach(lc, query->cteList)
	{
		const Node *cte = ((const CommonTableExpr *) lfirst(lc))->ctequery;

		if (IsA(cte, Query))
			updates = pa_updates_add(updates, (const Query *) cte, calls);
	}

	if (query->resultRelation > 0)
	{
		Oid			relid = rt_fetch(query->resultRelation, query->rtable)->relid;

		if (query->commandType == CMD_UPDATE)
			updates = add_targets(updates, relid, query->targetList, calls);
		if (query->onConflict != NULL)
			updates = add_targets(updates, relid,
								  query->onConflict->onConflictSet, calls);
		foreach(lc, query->mergeActionList)
		{
			const MergeAction *action = lfirst(lc);

			if (action->commandType == CMD_UPDATE)
				updates = add_targets(updates, relid, action->targetList, calls);
		}
	}
	return updates;
}

int64
pa_updates_calls(const List *updates, Oid relid, AttrNumber attnum)
{
	const PaColumnUpdates *column = find_updates(updates, relid, attnum);

	return column != NULL ? column->calls : 0;
}

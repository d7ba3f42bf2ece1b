/*-------------------------------------------------------------------------
 *
 * needed_use.c
 *		Columns that an index would have to return for an index-only scan.
 *
 * They are what the planner itself compares with an index's columns: those
 * handed up to joins and to the result, and those that conditions are on.
 *
 * IDENTIFICATION
 *		src/whatif/needed_use.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "nodes/plannodes.h"
#include "optimizer/optimizer.h"

#include "whatif/index_use.h"

/*
 * Whether all columns of the table are among these, as SELECT * wants them.
 * Two are no more than a link between two other tables has.
 */
static bool
are_all_columns(const PaUseContext *context, const Bitmapset *attnums)
{
	int			count = 0;

	for (AttrNumber attnum = 1; attnum <= context->rel->max_attr; attnum++)
	{
		PaColumnFacts facts;

		if (!pa_catalog_attribute_facts(context->relid, attnum, &facts))
			continue;			/* dropped */
		if (!bms_is_member(attnum - FirstLowInvalidHeapAttributeNumber, attnums))
			return false;
		count++;
	}
	return count > 2;
}

/* List of PaNeededColumn *; *needs_row as in PaRelationUse. */
List *
pa_needed_columns(const PaUseContext *context, bool *needs_row)
{
	RelOptInfo *rel = context->rel;
	Bitmapset  *attnums = NULL;
	List	   *result = NIL;
	ListCell   *lc;
	int			i = -1;

	pull_varattnos((Node *) rel->reltarget->exprs, rel->relid, &attnums);
	*needs_row = are_all_columns(context, attnums);
	foreach(lc, rel->baserestrictinfo)
		pull_varattnos((Node *) ((RestrictInfo *) lfirst(lc))->clause, rel->relid, &attnums);

	while ((i = bms_next_member(attnums, i)) >= 0)
	{
		AttrNumber	attnum = i + FirstLowInvalidHeapAttributeNumber;
		PaColumnFacts facts;
		PaNeededColumn *needed;

		if (attnum <= 0 || !pa_catalog_attribute_facts(context->relid, attnum, &facts))
		{
			*needs_row = true;
			continue;
		}
		needed = palloc0(sizeof(PaNeededColumn));
		needed->attnum = attnum;
		needed->width = facts.width;
		result = lappend(result, needed);
	}
	bms_free(attnums);
	return result;
}

/* Whether the statement changes or locks the relation's rows. */
bool
pa_is_changed(const PaUseContext *context)
{
	PlannerInfo *root = context->root;
	Index		rti = context->rel->relid;
	ListCell   *lc;

	if (root->parse->resultRelation == (int) rti ||
		bms_is_member(rti, root->all_result_relids))
		return true;
	foreach(lc, root->rowMarks)
	{
		PlanRowMark *mark = (PlanRowMark *) lfirst(lc);

		/* The others only fetch the row again when it was changed meanwhile. */
		if (mark->rti == rti && RowMarkRequiresRowShareLock(mark->markType))
			return true;
	}
	return false;
}

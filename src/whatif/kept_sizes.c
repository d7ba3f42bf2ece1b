/*-------------------------------------------------------------------------
 *
 * kept_sizes.c
 *		Sizes of indexes that were estimated from sampled rows, for the rest of
 *		the transaction.
 *
 * The size of the same index may be asked for more than once, and building
 * one of sampled rows takes up to a tenth of a second.  Sizes made of statistics alone are not kept here.
 *
 * Who may not read all rows is not told what they weigh.
 *
 * IDENTIFICATION
 *		src/whatif/kept_sizes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "utils/memutils.h"
#include "utils/rls.h"

#include "whatif/index_size.h"

/* More are found no faster than they are computed. */
#define MAX_KEPT 500

typedef struct KeptSize
{
	PaIndexShape shape;
	double		tuples;
	double		table_tuples;
	PaIndexSize size;
} KeptSize;

static List *kept = NIL;		/* in TopTransactionContext */

static void
forget_cb(void *arg)
{
	(void) arg;
	kept = NIL;
}

/* The first of a transaction sees to it that they are forgotten at its end. */
static void
begin_keeping(void)
{
	MemoryContextCallback *callback;

	callback = MemoryContextAllocZero(TopTransactionContext, sizeof(MemoryContextCallback));
	callback->func = forget_cb;
	MemoryContextRegisterResetCallback(TopTransactionContext, callback);
}

/* False when it is not known. */
bool
pa_find_size(const PaIndexShape *shape, double tuples, double table_tuples, PaIndexSize *size)
{
	ListCell   *lc;

	if (kept == NIL || check_enable_rls(shape->relid, InvalidOid, true) == RLS_ENABLED)
		return false;
	foreach(lc, kept)
	{
		const KeptSize *entry = (const KeptSize *) lfirst(lc);

		/* one caller rounds them, the other does not */
		if (fabs(entry->tuples - tuples) <= 1 && entry->table_tuples == table_tuples &&
			pa_same_shape(&entry->shape, shape))
		{
			*size = entry->size;
			return true;
		}
	}
	return false;
}

void
pa_keep_size(const PaIndexShape *shape, double tuples, double table_tuples,
			 const PaIndexSize *size)
{
	MemoryContext oldcontext;
	KeptSize   *entry;

	if (list_length(kept) >= MAX_KEPT)
		return;
	if (kept == NIL)
		begin_keeping();
	oldcontext = MemoryContextSwitchTo(TopTransactionContext);
	entry = palloc(sizeof(KeptSize));
	entry->shape = *shape;
	for (int i = 0; i < shape->ncolumns; i++)
		entry->shape.columns[i].expression = copyObject(shape->columns[i].expression);
	entry->shape.predicate = copyObject(shape->predicate);
	entry->tuples = tuples;
	entry->table_tuples = table_tuples;
	entry->size = *size;
	kept = lappend(kept, entry);
	MemoryContextSwitchTo(oldcontext);
}

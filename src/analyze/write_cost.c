/*-------------------------------------------------------------------------
 *
 * write_cost.c
 *		What an index costs the writers of its table, be it one that does not
 *		exist.
 *
 * A row that is inserted, and an update that is not HOT, enter the index; the
 * entry is later removed by VACUUM.  An update that is HOT today costs the
 * index nothing, unless it sets a column that the index would have: then it
 * is HOT no more, and enters every index of the table.
 *
 * The prices are milliseconds a row, WAL and the later cleaning included, of
 * a table of some hundred thousand rows in memory; they are of the
 * kind "an entry costs about as much as half a row".  More precise ones would
 * need the server's disks.
 *
 * IDENTIFICATION
 *		src/analyze/write_cost.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pg_list.h"
#include "nodes/primnodes.h"

#include "analyze/write_cost.h"

/* Milliseconds for one row: in the table, and for one entry of a b-tree. */
#define ROW_MSEC 0.012
#define ENTRY_MSEC 0.006

/* Removing an entry: at a DELETE nothing, later VACUUM's share. */
#define REMOVAL_MSEC 0.001

/*
 * The same for an entry of other access methods, in entries of a b-tree.  GIN
 * has one for each word or key of the value; BRIN only widens a range.
 */
#define GIN_FACTOR 8.0
#define GIST_FACTOR 3.0
#define BRIN_FACTOR 0.05

/*
 * Above this size parts of the index are not in memory when they are needed;
 * each doubling makes an entry dearer by the growth.
 */
#define CACHED_SIZE (256.0 * 1024 * 1024)
#define UNCACHED_GROWTH 0.5

static double
method_factor(Oid method)
{
	switch (method)
	{
		case GIN_AM_OID:
			return GIN_FACTOR;
		case GIST_AM_OID:
		case SPGIST_AM_OID:
			return GIST_FACTOR;
		case BRIN_AM_OID:
			return BRIN_FACTOR;
		default:
			return 1.0;
	}
}

static double
size_factor(int64 size)
{
	double		factor = 1.0;

	for (double cached = CACHED_SIZE; cached < size; cached *= 2)
		factor += UNCACHED_GROWTH;
	return factor;
}

/* expression_tree_walker: the columns that an expression is made of. */
static bool
collect_columns(Node *node, void *context)
{
	Bitmapset **attnums = context;

	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		const Var  *var = (const Var *) node;

		if (var->varattno > 0)
			*attnums = bms_add_member(*attnums, var->varattno);
		return false;
	}
	return expression_tree_walker(node, collect_columns, context);
}

/* All columns whose change changes the index: keys, INCLUDE and predicate. */
static Bitmapset *
columns_of(const PaIndexSpec *spec)
{
	Bitmapset  *attnums = NULL;

	for (int i = 0; i < spec->nkeys; i++)
	{
		if (spec->keys[i].expression != NULL)
			collect_columns(spec->keys[i].expression, &attnums);
		else if (spec->keys[i].attnum > 0)
			attnums = bms_add_member(attnums, spec->keys[i].attnum);
	}
	for (int i = 0; i < spec->nincluded; i++)
	{
		if (spec->included[i] > 0)
			attnums = bms_add_member(attnums, spec->included[i]);
	}
	collect_columns((Node *) spec->predicate, &attnums);
	return attnums;
}

/* Share of the updates that set a column of the index, 0-1. */
static double
touching_share(const PaTableWrites *writes, const PaIndexSpec *spec)
{
	Bitmapset  *attnums = columns_of(spec);
	double		rows = 0;
	ListCell   *lc;

	if (writes->updates <= 0)
		return 0;
	foreach(lc, writes->columns)
	{
		const PaColumnUpdates *columns = lfirst(lc);

		if (bms_overlap(columns->attnums, attnums))
			rows += columns->rows;
	}
	return Min(1.0, rows / writes->updates);
}

PaWriteCost
pa_analyze_write_cost(const PaTableWrites *writes, const PaIndexSpec *spec,
					  int64 size)
{
	PaWriteCost cost = {0, 1.0, 0};
	double		entry = ENTRY_MSEC * method_factor(spec->method) * size_factor(size);
	double		removal = REMOVAL_MSEC * method_factor(spec->method);
	double		cold_updates;
	double		hot_lost = 0;
	double		today;

	if (writes == NULL)
		return cost;

	cold_updates = Max(writes->updates - writes->hot_updates, 0);
	if (spec->method != BRIN_AM_OID || !writes->brin_keeps_hot)
		hot_lost = writes->hot_updates * touching_share(writes, spec);

	cost.msec = (writes->inserts + cold_updates + hot_lost) * entry +
		(writes->deletes + cold_updates + hot_lost) * removal +
		hot_lost * writes->nindexes * (ENTRY_MSEC + REMOVAL_MSEC);
	if (writes->hot_updates > 0)
		cost.hot_loss_pct = 100.0 * hot_lost / writes->hot_updates;

	today = (writes->inserts + writes->updates + writes->deletes) * ROW_MSEC +
		(writes->inserts + cold_updates) * writes->nindexes * ENTRY_MSEC +
		(writes->deletes + cold_updates) * writes->nindexes * REMOVAL_MSEC;
	if (today > 0)
		cost.ratio = (today + cost.msec) / today;
	return cost;
}

PaIndexUpkeep
pa_analyze_upkeep(const PaTableWrites *writes, Oid method, double share, int64 size)
{
	PaIndexUpkeep upkeep = {0, 0};
	double		cold_updates;

	if (writes == NULL)
		return upkeep;
	cold_updates = Max(writes->updates - writes->hot_updates, 0);
	upkeep.entries = (Max(writes->inserts, 0) + cold_updates) * share;
	upkeep.msec = upkeep.entries * ENTRY_MSEC * method_factor(method) * size_factor(size) +
		(writes->deletes + cold_updates) * share * REMOVAL_MSEC * method_factor(method);
	return upkeep;
}

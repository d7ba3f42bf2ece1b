/*-------------------------------------------------------------------------
 *
 * test_write_cost.c
 *		What an index costs the writers of its table.
 *
 * IDENTIFICATION
 *		test/unit/test_write_cost.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"

#include "analyze/write_cost.h"
#include "unit.h"

#define MEGABYTE (1024 * 1024)

/* Updates of some columns, all of them HOT or none. */
static PaTableWrites *
updates_of(Bitmapset *attnums, double rows, bool hot)
{
	PaTableWrites *writes = palloc0(sizeof(PaTableWrites));
	PaColumnUpdates *columns = palloc0(sizeof(PaColumnUpdates));

	columns->attnums = attnums;
	columns->calls = (int64) rows;
	columns->rows = rows;
	writes->relid = 1;
	writes->updates = rows;
	writes->hot_updates = hot ? rows : 0;
	writes->columns = list_make1(columns);
	writes->nindexes = 1;
	return writes;
}

static PaTableWrites *
inserts_of(double rows)
{
	PaTableWrites *writes = palloc0(sizeof(PaTableWrites));

	writes->relid = 1;
	writes->inserts = rows;
	writes->nindexes = 1;
	return writes;
}

static Node *
column_node(AttrNumber attnum)
{
	return (Node *) makeVar(1, attnum, INT4OID, -1, InvalidOid, 0);
}

static double
cost_of(const PaTableWrites *writes, PaIndexSpec *spec, Oid method)
{
	spec->method = method;
	return pa_analyze_write_cost(writes, spec, MEGABYTE).msec;
}

static void
test_nothing(void)
{
	PaWriteCost cost = pa_analyze_write_cost(NULL, unit_index("(1)"), MEGABYTE);
	PaTableWrites *writes = inserts_of(0);

	unit_check(cost.msec == 0 && cost.ratio == 1 && cost.hot_loss_pct == 0,
			   "write cost: a table that nobody writes");
	cost = pa_analyze_write_cost(writes, unit_index("(1)"), MEGABYTE);
	unit_check(cost.msec == 0 && cost.ratio == 1 && cost.hot_loss_pct == 0,
			   "write cost: a table with zero rows written");
}

static void
test_hot(void)
{
	PaTableWrites *hot = updates_of(bms_make_singleton(2), 1000, true);
	PaTableWrites *cold = updates_of(bms_make_singleton(2), 1000, false);
	PaIndexSpec *spec = unit_index("(1)");
	PaColumnUpdates *other = palloc0(sizeof(PaColumnUpdates));
	PaWriteCost cost;

	cost = pa_analyze_write_cost(hot, unit_index("(1)"), MEGABYTE);
	unit_check(cost.msec == 0 && cost.ratio == 1 && cost.hot_loss_pct == 0,
			   "write cost: HOT updates of another column are free");
	cost = pa_analyze_write_cost(cold, unit_index("(1)"), MEGABYTE);
	unit_check(cost.msec > 0 && cost.ratio > 1 && cost.hot_loss_pct == 0,
			   "write cost: other updates enter every index");

	cost = pa_analyze_write_cost(hot, unit_index("(1,2)"), MEGABYTE);
	unit_check(cost.hot_loss_pct == 100, "write cost: a key that is updated");
	unit_check(cost.msec > pa_analyze_write_cost(cold, unit_index("(1,2)"), MEGABYTE).msec,
			   "write cost: a lost HOT update enters the other indexes too");

	spec->nincluded = 1;
	spec->included[0] = 2;
	unit_check(pa_analyze_write_cost(hot, spec, MEGABYTE).hot_loss_pct == 100,
			   "write cost: an included column that is updated");
	spec = unit_index("(1)");
	spec->predicate = list_make1(column_node(2));
	unit_check(pa_analyze_write_cost(hot, spec, MEGABYTE).hot_loss_pct == 100,
			   "write cost: a column of the predicate that is updated");
	spec = unit_index("(1)");
	spec->keys[0].attnum = 0;
	spec->keys[0].expression = column_node(2);
	unit_check(pa_analyze_write_cost(hot, spec, MEGABYTE).hot_loss_pct == 100,
			   "write cost: a column of an expression that is updated");

	/* a quarter sets 2, three quarters set 3 and 4 */
	other->attnums = bms_add_member(bms_make_singleton(3), 4);
	other->rows = 3000;
	hot->columns = lappend(hot->columns, other);
	hot->updates = hot->hot_updates = 4000;
	unit_check(pa_analyze_write_cost(hot, unit_index("(2)"), MEGABYTE).hot_loss_pct == 25,
			   "write cost: the share of the updates that set the key");
	unit_check(pa_analyze_write_cost(hot, unit_index("(3,4)"), MEGABYTE).hot_loss_pct == 75,
			   "write cost: columns that are set together count once");
	unit_check(pa_analyze_write_cost(hot, unit_index("(4,2)"), MEGABYTE).hot_loss_pct == 100,
			   "write cost: statements that set different columns add up");
}

static void
test_methods(void)
{
	PaTableWrites *writes = inserts_of(1000);
	PaIndexSpec *spec = unit_index("(1)");
	double		btree = cost_of(writes, spec, BTREE_AM_OID);

	unit_check(cost_of(writes, spec, GIN_AM_OID) > 3 * btree, "write cost: GIN is much dearer");
	unit_check(cost_of(writes, spec, GIST_AM_OID) > btree, "write cost: GiST is dearer");
	unit_check(cost_of(writes, spec, BRIN_AM_OID) < btree / 5, "write cost: BRIN is cheap");
	unit_check(cost_of(writes, spec, HASH_AM_OID) == btree, "write cost: hash is as a b-tree");

	writes = updates_of(bms_make_singleton(1), 1000, true);
	spec->method = BRIN_AM_OID;
	unit_check(pa_analyze_write_cost(writes, spec, MEGABYTE).hot_loss_pct == 100,
			   "write cost: before 16 BRIN ends HOT updates");
	writes->brin_keeps_hot = true;
	unit_check(pa_analyze_write_cost(writes, spec, MEGABYTE).hot_loss_pct == 0,
			   "write cost: since 16 it does not");
}

static void
test_amounts(void)
{
	PaIndexSpec *spec = unit_index("(1)");
	PaTableWrites *deletes = palloc0(sizeof(PaTableWrites));
	PaTableWrites *wide = inserts_of(1000);
	double		few = pa_analyze_write_cost(inserts_of(1000), spec, MEGABYTE).msec;
	double		many = pa_analyze_write_cost(inserts_of(10000), spec, MEGABYTE).msec;

	unit_check(many > 9 * few && many < 11 * few, "write cost: grows with the rows");
	unit_check(pa_analyze_write_cost(inserts_of(1000), spec, INT64CONST(8192) * MEGABYTE).msec > 2 * few,
			   "write cost: an index beyond memory is dearer");
	deletes->deletes = 1000;
	unit_check(pa_analyze_write_cost(deletes, spec, MEGABYTE).msec < few / 2,
			   "write cost: a delete leaves the index alone until VACUUM");
	wide->nindexes = 8;
	unit_check(pa_analyze_write_cost(wide, spec, MEGABYTE).ratio <
			   pa_analyze_write_cost(inserts_of(1000), spec, MEGABYTE).ratio,
			   "write cost: the ninth index counts less than the second");
}

static void
test_upkeep(void)
{
	PaIndexUpkeep all = pa_analyze_upkeep(inserts_of(1000), BTREE_AM_OID, 1, MEGABYTE);
	PaIndexUpkeep half = pa_analyze_upkeep(inserts_of(1000), BTREE_AM_OID, 0.5, MEGABYTE);
	PaIndexUpkeep none = pa_analyze_upkeep(NULL, BTREE_AM_OID, 1, MEGABYTE);

	unit_check(all.entries == 1000 && all.msec > 0, "upkeep: every row enters the index");
	unit_check(half.entries == 500 && half.msec == all.msec / 2, "upkeep: a partial index has its share");
	unit_check(none.entries == 0 && none.msec == 0, "upkeep: nothing for a table that is not written");
	unit_check(pa_analyze_upkeep(updates_of(bms_make_singleton(1), 1000, true), BTREE_AM_OID, 1,
								 MEGABYTE).entries == 0,
			   "upkeep: HOT updates leave the index alone");
	unit_check(pa_analyze_upkeep(updates_of(bms_make_singleton(1), 1000, false), BTREE_AM_OID, 1,
								 MEGABYTE).entries == 1000,
			   "upkeep: other updates enter it, whatever they set");
	unit_check(pa_analyze_upkeep(inserts_of(1000), GIN_AM_OID, 1, MEGABYTE).msec > 3 * all.msec,
			   "upkeep: GIN is much dearer");
}

void
unit_test_write_cost(void)
{
	test_upkeep();
	test_nothing();
	test_hot();
	test_methods();
	test_amounts();
}

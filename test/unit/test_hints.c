/*-------------------------------------------------------------------------
 *
 * test_hints.c
 *		Which reasons against an index are said.
 *
 * IDENTIFICATION
 *		test/unit/test_hints.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"

#include "analyze/hints.h"
#include "unit.h"

static PaUseHint *
make_hint(PaUseHintKind kind, AttrNumber attnum, double selectivity)
{
	PaUseHint  *hint = palloc0(sizeof(PaUseHint));

	hint->kind = kind;
	hint->attnum = attnum;
	hint->selectivity = selectivity;
	return hint;
}

static PaRelationUse *
make_relation(PaUseHint *hint)
{
	PaRelationUse *relation = palloc0(sizeof(PaRelationUse));

	relation->relid = 1;
	relation->tuples = 300000;
	relation->pages = 9000;
	relation->advisable = true;
	relation->hints = list_make1(hint);
	return relation;
}

static void
add_equality(PaRelationUse *relation, double selectivity)
{
	PaColumnUse *column = palloc0(sizeof(PaColumnUse));

	column->attnum = 9;
	column->kind = PA_USE_EQUAL;
	column->selectivity = selectivity;
	relation->columns = lappend(relation->columns, column);
}

static PaUseHint *
make_offset(int64 offset)
{
	PaUseHint  *hint = make_hint(PA_HINT_OFFSET, 0, 1);

	hint->clause = (Node *) makeConst(INT8OID, -1, InvalidOid, sizeof(int64),
									  Int64GetDatum(offset), false,
									  FLOAT8PASSBYVAL);
	return hint;
}

static bool
is_said(PaRelationUse *relation)
{
	return pa_analyze_hints(relation) != NIL;
}

/* The kinds that are about a condition as it is written. */
static void
check_clauses(void)
{
	static const PaUseHintKind kinds[] = {
		PA_HINT_CAST, PA_HINT_EXPRESSION, PA_HINT_ARITHMETIC, PA_HINT_TYPE,
		PA_HINT_COLLATION, PA_HINT_TRIGRAM
	};

	for (int i = 0; i < (int) lengthof(kinds); i++)
	{
		PaRelationUse *relation = make_relation(make_hint(kinds[i], 2, 0.005));

		unit_check(is_said(relation), psprintf("hints: kind %d, few rows", i));
		add_equality(relation, 0.5);
		unit_check(is_said(relation), psprintf("hints: kind %d, beside a coarse equality", i));
		add_equality(relation, 0.0001);
		unit_check(!is_said(relation), psprintf("hints: kind %d, beside a fine one", i));

		relation = make_relation(make_hint(kinds[i], 2, 0.005));
		relation->advisable = false;
		unit_check(!is_said(relation), psprintf("hints: kind %d, table without advice", i));
		unit_check(!is_said(make_relation(make_hint(kinds[i], 2, 0.5))),
				   psprintf("hints: kind %d, many rows", i));
	}
}

static void
check_obstacles(void)
{
	PaRelationUse *relation = make_relation(make_hint(PA_HINT_ANALYZE, 0, 1));

	unit_check(is_said(relation), "hints: ANALYZE first");
	relation->advisable = false;
	unit_check(!is_said(relation), "hints: no ANALYZE of a table that needs no index");
	relation->refusal_matters = true;
	unit_check(is_said(relation), "hints: ANALYZE of a table refused for want of it");

	relation = make_relation(make_hint(PA_HINT_INVALID_INDEX, 2, 1));
	add_equality(relation, 0.0001);
	unit_check(is_said(relation), "hints: an invalid index whatever else there is");
	relation->advisable = false;
	unit_check(!is_said(relation), "hints: not where no index is advised");

	unit_check(is_said(make_relation(make_hint(PA_HINT_SETTING, 0, 1))), "hints: a setting");
	unit_check(is_said(make_relation(make_offset(200000))), "hints: large OFFSET");
	unit_check(!is_said(make_relation(make_offset(40))), "hints: small OFFSET");
	unit_check(is_said(make_relation(make_hint(PA_HINT_OFFSET, 0, 1))), "hints: unknown OFFSET");
}

static void
check_repeated(void)
{
	PaRelationUse *relation = make_relation(make_hint(PA_HINT_CAST, 2, 0.005));
	PaUseHint  *setting = make_hint(PA_HINT_SETTING, 0, 1);
	PaUseHint  *other = make_hint(PA_HINT_SETTING, 0, 1);

	relation->hints = lappend(relation->hints, make_hint(PA_HINT_CAST, 2, 0.01));
	unit_check(list_length(pa_analyze_hints(relation)) == 1, "hints: once for a column");
	relation->hints = lappend(relation->hints, make_hint(PA_HINT_CAST, 3, 0.01));
	unit_check(list_length(pa_analyze_hints(relation)) == 2, "hints: again for another");
	relation->hints = lappend(relation->hints, make_hint(PA_HINT_TYPE, 2, 0.01));
	unit_check(list_length(pa_analyze_hints(relation)) == 3, "hints: again for another reason");

	setting->setting = "enable_indexscan";
	other->setting = "enable_bitmapscan";
	relation->hints = list_make3(setting, other, setting);
	unit_check(list_length(pa_analyze_hints(relation)) == 2, "hints: each setting once");

	relation->hints = NIL;
	unit_check(pa_analyze_hints(relation) == NIL, "hints: none");
}

void
unit_test_hints(void)
{
	check_clauses();
	check_obstacles();
	check_repeated();
}

/*-------------------------------------------------------------------------
 *
 * hints.c
 *		Which reasons against an index deserve to be said, see hints.h.
 *
 * A condition that no index can serve as it is written is worth a word only
 * where an index would matter: the condition keeps a small share of a table
 * that deserves an index, and nothing else in the statement finds those rows
 * already.  What stands in the way of an index that exists is always said.
 *
 * IDENTIFICATION
 *		src/analyze/hints.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/primnodes.h"

#include "analyze/hints.h"

/*
 * A condition that keeps a larger share of the rows needs no index.  The
 * planner takes a third for a range that it knows nothing about.
 */
#define UNSELECTIVE_CLAUSE 0.34

/* So many rows are looked through at once. */
#define FEW_ROWS 50.0

/* Rows skipped at once that nobody notices. */
#define SMALL_OFFSET 1000

/* The equalities find so few rows that no further condition is missing. */
static bool
finds_few_rows(const PaRelationUse *use)
{
	double		rows = use->tuples;
	ListCell   *lc;

	foreach(lc, use->columns)
	{
		const PaColumnUse *column = lfirst(lc);

		if (column->kind == PA_USE_EQUAL || column->kind == PA_USE_IN ||
			column->kind == PA_USE_IS_NULL)
			rows *= column->selectivity;
	}
	return rows <= FEW_ROWS;
}

/* The OFFSET is large, or not known. */
static bool
is_large_offset(const PaUseHint *hint)
{
	const Const *offset = (const Const *) hint->clause;

	if (offset == NULL || !IsA(offset, Const) || offset->consttype != INT8OID)
		return true;
	return !offset->constisnull && DatumGetInt64(offset->constvalue) >= SMALL_OFFSET;
}

bool
pa_analyze_has_large_offset(const PaRelationUse *use)
{
	ListCell   *lc;

	foreach(lc, use->hints)
	{
		const PaUseHint *hint = lfirst(lc);

		if (hint->kind == PA_HINT_OFFSET && is_large_offset(hint))
			return true;
	}
	return false;
}

static bool
is_worth_saying(const PaRelationUse *use, const PaUseHint *hint)
{
	switch (hint->kind)
	{
		case PA_HINT_ANALYZE:
			return use->advisable || use->refusal_matters;
		case PA_HINT_INVALID_INDEX:
		case PA_HINT_SETTING:
			return use->advisable;
		case PA_HINT_OFFSET:
			return use->advisable && is_large_offset(hint);
		case PA_HINT_CAST:
		case PA_HINT_EXPRESSION:
		case PA_HINT_ARITHMETIC:
		case PA_HINT_TYPE:
		case PA_HINT_COLLATION:
		case PA_HINT_TRIGRAM:
			return use->advisable &&
				hint->selectivity <= UNSELECTIVE_CLAUSE &&
				!finds_few_rows(use);
	}
	return false;
}

/* Two hints that would read the same. */
static bool
says_the_same(const PaUseHint *a, const PaUseHint *b)
{
	if (a->kind != b->kind || a->attnum != b->attnum ||
		a->indexid != b->indexid)
		return false;
	if (a->kind == PA_HINT_SETTING && a->setting != NULL && b->setting != NULL)
		return strcmp(a->setting, b->setting) == 0;
	return true;
}

List *
pa_analyze_hints(const PaRelationUse *use)
{
	List	   *said = NIL;
	ListCell   *lc;

	foreach(lc, use->hints)
	{
		PaUseHint  *hint = lfirst(lc);
		bool		repeated = false;
		ListCell   *lc2;

		foreach(lc2, said)
			repeated |= says_the_same(lfirst(lc2), hint);
		if (!repeated && is_worth_saying(use, hint))
			said = lappend(said, hint);
	}
	return said;
}

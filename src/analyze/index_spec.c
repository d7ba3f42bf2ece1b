/*-------------------------------------------------------------------------
 *
 * index_spec.c
 *		Comparing indexes, see index_spec.h.
 *
 * A b-tree can be read backwards: (a, b DESC) gives the ordering (a DESC, b)
 * too, with the placing of NULLs turned round as well.  So two lists of keys
 * are the same when all directions agree or all are opposite.
 *
 * The other methods have no order: a GIN, GiST or BRIN index finds by any of
 * its keys.
 *
 * IDENTIFICATION
 *		src/analyze/index_spec.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"

#include "analyze/index_spec.h"

bool
pa_index_key_same(const PaIndexKey *a, const PaIndexKey *b)
{
	return a->attnum == b->attnum &&
		(a->attnum != 0 || equal(a->expression, b->expression));
}

bool
pa_index_key_is_use(const PaIndexKey *key, const PaColumnUse *use)
{
	return key->attnum == use->attnum &&
		(key->attnum != 0 || equal(key->expression, use->expression));
}

static bool
same_direction(const PaIndexKey *a, const PaIndexKey *b)
{
	return a->descending == b->descending && a->nulls_first == b->nulls_first;
}

static bool
opposite_direction(const PaIndexKey *a, const PaIndexKey *b)
{
	return a->descending != b->descending && a->nulls_first != b->nulls_first;
}

/* True when keys [from, upto) agree, all forwards or all backwards. */
static bool
keys_agree(const PaIndexSpec *a, const PaIndexSpec *b, int from, int upto)
{
	bool		forwards = true;
	bool		backwards = true;

	for (int i = from; i < upto; i++)
	{
		if (!pa_index_key_same(&a->keys[i], &b->keys[i]))
			return false;
		if (!same_direction(&a->keys[i], &b->keys[i]))
			forwards = false;
		if (!opposite_direction(&a->keys[i], &b->keys[i]))
			backwards = false;
	}
	return forwards || backwards;
}

static bool
same_opclasses(const PaIndexSpec *a, const PaIndexSpec *b, int from, int upto)
{
	for (int i = from; i < upto; i++)
	{
		if (a->keys[i].opclass != b->keys[i].opclass ||
			a->keys[i].collation != b->keys[i].collation)
			return false;
	}
	return true;
}

/* Every clause of "part" is one of "whole". */
static bool
clauses_within(const List *part, const List *whole)
{
	ListCell   *lc;

	foreach(lc, part)
	{
		if (!list_member(whole, lfirst(lc)))
			return false;
	}
	return true;
}

static bool
same_predicate(const PaIndexSpec *a, const PaIndexSpec *b)
{
	return clauses_within(a->predicate, b->predicate) &&
		clauses_within(b->predicate, a->predicate);
}

bool
pa_index_spec_has_column(const PaIndexSpec *spec, AttrNumber attnum)
{
	for (int i = 0; i < spec->nkeys; i++)
	{
		if (spec->keys[i].attnum == attnum)
			return true;
	}
	for (int i = 0; i < spec->nincluded; i++)
	{
		if (spec->included[i] == attnum)
			return true;
	}
	return false;
}

/* All columns that "part" carries along can be read from "whole". */
static bool
included_within(const PaIndexSpec *part, const PaIndexSpec *whole)
{
	for (int i = 0; i < part->nincluded; i++)
	{
		if (!pa_index_spec_has_column(whole, part->included[i]))
			return false;
	}
	return true;
}

/* All keys of "part" are keys of "whole", in any order. */
static bool
keys_within(const PaIndexSpec *part, const PaIndexSpec *whole,
			bool default_serves)
{
	for (int i = 0; i < part->nkeys; i++)
	{
		bool		found = false;

		for (int j = 0; j < whole->nkeys && !found; j++)
			found = pa_index_key_same(&part->keys[i], &whole->keys[j]) &&
				(part->keys[i].opclass == whole->keys[j].opclass ||
				 (default_serves && whole->keys[j].opclass == InvalidOid));
		if (!found)
			return false;
	}
	return true;
}

/* An index with one key, which the other one begins with. */
static bool
is_single_leading_key(const PaIndexSpec *single, const PaIndexSpec *of)
{
	return single->nkeys == 1 && of->nkeys >= 1 &&
		pa_index_key_same(&single->keys[0], &of->keys[0]);
}

static bool
same_included(const PaIndexSpec *a, const PaIndexSpec *b)
{
	return a->nincluded == b->nincluded && included_within(a, b) &&
		included_within(b, a);
}

bool
pa_index_spec_equal(const PaIndexSpec *a, const PaIndexSpec *b)
{
	if (a->relid != b->relid || a->method != b->method ||
		a->nkeys != b->nkeys || a->truncated || b->truncated ||
		!same_opclasses(a, b, 0, a->nkeys) ||
		!same_included(a, b) || !same_predicate(a, b))
		return false;

	for (int i = 0; i < a->nkeys; i++)
	{
		if (!pa_index_key_same(&a->keys[i], &b->keys[i]) ||
			!same_direction(&a->keys[i], &b->keys[i]))
			return false;
	}
	return true;
}

bool
pa_index_spec_is_prefix(const PaIndexSpec *narrow, const PaIndexSpec *wide)
{
	if (narrow->relid != wide->relid || narrow->truncated ||
		!same_predicate(narrow, wide) || !included_within(narrow, wide))
		return false;

	if (narrow->method == HASH_AM_OID && wide->method == BTREE_AM_OID)
		return is_single_leading_key(narrow, wide);
	if (narrow->method != wide->method)
		return false;
	if (narrow->method != BTREE_AM_OID)
		return keys_within(narrow, wide, true);
	return narrow->nkeys <= wide->nkeys &&
		keys_agree(narrow, wide, 0, narrow->nkeys);
}

/* The same for two b-trees, of which narrow has nequal equalities. */
static bool
btree_serves(const PaIndexSpec *wide, const PaIndexSpec *narrow, int nequal)
{
	if (narrow->nkeys > wide->nkeys)
		return false;

	/* every operator class finds equal values */
	for (int i = 0; i < nequal; i++)
	{
		bool		found = false;

		for (int j = 0; j < nequal && !found; j++)
			found = pa_index_key_same(&narrow->keys[i], &wide->keys[j]);
		if (!found)
			return false;
	}
	return keys_agree(narrow, wide, nequal, narrow->nkeys) &&
		same_opclasses(narrow, wide, nequal, narrow->nkeys);
}

/*
 * A partial index must have all rows that are wanted.  One for few rows is not
 * served by one for more, which finds them among others.
 */
static bool
predicate_serves(const PaIndexSpec *wide, const PaIndexSpec *narrow)
{
	if (same_predicate(wide, narrow))
		return true;
	return wide->predicate_holds &&
		clauses_within(narrow->predicate, wide->predicate);
}

bool
pa_index_spec_serves(const PaIndexSpec *wide, const PaIndexSpec *narrow,
					 int nequal)
{
	if (narrow->relid != wide->relid || !included_within(narrow, wide) ||
		!predicate_serves(wide, narrow))
		return false;

	switch (narrow->method)
	{
		case BTREE_AM_OID:
			if (wide->method == HASH_AM_OID)
				return nequal == 1 && narrow->nincluded == 0 &&
					narrow->nkeys == 1 && is_single_leading_key(narrow, wide);
			return wide->method == BTREE_AM_OID &&
				btree_serves(wide, narrow, nequal);
		case HASH_AM_OID:
			return (wide->method == HASH_AM_OID || wide->method == BTREE_AM_OID) &&
				is_single_leading_key(narrow, wide);
		case BRIN_AM_OID:
			if (wide->method == BTREE_AM_OID)
				return is_single_leading_key(narrow, wide) &&
					narrow->keys[0].opclass == wide->keys[0].opclass;
			return wide->method == BRIN_AM_OID && keys_within(narrow, wide, false);
		default:
			/* the default class finds what a special one of GIN finds */
			return wide->method == narrow->method &&
				keys_within(narrow, wide, narrow->method == GIN_AM_OID);
	}
}

bool
pa_index_spec_is_redundant(const PaIndexSpec *index, const PaIndexSpec *by)
{
	if (index->relid != by->relid || index->method != by->method ||
		index->unique || index->constraint || index->truncated ||
		!same_predicate(index, by) || !included_within(index, by))
		return false;

	if (index->method != BTREE_AM_OID)
		return pa_index_spec_equal(index, by);
	return index->nkeys <= by->nkeys &&
		keys_agree(index, by, 0, index->nkeys) &&
		same_opclasses(index, by, 0, index->nkeys);
}

/*
 * Turns the directions of all keys from "first" on round, if need be, so that
 * the same ordering is always written the same way: the first of them
 * ascends, unless its NULLs are not at the usual end.  Then it descends,
 * because statements have DESC NULLS LAST and hardly ever NULLS FIRST.
 */
void
pa_index_spec_normalize(PaIndexSpec *spec, int first)
{
	bool		usual;

	if (first >= spec->nkeys)
		return;
	usual = spec->keys[first].descending == spec->keys[first].nulls_first;
	if (spec->keys[first].descending != usual)
		return;

	for (int i = first; i < spec->nkeys; i++)
	{
		spec->keys[i].descending = !spec->keys[i].descending;
		spec->keys[i].nulls_first = !spec->keys[i].nulls_first;
	}
}

/*-------------------------------------------------------------------------
 *
 * index_spec.c
 *		Comparing b-tree indexes, see index_spec.h.
 *
 * A b-tree can be read backwards: (a, b DESC) gives the ordering (a DESC, b)
 * too, with the placing of NULLs turned round as well.  So two lists of keys
 * are the same when all directions agree or all are opposite.
 *
 * IDENTIFICATION
 *		src/analyze/index_spec.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analyze/index_spec.h"

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
		if (a->keys[i].attnum != b->keys[i].attnum)
			return false;
		if (!same_direction(&a->keys[i], &b->keys[i]))
			forwards = false;
		if (!opposite_direction(&a->keys[i], &b->keys[i]))
			backwards = false;
	}
	return forwards || backwards;
}

bool
pa_index_spec_equal(const PaIndexSpec *a, const PaIndexSpec *b)
{
	if (a->relid != b->relid || a->nkeys != b->nkeys)
		return false;

	for (int i = 0; i < a->nkeys; i++)
	{
		if (a->keys[i].attnum != b->keys[i].attnum ||
			!same_direction(&a->keys[i], &b->keys[i]))
			return false;
	}
	return true;
}

bool
pa_index_spec_is_prefix(const PaIndexSpec *narrow, const PaIndexSpec *wide)
{
	return narrow->relid == wide->relid &&
		narrow->nkeys <= wide->nkeys &&
		keys_agree(narrow, wide, 0, narrow->nkeys);
}

bool
pa_index_spec_serves(const PaIndexSpec *wide, const PaIndexSpec *narrow,
					 int nequal)
{
	if (narrow->relid != wide->relid || narrow->nkeys > wide->nkeys)
		return false;

	for (int i = 0; i < nequal; i++)
	{
		bool		found = false;

		for (int j = 0; j < nequal && !found; j++)
			found = (narrow->keys[i].attnum == wide->keys[j].attnum);
		if (!found)
			return false;
	}
	return keys_agree(narrow, wide, nequal, narrow->nkeys);
}

/*
 * Turns the directions of all keys from "first" on round when the first of
 * them descends, so that the same ordering is always written the same way.
 */
void
pa_index_spec_normalize(PaIndexSpec *spec, int first)
{
	if (first >= spec->nkeys || !spec->keys[first].descending)
		return;

	for (int i = first; i < spec->nkeys; i++)
	{
		spec->keys[i].descending = !spec->keys[i].descending;
		spec->keys[i].nulls_first = !spec->keys[i].nulls_first;
	}
}

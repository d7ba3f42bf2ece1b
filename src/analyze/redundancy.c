/*-------------------------------------------------------------------------
 *
 * redundancy.c
 *		Which indexes of a table another one makes superfluous.
 *
 * A b-tree is superfluous beside one that begins with its keys, in the same
 * order or all of them reversed, since a b-tree can be read backwards: every
 * search, ordering and index-only scan of the one can be done with the other.
 * Of the other methods only an exact duplicate is.
 *
 * What an index promises, beyond finding rows, must still be promised by
 * another one: uniqueness by one that is unique over the same keys and checks
 * at once, a constraint by another constraint.  What is named elsewhere stays:
 * replica identity, CLUSTER's choice, what foreign keys refer to, a partition
 * of another index.
 *
 * The relation is transitive but for the size: so the indexes are put in an
 * order in which none is superfluous beside a later one, and each is compared
 * with those before it that stay.
 *
 * IDENTIFICATION
 *		src/analyze/redundancy.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"

#include "analyze/redundancy.h"

/* ---- keys ---- */

static bool
same_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

/* The same values in the same sense; the direction is another matter. */
static bool
same_key(const PaDescribedKey *a, const PaDescribedKey *b)
{
	return a->attnum == b->attnum &&
		(a->attnum != 0 || equal(a->expression, b->expression)) &&
		a->opfamily == b->opfamily && a->collation == b->collation &&
		same_text(a->opclass_options, b->opclass_options);
}

static bool
same_direction(const PaDescribedKey *a, const PaDescribedKey *b)
{
	return a->descending == b->descending && a->nulls_first == b->nulls_first;
}

static bool
opposite_direction(const PaDescribedKey *a, const PaDescribedKey *b)
{
	return a->descending != b->descending && a->nulls_first != b->nulls_first;
}

/* "by" begins with the keys of a b-tree, read in one direction or the other. */
static bool
begins_with(const PaDescribedIndex *by, const PaDescribedIndex *index)
{
	bool		forwards = true;
	bool		backwards = true;

	if (index->nkeys > by->nkeys)
		return false;
	for (int i = 0; i < index->nkeys; i++)
	{
		if (!same_key(&index->keys[i], &by->keys[i]))
			return false;
		forwards = forwards && same_direction(&index->keys[i], &by->keys[i]);
		backwards = backwards && opposite_direction(&index->keys[i], &by->keys[i]);
	}
	return forwards || backwards;
}

/* The same operator classes: those of a family may store different things. */
static bool
has_same_keys(const PaDescribedIndex *a, const PaDescribedIndex *b)
{
	if (a->nkeys != b->nkeys)
		return false;
	for (int i = 0; i < a->nkeys; i++)
	{
		if (!same_key(&a->keys[i], &b->keys[i]) ||
			!same_direction(&a->keys[i], &b->keys[i]) ||
			a->keys[i].opclass != b->keys[i].opclass)
			return false;
	}
	return true;
}

/* ---- columns that are carried along ---- */

static bool
is_included(const PaDescribedIndex *index, AttrNumber attnum)
{
	for (int i = 0; i < index->nincluded; i++)
	{
		if (index->included[i] == attnum)
			return true;
	}
	return false;
}

static bool
is_key(const PaDescribedIndex *index, AttrNumber attnum)
{
	for (int i = 0; i < index->nkeys; i++)
	{
		if (index->keys[i].attnum == attnum)
			return true;
	}
	return false;
}

/* Every column that "part" carries along is in "whole", as a key or not. */
static bool
included_within(const PaDescribedIndex *part, const PaDescribedIndex *whole,
				bool as_key)
{
	for (int i = 0; i < part->nincluded; i++)
	{
		if (!is_included(whole, part->included[i]) &&
			!(as_key && is_key(whole, part->included[i])))
			return false;
	}
	return true;
}

static bool
same_included(const PaDescribedIndex *a, const PaDescribedIndex *b)
{
	return included_within(a, b, false) && included_within(b, a, false);
}

/* ---- rows ---- */

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
has_same_rows(const PaDescribedIndex *a, const PaDescribedIndex *b)
{
	return clauses_within(a->predicate, b->predicate) &&
		clauses_within(b->predicate, a->predicate);
}

/* "by" has the rows of "index", and others. */
static bool
has_more_rows(const PaDescribedIndex *by, const PaDescribedIndex *index)
{
	return clauses_within(by->predicate, index->predicate) &&
		!clauses_within(index->predicate, by->predicate);
}

/* ---- promises ---- */

bool
pa_analyze_index_must_stay(const PaDescribedIndex *index)
{
	return index->primary || index->exclusion || index->replica_identity ||
		index->clustered || index->referenced || index->attached;
}

/* What a unique index promises, "by" promises as well. */
static bool
promises_as_much(const PaDescribedIndex *by, const PaDescribedIndex *index)
{
	if (OidIsValid(index->constraintid) && !OidIsValid(by->constraintid))
		return false;
	if (!index->unique)
		return true;
	return by->unique && by->immediate && by->nkeys == index->nkeys &&
		by->nulls_equal == index->nulls_equal;
}

/* ---- two indexes ---- */

/* Methods whose storage parameters do not change what an index can find. */
static bool
parameters_do_not_matter(Oid method)
{
	return method == BTREE_AM_OID || method == HASH_AM_OID ||
		method == GIN_AM_OID || method == GIST_AM_OID || method == SPGIST_AM_OID;
}

/* Keys and columns alone; DUPLICATE, PREFIX or NOT. */
static PaRedundancy
compare_columns(const PaDescribedIndex *index, const PaDescribedIndex *by)
{
	if (index->method != BTREE_AM_OID)
	{
		if (!has_same_keys(index, by) || !same_included(index, by) ||
			(!parameters_do_not_matter(index->method) &&
			 !same_text(index->options, by->options)))
			return PA_REDUNDANT_NOT;
		return PA_REDUNDANT_DUPLICATE;
	}
	if (!begins_with(by, index) || !included_within(index, by, true))
		return PA_REDUNDANT_NOT;
	return index->nkeys == by->nkeys && same_included(index, by) ?
		PA_REDUNDANT_DUPLICATE : PA_REDUNDANT_PREFIX;
}

/* Reading the other one instead would be much work, often. */
static bool
is_better_kept(const PaDescribedIndex *index, const PaDescribedIndex *by)
{
	return index->scans >= PA_BUSY_SCANS &&
		by->size - index->size >= PA_LARGE_BYTES &&
		by->size / PA_LARGE_FACTOR >= index->size;
}

PaRedundancy
pa_analyze_redundancy(const PaDescribedIndex *index, const PaDescribedIndex *by)
{
	PaRedundancy columns;

	if (index->indexid == by->indexid ||
		index->relid != by->relid || index->method != by->method ||
		index->partitioned != by->partitioned || by->ends_with_root ||
		pa_analyze_index_must_stay(index) || !promises_as_much(by, index))
		return PA_REDUNDANT_NOT;

	columns = compare_columns(index, by);
	if (columns == PA_REDUNDANT_NOT)
		return PA_REDUNDANT_NOT;
	if (has_more_rows(by, index))
		return PA_REDUNDANT_ROWS;
	if (!has_same_rows(index, by))
		return PA_REDUNDANT_NOT;
	if (columns == PA_REDUNDANT_PREFIX && is_better_kept(index, by))
		return PA_REDUNDANT_SIZE;
	return columns;
}

/* ---- all indexes of a table ---- */

/* How much of a reason there is to keep this one of two duplicates. */
static int
rank_of(const PaDescribedIndex *index)
{
	return (index->primary ? 4 : 0) + (OidIsValid(index->constraintid) ? 2 : 0) +
		(pa_analyze_index_must_stay(index) ? 1 : 0);
}

/* Columns that it has beyond its keys; one may be carried along twice. */
static int
count_carried(const PaDescribedIndex *index)
{
	int			count = 0;

	for (int i = 0; i < index->nincluded; i++)
	{
		bool		again = is_key(index, index->included[i]);

		for (int j = 0; j < i && !again; j++)
			again = index->included[j] == index->included[i];
		if (!again)
			count++;
	}
	return count;
}

/*
 * list_sort comparator: an index comes before those that it can make
 * superfluous, and of duplicates the one to keep comes first.
 */
static int
compare_strength(const ListCell *a, const ListCell *b)
{
	const PaDescribedIndex *one = lfirst(a);
	const PaDescribedIndex *other = lfirst(b);
	int			carried = count_carried(one) - count_carried(other);

	if (one->nkeys != other->nkeys)
		return one->nkeys > other->nkeys ? -1 : 1;
	if (carried != 0)
		return carried > 0 ? -1 : 1;
	if (one->unique != other->unique)
		return one->unique ? -1 : 1;
	if (one->immediate != other->immediate)
		return one->immediate ? -1 : 1;
	if (rank_of(one) != rank_of(other))
		return rank_of(one) > rank_of(other) ? -1 : 1;
	if (one->scans != other->scans)
		return one->scans > other->scans ? -1 : 1;
	return one->indexid < other->indexid ? -1 : 1;
}

/* The better of two reasons; of equally good ones that with less to read. */
static bool
is_better(PaRedundancy redundancy, const PaDescribedIndex *by,
		  const PaRedundantIndex *best)
{
	if (redundancy != best->redundancy)
		return redundancy > best->redundancy;
	return redundancy != PA_REDUNDANT_NOT && by->size < best->by->size;
}

static PaRedundantIndex
best_reason(const PaDescribedIndex *index, const List *staying)
{
	PaRedundantIndex best = {index, NULL, PA_REDUNDANT_NOT};
	ListCell   *lc;

	foreach(lc, staying)
	{
		const PaDescribedIndex *by = lfirst(lc);
		PaRedundancy redundancy = pa_analyze_redundancy(index, by);

		if (is_better(redundancy, by, &best))
		{
			best.by = by;
			best.redundancy = redundancy;
		}
	}
	return best;
}

static PaRedundantIndex *
remember(PaRedundantIndex reason)
{
	PaRedundantIndex *result = palloc(sizeof(PaRedundantIndex));

	*result = reason;
	return result;
}

List *
pa_analyze_redundant_indexes(const List *indexes)
{
	List	   *sorted = list_copy(indexes);
	List	   *staying = NIL;
	List	   *result = NIL;
	ListCell   *lc;

	list_sort(sorted, compare_strength);
	foreach(lc, sorted)
	{
		PaRedundantIndex reason = best_reason(lfirst(lc), staying);

		if (reason.redundancy >= PA_REDUNDANT_PREFIX)
			result = lappend(result, remember(reason));
		else
			staying = lappend(staying, lfirst(lc));
	}
	/* those that overlap, if only in some rows, may do so with a later one */
	foreach(lc, staying)
	{
		PaRedundantIndex reason = best_reason(lfirst(lc), staying);

		if (reason.redundancy == PA_REDUNDANT_ROWS ||
			reason.redundancy == PA_REDUNDANT_SIZE)
			result = lappend(result, remember(reason));
	}
	return result;
}

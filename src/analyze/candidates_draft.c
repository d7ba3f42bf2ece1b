/*-------------------------------------------------------------------------
 *
 * candidates_draft.c
 *		Putting a candidate together, and proposing it.
 *
 * Columns are added only until a look-up finds a handful of rows: what further
 * columns save is then less than what they cost every UPDATE.  A skewed column
 * (most rows have one value) ends earlier still, because it narrows for its
 * rare values only and is typically a status that is updated often.
 *
 * What an existing index serves is not proposed again, and nothing is that
 * an index would serve which only needs to be rebuilt.
 *
 * IDENTIFICATION
 *		src/analyze/candidates_draft.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"

#include "analyze/candidates_internal.h"
#include "analyze/index_spec.h"

/* Share of the pages that must be all-visible for index-only scans. */
#define MIN_ALL_VISIBLE 0.8

/* Of a column that orders need, an equality may keep so much at most. */
#define UNSELECTIVE_FOR_ORDER 0.9

/* And it must have more values than a flag or a status has. */
#define MANY_VALUES 20

void
pa_draft_start(const PaProposals *proposals, PaDraft *draft)
{
	memset(draft, 0, sizeof(PaDraft));
	draft->spec.relid = proposals->use->relid;
	draft->spec.method = BTREE_AM_OID;
	draft->spec.predicate = proposals->predicate;
	draft->rows = proposals->rows;
}

static bool
draft_has_key(const PaDraft *draft, const PaIndexKey *key)
{
	for (int i = 0; i < draft->spec.nkeys; i++)
	{
		if (pa_index_key_same(&draft->spec.keys[i], key))
			return true;
	}
	return false;
}

/* False when there is no room, or the key is there already. */
bool
pa_draft_append_key(PaDraft *draft, const PaIndexKey *key)
{
	if (draft->spec.nkeys >= PA_MAX_CANDIDATE_KEYS || draft_has_key(draft, key))
		return false;

	draft->spec.keys[draft->spec.nkeys++] = *key;
	return true;
}

/* Appends an ascending key of the operator class that serves the use. */
bool
pa_draft_append_use(PaDraft *draft, const PaColumnUse *column)
{
	PaIndexKey	key = {0};

	key.attnum = column->attnum;
	key.expression = column->expression;
	key.opclass = column->opclass;
	return pa_draft_append_key(draft, &key);
}

/* Appends a key that is compared for equality, after others of its kind. */
void
pa_draft_append_equality(PaDraft *draft, const PaColumnUse *column)
{
	Assert(draft->nequal == draft->spec.nkeys);

	if (pa_draft_append_use(draft, column))
	{
		draft->nequal++;
		draft->rows *= pa_candidates_probe_selectivity(column);
	}
}

/* True when a look-up that finds "rows" is still worth narrowing by column. */
bool
pa_draft_is_worth_adding(const PaColumnUse *column, double rows)
{
	if (column->selectivity > PA_UNSELECTIVE)
		return false;
	return rows > (pa_candidates_is_skewed(column) ?
				   PA_ENOUGH_ROWS_SKEWED : PA_ENOUGH_ROWS);
}

/*
 * True when the equality is worth a key on the way to an ordering: also one
 * that keeps much with the values seen, when it has many others.
 */
static bool
leads_to_order(const PaColumnUse *column, double rows)
{
	if (column->kind != PA_USE_EQUAL)
		return false;
	return pa_draft_is_worth_adding(column, rows) ||
		(column->ndistinct > MANY_VALUES &&
		 column->selectivity <= UNSELECTIVE_FOR_ORDER &&
		 rows > PA_ENOUGH_ROWS_SKEWED);
}

/*
 * Appends the constant equalities that are worth it, leaving room for
 * "reserved" further keys.  for_order takes only those that leave the index
 * ordered by the next key: not IN, which reads several places, and not
 * IS NULL, which the planner does not take for a constant.
 */
void
pa_draft_append_constants(PaDraft *draft, const PaColumns *columns,
						  int reserved, bool for_order)
{
	for (int i = 0; i < columns->nequal; i++)
	{
		const PaColumnUse *column = columns->equal[i];

		if (draft->spec.nkeys + reserved >= PA_MAX_CANDIDATE_KEYS)
			return;
		if (for_order ? leads_to_order(column, draft->rows) :
			pa_draft_is_worth_adding(column, draft->rows))
			pa_draft_append_equality(draft, column);
	}
}

/*
 * True when an index that was left invalid begins with the same column:
 * rebuilding that one is the advice.
 */
static bool
needs_rebuilding(const PaRelationUse *use, const PaIndexSpec *spec)
{
	ListCell   *lc;

	foreach(lc, use->hints)
	{
		const PaUseHint *hint = lfirst(lc);

		if (hint->kind == PA_HINT_INVALID_INDEX && hint->attnum != 0 &&
			hint->attnum == spec->keys[0].attnum)
			return true;
	}
	return false;
}

/*
 * True when an index exists that begins with the same keys and carries other
 * columns along: nobody wants the same keys twice.
 */
static bool
carries_others(const PaIndexSpec *existing, const PaIndexSpec *spec)
{
	PaIndexSpec keys = *spec;

	if (spec->nincluded == 0 || existing->nincluded == 0)
		return false;
	keys.nincluded = 0;
	return pa_index_spec_is_prefix(&keys, existing) &&
		!pa_index_spec_is_redundant(existing, spec);
}

/*
 * Takes the draft over unless it is empty or known.  False when it is not
 * needed because an index that exists serves, or would if it were valid.
 */
bool
pa_candidates_propose(PaProposals *proposals, const PaDraft *draft)
{
	PaIndexSpec *spec;
	ListCell   *lc;

	if (draft->spec.nkeys == 0)
		return true;
	if (needs_rebuilding(proposals->use, &draft->spec) ||
		(proposals->has_few && draft->spec.nkept == 0))
		return false;
	foreach(lc, proposals->use->existing)
	{
		if (pa_index_spec_serves(lfirst(lc), &draft->spec, draft->nequal) ||
			carries_others(lfirst(lc), &draft->spec))
			return false;
	}
	if (list_length(proposals->specs) >= PA_MAX_TABLE_CANDIDATES)
		return true;
	foreach(lc, proposals->specs)
	{
		if (pa_index_spec_equal(lfirst(lc), &draft->spec))
			return true;
	}

	spec = palloc(sizeof(PaIndexSpec));
	*spec = draft->spec;
	spec->nequal = draft->nequal;
	proposals->specs = lappend(proposals->specs, spec);
	return true;
}

static bool
spec_has_column(const PaIndexSpec *spec, AttrNumber attnum)
{
	for (int i = 0; i < spec->nkeys; i++)
	{
		if (spec->keys[i].attnum == attnum)
			return true;
	}
	return false;
}

/*
 * Adds the other columns that the statement reads, so that it need not look
 * at the table, but for the one that the predicate tells enough about; false when they are too many, or there are none.
 */
static bool
carry_needed_columns(PaIndexSpec *spec, const List *needed, AttrNumber implied)
{
	int			width = 0;
	ListCell   *lc;

	foreach(lc, needed)
	{
		const PaNeededColumn *column = lfirst(lc);

		if (column->attnum == implied || spec_has_column(spec, column->attnum))
			continue;
		width += column->width;
		if (spec->nincluded == PA_MAX_CARRIED || width > PA_MAX_CARRIED_WIDTH)
			return false;
		spec->included_widths[spec->nincluded] = column->width;
		spec->included[spec->nincluded++] = column->attnum;
	}
	return spec->nincluded > 0;
}

static bool
is_limited(const PaRelationUse *use)
{
	ListCell   *lc;

	foreach(lc, use->orderings)
	{
		if (((const PaOrdering *) lfirst(lc))->limited)
			return true;
	}
	return false;
}

/*
 * Proposes the draft with everything that the statement reads carried along,
 * where a look-up finds min_rows or more and would have to visit the table
 * for each.  Not under LIMIT, which reads but a few of them, nor where a large
 * part of the index is read as well as of the table.
 */
void
pa_candidates_propose_covering(PaProposals *proposals, const PaDraft *draft,
							   double min_rows)
{
	const PaRelationUse *use = proposals->use;
	PaDraft		covering = *draft;

	if (draft->spec.nkeys == 0 || draft->rows < min_rows ||
		draft->rows > use->tuples * PA_UNSELECTIVE ||
		is_limited(use) || use->needs_row || use->changed || use->needed == NIL || use->allvisible < MIN_ALL_VISIBLE)
		return;
	if (carry_needed_columns(&covering.spec, use->needed, proposals->implied))
		(void) pa_candidates_propose(proposals, &covering);
}

/*
 * Rows that a look-up in an existing index finds by those of its leading
 * keys that are compared for equality.  *joined tells whether one of them is
 * compared with "join", which may be NULL to look at constants only.
 */
static double
rows_of_existing(const PaRelationUse *use, const PaColumns *columns,
				 const PaIndexSpec *index, const PaColumnUse *join,
				 bool *joined)
{
	double		rows = use->tuples;
	int			matched = 0;

	*joined = false;
	for (; matched < index->nkeys; matched++)
	{
		const PaIndexKey *key = &index->keys[matched];
		const PaColumnUse *found = pa_candidates_find_equal(columns, key);

		if (found == NULL && join != NULL && pa_index_key_is_use(key, join))
		{
			found = join;
			*joined = true;
		}
		if (found == NULL)
			break;
		rows *= pa_candidates_probe_selectivity(found);
	}
	if (index->unique && !index->truncated && matched == index->nkeys)
		return Min(rows, 1);
	return rows;
}

/* Whether some existing index finds at most so many rows by such columns. */
static bool
existing_finds(const PaRelationUse *use, const PaColumns *columns,
			   const PaColumnUse *join, double most)
{
	ListCell   *lc;

	foreach(lc, use->existing)
	{
		const PaIndexSpec *index = lfirst(lc);
		bool		joined;
		double		rows;

		if ((index->method != BTREE_AM_OID && index->method != HASH_AM_OID) ||
			(index->predicate != NIL && !index->predicate_holds))
			continue;
		rows = rows_of_existing(use, columns, index, join, &joined);
		if (rows <= most && (join == NULL || joined))
			return true;
	}
	return false;
}

/*
 * True when an existing index finds the rows so well by the constants (join
 * is NULL) or with the help of a join column that there is nothing to gain.
 */
bool
pa_candidates_is_served(const PaRelationUse *use, const PaColumns *columns,
						const PaColumnUse *join)
{
	return existing_finds(use, columns, join, PA_ENOUGH_ROWS);
}

/*
 * True when it finds few by the constants: some of them need no index of their
 * own.  A list may look up many times.
 */
bool
pa_candidates_finds_few(const PaRelationUse *use, const PaColumns *columns)
{
	for (int i = 0; i < columns->nequal; i++)
	{
		if (columns->equal[i]->kind == PA_USE_IN)
			return false;
	}
	return existing_finds(use, columns, NULL, PA_FEW_ROWS);
}

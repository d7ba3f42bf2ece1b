/*-------------------------------------------------------------------------
 *
 * candidates.c
 *		Which indexes could serve one relation of one statement.
 *
 * With E the columns compared for equality with a constant, J those with
 * another relation, R one range and O an ordering, proposed are
 *
 *		(E) (E,R), (E,O) or (O), (J) (E,J) (E,J,R)
 *
 * The order of columns inside an index is a rule and never a cost: equality
 * first, the most distinct column first, then one range or the ordering.
 * The planner's cost model takes the correlation with the heap from the first
 * column alone, and so would like a near-constant leading column best.
 *
 * A column is left out when it narrows little, and columns are added only
 * until a look-up finds a handful of rows: what further columns save is then
 * less than what they cost every UPDATE.  A skewed column (most rows have one
 * value) ends earlier still, because it narrows for its rare values only and
 * is typically a status that is updated often.
 *
 * What an existing index serves, also by its leading columns, is not
 * proposed again.
 *
 * IDENTIFICATION
 *		src/analyze/candidates.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"

#include "analyze/candidates.h"
#include "analyze/index_spec.h"

/* An equality that keeps a larger share of the rows is no reason for a key. */
#define UNSELECTIVE 0.3

/* Rows a look-up finds, below which a further key column saves next to nothing. */
#define ENOUGH_ROWS 5.0

/* The same where the further column is skewed. */
#define ENOUGH_ROWS_SKEWED 50.0

/* A column whose average row has a value this frequent is skewed. */
#define SKEWED 0.3

/* A range that keeps a larger share of the rows narrows nothing. */
#define UNSELECTIVE_RANGE 0.95

#define MAX_COLUMNS 32			/* looked at for each kind of use */
#define MAX_SINGLE_JOINS 4		/* join columns proposed alone */

/* The columns of one relation by the way they are used, best first. */
typedef struct Columns
{
	int			nequal;
	const PaColumnUse *equal[MAX_COLUMNS];	/* constant: =, IN, IS NULL */
	int			njoin;
	const PaColumnUse *join[MAX_COLUMNS];
	const PaColumnUse *range;	/* the most selective one, or NULL */
} Columns;

/* A candidate while it is put together. */
typedef struct Draft
{
	PaIndexSpec spec;
	int			nequal;			/* leading keys compared for equality */
	double		rows;			/* found by a look-up of what is in it so far */
} Draft;

/* What is proposed so far. */
typedef struct Proposals
{
	const PaRelationUse *use;
	List	   *specs;
} Proposals;

/* Share of the rows that one look-up finds: of one element for IN. */
static double
probe_selectivity(const PaColumnUse *column)
{
	if (column->kind == PA_USE_IN && column->ndistinct >= 1)
		return Min(column->selectivity, 1.0 / column->ndistinct);
	return column->selectivity;
}

static bool
is_skewed(const PaColumnUse *column)
{
	return column->typical_selectivity > SKEWED;
}

/* IS NULL distinguishes only two kinds of rows. */
static double
distinctness(const PaColumnUse *column)
{
	return column->kind == PA_USE_IS_NULL ? 2 : column->ndistinct;
}

/* True when a must stand before b: more distinct, then more selective. */
static bool
precedes(const PaColumnUse *a, const PaColumnUse *b)
{
	if (distinctness(a) != distinctness(b))
		return distinctness(a) > distinctness(b);
	if (a->selectivity != b->selectivity)
		return a->selectivity < b->selectivity;
	return a->attnum < b->attnum;
}

static bool
contains_column(const PaColumnUse *const *columns, int count, AttrNumber attnum)
{
	for (int i = 0; i < count; i++)
	{
		if (columns[i]->attnum == attnum)
			return true;
	}
	return false;
}

/* Inserts in order; of two uses of one column the first is kept. */
static void
insert_column(const PaColumnUse **columns, int *count, const PaColumnUse *column)
{
	int			at;

	if (*count >= MAX_COLUMNS ||
		contains_column(columns, *count, column->attnum))
		return;

	for (at = *count; at > 0 && precedes(column, columns[at - 1]); at--)
		columns[at] = columns[at - 1];
	columns[at] = column;
	(*count)++;
}

static void
sort_columns(const PaRelationUse *use, Columns *columns)
{
	ListCell   *lc;

	memset(columns, 0, sizeof(Columns));

	foreach(lc, use->columns)
	{
		const PaColumnUse *column = (const PaColumnUse *) lfirst(lc);

		if (column->kind != PA_USE_JOIN && column->kind != PA_USE_RANGE)
			insert_column(columns->equal, &columns->nequal, column);
	}

	/* A column with a constant needs no second look as join key or range. */
	foreach(lc, use->columns)
	{
		const PaColumnUse *column = (const PaColumnUse *) lfirst(lc);

		if (contains_column(columns->equal, columns->nequal, column->attnum))
			continue;
		if (column->kind == PA_USE_JOIN)
			insert_column(columns->join, &columns->njoin, column);
		else if (column->kind == PA_USE_RANGE &&
				 column->selectivity <= UNSELECTIVE_RANGE &&
				 (columns->range == NULL ||
				  column->selectivity < columns->range->selectivity))
			columns->range = column;
	}
}

static void
start_draft(const PaRelationUse *use, Draft *draft)
{
	memset(draft, 0, sizeof(Draft));
	draft->spec.relid = use->relid;
	draft->spec.method = BTREE_AM_OID;
	draft->rows = use->tuples;
}

static bool
draft_has_column(const Draft *draft, AttrNumber attnum)
{
	for (int i = 0; i < draft->spec.nkeys; i++)
	{
		if (draft->spec.keys[i].attnum == attnum)
			return true;
	}
	return false;
}

/* Appends a plain ascending key; false when there is no room for it. */
static bool
append_key(Draft *draft, AttrNumber attnum)
{
	PaIndexKey *key;

	if (draft->spec.nkeys >= PA_MAX_CANDIDATE_KEYS ||
		draft_has_column(draft, attnum))
		return false;

	key = &draft->spec.keys[draft->spec.nkeys++];
	key->attnum = attnum;
	key->descending = false;
	key->nulls_first = false;
	return true;
}

/* Appends a key that is compared for equality, after others of its kind. */
static void
append_equality(Draft *draft, const PaColumnUse *column)
{
	Assert(draft->nequal == draft->spec.nkeys);

	if (append_key(draft, column->attnum))
		draft->nequal++;
}

/* True when a look-up that finds "rows" is still worth narrowing by column. */
static bool
is_worth_adding(const PaColumnUse *column, double rows)
{
	if (column->selectivity > UNSELECTIVE)
		return false;
	return rows > (is_skewed(column) ? ENOUGH_ROWS_SKEWED : ENOUGH_ROWS);
}

/*
 * Appends the constant equalities that are worth it, leaving room for
 * "reserved" further keys.  for_order takes only those that leave the index
 * ordered by the next key: not IN, which reads several places, and not
 * IS NULL, which the planner does not take for a constant.
 */
static void
append_constants(Draft *draft, const Columns *columns, int reserved,
				 bool for_order)
{
	for (int i = 0; i < columns->nequal; i++)
	{
		const PaColumnUse *column = columns->equal[i];

		if (draft->spec.nkeys + reserved >= PA_MAX_CANDIDATE_KEYS)
			return;
		if (for_order && column->kind != PA_USE_EQUAL)
			continue;
		if (is_worth_adding(column, draft->rows))
		{
			append_equality(draft, column);
			draft->rows *= probe_selectivity(column);
		}
	}
}

/* Takes the draft over unless it is empty, known or served already. */
static void
propose(Proposals *proposals, const Draft *draft)
{
	PaIndexSpec *spec;
	ListCell   *lc;

	if (draft->spec.nkeys == 0 ||
		list_length(proposals->specs) >= PA_MAX_TABLE_CANDIDATES)
		return;

	foreach(lc, proposals->use->existing)
	{
		if (pa_index_spec_serves(lfirst(lc), &draft->spec, draft->nequal))
			return;
	}
	foreach(lc, proposals->specs)
	{
		if (pa_index_spec_equal(lfirst(lc), &draft->spec))
			return;
	}

	spec = palloc(sizeof(PaIndexSpec));
	*spec = draft->spec;
	proposals->specs = lappend(proposals->specs, spec);
}

/*
 * Rows that a look-up in an existing index finds by those of its leading
 * keys that are compared for equality.  *joined tells whether one of them is
 * compared with "join", which may be NULL to look at constants only.
 */
static double
rows_of_existing(const PaRelationUse *use, const Columns *columns,
				 const PaIndexSpec *index, const PaColumnUse *join,
				 bool *joined)
{
	double		rows = use->tuples;

	*joined = false;
	for (int i = 0; i < index->nkeys; i++)
	{
		AttrNumber	attnum = index->keys[i].attnum;
		const PaColumnUse *found = NULL;

		for (int j = 0; j < columns->nequal && found == NULL; j++)
		{
			if (columns->equal[j]->attnum == attnum)
				found = columns->equal[j];
		}
		if (found == NULL && join != NULL && join->attnum == attnum)
		{
			found = join;
			*joined = true;
		}
		if (found == NULL)
			break;
		rows *= probe_selectivity(found);
	}
	return rows;
}

/*
 * True when an existing index finds the rows so well by the constants (join
 * is NULL) or with the help of a join column that there is nothing to gain.
 */
static bool
is_served(const PaRelationUse *use, const Columns *columns,
		  const PaColumnUse *join)
{
	ListCell   *lc;

	foreach(lc, use->existing)
	{
		bool		joined;
		double		rows = rows_of_existing(use, columns, lfirst(lc), join,
											&joined);

		if (rows <= ENOUGH_ROWS && (join == NULL || joined))
			return true;
	}
	return false;
}

/* (E) and (E,R). */
static void
propose_constants(Proposals *proposals, const Columns *columns)
{
	Draft		draft;

	start_draft(proposals->use, &draft);
	append_constants(&draft, columns, 0, false);
	propose(proposals, &draft);

	if (columns->range == NULL || draft.rows <= ENOUGH_ROWS)
		return;

	start_draft(proposals->use, &draft);
	append_constants(&draft, columns, 1, false);
	if (append_key(&draft, columns->range->attnum))
		propose(proposals, &draft);
}

/*
 * Appends the ordering's columns, or as many as there is room for: an index
 * on the leading ones still saves most of the sort.
 */
static void
append_ordering(Draft *draft, const PaOrdering *ordering)
{
	for (int i = 0; i < ordering->nkeys; i++)
	{
		if (draft_has_column(draft, ordering->keys[i].attnum))
			continue;			/* constant: adds nothing to the ordering */
		if (!append_key(draft, ordering->keys[i].attnum))
			break;
		draft->spec.keys[draft->spec.nkeys - 1] = ordering->keys[i];
	}
	pa_index_spec_normalize(&draft->spec, draft->nequal);
}

/*
 * (E,O), or (O) when no equality leads to the ordering.  Not (O) as well:
 * under LIMIT the planner may like it better, but it is a bet that the wanted
 * rows come early.  (O) for nothing but grouping is not worth an index:
 * hashing does as well, and all rows are read either way.
 */
static void
propose_ordering(Proposals *proposals, const Columns *columns,
				 const PaOrdering *ordering)
{
	Draft		draft;
	int			nequal;

	start_draft(proposals->use, &draft);
	append_constants(&draft, columns, 1, true);
	nequal = draft.nequal;
	if (draft.rows <= ENOUGH_ROWS || (nequal == 0 && ordering->grouping))
		return;					/* a handful of rows is sorted at once */

	append_ordering(&draft, ordering);
	if (draft.spec.nkeys > nequal)
		propose(proposals, &draft);
}

bool
pa_analyze_is_bet(const PaRelationUse *use, const PaIndexSpec *spec)
{
	Columns		columns;
	Draft		draft;
	ListCell   *lc;

	if (use->relid != spec->relid)
		return false;
	foreach(lc, use->columns)
	{
		if (((const PaColumnUse *) lfirst(lc))->attnum == spec->keys[0].attnum)
			return false;
	}

	sort_columns(use, &columns);
	start_draft(use, &draft);
	append_constants(&draft, &columns, 1, true);
	if (draft.nequal == 0)
		return false;

	foreach(lc, use->orderings)
	{
		const PaOrdering *ordering = lfirst(lc);

		if (!ordering->limited)
			continue;
		for (int i = 0; i < ordering->nkeys; i++)
		{
			if (contains_column(columns.equal, columns.nequal,
								ordering->keys[i].attnum))
				continue;
			if (ordering->keys[i].attnum == spec->keys[0].attnum)
				return true;
			break;
		}
	}
	return false;
}

/* (J) for one join column. */
static void
propose_join(Proposals *proposals, const Columns *columns,
			 const PaColumnUse *join)
{
	Draft		draft;

	if (is_served(proposals->use, columns, join))
		return;
	start_draft(proposals->use, &draft);
	append_equality(&draft, join);
	propose(proposals, &draft);
}

/*
 * (E,J) and (E,J,R), where neither the constants nor the join key find a
 * handful of rows alone.
 */
static void
propose_join_with_constants(Proposals *proposals, const Columns *columns,
							const PaColumnUse *join)
{
	Draft		draft;

	start_draft(proposals->use, &draft);
	append_constants(&draft, columns, 0, false);
	if (draft.rows <= ENOUGH_ROWS || is_served(proposals->use, columns, join))
		return;

	start_draft(proposals->use, &draft);
	draft.rows *= probe_selectivity(join);
	append_constants(&draft, columns, 1, false);
	append_equality(&draft, join);
	propose(proposals, &draft);

	if (columns->range != NULL && draft.rows > ENOUGH_ROWS &&
		append_key(&draft, columns->range->attnum))
		propose(proposals, &draft);
}

/* (J) over several columns: a join on two columns needs both. */
static void
propose_joined_columns(Proposals *proposals, const Columns *columns)
{
	Draft		draft;

	start_draft(proposals->use, &draft);
	for (int i = 0; i < columns->njoin; i++)
	{
		if (is_served(proposals->use, columns, columns->join[i]))
			continue;
		if (draft.nequal < PA_MAX_CANDIDATE_KEYS &&
			is_worth_adding(columns->join[i], draft.rows))
		{
			append_equality(&draft, columns->join[i]);
			draft.rows *= probe_selectivity(columns->join[i]);
		}
	}
	if (draft.nequal > 1)
		propose(proposals, &draft);
}

List *
pa_analyze_candidates(const PaRelationUse *use)
{
	Proposals	proposals = {use, NIL};
	Columns		columns;
	ListCell   *lc;

	if (!use->advisable)
		return NIL;

	sort_columns(use, &columns);
	if (!is_served(use, &columns, NULL))
	{
		propose_constants(&proposals, &columns);
		foreach(lc, use->orderings)
			propose_ordering(&proposals, &columns, lfirst(lc));
	}

	for (int i = 0; i < Min(columns.njoin, MAX_SINGLE_JOINS); i++)
		propose_join(&proposals, &columns, columns.join[i]);
	if (columns.njoin > 1)
		propose_joined_columns(&proposals, &columns);
	for (int i = 0; i < Min(columns.njoin, MAX_SINGLE_JOINS); i++)
		propose_join_with_constants(&proposals, &columns, columns.join[i]);
	return proposals.specs;
}

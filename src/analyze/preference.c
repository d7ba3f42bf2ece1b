/*-------------------------------------------------------------------------
 *
 * preference.c
 *		Which indexes one statement would like to have.
 *
 * What its plans cost, as far as the matrix knows, the questions about what
 * it does not know, and the step "prefer" of selection.c.
 *
 * IDENTIFICATION
 *		src/analyze/preference.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analyze/index_spec.h"
#include "analyze/selection_internal.h"

/* A plan must cost less than this share of the plan without the index. */
#define MAX_COST_RATIO 0.9

/* Above this share of the cost without the index it does harm. */
#define MAX_WORSE_RATIO 1.05

/* So many times the cost may be, if that spares columns carried along. */
#define MAX_COST_WITHOUT_CARRIED 2.0

/* A partial index of this share of another one's size is much smaller. */
#define MUCH_SMALLER 0.1

/*
 * So many times the best cost such a one may have, up to this share of the
 * cost without any index.
 */
#define MAX_COST_OF_SMALL 4.0
#define DECISIVE_COST 0.1

/*
 * A further key, or columns carried along, must save this share of what the
 * statement costs without any index: beside the rest it is nothing, and every
 * entry is wider for it.
 */
#define MIN_FURTHER_GAIN 0.01
#define MAX_COST_WITHOUT_FURTHER 2.0

/*
 * But one that is compared for equality stays where the statement takes so many
 * times as much without it, and reads more than a row or two in vain: the
 * rows that it keeps away, those of the other tenants, grow with the table.
 */
#define MAX_COST_WITHOUT_EQUALITY 1.5
#define EQUALITY_UNITS 2.0

bool
pa_analyze_is_gain(double base_cost, double cost)
{
	return cost <= base_cost * MAX_COST_RATIO && base_cost - cost >= TIE_UNITS;
}

double
pa_analyze_saved_ratio(double base_cost, double cost)
{
	if (base_cost <= 0 || cost >= base_cost)
		return 0;
	return 1.0 - cost / base_cost;
}

bool
pa_analyze_is_worse(double base_cost, double cost)
{
	return cost > base_cost * MAX_WORSE_RATIO && cost - base_cost >= TIE_UNITS;
}

double
pa_choice_limit_without_carried(double cost)
{
	return Max(pa_choice_tie_limit(cost), cost * MAX_COST_WITHOUT_CARRIED);
}

double
pa_choice_tie_limit(double cost)
{
	return cost + Max(cost * TIE_RATIO, TIE_UNITS);
}

/* Planner units that the statement spends in so many msec of a call. */
static double
units_of_msec(const PaMatrixStatement *of, double msec)
{
	return of->weight > 0 ? msec * of->base_cost * of->calls / of->weight : 0;
}

/*
 * A share of the cost without any index is no small matter where that was a
 * minute: what is left must not double, unless nobody notices.
 */
double
pa_choice_limit_without_last(const PaChoice *choice, int statement, double cost)
{
	const PaMatrixStatement *of = pa_matrix_statement(choice->matrix, statement);
	double		limit = Min(cost + of->base_cost * MIN_FURTHER_GAIN,
							Max(cost, of->base_cost * MAX_COST_RATIO));

	if (of->calls > 0)
		limit = Min(limit, Max(cost * MAX_COST_WITHOUT_FURTHER,
							   cost + units_of_msec(of, NOTICED_MSEC)));
	return limit;
}

double
pa_choice_limit_without_equality(double cost)
{
	return Max(cost * MAX_COST_WITHOUT_EQUALITY, cost + EQUALITY_UNITS);
}

/* Stops asking when the caller wants an answer; called in every loop. */
void
pa_choice_look_at_clock(PaChoice *choice)
{
	if (choice->stop != NULL && choice->stop(choice->stop_arg))
		choice->asking = false;
}

bool
pa_choice_has_questions(const PaChoice *choice)
{
	return choice->asking &&
		(choice->nquestions > 0 || choice->result->wanted != NIL);
}

static void
ask(PaChoice *choice, int statement, Bitmapset *set)
{
	PaQuestion *question;
	ListCell   *lc;

	foreach(lc, choice->questions[statement])
	{
		question = lfirst(lc);
		if (bms_equal(question->set, set))
			return;
	}

	question = palloc(sizeof(PaQuestion));
	question->statement = statement;
	question->set = set;
	choice->questions[statement] = lappend(choice->questions[statement], question);
	choice->nquestions++;
}

/* The cost as far as it is known; asks for it when it is only a bound. */
double
pa_choice_cost(PaChoice *choice, int statement, const Bitmapset *set)
{
	if (!pa_matrix_is_known(choice->matrix, statement, set))
	{
		choice->unsure = true;
		if (choice->asking)
			ask(choice, statement,
				pa_matrix_plannable(pa_matrix_relevant(choice->matrix,
													   statement, set)));
	}
	return pa_matrix_plan(choice->matrix, statement, set)->cost;
}

/* The cost as far as it is known, without asking. */
double
pa_choice_bound(const PaChoice *choice, int statement, const Bitmapset *set)
{
	return pa_matrix_plan(choice->matrix, statement, set)->cost;
}

Oid
pa_choice_table(const PaChoice *choice, int candidate)
{
	return pa_matrix_candidate(choice->matrix, candidate)->relid;
}

/* The members of the set that are on the table. */
Bitmapset *
pa_choice_on_table(const PaChoice *choice, const Bitmapset *set, Oid relid)
{
	Bitmapset  *members = NULL;
	int			candidate = -1;

	while ((candidate = bms_next_member(set, candidate)) >= 0)
	{
		if (pa_choice_table(choice, candidate) == relid)
			members = bms_add_member(members, candidate);
	}
	return members;
}

static bool
carries(const PaChoice *choice, int candidate)
{
	return pa_matrix_candidate(choice->matrix, candidate)->nincluded > 0;
}

/*
 * How much the statement may cost with something else in place of the
 * members: as much as is as good, and twice as much in place of columns that
 * are only carried along.  They make an index much larger, and how much they
 * save depends on VACUUM.
 */
static double
limit_without(const PaChoice *choice, const Bitmapset *members, double best,
			  double limit)
{
	int			member = -1;

	while ((member = bms_next_member(members, member)) >= 0)
	{
		if (carries(choice, member))
			return Max(limit, pa_choice_limit_without_carried(best));
	}
	return limit;
}

/* Whether a partial index is so much smaller that it is the better one. */
static bool
is_much_smaller(const PaChoice *choice, int candidate, int than)
{
	return pa_matrix_candidate(choice->matrix, candidate)->predicate != NIL &&
		pa_matrix_candidate(choice->matrix, than)->predicate == NIL &&
		pa_matrix_price(choice->matrix, candidate)->size <=
		pa_matrix_price(choice->matrix, than)->size * MUCH_SMALLER;
}

static bool
has_key(const PaIndexSpec *spec, const PaIndexKey *key)
{
	for (int i = 0; i < spec->nkeys; i++)
	{
		if (pa_index_key_same(&spec->keys[i], key) &&
			spec->keys[i].opclass == key->opclass)
			return true;
	}
	return false;
}

/* Whether the narrow one is a part of the other that may stand alone. */
static bool
is_part(const PaIndexSpec *narrow, const PaIndexSpec *wide)
{
	if (narrow->relid != wide->relid || narrow->method != wide->method ||
		narrow->nkeys + narrow->nincluded >= wide->nkeys + wide->nincluded ||
		!equal(narrow->predicate, wide->predicate))
		return false;
	if (wide->nkept > 0)
		return narrow->nkeys >= wide->nkept &&
			pa_index_spec_is_prefix(narrow, wide);
	for (int i = 0; i < narrow->nkeys; i++)
	{
		if (!has_key(wide, &narrow->keys[i]))
			return false;
	}
	for (int i = 0; i < narrow->nincluded; i++)
	{
		if (!pa_index_spec_has_column(wide, narrow->included[i]))
			return false;
	}
	return true;
}

/* Whether a part of the index lacks a key that is compared for equality. */
static bool
lacks_equality(const PaIndexSpec *part, const PaIndexSpec *wide)
{
	for (int i = 0; i < wide->nequal; i++)
	{
		if (!has_key(part, &wide->keys[i]))
			return true;
	}
	return false;
}

/*
 * The narrowest part of the candidate that saves nearly as much beside
 * "others"; the candidate itself if there is none.
 */
static int
without_further_keys(PaChoice *choice, int statement, const Bitmapset *others,
					 int candidate, double best)
{
	const PaMatrixStatement *of = pa_matrix_statement(choice->matrix, statement);
	const PaIndexSpec *whole = pa_matrix_candidate(choice->matrix, candidate);
	double		limit = pa_choice_limit_without_last(choice, statement, best);
	double		limit_equality = Min(limit, pa_choice_limit_without_equality(best));
	int			narrowest = candidate;
	ListCell   *lc;

	foreach(lc, of->rule)
	{
		int			narrower = lfirst_int(lc);
		const PaIndexSpec *spec = pa_matrix_candidate(choice->matrix, narrower);
		Bitmapset  *with_it;

		if (narrower == narrowest || bms_is_member(narrower, others) ||
			!is_part(spec, pa_matrix_candidate(choice->matrix, narrowest)))
			continue;
		with_it = bms_add_member(bms_copy(others), narrower);
		if (pa_choice_cost(choice, statement, with_it) <=
			(lacks_equality(spec, whole) ? limit_equality : limit))
			narrowest = narrower;
		bms_free(with_it);
	}
	return narrowest;
}

/*
 * A partial index that is much smaller than the candidate and does nearly as
 * well beside "others"; the candidate itself if there is none.  It may cost
 * more, if it saves most of the time: that the planner likes a constant first
 * column better is its bias.
 */
static int
much_smaller(PaChoice *choice, int statement, const Bitmapset *others,
			 int candidate, double best, double limit)
{
	const PaMatrixStatement *of = pa_matrix_statement(choice->matrix, statement);
	ListCell   *lc;

	limit = Max(limit, Min(best * MAX_COST_OF_SMALL,
						   of->base_cost * DECISIVE_COST));
	foreach(lc, of->rule)
	{
		int			small = lfirst_int(lc);
		Bitmapset  *with_it;
		double		cost;

		if (pa_choice_table(choice, small) != pa_choice_table(choice, candidate) ||
			bms_is_member(small, others) ||
			!is_much_smaller(choice, small, candidate))
			continue;
		with_it = bms_add_member(bms_copy(others), small);
		cost = pa_choice_cost(choice, statement, with_it);
		bms_free(with_it);
		if (cost <= limit)
			return small;
	}
	return candidate;
}

/*
 * The first candidate on the table in rule order that is as good beside
 * "others", or instead of it a partial one that is much smaller or a part of
 * it that is nearly as good; -1 if there is none.
 */
static int
first_as_good(PaChoice *choice, int statement, const Bitmapset *others,
			  Oid relid, double best, double limit, double limit_plain)
{
	const PaMatrixStatement *of = pa_matrix_statement(choice->matrix, statement);
	ListCell   *lc;

	/* without the carried columns it must be a gain itself */
	limit_plain = Min(limit_plain, Max(limit, of->base_cost * MAX_COST_RATIO));
	foreach(lc, of->rule)
	{
		int			candidate = lfirst_int(lc);
		Bitmapset  *with_it;
		double		cost;

		if (pa_choice_table(choice, candidate) != relid ||
			bms_is_member(candidate, others))
			continue;
		with_it = bms_add_member(bms_copy(others), candidate);
		cost = pa_choice_cost(choice, statement, with_it);
		bms_free(with_it);
		if (cost <= (carries(choice, candidate) ? limit : limit_plain))
		{
			candidate = much_smaller(choice, statement, others, candidate, best, limit);
			return without_further_keys(choice, statement, others, candidate, best);
		}
	}
	return -1;
}

/*
 * Returns the set with one member replaced by the first candidate in rule
 * order, on the same table, that is as good; by none if none is needed.
 */
static Bitmapset *
prefer_for_member(PaChoice *choice, int statement, const Bitmapset *set,
				  int member, double best, double limit)
{
	Bitmapset  *others = bms_del_member(bms_copy(set), member);
	double		limit_plain = limit_without(choice, bms_make_singleton(member),
											best, limit);
	int			found;

	if (pa_choice_cost(choice, statement, others) <= limit_plain)
		return others;
	found = first_as_good(choice, statement, others,
						  pa_choice_table(choice, member), best, limit,
						  limit_plain);
	return found >= 0 ? bms_add_member(others, found) : bms_copy(set);
}

/*
 * The same for all members on one table: one index for all of them if there
 * is one that is as good, else each by itself (a table that is joined with
 * itself, or a BitmapAnd).
 */
static Bitmapset *
prefer_on_table(PaChoice *choice, int statement, const Bitmapset *set,
				Oid relid, double best, double limit)
{
	Bitmapset  *members = pa_choice_on_table(choice, set, relid);
	Bitmapset  *others = bms_difference(set, members);
	double		limit_plain = limit_without(choice, members, best, limit);
	Bitmapset  *result;
	int			member = -1;
	int			found;

	if (pa_choice_cost(choice, statement, others) <= limit_plain)
		return others;
	found = first_as_good(choice, statement, others, relid, best, limit,
						  limit_plain);
	if (found >= 0)
		return bms_add_member(others, found);

	result = bms_copy(set);
	while ((member = bms_next_member(members, member)) >= 0)
	{
		if (bms_is_member(member, result))
			result = prefer_for_member(choice, statement, result, member, best, limit);
	}
	return result;
}

/* The indexes that the statement would like to have; NULL if none. */
Bitmapset *
pa_choice_prefer(PaChoice *choice, int statement)
{
	const PaMatrixStatement *of = pa_matrix_statement(choice->matrix, statement);
	Bitmapset  *own = pa_matrix_own_candidates(choice->matrix, statement);
	const PaKnownPlan *best;
	Bitmapset  *set;
	double		limit;
	int			candidate = -1;

	if (bms_is_empty(own) || of->weight <= 0)
		return NULL;

	(void) pa_choice_cost(choice, statement, own);
	best = pa_matrix_plan(choice->matrix, statement, own);
	if (!pa_analyze_is_gain(of->base_cost, best->cost))
		return NULL;

	/* No tie may give up so much that too little of the gain is left. */
	limit = Min(pa_choice_tie_limit(best->cost),
				Max(best->cost, of->base_cost * MAX_COST_RATIO));
	set = bms_copy(best->used);
	while ((candidate = bms_next_member(best->used, candidate)) >= 0)
	{
		if (bms_is_member(candidate, set))
			set = prefer_on_table(choice, statement, set,
								  pa_choice_table(choice, candidate),
								  best->cost, limit);
	}
	return set;
}

/*-------------------------------------------------------------------------
 *
 * statement.c
 *		One stored statement, opened for planning it again and again.
 *
 * A statement is a memory context with the parsed tree, what it depends on,
 * and the outcome.  Nothing else is held between two calls.  Each call runs
 * in an internal subtransaction that is always rolled back, and goes through
 * the same steps, in an order that matters:
 *
 *	1.	the user still exists;
 *	2.	lock the relations, without waiting: the planner assumes that its
 *		caller holds them;
 *	3.	with the locks held, so that the answer stays true, compare the hash
 *		over all that the tree depends on: planning a stale tree can crash;
 *	4.	check who owns the functions;
 *	5.	enter the sandbox and plan copies of the tree: planning scribbles.
 *
 * Any error on the way becomes a refusal with its message, except a request
 * of the reader's side to cancel.  The cost of a set of candidates is the mean over the sampled
 * parameter vectors; without vectors, a tree with parameters is planned as a
 * generic plan.
 *
 * What does not belong here: which statements are worth it, which candidates
 * to try, and what to make of the costs (analyze/, report/).
 *
 * IDENTIFICATION
 *		src/whatif/statement.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/readfuncs.h"
#include "portability/instr_time.h"
#include "storage/lockdefs.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "whatif/whatif_internal.h"

/* A statement with more relations plans too long for many plannings. */
#define MAX_RELATIONS 12

/* Likewise one whose base plan takes longer, in milliseconds. */
#define MAX_PLANNING_MS 50.0

/* Made in this session. */
static uint64 plannings = 0;

struct PaWhatifStatement
{
	MemoryContext context;		/* everything of this statement */
	MemoryContext scratch;		/* one planning */
	const PaStoredTree *tree;
	List	   *params;			/* sampled vectors, fitting or not */
	Oid			userid;
	Query	   *query;			/* the tree, NULL until parsed */
	PaQueryDependencies deps;
	int			nvectors;		/* 0 until chosen, then at least 1 */
	ParamListInfo vectors[PA_MAX_PLAN_VECTORS];
	int			counts[PA_MAX_PLAN_VECTORS];	/* of each in the mean */
	PaPlanCost	base;
	List	   *relations;		/* of PaRelationUse * */
	List	   *hidden;			/* real indexes that plans do without */
	PaExpressionCache expressions;
	const char *refusal;		/* why not, or NULL */
	bool		stale;
};

/* What one call wants planned. */
typedef struct PlanningRequest
{
	List	   *sets;			/* of List of PaIndexSpec * */
	PaPlanCost *costs;
	bool		facts;			/* collect relation uses (first set only) */
	List	   *names;			/* of the candidates, for text */
	char	  **text;			/* EXPLAIN's of the first vector's plan; NULL: not
								 * wanted */
	List	  **outlines;		/* one a vector; NULL: not wanted */
	MemoryContext result_context;	/* where text and outlines go */
} PlanningRequest;

static bool
refuse(PaWhatifStatement *statement, const char *why)
{
	if (statement->refusal == NULL)
		statement->refusal = why;
	return false;
}

/* ---- opening ---- */

/*
 * The planner locks what it opens itself (indexes, children) in the mode of
 * the range table entry; a DML tree's RowExclusiveLock is more than reading
 * needs, and an error on a standby.
 */
static bool
weaken_locks_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;

		if (rte->rellockmode != NoLock)
			rte->rellockmode = AccessShareLock;
		return false;
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, weaken_locks_walker, context,
								 QTW_EXAMINE_RTES_BEFORE);
	return expression_tree_walker(node, weaken_locks_walker, context);
}

void
pa_weaken_locks(Query *query)
{
	(void) weaken_locks_walker((Node *) query, NULL);
}

static bool
parse_tree(PaWhatifStatement *statement)
{
	MemoryContext oldcontext = MemoryContextSwitchTo(statement->context);
	Node	   *node = (Node *) stringToNode(statement->tree->query);

	if (node == NULL || !IsA(node, Query))
		elog(ERROR, "stored tree is not a query");
	pa_query_dependencies((Query *) node, &statement->deps);
	pa_weaken_locks((Query *) node);
	statement->query = pa_hide_session_values((Query *) node);
	MemoryContextSwitchTo(oldcontext);

	if (statement->query->commandType == CMD_UTILITY ||
		statement->query->commandType == CMD_UNKNOWN)
		return refuse(statement, "not a statement that is planned");
	if (statement->deps.nrelations > MAX_RELATIONS)
		return refuse(statement, "more than 12 relations");
	if (statement->deps.has_temporary)
		return refuse(statement, "uses a temporary relation");
	return true;
}

/* Steps 2 to 4 of the header. */
static bool
check_objects(PaWhatifStatement *statement)
{
	const char *why = pa_sandbox_lock_relations(&statement->deps);
	uint64		hash;

	if (why != NULL)
		return refuse(statement, why);
	if (!pa_query_dependency_hash(&statement->deps, &hash) ||
		hash != statement->tree->dependency_hash)
	{
		statement->stale = true;
		return refuse(statement, "something the statement depends on has changed");
	}
	why = pa_wall_check_owners(&statement->deps, statement->userid,
							   statement->context);
	return why == NULL || refuse(statement, why);
}

/* ---- planning ---- */

/*
 * The vectors to plan with.  Each has an address of its own, by which the
 * hooks know our plannings; without a vector an empty one stands for "no
 * values", which the planner treats like none.
 */
static void
choose_vectors(PaWhatifStatement *statement)
{
	MemoryContext oldcontext;
	ListCell   *lc;

	if (statement->nvectors > 0)
		return;
	foreach(lc, statement->params)
	{
		ParamListInfo vector = (ParamListInfo) lfirst(lc);

		if (statement->nvectors < PA_MAX_PLAN_VECTORS && statement->deps.has_params &&
			vector != NULL && pa_vector_fits(statement->query, vector))
			statement->vectors[statement->nvectors++] = vector;
	}
	if (statement->nvectors == 0)
	{
		oldcontext = MemoryContextSwitchTo(statement->context);
		statement->vectors[statement->nvectors++] = makeParamList(0);
		MemoryContextSwitchTo(oldcontext);
	}
	pa_whatif_weigh(statement, NULL);
}

/*
 * One planning with one vector; returns its cost and adds to used.  Runs in,
 * and resets, the scratch context.
 */
static double
plan_once(PaWhatifStatement *statement, PaWhatifScope *scope, uint64 *used)
{
	PlannedStmt *plan;
	double		cost;

	CHECK_FOR_INTERRUPTS();
	MemoryContextReset(statement->scratch);
	plannings++;
	pa_whatif_scope = scope;

	plan = pa_sandbox_plan(copyObject(statement->query), scope->params,
						   statement->userid);
	cost = plan->planTree->total_cost;
	*used |= pa_plan_candidates(plan, scope->candidates);
	pa_admit_reread(scope->relations, plan);

	pa_whatif_scope = NULL;
	return cost;
}

/* All vectors with one set of candidates. */
static void
plan_set(PaWhatifStatement *statement, List *candidates, bool facts,
		 PaPlanCost *cost)
{
	int			total = 0;

	memset(cost, 0, sizeof(*cost));
	cost->nvectors = statement->nvectors;
	for (int i = 0; i < statement->nvectors; i++)
		total += statement->counts[i];
	for (int i = 0; i < statement->nvectors; i++)
	{
		PaWhatifScope scope = {0};

		if (statement->counts[i] == 0)
			continue;
		scope.params = statement->vectors[i];
		scope.candidates = candidates;
		scope.hidden = statement->hidden;
		scope.expressions = &statement->expressions;
		scope.facts_context = facts ? statement->context : NULL;
		cost->vector_cost[i] = plan_once(statement, &scope, &cost->used);
		cost->total_cost += cost->vector_cost[i] * statement->counts[i] / total;

		if (facts)
			statement->relations = pa_relation_use_average(statement->relations,
														   scope.relations, i);
	}
}

/*
 * Refuse a statement that is slow to plan.  The first planning of a session
 * also fills caches, so only a second one that is slow too convicts.
 */
static bool
check_planning_time(PaWhatifStatement *statement)
{
	double		msec = 0;

	for (int attempt = 0; attempt < 2; attempt++)
	{
		PaWhatifScope scope = {0};
		instr_time	start,
					duration;
		uint64		used = 0;

		scope.params = statement->vectors[0];
		INSTR_TIME_SET_CURRENT(start);
		(void) plan_once(statement, &scope, &used);
		INSTR_TIME_SET_CURRENT(duration);
		INSTR_TIME_SUBTRACT(duration, start);
		msec = INSTR_TIME_GET_MILLISEC(duration);
		if (msec <= MAX_PLANNING_MS)
			return true;
	}
	return refuse(statement, "planning takes over 50 ms");
}

/* The text of the first vector's plan. */
static void
explain_set(PaWhatifStatement *statement, List *candidates, PlanningRequest *request)
{
	PaWhatifScope scope = {0};
	PlannedStmt *plan;
	char	   *text;

	MemoryContextReset(statement->scratch);
	scope.params = statement->vectors[0];
	scope.candidates = candidates;
	scope.hidden = statement->hidden;
	scope.expressions = &statement->expressions;
	pa_whatif_scope = &scope;
	plan = pa_sandbox_plan(copyObject(statement->query), scope.params, statement->userid);
	text = pa_sandbox_explain(plan, scope.params, statement->userid, request->names);
	*request->text = MemoryContextStrdup(request->result_context, text);
	pa_whatif_scope = NULL;
}

/* What the plan for each vector is made of. */
static void
outline_plans(PaWhatifStatement *statement, PlanningRequest *request)
{
	for (int i = 0; i < statement->nvectors; i++)
	{
		PaWhatifScope scope = {0};
		MemoryContext oldcontext;
		PlannedStmt *plan;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(statement->scratch);
		plannings++;
		scope.params = statement->vectors[i];
		scope.hidden = statement->hidden;
		scope.expressions = &statement->expressions;
		pa_whatif_scope = &scope;
		plan = pa_sandbox_plan(copyObject(statement->query), scope.params, statement->userid);
		pa_whatif_scope = NULL;

		oldcontext = MemoryContextSwitchTo(request->result_context);
		*request->outlines = lappend(*request->outlines, pa_plan_outline(plan));
		MemoryContextSwitchTo(oldcontext);
	}
}

static bool
plan_request(PaWhatifStatement *statement, PlanningRequest *request)
{
	ListCell   *lc;

	choose_vectors(statement);

	/* Planning needs one for the functions that it evaluates. */
	PushActiveSnapshot(GetTransactionSnapshot());
	pa_sandbox_enter(statement->userid, statement->tree);
	if (request->facts && !check_planning_time(statement))
		return false;
	if (request->outlines != NULL)
		outline_plans(statement, request);
	foreach(lc, request->sets)
	{
		List	   *candidates = (List *) lfirst(lc);

		if (request->text != NULL)
			explain_set(statement, candidates, request);
		else
			plan_set(statement, candidates, request->facts,
					 &request->costs[foreach_current_index(lc)]);
	}
	return true;
}

/* Inside the subtransaction and the scratch context: all steps of the header. */
static bool
run_steps(PaWhatifStatement *statement, PlanningRequest *request)
{
	if (!pa_sandbox_user_exists(statement->userid))
		return refuse(statement, "the statement's user does not exist any more");
	if (statement->query == NULL && !parse_tree(statement))
		return false;
	return check_objects(statement) && plan_request(statement, request);
}

/* Why, from an error that is no request to cancel; lives as long as error. */
static const char *
error_refusal(const ErrorData *error)
{
	if (error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE)
		return "a relation or an index is locked by another session";
	if (error->sqlerrcode == ERRCODE_QUERY_CANCELED && pa_time_limit_passed())
		return PA_PLANNING_TOO_LONG;
	return error->message != NULL ? error->message : "planning fails";
}

/*
 * Run the steps in a subtransaction that is rolled back in any case, and
 * turn an error into a refusal.  Returns false when refused.
 */
static bool
run_request(PaWhatifStatement *statement, PlanningRequest *request)
{
	MemoryContext oldcontext = CurrentMemoryContext;
	ResourceOwner oldowner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;
	volatile bool done = false;

	if (statement->refusal != NULL)
		return false;
	if (IsInParallelMode())
		return refuse(statement, "cannot plan during a parallel operation");
	if (pa_whatif_is_active)
		return refuse(statement, "cannot plan from within a planning");

	pa_time_limit_reset();
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(statement->scratch);
	PG_TRY();
	{
		done = run_steps(statement, request);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(statement->context);
		error = CopyErrorData();
		FlushErrorState();
		pa_whatif_scope = NULL;
		done = false;
	}
	PG_END_TRY();
	RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(oldcontext);
	CurrentResourceOwner = oldowner;
	MemoryContextReset(statement->scratch);

	if (error != NULL)
	{
		if (pa_is_cancel(error))
			ReThrowError(error);
		(void) refuse(statement, error_refusal(error));
	}
	pa_time_limit_finish();
	return done;
}

/* ---- interface ---- */

PaWhatifStatement *
pa_whatif_open(const PaStoredTree *tree, List *params, Oid userid)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "perf_advisor what-if statement",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext oldcontext = MemoryContextSwitchTo(context);
	PaWhatifStatement *statement = palloc0(sizeof(PaWhatifStatement));
	PlanningRequest request = {0};

	statement->context = context;
	statement->expressions.context = context;
	statement->scratch = AllocSetContextCreate(context, "perf_advisor planning",
											   ALLOCSET_DEFAULT_SIZES);
	statement->tree = tree;
	statement->params = params;
	statement->userid = userid;

	request.sets = list_make1(NIL);
	request.costs = &statement->base;
	request.facts = true;
	MemoryContextSwitchTo(oldcontext);

	(void) run_request(statement, &request);
	return statement;
}

void
pa_whatif_close(PaWhatifStatement *statement)
{
	MemoryContextDelete(statement->context);
}

const char *
pa_whatif_refusal(const PaWhatifStatement *statement)
{
	return statement->refusal;
}

bool
pa_whatif_is_stale(const PaWhatifStatement *statement)
{
	return statement->stale;
}

const PaPlanCost *
pa_whatif_base(const PaWhatifStatement *statement)
{
	return &statement->base;
}

List *
pa_whatif_relations(const PaWhatifStatement *statement)
{
	return statement->relations;
}

void
pa_whatif_weigh(PaWhatifStatement *statement, const int *counts)
{
	for (int i = 0; i < statement->nvectors; i++)
		statement->counts[i] = counts != NULL ? counts[i] : 1;
}

uint64
pa_whatif_plannings(void)
{
	return plannings;
}

bool
pa_whatif_plan(PaWhatifStatement *statement, List *candidates, PaPlanCost *cost)
{
	PlanningRequest request = {0};
	bool		done;

	Assert(list_length(candidates) <= PA_MAX_CANDIDATES);
	request.sets = list_make1(candidates);
	request.costs = cost;
	done = run_request(statement, &request);
	list_free(request.sets);
	return done;
}

bool
pa_whatif_plan_sets(PaWhatifStatement *statement, List *sets, PaPlanCost *costs)
{
	PlanningRequest request = {0};

	request.sets = sets;
	request.costs = costs;
	return run_request(statement, &request);
}

void
pa_whatif_hide(PaWhatifStatement *statement, List *indexids)
{
	MemoryContext oldcontext = MemoryContextSwitchTo(statement->context);

	list_free(statement->hidden);
	statement->hidden = list_copy(indexids);
	MemoryContextSwitchTo(oldcontext);
}

List *
pa_whatif_outlines(PaWhatifStatement *statement)
{
	PlanningRequest request = {0};
	List	   *outlines = NIL;

	request.outlines = &outlines;
	request.result_context = CurrentMemoryContext;
	return run_request(statement, &request) ? outlines : NIL;
}

char *
pa_whatif_explain(PaWhatifStatement *statement, List *candidates, List *names)
{
	PlanningRequest request = {0};
	char	   *text = NULL;

	Assert(list_length(candidates) == list_length(names));
	request.sets = list_make1(candidates);
	request.names = names;
	request.text = &text;
	request.result_context = CurrentMemoryContext;
	(void) run_request(statement, &request);
	list_free(request.sets);
	return text;
}

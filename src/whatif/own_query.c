/*-------------------------------------------------------------------------
 *
 * own_query.c
 *		A query of the caller planned with indexes of the caller's choice.
 *
 * Parsing, analysis and planning run in a subtransaction that is rolled back
 * in any case and takes locks and settings back.  Unlike a stored statement
 * (statement.c), the caller's settings and user hold; but the walls of
 * sandbox.c stand all the same, since a query can name anybody's function:
 * read-only, restricted, only functions of superusers and the caller's own.
 *
 * Locks are those of an EXPLAIN, held for the few plannings and waited for
 * no longer than LOCK_TIMEOUT.  Errors go to the caller.
 *
 * IDENTIFICATION
 *		src/whatif/own_query.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "whatif/whatif_internal.h"

/* How long to wait for a table that somebody else has locked. */
#define LOCK_TIMEOUT "50ms"

/* What analysing gives, inside the subtransaction. */
typedef struct OwnQuery
{
	Query	   *query;
	List	   *candidates;		/* of PaIndexSpec * */
	List	   *names;			/* of char * */
	PaExpressionCache expressions;
} OwnQuery;

static RawStmt *
parse_query(const char *text)
{
	List	   *parsed = pg_parse_query(text);

	if (list_length(parsed) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("query must be one statement"),
				 errdetail("It has %d statements.", list_length(parsed))));
	return linitial_node(RawStmt, parsed);
}

/*
 * Make what is wrong with a text point into it, and not into the statement
 * that the caller is running.
 */
static void
point_into_text_cb(void *arg)
{
	int			position = geterrposition();

	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery((const char *) arg);
	}
}

/* The analysed and rewritten query; its parameters' types are inferred. */
static Query *
analyze_query(const char *text)
{
	Oid		   *types = NULL;
	int			ntypes = 0;
	ErrorContextCallback callback = {.callback = point_into_text_cb};
	List	   *rewritten;
	Query	   *query;

	callback.arg = unconstify(char *, text);
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	rewritten = pg_analyze_and_rewrite_varparams(parse_query(text), text, &types,
												 &ntypes, NULL);
	error_context_stack = callback.previous;
	if (list_length(rewritten) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("rules make %d statements of the query", list_length(rewritten)),
				 errdetail("Only one statement can be planned.")));
	query = linitial_node(Query, rewritten);
	if (query->commandType == CMD_UTILITY)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("query is not a statement that is planned"),
				 errhint("Give the SELECT, INSERT, UPDATE, DELETE or MERGE itself, without EXPLAIN, PREPARE or the like.")));
	pa_weaken_locks(query);
	return query;
}

/* The names are made different. */
static char *
free_name(List *names, char *name)
{
	char	   *candidate = name;
	bool		taken = true;

	for (int n = 1; taken; n++)
	{
		ListCell   *lc;

		taken = false;
		foreach(lc, names)
			taken = taken || strcmp((const char *) lfirst(lc), candidate) == 0;
		if (taken)
			candidate = psprintf("%s%d", name, n);
	}
	return candidate;
}

static List *
read_indexes(char **ddl, int nddl, List **names)
{
	List	   *candidates = NIL;

	if (nddl > PA_MAX_CANDIDATES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("at most %d indexes can be tried at a time", PA_MAX_CANDIDATES)));
	for (int i = 0; i < nddl; i++)
	{
		ErrorContextCallback callback = {.callback = point_into_text_cb};
		char	   *name;

		callback.arg = ddl[i];
		callback.previous = error_context_stack;
		error_context_stack = &callback;
		candidates = lappend(candidates, pa_index_statement(ddl[i], &name));
		*names = lappend(*names, free_name(*names, name));
		error_context_stack = callback.previous;
	}
	return candidates;
}

/* With the walls up: literals call their types' input functions. */
static void
analyze(const char *text, char **ddl, int nddl, OwnQuery *own)
{
	pa_wall_raise(GetUserId());
	PG_TRY();
	{
		own->query = analyze_query(text);
		own->candidates = read_indexes(ddl, nddl, &own->names);
	}
	PG_FINALLY();
	{
		pa_wall_lower();
	}
	PG_END_TRY();
}

/* Plan with the candidates, or without; the text lives in context. */
static double
plan_own(OwnQuery *own, List *candidates, MemoryContext context, char **text,
		 uint64 *used)
{
	PaWhatifScope scope = {0};
	PlannedStmt *plan;

	CHECK_FOR_INTERRUPTS();
	/* No values: what the planner expects of any.  Its address names us. */
	scope.params = makeParamList(0);
	scope.candidates = candidates;
	scope.expressions = &own->expressions;
	scope.sampled = true;
	pa_whatif_scope = &scope;
	plan = pa_sandbox_plan(copyObject(own->query), scope.params, GetUserId());
	*used = pa_plan_candidates(plan, candidates);
	*text = MemoryContextStrdup(context,
								pa_sandbox_explain(plan, scope.params, GetUserId(), own->names));
	pa_whatif_scope = NULL;
	return plan->planTree->total_cost;
}

/*
 * Sizes before planning, whose time is limited: what it takes to estimate them
 * is kept.
 */
static void
describe_indexes(const OwnQuery *own, MemoryContext context, PaWhatifAnswer *answer)
{
	MemoryContext oldcontext = MemoryContextSwitchTo(context);

	answer->nindexes = list_length(own->candidates);
	answer->names = palloc_array(char *, answer->nindexes + 1);
	answer->sizes = palloc_array(int64, answer->nindexes + 1);
	answer->used = palloc0_array(bool, answer->nindexes + 1);
	MemoryContextSwitchTo(oldcontext);
	for (int i = 0; i < answer->nindexes; i++)
	{
		answer->names[i] = MemoryContextStrdup(context, list_nth(own->names, i));
		answer->sizes[i] = pa_whatif_index_size(list_nth(own->candidates, i));
	}
}

static void
answer_query(const char *text, char **ddl, int nddl, MemoryContext context,
			 PaWhatifAnswer *answer)
{
	OwnQuery	own = {0};
	Oid			userid;
	int			sec_context;
	uint64		used;

	(void) set_config_option("lock_timeout", LOCK_TIMEOUT, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	XactReadOnly = true;
	GetUserIdAndSecContext(&userid, &sec_context);
	SetUserIdAndSecContext(userid, sec_context | SECURITY_RESTRICTED_OPERATION);
	PushActiveSnapshot(GetTransactionSnapshot());

	own.expressions.context = CurrentMemoryContext;
	analyze(text, ddl, nddl, &own);
	answer->cost_before = plan_own(&own, NIL, context, &answer->plan_before, &used);
	describe_indexes(&own, context, answer);
	answer->cost_after = plan_own(&own, own.candidates, context, &answer->plan_after, &used);
	for (int i = 0; i < answer->nindexes; i++)
		answer->used[i] = (used & (UINT64CONST(1) << i)) != 0;
}

/* In our own words what our own limits ended. */
static void
rethrow(ErrorData *error)
{
	if (error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE)
		ereport(ERROR,
				(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
				 errmsg("a relation or an index is locked by another session"),
				 errdetail("It was waited for no longer than %s.", LOCK_TIMEOUT)));
	if (error->sqlerrcode == ERRCODE_QUERY_CANCELED && pa_time_limit_passed() &&
		!pa_is_cancel(error))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg(PA_PLANNING_TOO_LONG),
				 errdetail("The limit is half a second.")));
	ReThrowError(error);
}

static void
check_state(void)
{
	if (IsInParallelMode())
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TRANSACTION_STATE),
				 errmsg("cannot plan during a parallel operation")));
	if (pa_whatif_is_active)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TRANSACTION_STATE),
				 errmsg("cannot plan from within a planning")));
}

void
pa_whatif_own_query(const char *text, char **ddl, int nddl, PaWhatifAnswer *answer)
{
	MemoryContext oldcontext = CurrentMemoryContext;
	ResourceOwner oldowner = CurrentResourceOwner;
	MemoryContext scratch = AllocSetContextCreate(oldcontext, "perf_advisor own query",
												  ALLOCSET_DEFAULT_SIZES);
	ErrorData  *volatile error = NULL;

	check_state();
	memset(answer, 0, sizeof(*answer));
	pa_time_limit_reset();
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(scratch);
	PG_TRY();
	{
		answer_query(text, ddl, nddl, oldcontext, answer);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(oldcontext);
		error = CopyErrorData();
		FlushErrorState();
		pa_whatif_scope = NULL;
	}
	PG_END_TRY();
	RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(oldcontext);
	CurrentResourceOwner = oldowner;
	MemoryContextDelete(scratch);

	pa_time_limit_finish();
	if (error != NULL)
		rethrow(error);
}

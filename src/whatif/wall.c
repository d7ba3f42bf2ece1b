/*-------------------------------------------------------------------------
 *
 * wall.c
 *		Whose functions a what-if planning may run.
 *
 * Only those of superusers and of the statement's own user: anything else
 * would run with rights that its owner does not have.  It is asked
 *
 *	-	before planning, for all that the tree depends on;
 *	-	by needs_fmgr_hook, whenever a function is looked up for a call.  This
 *		reaches what is in no tree: estimators calling an operator's function
 *		by themselves, index expressions, check constraints, functions called
 *		by inlined ones;
 *	-	by fmgr_hook, since functions that are SECURITY DEFINER or have
 *		settings of their own are looked up without the former;
 *	-	by object_access_hook, which expression evaluation calls, also for
 *		what comes with the server;
 *	-	for each relation that is planned: the type cache keeps functions of
 *		range types from earlier statements of the session, past all lookups,
 *		and such a type may be in an index's expression alone.
 *
 * Nobody's functions get to take or release advisory locks: those of the
 * session outlive the subtransaction, and would be the reader's.
 *
 * The first two hooks are installed for good, since a hook of somebody else
 * may come after ours, and do nothing unless pa_whatif_is_active.
 *
 * IDENTIFICATION
 *		src/whatif/wall.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "whatif/whatif_internal.h"

bool		pa_whatif_is_active = false;

static Oid	wall_user = InvalidOid;
static bool only_described = false;	/* see pa_wall_raise_for_plan() */
static ErrorContextCallback *outer_context = NULL;
static object_access_hook_type prev_object_access_hook = NULL;
static needs_fmgr_hook_type prev_needs_fmgr_hook = NULL;
static fmgr_hook_type prev_fmgr_hook = NULL;
static pa_whatif_hooks_callback set_planner_hooks = NULL;

static inline bool
is_trusted_owner(Oid owner, Oid userid)
{
	return owner == userid || superuser_arg(owner);
}

/* False also when the function is gone. */
static bool
is_trusted_function(Oid funcid, Oid userid)
{
	HeapTuple	tuple;
	Oid			owner;

	if (OidIsValid(funcid) && funcid < FirstUnpinnedObjectId)
		return true;
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	if (!HeapTupleIsValid(tuple))
		return false;
	owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
	ReleaseSysCache(tuple);
	return is_trusted_owner(owner, userid);
}

static bool
is_trusted_operator(Oid opno, Oid userid)
{
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(opno));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		return false;
	owner = ((Form_pg_operator) GETSTRUCT(tuple))->oprowner;
	ReleaseSysCache(tuple);
	return is_trusted_owner(owner, userid);
}

static bool
is_advisory_lock(Oid funcid)
{
	switch (funcid)
	{
		case F_PG_ADVISORY_LOCK_INT8:
		case F_PG_ADVISORY_LOCK_INT4_INT4:
		case F_PG_ADVISORY_LOCK_SHARED_INT8:
		case F_PG_ADVISORY_LOCK_SHARED_INT4_INT4:
		case F_PG_ADVISORY_UNLOCK_ALL:
		case F_PG_ADVISORY_UNLOCK_INT8:
		case F_PG_ADVISORY_UNLOCK_INT4_INT4:
		case F_PG_ADVISORY_UNLOCK_SHARED_INT8:
		case F_PG_ADVISORY_UNLOCK_SHARED_INT4_INT4:
		case F_PG_ADVISORY_XACT_LOCK_INT8:
		case F_PG_ADVISORY_XACT_LOCK_INT4_INT4:
		case F_PG_ADVISORY_XACT_LOCK_SHARED_INT8:
		case F_PG_ADVISORY_XACT_LOCK_SHARED_INT4_INT4:
		case F_PG_TRY_ADVISORY_LOCK_INT8:
		case F_PG_TRY_ADVISORY_LOCK_INT4_INT4:
		case F_PG_TRY_ADVISORY_LOCK_SHARED_INT8:
		case F_PG_TRY_ADVISORY_LOCK_SHARED_INT4_INT4:
		case F_PG_TRY_ADVISORY_XACT_LOCK_INT8:
		case F_PG_TRY_ADVISORY_XACT_LOCK_INT4_INT4:
		case F_PG_TRY_ADVISORY_XACT_LOCK_SHARED_INT8:
		case F_PG_TRY_ADVISORY_XACT_LOCK_SHARED_INT4_INT4:
			return true;
		default:
			return false;
	}
}

/* ---- before planning ---- */

static const char *
untrusted(const char *kind, const char *name, MemoryContext context)
{
	MemoryContext oldcontext = MemoryContextSwitchTo(context);
	const char *text = psprintf("%s %s belongs neither to a superuser nor to the statement's user",
								kind, name);

	MemoryContextSwitchTo(oldcontext);
	return text;
}

static const char *
function_name(Oid funcid)
{
	char	   *name = get_func_name(funcid);

	return quote_identifier(name != NULL ? name : "?");
}

const char *
pa_wall_check_owners(const PaQueryDependencies *deps, Oid userid,
					 MemoryContext context)
{
	ListCell   *lc;

	foreach(lc, deps->functions)
	{
		if (!is_trusted_function(lfirst_oid(lc), userid))
			return untrusted("function", function_name(lfirst_oid(lc)), context);
	}
	foreach(lc, deps->operators)
	{
		/* Estimators call an operator's function past all hooks. */
		if (is_advisory_lock(get_opcode(lfirst_oid(lc))))
			return "an operator's function takes advisory locks";
		if (!is_trusted_operator(lfirst_oid(lc), userid))
		{
			char	   *name = get_opname(lfirst_oid(lc));

			return untrusted("operator", name != NULL ? name : "?", context);
		}
	}
	return NULL;
}

/* ---- while planning ---- */

static void
check_function(Oid funcid)
{
	if (!is_trusted_function(funcid, wall_user))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("planning would run function %s, which belongs neither to a superuser nor to the statement's user",
						function_name(funcid))));

	/*
	 * What a plan itself calls is not run by describing it.  Functions that
	 * are run have an error context of their own.
	 */
	if (is_advisory_lock(funcid) && !(only_described && error_context_stack == outer_context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("planning would call %s, and its locks are the session's",
						function_name(funcid))));
}

static void
object_access_cb(ObjectAccessType access, Oid classId, Oid objectId, int subId,
				 void *arg)
{
	if (access == OAT_FUNCTION_EXECUTE && classId == ProcedureRelationId)
		check_function(objectId);
	if (prev_object_access_hook)
		prev_object_access_hook(access, classId, objectId, subId, arg);
}

static bool
needs_fmgr_cb(Oid funcid)
{
	if (unlikely(pa_whatif_is_active))
		check_function(funcid);
	return prev_needs_fmgr_hook != NULL && prev_needs_fmgr_hook(funcid);
}

static void
fmgr_cb(FmgrHookEventType event, FmgrInfo *flinfo, Datum *arg)
{
	if (unlikely(pa_whatif_is_active) && event == FHET_START)
		check_function(flinfo->fn_oid);
	if (prev_fmgr_hook)
		prev_fmgr_hook(event, flinfo, arg);
}

void
pa_whatif_init(pa_whatif_hooks_callback set_hooks)
{
	set_planner_hooks = set_hooks;
	prev_needs_fmgr_hook = needs_fmgr_hook;
	needs_fmgr_hook = needs_fmgr_cb;
	prev_fmgr_hook = fmgr_hook;
	fmgr_hook = fmgr_cb;
}

/* From here to pa_wall_lower() only functions that userid may run are run. */
void
pa_wall_raise(Oid userid)
{
	/* A hook that another session's function set meanwhile stays in place. */
	prev_object_access_hook = object_access_hook;
	object_access_hook = object_access_cb;
	set_planner_hooks(true);
	wall_user = userid;
	pa_whatif_is_active = true;
}

/*
 * The same for a plan that is only described: starting its execution looks
 * all of its functions up.
 */
void
pa_wall_raise_for_plan(Oid userid)
{
	pa_wall_raise(userid);
	only_described = true;
	outer_context = error_context_stack;
}

void
pa_wall_lower(void)
{
	only_described = false;
	pa_whatif_is_active = false;
	set_planner_hooks(false);
	object_access_hook = prev_object_access_hook;
}

/*
 * A relation that the planner has just met: the tree's own, children, and
 * those of plannings nested in ours.
 */
void
pa_wall_check_relation(Oid relid, RelOptInfo *rel)
{
	PaQueryDependencies deps = {0};
	ListCell   *lc;

	if (!OidIsValid(relid) || relid < FirstUnpinnedObjectId)
		return;
	pa_relation_dependencies(relid, &deps);
	foreach(lc, rel->indexlist)
	{
		IndexOptInfo *index = (IndexOptInfo *) lfirst(lc);

		pa_expression_dependencies((Node *) index->indexprs, &deps);
		pa_expression_dependencies((Node *) index->indpred, &deps);
	}
	foreach(lc, rel->statlist)
		pa_expression_dependencies((Node *) ((StatisticExtInfo *) lfirst(lc))->exprs, &deps);

	/* Only these: most others are not called, and looked up when they are. */
	foreach(lc, deps.range_functions)
		check_function(lfirst_oid(lc));
}

/*-------------------------------------------------------------------------
 *
 * sandbox.c
 *		What a what-if planning may touch, wait for and run.
 *
 * Planning evaluates functions: constants are folded, SQL functions inlined,
 * stable functions called for estimates.  Who reads advice must not be able
 * to have code run as somebody else, so a planning runs as the statement's
 * own user, restricted and read-only, and four walls stand around it:
 *
 *	1.	Before: every function and operator in the tree must belong to a
 *		superuser or to the statement's user; that they are unchanged since
 *		the capture is the dependency hash's part (wall.c).
 *	2.	While planning, every function that is looked up for a call must too,
 *		in the tree or not (wall.c).
 *	3.	Settings are the server's and those captured with the statement,
 *		search_path among them; never the reader's.
 *	4.	A planning has half a second (time_limit.c).
 *
 * Nothing waits: the tree's relations are locked conditionally, and whatever
 * else the planner locks (indexes, children) runs into lock_timeout.
 *
 * All of this happens inside the subtransaction of statement.c, whose
 * rollback takes settings, user, locks and read-only mode back.
 *
 * IDENTIFICATION
 *		src/whatif/sandbox.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/guc.h"
#include "utils/syscache.h"

#include "compat/guc.h"
#include "compat/planner.h"
#include "whatif/whatif_internal.h"

/* Shortest wait that lock_timeout can express, in milliseconds. */
#define LOCK_TIMEOUT "1ms"

PaWhatifScope *pa_whatif_scope = NULL;

bool
pa_sandbox_user_exists(Oid userid)
{
	return SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(userid));
}

/*
 * Lock every relation of the tree, as the planner assumes of its caller.
 * Returns why not, or NULL.
 */
const char *
pa_sandbox_lock_relations(const PaQueryDependencies *deps)
{
	ListCell   *lc;

	foreach(lc, deps->relations)
	{
		if (!ConditionalLockRelationOid(lfirst_oid(lc), AccessShareLock))
			return "a relation is locked by another session";
	}
	return NULL;
}

static void
set_option(const char *name, const char *value)
{
	/*
	 * A setting may have gone with its extension, or be one that cannot be
	 * changed here; the plan is then made without it.
	 */
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, DEBUG2, false);
}

/* The next name in "name\0value\0..", or NULL; its value follows it. */
static const char *
next_setting(const PaStoredTree *tree, const char *name)
{
	const char *end = tree->settings + tree->settings_len;
	const char *next = tree->settings;

	if (name != NULL)
	{
		const char *value = name + strlen(name) + 1;

		next = value + strlen(value) + 1;
	}
	return next != NULL && next < end ? next : NULL;
}

static bool
is_captured(const PaStoredTree *tree, const char *name)
{
	const char *captured = NULL;

	while ((captured = next_setting(tree, captured)) != NULL)
	{
		if (strcmp(captured, name) == 0)
			return true;
	}
	return false;
}

/*
 * Captured are the planner's settings that the statement's session had for
 * itself.  What this session has for itself goes back to the server's value
 * first, so that a change of the server's settings is followed.
 */
static void
replay_settings(const PaStoredTree *tree)
{
	int			count;
	struct config_generic **options = pa_guc_list(&count);
	const char *name = NULL;

	for (int i = 0; i < count; i++)
	{
		struct config_generic *option = options[i];
		const char *value;

		if (!(option->flags & GUC_EXPLAIN) || !pa_guc_is_local(option->source) ||
			is_captured(tree, option->name))
			continue;
		value = pa_guc_server_value(option);
		if (value != NULL)
			set_option(option->name, value);
	}
	while ((name = next_setting(tree, name)) != NULL)
		set_option(name, name + strlen(name) + 1);
}

/*
 * Take on the statement's user and settings for the rest of the
 * subtransaction.
 */
void
pa_sandbox_enter(Oid userid, const PaStoredTree *tree)
{
	Oid			save_user;
	int			save_sec_context;

	replay_settings(tree);
	set_option("lock_timeout", LOCK_TIMEOUT);

	/* What a function has to say is not for the reader of advice. */
	set_option("client_min_messages", "error");

	XactReadOnly = true;
	GetUserIdAndSecContext(&save_user, &save_sec_context);
	SetUserIdAndSecContext(userid, save_sec_context | SECURITY_RESTRICTED_OPERATION);
}

/* Errors of the planner and of what it evaluates go to the caller. */
static void
check_time_limit(void)
{
	/* A function may have caught the error. */
	if (pa_time_limit_passed())
		ereport(ERROR,
				(errcode(ERRCODE_QUERY_CANCELED),
				 errmsg_internal(PA_PLANNING_TOO_LONG)));
}

/* Plan, in CurrentMemoryContext.  The query is scribbled on. */
PlannedStmt *
pa_sandbox_plan(Query *query, ParamListInfo params, Oid userid)
{
	PlannedStmt *volatile plan = NULL;	/* set inside PG_TRY */

	pa_wall_raise(userid);
	pa_time_limit_start(PA_PLANNING_LIMIT);
	PG_TRY();
	{
		plan = pa_standard_planner(query, params);
	}
	PG_FINALLY();
	{
		pa_time_limit_stop();
		pa_wall_lower();
	}
	PG_END_TRY();
	check_time_limit();
	return plan;
}

/* EXPLAIN's text of a plan, see pa_plan_explain(). */
char *
pa_sandbox_explain(PlannedStmt *plan, ParamListInfo params, Oid userid, List *names)
{
	char	   *volatile text = NULL;	/* set inside PG_TRY */

	pa_wall_raise_for_plan(userid);
	pa_time_limit_start(PA_PLANNING_LIMIT);
	PG_TRY();
	{
		text = pa_plan_explain(plan, params, names);
	}
	PG_FINALLY();
	{
		pa_time_limit_stop();
		pa_wall_lower();
	}
	PG_END_TRY();
	check_time_limit();
	return text;
}

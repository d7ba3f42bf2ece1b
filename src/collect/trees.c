/*-------------------------------------------------------------------------
 *
 * trees.c
 *		Keeps the rewritten query of statements that repeat, for planning
 *		them again.
 *
 * Taken as the planner's hook receives it, before planning scribbles on it:
 * views, row security and search_path are resolved, and it works for
 * statements inside functions, whose text alone would not parse.
 *
 * When: at a planning for which the statement has already run; and at the
 * very first one when no second may come, because the plan will be cached
 * (nested statements, statements with parameters, prepared statements).
 * After that at each power of four of the statement's calls, over all
 * backends, so that statements with literals are sampled and, from 18 on,
 * other tenants' relations of the same query identifier are met; and whenever
 * a schema may have changed, to replace a stale tree.
 *
 * IDENTIFICATION
 *		src/collect/trees.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "nodes/nodeFuncs.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "base/weight.h"
#include "collect/detail.h"
#include "compat/guc.h"

/*
 * Bytes in a query.  Its tree is up to five times as large; what comes to more
 * than a gigabyte would fail the user's statement.
 */
#define PA_MAX_TREE_WEIGHT (512 * 1024)

/* Changes with every invalidation that may make a stored tree stale. */
static uint32 schema_epoch = 1;

static void
relation_changed_cb(Datum arg, Oid relid)
{
	(void) arg;
	(void) relid;
	schema_epoch++;
}

static void
function_changed_cb(Datum arg, int cacheid, uint32 hashvalue)
{
	(void) arg;
	(void) cacheid;
	(void) hashvalue;
	schema_epoch++;
}

void
pa_trees_init(void)
{
	CacheRegisterRelcacheCallback(relation_changed_cb, (Datum) 0);
	CacheRegisterSyscacheCallback(PROCOID, function_changed_cb, (Datum) 0);
	CacheRegisterSyscacheCallback(TYPEOID, function_changed_cb, (Datum) 0);
	CacheRegisterSyscacheCallback(OPEROID, function_changed_cb, (Datum) 0);
}

/*
 * Fills in the planner's settings (those that EXPLAIN (SETTINGS) knows) that
 * the session, its role or its database has for itself, as "name\0value\0..".
 * Those of the whole server are looked up when the tree is planned again.
 */
static void
take_settings(PaStoredTree *tree)
{
	StringInfoData settings;
	int			count;
	struct config_generic **options = pa_guc_list(&count);

	initStringInfo(&settings);
	for (int i = 0; i < count; i++)
	{
		struct config_generic *option = options[i];
		char	   *value;

		if (!(option->flags & GUC_EXPLAIN) || !pa_guc_is_local(option->source))
			continue;
		value = GetConfigOptionByName(option->name, NULL, true);
		if (value == NULL)
			continue;
		appendBinaryStringInfo(&settings, option->name, strlen(option->name) + 1);
		appendBinaryStringInfo(&settings, value, strlen(value) + 1);
	}
	tree->settings = settings.data;
	tree->settings_len = settings.len;
	tree->settings_hash = hash_bytes((const unsigned char *) settings.data, settings.len);
}

/* True when the tree holds some value that a user wrote. */
static bool
has_literal(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Const))
		return !((Const *) node)->constisnull;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, has_literal, context, 0);
	return expression_tree_walker(node, has_literal, context);
}

/*
 * Serializes the tree and offers it to the store.  "only_stale" is for a
 * planning after some schema changed: the tree is wanted only if the stored
 * one does not fit any more.  False when the store was busy.
 */
static bool
take_tree(PaSeenShape *seen, Query *parse, bool only_stale, bool planned_once)
{
	PaQueryDependencies deps;
	PaStoredTree tree = {0};

	if (pa_query_is_heavier(parse, PA_MAX_TREE_WEIGHT))
		return true;
	pa_query_dependencies(parse, &deps);
	if (deps.has_temporary || deps.nrelations == 0)
		return true;
	tree.relations_hash = pa_query_relations_hash(&deps);
	if (!pa_query_dependency_hash(&deps, &tree.dependency_hash))
		return true;
	tree.has_params = deps.has_params;
	if (!pa_guc_track_parameters && has_literal((Node *) parse, NULL))
		return true;			/* literals are parameters too */
	if (!only_stale)
		take_settings(&tree);
	if ((tree.has_params || only_stale) &&
		pa_store_has_tree(&seen->key, seen->hash, &tree))
		return true;
	tree.query = nodeToString(parse);
	if (only_stale)
		take_settings(&tree);
	return pa_store_put_tree(&seen->key, seen->hash, &tree, planned_once);
}

/*
 * Called for each planning of a statement.  "planned_once" says that this
 * plan will be cached, so that this planning may be the only one.
 */
void
pa_trees_offer(PaSeenShape *seen, Query *parse, bool planned_once)
{
	bool		scheduled = seen->plannings++ >= seen->next_tree;
	bool		schema_changed = seen->tree_epoch != 0 && seen->tree_epoch != schema_epoch;
	MemoryContext scratch;
	MemoryContext old;
	bool		taken;
	instr_time	start;

	if (likely(!scheduled && !schema_changed))
		return;
	if (seen->tree_epoch == 0 && !seen->ran && !planned_once)
		return;

	INSTR_TIME_SET_CURRENT(start);
	scratch = AllocSetContextCreate(CurrentMemoryContext, "perf_advisor query tree",
									ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(scratch);
	taken = take_tree(seen, parse, !scheduled, planned_once);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
	pa_budget_charge_since(start);

	if (!taken)
		return;					/* busy: the next planning offers it again */
	if (scheduled)
		seen->next_tree = seen->plannings +
			pa_seen_wait(seen->plannings, ++seen->trees_seen, PA_TREES_BASE);
	seen->tree_epoch = schema_epoch;
}

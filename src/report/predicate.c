/*-------------------------------------------------------------------------
 *
 * predicate.c
 *		A stored filter as SQL.
 *
 * A filter is stored as nodes, because making text of it needs catalog
 * access, which the user's query is not charged with.  When it is read, the
 * catalog may have moved on: columns dropped or retyped, functions, operators
 * and types gone.  Columns are checked one by one, since a wrong name would
 * be worse than none; whatever else the deparser stumbles over is caught in a
 * subtransaction.  Either way the answer is "cannot be shown", never an
 * error: one old filter must not make a view unreadable.
 *
 * IDENTIFICATION
 *		src/report/predicate.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/xact.h"
#include "catalog/pg_attribute.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"

#include "report/predicate.h"

/* True when the relation has that column, with that type, today. */
static bool
column_unchanged(Oid relid, const Var *var)
{
	HeapTuple	tuple;
	Form_pg_attribute attribute;
	bool		unchanged;

	/* the whole row: its type is the relation's, whatever the columns are */
	if (var->varattno == InvalidAttrNumber)
		return true;

	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid),
							Int16GetDatum(var->varattno));
	if (!HeapTupleIsValid(tuple))
		return false;
	attribute = (Form_pg_attribute) GETSTRUCT(tuple);
	unchanged = !attribute->attisdropped && attribute->atttypid == var->vartype;
	ReleaseSysCache(tuple);
	return unchanged;
}

/* Walker: true (stop) at a column that is not what it was. */
static bool
has_changed_column(Node *node, void *context)
{
	Oid			relid = *(Oid *) context;

	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		Var		   *var = (Var *) node;

		return var->varno != 1 || var->varlevelsup != 0 ||
			!column_unchanged(relid, var);
	}
	return expression_tree_walker(node, has_changed_column, context);
}

/* Walker: the highest number of an external parameter. */
static bool
find_last_param(Node *node, void *context)
{
	int		   *last = (int *) context;

	if (node == NULL)
		return false;
	if (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_EXTERN)
		*last = Max(*last, ((Param *) node)->paramid);
	return expression_tree_walker(node, find_last_param, context);
}

/*
 * Mutator: values that the executor passes between nodes become further $n.
 *
 * NB: the deparser looks such a value up in the plan it belongs to, without
 * asking whether there is one (17 and later): there is none here.
 */
static Node *
number_exec_params(Node *node, void *context)
{
	int			first = *(int *) context + 1;

	if (node == NULL)
		return NULL;
	if (IsA(node, Param) && ((Param *) node)->paramkind != PARAM_EXTERN)
	{
		Param	   *param = makeNode(Param);

		*param = *(Param *) node;
		param->paramkind = PARAM_EXTERN;
		param->paramid += first;	/* these count from 0 */
		return (Node *) param;
	}
	return expression_tree_mutator(node, number_exec_params, context);
}

/* What is to be written as SQL: one of the two. */
typedef struct Source
{
	Oid			relid;
	const char *nodes;			/* as stored, changed or not */
	Node	   *expression;
} Source;

/* Makes the text of a stored filter; raises whatever the deparser raises. */
static char *
deparse_nodes(const Source *source)
{
	Oid			relid = source->relid;
	Node	   *filter = stringToNode(source->nodes);
	char	   *relname = get_rel_name(relid);
	int			last_param = 0;

	if (relname == NULL || filter == NULL)
		return NULL;
	if (has_changed_column(filter, &relid))
		return NULL;

	(void) find_last_param(filter, &last_param);
	filter = number_exec_params(filter, &last_param);

	/* a plan's filter is a list of clauses that must all be true */
	if (IsA(filter, List))
		filter = (Node *) make_ands_explicit((List *) filter);

	return deparse_expression(filter, deparse_context_for(relname, relid),
							  false, false);
}

/*
 * Makes the text of an expression that must mean the same wherever it is
 * read: whatever is not in pg_catalog is named with its schema.
 */
static char *
deparse_expression_qualified(const Source *source)
{
	char	   *relname = get_rel_name(source->relid);
	Node	   *expression = source->expression;
	int			nestlevel;
	int			last_param = 0;
	char	   *sql;

	/* the deparser would wait for the relation's lock */
	if (relname == NULL || !ConditionalLockRelationOid(source->relid, AccessShareLock))
		return NULL;
	(void) find_last_param(expression, &last_param);
	expression = number_exec_params(expression, &last_param);

	nestlevel = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	sql = deparse_expression(expression,
							 deparse_context_for(relname, source->relid),
							 false, false);
	AtEOXact_GUC(true, nestlevel);
	UnlockRelationOid(source->relid, AccessShareLock);
	return sql;
}

bool
pa_report_must_be_raised(int sqlerrcode)
{
	int			category = ERRCODE_TO_CATEGORY(sqlerrcode);

	return category == ERRCODE_OPERATOR_INTERVENTION ||
		category == ERRCODE_INSUFFICIENT_RESOURCES;
}

/* Runs the function in a subtransaction; NULL when it raises an error. */
static char *
try_deparse(char *(*deparse) (const Source *source), const Source *source)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	char	   *volatile sql = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(caller);
	PG_TRY();
	{
		sql = deparse(source);
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(caller);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(caller);
		CurrentResourceOwner = owner;
		if (pa_report_must_be_raised(error->sqlerrcode))
			ReThrowError(error);
		FreeErrorData(error);
		sql = NULL;
	}
	PG_END_TRY();

	return sql;
}

char *
pa_report_predicate_sql(Oid relid, const char *nodes)
{
	Source		source = {.relid = relid, .nodes = nodes};

	return try_deparse(deparse_nodes, &source);
}

char *
pa_report_expression_sql(Oid relid, Node *expression)
{
	Source		source = {.relid = relid, .expression = expression};

	return try_deparse(deparse_expression_qualified, &source);
}

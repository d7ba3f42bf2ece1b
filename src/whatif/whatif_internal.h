/*-------------------------------------------------------------------------
 *
 * whatif_internal.h
 *		Between the files of whatif/ only.
 *
 *		statement.c		one statement: open, plan, close
 *		vectors.c		which parameter vectors fit the statement
 *		sandbox.c		what a planning may do: locks, user, settings
 *		wall.c			whose functions it may run
 *		session_values.c	settings that only the statement's session had
 *		expression_stats.c	statistics of an expression without an index
 *		expression_sample.c	... from a sample of its column, or of rows
 *		sample_statistics.c	... as a row of pg_statistic
 *		row_sample.c	rows of a table; see row_sample.h
 *		explain.c		the text of a plan with hypothetical indexes
 *		hypothetical.c	IndexOptInfo of an index that does not exist
 *		own_query.c		a query of the caller and indexes of the caller's choice
 *		index_statement.c	a CREATE INDEX statement as a proposed index
 *		index_rules.c	what CREATE INDEX refuses, and the parser does not
 *		index_shape.c	types and operator classes of its columns
 *		index_size.c	pages and height of one; see index_size.h
 *		plan_indexes.c	which hypothetical indexes a plan uses
 *		table_reads.c	how often a plan reads a whole table
 *		plan_outline.c	what a plan is made of, to be compared
 *		relation_use.c	what a base planning says about a relation
 *						(index_use.h names the files that do it)
 *
 * IDENTIFICATION
 *		src/whatif/whatif_internal.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_WHATIF_INTERNAL_H
#define PA_WHATIF_INTERNAL_H

#include "access/amapi.h"
#include "access/htup.h"
#include "nodes/params.h"
#include "nodes/parsenodes.h"
#include "nodes/pathnodes.h"
#include "nodes/plannodes.h"
#include "storage/block.h"
#include "utils/rel.h"

#include "base/attempt.h"
#include "base/index_advice.h"
#include "base/query_tree.h"
#include "base/time_limit.h"
#include "catalog/column_facts.h"
#include "whatif/whatif.h"

/* As many candidates as PaPlanCost.used has bits. */
#define PA_MAX_CANDIDATES 64

/*
 * OIDs of the hypothetical indexes of a planning, one a candidate.  Below
 * FirstGenbkiObjectId OIDs are given by hand in the catalog's sources, and
 * this part of the range is set aside for development, so no index has one;
 * a user's table never has an index there anyway.
 */
#define PA_FIRST_FAKE_OID ((Oid) 9900)

/*
 * The planning now going on.  Hooks tell it from plannings nested in it (a
 * function that is evaluated may plan its own statements) by "params", which
 * the planner hands down by address.
 */
typedef struct PaWhatifScope
{
	ParamListInfo params;
	List	   *candidates;		/* of PaIndexSpec * */
	List	   *hidden;			/* OIDs of real indexes that are left out */
	MemoryContext facts_context;	/* where facts go, or NULL for none */
	List	   *relations;		/* of PaRelationUse *, in facts_context */
	struct PaExpressionCache *expressions;	/* NULL: nothing is kept */
	bool		sampled;		/* rows may be read to see how large an index is */
} PaWhatifScope;

extern PaWhatifScope *pa_whatif_scope;

/* statement.c */
extern void pa_weaken_locks(Query *query);

/* session_values.c */
extern Query *pa_hide_session_values(Query *query);

/* vectors.c */
extern bool pa_vector_fits(Query *query, ParamListInfo vector);

/* sandbox.c */

/* Why planning must not go on; context is where the text is allocated. */
extern const char *pa_sandbox_lock_relations(const PaQueryDependencies *deps);
extern bool pa_sandbox_user_exists(Oid userid);
extern void pa_sandbox_enter(Oid userid, const PaStoredTree *tree);
extern PlannedStmt *pa_sandbox_plan(Query *query, ParamListInfo params, Oid userid);
extern char *pa_sandbox_explain(PlannedStmt *plan, ParamListInfo params, Oid userid,
								List *names);

/* wall.c */

/* Why planning must not go on, allocated in context, or NULL. */
extern const char *pa_wall_check_owners(const PaQueryDependencies *deps,
										Oid userid, MemoryContext context);
extern void pa_wall_raise(Oid userid);
extern void pa_wall_raise_for_plan(Oid userid);
extern void pa_wall_lower(void);
extern void pa_wall_check_relation(Oid relid, RelOptInfo *rel);

/* One planning may take so many milliseconds. */
#define PA_PLANNING_LIMIT 500
#define PA_PLANNING_TOO_LONG "planning takes too long"

/* explain.c */
extern char *pa_plan_explain(PlannedStmt *plan, ParamListInfo params, List *names);

/* One column of an index. */
typedef struct PaIndexColumn
{
	AttrNumber	attnum;			/* 0: an expression */
	Node	   *expression;		/* its Vars have varno 1 */
	Oid			type;
	int32		typmod;
	Oid			collation;

	/* of keys only */
	Oid			opclass;
	Oid			opfamily;
	Oid			opcintype;
	Oid			stored_type;	/* what the index keeps instead, or 0 */
	bool		descending;
	bool		nulls_first;
} PaIndexColumn;

/* An index as CREATE INDEX would describe it: keys, then included columns. */
typedef struct PaIndexShape
{
	Oid			relid;
	Oid			method;
	bool		unique;
	bool		nulls_equal;	/* unique, NULLS NOT DISTINCT */
	int			nkeys;
	int			ncolumns;
	PaIndexColumn columns[PA_MAX_INDEX_KEYS + PA_MAX_INCLUDED];
	List	   *predicate;		/* its Vars have varno 1 */
} PaIndexShape;

/* index_shape.c */

/*
 * Describe the proposed index as it would be on relid: the relation of the
 * proposal or a partition of it.  False when it could not be created.
 */
extern bool pa_index_shape(const PaIndexSpec *spec, Oid relid, PaIndexShape *shape);

/* Whether two would be the same index. */
extern bool pa_same_shape(const PaIndexShape *a, const PaIndexShape *b);

/* Whether the proposal makes an index on relid. */
extern bool pa_index_is_for(const PaIndexSpec *spec, Oid relid, bool is_partition);

/* expression_stats.c */

/* What was found out about expressions and sizes, for all plannings of a statement. */
typedef struct PaExpressionCache
{
	MemoryContext context;
	List	   *entries;
	List	   *sizes;
} PaExpressionCache;

extern HeapTuple pa_expression_statistics(Oid relid, Node *expression, double tuples);

/* Whether some row is known to have a value for which the expression fails. */
extern bool pa_expression_fails(Oid relid, Node *expression, double tuples);

/*
 * The same as facts, for an expression whose Vars have varno 1; opfamily and
 * the like are left 0.  False, with a width, when nothing is known.
 */
extern bool pa_expression_facts(Oid relid, Node *expression, double tuples,
								PaColumnFacts *facts);

/* expression_sample.c */
typedef struct PaSampleValue
{
	Datum		value;
	double		weight;			/* share of the rows, 0-1 */
	int			count;			/* of the sample that gave it */
	int			place;			/* of its row among those sampled */
	bool		common;			/* listed as a common value */
} PaSampleValue;

typedef struct PaExpressionSample
{
	Oid			type;
	Oid			collation;
	int16		typlen;
	struct TypeCacheEntry *order;
	bool		only_kept;		/* no values between those of pg_statistic */
	bool		not_folded;		/* the planner does not evaluate it */
	bool		fails;			/* raises an error for a value that a row has */
	PaSampleValue *values;
	int			nvalues;
	int			ncommon;		/* of them, from most common values of the column */
	double		null_fraction;
	double		distinct;
	int			width;			/* average bytes */
	double		correlation;
} PaExpressionSample;

/* Whether an expression uses nothing but functions that initdb made. */
extern bool pa_is_servers_own(Node *expression);

extern bool pa_sample_expression(Oid relid, Node *expression, List *vars, double tuples,
								 PaExpressionSample *sample);
extern bool pa_sample_expression_rows(Relation relation, Node *expression, double tuples,
									  PaExpressionSample *sample);

/* sample_statistics.c */
extern HeapTuple pa_sample_statistics(const PaExpressionSample *sample, double tuples);

/* index_statement.c */

/* The index that a CREATE INDEX statement would make, and its name. */
extern PaIndexSpec *pa_index_statement(const char *ddl, char **name);

/* index_rules.c: each raises core's error */
extern void pa_index_check_table(const IndexStmt *statement, Oid relid, char relkind);
extern void pa_index_check_method(const IndexStmt *statement, const IndexAmRoutine *am);
extern void pa_index_check_collation(Oid type, Oid collation);
extern void pa_index_check_order(const IndexElem *elem, const char *method_name, Oid method);
extern void pa_index_check_included(const IndexElem *elem);
extern void pa_index_check_options(Oid opclass, Oid method, List *options);
extern void pa_index_check_partition_key(const PaIndexSpec *spec);
extern void pa_index_check_columns(const PaIndexSpec *spec);

/* hypothetical.c */
extern IndexOptInfo *pa_hypothetical_index(PlannerInfo *root, RelOptInfo *rel,
										   Relation relation, const PaIndexShape *shape,
										   Oid fakeid);

/* index_size.c */

/* What the size of an index says to the planner. */
typedef struct PaIndexSize
{
	double		tuples;			/* rows that it has */
	BlockNumber pages;
	int			height;			/* of a b-tree's root, 0: a single page; -1 for
								 * other methods */
} PaIndexSize;

/*
 * "tuples" are those of the relation that satisfy the predicate; "sampled":
 * rows may be read where statistics do not tell the size.
 */
extern void pa_index_size(const PaIndexShape *shape, Relation relation, double tuples,
						  double table_tuples, double table_pages, bool sampled,
						  PaIndexSize *size);

/* plan_indexes.c */
typedef void (*pa_plan_visitor) (Plan *plan, void *context);
extern void pa_plan_walk(const PlannedStmt *stmt, pa_plan_visitor visit, void *context);
extern uint64 pa_plan_candidates(const PlannedStmt *plan, List *candidates);

/* table_reads.c */

/*
 * Sequential scans of the table with so many rows, or of a partition of it, in
 * one execution: of the scan that runs most often, by the planner's estimates.
 */
extern double pa_plan_table_reads(const PlannedStmt *stmt, Oid relid, double tuples);

/* relation_use.c */
extern void pa_admit_reread(List *relations, const PlannedStmt *plan);

/* plan_outline.c */
extern PaPlanOutline *pa_plan_outline(const PlannedStmt *stmt);

/* use_average.c */
extern List *pa_relation_use_average(List *into, List *from, int nth);

/* An index of that collation serves an expression of this one. */
static inline bool
pa_collation_serves(Oid index_collation, Oid expression_collation)
{
	return !OidIsValid(index_collation) || index_collation == expression_collation;
}

#endif							/* PA_WHATIF_INTERNAL_H */

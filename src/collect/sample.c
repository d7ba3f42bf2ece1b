/*-------------------------------------------------------------------------
 *
 * sample.c
 *		Row counts per scan, for some executions of each plan.
 *
 * Counts are exact for every statement; what happens inside a plan is
 * sampled: the first executions of a new plan, then about one a minute and a
 * few at random.  Only rows are counted (INSTRUMENT_ROWS, about 10 ns a row
 * and node; timing each node would cost twice the query).
 *
 * The budget: a sample is taken only while the estimated cost of all samples
 * is within perf_advisor.overhead_budget of this backend's busy time, plus a
 * small allowance so that a new session can start.
 *
 * The very first execution of a plan is sampled only if the plan is costly:
 * a flood of one-shot statements shall cost no more than its counters.
 *
 * IDENTIFICATION
 *		src/collect/sample.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "common/pg_prng.h"
#include "nodes/nodeFuncs.h"
#include "utils/rel.h"

#include "collect/detail.h"

#define PA_FIRST_SAMPLES 3		/* executions of a new plan */
#define PA_COSTLY_PLAN 1000.0	/* planner units: sampled at once */
#define PA_MAX_SCANS 64			/* scan nodes a plan; more are left out */
#define PA_COST_OF_ROW 1e-5		/* msec a row and node */
#define PA_COST_OF_SAMPLE 0.01	/* msec, fixed */
#define PA_BUDGET_ALLOWANCE 5.0 /* msec a backend may spend beforehand */
#define PA_NEVER PG_INT64_MAX

/* This backend's account, msec. */
static double spent = 0;
static double busy = 0;

/* Executions until the next random sample; 0 = not drawn yet. */
static uint64 countdown = 0;
static double countdown_rate = -1;

void
pa_sample_note_busy(double msec)
{
	busy += msec;
}

static bool
within_budget(void)
{
	return spent <= PA_BUDGET_ALLOWANCE + busy * pa_guc_overhead_budget / 100.0;
}

/* Draws the distance to the next random sample: uniform around 1 / rate. */
static pg_attribute_cold void
draw_countdown(void)
{
	double		u = pg_prng_double(&pg_global_prng_state);

	countdown_rate = pa_guc_sample_rate;
	countdown = countdown_rate > 0 ? 1 + (uint64) (u * (2.0 / countdown_rate - 1.0)) : PG_UINT64_MAX;
}

static inline bool
random_sample(void)
{
	if (unlikely(countdown == 0 || countdown_rate != pa_guc_sample_rate))
		draw_countdown();
	return --countdown == 0;
}

/*
 * Decides, before the executor starts, whether rows are counted.  "repeated"
 * says that the statement ran before, in whatever backend.
 */
bool
pa_sample_wanted(PaSeenShape *seen, const PaStatementKey *key, const PlannedStmt *plan,
				 bool repeated)
{
	bool		by_chance;

	if (pa_guc_overhead_budget <= 0)
		return false;
	if (unlikely(seen->sampled_planid != key->planid || seen->sampled_toplevel != key->toplevel))
		pa_seen_refresh_plan(seen, key);
	if (seen->next_sample == PA_NEVER)
		return false;
	by_chance = random_sample();
	if (unlikely(seen->samples < PA_FIRST_SAMPLES))
	{
		if (!repeated && plan->planTree->total_cost < PA_COSTLY_PLAN)
			return false;
	}
	else if (!by_chance && GetCurrentStatementStartTimestamp() < seen->next_sample)
		return false;
	return within_budget();
}

/* ---- walking the executor's nodes ---- */

typedef struct PaScanWalk
{
	int			nscans;
	double		rows;			/* of all nodes, for the account */
	PaPlanSample plan;
	bool		counted;		/* read the counters */
	bool		described;		/* serialize the predicates */
	PaScan		scans[PA_MAX_SCANS];
} PaScanWalk;

/* Reused: ExecutorEnd must not allocate. */
static PaScanWalk walk;

/*
 * Gives what kind of scan a node is, with its index.  False for others.
 */
static bool
scan_identity(const Plan *plan, PaScan *scan)
{
	switch (nodeTag(plan))
	{
		case T_SeqScan:
			scan->kind = PA_SCAN_SEQ;
			return true;
		case T_IndexScan:
			scan->kind = PA_SCAN_INDEX;
			scan->indexid = ((const IndexScan *) plan)->indexid;
			return true;
		case T_IndexOnlyScan:
			scan->kind = PA_SCAN_INDEX_ONLY;
			scan->indexid = ((const IndexOnlyScan *) plan)->indexid;
			return true;
		case T_BitmapIndexScan:
			scan->kind = PA_SCAN_BITMAP_INDEX;
			scan->indexid = ((const BitmapIndexScan *) plan)->indexid;
			return true;
		case T_BitmapHeapScan:
			scan->kind = PA_SCAN_BITMAP_HEAP;
			return true;
		case T_SampleScan:
		case T_TidScan:
		case T_TidRangeScan:
		case T_ForeignScan:
			scan->kind = PA_SCAN_OTHER;
			return true;
		default:
			return false;
	}
}

/* Adds one node's scan to the walk unless it is of a temporary relation. */
static void
add_scan(PlanState *node)
{
	PaScan	   *scan = &walk.scans[walk.nscans];
	Relation	relation;

	memset(scan, 0, sizeof(*scan));
	if (walk.nscans >= PA_MAX_SCANS - 1 || !scan_identity(node->plan, scan))
		return;
	if (scan->kind != PA_SCAN_BITMAP_INDEX)
	{
		relation = ((ScanState *) node)->ss_currentRelation;
		if (relation == NULL || relation->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
			return;
		scan->relid = RelationGetRelid(relation);
	}
	scan->node = node->plan->plan_node_id;
	scan->plan_rows = node->plan->plan_rows;
	if (walk.counted)
	{
		scan->loops = node->instrument->nloops;
		scan->rows_kept = node->instrument->ntuples;
		scan->rows_read = node->instrument->ntuples + node->instrument->nfiltered1 +
			node->instrument->nfiltered2;
	}
	if (walk.described && scan->kind != PA_SCAN_BITMAP_INDEX && scan->kind != PA_SCAN_INDEX_ONLY)
		scan->predicate = pa_predicate_serialize(node->plan->qual, ((Scan *) node->plan)->scanrelid);
	walk.nscans++;
}

static bool
walk_node(PlanState *node, void *context)
{
	if (walk.counted && node->instrument != NULL)
	{
		InstrEndLoop(node->instrument);
		walk.rows += node->instrument->ntuples;
	}
	if (!walk.counted || node->instrument != NULL)
		add_scan(node);
	return planstate_tree_walker(node, walk_node, context);
}

static void
walk_plan(QueryDesc *query_desc, bool counted)
{
	walk.nscans = 0;
	walk.rows = 0;
	walk.counted = counted;
	walk.described = !counted;
	if (query_desc->planstate != NULL)
		(void) walk_node(query_desc->planstate, NULL);
}

/*
 * Tells the store which scans a plan has, once a plan.  After the executor
 * started: relations are open and catalog access is legal.
 */
void
pa_sample_describe(PaSeenShape *seen, PaFrame *frame, QueryDesc *query_desc)
{
	if (seen->has_scans)
		return;
	walk_plan(query_desc, false);
	if (walk.nscans == 0)
	{
		/* nothing to learn from this plan, ever */
		seen->next_sample = PA_NEVER;
		frame->sampled = false;
		return;
	}
	seen->has_scans = pa_store_put_scans(&frame->key, frame->shape_hash, walk.scans, walk.nscans);
}

/* Hands the counts of a sampled execution to the store. */
void
pa_sample_read(PaFrame *frame, QueryDesc *query_desc)
{
	PaSeenShape *seen = pa_seen_shape(&frame->key.shape);
	TimestampTz now = GetCurrentStatementStartTimestamp();

	walk_plan(query_desc, true);
	spent += PA_COST_OF_SAMPLE + walk.rows * PA_COST_OF_ROW;
	if (walk.nscans == 0)
		return;
	if (pa_store_add_scan_sample(&frame->key, frame->shape_hash, &walk.plan, walk.scans, walk.nscans, now))
		seen->samples++;
	seen->next_sample = now + PA_SAMPLE_INTERVAL;
}

/*-------------------------------------------------------------------------
 *
 * scan.h
 *		What a sampled execution says about one scan node.
 *
 * IDENTIFICATION
 *		src/base/scan.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_BASE_SCAN_H
#define PA_BASE_SCAN_H

typedef enum PaScanKind
{
	PA_SCAN_SEQ,
	PA_SCAN_INDEX,
	PA_SCAN_INDEX_ONLY,
	PA_SCAN_BITMAP_HEAP,
	PA_SCAN_BITMAP_INDEX,		/* relid is InvalidOid: only the index */
	PA_SCAN_OTHER				/* sample, TID, foreign, custom */
} PaScanKind;

/*
 * Sums over the sampled executions of one plan, for one scan node.  Row
 * counts are totals over all loops (and parallel workers).
 */
typedef struct PaScan
{
	Oid			relid;
	Oid			indexid;		/* InvalidOid when no index is used */
	int32		kind;			/* PaScanKind */
	int32		node;			/* plan_node_id */
	double		loops;
	double		rows_read;		/* before the filter */
	double		rows_kept;		/* after the filter */
	double		plan_rows;		/* planner's estimate, per loop */
	double		time;			/* msec inside the node, of the samples that
								 * were timed; all loops and workers */
	char	   *predicate;		/* nodeToString of the filter with constants
								 * and parameters as Params $1.. and the
								 * relation's Vars at varno 1; NULL if none */
} PaScan;

/* Length of a node's description such as "Index Scan on orders". */
#define PA_NODE_NAME_SIZE (NAMEDATALEN + 24)

/*
 * What a sampled execution, or the sampled executions of a plan together, say
 * about the plan as a whole.
 */
typedef struct PaPlanSample
{
	double		rows_estimated; /* by the planner, for one execution */
	double		rows_actual;	/* sum over the samples */
	double		misestimate;	/* the worst node's factor, >= 1; 0: unknown */
	int32		misestimate_node;	/* its plan_node_id */
	int32		hash_batches;	/* most of any hash table; 0: none was made */
	int64		sort_spill;		/* bytes that a sort wrote to disk, the most */
	double		counted;		/* rows and loops of all nodes: what counting
								 * them costs; of the last sample */
	int64		timed;			/* of the samples, those with times */
	double		node_time;		/* msec inside the slowest node, the most */
	char		misestimate_name[PA_NODE_NAME_SIZE];
	char		slowest_name[PA_NODE_NAME_SIZE];	/* of node_time */
} PaPlanSample;

/* One plan's samples, as read from the store. */
typedef struct PaPlanScans
{
	int64		samples;		/* sampled executions the sums are over */
	PaPlanSample plan;
	int			encoding;		/* of the plan's names */
	int			nscans;
	PaScan	   *scans;
} PaPlanScans;

#endif							/* PA_BASE_SCAN_H */

/*-------------------------------------------------------------------------
 *
 * store_write.h
 *		The store's interface for collect/: what is called from inside a
 *		user's statement.
 *
 * Nothing here raises an error, waits for a lock that others hold for long,
 * or allocates without bound.  Counters go to this backend's slab; detail
 * (texts, trees, parameters, scans) goes to the table under a partition lock
 * that is taken conditionally: when it is busy, the detail is skipped,
 * counted, and offered again later.
 *
 * IDENTIFICATION
 *		src/store/store_write.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_STORE_STORE_WRITE_H
#define PA_STORE_STORE_WRITE_H

#include "executor/instrument.h"
#include "jit/jit.h"
#include "nodes/params.h"

#include "base/query_tree.h"
#include "base/scan.h"
#include "base/statement.h"

/* What one finished execution adds. */
typedef struct PaExecution
{
	double		exec_time;		/* msec */
	double		own_exec_time;	/* msec */
	int64		rows;
	const BufferUsage *buffers;
	bool		has_block_times;	/* the times in buffers are defined */
	const WalUsage *wal;
	const JitInstrumentation *jit;	/* NULL when nothing was compiled */
	int			workers_to_launch;
	int			workers_launched;
	int			plan_origin;	/* PaPlanOrigin */
	bool		has_cpu;		/* the two below were measured */
	double		cpu_user_time;	/* msec */
	double		cpu_sys_time;
} PaExecution;

/* What failed executions or plannings of one statement and SQLSTATE add. */
typedef struct PaFailure
{
	int			sqlstate;		/* as MAKE_SQLSTATE() */
	bool		cancelled;		/* on somebody's order, not its own fault */
	int64		errors;			/* how many, mostly 1 */
	double		exec_time;		/* msec */
	const BufferUsage *buffers; /* NULL: nothing was used */
	bool		has_block_times;	/* the times in buffers are defined */
	const WalUsage *wal;		/* NULL with buffers */
} PaFailure;

/* Hash of a shape (it picks the partition) and of a whole key. */
extern uint32 pa_store_shape_hash(const PaShapeKey *shape);
extern uint32 pa_store_key_hash(uint32 shape_hash, int64 planid, bool toplevel);

/*
 * Claims this backend's slab at its first statement.  False: this process
 * can't record (auxiliary process, exiting).
 */
extern bool pa_store_ready(void);

/*
 * "place" is the caller's memory of where the entry was last time; it is
 * checked, so any value is right.
 */
extern void pa_store_add_execution(const PaStatementKey *key, uint32 shape_hash, int16 *place,
								   const PaExecution *execution);
extern void pa_store_add_planning(const PaStatementKey *key, uint32 shape_hash, int16 *place,
								  double msec, int64 blks_hit, int64 blks_read);

/*
 * Counts a failure: in the statement's entry of this backend's slab, and in
 * the row of its SQLSTATE.  Takes the partition's lock and may wait for it:
 * never while an LWLock may be held, that is not before the abort callbacks.
 */
extern void pa_store_add_failure(const PaStatementKey *key, uint32 shape_hash, int16 *place,
								 const PaFailure *failure);

/* The row alone, for errors of no statement (queryid 0); needs no slab. */
extern void pa_store_add_error(const PaShapeKey *shape, uint32 shape_hash, bool toplevel,
							   const PaFailure *failure);

/*
 * Registers what is to be called when a backend exits, before its slab is
 * closed: the last chance to count.  One only.
 */
extern void pa_store_set_exit_callback(void (*callback) (void));

/*
 * What is known of a shape in the table.  Partition epochs change when
 * something was dropped there, so that what a backend remembers is void.
 */
typedef struct PaShapeState
{
	bool		has_text;
	bool		old_text;		/* which was brought before a reset */
	int			ntrees;
	int			nparams;
	uint32		trees_seen;		/* offered so far, by all backends */
	uint32		params_seen;
	int64		calls;			/* folded so far, and in our own slab */
	bool		application_known;	/* nothing is to be told of the one asked for */
} PaShapeState;

extern uint32 pa_store_epoch(uint32 shape_hash);
extern bool pa_store_shape_state(const PaShapeKey *shape, uint32 hash, const char *application,
								 PaShapeState *state);

/*
 * Each gives false only when the partition is busy: offer it again.  What
 * finds no memory is counted and settled.  "wait" is for a tree that may not
 * be seen a second time: the lock is held for microseconds.  A text brings the
 * application that runs the statement, so that this costs no second lock.
 */
extern bool pa_store_put_text(const PaShapeKey *shape, uint32 hash, const char *text, int len, int encoding,
							  const char *application);
extern bool pa_store_put_application(const PaShapeKey *shape, uint32 hash, const char *name);
extern bool pa_store_put_tree(const PaShapeKey *shape, uint32 hash, const PaStoredTree *tree, bool wait);
extern bool pa_store_has_tree(const PaShapeKey *shape, uint32 hash, const PaStoredTree *tree);
extern bool pa_store_put_params(const PaShapeKey *shape, uint32 hash, ParamListInfo params);

/* What is known of one plan. */
typedef struct PaPlanState
{
	bool		has_scans;
	bool		has_text;
	int64		samples;
	double		counted;		/* rows and loops that the last sample counted */
	double		mean_time;		/* msec an execution took; 0: not known yet */
	TimestampTz last_sample;
} PaPlanState;

extern bool pa_store_plan_state(const PaStatementKey *key, uint32 shape_hash, PaPlanState *state);

/* Makes the row of scans: predicates and identities, no counts yet. */
extern bool pa_store_put_scans(const PaStatementKey *key, uint32 shape_hash,
							   const PaScan *scans, int nscans);
extern bool pa_store_add_scan_sample(const PaStatementKey *key, uint32 shape_hash,
									 const PaPlanSample *plan, const PaScan *scans, int nscans,
									 TimestampTz now);

/*
 * The text of a plan.  False: it is not stored, because the partition is busy
 * or there is no memory.
 */
extern bool pa_store_put_plan_text(const PaStatementKey *key, uint32 shape_hash, const char *text,
								   int len, int encoding);

/*
 * Says which indexes a plan of this database contains, before its first
 * execution is counted.  False: there is no room to keep that, and this
 * execution was added to the indexes at once; say it again for each.
 */
extern bool pa_store_put_plan_indexes(int64 planid, const Oid *indexes, uint32 count);

/* Changes when plans were forgotten: they are to be put again. */
extern uint32 pa_store_plans_epoch(void);

/*
 * Executions that are not recorded use this index of this database: it is
 * watched from now on.
 */
extern void pa_store_note_unrecorded(Oid indexid, TimestampTz now);

/*
 * An index was created, by a transaction that has committed; InvalidOid: the
 * database was.  Or it was dropped.
 */
extern void pa_store_note_index(Oid dbid, Oid indexid);
extern void pa_store_forget_index(Oid dbid, Oid indexid);
extern void pa_store_forget_database(Oid dbid);

/*
 * An index was dropped whose uses another one has from now on: the partitioned
 * index that it was a part of, or the copy that "replaced" it, which counts as
 * watched for as long.
 */
extern void pa_store_bequeath_index(Oid dbid, Oid indexid, Oid heirid, bool replaced);

/* An index has uses besides those of its plans. */
extern void pa_store_credit_index(Oid dbid, Oid indexid, int64 uses, TimestampTz last_used);

/* If recovery has ended: uses of indexes count from now on. */
extern void pa_store_notice_promotion(void);

/* Some indexes were created, and it is not known which. */
extern void pa_store_forget_creations(void);

/*
 * What counting a row in a plan node and reading the clock cost, nanoseconds.
 * Private memory: measured before shared memory is there, and inherited.
 */
typedef struct PaSamplingCosts
{
	double		row;
	double		clock;
} PaSamplingCosts;

extern PaSamplingCosts pa_sampling_costs;

/*
 * Nodes are never timed when reading the clock takes longer than this,
 * nanoseconds: it would be most of what is measured.  A time stamp counter
 * takes about 25, any other source of the kernel's some 500 and more.
 */
#define PA_SLOW_CLOCK 100.0

static inline bool
pa_clock_is_slow(void)
{
	return pa_sampling_costs.clock > PA_SLOW_CLOCK;
}

/*
 * The account of what sampling costs, over all backends, msec.  What is read
 * as spent contains what is reserved.
 */
extern void pa_store_add_sampling(double spent, double busy);
extern void pa_store_reserve_sampling(double msec);
extern void pa_store_read_sampling(double *spent, double *busy);

/* Losses that collect/ counts. */
extern void pa_store_count_skipped_frame(void);
extern void pa_store_count_skipped_params(void);
extern void pa_store_count_lost_errors(int64 errors);

#endif							/* PA_STORE_STORE_WRITE_H */

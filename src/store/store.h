/*-------------------------------------------------------------------------
 *
 * store.h
 *		The store's interface for the other rooms.
 *
 * Everything that perf_advisor remembers lives in main shared memory: the
 * per-backend slabs (first tier), the partitioned table (second tier) and a
 * fixed-size DSA with texts, trees, parameters and plan details.  Writers
 * (collect/) never wait and never raise; readers get copies in their own
 * memory context.
 *
 * IDENTIFICATION
 *		src/store/store.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_STORE_STORE_H
#define PA_STORE_STORE_H

#include "nodes/params.h"
#include "nodes/pg_list.h"

#include "base/histogram.h"
#include "base/query_tree.h"
#include "base/scan.h"
#include "base/statement.h"

/* ---- set-up (called from _PG_init, preloading only) ---- */
extern void pa_store_init(void);

/* True when the library was preloaded and shared memory is attached. */
extern bool pa_store_available(void);

/* ---- readers: copies, in CurrentMemoryContext ---- */

/* One statement with its plan, both tiers merged. */
typedef struct PaStatement
{
	PaStatementKey key;
	PaCounters	counters;
	uint64		histogram[PA_HISTOGRAM_BUCKETS];
} PaStatement;

typedef struct PaStatementList
{
	int			count;
	PaStatement *items;
} PaStatementList;

/*
 * A consistent copy of all statements: nothing that ended before the call is
 * missing, nothing is counted twice.  queryid 0 is the <evicted> row.
 */
extern PaStatementList *pa_store_read_statements(void);

/* Errors of one statement and SQLSTATE. */
typedef struct PaErrorRow
{
	PaShapeKey	shape;			/* queryid 0: the error came before it had one */
	bool		toplevel;
	bool		evicted;		/* the sum of rows that had to leave */
	int			sqlstate;		/* 0: several, evicted rows only */
	int64		errors;
	double		exec_time;		/* msec */
	TimestampTz last_error;
} PaErrorRow;

typedef struct PaErrorList
{
	int			count;
	PaErrorRow *items;
} PaErrorList;

extern PaErrorList *pa_store_read_errors(void);

/*
 * Normalised text of a shape, NULL when none is stored.  The text is in the
 * encoding *encoding, which the caller converts from.
 */
extern char *pa_store_read_text(const PaShapeKey *shape, int *encoding);

/* The applications that run a shape, by application_name. */
#define PA_MAX_APPLICATIONS 8	/* names a shape */

typedef struct PaApplications
{
	int			count;
	bool		others;			/* there were more */
	char		names[PA_MAX_APPLICATIONS][NAMEDATALEN];
} PaApplications;

/*
 * count = 0: nobody has run it since the last reset, or it is not known who.
 * For filtering only: what others' sessions are called is theirs to say.
 */
extern void pa_store_read_applications(const PaShapeKey *shape, PaApplications *applications);

/* List of PaStoredTree *, empty when none is stored. */
extern List *pa_store_read_trees(const PaShapeKey *shape);

/* List of ParamListInfo (all PARAM_FLAG_CONST): the sampled vectors. */
extern List *pa_store_read_params(const PaShapeKey *shape);

/* The samples of one statement and plan, NULL when there are none. */
extern PaPlanScans *pa_store_read_scans(const PaStatementKey *key);

/* A plan's text, in *encoding; NULL when none is stored. */
extern char *pa_store_read_plan_text(const PaStatementKey *key, int *encoding);

/* Drop a stored tree that proved stale; the shape's others stay. */
extern void pa_store_drop_tree(const PaShapeKey *shape, const PaStoredTree *tree);

/* The recorded uses of one index. */
typedef struct PaIndexUse
{
	Oid			indexid;
	int64		uses;			/* executions of plans that contain it */
	double		rows;			/* that it returned in these, estimated; negative:
								 * not known */
	int64		statements;		/* with such a plan */
	TimestampTz last_used;		/* 0: not since first_seen */
	TimestampTz first_seen;		/* since when uses are counted */
} PaIndexUse;

typedef struct PaIndexUseList
{
	TimestampTz first_seen;		/* of the indexes that are not listed */
	int			count;
	PaIndexUse *items;
} PaIndexUseList;

/*
 * An index that is used without record is noted again after this time,
 * microseconds.
 */
#define PA_UNRECORDED_AGAIN ((TimestampTz) USECS_PER_SEC)

/* Of one database; exact, as statements are. */
extern PaIndexUseList *pa_store_read_index_uses(Oid dbid);

/* OidList: the indexes that a plan contains, of a very large one the first. */
extern List *pa_store_read_plan_indexes(Oid dbid, int64 planid);

typedef struct PaStoreInfo
{
	TimestampTz stats_reset;
	int64		dealloc;		/* entries evicted since the reset */
	int64		entries;		/* statement and plan entries in the table */
	int64		max_entries;
	int64		shapes;			/* statements in the table */
	int64		text_memory_used;	/* bytes */
	int64		text_memory_limit;	/* bytes */
	int64		calls_lost;		/* no room even for an <evicted> row */
	int64		texts_skipped;	/* no memory for text, tree, params or plan */
	int64		contended;		/* detail skipped: partition was busy */
	int64		torn_reads;		/* slab copies taken while being written */
	int64		frames_skipped; /* statements not counted: nested too deep */
	int64		params_skipped; /* vectors with values that can't be kept */
	int64		error_rows_evicted; /* rows of errors summed to <evicted> ones */
	int64		errors_lost;	/* failures that were not counted */
	int64		slab_entries;	/* per backend */
	int			index_plans;	/* whose indexes are known */
	int			max_index_plans;
	int			index_rows;		/* with uses that no statement has any more */
	int			max_index_rows;
	TimestampTz index_uses_forgotten;	/* 0: none were */
	double		sampling_spent; /* msec, all backends, since the reset */
	double		sampling_busy;	/* msec of own execution time likewise */
	double		cost_of_row;	/* nanoseconds, of counting one in a node */
	double		cost_of_clock;	/* nanoseconds, of reading it */
} PaStoreInfo;

extern void pa_store_read_info(PaStoreInfo *info);

/* ---- maintenance ---- */

/*
 * Forgets what matches: parts of the key that are 0 match all.  Gives the
 * time of the reset; 0, and nothing is done, when too many resets of single
 * statements wait for sessions that have been idle since.
 */
extern TimestampTz pa_store_reset(const PaShapeKey *key, bool minmax_only);

/* ---- other servers ---- */

/* When a foreign server could not be reached, 0 for never; noted by any session. */
extern TimestampTz pa_store_unreachable_at(Oid dbid, Oid serverid);
extern void pa_store_note_unreachable(Oid dbid, Oid serverid, TimestampTz at);

/*
 * Standbys that are connected: the launcher notes them, and the most that there
 * were within the window of unused indexes are remembered.  One that is being
 * restarted is still one.
 */
extern void pa_store_note_standbys(int64 count);
extern int64 pa_store_remembered_standbys(void);

/* ---- the file that keeps the store over a restart ---- */

/* This process is the one that saves, from now until it exits. */
extern void pa_store_saver_begin(void);

/* Somebody waits for a save. */
extern bool pa_store_saver_asked(void);

/* Something was recorded since the last save that worked. */
extern bool pa_store_changed(void);

/*
 * Saves; trouble is logged once, and shown by pa_store_read_saving().  False
 * when all was reset meanwhile and it is to be tried again.
 */
extern bool pa_store_save(void);

typedef enum PaSaveResult
{
	PA_SAVE_DONE,
	PA_SAVE_FAILED,				/* see pa_store_read_saving() */
	PA_SAVE_NO_LAUNCHER
} PaSaveResult;

/* Has the launcher save, and waits for it; interruptible. */
extern PaSaveResult pa_store_ask_for_save(void);

typedef struct PaStoreSaving
{
	int			launcher_pid;	/* 0: there is none */
	const char *file;			/* relative to the data directory */
	TimestampTz saved_at;		/* 0: not since the start */
	int64		saved_size;		/* bytes */
	TimestampTz failed_at;		/* 0: the last attempt did not fail */
	int			error;			/* errno of that */
	TimestampTz loaded_from;	/* 0: nothing was loaded at the start */
	int64		loaded_statements;
	char	   *rejected;		/* why the file was set aside, or NULL */
} PaStoreSaving;

extern void pa_store_read_saving(PaStoreSaving *saving);

#include "store/store_write.h"

#endif							/* PA_STORE_STORE_H */

/*-------------------------------------------------------------------------
 *
 * detail.h
 *		Inside collect/: sampled detail and what is kept for planning again.
 *
 * IDENTIFICATION
 *		src/collect/detail.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COLLECT_DETAIL_H
#define PA_COLLECT_DETAIL_H

#include "collect/budget.h"
#include "collect/frames.h"

/* execution.c, utility.c: what their hooks left by an error */
extern void pa_execution_record(PaFrame *frame, EState *estate);
extern PaFrame *pa_span_failed(PaSpan *span);
extern void pa_utility_leave(PaUtility *utility);
extern void pa_utility_measure(PaUtility *utility, instr_time *elapsed);

/* errors.c: what does not end well */
extern bool pa_errors_unsettled;	/* something waits for pa_errors_settle() */
extern void pa_errors_count_frame(PaFrame *frame);
extern void pa_errors_settle(void);
extern void pa_errors_end_session(void);

/* sample.c: which executions are looked at */
extern void pa_sample_choose(PaFrame *frame, PaSeenShape *seen, QueryDesc *query_desc, bool repeated);
extern pg_attribute_cold void pa_sample_read(PaFrame *frame, QueryDesc *query_desc);
extern pg_attribute_cold void pa_sample_abandon(const PaFrame *frame);
extern pg_attribute_cold void pa_sample_describe(PaFrame *frame, QueryDesc *query_desc);

/* nodes.c: what the nodes of a plan say */
#define PA_MAX_SCANS 64			/* scan nodes a plan; more are left out */

typedef struct PaNodeWalk
{
	bool		counted;		/* read the counters */
	bool		described;		/* serialize the predicates */
	int			nscans;
	PaPlanSample plan;
	PaScan		scans[PA_MAX_SCANS];
} PaNodeWalk;

extern PaNodeWalk pa_walk;

extern void pa_nodes_describe(QueryDesc *query_desc);
extern void pa_nodes_read(QueryDesc *query_desc, bool partial);
extern double pa_nodes_expected(const Plan *plan, double loops);

/* plan_indexes.c: which indexes a plan contains */
extern pg_attribute_cold void pa_plan_indexes_put(PaSeenShape *seen, int64 planid, const PlannedStmt *pstmt);
extern pg_attribute_cold void pa_plan_indexes_put_again(int64 planid, const PlannedStmt *pstmt);

/* objects.c: indexes and databases that come and go */
extern bool pa_objects_changed; /* something waits for pa_objects_settle() */
extern void pa_objects_settle(XactEvent event);
extern void pa_objects_undo(SubTransactionId since);

/* index_heirs.c: who has the uses of an index that goes */
extern List *pa_indexes_below(Oid relid);
extern Oid	pa_partitioned_index_of(Oid indexid);
extern Oid	pa_index_copy_of(Oid indexid);

/* plan_text.c */
extern pg_attribute_cold void pa_plan_text_take(PaFrame *frame, QueryDesc *query_desc);

/* params.c: parameter vectors */
extern pg_attribute_cold void pa_params_take(const PaShapeKey *shape, uint32 hash, ParamListInfo params);

/* predicate.c: a scan's filter without its constants */
extern char *pa_predicate_serialize(List *quals, Index scanrelid);

/* trees.c: query trees */
extern void pa_trees_init(void);
extern void pa_trees_offer(PaSeenShape *seen, Query *parse, bool planned_once);

/* utility.c: EXECUTE and PREPARE */
extern bool pa_utility_is_transparent(const Node *statement);

/* parse.c: texts */
extern pg_attribute_cold void pa_text_backfill(PaSeenShape *seen, const char *source, int location, int len);
extern void pa_text_of_inner_query(PaSeenShape *seen, const char *query_string,
								   const JumbleState *jstate);
extern bool pa_text_parsed_now(const char *query_string);
extern bool pa_text_is_about_secrets(const Node *statement);

#endif							/* PA_COLLECT_DETAIL_H */

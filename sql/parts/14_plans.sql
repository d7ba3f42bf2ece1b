--
-- Plans: how statements were executed
--
CREATE FUNCTION perf_advisor.plans(
	IN showtext boolean,
	OUT userid oid,
	OUT dbid oid,
	OUT toplevel bool,
	OUT queryid bigint,
	OUT planid bigint,
	OUT is_current bool,
	OUT first_seen timestamp with time zone,
	OUT last_seen timestamp with time zone,
	OUT calls int8,
	OUT total_exec_time float8,
	OUT min_exec_time float8,
	OUT max_exec_time float8,
	OUT mean_exec_time float8,
	OUT stddev_exec_time float8,
	OUT p95_exec_time float8,
	OUT exec_time_pct float8,
	OUT plans int8,
	OUT total_plan_time float8,
	OUT rows int8,
	OUT generic_plan_calls int8,
	OUT custom_plan_calls int8,
	OUT sampled_calls int8,
	OUT rows_estimated float8,
	OUT rows_actual float8,
	OUT max_misestimate float8,
	OUT max_misestimate_node text,
	OUT max_misestimate_node_id int8,
	OUT max_hash_batches int8,
	OUT max_sort_spill int8,
	OUT max_node_time float8,
	OUT max_node_time_node text,
	OUT plan text
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_plans_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION perf_advisor.plans(boolean) IS 'Rows of the view perf_advisor.plans; with showtext = false plan is NULL, which is cheaper.';

CREATE VIEW perf_advisor.plans AS
SELECT
	p.userid,
	p.dbid,
	p.toplevel,
	p.queryid,
	p.planid,
	p.is_current,
	p.first_seen,
	p.last_seen,
	p.calls,
	p.total_exec_time,
	p.min_exec_time,
	p.max_exec_time,
	p.mean_exec_time,
	p.stddev_exec_time,
	p.p95_exec_time,
	p.exec_time_pct,
	p.plans,
	p.total_plan_time,
	p.rows,
	p.generic_plan_calls,
	p.custom_plan_calls,
	p.sampled_calls,
	p.rows_estimated,
	p.rows_actual,
	p.max_misestimate,
	p.max_misestimate_node,
	p.max_misestimate_node_id,
	p.max_hash_batches,
	p.max_sort_spill,
	p.max_node_time,
	p.max_node_time_node,
	p.plan
FROM perf_advisor.plans(true) AS p;

COMMENT ON VIEW perf_advisor.plans IS 'One row for each plan with which a statement was executed, by user, database and nesting, of all databases. More than one row for a statement: its plan changed, or depends on the values. Utility statements have no plan and no row.';
COMMENT ON COLUMN perf_advisor.plans.userid IS 'User who ran the statement, pg_authid.oid.';
COMMENT ON COLUMN perf_advisor.plans.dbid IS 'Database it was run in, pg_database.oid.';
COMMENT ON COLUMN perf_advisor.plans.toplevel IS 'True: sent by a client; false: run inside a function, trigger or other statement.';
COMMENT ON COLUMN perf_advisor.plans.queryid IS 'The statement, as in perf_advisor.statements. NULL in rows of other users without pg_read_all_stats.';
COMMENT ON COLUMN perf_advisor.plans.planid IS 'Identifies the plan by its structure: nodes, relations, indexes, join order; no costs, no constants. NULL: all plans beyond the 20 that a statement may have, together; and in rows of other users without pg_read_all_stats.';
COMMENT ON COLUMN perf_advisor.plans.is_current IS 'True for the plan that was executed last of this statement''s plans. It is the one with last_planid in perf_advisor.statements.';
COMMENT ON COLUMN perf_advisor.plans.first_seen IS 'When it was first executed since the last reset. NULL: planned, but not executed yet.';
COMMENT ON COLUMN perf_advisor.plans.last_seen IS 'When it was last executed. A plan that was not seen for long is one that another has replaced.';
COMMENT ON COLUMN perf_advisor.plans.calls IS 'Times the statement was executed with this plan.';
COMMENT ON COLUMN perf_advisor.plans.total_exec_time IS 'Time spent executing it, in ms.';
COMMENT ON COLUMN perf_advisor.plans.min_exec_time IS 'Shortest execution, in ms.';
COMMENT ON COLUMN perf_advisor.plans.max_exec_time IS 'Longest execution, in ms.';
COMMENT ON COLUMN perf_advisor.plans.mean_exec_time IS 'Mean execution time, in ms. Compare it between the plans of one statement: one that is much slower than another asks for fresh statistics or an index.';
COMMENT ON COLUMN perf_advisor.plans.stddev_exec_time IS 'Standard deviation of the execution time, in ms.';
COMMENT ON COLUMN perf_advisor.plans.p95_exec_time IS 'Time within which 95 % of the executions ended, in ms; exact to 19 %. NULL: not executed yet.';
COMMENT ON COLUMN perf_advisor.plans.exec_time_pct IS 'total_exec_time as a share of that of all rows of this view, 0-100.';
COMMENT ON COLUMN perf_advisor.plans.plans IS 'Times the planner made this plan; 0 when perf_advisor.track_planning is off. Less than calls: it was cached.';
COMMENT ON COLUMN perf_advisor.plans.total_plan_time IS 'Time spent making it, in ms.';
COMMENT ON COLUMN perf_advisor.plans.rows IS 'Rows that it retrieved or affected, all calls together.';
COMMENT ON COLUMN perf_advisor.plans.generic_plan_calls IS 'Of the calls, those that used it as a generic plan: cached, for any values of the parameters. Neither this nor custom: sent as text, or dynamic SQL.';
COMMENT ON COLUMN perf_advisor.plans.custom_plan_calls IS 'Of the calls, those that used it as a custom plan: made for the values at hand.';
COMMENT ON COLUMN perf_advisor.plans.sampled_calls IS 'Of the calls, how many were sampled to count rows. The next nine columns are of these, and NULL when it is 0.';
COMMENT ON COLUMN perf_advisor.plans.rows_estimated IS 'Rows of one execution that the planner expected of the plan''s top node, or of the node below a modification; the last sample''s.';
COMMENT ON COLUMN perf_advisor.plans.rows_actual IS 'Rows of one execution that it gave, the mean of the sampled calls.';
COMMENT ON COLUMN perf_advisor.plans.max_misestimate IS 'The largest factor, 1 or more, by which a node gave more or fewer rows than the planner expected, per loop. Above 10: ANALYZE the table, or look for correlated columns (CREATE STATISTICS). Nodes that a LIMIT, a cursor or an EXISTS may stop early count only when they gave more. NULL: no node was judged.';
COMMENT ON COLUMN perf_advisor.plans.max_misestimate_node IS 'The node with the largest factor, such as Seq Scan on orders. NULL when every node gave what was expected, and in rows of other users without pg_read_all_stats.';
COMMENT ON COLUMN perf_advisor.plans.max_misestimate_node_id IS 'Its number in the plan, counted from 0 at the top in the order of the plan''s text without sub-plans; tells nodes of the same name apart.';
COMMENT ON COLUMN perf_advisor.plans.max_hash_batches IS 'Most batches that a hash join or hash aggregate needed. Above 1: it did not fit into work_mem * hash_mem_multiplier. NULL: nothing was hashed.';
COMMENT ON COLUMN perf_advisor.plans.max_sort_spill IS 'Most bytes that a sort wrote to disk because it did not fit into work_mem; 0: none did.';
COMMENT ON COLUMN perf_advisor.plans.max_node_time IS 'Time that the slowest node took by itself, without the nodes below it, in one execution, in ms: the most of the executions whose nodes were timed. Workers of a parallel plan are summed. NULL: none was timed, see perf_advisor.node_timing.';
COMMENT ON COLUMN perf_advisor.plans.max_node_time_node IS 'That node, such as Sort or Seq Scan on orders. NULL when max_node_time is, and in rows of other users without pg_read_all_stats.';
COMMENT ON COLUMN perf_advisor.plans.plan IS 'The plan as EXPLAIN shows it, of the first execution whose text was made, with its literals; from the statement''s second execution on. At most 16 kB. NULL: not made yet, no memory, values of more than 64 kB in it, perf_advisor.track_parameters is off, or perf_advisor.overhead_budget is used up. <insufficient privilege> for other users without pg_read_all_stats.';

-- Numbers are everybody's; queryids, planids and texts are NULL or hidden for those
-- who may not see them.
GRANT SELECT ON perf_advisor.plans TO PUBLIC;

--
-- What an index is needed for: planned without it
--

CREATE TABLE perf_advisor.drop_impact (
	indexrelid oid PRIMARY KEY,
	computed_at timestamptz NOT NULL,
	statements bigint NOT NULL,
	unplanned bigint NOT NULL,
	est_lost_time float8 NOT NULL,
	est_lost_pct float8
);

COMMENT ON TABLE perf_advisor.drop_impact IS 'One row for each index that perf_advisor.simulate_drop() was called for: what it found last. Rows of indexes that are gone are removed at the next call. Views never write to it, a standby cannot. Not dumped by pg_dump, which does not keep OIDs.';
COMMENT ON COLUMN perf_advisor.drop_impact.indexrelid IS 'The index, pg_class.oid.';
COMMENT ON COLUMN perf_advisor.drop_impact.computed_at IS 'When it was called.';
COMMENT ON COLUMN perf_advisor.drop_impact.statements IS 'Recorded statements that would fail or get another plan without the index.';
COMMENT ON COLUMN perf_advisor.drop_impact.unplanned IS 'Statements that read the table and could not be planned again: nothing is known of those.';
COMMENT ON COLUMN perf_advisor.drop_impact.est_lost_time IS 'Execution time that the drop would cost to those that could be planned, in ms a day.';
COMMENT ON COLUMN perf_advisor.drop_impact.est_lost_pct IS 'The same as a share of what all recorded statements of this database take, in per cent; over 100 where it would more than double that. NULL: some statements could not be planned.';

GRANT SELECT ON perf_advisor.drop_impact TO pg_monitor;

CREATE FUNCTION perf_advisor.simulate_drop(
	index regclass,
	OUT kind text,
	OUT userid oid,
	OUT queryid bigint,
	OUT query text,
	OUT calls bigint,
	OUT mean_exec_time float8,
	OUT cost_before float8,
	OUT cost_after float8,
	OUT est_lost_time float8,
	OUT est_lost_pct float8,
	OUT plan_change text,
	OUT used_instead text[],
	OUT reason text
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_simulate_drop_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE ROWS 10;
COMMENT ON FUNCTION perf_advisor.simulate_drop(regclass) IS 'What would happen without this index; nothing is dropped or executed. First a row for each thing that it is there for besides plans (kind constraint, unique_index, replica_identity, foreign_key_target, foreign_key, apply, clustered, partition, invalid), then one for each recorded statement that reads it or gets another plan (kind statement, uniqueness, statistics, on_conflict), or could not be planned (not_planned), with the planner''s cost with and without the index, the time lost in ms a day if time grows as the cost does, the change of the plan and the indexes used instead; at the end a row of kind total. A partitioned index is judged with all its partitions. The total is kept in perf_advisor.drop_impact, except on a standby and in a read-only transaction.';

-- It is about everybody's statements.
REVOKE ALL ON FUNCTION perf_advisor.simulate_drop(regclass) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION perf_advisor.simulate_drop(regclass) TO pg_monitor;

--
-- Missing indexes
--

CREATE FUNCTION perf_advisor.missing_indexes(
	OUT finding_id bigint,
	OUT schemaname name,
	OUT relname name,
	OUT relid oid,
	OUT index_ddl text,
	OUT ddl_script text,
	OUT access_method text,
	OUT key_columns text[],
	OUT include_columns text[],
	OUT predicate text,
	OUT queryids bigint[],
	OUT calls bigint,
	OUT total_exec_time float8,
	OUT cost_before float8,
	OUT cost_after float8,
	OUT est_saved_time float8,
	OUT est_saved_pct float8,
	OUT est_index_size bigint,
	OUT table_size bigint,
	OUT write_cost_ratio float8,
	OUT hot_loss_pct float8,
	OUT verified text,
	OUT replaces text,
	OUT reason text,
	OUT caveats text[],
	OUT confidence text,
	OUT watched_for interval
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_missing_indexes_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.missing_indexes() IS 'Rows of the view perf_advisor.missing_indexes. Plans this database''s heaviest statements again with indexes that do not exist, for at most perf_advisor.advisor_deadline.';

CREATE VIEW perf_advisor.missing_indexes AS
SELECT
	m.finding_id,
	m.schemaname,
	m.relname,
	m.relid,
	m.index_ddl,
	m.ddl_script,
	m.access_method,
	m.key_columns,
	m.include_columns,
	m.predicate,
	m.queryids,
	m.calls,
	m.total_exec_time,
	m.cost_before,
	m.cost_after,
	m.est_saved_time,
	m.est_saved_pct,
	m.est_index_size,
	m.table_size,
	m.write_cost_ratio,
	m.hot_loss_pct,
	m.verified,
	m.replaces,
	m.reason,
	m.caveats,
	m.confidence,
	m.watched_for
FROM perf_advisor.missing_indexes() AS m;

COMMENT ON VIEW perf_advisor.missing_indexes IS 'One row for each index worth creating in this database, largest saving first; computed anew on each read. An index that exists, or is the beginning of one that exists, is never listed: create it and the row is gone. No row: nothing would help much, or the statements were not seen twice yet, see perf_advisor.advisor_skipped.';
COMMENT ON COLUMN perf_advisor.missing_indexes.finding_id IS 'The same number for the same table and index, whatever the index would be called; for perf_advisor.explain_missing_index() and perf_advisor.acknowledge().';
COMMENT ON COLUMN perf_advisor.missing_indexes.schemaname IS 'Schema of the table.';
COMMENT ON COLUMN perf_advisor.missing_indexes.relname IS 'Name of the table.';
COMMENT ON COLUMN perf_advisor.missing_indexes.relid IS 'The table, pg_class.oid.';
COMMENT ON COLUMN perf_advisor.missing_indexes.index_ddl IS 'The statement that creates it, under a name that is free; run it as it is, outside a transaction.';
COMMENT ON COLUMN perf_advisor.missing_indexes.ddl_script IS 'For a partitioned table: the statements that build it partition by partition without blocking writes, for psql -f. NULL where index_ddl is enough.';
COMMENT ON COLUMN perf_advisor.missing_indexes.access_method IS 'btree, gin, gist, brin or hash.';
COMMENT ON COLUMN perf_advisor.missing_indexes.key_columns IS 'Its columns, or expressions, in order; directions and operator classes stand in index_ddl.';
COMMENT ON COLUMN perf_advisor.missing_indexes.include_columns IS 'Columns to carry along with INCLUDE, so that the table itself need not be read; empty if there are none.';
COMMENT ON COLUMN perf_advisor.missing_indexes.predicate IS 'WHERE clause of a partial index; NULL: all rows.';
COMMENT ON COLUMN perf_advisor.missing_indexes.queryids IS 'The statements that would use it and gain, most time first; see perf_advisor.statements.';
COMMENT ON COLUMN perf_advisor.missing_indexes.calls IS 'Calls of those statements.';
COMMENT ON COLUMN perf_advisor.missing_indexes.total_exec_time IS 'Execution time of those statements, in ms.';
COMMENT ON COLUMN perf_advisor.missing_indexes.cost_before IS 'The planner''s cost of one call today, in its own units: mean of those statements, weighted by calls.';
COMMENT ON COLUMN perf_advisor.missing_indexes.cost_after IS 'The same with all indexes of this view in place. The planner''s estimate, not a measurement.';
COMMENT ON COLUMN perf_advisor.missing_indexes.est_saved_time IS 'Execution time that it would save, in ms a day, if time falls as the cost does: what was seen in watched_for, or in an hour if that is shorter, scaled to 24 hours. A statement that needs several indexes counts in equal parts, so rows can be added up.';
COMMENT ON COLUMN perf_advisor.missing_indexes.est_saved_pct IS 'The same as a share of what these statements take as they are run now, 0-100.';
COMMENT ON COLUMN perf_advisor.missing_indexes.est_index_size IS 'Its size when built, estimated from the table''s statistics, in bytes.';
COMMENT ON COLUMN perf_advisor.missing_indexes.table_size IS 'Size of the table today, without indexes and TOAST, in bytes.';
COMMENT ON COLUMN perf_advisor.missing_indexes.write_cost_ratio IS 'What writing to the table would take with it, as a multiple of what it takes now, from the rows that were really written; 1: nothing.';
COMMENT ON COLUMN perf_advisor.missing_indexes.hot_loss_pct IS 'Share of today''s HOT updates that it would end, because they set one of its columns, 0-100.';
COMMENT ON COLUMN perf_advisor.missing_indexes.verified IS 'hypothetical: the planner chose it in real plans of those statements, as if it existed.';
COMMENT ON COLUMN perf_advisor.missing_indexes.replaces IS 'An existing index that it makes redundant, with its schema; drop it when the new one is there. NULL: none.';
COMMENT ON COLUMN perf_advisor.missing_indexes.reason IS 'Why, in a sentence.';
COMMENT ON COLUMN perf_advisor.missing_indexes.caveats IS 'What speaks against trusting the figures; empty if nothing does.';
COMMENT ON COLUMN perf_advisor.missing_indexes.confidence IS 'high: at least 100 calls in a day or more, planned with the values that were used. low: under 10 calls, the deadline was hit, or the gain depends on where matching rows lie. Else medium.';
COMMENT ON COLUMN perf_advisor.missing_indexes.watched_for IS 'How long those statements have been recorded.';

CREATE FUNCTION perf_advisor.advisor_skipped(
	OUT userid oid,
	OUT queryid bigint,
	OUT reason text,
	OUT calls bigint,
	OUT total_exec_time float8,
	OUT query text
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_advisor_skipped_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.advisor_skipped() IS 'Rows of the view perf_advisor.advisor_skipped. Runs the index advisor as perf_advisor.missing_indexes does.';

CREATE VIEW perf_advisor.advisor_skipped AS
SELECT
	s.userid,
	s.queryid,
	s.reason,
	s.calls,
	s.total_exec_time,
	s.query
FROM perf_advisor.advisor_skipped() AS s;

COMMENT ON VIEW perf_advisor.advisor_skipped IS 'One row for each statement of this database that the index advisor could not plan again, or not in full, most time first. Statements called once, utility statements and statements about perf_advisor itself are not wanted. A statement that is not here was looked at: no row of perf_advisor.missing_indexes then means that no index would help it much.';
COMMENT ON COLUMN perf_advisor.advisor_skipped.userid IS 'The user who ran it, pg_authid.oid.';
COMMENT ON COLUMN perf_advisor.advisor_skipped.queryid IS 'The statement, see perf_advisor.statements.';
COMMENT ON COLUMN perf_advisor.advisor_skipped.reason IS 'Why it was not planned again, or which of its tables got no advice and why.';
COMMENT ON COLUMN perf_advisor.advisor_skipped.calls IS 'Its calls.';
COMMENT ON COLUMN perf_advisor.advisor_skipped.total_exec_time IS 'Its execution time, in ms.';
COMMENT ON COLUMN perf_advisor.advisor_skipped.query IS 'Its normalised text, as in perf_advisor.statements.';

-- Advice is about everybody's statements.
REVOKE ALL ON FUNCTION perf_advisor.missing_indexes() FROM PUBLIC;
REVOKE ALL ON FUNCTION perf_advisor.advisor_skipped() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION perf_advisor.missing_indexes() TO pg_monitor;
GRANT EXECUTE ON FUNCTION perf_advisor.advisor_skipped() TO pg_monitor;
GRANT SELECT ON perf_advisor.missing_indexes TO pg_monitor;
GRANT SELECT ON perf_advisor.advisor_skipped TO pg_monitor;

--
-- The index advisor with a wish, and what a piece of its advice rests on
--

CREATE FUNCTION perf_advisor.advise_indexes(
	queryid bigint DEFAULT NULL,
	storage_budget bigint DEFAULT NULL,
	deadline interval DEFAULT '5 s'
)
RETURNS SETOF perf_advisor.missing_indexes
AS 'MODULE_PATHNAME', 'pa_advise_indexes_1_0'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.advise_indexes(bigint, bigint, interval) IS 'Rows as in perf_advisor.missing_indexes: for one statement or all, of indexes that take at most storage_budget bytes together, found before the deadline; NULL: all statements, no limit, perf_advisor.advisor_deadline. Records in perf_advisor.finding_state what was advised and what became of earlier advice, except on a standby and in a read-only transaction.';

CREATE FUNCTION perf_advisor.explain_missing_index(
	finding_id bigint,
	OUT queryid bigint,
	OUT query text,
	OUT calls bigint,
	OUT cost_before float8,
	OUT cost_after float8,
	OUT est_saved_time float8,
	OUT plan_before text,
	OUT plan_after text
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_explain_missing_index_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.explain_missing_index(bigint) IS 'One row for each statement that an index of perf_advisor.missing_indexes is for: its costs, the saving in ms a day, and the plans for one set of its sampled parameter values without and with the advised indexes. An error when no such index is advised now.';

-- Advice is about everybody's statements.
REVOKE ALL ON FUNCTION perf_advisor.advise_indexes(bigint, bigint, interval) FROM PUBLIC;
REVOKE ALL ON FUNCTION perf_advisor.explain_missing_index(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION perf_advisor.advise_indexes(bigint, bigint, interval) TO pg_monitor;
GRANT EXECUTE ON FUNCTION perf_advisor.explain_missing_index(bigint) TO pg_monitor;

--
-- Histograms: how the execution times of each statement are spread
--
CREATE FUNCTION perf_advisor.statement_histogram(
	OUT userid oid,
	OUT dbid oid,
	OUT toplevel bool,
	OUT queryid bigint,
	OUT bucket int8,
	OUT lower_ms float8,
	OUT upper_ms float8,
	OUT calls int8,
	OUT cumulative_calls int8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_statement_histogram_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION perf_advisor.statement_histogram() IS 'Rows of the view perf_advisor.statement_histogram.';

CREATE VIEW perf_advisor.statement_histogram AS
SELECT
	h.userid,
	h.dbid,
	h.toplevel,
	h.queryid,
	h.bucket,
	h.lower_ms,
	h.upper_ms,
	h.calls,
	h.cumulative_calls
FROM perf_advisor.statement_histogram() AS h;

COMMENT ON VIEW perf_advisor.statement_histogram IS 'One row for each statement of perf_advisor.statements and each range of execution times that some call of it fell into; ranges without calls are left out. The ranges are the same for all statements, so histograms can be added up. Two humps: look whether its plan or its parameters differ.';
COMMENT ON COLUMN perf_advisor.statement_histogram.userid IS 'User who ran the statement, as in perf_advisor.statements.';
COMMENT ON COLUMN perf_advisor.statement_histogram.dbid IS 'Database it ran in, pg_database.oid.';
COMMENT ON COLUMN perf_advisor.statement_histogram.toplevel IS 'True: sent by the client. False: nested in another statement.';
COMMENT ON COLUMN perf_advisor.statement_histogram.queryid IS 'The statement, as in perf_advisor.statements: 0 in the <evicted> rows, NULL for statements of other users without pg_read_all_stats.';
COMMENT ON COLUMN perf_advisor.statement_histogram.bucket IS 'Number of the range, 0 to 127: the first ends at 1 microsecond, each further one 19 per cent (2^(1/4)) above the one before.';
COMMENT ON COLUMN perf_advisor.statement_histogram.lower_ms IS 'Calls in this range took more than this, in ms.';
COMMENT ON COLUMN perf_advisor.statement_histogram.upper_ms IS 'Calls in this range took at most this, in ms; Infinity in the last range.';
COMMENT ON COLUMN perf_advisor.statement_histogram.calls IS 'Calls in this range. Their sum over the ranges is perf_advisor.statements.calls.';
COMMENT ON COLUMN perf_advisor.statement_histogram.cumulative_calls IS 'Calls in this range and all faster ones: calls that took at most upper_ms.';

-- Numbers of everybody are open, as in perf_advisor.statements.
GRANT SELECT ON perf_advisor.statement_histogram TO PUBLIC;

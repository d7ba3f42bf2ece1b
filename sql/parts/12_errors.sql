--
-- Errors of statements
--

CREATE FUNCTION perf_advisor.statement_errors(
	OUT userid oid,
	OUT dbid oid,
	OUT toplevel bool,
	OUT queryid bigint,
	OUT query text,
	OUT sqlstate text,
	OUT errors int8,
	OUT error_exec_time float8,
	OUT last_error timestamp with time zone
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_statement_errors_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION perf_advisor.statement_errors() IS 'Rows of the view perf_advisor.statement_errors.';

CREATE VIEW perf_advisor.statement_errors AS
SELECT
	e.userid,
	e.dbid,
	e.toplevel,
	e.queryid,
	e.query,
	e.sqlstate,
	e.errors,
	e.error_exec_time,
	e.last_error
FROM perf_advisor.statement_errors() AS e;

COMMENT ON VIEW perf_advisor.statement_errors IS 'One row for each statement (userid, dbid, queryid, toplevel) of all databases and SQLSTATE that it failed with, most errors first. Errors that a function caught count, too.';
COMMENT ON COLUMN perf_advisor.statement_errors.userid IS 'User who ran the statement. 0: the sum of evicted rows of several users.';
COMMENT ON COLUMN perf_advisor.statement_errors.dbid IS 'Database it ran in, pg_database.oid. 0 as userid.';
COMMENT ON COLUMN perf_advisor.statement_errors.toplevel IS 'True: sent by the client. False: run inside a function, procedure, DO block, trigger or foreign-key check.';
COMMENT ON COLUMN perf_advisor.statement_errors.queryid IS 'The statement, as in perf_advisor.statements. NULL when the error came before it had one (syntax, unknown names, in an aborted transaction) or between statements, and for statements of other users without pg_read_all_stats. 0 in the <evicted> rows.';
COMMENT ON COLUMN perf_advisor.statement_errors.query IS 'Text of the statement, as in perf_advisor.statements. NULL for errors without a queryid and for statements that were evicted; <evicted> for the sum of rows that had to leave.';
COMMENT ON COLUMN perf_advisor.statement_errors.sqlstate IS 'Error code, see the appendix "PostgreSQL Error Codes" of its documentation. NULL in the row that sums what found no other place.';
COMMENT ON COLUMN perf_advisor.statement_errors.errors IS 'Times it failed so. An error that passes through several nested statements counts once for each.';
COMMENT ON COLUMN perf_advisor.statement_errors.error_exec_time IS 'Time spent in these calls (or plannings) until they failed, in ms, nested statements included; not in total_exec_time of perf_advisor.statements.';
COMMENT ON COLUMN perf_advisor.statement_errors.last_error IS 'When it failed so last.';

GRANT SELECT ON perf_advisor.statement_errors TO PUBLIC;

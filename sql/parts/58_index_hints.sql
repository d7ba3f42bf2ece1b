--
-- Where something else than an index is missing
--

CREATE FUNCTION perf_advisor.index_hints(
	OUT kind text,
	OUT schemaname name,
	OUT relname name,
	OUT relid oid,
	OUT column_name text,
	OUT queryids bigint[],
	OUT calls bigint,
	OUT total_exec_time float8,
	OUT severity text,
	OUT hint text,
	OUT fix text
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_index_hints_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.index_hints() IS 'Rows of the view perf_advisor.index_hints. Plans this database''s heaviest statements again, for at most perf_advisor.advisor_deadline.';

CREATE VIEW perf_advisor.index_hints AS
SELECT
	h.kind,
	h.schemaname,
	h.relname,
	h.relid,
	h.column_name,
	h.queryids,
	h.calls,
	h.total_exec_time,
	h.severity,
	h.hint,
	h.fix
FROM perf_advisor.index_hints() AS h;

COMMENT ON VIEW perf_advisor.index_hints IS 'One row for each table and reason for which no index can serve statements as they are, most time first: a condition to be written differently, a setting, an index to be rebuilt, a table to be analyzed. At the end, for information, foreign keys without an index that no statement looks for. Computed anew on each read.';
COMMENT ON COLUMN perf_advisor.index_hints.kind IS 'cast, expression, arithmetic, type, collation: the condition is written so that no index serves it. trigram: pg_trgm is missing. offset: a large OFFSET. analyze: never analyzed. invalid_index: there is one, but it is not valid. setting: there is one, and a planner setting keeps it out. foreign_key: it has no index.';
COMMENT ON COLUMN perf_advisor.index_hints.schemaname IS 'Schema of the table.';
COMMENT ON COLUMN perf_advisor.index_hints.relname IS 'Name of the table.';
COMMENT ON COLUMN perf_advisor.index_hints.relid IS 'The table, pg_class.oid.';
COMMENT ON COLUMN perf_advisor.index_hints.column_name IS 'The column, or the columns of a foreign key. NULL: it is not about a column.';
COMMENT ON COLUMN perf_advisor.index_hints.queryids IS 'The statements that it is about, most time first; see perf_advisor.statements. Empty for a foreign key.';
COMMENT ON COLUMN perf_advisor.index_hints.calls IS 'Calls of those statements.';
COMMENT ON COLUMN perf_advisor.index_hints.total_exec_time IS 'Execution time of those statements, in ms.';
COMMENT ON COLUMN perf_advisor.index_hints.severity IS 'warning: something to do. info: good to know.';
COMMENT ON COLUMN perf_advisor.index_hints.hint IS 'What is wrong, in a sentence or two. Conditions are shown with the values of one execution.';
COMMENT ON COLUMN perf_advisor.index_hints.fix IS 'A statement to run, or how to write the condition, with <placeholders> for its values. NULL: nothing needs to be done now, hint says when.';

-- Conditions are parts of everybody's statements.
REVOKE ALL ON FUNCTION perf_advisor.index_hints() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION perf_advisor.index_hints() TO pg_monitor;
GRANT SELECT ON perf_advisor.index_hints TO pg_monitor;

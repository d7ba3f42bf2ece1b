--
-- A query planned with indexes that do not exist
--

CREATE FUNCTION perf_advisor.whatif(
	query text,
	ddl text[] DEFAULT '{}',
	OUT cost_before float8,
	OUT cost_after float8,
	OUT plan_before text,
	OUT plan_after text,
	OUT index_names text[],
	OUT index_used boolean[],
	OUT index_sizes bigint[]
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_whatif_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE ROWS 1;
COMMENT ON FUNCTION perf_advisor.whatif(text, text[]) IS 'One row: what the planner would do with a query of yours if the indexes of these CREATE INDEX statements existed. cost_before and plan_before without them, cost_after and plan_after with all of them; index_names, index_used (whether plan_after has it) and index_sizes (estimated bytes) in the order of ddl. $1, $2 in the query stand for any value. Nothing is created or executed; needs the privileges that EXPLAIN needs, and SELECT on the tables of ddl.';

-- Costs tell what is in a table.
REVOKE ALL ON FUNCTION perf_advisor.whatif(text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION perf_advisor.whatif(text, text[]) TO pg_monitor;

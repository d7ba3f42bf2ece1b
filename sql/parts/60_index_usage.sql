--
-- Index usage: how often recorded statements used each index
--
CREATE FUNCTION perf_advisor.index_usage(
	OUT indexrelid oid,
	OUT uses int8,
	OUT rows float8,
	OUT statements int8,
	OUT last_used timestamptz,
	OUT first_seen timestamptz,
	OUT complete bool)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_index_usage_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION perf_advisor.index_usage() IS 'What is known of the indexes of this database, for the view perf_advisor.index_usage; the row without indexrelid stands for all that have none of their own.';

CREATE VIEW perf_advisor.index_usage AS
WITH known AS MATERIALIZED (
	SELECT k.indexrelid, k.uses, k.rows, k.statements, k.last_used, k.first_seen, k.complete
	FROM perf_advisor.index_usage() AS k
)
SELECT
	n.nspname AS schemaname,
	t.relname,
	t.oid AS relid,
	i.relname AS indexrelname,
	i.oid AS indexrelid,
	coalesce(own.uses, rest.uses) AS uses,
	own.rows,
	coalesce(own.statements, rest.statements) AS statements,
	own.last_used,
	pg_catalog.pg_stat_get_numscans(i.oid) AS idx_scan,
	coalesce(own.first_seen, rest.first_seen) AS first_seen,
	coalesce(own.complete, rest.complete) AS complete
FROM pg_catalog.pg_index AS x
JOIN pg_catalog.pg_class AS i ON i.oid OPERATOR(pg_catalog.=) x.indexrelid
JOIN pg_catalog.pg_class AS t ON t.oid OPERATOR(pg_catalog.=) x.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) t.relnamespace
JOIN known AS rest ON rest.indexrelid IS NULL
LEFT JOIN known AS own ON own.indexrelid OPERATOR(pg_catalog.=) i.oid
WHERE t.relpersistence OPERATOR(pg_catalog.<>) 't'::"char"
	AND n.nspname OPERATOR(pg_catalog.<>) ALL (ARRAY['pg_catalog', 'pg_toast', 'information_schema', 'perf_advisor']::name[]);

COMMENT ON VIEW perf_advisor.index_usage IS 'One row for each index of this database, with the executions that used it by perf_advisor''s own count: those of plans that contain it, foreign-key checks included; plannings and EXPLAIN do not count. Without the library preloaded only idx_scan is known. Indexes of temporary tables, of the catalogs and of perf_advisor itself are left out.';
COMMENT ON COLUMN perf_advisor.index_usage.schemaname IS 'Schema of the table.';
COMMENT ON COLUMN perf_advisor.index_usage.relname IS 'The table.';
COMMENT ON COLUMN perf_advisor.index_usage.relid IS 'The table, pg_class.oid.';
COMMENT ON COLUMN perf_advisor.index_usage.indexrelname IS 'The index.';
COMMENT ON COLUMN perf_advisor.index_usage.indexrelid IS 'The index, pg_class.oid. Of a partitioned index: itself; its partitions'' indexes have rows of their own.';
COMMENT ON COLUMN perf_advisor.index_usage.uses IS 'Executions of plans that contain the index, failed ones included. A reset of statements leaves it alone, REINDEX CONCURRENTLY hands it to the copy. Of a partitioned index: those of partitions that were dropped or detached. NULL: the library is not preloaded.';
COMMENT ON COLUMN perf_advisor.index_usage.rows IS 'Rows that the index returned in these executions, before any further filter. An estimate, scaled from the sampled executions. NULL: none of them was sampled.';
COMMENT ON COLUMN perf_advisor.index_usage.statements IS 'Different statements (queryids) of which a recorded plan contains the index, and those evicted since the last reset; one that was evicted and came back counts again. NULL as uses.';
COMMENT ON COLUMN perf_advisor.index_usage.last_used IS 'Start of the last execution that used it. NULL: none is known.';
COMMENT ON COLUMN perf_advisor.index_usage.idx_scan IS 'Scans of it by the server''s own count, as in pg_stat_user_indexes, which also counts what the planner looks up and starts again after pg_stat_reset().';
COMMENT ON COLUMN perf_advisor.index_usage.first_seen IS 'Since when all its uses are counted: when it was created, or else when recording began or began again, or when this server was promoted, or when it was last used by something that is not recorded. NULL as uses.';
COMMENT ON COLUMN perf_advisor.index_usage.complete IS 'True: every execution since first_seen is in uses. False: recording is switched off or limited right now (perf_advisor.enabled, perf_advisor.track, compute_query_id), or the library is not preloaded.';

-- Numbers are everybody's, as in pg_stat_user_indexes.
GRANT SELECT ON perf_advisor.index_usage TO PUBLIC;

--
-- Indexes that another one makes superfluous, and indexes that are not valid
--

CREATE FUNCTION perf_advisor.redundant_indexes(
	OUT schemaname name,
	OUT relname name,
	OUT relid oid,
	OUT indexrelname name,
	OUT indexrelid oid,
	OUT covered_by text,
	OUT covered_by_relid oid,
	OUT index_size bigint,
	OUT kind text,
	OUT reason text,
	OUT fix text,
	OUT undo text,
	OUT undo_rest text
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_redundant_indexes_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.redundant_indexes() IS 'Rows of the view perf_advisor.redundant_indexes.';

CREATE VIEW perf_advisor.redundant_indexes AS
SELECT
	r.schemaname,
	r.relname,
	r.relid,
	r.indexrelname,
	r.indexrelid,
	r.covered_by,
	r.covered_by_relid,
	r.index_size,
	r.kind,
	r.reason,
	r.fix,
	r.undo,
	r.undo_rest
FROM perf_advisor.redundant_indexes() AS r;

COMMENT ON VIEW perf_advisor.redundant_indexes IS 'One row for each index of this database that another index of its table makes superfluous, largest first, and behind them those that overlap with another one. Reads the catalogs only, the library need not be preloaded. All rows with a fix can be acted on at once: covered_by is never among them.';
COMMENT ON COLUMN perf_advisor.redundant_indexes.schemaname IS 'Schema of the table.';
COMMENT ON COLUMN perf_advisor.redundant_indexes.relname IS 'Name of the table; for a tree of partitions the partitioned table.';
COMMENT ON COLUMN perf_advisor.redundant_indexes.relid IS 'The table, pg_class.oid.';
COMMENT ON COLUMN perf_advisor.redundant_indexes.indexrelname IS 'Name of the index.';
COMMENT ON COLUMN perf_advisor.redundant_indexes.indexrelid IS 'The index, pg_class.oid.';
COMMENT ON COLUMN perf_advisor.redundant_indexes.covered_by IS 'The index that does its work and stays, with its schema.';
COMMENT ON COLUMN perf_advisor.redundant_indexes.covered_by_relid IS 'The same, pg_class.oid.';
COMMENT ON COLUMN perf_advisor.redundant_indexes.index_size IS 'Size of the index with those of all partitions, in bytes.';
COMMENT ON COLUMN perf_advisor.redundant_indexes.kind IS 'duplicate: covered_by has the same keys. prefix: covered_by has these keys and more columns. overlap: for information; covered_by has the rows of this partial index and others, or is much larger than this busy one.';
COMMENT ON COLUMN perf_advisor.redundant_indexes.reason IS 'Why, and why this one of two duplicates.';
COMMENT ON COLUMN perf_advisor.redundant_indexes.fix IS 'The statement that drops it; run it as it is, outside a transaction. NULL for an overlap, and while another session has the table locked.';
COMMENT ON COLUMN perf_advisor.redundant_indexes.undo IS 'What makes the same index again; keep it before you run fix. One statement, but for a partitioned table, where it is to be run as a whole and blocks writes meanwhile.';
COMMENT ON COLUMN perf_advisor.redundant_indexes.undo_rest IS 'What is to be run after undo: the comment and the statistics targets of the index, and ANALYZE where it has expressions. NULL: nothing.';

CREATE FUNCTION perf_advisor.invalid_indexes(
	OUT schemaname name,
	OUT relname name,
	OUT relid oid,
	OUT indexrelname name,
	OUT indexrelid oid,
	OUT index_size bigint,
	OUT kind text,
	OUT reason text,
	OUT fix text,
	OUT fix_script text,
	OUT undo text,
	OUT undo_rest text
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_invalid_indexes_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.invalid_indexes() IS 'Rows of the view perf_advisor.invalid_indexes.';

CREATE VIEW perf_advisor.invalid_indexes AS
SELECT
	i.schemaname,
	i.relname,
	i.relid,
	i.indexrelname,
	i.indexrelid,
	i.index_size,
	i.kind,
	i.reason,
	i.fix,
	i.fix_script,
	i.undo,
	i.undo_rest
FROM perf_advisor.invalid_indexes() AS i;

COMMENT ON VIEW perf_advisor.invalid_indexes IS 'One row for each index of this database that no query may use because it was not built to the end, largest first. Those that another session is building or dropping at the moment are not listed. Reads the catalogs and the lock table only, the library need not be preloaded.';
COMMENT ON COLUMN perf_advisor.invalid_indexes.schemaname IS 'Schema of the table.';
COMMENT ON COLUMN perf_advisor.invalid_indexes.relname IS 'Name of the table; it may be the TOAST table of another one.';
COMMENT ON COLUMN perf_advisor.invalid_indexes.relid IS 'The table, pg_class.oid.';
COMMENT ON COLUMN perf_advisor.invalid_indexes.indexrelname IS 'Name of the index.';
COMMENT ON COLUMN perf_advisor.invalid_indexes.indexrelid IS 'The index, pg_class.oid.';
COMMENT ON COLUMN perf_advisor.invalid_indexes.index_size IS 'Size of the index with those of all partitions, in bytes.';
COMMENT ON COLUMN perf_advisor.invalid_indexes.kind IS 'build_failed: by CREATE INDEX CONCURRENTLY. reindex_failed: left behind by REINDEX CONCURRENTLY. drop_failed: DROP INDEX CONCURRENTLY did not finish. incomplete: of a partitioned table, and some partition lacks it.';
COMMENT ON COLUMN perf_advisor.invalid_indexes.reason IS 'What happened, what it costs, and which index does its work, if any.';
COMMENT ON COLUMN perf_advisor.invalid_indexes.fix IS 'What to run: drops it where another index does its work, builds it where none does. Several statements for a partitioned table, to be run as a whole. NULL: the reason says why.';
COMMENT ON COLUMN perf_advisor.invalid_indexes.fix_script IS 'For a partitioned table: the same in steps that do not block writes, for psql -f. NULL where fix does not block them.';
COMMENT ON COLUMN perf_advisor.invalid_indexes.undo IS 'What makes an index again that fix drops. NULL: fix drops nothing, or nothing that was of use.';
COMMENT ON COLUMN perf_advisor.invalid_indexes.undo_rest IS 'What is to be run after undo: the comment and the statistics targets of the index, and ANALYZE where it has expressions. NULL: nothing.';

-- Advice is about everybody's tables.
REVOKE ALL ON FUNCTION perf_advisor.redundant_indexes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION perf_advisor.redundant_indexes() TO pg_monitor;
GRANT SELECT ON perf_advisor.redundant_indexes TO pg_monitor;
REVOKE ALL ON FUNCTION perf_advisor.invalid_indexes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION perf_advisor.invalid_indexes() TO pg_monitor;
GRANT SELECT ON perf_advisor.invalid_indexes TO pg_monitor;

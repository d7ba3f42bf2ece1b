--
-- Indexes that no recorded statement uses
--

CREATE FUNCTION perf_advisor.index_duties(
	OUT indexrelid oid,
	OUT index_size bigint,
	OUT is_valid boolean,
	OUT is_primary boolean,
	OUT is_unique boolean,
	OUT is_exclusion boolean,
	OUT is_deferrable boolean,
	OUT is_replica_identity boolean,
	OUT is_clustered boolean,
	OUT is_fk_target boolean,
	OUT supports_fk boolean,
	OUT is_expression_statistics boolean,
	OUT is_apply_target boolean,
	OUT is_extension boolean,
	OUT is_ignored boolean,
	OUT table_used boolean,
	OUT fk_check_uses bigint,
	OUT entries_per_day float8,
	OUT write_time float8,
	OUT duties text
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_index_duties_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE ROWS 1000;
COMMENT ON FUNCTION perf_advisor.index_duties() IS 'What the indexes of this database are there for besides being read by plans, and what they cost, for the view perf_advisor.unused_indexes: one row for each index that is no partition of another, with the duties of its partitions.';

CREATE FUNCTION perf_advisor.index_drop(
	indexrelid oid,
	OUT fix text,
	OUT undo text,
	OUT undo_rest text
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_index_drop_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE ROWS 1;
COMMENT ON FUNCTION perf_advisor.index_drop(oid) IS 'One row: the statement that drops an index, what makes the same index again, and what then remains to be done. All NULL when it is gone, a partition of another index, or locked at this moment. Nothing is dropped.';

-- Advice, and what is written by whom, is for those who monitor.
REVOKE ALL ON FUNCTION perf_advisor.index_duties() FROM PUBLIC;
REVOKE ALL ON FUNCTION perf_advisor.index_drop(oid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION perf_advisor.index_duties() TO pg_monitor;
GRANT EXECUTE ON FUNCTION perf_advisor.index_drop(oid) TO pg_monitor;

CREATE VIEW perf_advisor.unused_indexes AS
WITH settings AS (
	SELECT coalesce(pg_catalog.current_setting('perf_advisor.unused_index_min_age', true), '35d')::interval AS min_age
),
-- an index of a partitioned table is used where one of its partitions is
own AS (
	SELECT
		p.root,
		pg_catalog.sum(u.uses)::bigint AS uses,
		pg_catalog.sum(u.idx_scan)::bigint AS idx_scan,
		pg_catalog.max(u.last_used) AS last_used,
		pg_catalog.max(u.first_seen) FILTER (WHERE u.indexrelid = p.root) AS first_seen,
		pg_catalog.bool_and(u.complete) AS complete
	FROM perf_advisor.index_usage AS u,
		LATERAL (SELECT coalesce(pg_catalog.pg_partition_root(u.indexrelid)::oid, u.indexrelid) AS root) AS p
	GROUP BY p.root
),
-- Standbys have uses of their own.
asked AS MATERIALIZED (
	SELECT n.server, n.state, n.receivers, n.indexrelid, n.uses, n.last_used, n.first_seen, n.complete
	FROM perf_advisor.node_index_usage() AS n
),
on_standbys AS (
	SELECT
		p.root,
		pg_catalog.sum(u.uses)::bigint AS uses,
		pg_catalog.max(u.last_used) AS last_used,
		pg_catalog.max(u.first_seen) FILTER (WHERE u.indexrelid = p.root) AS first_seen,
		pg_catalog.bool_and(u.complete) AS complete,
		pg_catalog.count(DISTINCT u.server) AS nodes
	FROM asked AS u,
		LATERAL (SELECT coalesce(pg_catalog.pg_partition_root(u.indexrelid)::oid, u.indexrelid) AS root) AS p
	WHERE u.indexrelid IS NOT NULL
	GROUP BY p.root
),
-- what applies the WAL, or may come back for it
receivers AS (
	SELECT pg_catalog.count(*) AS seen
	FROM pg_catalog.pg_stat_replication AS r
	FULL JOIN pg_catalog.pg_replication_slots AS s ON s.active_pid = r.pid
	WHERE s.slot_type IS DISTINCT FROM 'logical'
		AND (r.pid IS NULL OR r.replay_lsn IS NOT NULL)
),
standbys AS (
	SELECT
		a.nodes,
		a.answered,
		-- a standby may have standbys, too
		a.answered < a.nodes OR a.answered < greatest(r.seen, a.remembered) + a.receivers AS unknown
	FROM receivers AS r,
		(SELECT
			pg_catalog.count(asked.server) AS nodes,
			pg_catalog.count(*) FILTER (WHERE asked.state = 'answered') AS answered,
			coalesce(pg_catalog.sum(asked.receivers) FILTER (WHERE asked.server IS NOT NULL), 0) AS receivers,
			coalesce(pg_catalog.max(asked.receivers) FILTER (WHERE asked.server IS NULL), 0) AS remembered
		FROM asked
		WHERE asked.indexrelid IS NULL) AS a
),
usage AS (
	SELECT
		o.root,
		o.uses + coalesce(s.uses, 0) AS uses,
		o.idx_scan,
		greatest(o.last_used, s.last_used) AS last_used,
		greatest(o.first_seen, s.first_seen) AS first_seen,
		o.complete AND s.complete IS NOT FALSE AS complete,
		-- one that answered may not have replayed its creation
		a.unknown OR coalesce(s.nodes, 0) < a.answered AS standbys_unknown,
		a.nodes,
		a.answered
	FROM own AS o
	CROSS JOIN standbys AS a
	LEFT JOIN on_standbys AS s ON s.root = o.root
),
facts AS (
	SELECT
		d.*,
		u.uses,
		u.idx_scan,
		u.last_used,
		u.complete,
		CASE WHEN u.uses IS NULL
			THEN pg_catalog.statement_timestamp() - pg_catalog.pg_stat_get_db_stat_reset_time(b.oid)
			ELSE greatest(pg_catalog.statement_timestamp() - u.first_seen, '0')
		END AS watched_for,
		d.is_primary OR d.is_unique OR d.is_exclusion OR d.is_replica_identity OR d.is_clustered
			OR d.is_fk_target OR d.supports_fk OR d.is_expression_statistics OR d.is_apply_target OR d.is_extension AS needed,
		coalesce(m.statements, 0) AS impact_statements,
		s.min_age,
		-- a subscription's apply worker scans indexes without any plan
		u.idx_scan > 0 AND EXISTS (
			SELECT FROM pg_catalog.pg_index AS x
			JOIN pg_catalog.pg_subscription_rel AS r
				ON x.indrelid IN (r.srrelid, coalesce(pg_catalog.pg_partition_root(r.srrelid)::oid, r.srrelid))
			WHERE x.indexrelid = d.indexrelid) AS may_be_applied,
		u.standbys_unknown,
		u.nodes,
		u.answered
	FROM perf_advisor.index_duties() AS d
	JOIN usage AS u ON u.root = d.indexrelid
	JOIN pg_catalog.pg_database AS b ON b.datname = pg_catalog.current_database()
	CROSS JOIN settings AS s
	LEFT JOIN perf_advisor.drop_impact AS m ON m.indexrelid = d.indexrelid AND m.computed_at >= u.first_seen
	WHERE d.is_valid AND NOT d.is_ignored
),
rates AS (
	SELECT
		f.*,
		f.uses / greatest(extract(epoch FROM f.watched_for)::float8 / 86400, 1) AS uses_per_day,
		f.uses = 0 AND (f.watched_for < f.min_age OR NOT f.complete OR NOT f.table_used OR f.may_be_applied) AS too_early,
		CASE WHEN f.watched_for IS NULL THEN NULL
			WHEN f.watched_for >= interval '2 days' THEN (extract(epoch FROM f.watched_for)::bigint / 86400) || ' days'
			WHEN f.watched_for >= interval '2 hours' THEN (extract(epoch FROM f.watched_for)::bigint / 3600) || ' hours'
			WHEN f.watched_for >= interval '2 minutes' THEN (extract(epoch FROM f.watched_for)::bigint / 60) || ' minutes'
			ELSE 'some seconds'
		END AS watched_words
	FROM facts AS f
),
judged AS (
	SELECT
		f.*,
		CASE
			WHEN coalesce(f.uses, f.idx_scan) = 0 AND (f.needed OR f.impact_statements > 0) THEN 'needed'
			WHEN f.uses IS NULL AND f.idx_scan = 0 THEN 'pg_stat_only'
			WHEN f.uses > 0 AND f.fk_check_uses >= f.uses THEN 'needed'
			WHEN f.too_early THEN 'insufficient_window'
			WHEN f.uses = 0 AND pg_catalog.pg_is_in_recovery() THEN 'unused_on_standby_only'
			WHEN f.uses = 0 AND f.standbys_unknown THEN 'unused_on_primary_only'
			WHEN f.uses = 0 THEN 'unused'
			WHEN NOT f.needed AND f.complete AND f.watched_for >= f.min_age AND f.uses_per_day <= 1
				AND f.entries_per_day >= 1000 * f.uses_per_day THEN 'rarely_used'
		END AS class
	FROM rates AS f
),
-- Used ones that redundant_indexes drops because an unused one can do their work.
heirs AS MATERIALIZED (
	SELECT r.covered_by_relid AS indexrelid, pg_catalog.string_agg(r.indexrelname, ', ' ORDER BY r.indexrelname) AS names
	FROM perf_advisor.redundant_indexes() AS r
	JOIN usage AS u ON u.root = r.indexrelid AND u.uses > 0
	WHERE (SELECT pg_catalog.bool_or(judged.class = 'unused') FROM judged)
		AND r.fix IS NOT NULL
	GROUP BY r.covered_by_relid
)
SELECT
	n.nspname AS schemaname,
	t.relname,
	t.oid AS relid,
	i.relname AS indexrelname,
	j.indexrelid,
	j.index_size,
	j.uses,
	j.idx_scan,
	j.last_used,
	j.watched_for,
	j.class,
	j.is_valid,
	j.is_primary,
	j.is_unique,
	j.is_exclusion,
	j.is_deferrable,
	j.is_replica_identity,
	j.is_clustered,
	j.is_fk_target,
	j.supports_fk,
	j.is_expression_statistics,
	j.is_apply_target,
	j.is_extension,
	i.relkind = 'I' AS is_partitioned,
	j.table_used,
	j.complete,
	j.entries_per_day,
	j.write_time,
	m.est_lost_pct AS drop_impact_pct,
	m.computed_at AS drop_impact_at,
	CASE j.class
		WHEN 'needed' THEN
			CASE WHEN j.uses > 0 THEN 'Only foreign-key checks read it, in ' || j.uses || CASE WHEN j.uses = 1 THEN ' execution' ELSE ' executions' END
				ELSE 'No statement was seen to read it, but it is needed' END
			|| coalesce(': ' || j.duties, '')
			|| CASE WHEN j.is_expression_statistics THEN ': the planner has statistics of its expression, which recorded statements contain, from it alone' ELSE '' END
			|| CASE WHEN j.impact_statements > 0 THEN ': perf_advisor.simulate_drop() found ' || j.impact_statements
				|| CASE WHEN j.impact_statements = 1 THEN ' statement' ELSE ' statements' END
				|| ' that would fail or be planned otherwise without it' ELSE '' END
			|| CASE WHEN j.is_extension THEN ': it belongs to the table of an extension' ELSE '' END
			|| '.'
		WHEN 'pg_stat_only' THEN
			'No scan in pg_stat_user_indexes' || coalesce(' in ' || j.watched_words, '')
			|| ', which does not tell enough: preload perf_advisor to watch what uses it.'
		WHEN 'insufficient_window' THEN
			CASE
				WHEN NOT j.complete THEN 'No use was seen in ' || j.watched_words
					|| ', but not all statements are recorded now, see perf_advisor.status().'
				WHEN j.watched_for < j.min_age THEN 'No use in ' || j.watched_words
					|| '; nothing is said before perf_advisor.unused_index_min_age = '
					|| coalesce(pg_catalog.current_setting('perf_advisor.unused_index_min_age', true), '35d') || '.'
				WHEN j.may_be_applied THEN 'No statement used it in ' || j.watched_words
					|| ', but a subscription changes its table, and may find rows by it: pg_stat_user_indexes has '
					|| j.idx_scan || CASE WHEN j.idx_scan = 1 THEN ' scan.' ELSE ' scans.' END
				ELSE 'No use in ' || j.watched_words
					|| ', but no recorded statement read or wrote its table either: whether any needs it cannot be said.'
			END
		WHEN 'rarely_used' THEN
			j.uses || CASE WHEN j.uses = 1 THEN ' use in ' ELSE ' uses in ' END || j.watched_words
			|| ', while some ' || pg_catalog.round(j.entries_per_day::numeric)
			|| ' entries a day are written to it; perf_advisor.simulate_drop() says what these uses would take without it.'
		ELSE
			'No recorded statement used it in ' || j.watched_words
			|| CASE j.answered
				WHEN 0 THEN ''
				WHEN 1 THEN ', here or on the standby that answered'
				ELSE ', here or on the ' || j.answered || ' standbys that answered' END
			|| ', while its table was used'
			|| CASE j.class
				WHEN 'unused_on_primary_only' THEN
					CASE WHEN j.nodes = 0 THEN '; standbys have not been asked, see perf_advisor.add_node()'
						ELSE '; not all standbys were asked and have answered, see perf_advisor.nodes' END
				WHEN 'unused_on_standby_only' THEN ' on this standby; the primary decides'
				ELSE '' END
			|| coalesce('. To know: ' || j.duties, '')
			|| CASE WHEN j.idx_scan > 0 THEN '. The ' || j.idx_scan || ' scans of pg_stat_user_indexes are the planner''s, or older' ELSE '' END
			|| coalesce('. Drop it or ' || h.names || ', which is used and whose work it can do (perf_advisor.redundant_indexes), not both', '')
			|| '.'
	END AS reason,
	c.fix,
	c.undo,
	c.undo_rest
FROM judged AS j
JOIN pg_catalog.pg_class AS i ON i.oid = j.indexrelid
JOIN pg_catalog.pg_index AS x ON x.indexrelid = j.indexrelid
JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
LEFT JOIN perf_advisor.drop_impact AS m ON m.indexrelid = j.indexrelid
LEFT JOIN heirs AS h ON h.indexrelid = j.indexrelid AND j.class = 'unused'
LEFT JOIN LATERAL perf_advisor.index_drop(CASE WHEN j.class = 'unused' AND h.names IS NULL THEN j.indexrelid END) AS c ON true
WHERE j.class IS NOT NULL
ORDER BY pg_catalog.array_position(ARRAY['unused', 'unused_on_primary_only', 'unused_on_standby_only', 'rarely_used', 'insufficient_window', 'pg_stat_only', 'needed'], j.class),
	j.index_size DESC, j.indexrelid;

COMMENT ON VIEW perf_advisor.unused_indexes IS 'One row for each index of this database that no recorded statement was seen to use, and for those hardly used for what they cost; advice stands first, largest index first. What is needed although no statement reads it is listed with the reason, so that nobody drops it by a count of scans. An index of a partitioned table is judged with its partitions, these have no rows. Nothing is planned for it: perf_advisor.simulate_drop() does that.';
COMMENT ON COLUMN perf_advisor.unused_indexes.schemaname IS 'Schema of the table.';
COMMENT ON COLUMN perf_advisor.unused_indexes.relname IS 'The table.';
COMMENT ON COLUMN perf_advisor.unused_indexes.relid IS 'The table, pg_class.oid.';
COMMENT ON COLUMN perf_advisor.unused_indexes.indexrelname IS 'The index.';
COMMENT ON COLUMN perf_advisor.unused_indexes.indexrelid IS 'The index, pg_class.oid.';
COMMENT ON COLUMN perf_advisor.unused_indexes.index_size IS 'Its size with all partitions, in bytes.';
COMMENT ON COLUMN perf_advisor.unused_indexes.uses IS 'As in perf_advisor.index_usage, partitions and the standbys that answered summed. NULL: the library is not preloaded.';
COMMENT ON COLUMN perf_advisor.unused_indexes.idx_scan IS 'Scans by the server''s own count, partitions summed. The planner''s look-ups count there, too, and pg_stat_reset() forgets.';
COMMENT ON COLUMN perf_advisor.unused_indexes.last_used IS 'Start of the last execution that used it, here or on a standby that answered. NULL: none.';
COMMENT ON COLUMN perf_advisor.unused_indexes.watched_for IS 'How long its uses have been counted: since it was created or recording began, here or on a standby that answered, whichever was later. Of class pg_stat_only: since pg_stat_reset(), NULL for never.';
COMMENT ON COLUMN perf_advisor.unused_indexes.class IS 'unused: drop it. unused_on_primary_only: there are standbys that were not asked or did not answer, see perf_advisor.nodes. unused_on_standby_only: as this standby sees it. rarely_used: one use a day at most, and a thousand entries or more written for each. insufficient_window: no use, but too little was watched. pg_stat_only: no scan by the server''s count, which is not enough. needed: keep it, see reason.';
COMMENT ON COLUMN perf_advisor.unused_indexes.is_valid IS 'Always true: others are no matter of use.';
COMMENT ON COLUMN perf_advisor.unused_indexes.is_primary IS 'Index of a primary key.';
COMMENT ON COLUMN perf_advisor.unused_indexes.is_unique IS 'Keeps rows unique, as a constraint or not.';
COMMENT ON COLUMN perf_advisor.unused_indexes.is_exclusion IS 'Index of an exclusion constraint.';
COMMENT ON COLUMN perf_advisor.unused_indexes.is_deferrable IS 'Its constraint is checked later.';
COMMENT ON COLUMN perf_advisor.unused_indexes.is_replica_identity IS 'Logical replication identifies rows by it.';
COMMENT ON COLUMN perf_advisor.unused_indexes.is_clustered IS 'CLUSTER orders the table by it.';
COMMENT ON COLUMN perf_advisor.unused_indexes.is_fk_target IS 'A foreign key refers to the columns by it.';
COMMENT ON COLUMN perf_advisor.unused_indexes.supports_fk IS 'It is the best index for a foreign key of its table, and the parent table sees deletes or updates of the key.';
COMMENT ON COLUMN perf_advisor.unused_indexes.is_expression_statistics IS 'The planner has statistics of its expression from it alone, and a recorded statement contains that expression.';
COMMENT ON COLUMN perf_advisor.unused_indexes.is_apply_target IS 'The worker of a subscription may find the rows by it that it updates and deletes: the table has no key, and no plan shows it (from 16 on).';
COMMENT ON COLUMN perf_advisor.unused_indexes.is_extension IS 'Its table belongs to an extension.';
COMMENT ON COLUMN perf_advisor.unused_indexes.is_partitioned IS 'The index of a partitioned table: its partitions are judged with it and go with it.';
COMMENT ON COLUMN perf_advisor.unused_indexes.table_used IS 'Recorded statements read or wrote the table.';
COMMENT ON COLUMN perf_advisor.unused_indexes.complete IS 'As in perf_advisor.index_usage: false when not all statements are recorded.';
COMMENT ON COLUMN perf_advisor.unused_indexes.entries_per_day IS 'Entries written to it in a day by recorded statements. NULL: unknown, as for an index of one partition alone.';
COMMENT ON COLUMN perf_advisor.unused_indexes.write_time IS 'What writing them takes, estimated, in ms a day. NULL: unknown.';
COMMENT ON COLUMN perf_advisor.unused_indexes.drop_impact_pct IS 'What the drop would cost, as perf_advisor.simulate_drop() found last: a share of what all recorded statements take, in per cent. NULL: it was not called for this index, or some statements could not be planned.';
COMMENT ON COLUMN perf_advisor.unused_indexes.drop_impact_at IS 'When that was.';
COMMENT ON COLUMN perf_advisor.unused_indexes.reason IS 'Why, in a sentence.';
COMMENT ON COLUMN perf_advisor.unused_indexes.fix IS 'The statement that drops it, to be run outside a transaction; of class unused only, and not of what stays when a used index is dropped as redundant: reason names both.';
COMMENT ON COLUMN perf_advisor.unused_indexes.undo IS 'What makes the same index again; of class unused only.';
COMMENT ON COLUMN perf_advisor.unused_indexes.undo_rest IS 'What is to be run after undo: comment and statistics targets. NULL: nothing.';

GRANT SELECT ON perf_advisor.unused_indexes TO pg_monitor;

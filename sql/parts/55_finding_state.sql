--
-- What became of the advice: written by advise_indexes() and acknowledge()
--

CREATE TABLE perf_advisor.finding_state (
	finding_id bigint PRIMARY KEY,
	category text NOT NULL,
	schemaname name NOT NULL,
	relname name NOT NULL,
	ddl text NOT NULL,
	state text NOT NULL,
	state_since timestamptz NOT NULL,
	first_seen timestamptz NOT NULL,
	last_seen timestamptz NOT NULL,
	queryids bigint[] NOT NULL,
	calls bigint[] NOT NULL,
	means_before float8[] NOT NULL,
	means_after float8[],
	mean_before float8,
	mean_after float8,
	slower_queryids bigint[],
	note text,
	CONSTRAINT finding_state_state_is_known CHECK (state IN ('open', 'acknowledged', 'resolved', 'withdrawn'))
);

COMMENT ON TABLE perf_advisor.finding_state IS 'One row for each piece of advice that perf_advisor.advise_indexes() has given in this database, with what became of it. Views never write to it, a standby cannot. Dumped by pg_dump.';
COMMENT ON COLUMN perf_advisor.finding_state.finding_id IS 'As in perf_advisor.missing_indexes.';
COMMENT ON COLUMN perf_advisor.finding_state.category IS 'index: an index worth creating. regression: an advised index exists, and some statement became slower with it.';
COMMENT ON COLUMN perf_advisor.finding_state.schemaname IS 'Schema of the table.';
COMMENT ON COLUMN perf_advisor.finding_state.relname IS 'Name of the table.';
COMMENT ON COLUMN perf_advisor.finding_state.ddl IS 'The advised statement, as it was given last.';
COMMENT ON COLUMN perf_advisor.finding_state.state IS 'open: advised, not done. acknowledged: as open, and somebody has seen it. resolved: the index, or one that begins with it, exists. withdrawn: neither advised any more nor done.';
COMMENT ON COLUMN perf_advisor.finding_state.state_since IS 'When that was first noticed.';
COMMENT ON COLUMN perf_advisor.finding_state.first_seen IS 'When it was advised first.';
COMMENT ON COLUMN perf_advisor.finding_state.last_seen IS 'When it was advised last.';
COMMENT ON COLUMN perf_advisor.finding_state.queryids IS 'The statements it is for, see perf_advisor.statements.';
COMMENT ON COLUMN perf_advisor.finding_state.calls IS 'Their calls when it was advised last, in the order of queryids.';
COMMENT ON COLUMN perf_advisor.finding_state.means_before IS 'Their mean times without the index, in ms, in the order of queryids; without the statements that they ran themselves.';
COMMENT ON COLUMN perf_advisor.finding_state.means_after IS 'The same by plans that use the index. NULL in it: no such plan was seen yet. NULL: not resolved.';
COMMENT ON COLUMN perf_advisor.finding_state.mean_before IS 'Mean time of a call without the index, in ms, over those statements and weighted by calls; once it is resolved, over those that use it.';
COMMENT ON COLUMN perf_advisor.finding_state.mean_after IS 'The same with the index. NULL: not resolved, or no statement has used it yet.';
COMMENT ON COLUMN perf_advisor.finding_state.slower_queryids IS 'Statements that take longer with the index than before, others than queryids too; there is a row of category regression about it. NULL: not resolved.';
COMMENT ON COLUMN perf_advisor.finding_state.note IS 'What was said to perf_advisor.acknowledge(); of a regression what was found.';

SELECT pg_catalog.pg_extension_config_dump('perf_advisor.finding_state', '');
GRANT SELECT ON perf_advisor.finding_state TO pg_monitor;

CREATE FUNCTION perf_advisor.acknowledge(finding_id bigint, note text DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'pa_acknowledge_1_0'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.acknowledge(bigint, text) IS 'Marks a piece of advice as seen, with a note: its state in perf_advisor.finding_state becomes acknowledged. It is still advised; to silence it, write to perf_advisor.ignore_rules. An error when there is no such advice.';
REVOKE ALL ON FUNCTION perf_advisor.acknowledge(bigint, text) FROM PUBLIC;

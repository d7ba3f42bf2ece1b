--
-- Standbys that are asked which indexes they use
--

CREATE TABLE perf_advisor.registered_nodes (
	server name PRIMARY KEY,
	added_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	added_by text NOT NULL DEFAULT SESSION_USER
);
COMMENT ON TABLE perf_advisor.registered_nodes IS 'One row for each standby that perf_advisor.add_node() was told about; perf_advisor.nodes shows how they are. Dumped by pg_dump.';
COMMENT ON COLUMN perf_advisor.registered_nodes.server IS 'Foreign server that leads to this database on the standby.';
COMMENT ON COLUMN perf_advisor.registered_nodes.added_at IS 'When it was added.';
COMMENT ON COLUMN perf_advisor.registered_nodes.added_by IS 'Who added it.';

SELECT pg_catalog.pg_extension_config_dump('perf_advisor.registered_nodes', '');
GRANT SELECT ON perf_advisor.registered_nodes TO pg_monitor;

CREATE FUNCTION perf_advisor.add_node(server name)
RETURNS void
AS 'MODULE_PATHNAME', 'pa_add_node_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.add_node(name) IS 'Has a standby asked which indexes it uses, from now on, by whoever reads perf_advisor.unused_indexes: the foreign server leads to this database on the standby, has a connect_timeout of 1 to 10 seconds, one host, an owner who may add nodes, and a user mapping for the reader. Needs the extension dblink. It is not connected to now, see perf_advisor.nodes.';

CREATE FUNCTION perf_advisor.remove_node(server name)
RETURNS void
AS 'MODULE_PATHNAME', 'pa_remove_node_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.remove_node(name) IS 'Undoes perf_advisor.add_node(), also when the foreign server is gone. An error when it is no node.';

CREATE FUNCTION perf_advisor.node_index_usage(
	OUT server name,
	OUT added_at timestamptz,
	OUT state text,
	OUT message text,
	OUT asked_at timestamptz,
	OUT receivers bigint,
	OUT indexrelid oid,
	OUT uses bigint,
	OUT last_used timestamptz,
	OUT first_seen timestamptz,
	OUT complete boolean
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_node_index_usage_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.node_index_usage() IS 'Asks the nodes, for two seconds and what connecting takes, for the views perf_advisor.nodes and perf_advisor.unused_indexes: a row without indexrelid for each node, with the standbys that it has itself (receivers), and one for each index of those that answered; and one without server with the most standbys that this server had within the window of unused_indexes.';

CREATE VIEW perf_advisor.nodes AS
SELECT
	n.server,
	n.state,
	n.message,
	n.asked_at,
	n.added_at
FROM perf_advisor.node_index_usage() AS n
WHERE n.indexrelid IS NULL
	AND n.server IS NOT NULL;
COMMENT ON VIEW perf_advisor.nodes IS 'One row for each standby that perf_advisor.add_node() was told about, asked now with the user mapping of whoever reads.';
COMMENT ON COLUMN perf_advisor.nodes.server IS 'Foreign server that leads to it.';
COMMENT ON COLUMN perf_advisor.nodes.state IS 'answered. unreachable: no connection, or no answer within two seconds; what was waited for in vain is tried again after a minute, by whichever session. refused: it is there, but what it says cannot be used. not asked: there was no time left, or this server is itself a standby.';
COMMENT ON COLUMN perf_advisor.nodes.message IS 'Why it did not answer, NULL when it did.';
COMMENT ON COLUMN perf_advisor.nodes.asked_at IS 'When it was asked last. NULL: it was not.';
COMMENT ON COLUMN perf_advisor.nodes.added_at IS 'When it was added.';

-- Connecting to other servers is for those who may change what is asked, and
-- asking them for those who monitor.
REVOKE ALL ON FUNCTION perf_advisor.add_node(name) FROM PUBLIC;
REVOKE ALL ON FUNCTION perf_advisor.remove_node(name) FROM PUBLIC;
REVOKE ALL ON FUNCTION perf_advisor.node_index_usage() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION perf_advisor.node_index_usage() TO pg_monitor;
GRANT SELECT ON perf_advisor.nodes TO pg_monitor;

--
-- What nobody wants advice about: a table for the owner to write to
--

CREATE TABLE perf_advisor.ignore_rules (
	category text,
	schemaname text,
	relname text,
	rolname text,
	application_name text,
	reason text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	created_by text NOT NULL DEFAULT SESSION_USER,
	CONSTRAINT ignore_rules_category_is_known CHECK (category IN ('index', 'n_plus_one', 'seq_scan', 'misestimate', 'spill', 'cold_read', 'cache', 'error', 'planning', 'jit', 'memory', 'setting', 'regression')),
	CONSTRAINT ignore_rules_has_a_scope CHECK (pg_catalog.num_nonnulls(category, schemaname, relname, rolname, application_name) > 0),
	CONSTRAINT ignore_rules_patterns_end_well CHECK (
		(schemaname !~ '(^|[^\\])(\\\\)*\\$') IS NOT FALSE AND
		(relname !~ '(^|[^\\])(\\\\)*\\$') IS NOT FALSE AND
		(rolname !~ '(^|[^\\])(\\\\)*\\$') IS NOT FALSE AND
		(application_name !~ '(^|[^\\])(\\\\)*\\$') IS NOT FALSE),
	CONSTRAINT ignore_rules_has_a_reason CHECK (reason ~ '\S')
);

COMMENT ON TABLE perf_advisor.ignore_rules IS 'One row for each thing that nobody wants advice about; write to it with INSERT and DELETE. Every column that a row fills must match, NULL matches anything; names are LIKE patterns. It holds for the next reading of the advice, and is dumped by pg_dump.';
COMMENT ON COLUMN perf_advisor.ignore_rules.category IS 'Kind of advice, such as index; NULL: every kind.';
COMMENT ON COLUMN perf_advisor.ignore_rules.schemaname IS 'Pattern for the schema of the table.';
COMMENT ON COLUMN perf_advisor.ignore_rules.relname IS 'Pattern for the name of the table.';
COMMENT ON COLUMN perf_advisor.ignore_rules.rolname IS 'Pattern for the role that ran a statement. Without schemaname and relname, the role''s statements are no part of the workload at all: right for dumps and migrations.';
COMMENT ON COLUMN perf_advisor.ignore_rules.application_name IS 'Pattern for the application_name of the sessions that ran a statement. Without schemaname and relname, statements that only such applications have run since the last reset are no part of the workload; what another one runs as well stays, and so does what more than eight run.';
COMMENT ON COLUMN perf_advisor.ignore_rules.reason IS 'Why, for those who come later.';
COMMENT ON COLUMN perf_advisor.ignore_rules.created_at IS 'When the row was written.';
COMMENT ON COLUMN perf_advisor.ignore_rules.created_by IS 'Who wrote it.';

SELECT pg_catalog.pg_extension_config_dump('perf_advisor.ignore_rules', '');
GRANT SELECT ON perf_advisor.ignore_rules TO pg_monitor;

-- Who may see and do what.
CREATE ROLE perf_advisor_test_alice;
CREATE ROLE perf_advisor_test_bob;
CREATE ROLE perf_advisor_test_monitor IN ROLE pg_monitor;
CREATE ROLE perf_advisor_test_stats IN ROLE pg_read_all_stats;
CREATE ROLE perf_advisor_test_heir NOINHERIT IN ROLE pg_monitor;
CREATE TABLE shared_table (id int, owner text);
INSERT INTO shared_table SELECT g, 'x' FROM generate_series(1, 20) AS g;
GRANT SELECT ON shared_table TO perf_advisor_test_alice, perf_advisor_test_bob;
CREATE VIEW texts AS
	SELECT r.rolname, s.query, s.queryid IS NOT NULL AS queryid, s.last_planid IS NOT NULL AS planid,
		s.calls, s.rows
	FROM perf_advisor.statements AS s
	JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid
	WHERE r.rolname LIKE 'perf\_advisor\_test\_%'
		AND (s.query LIKE '%of_alice%' OR s.query LIKE '%of_bob%' OR s.query LIKE '<%');
SELECT perf_advisor.reset() IS NOT NULL AS reset;
GRANT SELECT ON texts TO PUBLIC;

SET ROLE perf_advisor_test_alice;
SELECT count(*) AS of_alice FROM shared_table WHERE id = 1;
SELECT count(*) AS of_alice FROM shared_table WHERE id = 3;
SET ROLE perf_advisor_test_bob;
SELECT count(*) AS of_bob FROM shared_table WHERE id = 2;

-- A view runs its functions as the caller: numbers of everybody, own texts.
SELECT rolname, query LIKE '%of_bob%' AS own, CASE WHEN query LIKE '<%' THEN query END AS hidden,
	queryid, planid, sum(calls) > 0 AS numbers
FROM texts WHERE NOT query LIKE '%texts%' GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2;

-- members of pg_monitor, hence of pg_read_all_stats, see every text
SET ROLE perf_advisor_test_monitor;
SELECT rolname, query LIKE '%of_alice%' OR query LIKE '%of_bob%' AS text, queryid, planid, calls, rows
FROM texts WHERE query LIKE 'SELECT count(%' ORDER BY 1;
SELECT count(*) > 0 AS scans FROM perf_advisor.seq_scans WHERE relname = 'shared_table';
SELECT count(*) > 0 AS access FROM perf_advisor.table_access WHERE relname = 'shared_table';

-- reading is open as far as it shows nobody's values
SET ROLE perf_advisor_test_bob;
SELECT count(*) >= 0 AS statements FROM perf_advisor.statements(true);
SELECT count(*) AS info FROM perf_advisor.statements_info;
SELECT count(*) > 0 AS status FROM perf_advisor.status();
SELECT count(*) > 0 AS settings FROM perf_advisor.settings;

-- filters are parts of everybody's statements
SELECT count(*) FROM perf_advisor.seq_scans;
SELECT count(*) FROM perf_advisor.seq_scans();
SELECT count(*) FROM perf_advisor.table_access;
SELECT count(*) FROM perf_advisor.table_access();

-- nobody but the owner resets, and nobody turns recording off for himself
SELECT perf_advisor.reset();
SET perf_advisor.enabled = off;
SET perf_advisor.track = none;
SET ROLE perf_advisor_test_monitor;
SELECT perf_advisor.reset();
RESET ROLE;

-- What others see without texts: numbers, no identifiers.  Own rows are whole.
SET ROLE perf_advisor_test_bob;
SELECT r.rolname, count(s.queryid) AS queryids, count(s.last_planid) AS planids, count(s.query) AS texts,
	sum(s.calls) > 0 AS calls, sum(s.total_exec_time) > 0 AS time
FROM perf_advisor.statements(false) AS s JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid
WHERE r.rolname = 'perf_advisor_test_alice' AND s.calls > 0
GROUP BY 1;
SELECT bool_and(s.queryid IS NOT NULL) AS queryids, count(s.last_planid) > 0 AS planids, count(s.query) AS texts
FROM perf_advisor.statements(false) AS s JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid
WHERE r.rolname = 'perf_advisor_test_bob' AND s.calls > 0;
-- statements(true) hides the same, and so does the spread of times
SELECT count(*) AS different
FROM (SELECT userid, dbid, queryid, last_planid FROM perf_advisor.statements(false)
	WHERE userid = 'perf_advisor_test_alice'::regrole) AS without
FULL JOIN (SELECT userid, dbid, queryid, last_planid, query FROM perf_advisor.statements(true)
	WHERE userid = 'perf_advisor_test_alice'::regrole) AS texts USING (userid)
WHERE without.queryid IS NOT NULL OR texts.queryid IS NOT NULL OR texts.query IS DISTINCT FROM '<insufficient privilege>';
SELECT userid::regrole, count(queryid) > 0 AS queryids, sum(calls) > 0 AS calls
FROM perf_advisor.statement_histogram WHERE userid::regrole::text LIKE 'perf\_advisor\_test\_%' GROUP BY 1 ORDER BY 1;
-- pg_read_all_stats is enough for texts; membership without its rights is not
SET ROLE perf_advisor_test_stats;
SELECT count(*) FILTER (WHERE query LIKE '%of_alice FROM%') AS texts, count(*) FILTER (WHERE query LIKE '<insuff%') AS hidden
FROM perf_advisor.statements WHERE userid = 'perf_advisor_test_alice'::regrole;
SET ROLE perf_advisor_test_heir;
SELECT count(*) FILTER (WHERE query LIKE '%of_alice FROM%') AS texts, count(*) FILTER (WHERE query LIKE '<insuff%') > 0 AS hidden
FROM perf_advisor.statements WHERE userid = 'perf_advisor_test_alice'::regrole;
RESET ROLE;

-- Who may use what, for each object of the schema.  A new view or function must
-- be entered here:
--	everybody	numbers of all, texts of one's own
--	pg_monitor	what carries others' values or filters: advice, scans, history
--	owner		what changes or forgets something
CREATE TEMPORARY TABLE decided (object text PRIMARY KEY, may text NOT NULL);
INSERT INTO decided VALUES
	('acknowledge(bigint, text)', 'owner'),
	('add_node(name)', 'owner'),
	('advise_indexes(bigint, bigint, interval)', 'pg_monitor'),
	('advisor_skipped', 'pg_monitor'),
	('advisor_skipped()', 'pg_monitor'),
	('drop_impact', 'pg_monitor'),
	('explain_missing_index(bigint)', 'pg_monitor'),
	('finding_state', 'pg_monitor'),
	('ignore_rules', 'pg_monitor'),
	('index_drop(oid)', 'pg_monitor'),
	('index_duties()', 'pg_monitor'),
	('index_hints', 'pg_monitor'),
	('index_hints()', 'pg_monitor'),
	('index_usage', 'everybody'),
	('index_usage()', 'everybody'),
	('invalid_indexes', 'pg_monitor'),
	('invalid_indexes()', 'pg_monitor'),
	('missing_indexes', 'pg_monitor'),
	('missing_indexes()', 'pg_monitor'),
	('node_index_usage()', 'pg_monitor'),
	('nodes', 'pg_monitor'),
	('plans', 'everybody'),
	('plans(boolean)', 'everybody'),
	('redundant_indexes', 'pg_monitor'),
	('redundant_indexes()', 'pg_monitor'),
	('registered_nodes', 'pg_monitor'),
	('remove_node(name)', 'owner'),
	('reset(oid, oid, bigint, boolean)', 'owner'),
	('save()', 'owner'),
	('seq_scans', 'pg_monitor'),
	('seq_scans()', 'pg_monitor'),
	('settings', 'everybody'),
	('simulate_drop(regclass)', 'pg_monitor'),
	('statement_errors', 'everybody'),
	('statement_errors()', 'everybody'),
	('statement_histogram', 'everybody'),
	('statement_histogram()', 'everybody'),
	('statements', 'everybody'),
	('statements(boolean)', 'everybody'),
	('statements_info', 'everybody'),
	('statements_info()', 'everybody'),
	('status()', 'everybody'),
	('table_access', 'pg_monitor'),
	('table_access()', 'pg_monitor'),
	('unused_indexes', 'pg_monitor'),
	('whatif(text, text[])', 'pg_monitor');
CREATE TEMPORARY VIEW objects AS
	SELECT c.relname::text AS object, r.rolname,
		pg_catalog.has_table_privilege(r.oid, c.oid, 'SELECT') AS may,
		pg_catalog.has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') AS writes
	FROM pg_catalog.pg_class AS c, pg_catalog.pg_roles AS r
	WHERE c.relnamespace = 'perf_advisor'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'S', 'f')
	UNION ALL
	SELECT format('%s(%s)', p.proname, pg_catalog.oidvectortypes(p.proargtypes)), r.rolname,
		pg_catalog.has_function_privilege(r.oid, p.oid, 'EXECUTE'), false
	FROM pg_catalog.pg_proc AS p, pg_catalog.pg_roles AS r
	WHERE p.pronamespace = 'perf_advisor'::regnamespace;

-- nothing may be listed by these
SELECT DISTINCT object AS undecided FROM objects WHERE object NOT IN (SELECT object FROM decided) ORDER BY 1;
SELECT object AS decided_but_not_there FROM decided WHERE object NOT IN (SELECT object FROM objects) ORDER BY 1;
SELECT o.object, o.rolname, o.may AS has, d.may AS decided
FROM objects AS o JOIN decided AS d USING (object)
JOIN (VALUES
	('perf_advisor_test_bob', false, false),
	('perf_advisor_test_heir', false, false),
	('perf_advisor_test_stats', false, false),
	('perf_advisor_test_monitor', true, false),
	(current_user, true, true)) AS r (rolname, monitor, owner) USING (rolname)
WHERE o.may IS DISTINCT FROM CASE d.may WHEN 'everybody' THEN true WHEN 'pg_monitor' THEN r.monitor WHEN 'owner' THEN r.owner END
ORDER BY 1, 2;
SELECT object, rolname FROM objects
WHERE writes AND rolname IN ('perf_advisor_test_bob', 'perf_advisor_test_heir', 'perf_advisor_test_stats', 'perf_advisor_test_monitor')
ORDER BY 1, 2;
SELECT c.relname, a.attname AS with_privileges_of_its_own FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
WHERE c.relnamespace = 'perf_advisor'::regnamespace AND a.attacl IS NOT NULL;
-- a function that ran as its owner would show everybody everything
SELECT p.oid::regprocedure AS runs_as_its_owner FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace = 'perf_advisor'::regnamespace AND p.prosecdef;
SELECT r.rolname, pg_catalog.has_schema_privilege(r.oid, 'perf_advisor', 'USAGE') AS uses,
	pg_catalog.has_schema_privilege(r.oid, 'perf_advisor', 'CREATE') AS creates
FROM pg_catalog.pg_roles AS r WHERE r.rolname LIKE 'perf\_advisor\_test\_%' ORDER BY 1;

-- the settings that turn recording off or make it dearer are a superuser's
SELECT name FROM perf_advisor.settings
WHERE context = 'user' AND name NOT IN ('perf_advisor.advisor_deadline') ORDER BY 1;

DROP VIEW texts;
DROP TABLE shared_table;
DROP ROLE perf_advisor_test_alice;
DROP ROLE perf_advisor_test_bob;
DROP ROLE perf_advisor_test_monitor;
DROP ROLE perf_advisor_test_stats;
DROP ROLE perf_advisor_test_heir;

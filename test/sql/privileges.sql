-- Who may see and do what.
CREATE ROLE perf_advisor_test_alice;
CREATE ROLE perf_advisor_test_bob;
CREATE ROLE perf_advisor_test_monitor IN ROLE pg_monitor;
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

-- and PUBLIC holds nothing else here
SELECT p.proname, pg_catalog.oidvectortypes(p.proargtypes) AS arguments
FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace = 'perf_advisor'::regnamespace
	AND pg_catalog.has_function_privilege('perf_advisor_test_bob', p.oid, 'EXECUTE')
ORDER BY 1, 2;
SELECT c.relname
FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = 'perf_advisor'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
	AND pg_catalog.has_table_privilege('perf_advisor_test_bob', c.oid, 'SELECT')
ORDER BY 1;
SELECT count(*) AS writable
FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = 'perf_advisor'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
	AND pg_catalog.has_table_privilege('perf_advisor_test_bob', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE');
SELECT pg_catalog.has_schema_privilege('perf_advisor_test_bob', 'perf_advisor', 'CREATE') AS creates;

DROP VIEW texts;
DROP TABLE shared_table;
DROP ROLE perf_advisor_test_alice;
DROP ROLE perf_advisor_test_bob;
DROP ROLE perf_advisor_test_monitor;

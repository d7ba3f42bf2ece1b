-- Utility statements are recorded, with the rows they handled.
CREATE SCHEMA utility_test;
SET search_path = utility_test, public;
CREATE VIEW of AS
	SELECT query, toplevel, calls, rows, planids, last_planid FROM perf_advisor.statements
	WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
		AND query NOT LIKE '%perf_advisor%' AND query NOT LIKE '% of %';
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE TABLE made (id int, txt text);
COPY made FROM STDIN;
1	one
2	two
3	three
\.
CREATE TABLE copied AS SELECT id AS made_by_ctas FROM made;
CREATE MATERIALIZED VIEW kept AS SELECT id FROM made;
REFRESH MATERIALIZED VIEW kept;
REFRESH MATERIALIZED VIEW kept;
VACUUM made;
BEGIN;
SAVEPOINT one;
ROLLBACK TO one;
COMMIT;

SELECT substring(query FROM '^(CREATE TABLE made|COPY|CREATE TABLE copied|CREATE MATERIALIZED|REFRESH|VACUUM|BEGIN|COMMIT)') AS command,
	calls, rows, planids
FROM of
WHERE toplevel AND query ~ '^(CREATE TABLE made|COPY|CREATE TABLE copied|CREATE MATERIALIZED|REFRESH|VACUUM|BEGIN|COMMIT)'
ORDER BY 1;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SET perf_advisor.track_utility = off;
CREATE TABLE not_recorded (id int);
SELECT sign(1.5) AS recorded;
RESET perf_advisor.track_utility;
SELECT query, calls FROM of WHERE query LIKE '%recorded%';

-- passwords do not get into the store
CREATE ROLE perf_advisor_test_password LOGIN PASSWORD 'secret word';
ALTER ROLE perf_advisor_test_password PASSWORD 'another secret';
SELECT count(*) FILTER (WHERE query LIKE '%perf_advisor_test_password%') > 0 AS recorded,
	count(*) FILTER (WHERE query LIKE '%secret%' AND query NOT LIKE 'SELECT%') AS leaked
FROM perf_advisor.statements;
DROP ROLE perf_advisor_test_password;

DROP SCHEMA utility_test CASCADE;

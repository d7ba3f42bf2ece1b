-- reset() forgets all counts.
CREATE TABLE reset_me AS SELECT g AS id FROM generate_series(1, 50) AS g;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(*) AS to_forget FROM reset_me;
SELECT count(*) AS to_forget FROM reset_me;
SELECT calls FROM perf_advisor.statements WHERE query LIKE '%to_forget%' AND query NOT LIKE '%perf_advisor%';
SELECT count(*) FROM perf_advisor.seq_scans WHERE relname = 'reset_me';
SELECT stats_reset AS before FROM perf_advisor.statements_info \gset

SELECT perf_advisor.reset() > :'before' AS later;
SELECT count(*) FROM perf_advisor.statements WHERE query LIKE '%to_forget%' AND query NOT LIKE '%perf_advisor%';
SELECT count(*) FROM perf_advisor.seq_scans WHERE relname = 'reset_me';
SELECT count(*) FROM perf_advisor.table_access WHERE relname = 'reset_me';
SELECT dealloc, stats_reset > :'before' AS later FROM perf_advisor.statements_info;

-- and recording goes on, from zero
SELECT count(*) AS to_forget FROM reset_me;
SELECT count(*) AS to_forget FROM reset_me;
SELECT calls, rows, stats_since >= (SELECT stats_reset FROM perf_advisor.statements_info) AS since
FROM perf_advisor.statements WHERE query LIKE '%to_forget%' AND query NOT LIKE '%perf_advisor%';
SELECT calls, rows_read FROM perf_advisor.seq_scans WHERE relname = 'reset_me';

-- By key: other statements stay.  reset_of(text) resets what is tagged so.
CREATE FUNCTION reset_of(tag text, minmax_only bool DEFAULT false) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(perf_advisor.reset(s.userid, s.dbid, s.queryid, minmax_only))
	FROM (SELECT DISTINCT userid, dbid, queryid FROM perf_advisor.statements(true) WHERE query LIKE '%AS ' || tag || '%') AS s
$$;
CREATE VIEW reset_seen AS
	SELECT regexp_replace(query, '.* AS (tag_\w+).*', '\1') AS tag, calls,
		min_exec_time > 0 AS has_min, max_exec_time > 0 AS has_max,
		minmax_stats_since > stats_since AS minmax_reset
	FROM perf_advisor.statements WHERE query ~ '^SELECT \S+( > \S+)? AS tag_' ORDER BY 1;
SELECT sum(id) AS tag_one FROM reset_me;
SELECT sum(id) AS tag_one FROM reset_me;
SELECT max(id) AS tag_two FROM reset_me;
SELECT min(id) AS tag_three FROM reset_me;
SELECT * FROM reset_seen;
SELECT reset_of('tag_one');
SELECT * FROM reset_seen;
SELECT sum(id) AS tag_one FROM reset_me;
SELECT * FROM reset_seen;

-- minima and maxima alone
SELECT reset_of('tag_two', true);
SELECT * FROM reset_seen;
SELECT max(id) AS tag_two FROM reset_me;
SELECT * FROM reset_seen;
SELECT perf_advisor.reset(0, 0, 0, true) IS NOT NULL AS reset;
SELECT * FROM reset_seen;

-- A database; a user; nobody; NULL, as in pg_stat_statements, does nothing
SELECT perf_advisor.reset(dbid => oid) IS NOT NULL AS reset FROM pg_database WHERE datname = 'template1';
SELECT perf_advisor.reset(userid => 4294967295) IS NOT NULL AS reset;
SELECT perf_advisor.reset(queryid => -1, dbid => 1) IS NOT NULL AS reset;
SELECT perf_advisor.reset(NULL, NULL, NULL) IS NULL AS nothing;
SELECT count(*) FROM reset_seen;
CREATE ROLE regress_reset_me;
GRANT SELECT ON reset_me TO regress_reset_me;
SET ROLE regress_reset_me;
SELECT avg(id) > 0 AS tag_four FROM reset_me;
RESET ROLE;
SELECT tag FROM reset_seen;
SELECT perf_advisor.reset(userid => 'regress_reset_me'::regrole) IS NOT NULL AS reset;
SELECT tag FROM reset_seen;
SELECT stats_reset AS before FROM perf_advisor.statements_info \gset
SELECT perf_advisor.reset(dbid => oid) > :'before' AS reset FROM pg_database WHERE datname = current_database();
SELECT tag FROM reset_seen;
-- a reset of some is not one of all
SELECT stats_reset = :'before' AS same FROM perf_advisor.statements_info;

-- Texts of one identifier: the first, after a reset the first one parsed since; what was prepared before keeps its own
SELECT id AS first_text FROM reset_me WHERE id = 1;
SELECT id AS second_text FROM reset_me WHERE id = 1;
PREPARE kept AS SELECT id AS prepared_text FROM reset_me WHERE id < $1 ORDER BY 1;
EXECUTE kept(3);
SELECT query, calls FROM perf_advisor.statements WHERE query ~ 'SELECT id AS \w+_text' ORDER BY 1;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id AS third_text FROM reset_me WHERE id = 1;
SELECT id AS fourth_text FROM reset_me WHERE id = 1;
EXECUTE kept(3);
SELECT query, calls FROM perf_advisor.statements WHERE query ~ 'SELECT id AS \w+_text' ORDER BY 1;
DEALLOCATE kept;

DROP VIEW reset_seen;
DROP FUNCTION reset_of;
DROP TABLE reset_me;
DROP ROLE regress_reset_me;

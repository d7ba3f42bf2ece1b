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
DROP TABLE reset_me;

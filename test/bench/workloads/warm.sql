-- Reads every page that a workload touches, so that no measured statement
-- waits for a file: first the tables, then their indexes.
SELECT count(*) FROM pgbench_accounts WHERE abalance IS NULL;
SELECT count(*) FROM pgbench_tellers WHERE tbalance IS NULL;
SELECT count(*) FROM pgbench_branches WHERE bbalance IS NULL;
SELECT count(*) FROM region WHERE name IS NULL;
SELECT count(*) FROM buyer WHERE name IS NULL;
SELECT count(*) FROM purchase WHERE amount < 0;
SELECT count(*) FROM form WHERE f0 = 0;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT count(*) FROM pgbench_accounts WHERE aid > 0;
SELECT count(*) FROM buyer WHERE id > 0;
SELECT count(*) FROM purchase WHERE id > 0;
SELECT count(*) FROM form WHERE id > 0;

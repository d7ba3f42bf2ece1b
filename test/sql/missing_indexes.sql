--
-- Indexes that the workload lacks: each case runs a statement a few times,
-- shows what is advised for it, creates that and sees the row go.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE SCHEMA library;
SET search_path = library;

-- 20,000 readers; loans of whom 97 % are over, 15 for each reader, in the
-- order of their time; what the readers reserved.
CREATE TABLE reader (
	id int PRIMARY KEY,
	name text NOT NULL,
	town text NOT NULL
);
CREATE TABLE loan (
	id bigint PRIMARY KEY,
	reader_id int NOT NULL,
	state text NOT NULL,
	lent_at timestamptz NOT NULL,
	fine numeric(8,2) NOT NULL,
	branch int NOT NULL,
	copy_no int NOT NULL,
	remark text NOT NULL
);
CREATE TABLE reservation (
	id bigint PRIMARY KEY,
	reader_id int NOT NULL,
	shelf int NOT NULL
);
INSERT INTO reader
SELECT i, 'reader ' || i, 'town ' || i % 500
FROM generate_series(1, 20000) AS i;
INSERT INTO loan
SELECT
	i,
	(i::bigint * 7919) % 20000 + 1,
	CASE WHEN i % 100 < 97 THEN 'returned' WHEN i % 100 = 97 THEN 'lent' WHEN i % 100 = 98 THEN 'lost' ELSE 'overdue' END,
	'2024-01-01 00:00+00'::timestamptz + i * interval '2 minutes',
	(i::bigint * 104729 % 100003) / 100.0,
	i % 20,
	(i::bigint * 15485863) % 100000,
	repeat('x', 40)
FROM generate_series(1, 300000) AS i;
INSERT INTO reservation
SELECT i, (i::bigint * 7907) % 20000 + 1, i % 300
FROM generate_series(1, 300000) AS i;
VACUUM ANALYZE reader;
VACUUM ANALYZE loan;
VACUUM ANALYZE reservation;

-- What is advised, and a way back to the beginning for the next case.
CREATE VIEW advised AS
SELECT relname, key_columns, substring(index_ddl FROM '\(.*') AS columns
FROM perf_advisor.missing_indexes
WHERE schemaname = 'library'
ORDER BY relname, key_columns;

CREATE PROCEDURE begin_again()
LANGUAGE plpgsql
AS $$
DECLARE
	index_name regclass;
BEGIN
	FOR index_name IN
		SELECT indexrelid FROM pg_index
		WHERE indrelid IN ('loan'::regclass, 'reader'::regclass, 'reservation'::regclass)
		AND NOT indisprimary
	LOOP
		EXECUTE 'DROP INDEX ' || index_name;
	END LOOP;
	PERFORM perf_advisor.reset();
END
$$;
SELECT perf_advisor.reset() IS NOT NULL AS reset;

-- one equality
SELECT * FROM loan WHERE reader_id = 42 \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT index_ddl FROM perf_advisor.missing_indexes \gexec
SELECT * FROM advised;
CALL begin_again();

-- the range comes second, whatever the order in the text
SELECT * FROM loan WHERE lent_at > '2024-12-01' AND reader_id = 42 \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT index_ddl FROM perf_advisor.missing_indexes \gexec
SELECT * FROM advised;
CALL begin_again();

-- a skewed column adds little to 15 rows
SELECT * FROM loan WHERE state = 'lent' AND reader_id = 42 \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT index_ddl FROM perf_advisor.missing_indexes \gexec
SELECT * FROM advised;
CALL begin_again();

-- equality, then the wanted order
SELECT * FROM loan WHERE branch = 7 ORDER BY lent_at DESC LIMIT 10 \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT index_ddl FROM perf_advisor.missing_indexes \gexec
SELECT * FROM advised;
CALL begin_again();

-- the order alone; an index is read backwards as well
SELECT * FROM loan ORDER BY fine DESC LIMIT 10 \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT index_ddl FROM perf_advisor.missing_indexes \gexec
SELECT * FROM advised;
CALL begin_again();

-- two directions
SELECT * FROM loan ORDER BY branch, lent_at DESC LIMIT 10 \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT index_ddl FROM perf_advisor.missing_indexes \gexec
SELECT * FROM advised;
CALL begin_again();

-- NULLs where they do not come by themselves
SELECT * FROM loan ORDER BY fine DESC NULLS LAST LIMIT 10 \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT index_ddl FROM perf_advisor.missing_indexes \gexec
SELECT * FROM advised;
CALL begin_again();

-- of two ranges the one that keeps less
SELECT * FROM loan WHERE copy_no BETWEEN 100 AND 150 AND fine > 500 \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT index_ddl FROM perf_advisor.missing_indexes \gexec
SELECT * FROM advised;
CALL begin_again();

-- IN beside a value that nearly every row has
SELECT * FROM loan WHERE reader_id IN (1, 2, 3, 4, 5) AND state = 'returned' \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT index_ddl FROM perf_advisor.missing_indexes \gexec
SELECT * FROM advised;
CALL begin_again();

-- the other side of a join
SELECT * FROM reader AS r JOIN reservation AS v ON v.reader_id = r.id WHERE r.id = 77 \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT index_ddl FROM perf_advisor.missing_indexes \gexec
SELECT * FROM advised;
CALL begin_again();

-- both sides of a join
SELECT * FROM reader AS r JOIN reservation AS v ON v.reader_id = r.id WHERE r.town = 'town 7' AND r.name < 'reader 2' \g /dev/null
\g /dev/null
SELECT * FROM advised;
CALL begin_again();

-- an order without LIMIT, on rows found by an equality
SELECT * FROM loan WHERE branch = 7 AND state = 'lent' ORDER BY copy_no \g /dev/null
\g /dev/null
SELECT * FROM advised;
CALL begin_again();

-- one index for three statements, not three
SELECT * FROM loan WHERE reader_id = 42 \g /dev/null
\g /dev/null
SELECT * FROM loan WHERE reader_id = 42 AND state = 'lent' \g /dev/null
\g /dev/null
SELECT * FROM loan WHERE reader_id = 42 AND lent_at > '2024-12-01' \g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT cardinality(queryids) AS statements, calls FROM perf_advisor.missing_indexes;
SELECT index_ddl FROM perf_advisor.missing_indexes \gexec
SELECT * FROM advised;
CALL begin_again();

-- two indexes for two statements
SELECT * FROM loan WHERE reader_id = 42 \g /dev/null
\g /dev/null
SELECT * FROM loan WHERE copy_no = 77 \g /dev/null
\g /dev/null
SELECT * FROM advised;
CALL begin_again();

-- two indexes that would have the same name
SELECT * FROM loan ORDER BY fine DESC LIMIT 10 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM loan ORDER BY fine DESC NULLS LAST LIMIT 10 \g /dev/null
\g /dev/null
\g /dev/null
SELECT substring(index_ddl FROM 'loan_\w+') AS name
FROM perf_advisor.missing_indexes
ORDER BY name;
CALL begin_again();

-- the other columns of a row
SELECT * FROM loan WHERE reader_id = 42 \g /dev/null
\g /dev/null
\g /dev/null
\x on
SELECT
	relid = 'loan'::regclass AS right_table,
	index_ddl,
	access_method,
	key_columns,
	include_columns,
	predicate,
	cardinality(queryids) AS statements,
	calls,
	total_exec_time > 0 AS took_time,
	cost_before > 1000 AND cost_after < 100 AS cost_falls,
	est_saved_time > 0 AS saves_time,
	est_saved_pct BETWEEN 90 AND 100 AS saves_nearly_all,
	est_index_size BETWEEN 1e6 AND 10e6 AS size_is_plausible,
	table_size = pg_relation_size('loan') AS table_size_is_right,
	write_cost_ratio,
	hot_loss_pct,
	verified,
	replaces,
	reason LIKE '1 statement (3 calls, % ms) would find its rows by reader_id (equality) in a table of 300000 rows; the planner''s cost of a call falls from % to %.' AS reason_is_right,
	caveats,
	confidence,
	watched_for > '0' AND watched_for < '1 hour' AS watched_since_reset
FROM perf_advisor.missing_indexes;
\x off

-- the finding keeps its number when the name is taken
SELECT finding_id AS before FROM perf_advisor.missing_indexes \gset
CREATE INDEX loan_reader_id_idx ON loan (id, reader_id);
SELECT finding_id = :before AS same_finding, index_ddl FROM perf_advisor.missing_indexes;
CALL begin_again();

RESET search_path;
DROP SCHEMA library CASCADE;

-- Many new indexes on one table: creating all at once is not the way to begin.
CREATE TABLE wide (id int PRIMARY KEY, a int, b int, c int, d int, e int, note text);
CREATE TABLE narrow (id int PRIMARY KEY, a int, note text);
INSERT INTO wide SELECT i, i % 9000, i % 9001, i % 9007, i % 9011, i % 9013, repeat('x', 60) FROM generate_series(1, 40000) AS i;
INSERT INTO narrow SELECT i, i % 9000, repeat('x', 60) FROM generate_series(1, 40000) AS i;
ANALYZE wide;
ANALYZE narrow;
CREATE VIEW advised AS SELECT relname, key_columns, count(*) FILTER (WHERE caveat ~ '^\d+ new indexes are advised on this table') AS warned, max(caveat) FILTER (WHERE caveat ~ 'new indexes') AS caveat
	FROM perf_advisor.missing_indexes LEFT JOIN unnest(caveats) AS caveat ON true GROUP BY 1, 2 ORDER BY 1, 2;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM wide WHERE a = 1 \g /dev/null
\g /dev/null
SELECT * FROM wide WHERE b = 1 \g /dev/null
\g /dev/null
SELECT * FROM wide WHERE c = 1 \g /dev/null
\g /dev/null
SELECT * FROM wide WHERE d = 1 \g /dev/null
\g /dev/null
SELECT * FROM narrow WHERE a = 1 \g /dev/null
\g /dev/null
-- four are not many
SELECT relname, key_columns, warned FROM advised;
-- the fifth is: each of them says so, and those of other tables do not
SELECT * FROM wide WHERE e = 1 \g /dev/null
\g /dev/null
SELECT relname, key_columns, warned FROM advised;
SELECT DISTINCT caveat FROM advised WHERE relname = 'wide';
DROP VIEW advised;
DROP TABLE wide;
DROP TABLE narrow;

-- Foreign keys without an index: an index is only offered where look-ups read
-- more than writers would pay for it, and cannot be seen as statements.
CREATE SCHEMA fk;
SET search_path = fk;
CREATE TABLE parent (id int PRIMARY KEY, region text COLLATE "C", UNIQUE (id, region));
CREATE TABLE "Child" (id int PRIMARY KEY, "Parent" int CONSTRAINT of_one REFERENCES parent (id), note text);
CREATE TABLE pair (id int PRIMARY KEY, parent int, region text COLLATE "C", CONSTRAINT of_pair FOREIGN KEY (parent, region) REFERENCES parent (id, region), note text);
CREATE TABLE part (id int, parent int CONSTRAINT of_part REFERENCES parent (id), note text) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (100000);
CREATE TABLE written (id int PRIMARY KEY, parent int CONSTRAINT of_written REFERENCES parent (id), note text);
INSERT INTO parent SELECT i, 'r' FROM generate_series(1, 2000) AS i;
SET perf_advisor.track = 'top';
INSERT INTO "Child" SELECT i, 1, repeat('x', 60) FROM generate_series(1, 20000) AS i;
INSERT INTO pair SELECT i, 1, 'r', repeat('x', 60) FROM generate_series(1, 20000) AS i;
INSERT INTO part SELECT i, 1, repeat('x', 60) FROM generate_series(1, 20000) AS i;
INSERT INTO written SELECT i, 1, repeat('x', 60) FROM generate_series(1, 20000) AS i;
-- emptied and filled again: many writers, no larger table
TRUNCATE written;
INSERT INTO written SELECT i, 1, repeat('x', 60) FROM generate_series(1, 20000) AS i;
TRUNCATE written;
INSERT INTO written SELECT i, 1, repeat('x', 60) FROM generate_series(1, 20000) AS i;
TRUNCATE written;
INSERT INTO written SELECT i, 1, repeat('x', 60) FROM generate_series(1, 20000) AS i;
TRUNCATE written;
INSERT INTO written SELECT i, 1, repeat('x', 60) FROM generate_series(1, 20000) AS i;
ANALYZE;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE VIEW said AS SELECT relname, column_name, severity, queryids, calls, fix, hint FROM perf_advisor.index_hints WHERE kind = 'foreign_key' ORDER BY relname;
\x on
-- nothing was deleted
SELECT * FROM said WHERE relname = 'Child';
-- one row
DELETE FROM parent WHERE id = 2000;
SELECT pg_stat_force_next_flush();
SELECT * FROM said WHERE relname = 'Child';
-- many: a name that is taken is not used, and each index is created as it is given
CREATE TABLE "Child_Parent_idx" ();
DELETE FROM parent WHERE id > 1750;
SELECT pg_stat_force_next_flush();
SELECT * FROM said;
-- where the look-ups would be recorded, what was before counts no more
SET perf_advisor.track = 'all';
SELECT * FROM said WHERE relname = 'Child';
\x off
SET perf_advisor.track = 'top';
SELECT fix AS part_fix FROM said WHERE relname = 'part' \gset
SELECT fix AS pair_fix FROM said WHERE relname = 'pair' \gset
SELECT fix AS child_fix FROM said WHERE relname = 'Child' \gset
:part_fix;
:pair_fix;
:child_fix;
SELECT relname FROM said;
-- a foreign key of the same columns to another parent needs no second index
DROP INDEX "Child_Parent_idx1";
CREATE TABLE other (id int PRIMARY KEY);
INSERT INTO other VALUES (1);
ALTER TABLE "Child" ADD CONSTRAINT of_other FOREIGN KEY ("Parent") REFERENCES other (id);
INSERT INTO other SELECT i FROM generate_series(2, 2000) AS i;
DELETE FROM other WHERE id > 1;
SELECT pg_stat_force_next_flush();
SELECT fix, count(*) FROM said WHERE relname = 'Child' GROUP BY fix;
RESET perf_advisor.track;
-- look-ups that are recorded are judged as statements
SELECT perf_advisor.reset() IS NOT NULL AS reset;
DELETE FROM parent WHERE id > 1700;
SELECT relname FROM said;
SELECT relname, key_columns FROM perf_advisor.missing_indexes WHERE schemaname = 'fk' ORDER BY relname;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA fk CASCADE;

-- Which indexes nobody needs, and which are needed though no statement reads them.
SET perf_advisor.overhead_budget = 100;
CREATE SCHEMA barn;
SET search_path = barn;
CREATE TABLE owner (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE herd (id int PRIMARY KEY, owner_id int CONSTRAINT herd_owner_fkey REFERENCES owner, stall int NOT NULL,
	weight int NOT NULL, tag text NOT NULL, born date NOT NULL);
INSERT INTO owner SELECT i, 'owner ' || i FROM generate_series(1, 2000) AS i;
INSERT INTO herd SELECT i, i % 2000 + 1, i % 500, i % 300, 'Tag' || i % 1000, date '2024-01-01' + i % 365
FROM generate_series(1, 40000) AS i;
CREATE INDEX herd_owner_id ON herd (owner_id);
CREATE INDEX herd_stall ON herd (stall);
CREATE INDEX herd_tag ON herd (lower(tag));
CREATE INDEX herd_born ON herd (born DESC) INCLUDE (weight) WITH (fillfactor = 80) WHERE weight > 10;
COMMENT ON INDEX herd_born IS 'for the report';
ANALYZE owner, herd;
CREATE VIEW verdicts AS SELECT indexrelname, uses, class, reason FROM perf_advisor.unused_indexes WHERE schemaname = 'barn';
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(*) FROM herd WHERE stall = 3 \g /dev/null
SELECT count(*) FROM owner WHERE id = 3 \g /dev/null
SELECT count(*) FROM herd WHERE id = 3 \g /dev/null

-- nothing is said before the time
SHOW perf_advisor.unused_index_min_age;
SELECT indexrelname, class, regexp_replace(reason, 'in \S+ \S+;', 'in <time>;') AS reason, fix, undo, watched_for < '1 day' AS watched_for
FROM perf_advisor.unused_indexes WHERE schemaname = 'barn' AND indexrelname = 'herd_born';

ALTER SYSTEM SET perf_advisor.unused_index_min_age = 0;
SELECT pg_reload_conf(), pg_sleep(0.5);
\c
SET search_path = barn;
SET perf_advisor.overhead_budget = 100;
SELECT indexrelname, class, uses, last_used, index_size = pg_relation_size('herd_born') AS size, is_valid, is_primary, is_unique, is_exclusion, is_deferrable,
	is_replica_identity, is_clustered, is_fk_target, supports_fk, is_expression_statistics, is_extension, is_partitioned, table_used, complete,
	drop_impact_pct, regexp_replace(reason, 'in \S+ \S+,', 'in <time>,') AS reason, fix, undo, undo_rest
FROM perf_advisor.unused_indexes WHERE schemaname = 'barn' AND indexrelname = 'herd_born' \gx
-- without advice there is no statement to run
SELECT count(*) AS with_statement FROM perf_advisor.unused_indexes WHERE class <> 'unused' AND (fix IS NOT NULL OR undo IS NOT NULL);

-- a primary key that is not read is needed all the same, one that is read is no row
CREATE TABLE log (id int PRIMARY KEY, line text, at date);
CREATE UNIQUE INDEX log_line ON log (line);
CREATE INDEX log_at ON log (at);
INSERT INTO log VALUES (1, 'a', '2024-01-01');
SELECT count(*) FROM log \g /dev/null
\g /dev/null
SELECT indexrelname, class, is_primary, is_unique, reason FROM perf_advisor.unused_indexes WHERE relname IN ('log', 'owner') AND schemaname = 'barn' ORDER BY 1;
-- a table that nobody touches says nothing about its indexes
CREATE TABLE archive (id int, line text);
CREATE INDEX archive_line ON archive (line);
SELECT class, table_used, regexp_replace(reason, 'in \S+ \S+,', 'in <time>,') AS reason FROM perf_advisor.unused_indexes WHERE indexrelname = 'archive_line';
SELECT count(*) FROM archive \g /dev/null
\g /dev/null
SELECT class, table_used FROM perf_advisor.unused_indexes WHERE indexrelname = 'archive_line';

-- Foreign keys: without deletes in the parent the index is unused, and the reason warns.
SELECT class, is_fk_target, supports_fk, regexp_replace(reason, 'in \S+ \S+,', 'in <time>,') AS reason FROM perf_advisor.unused_indexes WHERE indexrelname = 'herd_owner_id';
-- Deleted parents are looked for by it: only foreign-key checks read it.
INSERT INTO owner VALUES (5001, 'x'), (5002, 'y');
DELETE FROM owner WHERE id = 5001;
SELECT pg_stat_force_next_flush();
SELECT class, uses, supports_fk, reason FROM perf_advisor.unused_indexes WHERE indexrelname = 'herd_owner_id';
-- once somebody else reads it, it is an index as any other
SELECT count(*) FROM herd WHERE owner_id = 3 \g /dev/null
SELECT count(*) AS rows FROM perf_advisor.unused_indexes WHERE indexrelname = 'herd_owner_id';
-- the parent's rows go, and no check has used the index yet
CREATE TABLE stay (id int, owner_id int CONSTRAINT stay_owner_fkey REFERENCES owner);
CREATE INDEX stay_owner_id ON stay (owner_id);
CREATE INDEX stay_twin ON stay (owner_id);
SELECT count(*) FROM stay \g /dev/null
\g /dev/null
SELECT indexrelname, class, supports_fk, uses FROM perf_advisor.unused_indexes WHERE relname = 'stay' AND schemaname = 'barn' ORDER BY 1;

-- Statistics of an expression, in a statement whose plan does not read the index.
SELECT class, is_expression_statistics FROM perf_advisor.unused_indexes WHERE indexrelname = 'herd_tag';
SELECT count(*) FROM herd AS h LEFT JOIN owner AS o ON o.id = h.owner_id WHERE h.id < 5 AND lower(h.tag) LIKE 'tag%' \g /dev/null
\g /dev/null
SELECT class, is_expression_statistics, reason FROM perf_advisor.unused_indexes WHERE indexrelname = 'herd_tag';
-- another expression of the same column is no reason, nor is an index when the statistics come from elsewhere
CREATE INDEX herd_upper ON herd (upper(tag));
CREATE INDEX herd_tag_born ON herd (lower(tag), born);
ANALYZE herd;
SELECT indexrelname, class, is_expression_statistics FROM perf_advisor.unused_indexes WHERE indexrelname IN ('herd_tag', 'herd_upper', 'herd_tag_born') ORDER BY 1;
CREATE STATISTICS herd_lower ON lower(tag) FROM herd;
ANALYZE herd;
SELECT indexrelname, class, is_expression_statistics FROM perf_advisor.unused_indexes WHERE indexrelname IN ('herd_tag', 'herd_upper', 'herd_tag_born') ORDER BY 1;

-- a table is read by the name of one that it inherits from, by statements that have columns of that one only
CREATE TABLE beast (id int, name text);
CREATE TABLE horse (breed text) INHERITS (beast);
INSERT INTO horse SELECT i, 'Horse ' || i % 1000, 'Breed ' || i % 1000 FROM generate_series(1, 5000) AS i;
CREATE INDEX horse_name ON horse (lower(name));
CREATE INDEX horse_breed ON horse (lower(breed));
ANALYZE horse;
SELECT count(*) FROM beast WHERE id < 5 AND lower(name) LIKE 'horse%' \g /dev/null
\g /dev/null
SELECT indexrelname, class, is_expression_statistics FROM perf_advisor.unused_indexes WHERE relname = 'horse' ORDER BY 1;

-- Expressions that the planner simplifies: neither the statement's nor the index's is as it was written.
CREATE TABLE cow (id int PRIMARY KEY, age int, name text);
INSERT INTO cow SELECT i, i % 1000, 'Cow ' || i FROM generate_series(1, 5000) AS i;
CREATE INDEX cow_numeric ON cow ((age::numeric + 2));
CREATE INDEX cow_sum ON cow ((age + (1 + 1)));
CREATE INDEX cow_cast ON cow (lower(name || 'x'::varchar(10)));
CREATE INDEX cow_other ON cow ((age::numeric + 3));
ANALYZE cow;
SELECT count(*) FROM cow WHERE id < 5 AND age::numeric + 2 = 3 \g /dev/null
\g /dev/null
SELECT count(*) FROM cow WHERE id < 6 AND age + (1 + 1) = 3 \g /dev/null
\g /dev/null
SELECT count(*) FROM cow WHERE id < 7 AND lower(name || 'x'::varchar(10)) LIKE 'cow%' \g /dev/null
\g /dev/null
SELECT indexrelname, class, is_expression_statistics FROM perf_advisor.unused_indexes WHERE relname = 'cow' ORDER BY 1;
-- written otherwise: found by planning, and believed
SELECT count(*) FROM cow AS a JOIN cow AS b ON a.id = b.age WHERE a.id < 400 AND a.age::numeric + (2 + 1) < 5000 \g /dev/null
\g /dev/null
SELECT kind FROM perf_advisor.simulate_drop('cow_other');
SELECT class, is_expression_statistics, fix, reason FROM perf_advisor.unused_indexes WHERE indexrelname = 'cow_other';

-- other duties, each with its column
CREATE TABLE duty (a int NOT NULL, b int NOT NULL, c int NOT NULL, d int NOT NULL, e int NOT NULL);
CREATE UNIQUE INDEX duty_identity ON duty (a, b);
ALTER TABLE duty REPLICA IDENTITY USING INDEX duty_identity;
CREATE INDEX duty_cluster ON duty (c);
CLUSTER duty USING duty_cluster;
ALTER TABLE duty ADD CONSTRAINT duty_later UNIQUE (d) DEFERRABLE;
ALTER TABLE duty ADD CONSTRAINT duty_exclude EXCLUDE USING btree (e WITH =);
CREATE INDEX duty_plain ON duty (b);
SELECT count(*) FROM duty \g /dev/null
\g /dev/null
SELECT indexrelname, class, is_unique, is_exclusion, is_deferrable, is_replica_identity, is_clustered FROM perf_advisor.unused_indexes
WHERE relname = 'duty' ORDER BY 1;

-- a foreign key has no use for an index of another collation or operator family
CREATE TABLE stable (name text PRIMARY KEY);
CREATE TABLE box (id int, stable text CONSTRAINT box_stable_fkey REFERENCES stable);
CREATE INDEX box_collation ON box (stable COLLATE "POSIX");
CREATE INDEX box_stable ON box (stable);
INSERT INTO stable VALUES ('a');
DELETE FROM stable;
SELECT pg_stat_force_next_flush();
SELECT count(*) FROM box \g /dev/null
\g /dev/null
SELECT indexrelname, class, supports_fk FROM perf_advisor.unused_indexes WHERE relname = 'box' ORDER BY 1;

-- of a materialized view the unique index is what it is refreshed by
CREATE MATERIALIZED VIEW summary AS SELECT id, name FROM owner;
CREATE UNIQUE INDEX summary_id ON summary (id);
CREATE UNIQUE INDEX summary_name ON summary (lower(name));
SELECT indexrelname, class, reason FROM perf_advisor.unused_indexes WHERE relname = 'summary' ORDER BY 1;

-- what a subscription writes to without a key is looked for by any index, without a plan
SET client_min_messages = error;
CREATE SUBSCRIPTION perf_advisor_test CONNECTION 'dbname=none' PUBLICATION none WITH (connect = false, slot_name = NONE, enabled = false, create_slot = false);
CREATE TABLE copied (id int, note text);
CREATE TABLE copied_key (id int PRIMARY KEY, note text);
CREATE INDEX copied_id ON copied (id);
CREATE INDEX copied_part ON copied (id) WHERE id > 5;
CREATE INDEX copied_lower ON copied (lower(note), id);
CREATE INDEX copied_key_note ON copied_key (note);
INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate)
SELECT oid, t, 'r' FROM pg_subscription, unnest('{copied, copied_key}'::regclass[]) AS t WHERE subname = 'perf_advisor_test';
SELECT count(*) FROM copied, copied_key \g /dev/null
\g /dev/null
SELECT indexrelname, is_apply_target = (indexrelname = 'copied_id' AND current_setting('server_version_num')::int >= 160000) AS right_target,
	class = CASE WHEN is_apply_target OR is_primary THEN 'needed' ELSE 'unused' END AS right_class
FROM perf_advisor.unused_indexes WHERE relname LIKE 'copied%' ORDER BY 1;
DELETE FROM pg_subscription_rel WHERE srrelid IN ('copied'::regclass, 'copied_key'::regclass);
DROP SUBSCRIPTION perf_advisor_test;
RESET client_min_messages;
SELECT is_apply_target FROM perf_advisor.unused_indexes WHERE indexrelname = 'copied_id';

-- Partitioned: judged as a tree, at the root; an index of one partition for itself.
CREATE TABLE feed (day date NOT NULL, stall int NOT NULL, kilos int NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE feed_2023 PARTITION OF feed FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE feed_2024 PARTITION OF feed FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO feed SELECT date '2023-01-01' + i % 700, i % 4000, i FROM generate_series(1, 40000) AS i;
CREATE INDEX feed_stall ON feed (stall);
CREATE INDEX feed_kilos ON feed (kilos);
CREATE INDEX feed_own ON feed_2024 (kilos, stall);
ANALYZE feed;
SELECT sum(kilos) FROM feed_2023 WHERE stall = 78 \g /dev/null
SELECT sum(kilos) FROM feed_2024 WHERE day > '2024-11-01' \g /dev/null
\g /dev/null
SELECT relname, indexrelname, class, is_partitioned, index_size > 0 AS size, fix, undo FROM perf_advisor.unused_indexes WHERE relname LIKE 'feed%' ORDER BY 2;

-- used now and then for what it costs
CREATE TABLE note (id int PRIMARY KEY, stall int, line text);
CREATE INDEX note_stall ON note (stall);
CREATE INDEX note_line ON note (line);
INSERT INTO note SELECT i, i, 'line ' || i FROM generate_series(1, 30000) AS i;
DELETE FROM note;
INSERT INTO note SELECT i, i, 'line ' || i FROM generate_series(1, 30000) AS i;
ANALYZE note;
SELECT line FROM note WHERE stall = 4 \g /dev/null
SELECT class, fix, regexp_replace(regexp_replace(reason, 'in \S+ \S+,', 'in <time>,'), 'some \d+', 'some <number>') AS reason
FROM perf_advisor.unused_indexes WHERE indexrelname = 'note_stall';
SELECT line FROM note WHERE stall = 4 \g /dev/null
SELECT count(*) AS often_enough FROM perf_advisor.unused_indexes WHERE indexrelname = 'note_stall';
-- once, and little is written to it: not worth a word
SELECT sum(kilos) FROM feed WHERE kilos = 77 \g /dev/null
SELECT count(*) AS idle FROM perf_advisor.unused_indexes WHERE indexrelname IN ('feed_kilos');
SELECT class, entries_per_day >= 60000 AS entries, write_time > 0 AS write_time FROM perf_advisor.unused_indexes WHERE indexrelname = 'note_line';

-- what simulate_drop() found is shown
SELECT count(*) FROM perf_advisor.simulate_drop('note_line');
SELECT drop_impact_pct, drop_impact_at <= clock_timestamp() AS at FROM perf_advisor.unused_indexes WHERE indexrelname = 'note_line';

-- neither what is planned nor what is explained is a use
EXPLAIN (COSTS OFF) SELECT id FROM note WHERE line = 'line 7';
SELECT uses, class FROM perf_advisor.unused_indexes WHERE indexrelname = 'note_line';
SELECT id FROM note WHERE line = 'line 7' \g /dev/null
SELECT uses, class FROM perf_advisor.unused_indexes WHERE indexrelname = 'note_line';
-- a reset of statements does not make it unused
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(*) FROM note \g /dev/null
\g /dev/null
SELECT count(*) AS unused FROM perf_advisor.unused_indexes WHERE indexrelname = 'note_line' AND class <> 'rarely_used';

-- invalid ones are another matter
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'log_at'::regclass;
SELECT count(*) AS invalid FROM perf_advisor.unused_indexes WHERE indexrelname = 'log_at';
UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'log_at'::regclass;

-- of an unused index and a used one that is redundant beside it only one goes
CREATE TABLE pair (id int, a int, b text);
INSERT INTO pair SELECT i, i, repeat('b', 200) || i FROM generate_series(1, 20000) AS i;
CREATE INDEX pair_a ON pair (a);
CREATE INDEX pair_a_b ON pair (a, b);
VACUUM ANALYZE pair;
SELECT count(id) FROM pair WHERE a = 5 \g /dev/null
SELECT indexrelname, kind, fix IS NOT NULL AS goes FROM perf_advisor.redundant_indexes WHERE relname = 'pair';
SELECT indexrelname, class, fix, undo, regexp_replace(reason, '^.*was used\. ', '') AS reason FROM perf_advisor.unused_indexes WHERE relname = 'pair';
DROP INDEX pair_a;
SELECT count(id) FROM pair WHERE id = 5 \g /dev/null
\g /dev/null
SELECT indexrelname, class, fix FROM perf_advisor.unused_indexes WHERE relname = 'pair';

-- A subscription may find rows by an index without any plan: its scans are not dismissed.
CREATE TABLE applied (id int PRIMARY KEY, a int, b int);
INSERT INTO applied SELECT i, i, i FROM generate_series(1, 1000) AS i;
CREATE INDEX applied_a ON applied (a);
CREATE INDEX applied_b ON applied (b);
INSERT INTO pg_subscription_rel VALUES (1, 'applied'::regclass, 'r', NULL);
SELECT count(*) FROM applied \g /dev/null
\g /dev/null
SET enable_seqscan = off;
SET perf_advisor.enabled = off;
SELECT count(*) FROM applied WHERE a = 3 \g /dev/null
RESET perf_advisor.enabled;
RESET enable_seqscan;
SELECT pg_stat_force_next_flush();
SELECT indexrelname, class, regexp_replace(reason, 'in some seconds', 'in <time>') AS reason, fix FROM perf_advisor.unused_indexes WHERE relname = 'applied' AND NOT is_primary ORDER BY 1;
DELETE FROM pg_subscription_rel;
SELECT indexrelname, class FROM perf_advisor.unused_indexes WHERE relname = 'applied' AND NOT is_primary ORDER BY 1;

-- rules silence rows
INSERT INTO perf_advisor.ignore_rules (category, schemaname, relname, reason) VALUES ('index', 'barn', 'fee%', 'seen');
SELECT count(*) AS silenced FROM perf_advisor.unused_indexes WHERE relname LIKE 'feed%';
DELETE FROM perf_advisor.ignore_rules;

-- temporary tables and catalogs have no rows
CREATE TEMPORARY TABLE fleeting (id int PRIMARY KEY);
SELECT count(*) AS others FROM perf_advisor.unused_indexes WHERE relname = 'fleeting' OR schemaname IN ('pg_catalog', 'pg_toast', 'perf_advisor');

-- recording that is limited can prove nothing
SET perf_advisor.track = top;
SELECT class, complete, regexp_replace(reason, 'in \S+ \S+,', 'in <time>,') AS reason FROM perf_advisor.unused_indexes WHERE indexrelname = 'herd_born';
RESET perf_advisor.track;

-- a read-only transaction, and no lock that waits
BEGIN READ ONLY;
SELECT class FROM perf_advisor.unused_indexes WHERE indexrelname = 'herd_born';
ROLLBACK;

-- what it says is done, and undone
CREATE TABLE before AS SELECT pg_get_indexdef('herd_born'::regclass) AS definition, obj_description('herd_born'::regclass) AS comment,
	fix, undo, undo_rest FROM perf_advisor.unused_indexes WHERE indexrelname = 'herd_born';
SELECT fix FROM before \gexec
SELECT to_regclass('herd_born') AS gone;
SELECT undo FROM before \gexec
SELECT undo_rest FROM before \gexec
SELECT pg_get_indexdef('herd_born'::regclass) = definition AS same, obj_description('herd_born'::regclass) = comment AS comment FROM before;

CREATE ROLE perf_advisor_test_guest;
SET ROLE perf_advisor_test_guest;
SELECT count(*) FROM perf_advisor.unused_indexes;
SELECT count(*) FROM perf_advisor.index_duties();
SELECT count(*) FROM perf_advisor.index_drop(0);
RESET ROLE;
GRANT pg_monitor TO perf_advisor_test_guest;
SET ROLE perf_advisor_test_guest;
SELECT count(*) > 0 AS rows FROM perf_advisor.unused_indexes;
RESET ROLE;
ALTER SYSTEM RESET perf_advisor.unused_index_min_age;
SELECT pg_reload_conf();
SET client_min_messages = warning;
DROP SCHEMA barn CASCADE;
DROP ROLE perf_advisor_test_guest;

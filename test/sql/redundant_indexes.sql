-- Indexes that another one makes superfluous: each rule once with a row and once without.
CREATE SCHEMA redundant;
SET search_path = redundant;
CREATE VIEW found AS
	SELECT relname, indexrelname, covered_by, kind FROM perf_advisor.redundant_indexes
	WHERE schemaname = 'redundant' ORDER BY relname, indexrelname;

-- keys: column, order, number
CREATE TABLE keys (a int, b int, c int);
CREATE INDEX keys_a ON keys (a);
CREATE INDEX keys_ab ON keys (a, b);
CREATE INDEX keys_b ON keys (b);
CREATE INDEX keys_ca ON keys (c, a);
CREATE INDEX keys_cab ON keys (c, b, a);
SELECT * FROM found WHERE relname = 'keys';

-- the only statistics of an expression: not before the other index has them, too
CREATE TABLE analyzed (a int, t text);
INSERT INTO analyzed SELECT i, 't' || i % 100 FROM generate_series(1, 1000) AS i;
CREATE INDEX analyzed_t ON analyzed (lower(t));
ANALYZE analyzed;
CREATE INDEX analyzed_t_a ON analyzed (lower(t), a);
SELECT indexrelname, kind, fix, undo, reason ~ 'ANALYZE the table' AS analyze_first FROM perf_advisor.redundant_indexes WHERE relname = 'analyzed';
ANALYZE analyzed;
SELECT indexrelname, kind, fix, reason ~ 'ANALYZE the table' AS analyze_first FROM perf_advisor.redundant_indexes WHERE relname = 'analyzed';

-- expressions, compared as trees; a cast that changes nothing is none
CREATE TABLE expressions (a int, t text, v varchar(20));
CREATE INDEX expressions_lower ON expressions (lower(t));
CREATE INDEX expressions_lower_a ON expressions ( lower( t ) , a);
CREATE INDEX expressions_upper ON expressions (upper(t));
CREATE INDEX expressions_sum ON expressions ((a + 1));
CREATE INDEX expressions_sum2 ON expressions ((a + 2), t);
CREATE INDEX expressions_folded ON expressions ((a * (1 + 1)));
CREATE INDEX expressions_plain ON expressions ((a * 2), t);
CREATE INDEX expressions_v ON expressions (v);
CREATE INDEX expressions_vt ON expressions ((v::text), a);
SELECT * FROM found WHERE relname = 'expressions';

-- operator class and its options
CREATE TABLE classes (t text, j jsonb, d tsvector, p point);
CREATE INDEX classes_pattern ON classes (t text_pattern_ops);
CREATE INDEX classes_plain ON classes (t, j);
CREATE INDEX classes_path ON classes USING gin (j jsonb_path_ops);
CREATE INDEX classes_gin ON classes USING gin (j);
CREATE INDEX classes_sig ON classes USING gist (d tsvector_ops (siglen = 100));
CREATE INDEX classes_gist ON classes USING gist (d);
SELECT * FROM found WHERE relname = 'classes';
CREATE INDEX classes_pattern3 ON classes (t varchar_pattern_ops, j);
CREATE INDEX classes_path2 ON classes USING gin (j jsonb_path_ops) WITH (fastupdate = off);
CREATE INDEX classes_sig2 ON classes USING gist (d tsvector_ops (siglen = 100));
SELECT * FROM found WHERE relname = 'classes';

-- collation
CREATE TABLE collations (t text, u text, a int);
CREATE INDEX collations_c ON collations (t COLLATE "C");
CREATE INDEX collations_posix ON collations (t COLLATE "POSIX", a);
CREATE INDEX collations_u ON collations (u COLLATE "POSIX");
CREATE INDEX collations_ua ON collations (u COLLATE "POSIX", a);
SELECT * FROM found WHERE relname = 'collations';

-- direction and NULLS
CREATE TABLE directions (a int, b int, c int);
CREATE INDEX directions_one ON directions (a, b DESC);
CREATE INDEX directions_back ON directions (a DESC, b, c);
CREATE INDEX directions_mixed ON directions (b, c DESC);
CREATE INDEX directions_other ON directions (b, c, a);
CREATE INDEX directions_nulls ON directions (c NULLS FIRST);
CREATE INDEX directions_last ON directions (c, a);
SELECT * FROM found WHERE relname = 'directions';

-- INCLUDE
CREATE TABLE included (a int, b int, c int);
CREATE INDEX included_ab ON included (a) INCLUDE (b);
CREATE INDEX included_key ON included (a, b);
CREATE INDEX included_bc ON included (b) INCLUDE (a, c);
CREATE INDEX included_b ON included (b, a);
SELECT * FROM found WHERE relname = 'included';

-- predicates, whatever way they are written
CREATE TABLE predicates (a int, b int, state text);
CREATE INDEX predicates_new ON predicates (a) WHERE state = 'new' AND b > 0;
CREATE INDEX predicates_new2 ON predicates (a, b) WHERE ((b) > 0) AND (state = 'new'::text);
CREATE INDEX predicates_old ON predicates (a) WHERE state = 'old';
CREATE INDEX predicates_b ON predicates (b) WHERE state = 'new';
CREATE INDEX predicates_all ON predicates (b, a);
SELECT * FROM found WHERE relname = 'predicates';

-- uniqueness
CREATE TABLE uniqueness (a int, b int, c int, d int, e int);
CREATE UNIQUE INDEX uniqueness_a ON uniqueness (a);
CREATE INDEX uniqueness_ab ON uniqueness (a, b);
CREATE UNIQUE INDEX uniqueness_b ON uniqueness (b);
CREATE UNIQUE INDEX uniqueness_b2 ON uniqueness (b) INCLUDE (c);
CREATE INDEX uniqueness_c ON uniqueness (c);
CREATE UNIQUE INDEX uniqueness_c2 ON uniqueness (c);
CREATE UNIQUE INDEX uniqueness_d ON uniqueness (d);
CREATE UNIQUE INDEX uniqueness_d2 ON uniqueness (d) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX uniqueness_e ON uniqueness (e) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX uniqueness_e2 ON uniqueness (e) NULLS NOT DISTINCT;
SELECT * FROM found WHERE relname = 'uniqueness';

-- constraints win, among them the primary key; a deferrable one checks too late
CREATE TABLE constraints (a int, b int, c int, d int);
ALTER TABLE constraints ADD CONSTRAINT constraints_unique UNIQUE (a);
ALTER TABLE constraints ADD CONSTRAINT constraints_pk PRIMARY KEY (a);
CREATE UNIQUE INDEX constraints_a ON constraints (a);
CREATE UNIQUE INDEX constraints_b ON constraints (b);
ALTER TABLE constraints ADD CONSTRAINT constraints_deferrable UNIQUE (b) DEFERRABLE;
ALTER TABLE constraints ADD CONSTRAINT constraints_c UNIQUE (c);
CREATE INDEX constraints_cd ON constraints (c, d);
CREATE INDEX constraints_d ON constraints (d);
ALTER TABLE constraints ADD CONSTRAINT constraints_exclude EXCLUDE (d WITH =);
SELECT * FROM found WHERE relname = 'constraints';
SELECT indexrelname, fix, undo FROM perf_advisor.redundant_indexes WHERE relname = 'constraints' ORDER BY 1;

-- what is named elsewhere stays: foreign keys, replica identity, CLUSTER
CREATE TABLE elsewhere (a int NOT NULL, b int NOT NULL, c int);
CREATE UNIQUE INDEX elsewhere_target ON elsewhere (a);
CREATE TABLE child (a int REFERENCES elsewhere (a));
CREATE UNIQUE INDEX elsewhere_a ON elsewhere (a);
CREATE UNIQUE INDEX elsewhere_identity ON elsewhere (b);
CREATE UNIQUE INDEX elsewhere_b ON elsewhere (b);
ALTER TABLE elsewhere REPLICA IDENTITY USING INDEX elsewhere_b;
CREATE INDEX elsewhere_c ON elsewhere (c);
CREATE INDEX elsewhere_clustered ON elsewhere (c);
ALTER TABLE elsewhere CLUSTER ON elsewhere_clustered;
SELECT * FROM found WHERE relname IN ('elsewhere', 'child');
CREATE INDEX elsewhere_wide ON elsewhere (c, a);
ALTER TABLE elsewhere ADD PRIMARY KEY (a);
SELECT * FROM found WHERE relname = 'elsewhere';

-- the index of a foreign key, beside one that begins with its columns
CREATE TABLE child2 (a int REFERENCES elsewhere (a), b int);
CREATE INDEX child2_a ON child2 (a);
CREATE INDEX child2_b ON child2 (b, a);
SELECT * FROM found WHERE relname = 'child2';
CREATE INDEX child2_ab ON child2 (a, b);
SELECT * FROM found WHERE relname = 'child2';

-- methods: only duplicates
CREATE TABLE methods (a int, b int, d tsvector);
CREATE INDEX methods_hash ON methods USING hash (a);
CREATE INDEX methods_btree ON methods (a);
CREATE INDEX methods_brin ON methods USING brin (a);
CREATE INDEX methods_brin2 ON methods USING brin (a, b);
CREATE INDEX methods_brin3 ON methods USING brin (a) WITH (pages_per_range = 8);
SELECT * FROM found WHERE relname = 'methods';
CREATE INDEX methods_hash2 ON methods USING hash (a);
CREATE INDEX methods_brin4 ON methods USING brin (a) WITH (pages_per_range = 8);
SELECT * FROM found WHERE relname = 'methods';

-- partitioned tables: advised at the root, never an attached partition
CREATE TABLE parts (a int, b int, c int) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2) PARTITION BY LIST (b);
CREATE TABLE parts_2_1 PARTITION OF parts_2 DEFAULT;
CREATE INDEX parts_b ON parts (b);
CREATE INDEX parts_bc ON parts (b, c);
SELECT * FROM found WHERE relname LIKE 'parts%';
-- a partition's own index, beside those of its root: what goes is no reason
CREATE INDEX parts_1_own ON parts_1 (b);
CREATE INDEX parts_1_c ON parts_1 (c);
CREATE INDEX parts_2_1_own ON parts_2_1 (b, c, a);
SELECT * FROM found WHERE relname LIKE 'parts%';
SELECT indexrelname, fix, undo FROM perf_advisor.redundant_indexes WHERE relname LIKE 'parts%' ORDER BY 1;

-- of duplicates one stays, which is not among those that go
SELECT count(*) FILTER (WHERE fix IS NOT NULL) > 0 AS some,
	count(*) FILTER (WHERE fix IS NOT NULL AND covered_by_relid IN
		(SELECT indexrelid FROM perf_advisor.redundant_indexes WHERE fix IS NOT NULL)) AS both,
	bool_and((fix IS NULL) = (kind = 'overlap') AND (undo IS NULL) = (fix IS NULL)) AS fix_and_undo
FROM perf_advisor.redundant_indexes;

-- the words
SELECT indexrelname, index_size = pg_relation_size(indexrelid) AS size, reason, fix, undo FROM perf_advisor.redundant_indexes
WHERE indexrelname IN ('keys_a', 'constraints_a', 'uniqueness_b', 'predicates_b', 'uniqueness_e2', 'elsewhere_c') ORDER BY 1;

-- names that need quotes, and what CREATE INDEX does not bring back
CREATE TABLE "My Table" ("A b" int, t text);
CREATE INDEX "My ""index" ON "My Table" ("A b") WITH (fillfactor = 70);
CREATE INDEX "ON ONLY" ON "My Table" ("A b", t);
CREATE INDEX "e x" ON "My Table" (lower(t));
CREATE INDEX "e y" ON "My Table" (lower(t), "A b");
COMMENT ON INDEX "e x" IS 'it''s mine';
ALTER INDEX "e x" ALTER COLUMN 1 SET STATISTICS 300;
SELECT indexrelname, covered_by, fix, undo, undo_rest FROM perf_advisor.redundant_indexes WHERE relname = 'My Table' ORDER BY 1;

-- nothing is said of temporary tables, of an invalid index, and of what is ignored
CREATE TEMPORARY TABLE temporary (a int);
CREATE INDEX ON temporary (a);
CREATE INDEX ON temporary (a);
SELECT count(*) FROM perf_advisor.redundant_indexes WHERE relname = 'temporary';
SELECT count(*) FROM found WHERE relname = 'keys';
INSERT INTO perf_advisor.ignore_rules (category, relname, reason) VALUES ('index', 'keys', 'known');
SELECT count(*) FROM found WHERE relname = 'keys';
DELETE FROM perf_advisor.ignore_rules;
INSERT INTO perf_advisor.ignore_rules (category, relname, reason) VALUES ('n_plus_one', 'keys', 'not about indexes');
SELECT count(*) FROM found WHERE relname = 'keys';
DELETE FROM perf_advisor.ignore_rules;
INSERT INTO perf_advisor.ignore_rules (category, reason) VALUES ('index', 'frozen until May');
SELECT count(*) FROM perf_advisor.redundant_indexes;
DELETE FROM perf_advisor.ignore_rules;

-- in a transaction that may not write; DDL of this very transaction is seen
BEGIN;
DROP INDEX keys_ab;
SELECT count(*) FROM found WHERE relname = 'keys';
ROLLBACK;
BEGIN READ ONLY;
SELECT count(*) FROM found WHERE relname = 'keys';
COMMIT;

-- a materialized view has indexes as well
CREATE MATERIALIZED VIEW summary AS SELECT 1 AS a, 2 AS b;
CREATE INDEX summary_a ON summary (a);
CREATE INDEX summary_ab ON summary (a, b);
SELECT * FROM found WHERE relname = 'summary';

-- a small busy index beside a much larger one
CREATE TABLE busy (a int, t text);
INSERT INTO busy SELECT i % 10, repeat('x', 100) || i FROM generate_series(1, 30000) AS i;
CREATE INDEX busy_a ON busy (a);
CREATE INDEX busy_at ON busy (a, t);
SELECT * FROM found WHERE relname = 'busy';
SET enable_seqscan = off;
SET enable_bitmapscan = off;
DO $$
BEGIN
	FOR i IN 1 .. 1000 LOOP
		PERFORM FROM redundant.busy WHERE a = -1 ORDER BY a LIMIT 1;
	END LOOP;
	PERFORM pg_stat_force_next_flush();
END $$;
RESET enable_seqscan;
RESET enable_bitmapscan;
SELECT pg_stat_get_numscans('busy_a'::regclass) >= 1000 AS busy;
SELECT * FROM found WHERE relname = 'busy';
SELECT regexp_replace(reason, '[0-9.]+', 'N', 'g') AS reason, fix FROM perf_advisor.redundant_indexes WHERE relname = 'busy';

SET client_min_messages = warning;
DROP SCHEMA redundant CASCADE;

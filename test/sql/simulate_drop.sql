-- What would happen without an index: plans, and what is no plan.
SET perf_advisor.overhead_budget = 100;
CREATE SCHEMA mill;
SET search_path = mill;
CREATE TABLE grain (id int PRIMARY KEY, code text NOT NULL, name text NOT NULL, CONSTRAINT grain_code_key UNIQUE (code));
CREATE TABLE sack (id int PRIMARY KEY, grain_id int CONSTRAINT sack_grain_fkey REFERENCES grain, place int NOT NULL,
	weight int NOT NULL, label text NOT NULL, packed date NOT NULL);
INSERT INTO grain SELECT i, 'code' || i, 'grain ' || i FROM generate_series(1, 2000) AS i;
INSERT INTO sack SELECT i, i % 2000 + 1, i % 500, i % 300, 'Label' || i % 1000, date '2024-01-01' + i % 365
FROM generate_series(1, 60000) AS i;
CREATE INDEX sack_grain_id ON sack (grain_id);
CREATE INDEX sack_place ON sack (place);
CREATE INDEX sack_place_weight ON sack (place, weight);
CREATE INDEX sack_label ON sack (lower(label));
CREATE INDEX sack_packed ON sack (packed);
CREATE UNIQUE INDEX sack_twin ON sack (id);
ANALYZE grain, sack;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM sack WHERE grain_id = 7 \g /dev/null
\g /dev/null
\g /dev/null
SELECT weight FROM sack WHERE place = 3 AND weight = 5 \g /dev/null
\g /dev/null
SELECT s.label FROM sack AS s LEFT JOIN grain AS g ON g.code = s.label WHERE s.id = 4 \g /dev/null
\g /dev/null
-- called once: still a statement
SELECT name FROM grain WHERE code = 'code9' \g /dev/null
INSERT INTO grain VALUES (1, 'code1', 'wheat') ON CONFLICT (code) DO NOTHING;
INSERT INTO grain VALUES (1, 'code1', 'wheat') ON CONFLICT (code) DO NOTHING;
INSERT INTO sack VALUES (1, 1, 1, 1, 'x', '2024-01-01') ON CONFLICT (id) DO NOTHING;

-- read by one statement, which finds no other index
SELECT kind, query, calls, mean_exec_time > 0 AS mean, cost_after > 5 * cost_before AS dearer, est_lost_time > 0 AS lost,
	est_lost_pct > 0 AS pct, plan_change, used_instead, reason
FROM perf_advisor.simulate_drop('sack_grain_id');

-- read, but another index does: used_instead names it
SELECT kind, query, cost_after >= cost_before AS dearer, plan_change, used_instead, reason
FROM perf_advisor.simulate_drop('sack_place_weight');
SELECT kind, reason, est_lost_time FROM perf_advisor.simulate_drop('sack_place');

-- read by nothing, for nothing
SELECT kind, query, calls, cost_before, cost_after, est_lost_time, est_lost_pct, reason FROM perf_advisor.simulate_drop('sack_packed');

-- Not in the plan, and the plan rests on it: a join is left out because codes are unique.
-- ON CONFLICT fails without it.  A constraint cannot be dropped as an index.
SELECT kind, query, cost_after > cost_before AS dearer, plan_change, reason
FROM perf_advisor.simulate_drop('grain_code_key');

-- Two unique indexes of one key: ON CONFLICT needs one of them, the other may go.
SELECT kind, query, reason FROM perf_advisor.simulate_drop('sack_twin') WHERE kind IN ('on_conflict', 'unique_index', 'total');
DROP INDEX sack_twin;

-- target of a foreign key
SELECT kind, reason FROM perf_advisor.simulate_drop('grain_pkey') WHERE queryid IS NULL;

-- the parent's rows are deleted: foreign-key checks read the index
INSERT INTO grain SELECT i, 'code' || i, 'grain ' || i FROM generate_series(3001, 3002) AS i;
DELETE FROM grain WHERE id = 3001;
DELETE FROM grain WHERE id = 3002;
SELECT pg_stat_force_next_flush();
SELECT kind, substring(query FROM '^[^$]*') AS query, reason FROM perf_advisor.simulate_drop('sack_grain_id') ORDER BY 1, 2;
-- an index that serves it better has the duty
CREATE INDEX sack_grain_id_packed ON sack (grain_id, packed);
SELECT count(*) FILTER (WHERE kind = 'foreign_key') AS older FROM perf_advisor.simulate_drop('sack_grain_id');
SELECT count(*) FILTER (WHERE kind = 'foreign_key') AS younger FROM perf_advisor.simulate_drop('sack_grain_id_packed');
DROP INDEX sack_grain_id;
SELECT count(*) FILTER (WHERE kind = 'foreign_key') AS now_it FROM perf_advisor.simulate_drop('sack_grain_id_packed');
-- neither does one with the column at its end, nor a partial one; IS NOT NULL is no limit
CREATE INDEX sack_place_grain ON sack (place, grain_id);
CREATE INDEX sack_partial ON sack (grain_id) WHERE place = 1;
DROP INDEX sack_grain_id_packed;
CREATE INDEX sack_not_null ON sack (grain_id) WHERE grain_id IS NOT NULL;
SELECT i AS index, count(*) FILTER (WHERE d.kind = 'foreign_key') AS serves
FROM unnest('{sack_place_grain, sack_partial, sack_not_null}'::regclass[]) AS i, perf_advisor.simulate_drop(i) AS d
GROUP BY i ORDER BY i::text;

-- Statistics of an expression: the plan reads another index, and goes wrong without.
CREATE INDEX sack_weight ON sack (weight);
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(*) FROM sack AS s JOIN grain AS g ON g.id = s.grain_id WHERE s.weight = 3 AND lower(s.label) LIKE 'label%' \g /dev/null
\g /dev/null
SELECT kind, cost_after <> cost_before AS estimates, est_lost_time, reason FROM perf_advisor.simulate_drop('sack_label');
-- the same statistics from elsewhere: nothing is lost
CREATE STATISTICS sack_lower ON lower(label) FROM sack;
ANALYZE sack;
SELECT count(*) FROM sack AS s JOIN grain AS g ON g.id = s.grain_id WHERE s.weight = 3 AND lower(s.label) LIKE 'label%' \g /dev/null
\g /dev/null
SELECT kind, reason FROM perf_advisor.simulate_drop('sack_label');

-- other duties
CREATE UNIQUE INDEX sack_identity ON sack (id, weight);
ALTER TABLE sack REPLICA IDENTITY USING INDEX sack_identity;
CLUSTER sack USING sack_place;
ALTER TABLE sack ADD CONSTRAINT sack_no_twins EXCLUDE USING btree (id WITH =);
ALTER TABLE sack ADD CONSTRAINT sack_later UNIQUE (id, place) DEFERRABLE;
SELECT i AS index, d.kind, d.reason
FROM unnest('{sack_identity, sack_place, sack_no_twins, sack_later, sack_pkey}'::regclass[]) AS i, perf_advisor.simulate_drop(i) AS d
WHERE d.kind IN ('unique_index', 'replica_identity', 'clustered', 'constraint') ORDER BY i::text, 2;

-- a partitioned index is judged with its partitions, an attached one goes only with it
CREATE TABLE load (day date NOT NULL, place int NOT NULL, kilos int NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE load_2023 PARTITION OF load FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE load_2024 PARTITION OF load FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO load SELECT date '2023-01-01' + i % 700, i % 4000, i FROM generate_series(1, 60000) AS i;
CREATE INDEX load_place ON load (place);
CREATE INDEX load_kilos ON load_2024 (kilos);
ANALYZE load;
SELECT sum(kilos) FROM load WHERE place = 77 \g /dev/null
\g /dev/null
SELECT sum(kilos) FROM load_2023 WHERE place = 78 \g /dev/null
\g /dev/null
SELECT sum(place) FROM load WHERE kilos = 78 AND day >= '2024-02-01' \g /dev/null
\g /dev/null
SELECT kind, query, plan_change, reason FROM perf_advisor.simulate_drop('load_place') ORDER BY query;
SELECT kind, query, plan_change, reason FROM perf_advisor.simulate_drop('load_2023_place_idx') ORDER BY query;
SELECT kind, query, plan_change, reason FROM perf_advisor.simulate_drop('load_kilos');

-- what is found last is kept; nothing of an index that is gone
SELECT indexrelid::regclass, statements, unplanned, est_lost_time > 0 AS lost, est_lost_pct > 0 AS pct, computed_at <= clock_timestamp() AS now
FROM perf_advisor.drop_impact WHERE indexrelid IN ('load_place'::regclass, 'load_kilos'::regclass);
SELECT count(*) FROM perf_advisor.drop_impact WHERE indexrelid NOT IN (SELECT indexrelid FROM pg_index);
DROP INDEX load_kilos;
BEGIN READ ONLY;
SELECT kind FROM perf_advisor.simulate_drop('sack_packed');
ROLLBACK;
SELECT count(*) AS of_before FROM perf_advisor.drop_impact WHERE indexrelid NOT IN (SELECT indexrelid FROM pg_index);
SELECT kind FROM perf_advisor.simulate_drop('sack_packed');
SELECT count(*) AS forgotten FROM perf_advisor.drop_impact WHERE indexrelid NOT IN (SELECT indexrelid FROM pg_index);

-- Statements that cannot be planned are said, not passed over: their trees are stale, then gone.
ALTER TABLE load ADD COLUMN note text;
SELECT kind, query, reason FROM perf_advisor.simulate_drop('load_place') ORDER BY query;
SELECT kind, query, reason FROM perf_advisor.simulate_drop('load_place') ORDER BY query;
SELECT statements, unplanned, est_lost_pct FROM perf_advisor.drop_impact WHERE indexrelid = 'load_place'::regclass;
-- executed again, planned again
SELECT sum(kilos) FROM load WHERE place = 77 \g /dev/null
\g /dev/null
SELECT kind, query, reason FROM perf_advisor.simulate_drop('load_place') ORDER BY query;

-- what is read by the name of a table that it inherits from is read all the same
CREATE TABLE tool (id int, size int);
CREATE TABLE blade (sharp int) INHERITS (tool);
CREATE TABLE saw () INHERITS (blade);
INSERT INTO saw SELECT i, i, i FROM generate_series(1, 20000) AS i;
CREATE INDEX saw_size ON saw (size);
ANALYZE saw;
SELECT sum(id) FROM tool WHERE size = 5 \g /dev/null
\g /dev/null
SELECT kind, query, reason FROM perf_advisor.simulate_drop('saw_size');

-- planning does not make it used
SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelid = 'sack_packed'::regclass;

-- what is no index, or none that can be judged
SELECT * FROM perf_advisor.simulate_drop('sack');
SELECT * FROM perf_advisor.simulate_drop(0);
SELECT * FROM perf_advisor.simulate_drop('pg_catalog.pg_class_oid_index');
CREATE TEMPORARY TABLE fleeting (id int PRIMARY KEY);
SELECT * FROM perf_advisor.simulate_drop('pg_temp.fleeting_pkey');
SELECT count(*) FROM perf_advisor.simulate_drop(NULL);

-- it is about everybody's statements
CREATE ROLE perf_advisor_test_guest;
GRANT USAGE ON SCHEMA mill TO perf_advisor_test_guest;
SET ROLE perf_advisor_test_guest;
SELECT * FROM perf_advisor.simulate_drop('sack_packed');
RESET ROLE;
-- whoever may call it without reading texts sees none
GRANT EXECUTE ON FUNCTION perf_advisor.simulate_drop(regclass) TO perf_advisor_test_guest;
SET ROLE perf_advisor_test_guest;
SELECT kind, queryid, query, calls FROM perf_advisor.simulate_drop('load_2023_place_idx') WHERE kind IN ('statement', 'not_planned') ORDER BY calls;
SELECT count(*) FROM perf_advisor.drop_impact;
RESET ROLE;
REVOKE EXECUTE ON FUNCTION perf_advisor.simulate_drop(regclass) FROM perf_advisor_test_guest;
SET client_min_messages = warning;
DROP SCHEMA mill CASCADE;
DROP ROLE perf_advisor_test_guest;

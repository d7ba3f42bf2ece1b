-- status(): what is recorded, what was lost and what to do.
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT 1 AS one;
SELECT item, ok, hint FROM perf_advisor.status()
WHERE item IN ('preloaded', 'enabled', 'track', 'track_planning', 'compute_query_id', 'overhead_budget',
	'evictions', 'texts_skipped', 'frames_skipped', 'this_database')
ORDER BY item;

-- every item has a value, each failing one says what to do
SELECT item FROM perf_advisor.status() WHERE value IS NULL OR ok IS NULL OR (NOT ok AND hint IS NULL);
SELECT item, count(*) FROM perf_advisor.status() GROUP BY item HAVING count(*) > 1;

-- values as set
SELECT item, value, ok, hint FROM perf_advisor.status() WHERE item = 'server_version' AND value <> current_setting('server_version');
SET perf_advisor.track = top;
SET track_io_timing = on;
SELECT item, value, ok, hint FROM perf_advisor.status() WHERE item IN ('track', 'track_io_timing') ORDER BY item;
SET perf_advisor.track = none;
SET perf_advisor.track_planning = off;
SET track_io_timing = off;
SET perf_advisor.enabled = off;
SET compute_query_id = off;
SELECT item, value, ok, hint FROM perf_advisor.status()
WHERE item IN ('enabled', 'track', 'track_io_timing', 'track_planning', 'compute_query_id') ORDER BY item;
RESET ALL;

-- the settings, all of them
SELECT name, unit, context, default_setting FROM perf_advisor.settings ORDER BY name;

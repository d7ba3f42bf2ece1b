--
-- Resets and saving: for the owner, who may grant them on.
--
CREATE FUNCTION perf_advisor.reset(
	userid oid DEFAULT 0,
	dbid oid DEFAULT 0,
	queryid int8 DEFAULT 0,
	minmax_only bool DEFAULT false)
RETURNS timestamp with time zone
AS 'MODULE_PATHNAME', 'pa_reset_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.reset(oid, oid, int8, bool) IS 'Forgets the counts of the statements that match, all by default (0 matches all): statements, plans, scans; with minmax_only = true only shortest and longest times. Texts of statements, and query trees without literals, stay, for those that clients have prepared; sampled values go. Returns the time of the reset.';
REVOKE ALL ON FUNCTION perf_advisor.reset(oid, oid, int8, bool) FROM PUBLIC;

-- The launcher saves once a minute; this is for who is about to pull the plug.
CREATE FUNCTION perf_advisor.save()
RETURNS timestamp with time zone
AS 'MODULE_PATHNAME', 'pa_save_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION perf_advisor.save() IS 'Saves what was recorded now, as the launcher does once a minute and the server when it stops. Returns the time of the save.';
REVOKE ALL ON FUNCTION perf_advisor.save() FROM PUBLIC;

--
-- Status and settings
--
CREATE FUNCTION perf_advisor.status(
	OUT item text,
	OUT value text,
	OUT ok bool,
	OUT hint text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pa_status_1_0'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED ROWS 20;
COMMENT ON FUNCTION perf_advisor.status() IS 'One row for each check: item, value, ok (false: somebody should do something) and hint (what). Says why a view is empty and what was lost; answers without the library preloaded too.';

CREATE VIEW perf_advisor.settings AS
SELECT
	s.name,
	s.setting,
	s.unit,
	s.context,
	s.source,
	s.boot_val AS default_setting,
	s.pending_restart,
	s.short_desc AS description,
	s.extra_desc AS details
FROM pg_catalog.pg_settings AS s
WHERE s.name LIKE 'perf\_advisor.%';

COMMENT ON VIEW perf_advisor.settings IS 'One row for each setting of perf_advisor, as this session sees it. While the library is not preloaded it shows at most those that need no restart: see perf_advisor.status().';
COMMENT ON COLUMN perf_advisor.settings.name IS 'Name, to be used with ALTER SYSTEM SET or SET.';
COMMENT ON COLUMN perf_advisor.settings.setting IS 'Present value.';
COMMENT ON COLUMN perf_advisor.settings.unit IS 'Unit of setting; NULL when it has none.';
COMMENT ON COLUMN perf_advisor.settings.context IS 'What a change needs: postmaster = restart, sighup = reload, superuser = SET by a superuser, user = SET by anybody.';
COMMENT ON COLUMN perf_advisor.settings.source IS 'Where the present value comes from.';
COMMENT ON COLUMN perf_advisor.settings.default_setting IS 'Value when nothing is set.';
COMMENT ON COLUMN perf_advisor.settings.pending_restart IS 'True: changed in the configuration file, waits for a restart.';
COMMENT ON COLUMN perf_advisor.settings.description IS 'What it does.';
COMMENT ON COLUMN perf_advisor.settings.details IS 'Special values, more about it; NULL when there is nothing more to say.';

-- They show nothing that pg_settings does not show everybody.
GRANT SELECT ON perf_advisor.settings TO PUBLIC;

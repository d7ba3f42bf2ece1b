# The parts of test/bench/advice.  Sourced; uses its variables: work, workload,
# template, run, results, scale, ..., and PA_... of test/lib/server.sh.
#
# An advice NAME is $results/NAME.ddl (the statements that create it), next to
# it NAME.advice (msec it took, plannings).  Judging it adds NAME.costs
# (statement, cost, the indexes in its plan; one line an execution), NAME.times
# (statement, msec, of the processor), NAME.indexes ("index|the partitioned one it belongs to, or
# itself") and NAME.size ("count bytes seconds-to-create").

# What a server of today would have; and nothing that comes when it likes.
advice_settings() {
	cat <<-'CONF'
	max_connections = 20
	shared_buffers = 1GB
	effective_cache_size = 4GB
	work_mem = 64MB
	maintenance_work_mem = 512MB
	random_page_cost = 1.1
	fsync = off
	max_wal_size = 8GB
	checkpoint_timeout = 1d
	autovacuum = off
	max_parallel_workers_per_gather = 0
	max_parallel_maintenance_workers = 0
	jit = off
	log_min_messages = warning
	timezone = 'UTC'
	CONF
}

# The server tree, with pg_qualstats from apt if the server does not have it.
make_tree() {
	local lib share package major=${PA_VERSION%%[!0-9]*}
	rm -rf "$work/tree" "$work/packages"
	pa_tree "$work/tree" "${stage:-}"
	lib=$("$PA_PG_CONFIG" --pkglibdir)
	share=$("$PA_PG_CONFIG" --sharedir)
	case " $judged " in *" pg_qualstats "*) ;; *) return ;; esac
	[ -e "$lib/pg_qualstats.so" ] && return
	mkdir -p "$work/packages/root"
	package=postgresql-$major-pg-qualstats
	(cd "$work/packages" && apt-get download "$package" >log 2>&1 && dpkg-deb -x "$package"_*.deb root) ||
		{ echo "pg_qualstats is not on this machine and apt has no $package: not judged" >&2
			judged=${judged/pg_qualstats/}
			return; }
	cp "$work/packages/root$lib"/pg_qualstats.so "$(dirname "$PA_BIN")/lib/"
	cp "$work/packages/root$share"/extension/pg_qualstats* "$(find "$work/tree" -type d -name extension | head -1)/"
}

# The data of the workload, made once; every server runs on a copy.
make_template() {
	local key new=$template.new
	key=$({ cat "$BENCH/$workload/data.sql"; advice_settings; echo "$PA_VERSION" "$scale"; } | sha1sum)
	[ "$key" = "$(cat "$template/done" 2>/dev/null)" ] && return 0
	echo "making the data" >&2
	rm -rf "$template" "$new"
	mkdir -p "$new/socket"
	pa_own "$new" "$new/socket"
	pa_initdb "$new/data"
	advice_settings >> "$new/data/postgresql.conf"
	pa_start "$new/data" "$new/socket"
	"$PA_HOST_BIN/createdb" -h "$new/socket" -U postgres bench &&
		"$PA_HOST_BIN/psql" -h "$new/socket" -U postgres -d bench -Xq -v ON_ERROR_STOP=1 -v scale="$scale" \
			-f "$BENCH/$workload/data.sql" -c 'VACUUM FREEZE ANALYZE' -c 'CHECKPOINT' >"$new/log" 2>&1 ||
		{ tail -5 "$new/log" >&2; pa_die "cannot make the data"; }
	"$PA_HOST_BIN/psql" -h "$new/socket" -U postgres -d bench -XAtq -c "SELECT pg_size_pretty(sum(pg_table_size(oid)))
		FROM pg_class WHERE relkind = 'r' AND oid >= 16384" > "$new/size"
	"$PA_HOST_BIN/psql" -h "$new/socket" -U postgres -d bench -XAtq -c "SELECT sum(pg_table_size(oid))
		FROM pg_class WHERE relkind = 'r' AND oid >= 16384" > "$new/bytes"
	pa_stop "$new/data"
	echo "$key" > "$new/done"
	mv "$new" "$template"
}

bench_psql() { "$PA_HOST_BIN/psql" -h "$run/socket" -U postgres -d bench -X "$@"; }

# start_copy [SERVER OPTIONS]: a server on a copy of the data
start_copy() {
	end_copy
	mkdir -p "$run/socket"
	pa_own "$run" "$run/socket"
	cp -a "$template/data" "$run/data"
	pa_start "$run/data" "$run/socket" "$@"
}

end_copy() {
	pa_stop "$run/data"
	if [ -f "$run/data/server.log" ]; then
		grep -aE '(WARNING|PANIC|FATAL): |terminated by signal' "$run/data/server.log" | grep -v 'is starting up' | sort | uniq -c | head -5 >&2
	fi
	rm -rf "$run"
}

# run_workload TIMES: the workload once; a line for each execution: statement,
# msec, msec of the processor, "timeout" if cancelled
run_workload() {
	{
		echo "SET statement_timeout = '${max_seconds}s';"
		echo '\o /dev/null'
		echo '\timing on'
		# the session's resource usage, a message after each statement
		echo 'SET client_min_messages = log;'
		echo 'SET log_statement_stats = on;'
		cat "$results/run.sql"
	} | bench_psql -q -f - >"$run/output" 2>&1
	grep -a 'ERROR:' "$run/output" | grep -v 'statement timeout' | sort | uniq -c | head -5 >&2
	awk 'function flush() { if (name != "") print name, time, cpu * 1000, late; name = "" }
		/^@ / { flush(); name = $2; late = ""; time = cpu = 0 }
		/statement timeout/ { late = "timeout" }
		/^Time: / { time = $2 }
		/^!\t.* s user, .* s system, .* elapsed/ { cpu += $2 + $5 }
		END { flush() }' "$run/output" > "$1"
}

# Its older versions give statements, the newer ones objects.
qualstats_query="SELECT coalesce(i #>> '{ddl}', i #>> '{}') || ';'
	FROM json_array_elements(pg_qualstats_index_advisor()->'indexes') AS i"

# advise NAME: runs the workload with the library loaded and asks it; prints
# the names of the advices
advise() {
	local name=$1 budget set options="-c shared_preload_libraries=$1"
	[ "$name" = pg_qualstats ] && options="$options -c pg_qualstats.sample_rate=1 -c compute_query_id=on"
	start_copy "$options"
	bench_psql -q -v ON_ERROR_STOP=1 -c "CREATE EXTENSION $name" >&2 || pa_die "CREATE EXTENSION $name failed"
	echo "running the workload with $name" >&2
	run_workload "$results/$name.watched"
	case $name in
		pg_qualstats) ask pg_qualstats "$qualstats_query" ;;
		perf_advisor)
			for budget in $budgets; do
				set=perf_advisor
				[ "$budget" = none ] || set=perf_advisor-$budget%
				ask "$set" "$(perf_advisor_query "$budget")"
			done
			bench_psql -xc 'SELECT * FROM perf_advisor.missing_indexes' > "$results/perf_advisor.rows" 2>&1
			bench_psql -c 'SELECT reason, calls, total_exec_time, left(query, 200) FROM perf_advisor.advisor_skipped' > "$results/perf_advisor.skipped" 2>&1
			bench_psql -c 'SELECT * FROM perf_advisor.index_hints' > "$results/perf_advisor.hints" 2>&1
			;;
	esac
	if [ -n "${PA_BENCH_SQL:-}" ]; then bench_psql -c "$PA_BENCH_SQL" >&2; fi
	end_copy
}

perf_advisor_query() {
	local bytes=NULL
	[ "$1" = none ] || bytes=$(awk -v share="$1" '{ printf "%.0f", $1 * share / 100 }' "$template/bytes")
	if [ "$(bench_psql -Atqc "SELECT count(*) FROM pg_proc WHERE proname = 'advise_indexes'")" = 0 ]; then
		echo "SELECT index_ddl || ';' FROM perf_advisor.missing_indexes"
	else
		echo "SELECT index_ddl || ';' FROM perf_advisor.advise_indexes(storage_budget => $bytes)"
	fi
}

# ask NAME QUERY: the advice as statements; how long the question took and
# what it says of its plannings
ask() {
	{
		echo '\timing on'
		echo 'SET client_min_messages = debug1;'
		echo "$2;"
	} | bench_psql -Atq -f - > "$run/answer" 2> "$run/messages" || pa_die "$1 gave no advice"
	grep -v -e '^Time: ' -e '^;*$' "$run/answer" > "$results/$1.ddl"
	{
		sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' "$run/answer" | tail -1
		sed -n 's/.* \([0-9]*\) plannings.*/\1/p' "$run/messages" | tail -1
	} > "$results/$1.advice"
	echo "$1"
}

own_schema="relnamespace::regnamespace::text !~ '^pg_'"

# "count|bytes" of all indexes; one on a partitioned table is one
index_totals() {
	bench_psql -Atqc "SELECT count(*) FILTER (WHERE NOT relispartition), coalesce(sum(pg_relation_size(oid)) FILTER (WHERE relkind = 'i'), 0)
		FROM pg_class WHERE oid >= 16384 AND relkind IN ('i', 'I') AND $own_schema"
}

# judge NAME: creates what it advises on a server without any library, and
# plans and runs the workload there
judge() {
	local name=$1 began
	[ "$name" = none ] || echo "judging $name" >&2
	start_copy
	index_totals > "$run/before"
	began=$(date +%s.%N)
	if [ -f "$results/$name.ddl" ]; then
		bench_psql -q -f "$results/$name.ddl" >&2
		# statistics of expressions
		bench_psql -qc 'ANALYZE' >&2
	fi
	index_totals | cat "$run/before" - | awk -F '|' -v began="$began" -v now="$(date +%s.%N)" \
		'NR == 1 { n = $1; size = $2 } END { print $1 - n, $2 - size, now - began }' > "$results/$name.size"
	bench_psql -Atqc "SELECT oid::regclass, coalesce(pg_partition_root(oid), oid)::regclass FROM pg_class
		WHERE oid >= 16384 AND relkind = 'i' AND $own_schema ORDER BY oid" > "$results/$name.indexes"
	bench_psql -Atq -f "$results/explain.sql" 2>&1 | awk '
		function flush() { if (name != "") print name, cost, used }
		/^@ / { flush(); name = $2; cost = ""; used = "" }
		/ERROR/ { print > "/dev/stderr" }
		/\(cost=/ { if (cost == "") { cost = $0; sub(/.*\(cost=[0-9.]*\.\./, "", cost); sub(/ .*/, "", cost) } }
		/Index (Only )?Scan (Backward )?using / { index_name = $0; sub(/.* using /, "", index_name); sub(/ on .*/, "", index_name); used = used " " index_name }
		/Bitmap Index Scan on / { index_name = $0; sub(/.* on /, "", index_name); sub(/  \(cost.*/, "", index_name); used = used " " index_name }
		END { flush() }' > "$results/$name.costs"
	if [ -z "$costs_only" ]; then
		run_workload "$results/$name.times"
	fi
	end_copy
}

# print_advice NAMES...: the first is without any index
print_advice() {
	echo
	echo "| advice | indexes | in no plan | MB | cost | mean of statements | run time | processor | slower | advisor | plannings |"
	echo "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
	local name
	for name in "$@"; do
		perl "$BENCH/compare.pl" row "$results" none "$name"
	done
	[ -n "$verbose" ] || return 0
	for name in "${@:2}"; do
		echo
		echo "$name:"
		cat "$results/$name.ddl"
		perl "$BENCH/compare.pl" details "$results" none "$name"
	done
}

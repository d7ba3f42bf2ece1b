# The measuring part of test/bench/run.  Sourced; uses its variables: work,
# workloads, settings, scale, server_pid, and PA_... of test/lib/server.sh.
#
# Results of a configuration are in $work/results/LIBRARIES/: one file a
# workload, "instructions syscalls" for one execution, and two profiles of it,
# WORKLOAD.1 and WORKLOAD.2 (callgrind, of N and of 2N executions).

# Statistics would flush, checkpoints and vacuum would come whenever they
# like: this takes away what varies, nothing that a library hooks.
bench_settings() {
	cat <<-'CONF'
	max_connections = 100
	shared_buffers = 128MB
	fsync = off
	full_page_writes = off
	max_wal_size = 8GB
	checkpoint_timeout = 1d
	wal_writer_delay = 10s
	bgwriter_delay = 10s
	bgwriter_lru_maxpages = 0
	autovacuum = off
	max_parallel_workers_per_gather = 0
	jit = off
	log_min_messages = warning
	CONF
}

# workload_spec NAME: protocol, what pgbench runs, warm-up executions, N
workload_spec() {
	local w=$BENCH/workloads
	case $1 in
		a) echo "prepared -f$w/point.pgbench 50 $((1000 * scale))" ;;
		b) echo "simple -f$w/point.pgbench 50 $((600 * scale))" ;;
		c) echo "prepared -btpcb-like 20 $((120 * scale))" ;;
		d) echo "prepared -f$w/join.pgbench 20 $((3 * scale))" ;;
		e100) echo "simple -f$w/shapes.pgbench 300 600" ;;
		e5000) echo "simple -f$w/shapes.pgbench 5000 5000" ;;
		*) pa_die "there is no workload '$1'" ;;
	esac
}

# One cluster with the data of all workloads; each server runs on a copy.
make_template() {
	local key new=$work/template.new
	key=$({ cat "$BENCH/workloads/setup.sql"; bench_settings; echo "$PA_VERSION"; } | sha1sum)
	[ "$key" = "$(cat "$work/template/done" 2>/dev/null)" ] && return 0
	# figures of another template are not comparable
	rm -rf "$work/template" "$new" "$work/results"
	mkdir -p "$new/socket"
	pa_own "$new" "$new/socket"
	pa_initdb "$new/data"
	bench_settings >> "$new/data/postgresql.conf"
	pa_start "$new/data" "$new/socket"
	{
		"$PA_HOST_BIN/createdb" -h "$new/socket" -U postgres bench &&
			"$PA_HOST_BIN/pgbench" -h "$new/socket" -U postgres -i -q -s 1 bench &&
			"$PA_HOST_BIN/psql" -h "$new/socket" -U postgres -d bench -Xq -v ON_ERROR_STOP=1 -f "$BENCH/workloads/setup.sql"
	} >"$new/setup.log" 2>&1 || { tail -5 "$new/setup.log" >&2; pa_die "cannot make the template"; }
	pa_stop "$new/data"
	echo "$key" > "$new/done"
	mv "$new" "$work/template"
}

bench_psql() {
	"$PA_HOST_BIN/psql" -h "$work/run/socket" -U postgres -d bench -X -v ON_ERROR_STOP=1 "$@"
}

# start_measured LIBRARIES [server options]: a server under callgrind
start_measured() {
	local libraries=$1 name i
	shift
	[ "$libraries" = none ] && libraries=
	rm -rf "$work/run"
	mkdir -p "$work/run/socket" "$work/run/profiles"
	pa_own "$work/run" "$work/run/socket" "$work/run/profiles"
	cp -a "$work/template/data" "$work/run/data"
	# --zero-before forgets what the postmaster did before it forked;
	# --toggle-collect leaves out the wait for the client's next message (NB:
	# it also turns the start's collecting off, so --collect-atstart follows)
	"${PA_AS[@]}" valgrind --tool=callgrind --trace-children=no --collect-systime=yes \
		--callgrind-out-file="$work/run/profiles/%p" --log-file="$work/run/profiles/log.%p" \
		--zero-before=PostgresMain --toggle-collect=secure_read --collect-atstart=yes \
		"$PA_BIN/postgres" -D "$work/run/data" -k "$work/run/socket" -c listen_addresses= \
		-c "shared_preload_libraries=$libraries" "$@" >"$work/run/log" 2>&1 </dev/null &
	server_pid=$!
	for ((i = 0; i < 600; i++)); do
		kill -0 "$server_pid" 2>/dev/null || { server_pid=; cat "$work/run/log" >&2; pa_die "the server did not start"; }
		"$PA_HOST_BIN/pg_isready" -q -U postgres -h "$work/run/socket" && break
		sleep 0.2
	done
	for name in ${libraries//,/ }; do
		# as a user would do it; not every library is an extension
		bench_psql -q -c "SELECT 1/count(*) FROM pg_available_extensions WHERE name = '$name'" >/dev/null 2>&1 &&
			{ bench_psql -q -c "CREATE EXTENSION $name" || pa_die "CREATE EXTENSION $name failed"; }
	done
	bench_psql -q -f "$BENCH/workloads/warm.sql" >/dev/null || pa_die "the warm-up failed"
	wait_settled
}

# The server's processes, those for clients and its own, one a line.
measured_children() {
	sed 's/(.*)//' /proc/[0-9]*/stat 2>/dev/null | awk -v parent="$server_pid" '$3 == parent { print $1 }' | sort
}

# Waits until the backends of earlier clients are gone, and remembers which
# processes the server itself has.
wait_settled() {
	local i same=0 now
	server_children=
	for ((i = 0; i < 150 && same < 5; i++)); do
		sleep 0.2
		now=$(measured_children)
		[ "$now" = "$server_children" ] && same=$((same + 1)) || same=0
		server_children=$now
	done
}

# Waits until the last client's backend is gone: it writes its profile then.
wait_idle() {
	local i now
	for ((i = 0; i < 300; i++)); do
		# NB: not in one pipe, its status would be that of a vanished process
		now=$(measured_children)
		grep -qvxF "$server_children" <<< "$now" || return 0
		sleep 0.1
	done
	pa_die "a backend does not end"
}

stop_measured() {
	local signal i
	for signal in INT QUIT KILL; do
		kill -$signal "$server_pid" 2>/dev/null
		for ((i = 0; i < 100; i++)); do
			kill -0 "$server_pid" 2>/dev/null || { wait "$server_pid" 2>/dev/null; server_pid=; return 0; }
			sleep 0.2
		done
	done
	server_pid=
}

# profile_cost FILE: "instructions syscalls" of one backend
profile_cost() {
	awk '/^events:/ { for (i = 2; i <= NF; i++) column[$i] = i }
		/^summary:/ { ir = $column["Ir"] }
		/^totals:/ { calls = $column["sysCount"]; whole = 1 }
		END { if (whole) printf "%.0f %.0f\n", ir, calls }' "$1"
}

# run_client SPEC.. COUNT FIRST PROFILE: one connection that executes COUNT
# times; keeps its backend's profile and prints what it cost.
run_client() {
	local protocol=$1 script=$2 count=$3 first=$4 profile=$5 file cost best=0 found=
	rm -f "$work"/run/profiles/*
	"$PA_HOST_BIN/pgbench" -h "$work/run/socket" -U postgres -n -M "$protocol" "$script" -c 1 -j 1 \
		--random-seed=1 -D n="$first" -t "$count" bench >"$work/run/pgbench.log" 2>&1 ||
		{ tail -3 "$work/run/pgbench.log" "$work/run/log" >&2; pa_die "pgbench failed"; }
	wait_idle
	# pgbench opens a first connection to look at the tables: ours cost more
	for file in "$work"/run/profiles/[0-9]*; do
		cost=$(profile_cost "$file")
		[ -n "$cost" ] && [ "${cost% *}" -gt "$best" ] && { best=${cost% *}; found=$file; }
	done
	[ -n "$found" ] || pa_die "no backend wrote a profile"
	profile_cost "$found"
	mv "$found" "$profile"
}

# The cost of one execution is (I(2N) - I(N)) / N: connecting, planning once
# and filling caches cancel out.
run_workload() {
	local name=$1 results=$2 protocol script warm n once twice
	read -r protocol script warm n <<< "$(workload_spec "$name")"
	run_client "$protocol" "$script" "$warm" 0 "$results/$name.0" >/dev/null || exit 1
	once=$(run_client "$protocol" "$script" "$n" "$warm" "$results/$name.1") || exit 1
	twice=$(run_client "$protocol" "$script" $((2 * n)) $((warm + n)) "$results/$name.2") || exit 1
	rm -f "$results/$name.0"
	echo "$once $twice $n" | awk '{ printf "%.1f %.2f\n", ($3 - $1) / $5, ($4 - $2) / $5 }' > "$results/$name"
	echo "$n" > "$results/$name.n"
	echo "  $name: $(cat "$results/$name")" >&2
}

# The smallest store of each library, so that e100 evicts all the time.
small_store() {
	case ,$1, in *,pg_stat_statements,*) echo -c pg_stat_statements.max=100 ;; esac
	case ,$1, in *,perf_advisor,*) echo -c perf_advisor.max_statements=100 ;; esac
}

end_measured() {
	[ "$1" = none ] || [ -z "${PA_BENCH_SQL:-}" ] || bench_psql -c "$PA_BENCH_SQL" >&2
	stop_measured
	grep -aE '(WARNING|ERROR|FATAL|PANIC): ' "$work/run/log" | grep -v -e 'terminating connection' -e 'is starting up' | sort -u | head -5 >&2
	rm -rf "$work/run"
}

# measure LIBRARIES RESULTS: all workloads that RESULTS does not hold yet;
# e100 on a server of its own.
measure() {
	local libraries=$1 results=$2 name todo= small=
	[ "${keep_results:-}" = 1 ] || rm -rf "$results"
	mkdir -p "$results"
	for name in $workloads; do
		[ -s "$results/$name" ] && continue
		case $name in e100) small=e100 ;; *) todo="$todo $name" ;; esac
	done
	[ -n "$todo$small" ] && echo "measuring $libraries" >&2
	if [ -n "$todo" ]; then
		start_measured "$libraries" ${settings[@]+"${settings[@]}"}
		for name in $todo; do run_workload "$name" "$results"; done
		end_measured "$libraries"
	fi
	if [ -n "$small" ]; then
		start_measured "$libraries" $(small_store "$libraries") ${settings[@]+"${settings[@]}"}
		run_workload e100 "$results"
		end_measured "$libraries"
	fi
}

# Without settings these do not depend on this checkout.
measure_cached() {
	local saved=(${settings[@]+"${settings[@]}"})
	settings=()
	keep_results=1 measure "$1" "$work/results/$1.x$scale"
	settings=(${saved[@]+"${saved[@]}"})
	rm -f "$work/results/$1"
	ln -s "$1.x$scale" "$work/results/$1"
}

# print_results LIBRARIES...: the first is the server without a library
print_results() {
	local libraries name
	printf '| %-38s |' "instructions for one execution"
	printf ' %9s |' $workloads
	printf '\n|%s|' "$(printf -- '-%.0s' {1..40})"
	for name in $workloads; do printf '%s:|' "$(printf -- '-%.0s' {1..10})"; done
	echo
	printf '| %-38s |' "no library"
	for name in $workloads; do printf ' %9.0f |' "$(cut -d' ' -f1 "$work/results/none/$name")"; done
	echo
	shift
	for libraries in "$@"; do
		print_row "$libraries: added" added "$libraries"
		print_row "$libraries: system calls" calls "$libraries"
		[ "$libraries" != pg_stat_statements ] && [ -d "$work/results/pg_stat_statements" ] &&
			print_row "$libraries / pg_stat_statements" ratio "$libraries"
	done
	return 0
}

print_row() {
	local name
	printf '| %-38s |' "$1"
	for name in $workloads; do
		cat "$work/results/none/$name" "$work/results/$3/$name" "$work/results/pg_stat_statements/$name" 2>/dev/null |
			awk -v what="$2" 'NR == 1 { ir = $1; calls = $2 } NR == 2 { added = $1 - ir; more = $2 - calls }
				NR == 3 { peer = $1 - ir }
				# below a five-thousandth of it there is only noise to compare
				END { if (what == "added") printf " %+9.0f |", added
					else if (what == "calls") printf " %+9.1f |", more
					else if (peer > ir / 5000) printf " %9.2f |", added / peer
					else printf " %9s |", "-" }'
	done
	echo
}

# functions_of RESULTS WORKLOAD INCLUSIVE: "instructions<tab>function [library]"
# for one execution
functions_of() {
	local i
	for i in 1 2; do
		# what is never left has the whole cost: main() and its like
		callgrind_annotate --threshold=100 --show=Ir --auto=no --inclusive="$3" "$1/$2.$i" |
			sed -n '/(100.0%)/d; s/^ *\([0-9,]*\) *([^)]*) *[^ ]*:\(.*\)$/'$i'\t\1\t\2/p'
	done | awk -F '\t' -v n="$(cat "$1/$2.n")" -v inclusive="$3" '{ gsub(",", "", $2); sub(/\[.*\//, "[", $3)
			sum[$3] += ($1 == 2 ? $2 : -$2) / n }
		END {
			# code inlined from a header comes without the library: add its self cost
			if (inclusive == "no")
				for (name in sum) { bare = name; if (sub(/ \[.*/, "", bare)) full[bare] = name }
			for (name in sum) total[name in full ? full[name] : name] += sum[name]
			for (name in total) printf "%.1f\t%s\n", total[name], name
		}'
}

# print_top LIBRARIES WORKLOAD COUNT: where the added instructions are
print_top() {
	echo
	echo "$1, workload $2: instructions added to one execution, by function, without what it calls"
	{
		functions_of "$work/results/none" "$2" no | sed 's/^/none\t/'
		functions_of "$work/results/$1" "$2" no | sed 's/^/with\t/'
	} | awk -F '\t' '{ sum[$3] += ($1 == "with" ? $2 : -$2) }
		END { for (name in sum) if (sum[name] >= 1 || sum[name] <= -1) printf "%10.0f  %s\n", sum[name], name }' |
		sort -rn | head -"$3"
	case ,$1, in
		*,perf_advisor,*)
			echo "the library's own functions with what they call (hooks: with the statement itself)"
			functions_of "$work/results/$1" "$2" yes | grep -F '[perf_advisor.so]' | sort -rn |
				awk -F '\t' '{ printf "%10.0f  %s\n", $1, $2 }' | head -"$3" ;;
	esac
}

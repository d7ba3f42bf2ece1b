# What is built and run for one major, inside its root, as an unprivileged user:
#   suite.sh build    both compilers, every warning an error
#   suite.sh run      with the library installed: all tests
#
# From the environment: MAJOR; PARTS, the parts to run (regress isolation unit
# tap demo).  Writes /build/out: one log a part, and "tally", a line "pass|fail|skip
# NAME" for each test.
set -u
cd /build/src || exit 1
OUT=/build/out
DATA=/build/pgdata
export PGHOST=/build/socket PGPORT=5499 PGUSER=postgres PGDATABASE=postgres
MAKE="make -s with_llvm=no PG_CONFIG=/usr/lib/postgresql/$MAJOR/bin/pg_config"

tally() { echo "$@" >> "$OUT/tally"; }

# count LOG RC NAME: enter a log's tests into the tally.  Understands TAP
# (prove -v, pg_regress from 16 on) and the older "test NAME ... ok".  A tool
# that fails without a failed test is a failure of its own.
count()
{
	local log=$1 rc=$2 name=$3 before after
	before=$(grep -c '^fail' "$OUT/tally")
	sed -nE \
		-e "s/^1\.\.0 *# *[Ss][Kk][Ii][Pp] */skip $name: /p" \
		-e "s/^ok +[0-9]+ *-? *(.*# *[Ss][Kk][Ii][Pp].*)/skip $name: \1/p;t" \
		-e "s/^not ok +[0-9]+ *-? *(.*# *TODO.*)/pass $name: \1/p;t" \
		-e "s/^ok +[0-9]+ *-? *(.*)/pass $name: \1/p;t" \
		-e "s/^not ok +[0-9]+ *-? *(.*)/fail $name: \1/p;t" \
		-e "s/^([^ ]+\.pl) \.+ skipped: (.*)/skip $name: \1: \2/p;t" \
		-e "s/^([^ ]+\.pl) +\(Wstat: [1-9].* Failed: 0\).*/fail $name: \1 ended badly/p;t" \
		-e "s/^(test|    ) +([^ ]+) +\.\.\. ok.*/pass $name: \2/p;t" \
		-e "s/^(test|    ) +([^ ]+) +\.\.\. FAILED.*/fail $name: \2/p;t" \
		"$log" >> "$OUT/tally"
	after=$(grep -c '^fail' "$OUT/tally")
	[ "$rc" = 0 ] || [ "$after" -gt "$before" ] || tally "fail $name: ended with status $rc"
}

# part NAME COMMAND...: run it with a log of its own and count its tests
part()
{
	local name=$1 rc=0
	shift
	"$@" > "$OUT/$name.log" 2>&1 || rc=$?
	count "$OUT/$name.log" $rc "$name"
	return $rc
}

wanted() { case " $PARTS " in *" $1 "*) true ;; *) false ;; esac }

start() { pg_ctl -D $DATA -l "$OUT/server.log" -s -w -t 120 start > /dev/null; }

# NB: by its pid file, never by name
stop()
{
	pg_ctl -D $DATA -s -m fast -w -t 60 stop && return 0
	pg_ctl -D $DATA -s -m immediate -w stop
	return 1
}

build()
{
	local cc rc=0
	for cc in gcc clang; do
		rm -rf "/build/$cc"
		cp -r /build/src "/build/$cc"
		if (cd "/build/$cc" && $MAKE -k -j2 CC=$cc COPT=-Werror) > "$OUT/build-$cc.log" 2>&1; then
			tally "pass build with $cc -Wall -Wextra -Werror"
		else
			tally "fail build with $cc -Wall -Wextra -Werror"
			rc=1
		fi
	done
	# gcc, as Debian's server itself, is what gets tested
	if [ -e /build/gcc/perf_advisor.so ]; then
		rm -rf /build/src
		mv /build/gcc /build/src
	fi
	return $rc
}

# Without the library preloaded installcheck fails at once; what its hint says
# to run is then run, word for word.
without_preload()
{
	local hint
	hint=$OUT/without-preload.log
	if $MAKE installcheck > "$hint" 2>&1; then
		tally "fail installcheck without the library preloaded fails"
		return 1
	fi
	if grep -q '^ERROR:  perf_advisor must be loaded via shared_preload_libraries$' "$hint" &&
		sed -nE 's/^HINT:  Run (ALTER SYSTEM .*;) and restart the server\.$/\1/p' "$hint" > "$OUT/hint.sql" &&
		[ -s "$OUT/hint.sql" ] && psql -X -q -v ON_ERROR_STOP=1 -f "$OUT/hint.sql" >> "$hint" 2>&1 &&
		stop && start &&
		[ "$(psql -X -A -t -c 'SHOW shared_preload_libraries')" = "pg_stat_statements, perf_advisor" ]
	then
		tally "pass installcheck without the library preloaded fails with a hint that works"
	else
		tally "fail installcheck without the library preloaded fails with a hint that works"
		return 1
	fi
	# the tests themselves run with nothing else loaded
	psql -X -q -c "ALTER SYSTEM SET shared_preload_libraries = 'perf_advisor'" && stop && start
}

# Trouble that no test saw
server_log()
{
	grep -E 'PANIC|TRAP:|terminated by signal|leak: | leaked|XX000|invalid memory alloc' "$OUT/server.log" > "$OUT/server-trouble.log"
	if [ -s "$OUT/server-trouble.log" ]; then
		tally "fail the server's log is free of crashes, leaks and internal errors"
	else
		tally "pass the server's log is free of crashes, leaks and internal errors"
	fi
}

run()
{
	mkdir -p $PGHOST
	: >> "$OUT/tally"
	initdb -D $DATA -U postgres --no-sync -A trust > "$OUT/initdb.log" 2>&1 || {
		tally "fail initdb"
		return 1
	}
	cat >> $DATA/postgresql.conf <<-EOT
		unix_socket_directories = '$PGHOST'
		listen_addresses = ''
		port = $PGPORT
		fsync = off
		log_line_prefix = '%m [%p] %e %b %a '
		shared_preload_libraries = 'pg_stat_statements'
	EOT
	start || { tally "fail the server starts"; return 1; }
	if without_preload; then
		# REGRESS is emptied in the make file's own way when a folder is empty
		if wanted regress; then part regress $MAKE installcheck ISOLATION= TAP_TESTS=; fi
		if wanted isolation; then part isolation $MAKE installcheck REGRESS= TAP_TESTS=; fi
		if wanted unit; then
			part unit env PG_CONFIG="/usr/lib/postgresql/$MAJOR/bin/pg_config" test/unit/run
		fi
	fi
	if stop; then tally "pass the server stops"; else tally "fail the server stops"; fi
	server_log
	if wanted tap; then
		unset PGHOST PGPORT PGUSER PGDATABASE
		# without installcheck: there is no server now
		part tap $MAKE tap PROVE_FLAGS=--verbose
		cp -r tmp_check/log "$OUT/tap-log" 2>/dev/null
	fi
	if wanted demo; then
		if TMPDIR=/build PG_CONFIG="/usr/lib/postgresql/$MAJOR/bin/pg_config" test/demo/run --short > "$OUT/demo.log" 2>&1; then
			tally "pass the demo gets its advice, and it helps"
		else
			tally "fail the demo gets its advice, and it helps"
		fi
	fi
	cp regression.diffs "$OUT/regression.diffs" 2>/dev/null
	cp output_iso/regression.diffs "$OUT/isolation.diffs" 2>/dev/null
	cp -r results "$OUT/results" 2>/dev/null
	cp -r output_iso/results "$OUT/isolation-results" 2>/dev/null
	! grep -q '^fail' "$OUT/tally"
}

: >> "$OUT/tally"
case $1 in
	build) build ;;
	run) run ;;
esac

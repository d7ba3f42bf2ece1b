# Private PostgreSQL servers with a fresh build of perf_advisor.  Sourced, not run.
#
# CREATE EXTENSION and shared_preload_libraries look for files only in the
# server's own directories, and tools here must not install anything there.
# PostgreSQL finds those directories relative to its executable, so a copy of
# the three executables, with symbolic links to everything else and this
# build's files beside them, is a complete installation ("tree") of its own:
# same binaries, private $libdir and SHAREDIR, no root, no mount, nothing to
# take back afterwards but one directory.
#
# Sets: PA_ROOT (the checkout), PA_PG_CONFIG, PA_VERSION, and after pa_tree():
# PA_BIN (copied initdb, postgres, pg_ctl), PA_HOST_BIN (psql, pgbench, ...).
#
# Environment: PG_CONFIG   pg_config of the server to use
#              PA_RUN_AS   who runs the server when the caller is root (postgres)

PA_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export LC_ALL=C.UTF-8 TZ=UTC
unset PGHOST PGHOSTADDR PGPORT PGUSER PGDATABASE PGOPTIONS PGDATA PGAPPNAME PGSERVICE PGCLIENTENCODING
# a make that called us does not lend its job slots
unset MAKEFLAGS MFLAGS MAKELEVEL

pa_die() { echo "$(basename "$0"): $*" >&2; exit 1; }

# The newest supported PostgreSQL on this machine that can be built against.
pa_find_pg_config() {
	local candidate major
	PA_PG_CONFIG=
	if [ -n "${PG_CONFIG:-}" ]; then
		PA_PG_CONFIG=$(command -v "$PG_CONFIG") || pa_die "PG_CONFIG=$PG_CONFIG is not there"
	else
		for candidate in $(ls -d /usr/lib/postgresql/*/bin/pg_config 2>/dev/null | sort -rV) "$(command -v pg_config)"; do
			# pg_config may be there without the server or its headers
			[ -x "$candidate" ] || continue
			[ -e "$("$candidate" --pgxs)" ] && [ -x "$("$candidate" --bindir)/postgres" ] || continue
			major=$("$candidate" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
			[ "$major" -ge 15 ] && [ "$major" -le 19 ] || continue
			PA_PG_CONFIG=$candidate
			break
		done
	fi
	[ -n "$PA_PG_CONFIG" ] || return 1
	PA_HOST_BIN=$("$PA_PG_CONFIG" --bindir)
	PA_VERSION=$("$PA_HOST_BIN/postgres" -V | sed 's/^[^0-9]*//')
}

# The server refuses to run as root: PA_AS is the prefix for its commands.
pa_find_user() {
	PA_AS=()
	PA_USER=
	if [ "$(id -u)" = 0 ]; then
		PA_USER=${PA_RUN_AS:-postgres}
		id "$PA_USER" >/dev/null 2>&1 || pa_die "there is no user '$PA_USER' to run the server as (set PA_RUN_AS)"
		PA_AS=(setpriv --reuid="$PA_USER" --regid="$(id -g "$PA_USER")" --clear-groups --)
	fi
}

pa_own() { if [ "$(id -u)" = 0 ]; then chown "$PA_USER" "$@"; fi; }

# pa_link_all FROM TO: links in TO to everything in FROM
pa_link_all() {
	mkdir -p "$2"
	find "$1" -mindepth 1 -maxdepth 1 -exec ln -s -t "$2" {} +
}

# pa_build DIR [make arguments]: compiles a copy of the checkout in DIR/source
# and stages its installation in DIR/stage.  Does nothing when DIR holds a
# build of these very sources.
pa_build() {
	local dir=$1 sum
	shift
	sum=$(cd "$PA_ROOT" && { echo "$PA_VERSION" "$@"; find Makefile ./*.control sql src -type f \( -name Makefile -o -name '*.control' -o -name '*.sql' -o -name '*.[ch]' \) ! -name 'perf_advisor--*.sql' -print0 | sort -z | xargs -0 sha1sum; } | sha1sum)
	[ "$sum" = "$(cat "$dir/built" 2>/dev/null)" ] && return 0
	rm -rf "$dir"
	mkdir -p "$dir/source"
	(cd "$PA_ROOT" && tar cf - --exclude='*.o' --exclude='*.bc' --exclude='*.so' --exclude='perf_advisor--*.sql' \
		Makefile ./*.control sql src) | tar xf - -C "$dir/source"
	# bitcode for JIT would need clang, and no function here is worth inlining
	make -s -j2 -C "$dir/source" PG_CONFIG="$PA_PG_CONFIG" with_llvm=no "$@" all >"$dir/make.log" 2>&1 &&
		make -s -C "$dir/source" PG_CONFIG="$PA_PG_CONFIG" with_llvm=no "$@" DESTDIR="$dir/stage" install >>"$dir/make.log" 2>&1 ||
		{ tail -20 "$dir/make.log" >&2; pa_die "the build failed"; }
	echo "$sum" > "$dir/built"
}

# pa_tree DIR [STAGE]: an installation in DIR of the host's PostgreSQL with,
# if given, what pa_build() staged.
pa_tree() {
	local dir=$1 stage=${2:-} bin lib share prefix tree name
	bin=$PA_HOST_BIN
	lib=$("$PA_PG_CONFIG" --pkglibdir)
	share=$("$PA_PG_CONFIG" --sharedir)
	# what the three paths have in common is what the server replaces
	prefix=$bin
	while [ "${lib#"$prefix"/}" = "$lib" ] || [ "${share#"$prefix"/}" = "$share" ]; do
		[ -n "$prefix" ] || pa_die "cannot relocate $bin"
		prefix=${prefix%/*}
	done
	tree=$dir
	PA_BIN=$tree/${bin#"$prefix"/}
	mkdir -p "$PA_BIN"
	for name in postgres initdb pg_ctl; do
		# a link would be resolved, and lead back to the host's directories
		cp "$bin/$name" "$PA_BIN/$name"
	done
	pa_link_all "$share" "$tree/${share#"$prefix"/}"
	rm "$tree/${share#"$prefix"/}/extension"
	pa_link_all "$share/extension" "$tree/${share#"$prefix"/}/extension"
	pa_link_all "$lib" "$tree/${lib#"$prefix"/}"
	if [ -n "$stage" ]; then
		# NB: an older version that somebody installed on the host must not win
		rm -rf "$tree/${lib#"$prefix"/}"/perf_advisor* "$tree/${share#"$prefix"/}"/extension/perf_advisor*
		cp "$stage$lib"/perf_advisor.so "$tree/${lib#"$prefix"/}/"
		cp "$stage$share"/extension/perf_advisor* "$tree/${share#"$prefix"/}/extension/"
	fi
	chmod -R go+rX "$dir"
}

# pa_initdb DATADIR: a new cluster, superuser "postgres", trusting its socket
pa_initdb() {
	"${PA_AS[@]}" "$PA_BIN/initdb" -D "$1" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$1.log" 2>&1 ||
		{ tail -5 "$1.log" >&2; pa_die "initdb failed"; }
}

# pa_start DATADIR SOCKETDIR [server options]: returns when it takes connections
pa_start() {
	local data=$1 socket=$2
	shift 2
	"${PA_AS[@]}" "$PA_BIN/pg_ctl" -D "$data" -s -w -t 120 -l "$data/server.log" \
		-o "-k $socket -c listen_addresses='' $*" start >/dev/null ||
		{ tail -5 "$data/server.log" >&2; pa_die "the server did not start"; }
}

# pa_stop DATADIR: stops the server that its pid file names, if there is one
pa_stop() {
	[ -s "$1/postmaster.pid" ] || return 0
	"${PA_AS[@]}" "$PA_BIN/pg_ctl" -D "$1" -s -w -t 60 -m fast stop >/dev/null 2>&1 ||
		"${PA_AS[@]}" "$PA_BIN/pg_ctl" -D "$1" -s -w -t 60 -m immediate stop >/dev/null 2>&1
}

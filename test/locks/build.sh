#!/usr/bin/env bash
# build.sh DIR: makes DIR/perf_advisor_counted.so, the library with every call that
# locks.c counts led through it, and DIR/perf_advisor_counted.sql, which creates
# the extension's objects on it.  pg_config and make of the server to use come from
# the path.
set -eu
cd "$(dirname "$0")/../.."
dir=$1
mkdir -p "$dir/src"
cp -Rp Makefile perf_advisor.control sql src "$dir/src/"
# what was built before is built already
make -s -C "$dir/src" with_llvm=no all

wrapped=$(sed -nE 's/^WRAP\([^,]+, ([A-Za-z0-9_]+),.*/-Wl,--wrap=\1/p' test/locks/locks.c)
# shellcheck disable=SC2046,SC2086 -- lists of options and files
$(pg_config --cc) $(pg_config --cflags) -fPIC -shared -isystem "$(pg_config --includedir-server)" \
	$wrapped -o "$dir/perf_advisor_counted.so" test/locks/locks.c $(find "$dir/src/src" -name '*.o')
{
	sed -e '/^\\echo/d' -e '/pg_extension_config_dump/d' -e "s#MODULE_PATHNAME#$dir/perf_advisor_counted#" "$dir/src/sql/perf_advisor--1.0.sql"
	for name in locks_mark locks_since; do
		[ $name = locks_mark ] && type=void || type=text
		echo "CREATE FUNCTION $name() RETURNS $type AS '$dir/perf_advisor_counted', '$name' LANGUAGE C VOLATILE;"
	done
} > "$dir/perf_advisor_counted.sql"

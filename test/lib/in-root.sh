# Builds and tests one major in its root.  Run by test/matrix, as root and, where
# the kernel gives them, in private mount, process and IPC namespaces: then all
# mounts and processes end with this script.
#
# From the environment: MAJOR, ROOT, SOURCE (the checkout), OUT (logs and
# results), SCRATCH (an empty folder), TEST_UID, ISOLATED (yes, no), LIMIT
# (seconds), PARTS (what to run, see suite.sh).
#
# ISOLATED=no is for containers that may not mount anything: the root is copied,
# has no /proc and a few device files of its own, and is removed afterwards.
set -eu

N=$SCRATCH/root
copy_root() { mkdir -p "$N"; cp -a --reflink=auto "$ROOT/." "$N/"; }

if [ "$ISOLATED" = yes ]; then
	mount -t tmpfs -o size=6g none "$SCRATCH"
	mkdir -p "$SCRATCH/upper" "$SCRATCH/work" "$N"
	mount -t overlay overlay -o "lowerdir=$ROOT,upperdir=$SCRATCH/upper,workdir=$SCRATCH/work" "$N" 2> "$OUT/overlay.err" || {
		echo "no overlay file system here: working on a copy of the root"
		copy_root
	}
	mount --rbind /dev "$N/dev"
	# POSIX shared memory of this run only
	mkdir -p "$N/dev/shm"
	mount -t tmpfs -o mode=1777 none "$N/dev/shm"
	mount -t proc proc "$N/proc"
else
	copy_root
	mkdir -p "$N/dev/shm"
	chmod 1777 "$N/dev/shm"
	for d in null:3 zero:5 full:7 random:8 urandom:9; do
		mknod -m 666 "$N/dev/${d%:*}" c 1 "${d#*:}"
	done
fi

mkdir -p "$N/build/src" "$N/build/out"
tar -C "$SOURCE" -c --exclude=./.git --exclude='*.o' --exclude='*.d' --exclude='*.bc' --exclude='*.so' \
	--exclude=./results --exclude=./output_iso --exclude=./tmp_check --exclude=./test/results \
	--exclude=./sql/perf_advisor--1.0.sql . | tar -C "$N/build/src" -x --no-same-owner
chown -R "$TEST_UID:$TEST_UID" "$N/build"

inside()
{
	local user=$1
	shift
	chroot --userspec="$user:$user" "$N" /usr/bin/env -i MAJOR="$MAJOR" PARTS="$PARTS" LANG=C.UTF-8 TZ=UTC \
		HOME=/var/lib/postgresql PATH="/usr/lib/postgresql/$MAJOR/bin:/usr/sbin:/usr/bin" "$@"
}

# The namespaces end by themselves; without them servers are stopped by their
# pid files, however this script ends.
clean_up()
{
	local file
	[ "$ISOLATED" = yes ] && return
	find "$N/build" -name postmaster.pid 2> /dev/null | while read -r file; do
		inside "$TEST_UID" pg_ctl -D "$(dirname "/${file#"$N"/}")" -s -m immediate stop || true
	done
	rm -rf "$N"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

rc=0
inside "$TEST_UID" timeout 900 bash /build/src/test/lib/suite.sh build || rc=$?
if [ $rc = 0 ]; then
	inside 0 make -s -C /build/src with_llvm=no install > "$N/build/out/install.log" 2>&1 || rc=$?
	[ $rc = 0 ] || echo "fail install" >> "$N/build/out/tally"
fi
if [ $rc = 0 ]; then
	inside "$TEST_UID" timeout --kill-after=60 "$LIMIT" bash /build/src/test/lib/suite.sh run || rc=$?
	# 137: it had to be killed
	case $rc in 124 | 137) echo "fail time limit of $LIMIT s" >> "$N/build/out/tally" ;; esac
fi
cp -r "$N/build/out/." "$OUT/"
exit $rc

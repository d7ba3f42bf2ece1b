# Roots: unpacked Debian file systems, one for each PostgreSQL major, to build
# and test in.  Sourced by test/matrix, as root.
#
# A root is made by an apt of its own (own lists, own and almost empty dpkg
# status), which resolves and fetches a suite's packages; they are unpacked
# without running any maintainer script.  Nothing is installed on this machine.
# The archive's address, its keys and proxies come from this machine's own apt
# configuration.  A root is never written to again: tests run on a throw-away
# layer above it (in-root.sh).
#
# Set before: CACHE, the folder of the roots.

# Raise it when the list of packages or the unpacking changes.
ROOT_REVISION=2

# Other people's extensions that a server may have loaded beside this one.  A
# suite that lacks some, or whose packages do not fit its server, goes without;
# the test says which it missed (test/t/023_companions.pl).
ROOT_COMPANIONS="pg-stat-kcache pg-qualstats hypopg pg-wait-sampling"

# The suites that hold a major, one alternative a line, best first.  Nothing
# here has 16: it is kept right by reading (docs/testing.md).
root_suites()
{
	case $1 in
		15) echo "bookworm bookworm-security" ;;
		17) echo "trixie trixie-security" ;;
		18) printf '%s\n' "forky" "sid" ;;
		19) printf '%s\n' "sid experimental" ;;
		*) return 1 ;;
	esac
}

root_path() { echo "$CACHE/root-$1-r$ROOT_REVISION"; }

# root_archive main|security: the archive's address, as this machine's apt has it
root_archive()
{
	apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
		awk -v want="$1" '
			$1 ~ /\/debian(-security)?\/?$/ && (($0 ~ /-security/) == (want == "security")) { print $1; exit }'
}

# root_apt_config DIR SUITE...: a complete apt configuration in DIR
root_apt_config()
{
	local dir=$1 suite uri keys="" key p
	shift
	mkdir -p "$dir"/etc/apt.conf.d "$dir"/etc/preferences.d "$dir"/etc/sources.list.d \
		"$dir"/lists/partial "$dir"/cache/archives/partial
	for key in /usr/share/keyrings/debian-archive-keyring.pgp /usr/share/keyrings/debian-archive-keyring.gpg; do
		[ -e "$key" ] && keys="[signed-by=$key] "
	done
	for suite; do
		case $suite in
			*-security) uri=$(root_archive security) ;;
			*) uri=$(root_archive main) ;;
		esac
		if [ -n "$uri" ]; then
			echo "deb $keys$uri $suite main"
		else
			# without the security archive the suite itself still is whole
			case $suite in
				*-security) ;;
				*) echo "apt names no Debian archive on this machine" >&2; return 1 ;;
			esac
		fi
	done > "$dir/etc/sources.list"
	: > "$dir/status"
	{
		# proxies and the like of this machine
		apt-config dump | grep -E '^Acquire::(http|https|ForceIPv[46]|Check-Date)' || true
		cat <<-EOT
			Dir "$dir"; Dir::Etc "$dir/etc"; Dir::State "$dir"; Dir::State::lists "$dir/lists";
			Dir::State::status "$dir/status"; Dir::Cache "$dir/cache";
			Dir::Etc::netrc "/etc/apt/auth.conf"; Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
			Dir::Etc::trustedparts "/etc/apt/trusted.gpg.d";
			APT::Architecture "$(dpkg --print-architecture)"; APT::Architectures "$(dpkg --print-architecture)";
			APT::Install-Recommends "false"; APT::Sandbox::User "root";
			Acquire::Languages "none"; Acquire::Retries "3"; Debug::NoLocking "true";
			// forky, sid and experimental of a snapshot are past their date
			Acquire::Check-Valid-Until "false";
		EOT
	} > "$dir/apt.conf"
}

# root_stand_ins DIR PACKAGE...: say that they are installed, so that apt leaves
# them out
root_stand_ins()
{
	local dir=$1 p
	shift
	for p; do
		printf 'Package: %s\nStatus: install ok installed\nVersion: 9999:1\nArchitecture: %s\nMulti-Arch: foreign\nMaintainer: none\nDescription: stand-in\n\n' \
			"$p" "$(dpkg --print-architecture)"
	done >> "$dir/status"
}

# root_companions MAJOR: the companions that apt can install beside the server
root_companions()
{
	local name
	for name in $ROOT_COMPANIONS; do
		if apt-get install -y -qq --simulate "postgresql-$1" "postgresql-$1-$name" > /dev/null; then
			echo "postgresql-$1-$name"
		else
			echo "this suite has no postgresql-$1-$name" >&2
		fi
	done
}

# root_fetch DIR MAJOR SUITE...: the packages of a root, into DIR/cache/archives
root_fetch()
{
	local dir=$1 v=$2 tries
	shift 2
	root_apt_config "$dir" "$@" || return 1
	# experimental is not installed from unless asked, and is asked for
	# PostgreSQL only: "-t experimental" would move libc as well
	cat > "$dir/etc/preferences.d/postgresql" <<-EOT
		Package: postgresql-$v postgresql-$v-* postgresql-client-$v postgresql-server-dev-$v libpq5 libpq-dev
		Pin: release a=experimental
		Pin-Priority: 990
	EOT
	local APT_CONFIG=$dir/apt.conf
	export APT_CONFIG
	for tries in 1 2 3; do
		apt-get update -qq --error-on=any && break
		[ "$tries" = 3 ] && return 1
	done
	# LLVM's headers (server-dev asks for them to compile bitcode, which is not
	# done here) and what only maintainer scripts call
	root_stand_ins "$dir" ssl-cert locales debconf sensible-utils postgresql-common \
		postgresql-client-common libpam-modules libpam-runtime dpkg-dev \
		$(apt-cache show --no-all-versions "postgresql-server-dev-$v" | grep -oE 'llvm-[0-9]+-dev' | sort -u)
	apt-get install -y -qq --download-only \
		"postgresql-$v" "postgresql-client-$v" "postgresql-server-dev-$v" $(root_companions "$v") \
		gcc clang libc6-dev make perl libipc-run-perl libc-bin bash dash coreutils \
		sed grep gawk findutils diffutils base-files tzdata tar gzip procps
}

# root_unpack DIR ROOT: the fetched packages, made usable as a root
root_unpack()
{
	local dir=$1 root=$2 deb d
	rm -rf "$root"
	mkdir -p "$root"
	for d in bin sbin lib lib64; do mkdir -p "$root/usr/$d"; ln -s "usr/$d" "$root/$d"; done
	for deb in "$dir"/cache/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -C "$root" -x --keep-directory-symlink \
			--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
			--exclude='./usr/share/locale/*' --exclude='*/bitcode/*' || return 1
		rm -f "$deb"
	done
	# what maintainer scripts would have done
	printf '%s\n' 'root:x:0:0:root:/root:/bin/bash' \
		"postgres:x:$TEST_UID:$TEST_UID:PostgreSQL:/var/lib/postgresql:/bin/bash" > "$root/etc/passwd"
	printf '%s\n' 'root:x:0:' "postgres:x:$TEST_UID:" > "$root/etc/group"
	echo '127.0.0.1 localhost' > "$root/etc/hosts"
	mkdir -p "$root"/proc "$root"/dev "$root"/sys "$root"/tmp "$root"/run/postgresql \
		"$root"/build "$root"/root "$root"/var/lib/postgresql
	chmod 1777 "$root/tmp"
	chown "$TEST_UID:$TEST_UID" "$root"/build "$root"/run/postgresql "$root"/var/lib/postgresql
	ln -sf gcc "$root/usr/bin/cc"
	[ -e "$root/usr/bin/awk" ] || ln -sf gawk "$root/usr/bin/awk"
}

# root_make MAJOR: makes the root unless it is there; all output is for the log
root_make()
{
	local v=$1 root dir suites
	root=$(root_path "$v")
	[ -e "$root.ok" ] && return 0
	exec 9> "$CACHE/lock-$v"
	flock 9
	if [ -e "$root.ok" ]; then exec 9>&-; return 0; fi
	while read -r suites; do
		dir=$(mktemp -d "$CACHE/apt-$v.XXXXXX") || return 1
		# shellcheck disable=SC2086 -- a list of suites
		if root_fetch "$dir" "$v" $suites && root_unpack "$dir" "$root" &&
			chroot "$root" "/usr/lib/postgresql/$v/bin/postgres" --version > "$root.ok.tmp"
		then
			rm -rf "$dir"
			mv "$root.ok.tmp" "$root.ok"
			exec 9>&-
			return 0
		fi
		echo "PostgreSQL $v cannot be had from: $suites"
		rm -rf "$dir" "$root" "$root.ok.tmp"
	done <<-EOT
		$(root_suites "$v")
	EOT
	exec 9>&-
	return 1
}

#!/usr/bin/env bash
#
# Sets parbench up, builds it, and measures this machine: see usage() below.
#
# Needs nothing but bash and the base system. Each requirement is probed for, not looked up in a
# package list, so that nothing is installed (and no network used) where everything works already.
set -euo pipefail
unset CDPATH

root=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")

usage() {
	cat <<'END'
Usage: ./run_all.sh [--no-install] [options of parbench run]
       ./run_all.sh --test [--no-install]

Installs what is missing, builds parbench, measures this machine and writes a report.

  --test          build and run all tests instead
  --no-install    install nothing: print the command that would, and stop
  --help          this text

Options of parbench run, passed on as they are:
  --quick         a first answer in under two minutes
  --full          larger jobs and narrower intervals, about half an hour
  --cores LIST    core counts, such as 1,2,4
  --models LIST, --workloads LIST, --experiments LIST
                  only these, and serial, the base of speedups
                  (./build/parbench list shows all)
  --budget TIME   how long to measure, such as 90s or 5m
  --output DIR    the folder of this run; default: a new one in results/
  --seed N        the order of the visits
  --resume        go on with a run that was ended
  --dry-run       show what would be measured

Ctrl-C ends a run early, with a report of what was measured so far.
END
}

say() { printf '%s\n' "$*"; }

die() {
	printf 'run_all.sh: %s\n' "$*" >&2
	exit 1
}

# quietly NAME COMMAND...: shows the output, kept in $build/NAME.log, only when COMMAND fails.
quietly() {
	local log=$build/$1.log
	"${@:2}" >"$log" 2>&1 </dev/null && return
	tail -n 30 -- "$log" >&2
	die "$1 failed; the whole log is $log"
}

# --- what must be there ----------------------------------------------------------------------------

# Probe, then the packages for apt, dnf, pacman, zypper and apk; "-": not packaged there. "?": some
# cases are left out without it, and `parbench list` says which; nothing stops for its lack.
needs() {
	cat <<'END'
compiler          gcc,libc6-dev gcc,glibc-devel gcc,glibc gcc,glibc-devel gcc,musl-dev
command:make      make make make make make
command:cmake     cmake cmake cmake cmake cmake
command:pkg-config pkg-config pkgconf-pkg-config pkgconf pkgconf-pkg-config pkgconf
links:hwloc       libhwloc-dev hwloc-devel hwloc hwloc-devel hwloc-dev
links:jansson     libjansson-dev jansson-devel jansson libjansson-devel jansson-dev
links:cminpack    libcminpack-dev cminpack-devel - cminpack-devel -
links:libcmark-gfm libcmark-gfm-dev,libcmark-gfm-extensions-dev - - - -
command:gnuplot   gnuplot-nox gnuplot gnuplot gnuplot gnuplot
font              fonts-dejavu-core dejavu-sans-fonts ttf-dejavu dejavu-fonts font-dejavu
revision          git git git git git
links:liburing?   liburing-dev liburing-devel liburing liburing-devel liburing-dev
command:python3?  python3 python3 python python3 python3
END
	[[ $mode == measure ]] || cat <<'END'
links:cmocka      libcmocka-dev libcmocka-devel cmocka libcmocka-devel cmocka-dev
command:shellcheck shellcheck ShellCheck shellcheck ShellCheck shellcheck
jsonschema        python3-jsonschema python3-jsonschema python-jsonschema python3-jsonschema py3-jsonschema
END
}

probe() {
	local subject=${1#*:} flags
	case ${1%%:*} in
	command) command -v "$subject" ;;
	compiler) printf '#include <stdio.h>\nint main(void) { return 0; }\n' | link ;;
	links)
		flags=$(pkg-config --cflags --libs "$subject") || return 1
		# shellcheck disable=SC2086 # words
		printf 'int main(void) { return 0; }\n' | link $flags
		;;
	font) find /usr/share/fonts /usr/local/share/fonts -name DejaVuSans.ttf | grep . ;;
	revision) [[ ! -e $root/.git ]] || command -v git ;; # run.json tells the checkout's revision
	jsonschema) /usr/bin/python3 -c 'import jsonschema' ;;
	*) return 1 ;;
	esac >/dev/null 2>&1
}

link() { "${CC:-cc}" -x c - -o /dev/null "$@"; }

# Probes for all needs; with "required" as $2 only for those without which nothing goes. Sets `missing`
# to the packages that would provide what is not there, in the names of the package manager in column
# $1, and `unpackaged` to what it has no package for.
find_missing() {
	local -a columns packages
	missing=() unpackaged=()
	while read -r -a columns; do
		[[ ${2:-} != required || ${columns[0]} != *\? ]] || continue
		columns[0]=${columns[0]%\?}
		if probe "${columns[0]}"; then
			continue
		elif [[ ${columns[$1]} == - ]]; then
			unpackaged+=("${columns[0]#*:}")
		else
			IFS=, read -r -a packages <<<"${columns[$1]}"
			missing+=("${packages[@]}")
		fi
	done < <(needs)
}

install_missing() {
	find_missing 1 required
	if ((${#missing[@]} == 0)); then
		install_optional
		return
	fi
	command -v apt-get >/dev/null || explain_by_hand

	[[ $install == yes ]] || die "packages are missing. To install them: $(apt_command)"
	((EUID == 0)) || command -v sudo >/dev/null ||
		die "packages are missing and there is no sudo. As root: $(apt_command)"
	find_missing 1
	apt_install
	find_missing 1 required
	((${#missing[@]} == 0)) || die "still not usable after the installation: ${missing[*]}"
}

# Alone they are worth neither a password nor an end.
install_optional() {
	[[ $install == yes ]] && ((EUID == 0)) && command -v apt-get >/dev/null || return 0
	find_missing 1
	((${#missing[@]} == 0)) || (apt_install) || say "Going on without: ${missing[*]}"
}

apt_command() {
	local sudo=
	((EUID == 0)) || ! command -v sudo >/dev/null || sudo='sudo '
	printf '%sapt-get install --no-install-recommends %s' "$sudo" "${missing[*]}"
}

apt_install() {
	local -a as_root=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
	((EUID == 0)) || as_root=(sudo "${as_root[@]}")
	say "Installing with apt-get$( ((EUID == 0)) || printf ' (through sudo)'): ${missing[*]}"
	quietly update "${as_root[@]}" update
	quietly install "${as_root[@]}" install --no-install-recommends "${missing[@]}"
}

# On a system without apt-get: names the packages of its own manager, and ends.
explain_by_hand() {
	local -a managers=("dnf install" "pacman -S" "zypper install" "apk add")
	local number manager command="install by hand the counterparts of: ${missing[*]}"
	for number in "${!managers[@]}"; do
		manager=${managers[number]}
		if command -v "${manager%% *}" >/dev/null; then
			find_missing $((number + 2))
			command="type, as root: $manager ${missing[*]}"
			((${#unpackaged[@]} == 0)) || command+="
and build from source what has no package there: ${unpackaged[*]}
(https://github.com/github/cmark-gfm, https://github.com/devernay/cminpack)"
			break
		fi
	done
	die "packages are missing, and this script installs only with apt-get. Please $command"
}

# --- building --------------------------------------------------------------------------------------

# The folder to write to: the checkout, or a cache folder when the checkout is read-only.
choose_place() {
	local id parent
	place=$root
	[[ ! -w $root ]] || return 0
	id=$(printf %s "$root" | sha256sum | cut -c 1-12)
	for parent in "${XDG_CACHE_HOME:-}" "${HOME:+$HOME/.cache}" "${TMPDIR:-/tmp}/cache-$EUID"; do
		place=$parent/parbench/$id
		[[ -z $parent ]] || (umask 077 && mkdir -p -- "$place") 2>/dev/null || continue
		# Owned by us: anyone may make a folder in /tmp.
		[[ ! -O $parent || ! -w $place ]] || return 0
	done
	die "nowhere to build: neither $root nor a cache folder is writable"
}

build_program() {
	# A build folder that was copied along with its checkout belongs to the old path.
	if [[ -e $build/CMakeCache.txt ]] &&
		! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$build/CMakeCache.txt"; then
		rm -rf -- "$build/CMakeCache.txt" "$build/CMakeFiles"
	fi
	say "Building in $build"
	quietly configure cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DPAR_SANITIZE=
	quietly build cmake --build "$build" --parallel "$(nproc)" --target parbench
}

mode=measure
install=yes
results=yes
options=()
for argument; do
	case $argument in
	--help | -h)
		usage
		exit 0
		;;
	--test) mode=tests ;;
	--no-install) install=no ;;
	--output | --output=* | --results | --results=*) results=no ;;&
	*) options+=("$argument") ;;
	esac
done

choose_place
build=$place/build
mkdir -p -- "$build"
install_missing
if [[ $mode == tests ]]; then
	((${#options[@]} == 0)) || die "--test takes no other option: ${options[*]}"
	exec "$root/tests/run_tests.sh" "$build/test"
fi
build_program
[[ $results == no ]] || options=(--results "$place/results" "${options[@]}")
exec "$build/parbench" run "${options[@]}"

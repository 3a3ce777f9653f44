#!/usr/bin/env bash
# What run_all.sh does where packages are missing, with stand-ins for the package managers.
. "$(dirname -- "$0")/common.bash"
checkout="$work/check out" tools="$work/tools"
mkdir -- "$checkout" "$tools"
cp -- "$ROOT/run_all.sh" "$checkout"

# A system that has only what a base system has.
for tool in bash env dirname readlink cat sed grep find tail mkdir sha256sum cut rm nproc id; do
	ln -s -- "$(command -v "$tool")" "$tools/$tool"
done
stand_in() {
	printf '#!/bin/bash\n%s\n' "$2" >"$tools/$1"
	chmod +x -- "$tools/$1"
}
start() { try env -i PATH="$tools" "$tools/bash" "$checkout/run_all.sh" "$@"; }

start --help
((status == 0)) || fail "--help needs something"
for option in --test --no-install --quick --full --cores --models --workloads --experiments \
	--budget --output --seed --resume; do
	says "$option"
done

# apt-get: --no-install only prints; else it installs, and notices when that did not help.
stand_in apt-get "printf '%s ' \"\$@\" >>'$work/calls'; echo >>'$work/calls'"
stand_in sudo 'exec "$@"'
start --no-install --quick
((status != 0)) || fail "--no-install went on"
grep -q 'apt-get install.* gcc .*libhwloc-dev.*gnuplot-nox' "$work/err" || fail "$(cat -- "$work/err")"
[[ ! -e $work/calls ]] || fail "--no-install called apt-get"
! grep -q liburing "$work/err" || fail "stops for what is optional: $(cat -- "$work/err")"
start --quick
((status != 0)) || fail "went on without packages"
grep -q 'install .*libhwloc-dev.*liburing-dev' "$work/calls" || fail "$(cat -- "$work/calls")"
says libhwloc-dev # said before it is done
grep -q 'still not usable' "$work/err" || fail "$(cat -- "$work/err")"
start --no-install --test
grep -q libcmocka-dev "$work/err" || fail "--test does not ask for cmocka"

# A failing apt-get: the log's end and its path.
stand_in apt-get 'echo "E: no such mirror"; exit 100'
start --quick
for text in 'no such mirror' update.log; do
	grep -q "$text" "$work/err" || fail "no '$text' in: $(cat -- "$work/err")"
done

# Other managers: one message with their own names.
rm -- "$tools/apt-get"
for pair in dnf:hwloc-devel pacman:hwloc zypper:libjansson-devel apk:jansson-dev; do
	stand_in "${pair%:*}" "echo called >>'$work/others'"
	start --quick
	((status != 0)) || fail "went on"
	grep -q "${pair%:*} .*${pair#*:}" "$work/err" || fail "$(cat -- "$work/err")"
	rm -- "$tools/${pair%:*}"
done
[[ ! -e $work/others ]] || fail "called another package manager"
start --quick
grep -q 'by hand.*libhwloc-dev' "$work/err" || fail "$(cat -- "$work/err")"

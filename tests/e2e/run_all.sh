#!/usr/bin/env bash
# run_all.sh as a user has it: a path with spaces, a copied build folder, a read-only checkout.
. "$(dirname -- "$0")/common.bash"
checkout="$work/a check out"
mkdir -- "$checkout"
cp -r -- "$ROOT"/{CMakeLists.txt,run_all.sh,cmake,lib,bench,plots,tests} "$checkout"
some=(--quick --workloads sha256 --models "serial,thread_pool" --budget 3s)

# From another folder, without HOME and terminal. The build folder claims to be another tree's.
mkdir -- "$checkout/build" "$work/else where"
echo 'CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere' >"$checkout/build/CMakeCache.txt"
cd -- "$work/else where"
succeeds env -u HOME LANG=C "$checkout/run_all.sh" --no-install "${some[@]}"
says report.html
check_results "$checkout/results/latest"
succeeds "$checkout/build/parbench" --version

# An unknown option reaches parbench.
try "$checkout/run_all.sh" --no-install --nonsense
((status == 2)) || fail "status $status for an unknown option"
grep -q nonsense "$work/err" || fail "$(cat -- "$work/err")"

# Read-only, and the results elsewhere. A relative path is the caller's.
rm -rf -- "$checkout/build" "$checkout/results"
cat >"$work/read_only" <<'END'
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$2" && shift 2 && exec "$@"
END
unshare -m true 2>/dev/null || skip "the read-only part: no mount namespace for this user"
succeeds env XDG_CACHE_HOME="$work/cache" unshare -m bash "$work/read_only" "$checkout" \
	"$work/else where" "$checkout/run_all.sh" --no-install "${some[@]}" --output "a run"
check_results "$work/else where/a run"
[[ ! -e $checkout/build && ! -e $checkout/results ]] || fail "the checkout was written to"

#!/usr/bin/env bash
#
# tests/fuzz/run.sh FOLDER TARGET|all [runs=N] [time=SECONDS] [seed=N]: fuzzes with the programs
# that `cmake --preset fuzz && cmake --build --preset fuzz` makes in FOLDER (build/fuzz/tests/fuzz),
# until a bound is met; a minute each when none is given. New inputs are kept in
# FOLDER/found/TARGET for the next time. So is what breaks a target (crash-*, leak-*, slow-unit-*):
# once it is repaired, it belongs into tests/fuzz/corpus/TARGET.
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)

fail() {
	echo "$0: $*" >&2
	exit 2
}

(($# >= 2)) || fail "expected FOLDER TARGET|all [runs=N] [time=SECONDS] [seed=N]"
folder=$1
bounds=()
for bound in "${@:3}"; do
	case $bound in
	runs=*) bounds+=("-runs=${bound#*=}") ;;
	time=*) bounds+=("-max_total_time=${bound#*=}") ;;
	seed=*) bounds+=("-seed=${bound#*=}") ;;
	*) fail "unknown bound '$bound': give runs=N, time=SECONDS or seed=N" ;;
	esac
done
((${#bounds[@]} > 0)) || bounds=(-max_total_time=60)

# Most bugs are in short inputs, and short inputs run faster; JSON and SVG need more.
longest() {
	case $1 in
	numbers | escape) echo 256 ;;
	cell | arguments) echo 512 ;;
	*) echo 4096 ;;
	esac
}

fuzz() {
	local target=$1 program=$folder/fuzz_$1 found=$folder/found/$1 words=()
	[[ -x $program ]] || fail "no $program: build it with 'cmake --build --preset fuzz'"
	[[ ! -e $here/words/$target ]] || words=("-dict=$here/words/$target")
	mkdir -p -- "$found"
	echo "== $target"
	"$program" "${bounds[@]}" "${words[@]}" -max_len="$(longest "$target")" -timeout=10 \
		-report_slow_units=5 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$found/" "$found" "$here/corpus/$target" 2>&1 |
		grep -avE '^(INFO|#[0-9]+[[:space:]]+(REDUCE|NEW|RELOAD|pulse)|[[:space:]]NEW_FUNC)'
}

if [[ $2 == all ]]; then
	for source in "$here"/fuzz_*.c; do
		target=${source##*/fuzz_}
		fuzz "${target%.c}"
	done
else
	fuzz "$2"
fi

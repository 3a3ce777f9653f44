#!/usr/bin/env bash
#
# gates.sh FOLDER [SECONDS]: can the instrument be trusted? FOLDER holds the built programs `twins`
# and `judge`. Measures, on this machine:
#
#   A/A: the thread pool against itself under another name. Of all comparisons at most 5 % may say
#        that one is faster.
#   A/B: the thread pool against one that is made 3 % slower. None may say that the slower one is
#        faster, and at least half of those on computing work must find it.
#
# SECONDS is the budget of each run; the default is that of `parbench run`.
set -euo pipefail

programs=$(cd -- "$1" && pwd)
budget=()
[[ -z ${2-} ]] || budget=(--budget "$2s")
work=$(mktemp -d "${TMPDIR:-/tmp}/parbench gates XXXXXX")
trap 'rm -rf -- "$work"' EXIT

fail() {
	printf 'FAILED: %s\n' "$*" >&2
	exit 1
}

# run NAME MODELS WORKLOADS [OPTION...]
run() {
	"$programs/twins" run "${budget[@]}" --models "$2" --workloads "$3" --cores "$cores" \
		--output "$work/$1" "${@:4}" >"$work/log" 2>&1 </dev/null ||
		fail "$(cat -- "$work/log")"
}

# count A B: prints the comparisons, and sets compared, faster, slower, tie, unsure.
count() {
	"$programs/judge" "$work/$1" "$2" "$3" | tee "$work/comparisons"
	read -r compared faster slower tie unsure < <(
		tail -n 1 "$work/comparisons" | sed 's/[^0-9]\+/ /g')
}

cores=1
(($(nproc) == 1)) || cores=1,2

printf 'A/A: the thread pool and its twin\n'
run aa thread_pool,twin primes,mandelbrot,matmul,sha256,nqueens,triad,chase,timer,pipe_echo,tcp_echo \
	--quick
count aa twin thread_pool
((compared >= 10)) || fail "only $compared comparisons"
((20 * (faster + slower) <= compared)) ||
	fail "$((faster + slower)) of $compared comparisons of a model with itself claim a difference"

printf 'A/B: the thread pool and one that is 3 %% slower\n'
computing=primes,mandelbrot,matmul,sha256,nqueens
cores=${cores##*,}
run ab thread_pool,slow "$computing"
count ab slow thread_pool
((faster == 0)) || fail "the slower one was called faster $faster times"
((2 * slower >= compared)) || fail "found in $slower of $compared comparisons"
printf 'held: A/A and A/B (%d ties and %d not sure in A/B)\n' "$tie" "$unsure"

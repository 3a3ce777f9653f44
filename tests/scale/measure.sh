#!/usr/bin/env bash
# measure.sh PARBENCH [RECORDS...]: time, memory and bytes of `parbench report` on made-up runs of so
# many records (default: 10000 100000 1000000); medians of three, in all and without the pictures.
# For a person, on a quiet machine: nothing here passes or fails.
set -euo pipefail

program=$(realpath -- "$1")
shift
(($# > 0)) || set -- 10000 100000 1000000
here=$(dirname -- "$(realpath -- "$0")")
work=$(mktemp -d "${TMPDIR:-/tmp}/parbench-scale-XXXXXX")
trap 'rm -rf -- "$work"' EXIT

middle() { sort -n | sed -n 2p; }

# A folder without gnuplot: what is left is the reading, the analysis and the pages.
mkdir "$work/bare"
for tool in sh env cat; do ln -s "$(command -v "$tool")" "$work/bare/"; done

# report PATH FORMAT: a report with the programs in PATH only; prints what time(1) says.
report() {
	/usr/bin/time -o "$work/cost" -f "$2" env PATH="$1" "$program" report "$work/run" \
		>/dev/null 2>&1 || true
	tail -n 1 "$work/cost"
}

printf '%9s  %8s  %8s  %10s  %10s  %12s  %12s\n' records 'all, s' 'CPU, s' 'own CPU, s' 'peak, MiB' \
	'journal, B' 'page, B'
for records in "$@"; do
	"$here/generate.py" "$program" "$work/run" "$records" >"$work/said"
	for _ in 1 2 3; do
		report "$work/bare" '%U %S' | awk '{ print $1 + $2 }' >>"$work/own"
		report "$PATH" '%e %U %S %M' >>"$work/all"
	done
	printf '%9d  %8s  %8s  %10s  %10s  %12s  %12s\n' "$records" \
		"$(awk '{ print $1 }' "$work/all" | middle)" \
		"$(awk '{ print $2 + $3 }' "$work/all" | middle)" \
		"$(middle <"$work/own")" \
		"$(awk '{ printf "%.1f\n", $4 / 1024 }' "$work/all" | middle)" \
		"$(stat -c %s "$work/run/cells.jsonl")" "$(stat -c %s "$work/run/report.html")"
	rm -rf -- "$work/run" "$work/all" "$work/own"
done

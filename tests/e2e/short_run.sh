#!/usr/bin/env bash
# A short run without a terminal, started from another folder, into a path with spaces.
. "$(dirname -- "$0")/common.bash"
mkdir -- "$work/else where"
cd -- "$work/else where"
some=(--quick --workloads "sha256,timer" --models "serial,thread_pool")

# LANG=C and no HOME.
succeeds env -u HOME LANG=C "$PARBENCH" run "${some[@]}" --budget 5s --seed 7 --output "a run"
says report.html
check_results "$work/else where/a run"

# The terminal's answer fits 80 columns, without escapes when it is no terminal.
succeeds "$PARBENCH" report "a run"
[[ $(wc -L <"$work/out") -le 80 ]] || fail "wider than 80 columns: $(cat -- "$work/out")"
! grep -q $'\033' "$work/out" || fail "escapes without a terminal"
check_results "$work/else where/a run"

# --results: a new folder each time, and `latest` is the last.
succeeds "$PARBENCH" run "${some[@]}" --budget 2s --results "many runs"
succeeds "$PARBENCH" run "${some[@]}" --budget 2s --results "many runs"
(($(find "many runs" -mindepth 1 -maxdepth 1 -type d | wc -l) == 2)) || fail "not two runs"
check_results "many runs/latest"

# A run that is there is not overwritten.
try "$PARBENCH" run "${some[@]}" --budget 2s --output "a run"
((status != 0)) || fail "--output wrote over a run"
check_results "$work/else where/a run"

# What lies in a folder is not ours: it is neither written over nor removed.
mkdir -p -- "mine/scratch"
echo thesis >"mine/scratch/thesis.txt"
refuses "not empty" "$PARBENCH" run "${some[@]}" --budget 2s --output mine
[[ $(find mine -type f) == mine/scratch/thesis.txt ]] || fail "changed: $(find mine)"
rm -- "many runs/latest/run.json"
refuses "not empty" "$PARBENCH" run "${some[@]}" --budget 2s --output "many runs/latest"

# The base of speedups is measured whatever was asked for.
succeeds "$PARBENCH" run --dry-run --quick --workloads sha256 --models thread_pool
says scaling/sha256/serial/
says scaling/sha256/thread_pool/

# A name that is not UTF-8 costs no run.
odd=$'J\xfcrgen'
succeeds "$PARBENCH" run --quick --workloads sha256 --models serial --budget 1s --output "$odd"
succeeds python "$ROOT/tests/schema/validate.py" "$odd"

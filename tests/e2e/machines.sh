#!/usr/bin/env bash
# topo and run --dry-run on machines that are not this one.
. "$(dirname -- "$0")/common.bash"

succeeds "$PARBENCH" topo
says close
[[ ! -s $work/err ]] || fail "topo: $(cat -- "$work/err")"

succeeds "$PARBENCH" topo --distance
says "cache line"
succeeds "$PARBENCH" topo --distance --json
says '"distance"'
HWLOC_SYNTHETIC='core:4 pu:1' refuses "another machine" "$PARBENCH" topo --distance

# cells MACHINE: the number of lines of the plan that name a cell.
cells() {
	succeeds env HWLOC_SYNTHETIC="$1" "$PARBENCH" run --dry-run --workloads sha256
	grep -c 'sha256' "$work/out"
}
one=$(cells 'core:1 pu:1')
big=$(cells 'package:2 numa:2 core:8 pu:2')
((one > 0 && big > one)) || fail "$one cells on 1 core, $big on 32"
succeeds env HWLOC_SYNTHETIC='package:2 numa:2 core:8 pu:2' "$PARBENCH" topo
says spread

# The cells of a dry run are specs that `cell` takes, and no folder is made.
cd -- "$work"
succeeds "$PARBENCH" run --dry-run --quick --workloads sha256 --models serial,thread_pool
grep -oE 'scaling/sha256/[a-z_]+/[^ ]*' "$work/out" >"$work/specs" || fail "no specs"
succeeds "$PARBENCH" cell "$(head -n 1 -- "$work/specs")"
[[ ! -e $work/results ]] || fail "a dry run wrote results"

#!/usr/bin/env bash
# A journal that cannot be synced ends the run with one clear line; what is in it was synced.
. "$(dirname -- "$0")/common.bash"

run="$work/run"
preload "${SYNC_FAILS:?a library whose fdatasync fails}"
try env LD_PRELOAD="$preloaded" "$PARBENCH" run --quick \
	--experiments scaling --workloads sha256 --models serial,thread_pool --budget 60s --output "$run"
((status == 1)) || fail "status $status: $(cat -- "$work/err")"
[[ $(tail -n 1 "$work/err") == "parbench run: "*"cells.jsonl: Input/output error"* ]] ||
	fail "no clear line: $(cat -- "$work/err")"
(($(count_records "$run") == 4)) || fail "$(count_records "$run") records after 4 that were synced"
cp -- "$run/cells.jsonl" "$work/before"
succeeds "$PARBENCH" run --resume --budget 1s --output "$run"
head -n 4 "$run/cells.jsonl" | cmp -s - "$work/before" || fail "records changed"
check_run "$run"

#!/usr/bin/env bash
# kill_resume.sh [KILLS]: the harness, killed at any moment, and --resume, which is killed in turn.
# Nothing of it is left running, no record is lost or counted twice, seed and plan stay. KILLS, or
# the environment's PAR_FAULT_KILLS, is 12 by default; 200 take some minutes.
. "$(dirname -- "$0")/common.bash"

kills=${1:-${PAR_FAULT_KILLS:-12}}
per_run=12 # then the run is resumed to its end and its report checked
killed=0 idle=0 torn=0 runs=0 records=0

# Starts COMMAND..., kills it after up to 1.5 seconds, and waits until nothing of it is left.
kill_at_random() {
	"$@" >"$work/out" 2>"$work/err" </dev/null &
	local pid=$!
	sleep "$(printf '%d.%03d' $((RANDOM % 2)) $((RANDOM % 1000 / 2 + RANDOM % 250)))"
	if kill -KILL "$pid" 2>/dev/null; then
		killed=$((killed + 1))
	else
		idle=$((idle + 1)) # it had ended by itself
	fi
	wait "$pid" 2>/dev/null || true
	for ((wait = 0; wait < 100; wait++)); do
		pgrep -f -- "$work" >/dev/null || return 0
		sleep 0.05
	done
	fail "left running: $(pgrep -af -- "$work")"
}

look() {
	local line
	line=$(python "$ROOT/tests/fault/check_journal.py" "$1" "$1.kept") ||
		fail "after kill $killed: $line"
	records=${line% *}
	[[ ${line#* } == whole ]] || torn=$((torn + 1))
}

while ((killed < kills)); do
	runs=$((runs + 1))
	run="$work/run $runs"
	kill_at_random "$PARBENCH" run --quick --experiments scaling --workloads sha256,timer \
		--models serial,fork,thread_pool,process_pool --budget 30s --seed "$runs" --output "$run"
	if [[ ! -e $run/run.json ]]; then # killed before there was a run
		try "$PARBENCH" run --resume --output "$run"
		((status == 2)) || fail "status $status when there is no run to resume"
		continue
	fi
	look "$run"
	for ((i = 1; i < per_run && killed < kills; i++)); do
		kill_at_random "$PARBENCH" run --resume --budget 30s --output "$run"
		look "$run"
	done
	succeeds "$PARBENCH" run --resume --budget 1s --output "$run"
	look "$run"
	check_run "$run"
	compgen -G "$run/*.tmp.*" >/dev/null && fail "unfinished files are left"
	rm -rf -- "$run" "$run.kept"
done
echo "$killed kills in $runs runs, $torn torn lines, $idle ended before;" \
	"$records records in the last"

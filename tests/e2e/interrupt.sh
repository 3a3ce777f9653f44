#!/usr/bin/env bash
# Ctrl-C ends a run with a valid report; --resume goes on with it. What else may end one is tested
# in tests/fault.
. "$(dirname -- "$0")/../fault/common.bash" # check_run: a busy machine may leave nothing to draw

# A shell ignores SIGINT for what it starts with &; setsid's child gets the default back from env.
env --default-signal=INT "$PARBENCH" run --quick --workloads "sha256,timer" \
	--models "serial,thread_pool" --budget 60s --output "$work/run" \
	>"$work/out" 2>"$work/err" </dev/null &
pid=$!
for ((i = 0; i < 300; i++)); do
	[[ ! -s $work/run/cells.jsonl ]] || (($(count_records "$work/run") < 4)) || break
	kill -0 "$pid" 2>/dev/null || fail "ended early: $(cat -- "$work/out" "$work/err")"
	sleep 0.1
done
kill -INT "$pid"
status=0
wait "$pid" || status=$?
((status == 0)) || fail "status $status after Ctrl-C: $(cat -- "$work/err")"
check_run "$work/run"
before=$(count_records "$work/run")

succeeds "$PARBENCH" run --resume --output "$work/run" --budget 5s
after=$(count_records "$work/run")
((after > before)) || fail "--resume added no record to $before"
check_run "$work/run"

# A torn last line, as a power cut leaves it, does not stop --resume.
printf '{"cell":"sca' >>"$work/run/cells.jsonl"
succeeds "$PARBENCH" run --resume --output "$work/run" --budget 5s
check_run "$work/run"

# A hang-up that is ignored (nohup) ends nothing.
(
	trap '' HUP
	exec "$PARBENCH" run --quick --workloads timer,tcp_echo --budget 3s \
		--output "$work/nohup" >/dev/null 2>&1 </dev/null
) &
pid=$!
sleep 0.5
kill -HUP "$pid"
wait "$pid" || fail "status $? after a hang-up that is ignored"
grep -q '"ended": "interrupted"' "$work/nohup/run.json" && fail "an ignored signal ended the run"
exit 0

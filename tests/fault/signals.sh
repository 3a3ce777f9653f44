#!/usr/bin/env bash
# What a person, a terminal or a system may send to a run, and what becomes of its results.
. "$(dirname -- "$0")/common.bash"

options=(run --quick --experiments scaling --models "serial,thread_pool,process_pool,thread")

ended() { sed -n 's/.*"ended": "\(.*\)".*/\1/p' "$1/run.json"; }

# begin NAME [option...]: starts a run that would take a minute, and waits for its fifth record.
begin() {
	run="$work/$1"
	env --default-signal=INT,HUP,TERM,TSTP "$PARBENCH" "${options[@]}" \
		--workloads timer,primes,tcp_echo,file_read --budget 60s --output "$run" "${@:2}" \
		>"$work/out" 2>"$work/err" </dev/null &
	pid=$!
	await 5
}

# await COUNT: until the run has as many records.
await() {
	for ((i = 0; i < 600; i++)); do
		[[ ! -s $run/cells.jsonl ]] || (($(count_records "$run") < $1)) || return 0
		kill -0 "$pid" 2>/dev/null || fail "ended early: $(cat -- "$work/out" "$work/err")"
		sleep 0.05
	done
	fail "no $1 records in 30 s"
}

# finish STATUS: the run must end with it.
finish() {
	local got=0
	wait "$pid" || got=$?
	((got == $1)) || fail "status $got instead of $1: $(cat -- "$work/err")"
}

# Stops the first process of a visit; `visit` is its number.
halt_visit() {
	for ((i = 0; i < 1000; i++)); do
		visit=$(pgrep -f " cell scaling.*$run" | head -n 1 || true)
		[[ -z $visit ]] || ! kill -STOP "$visit" 2>/dev/null || sleep 0.05
		[[ -z $visit || ! -e /proc/$visit/stat ]] ||
			[[ $(cut -d' ' -f3 "/proc/$visit/stat" 2>/dev/null) != T ]] || return 0
	done
	fail "no visit could be stopped"
}

for signal in INT HUP TERM; do
	begin "one $signal"
	kill -"$signal" "$pid"
	finish 0
	[[ $(ended "$run") == interrupted ]] || fail "ended '$(ended "$run")' after $signal"
	promised=$(grep -c "once more stops at once" "$work/err" || true)
	expected=0
	[[ $signal != INT ]] || expected=1
	((promised == expected)) || fail "after $signal: $(cat -- "$work/err")"
	check_run "$run"
done

# One that comes while the last of the measuring is put away does not cost the report.
preload "${LATE_TERM:?a library that sends SIGTERM}"
succeeds env --default-signal=TERM LD_PRELOAD="$preloaded" \
	"$PARBENCH" "${options[@]}" --workloads sha256 --budget 2s --output "$work/late"
check_run "$work/late"

# Whoever started it may have ignored the news of children: it needs them, and so do the models.
succeeds env --ignore-signal=CHLD "$PARBENCH" run --quick --experiments scaling --workloads sha256 \
	--models serial,fork,process_pool --budget 2s --output "$work/childless"
check_run "$work/childless"
! grep -q '"status":"failed"' "$work/childless/cells.jsonl" || fail "a visit failed without SIGCHLD"
succeeds env --ignore-signal=CHLD "$PARBENCH" cell --timed 1ms \
	scaling/sha256/process_pool/cores=1/workers=2/place=close
grep -qE '"status":"(ok|untrustworthy)"' "$work/out" || fail "cell without SIGCHLD: $(cat -- "$work/out")"

# A closed terminal and a service manager send more than one; the report is written all the same.
begin "many"
kill -TERM "$pid"
kill -HUP "$pid"
sleep 0.3
kill -TERM "$pid" 2>/dev/null || true
kill -HUP "$pid" 2>/dev/null || true
finish 0
check_run "$run"

# Twice Ctrl-C: at once and without a report, but with a journal to go on with. The visit under way
# is stopped, so that the first one cannot end the run before the second.
begin "twice"
halt_visit
kill -INT "$pid"
sleep 0.3
kill -INT "$pid"
finish 130
[[ ! -e $run/report.html ]] || fail "a report in spite of two signals"
! pgrep -f -- "$run" >/dev/null || fail "left running: $(pgrep -af -- "$run")"
succeeds "$PARBENCH" run --resume --budget 1s --output "$run"
check_run "$run"

# The kernel drops SIGTSTP in a group of processes that no shell watches, as under a service manager.
stops_here() {
	local idle state
	env --default-signal=TSTP sleep 60 &
	idle=$!
	sleep 0.2
	kill -TSTP "$idle"
	sleep 0.2
	state=$(cut -d' ' -f3 "/proc/$idle/stat")
	kill -KILL "$idle"
	wait "$idle" 2>/dev/null || true
	[[ $state == T ]]
}

# Ctrl-Z: nothing is measured until it goes on, and the time away costs no budget.
pause() {
	begin "pause" --budget 5s
	kill -TSTP "$pid"
	for ((i = 0; i < 200; i++)); do
		[[ $(cut -d' ' -f3 "/proc/$pid/stat") != T ]] || break
		sleep 0.05
	done
	((i < 200)) || fail "SIGTSTP did not stop it"
	before=$(count_records "$run")
	sleep 5 # as long as the whole budget
	(($(count_records "$run") == before)) || fail "it went on measuring while it was stopped"
	kill -CONT "$pid"
	await $((before + 3))
	finish 0
	check_run "$run"
	spent=$(sed -n 's/.*"wall_ns": \([0-9]*\).*/\1/p' "$run/run.json" | tail -n 1)
	((spent <= 8000000000)) || fail "$spent ns of a budget of 5 s: the pause was charged"
	! grep -q stopped "$run/cells.jsonl" || fail "a visit was blamed for the pause of its harness"
}
if stops_here; then
	pause
else
	echo "not tried: SIGTSTP stops nothing here"
fi

# A visit that is stopped is kept, and not trusted.
begin "halted"
halt_visit
sleep 0.2
kill -CONT "$visit"
kill -INT "$pid"
finish 0
tail -n 1 "$run/cells.jsonl" | grep -q '"reason":"a signal stopped it' ||
	fail "no visit was noticed to be stopped"
grep '"reason":"a signal stopped it' "$run/cells.jsonl" | grep -q '"status":"untrustworthy"' ||
	fail "a visit that was stopped is trusted"
check_run "$run"

# Nobody reads what it prints: the results are there all the same.
"$PARBENCH" "${options[@]}" --workloads sha256 --budget 2s \
	--output "$work/head" 2>&1 </dev/null | head -n 1 >/dev/null || true
[[ $(ended "$work/head") =~ ^(complete|budget)$ ]] || fail "a closed pipe ended the run"
check_run "$work/head"

# Closed streams: what would be printed must not end in the run's files.
try "$PARBENCH" "${options[@]}" --workloads sha256 --budget 2s \
	--output "$work/closed" >&- 2>&-
check_run "$work/closed"

#!/usr/bin/env bash
# long_run.sh [VISITS]: a run of so many real visits leaves no descriptor, process, shared memory or
# temporary file, and takes no memory a visit. 40, or the environment's PAR_FAULT_CELLS.
. "$(dirname -- "$0")/common.bash"

visits=${1:-${PAR_FAULT_CELLS:-40}}
run="$work/run"

export TMPDIR="$work/tmp"
mkdir "$TMPDIR"

# shared: shared memory of this program; others have theirs there, too.
shared() { find /dev/shm -maxdepth 1 -name '*par*bench*' | sort; }

await() {
	for ((i = 0; i < 6000; i++)); do
		[[ ! -s $run/cells.jsonl ]] || (($(count_records "$run") < $1)) || return 0
		kill -0 "$pid" 2>/dev/null || fail "ended early: $(cat -- "$work/err")"
		sleep 0.05
	done
	fail "no $1 records in 300 s"
}

# A visit under way has pipes of its own: the least of some looks is about what stays. A leak in each
# visit would be many more.
descriptors() {
	local least=1000000 now
	for ((look = 0; look < 40; look++)); do
		now=$(find "/proc/$pid/fd" -mindepth 1 2>/dev/null | wc -l)
		((now >= least)) || least=$now
		sleep 0.01
	done
	echo "$least"
}

resident() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status"; }

before=$(shared)
"$PARBENCH" run --quick --experiments scaling --workloads sha256,timer,file_write,tcp_echo \
	--models serial,fork,thread_pool,process_pool --budget 1000s \
	--output "$run" >"$work/out" 2>"$work/err" </dev/null &
pid=$!
await $((visits / 10 + 1))
fds=$(descriptors) kib=$(resident)
await "$visits"
fds_after=$(descriptors) kib_after=$(resident)
kill -TERM "$pid"
wait "$pid" || fail "status $?: $(cat -- "$work/err")"
((fds_after < fds + 8)) || fail "$fds_after descriptors after $visits visits, $fds before"
((kib_after - kib < 1024)) || fail "$((kib_after - kib)) KiB more after $visits visits"
[[ $(shared) == "$before" ]] || fail "left behind: $(diff <(echo "$before") <(shared))"
! pgrep -f -- "$work" >/dev/null || fail "left running: $(pgrep -af -- "$work")"
[[ -z $(ls -A "$TMPDIR") ]] || fail "temporary files are left: $(ls -A "$TMPDIR")"
[[ ! -e $run/scratch ]] || fail "scratch is left"
check_run "$run"
echo "$(count_records "$run") visits: $fds descriptors before and $fds_after after," \
	"$((kib_after - kib)) KiB more"

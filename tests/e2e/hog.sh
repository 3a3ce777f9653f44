#!/usr/bin/env bash
# Other work that starts while a run is under way is noticed: the visits that it overlaps are
# untrustworthy, the others are not, and no answer flips.
. "$(dirname -- "$0")/common.bash"
cd -- "$work"
command -v taskset >/dev/null || skip "no taskset"
some=(--quick --workloads sha256 --models "serial,thread_pool" --seed 7)
mapfile -t cpus < <(python -c 'import os; print(*sorted(os.sched_getaffinity(0)), sep="\n")')
((${#cpus[@]} <= 16)) || skip "so many CPUs are not kept busy for a test"

hogs=() run=
stop_hogs() {
	((${#hogs[@]} == 0)) || kill "${hogs[@]}" 2>/dev/null || true
	((${#hogs[@]} == 0)) || wait "${hogs[@]}" 2>/dev/null || true
	hogs=()
}
trap 'stop_hogs; [[ -z $run ]] || kill "$run" 2>/dev/null || true; rm -rf -- "$work"' EXIT

succeeds "$PARBENCH" run "${some[@]}" --budget 6s --output quiet

# The hogs come after three rounds: no cell is finished by then.
records() { cat -- hogged/cells.jsonl 2>/dev/null | wc -l; }
"$PARBENCH" run "${some[@]}" --budget 16s --output hogged >run.out 2>&1 </dev/null &
run=$!
for ((i = 0; i < 100; i++)); do
	(($(records) < 6)) || break
	sleep 0.05
done
begin=$(date +%s%N)
for cpu in "${cpus[@]}"; do
	taskset -c "$cpu" sh -c 'while :; do :; done' &
	hogs+=($!)
done
for ((i = 0; i < 100; i++)); do
	(($(records) < 20)) || break
	sleep 0.1
done
stop_hogs
end=$(date +%s%N)
wait "$run" || fail "the run beside the hogs: $(cat run.out)"
run=
succeeds python "$ROOT/tests/schema/validate.py" hogged

cat >judge.py <<'END'
import json
import sys

begin, end = int(sys.argv[1]), int(sys.argv[2])


def records(run):
    with open(f"{run}/cells.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def overlap(record):
    """The share of the visit during which the hogs ran."""
    start, length = record["at_ns"], record["disturbance"]["elapsed_ns"]
    return max(0, min(end, start + length) - max(begin, start)) / length


def share_disturbed(visits):
    return sum(r["status"] == "untrustworthy" for r in visits) / max(1, len(visits))


def answers(run):
    with open(f"{run}/analysis.json", encoding="utf-8") as file:
        return {a["workload"]: a for a in json.load(file)["answers"]}


visits = [r for r in records("hogged") if "disturbance" in r]
beside = [r for r in visits if overlap(r) >= 0.8]
apart = [r for r in visits if overlap(r) == 0]
alone = share_disturbed([r for r in records("quiet") if "disturbance" in r])
print(f"beside the hogs: {share_disturbed(beside):.0%} of {len(beside)} visits untrustworthy; apart: "
      f"{share_disturbed(apart):.0%} of {len(apart)}; in the run without: {alone:.0%}")
for r in beside:
    if r["status"] != "untrustworthy":
        print("not noticed:", r["cell"], r["disturbance"])
if share_disturbed(beside) < 0.8 and beside:
    sys.exit("the hogs were not noticed")
with_hogs, without = answers("hogged"), answers("quiet")
for name in with_hogs.keys() & without.keys():
    a, b = with_hogs[name], without[name]
    print(name, a["verdict"], a["recommended"], "without:", b["verdict"], b["recommended"])
    if "not sure" not in (a["verdict"], b["verdict"]) and a["recommended"] != b["recommended"]:
        sys.exit("the hogs turned the answer over")
if alone > 0.2 or len(beside) < 4:
    print("this machine has other work to do: too few visits to see whether quiet ones are trusted")
    sys.exit(77)
if apart and share_disturbed(apart) > 0.5:
    sys.exit("visits without hogs are not trusted")
END
try python judge.py "$begin" "$end"
cat -- "$work/out"
((status != 77)) || skip "$(tail -n 1 -- "$work/out")"
((status == 0)) || fail "$(cat -- "$work/err")"

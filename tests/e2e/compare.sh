#!/usr/bin/env bash
# parbench compare: a real run, and copies of it with made-up visits.
. "$(dirname -- "$0")/common.bash"
cd -- "$work"

copy() { python "$ROOT/tests/e2e/copy_run.py" "$@"; }

# compares STATUS WORD ARGUMENT...: must end with STATUS; WORD is on stdout, or for 2 and 3 alone on stderr.
compares() {
	try "$PARBENCH" compare "${@:3}"
	((status == $1)) || fail "status $status instead of $1: ${*:3}: $(cat -- "$work/out" "$work/err")"
	if (($1 == 2 || $1 == 3)); then
		[[ ! -s $work/out ]] || fail "output on stdout: ${*:3}"
		(($(wc -l <"$work/err") == 1)) || fail "not one line: $(cat -- "$work/err")"
		grep -qF -- "$2" "$work/err" || fail "does not name $2: $(cat -- "$work/err")"
	else
		says "$2"
	fi
}

# checks FILE OUTCOME
checks() { succeeds python "$ROOT/tests/e2e/check_comparison.py" "$@"; }

succeeds "$PARBENCH" run --quick --experiments scaling --workloads sha256,timer \
	--models serial,thread_pool --budget 4s --seed 7 --output real

copy real base
copy real same --seed 2
copy real slow --seed 3 --scale 1.2 --only timer/thread_pool
copy real noisy --seed 4 --noise 0.3
copy real wrong --seed 5 --set wrong --only sha256/thread_pool
copy real failing --seed 5 --set failed --only sha256/thread_pool
copy real restless --seed 6 --set untrustworthy
copy real fewer --seed 7 --drop --only sha256
copy real few --seed 8 --rounds 3
copy real interrupted --seed 9 --member 'ended="interrupted"'
copy real compiled --seed 10 --member 'compiler="Another 1.0"'
copy real elsewhere --seed 11 --scale 2 --member 'environment/cpu_model="Another 64-Core"'

# What was found.
compares 0 "No cell is slower by more than 5 %" base same
compares 1 "regression" base slow
says "timer, thread pool, 2 cores"
says "1.2"
! grep -q "^  SHA-256" "$work/out" || fail "a tie is shown: $(cat -- "$work/out")"
compares 1 "regression" base same slow
says "slow"
compares 0 "Surely slower" base slow --fail-above 50%
compares 0 "Surely faster" slow base
compares 4 "may be slower by more than 5 %" base noisy
[[ $(wc -L <"$work/out") -le 80 ]] || fail "wider than 80 columns: $(cat -- "$work/out")"
says "visits of each cell"
compares 4 "No regression found" base few
compares 1 "wrong: made wrong by the test" base wrong
compares 1 "failing: made failed by the test" base failing
compares 0 "Not judged" base fewer
compares 0 "SHA-256, serial, 1 core: only in the base" base fewer --all
compares 0 "interrupted was interrupted" base interrupted
compares 0 "compiler (" base compiled

# Only what was asked for.
compares 0 "compared" base slow --models serial
compares 0 "compared" base slow --workloads sha256
compares 1 "regression" base slow --cells '*/thread_pool/*'
compares 0 "compared" base slow --cells 'scaling/sha256/*'
compares 3 "asked for" base slow --experiments granularity
compares 3 "asked for" base slow --cells 'nothing/*'

# Other machines, other work, nothing in common: kept apart from slower.
compares 3 "another machine: processor" base elsewhere
compares 1 "Another machine" base elsewhere --force
compares 3 "without a trusted visit" base restless
copy real other --seed 12
sed -i 's/"digest": "0x[0-9a-f]*"/"digest": "0x0123456789abcdef"/' other/cells.jsonl
compares 3 "whose work differs" base other

# What cannot be read.
compares 3 missing base missing
mkdir empty
compares 3 empty/run.json base empty
cp -r base newer
sed -i 's/"schema": 1/"schema": 99/' newer/run.json
compares 3 newer/run.json base newer
cp -r base torn
sed -i '2s/.*/{"cell": /' torn/cells.jsonl
compares 3 torn/cells.jsonl base torn
ln -s base linked
compares 2 "same run" base base
compares 2 "same run" base linked
compares 2 "two runs" base
compares 2 "two runs"
compares 2 --nonsense base same --nonsense
compares 2 nonsense base same --fail-above nonsense
compares 2 -- base same --fail-above=-5%
compares 2 "500 %" base same --fail-above 5
compares 2 nonsense base same --models nonsense
compares 2 nonsense base same --experiments nonsense
compares 2 exclude base same --json --markdown

# Files. A run's own folder is left alone.
compares 1 '"outcome": "regression"' base slow --json
cp -- "$work/out" found.json
checks found.json regression
compares 4 '"outcome": "not sure"' base noisy few --json
cp -- "$work/out" found.json
checks found.json "not sure"
compares 1 '| timer, thread pool, 2 cores |' base slow --markdown
compares 1 "regression" base slow --output "some where"
checks "some where/comparison.json" regression
for name in comparison.md comparison.tsv comparison.svg comparison_narrow.svg comparison.png; do
	[[ -s "some where/$name" ]] || fail "$name is missing: $(ls -- "some where")"
done
python -c 'import sys, xml.dom.minidom as d; [d.parse(n) for n in sys.argv[1:]]' \
	"some where/comparison.svg" "some where/comparison_narrow.svg" || fail "an SVG is not XML"
before=$(cd base && find . -type f -exec sha256sum {} + | sort | sha256sum)
try "$PARBENCH" compare slow base --output base
((status == 3)) || fail "wrote into a run: $status"
grep -qF "is the folder of a run" "$work/err" || fail "$(cat -- "$work/err")"
[[ $before == $(cd base && find . -type f -exec sha256sum {} + | sort | sha256sum) ]] ||
	fail "the run's folder was changed"
succeeds "$PARBENCH" compare --help
says "Exit status"

#!/usr/bin/env bash
# The program's commands, and what it says to unknown input.
. "$(dirname -- "$0")/common.bash"

succeeds "$PARBENCH" --version
grep -qE '^parbench [0-9]+\.[0-9]+\.[0-9]+' "$work/out" || fail "version: $(cat -- "$work/out")"
succeeds "$PARBENCH" --help
for command in run cell list topo report compare doctor; do
	says "$command"
done
for command in run cell list topo report compare doctor; do
	succeeds "$PARBENCH" "$command" --help
	[[ -s $work/out && ! -s $work/err ]] || fail "$command --help"
done

refuses nonsense "$PARBENCH" nonsense
refuses --nonsense "$PARBENCH" --nonsense
refuses --nonsense "$PARBENCH" run --nonsense
refuses nonsense "$PARBENCH" run --dry-run --models serial,nonsense
refuses nonsense "$PARBENCH" run --dry-run --workloads nonsense
refuses nonsense "$PARBENCH" run --dry-run --experiments nonsense
refuses nonsense "$PARBENCH" run --dry-run --cores nonsense
refuses nonsense "$PARBENCH" run --dry-run --budget nonsense
refuses -1 "$PARBENCH" run --dry-run --seed -1
refuses --models "$PARBENCH" run --models
refuses --nonsense "$PARBENCH" list --nonsense
refuses nonsense "$PARBENCH" cell nonsense
refuses nonsense "$PARBENCH" cell scaling/sha256/nonsense
refuses nonsense "$PARBENCH" cell scaling/nonsense/serial
refuses nonsense "$PARBENCH" cell scaling/sha256/serial/nonsense=1
refuses cores "$PARBENCH" cell scaling/sha256/serial/cores=0
refuses "$work/nonsense" "$PARBENCH" report "$work/nonsense"

succeeds "$PARBENCH" list
grep -q 'asks: ' "$work/out" || fail "list does not show what experiments ask"
for name in serial fork process_pool thread thread_pool coroutine thread_coroutine \
	process_coroutine primes mandelbrot matmul sha256 nqueens triad chase timer file_read \
	file_write pipe_echo tcp_echo crawl scaling; do
	grep -qw -- "$name" "$work/out" || fail "list does not show $name"
done
succeeds "$PARBENCH" list --json
python - "$work/out" <<'END' || fail "list --json"
import json, sys
catalogue = json.load(open(sys.argv[1]))
for kind, least in ("models", 8), ("workloads", 13), ("experiments", 1):
    entries = catalogue[kind]
    assert len(entries) >= least, kind
    assert len({entry["name"] for entry in entries}) == len(entries), kind
    for entry in entries:
        assert entry["name"] and entry["summary"] and "\n" not in entry["summary"], entry
        assert entry["question"] if kind == "experiments" else True, entry
        if kind != "experiments":
            assert all(one["name"] and one["unit"] for one in entry["measures"]), entry
            assert all(one["name"] and one["label"] for one in entry["variants"]), entry
        assert entry["available"] is True or (entry["available"] is False and entry["reason"]), entry
END

# A visit: one line of JSON, alone on stdout.
for spec in scaling/sha256/serial/tasks=16 scaling/sha256/thread_pool/cores=2/workers=2/tasks=16 \
	scaling/timer/coroutine/tasks=8; do
	succeeds "$PARBENCH" cell "$spec"
	python - "$work/out" "$spec" <<'END' || fail "cell $spec: $(cat -- "$work/out")"
import json, sys
lines = open(sys.argv[1]).read().splitlines()
assert len(lines) == 1, lines
record = json.loads(lines[0])
assert record["status"] in ("ok", "untrustworthy"), record
assert record["cell"].startswith("/".join(sys.argv[2].split("/")[:3])), record["cell"]
END
done

# The README's table of lessons has every experiment, with its question.
# shellcheck disable=SC2016 # backticks of the page, not of the shell
"$PARBENCH" list --json | python -c '
import json, sys
for item in json.load(sys.stdin)["experiments"]:
    if item["name"] != "scaling": # the main question
        print("| `%s` | %s |" % (item["name"], item["question"]))' >"$work/lessons"
while read -r row; do
	grep -qF -- "$row" "$ROOT/README.md" || fail "README.md has no row: $row"
done <"$work/lessons"

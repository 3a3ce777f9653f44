#!/usr/bin/env bash
# A report on 20,000 records: within a bound of memory, and what it holds does not grow with them.
# How long it takes is measured by measure.sh and judged by nobody here.
. "$(dirname -- "$0")/../e2e/common.bash"
records=20000
bound=$((512 << 10)) # KiB of address space; libraries and gnuplot's children count alone

generate() { succeeds python "$ROOT/tests/scale/generate.py" "$PARBENCH" "$work/$1" "$1"; }
generate 2000
generate $records
(($(count_records "$work/$records") == records)) || fail "the made-up run is short"

limited() {
	# A sanitizer reserves more address space than there is.
	[[ -n ${PAR_SANITIZED:-} ]] || ulimit -v "$bound"
	"$PARBENCH" report "$1"
}
for count in 2000 $records; do
	succeeds limited "$work/$count"
done
check_results "$work/2000"

# Every record is accounted for, and cells that are wrong or have two speeds are found.
python - "$work/$records" <<'CHECK' || fail "the analysis is not of these records"
import json, sys
folder = sys.argv[1]
cells = json.load(open(folder + "/analysis.json"))["cells"]
lines = [json.loads(line) for line in open(folder + "/cells.jsonl")]
good = {}
for line in lines:
    good[line["cell"]] = good.get(line["cell"], 0) + (line["status"] == "ok")
wrong = {line["cell"] for line in lines if line["status"] == "wrong"}
assert len(good) == len(cells) > 300
assert all(cell["n"] == good[cell["id"]] for cell in cells)
assert wrong and wrong == {cell["id"] for cell in cells if cell["status"] == "wrong"}
CHECK

# Ten times the records, and about as large a page; each chart draws so many dots at most.
small=$(stat -c %s "$work/2000/report.html")
large=$(stat -c %s "$work/$records/report.html")
((large < 3 * small)) || fail "a page of $large bytes, after one of $small"
for table in "$work/$records"/samples_*.tsv; do
	most=$(grep -v '^#' "$table" | cut -f 1 | sort | uniq -c | awk '$1 > m { m = $1 } END { print m }')
	((most <= 402)) || fail "$most dots of a model in $table"
done

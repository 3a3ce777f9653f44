#!/usr/bin/env bash
# doctor: what disturbs measurement, as text, as JSON, in run.json and in the report.
. "$(dirname -- "$0")/common.bash"

# Its status is about the machine: 0 or 1, never a failure.
examine() {
	try "$PARBENCH" doctor "$@"
	((status <= 1)) || fail "status $status of doctor $*: $(cat -- "$work/err")"
	[[ ! -s $work/err ]] || fail "doctor $*: $(cat -- "$work/err")"
}

succeeds "$PARBENCH" doctor --help
says 'Exit status'
refuses --nonsense "$PARBENCH" doctor --nonsense
refuses nonsense "$PARBENCH" doctor nonsense
refuses HWLOC_SYNTHETIC env HWLOC_SYNTHETIC='core:4 pu:2' "$PARBENCH" doctor
refuses HWLOC_XMLFILE env HWLOC_XMLFILE=x.xml "$PARBENCH" doctor --json
status=0
"$PARBENCH" doctor >/dev/full 2>"$work/err" || status=$?
((status == 3)) || fail "status $status where standard output is full"

examine
says disturbs
long=$(grep -v '^            ' "$work/out" | awk 'length > 80' | head -n 1) # commands stay whole
[[ -z $long ]] || fail "wider than 80 columns: $long"
examine --all
says 'address randomisation'
says 'frequency governor'

# The status tells whether anything disturbs much.
examine --json
mkdir -- "$work/run"
cp -- "$work/out" "$work/run/doctor.json"
python - "$work/out" "$status" <<'END' || fail "doctor --json: $(cat -- "$work/out")"
import json, sys
doctor = json.load(open(sys.argv[1]))
checks, counts = doctor["checks"], doctor["disturbs"]
assert len(checks) >= 25 and len({check["id"] for check in checks}) == len(checks)
disturbs = [check["matter"] for check in checks if check["state"] == "disturbs"]
for matter, count in counts.items():
    assert disturbs.count(matter) == count, matter
assert int(sys.argv[2]) == (1 if counts["much"] else 0)
order = ["much", "some", "little"]
assert disturbs == sorted(disturbs, key=order.index)
for check in checks:
    assert bool(check["mend"]) == bool(check["restore"]), check
END

# A run notes what it met, and its report repeats it.
succeeds "$PARBENCH" run --quick --budget 2s --workloads sha256 --models serial,thread_pool \
	--output "$work/measured"
cp -- "$work/run/doctor.json" "$work/measured/"
succeeds python "$ROOT/tests/schema/validate.py" "$work/measured"
python - "$work/measured" <<'END' || fail "the findings are not in the report"
import html, json, pathlib, re, sys
run = pathlib.Path(sys.argv[1])
checks = json.load(open(run / "run.json"))["doctor"]
page = html.unescape(re.sub(r"<[^>]*>", "", (run / "report.html").read_text()))
text = (run / "report.md").read_text().replace("\\", "")
assert 'id="doctor"' in (run / "report.html").read_text()
assert "What disturbed measurement on this machine" in text
for check in checks:
    assert check["title"] in page and check["title"] in text, check["title"]
    if check["state"] == "disturbs":
        for command in check["mend"] + check["restore"]:
            assert command in page and "    " + command.replace("\\", "") in text, command
END

# A run of an older program has no list, and a report all the same.
python - "$work/measured/run.json" <<'END'
import json, sys
run = json.load(open(sys.argv[1]))
del run["doctor"]
json.dump(run, open(sys.argv[1], "w"))
END
succeeds "$PARBENCH" report "$work/measured"
! grep -q 'id="doctor"' "$work/measured/report.html" || fail "a list where there is none"

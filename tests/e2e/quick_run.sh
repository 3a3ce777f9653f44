#!/usr/bin/env bash
# Every model with every workload: each cell is ok or skipped with a reason.
. "$(dirname -- "$0")/common.bash"

succeeds "$PARBENCH" run --quick --budget 35s --output "$work/run"
check_results "$work/run"
python - "$work/run/analysis.json" <<'END' || fail "cells that are neither ok nor skipped"
import json, sys
cells = json.load(open(sys.argv[1]))["cells"]
bad = [c for c in cells if not (c["status"] in ("ok", "untrustworthy")
                                or c["status"] == "skipped" and c["reason"])]
for cell in bad:
    print(cell["workload"], cell["model"], cell["cores"], cell["status"], cell["reason"], file=sys.stderr)
pairs = {(c["workload"], c["model"]) for c in cells if c["experiment"] == "scaling"}
assert len(pairs) == 13 * 8, len(pairs)
sys.exit(bool(bad))
END

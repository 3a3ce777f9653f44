"""check_journal.py RUN KEPT: what a killed run left in the folder RUN. KEPT is a file of this
program's own, with what the folder held when it was looked at last.

The seed and the plan are the same as then; every whole line of then is still there, and nothing
before it; every line but a torn last one is a record; no cell has two records of one round. Prints
the whole lines and whether the last was torn; with a fault, says which and ends with 1.
"""
import json
import pathlib
import sys


def fail(*words):
    sys.exit("check_journal: " + " ".join(map(str, words)))


run, kept = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
info = json.loads((run / "run.json").read_text())
identity = json.dumps([info["seed"], [entry["cell"] for entry in info["plan"]]])
journal = (run / "cells.jsonl").read_bytes()
whole = journal[: journal.rfind(b"\n") + 1]
seen = set()
for number, line in enumerate(whole.splitlines(), 1):
    record = json.loads(line)
    key = record["cell"], record["round"]
    if key in seen:
        fail("line", number, "is a second record of", *key)
    if record["status"] in ("failed", "timeout", "wrong"):
        fail("line", number, "is", record["status"], record["reason"])
    seen.add(key)
if kept.exists():
    before = json.loads(kept.read_text())
    if before["identity"] != identity:
        fail("the seed or the plan has changed")
    if not whole.startswith(before["journal"].encode()):
        fail("records that were there are gone")
kept.write_text(json.dumps({"identity": identity, "journal": whole.decode()}))
print(len(seen), "torn" if len(whole) < len(journal) else "whole")

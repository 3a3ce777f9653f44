#!/usr/bin/env python3
"""check_comparison.py FILE [OUTCOME]: has comparison.json the form that is promised, and that outcome?

Checks it against tests/schema/comparison.schema.json, and that its counts are those of its cells.
"""
import collections
import json
import pathlib
import sys

import jsonschema


def refuse(constant):
    raise ValueError(f"{constant} is not JSON")


def main():
    path = pathlib.Path(sys.argv[1])
    schema = pathlib.Path(__file__).resolve().parents[1] / "schema" / "comparison.schema.json"
    found = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    jsonschema.Draft7Validator.check_schema(json.loads(schema.read_text()))
    jsonschema.Draft7Validator(json.loads(schema.read_text())).validate(found)
    if len(sys.argv) > 2:
        assert found["outcome"] == sys.argv[2], found["outcome"]
    for number, run in enumerate(found["new"]):
        pairs = [cell["new"][number] for cell in found["cells"]]
        counts = collections.Counter(pair["state"] for pair in pairs)
        counts.update(pair["verdict"] for pair in pairs if pair["verdict"])
        counts["may hide"] = sum(pair["may_hide"] for pair in pairs)
        for name, count in run["counts"].items():
            assert counts[name] == count, (name, counts[name], count)
        for pair in pairs:
            low, high = pair["ci"] or (0, float("inf"))
            assert pair["ratio"] is None or low <= pair["ratio"] <= high, pair
    assert sum(run["counts"]["compared"] for run in found["new"]) == found["comparisons"]


main()

#!/usr/bin/env python3
"""validate.py RUN: do the JSON files of the run folder RUN have the forms that are promised?

Checks run.json, analysis.json and doctor.json (parbench doctor --json) as far as they are there, and
each line of cells.jsonl, against the schemas beside this script; that no cell and round is recorded
twice; and that ids in one file are known in the other. Prints a line for each fault and ends with 1 when there is any, 2 when it cannot
check. Needs Python's jsonschema (Debian: python3-jsonschema).
"""
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    sys.exit("validate.py: Python's jsonschema is missing: apt install python3-jsonschema")

HERE = pathlib.Path(__file__).resolve().parent


def refuse(constant):
    raise ValueError(f"{constant} is not JSON")


def parse(text):
    return json.loads(text, parse_constant=refuse)


def validator(name):
    schema = json.loads((HERE / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def check(where, value, schema):
    for error in schema.iter_errors(value):
        path = "/".join(str(part) for part in error.absolute_path) or "(the whole)"
        yield f"{where}: {path}: {error.message[:200]}"


def check_file(path, schema):
    """Returns the value (None where it cannot be read) and the faults."""
    try:
        value = parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return None, [f"{path.name}: {error}"]
    return value, list(check(path.name, value, schema))


def check_journal(path, planned):
    schema, seen = validator("record"), set()
    for number, line in enumerate(path.read_text(encoding="utf-8").rstrip("\n").split("\n"), 1):
        where = f"{path.name}:{number}"
        try:
            record = parse(line)
        except ValueError as error:
            yield f"{where}: {error}"
            continue
        yield from check(where, record, schema)
        if not isinstance(record, dict):
            continue
        key = (record.get("cell"), record.get("round"))
        if key in seen:
            yield f"{where}: cell and round are recorded twice: {key}"
        seen.add(key)
        if planned and key[0] not in planned:
            yield f"{where}: the cell is not in the plan: {key[0]}"


def check_analysis(analysis):
    """What a schema cannot say."""
    known = {cell.get("id") for cell in analysis.get("cells", [])}
    for cell in analysis.get("cells", []):
        low, high = cell.get("ci_ns") or (None, None)
        if low is not None and not low <= cell["median_ns"] <= high:
            yield f"analysis.json: {cell['id']}: the median is outside its interval"
        low, high = cell.get("speedup_ci") or (None, None)
        if low is not None and not low <= cell["speedup"] <= high:
            yield f"analysis.json: {cell['id']}: the speedup is outside its interval"
    for finding in analysis.get("findings", []):
        for cell in set(finding.get("cells", [])) - known:
            yield f"analysis.json: a finding rests on a cell that is not there: {cell}"


def main():
    if len(sys.argv) != 2 or not pathlib.Path(sys.argv[1]).is_dir():
        print("usage: validate.py RUN", file=sys.stderr)
        return 2
    run = pathlib.Path(sys.argv[1])
    info, faults = check_file(run / "run.json", validator("run"))
    planned = set()
    if info is not None and not faults:
        planned = {entry["cell"] for entry in info["plan"]}
    if (run / "cells.jsonl").exists():
        faults += check_journal(run / "cells.jsonl", planned)
    if (run / "analysis.json").exists():
        analysis, more = check_file(run / "analysis.json", validator("analysis"))
        faults += more
        if analysis is not None and not more:
            faults += check_analysis(analysis)
    if (run / "doctor.json").exists():
        faults += check_file(run / "doctor.json", validator("doctor"))[1]
    for line in faults:
        print(line)
    return 1 if faults else 0


sys.exit(main())

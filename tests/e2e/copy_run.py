#!/usr/bin/env python3
"""copy_run.py FROM TO [--rounds N] [--noise SHARE] [--seed N] [--scale FACTOR] [--set STATUS]
[--drop] [--only TEXT] [--member PATH=VALUE]

Copies the run FROM to TO with visits made up from its records: for each cell N visits that are ok, with
times around one of its own, spread by SHARE. Cells whose id holds TEXT (all, without --only) take FACTOR
times as long, or have the status STATUS, or are dropped with --drop. --member changes run.json.
"""
import argparse
import json
import math
import pathlib
import random
import shutil


def visits(record, args, chosen, rng):
    time = max([s for s in record["samples_ns"]] or [1000000])
    for number in range(1, args.rounds + 1):
        visit = dict(record, round=number, status="ok", reason=None)
        factor = args.scale if chosen else 1.0
        count = len(record["samples_ns"]) or 5
        middle = time * factor * math.exp(rng.gauss(0, args.noise))
        visit["samples_ns"] = [max(1, round(middle)) for _ in range(count)]
        visit["run_ns"] = sum(visit["samples_ns"])
        if chosen and args.set:
            visit.update(status=args.set, reason=f"made {args.set} by the test")
            if args.set in ("wrong", "failed", "timeout"):
                visit.update(samples_ns=[], run_ns=0)
        yield visit


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--noise", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--set", default="")
    parser.add_argument("--drop", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--member", action="append", default=[])
    args = parser.parse_args()
    rng = random.Random(args.seed)
    args.target.mkdir()
    shutil.copy(args.source / "topology.xml", args.target)
    info = json.loads((args.source / "run.json").read_text())
    for change in args.member:
        path, value = change.split("=", 1)
        *groups, name = path.split("/")
        place = info
        for group in groups:
            place = place[group]
        place[name] = json.loads(value)
    (args.target / "run.json").write_text(json.dumps(info))
    cells = {}
    for line in (args.source / "cells.jsonl").read_text().splitlines():
        record = json.loads(line)
        cells.setdefault(record["cell"], record)
    with open(args.target / "cells.jsonl", "w") as out:
        for name, record in cells.items():
            chosen = args.only in name
            if args.drop and chosen:
                continue
            for visit in visits(record, args, chosen, rng):
                out.write(json.dumps(visit) + "\n")


main()

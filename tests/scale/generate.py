#!/usr/bin/env python3
"""generate.py PARBENCH FOLDER RECORDS: a made-up run with that many records.

run.json and the form of a record come from a run of one cell, the plan from a dry run on a machine
of tests/machines. What the records say is made up here: noise that drifts, cells with two speeds,
visits that are not trusted, a few that are wrong.
"""
import json
import math
import os
import random
import shutil
import subprocess
import sys

MACHINE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../machines/half_hidden.xml")
WORKLOADS = "sha256,primes,triad,matmul,timer,crawl,mandelbrot"
SAMPLES = 5
EFFICIENCY = {"serial": 1.0, "fork": 0.8, "process_pool": 0.97, "thread": 0.9}


def run_program(parbench, *arguments, **environment):
    done = subprocess.run([parbench, *arguments], env=dict(os.environ, **environment),
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"generate.py: {done.stderr.strip()}")
    return done.stdout


def begin(parbench, folder):
    """Makes the folder; returns run.json, a record, and the specs of the plan."""
    run_program(parbench, "run", "--quick", "--experiments", "scaling", "--workloads", "sha256",
                "--models", "serial", "--budget", "1ms", "--output", folder)
    plan = run_program(parbench, "run", "--full", "--dry-run", "--experiments", "scaling",
                       "--workloads", WORKLOADS, HWLOC_XMLFILE=MACHINE)
    shutil.copyfile(MACHINE, os.path.join(folder, "topology.xml"))
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
        run = json.load(file)
    with open(os.path.join(folder, "cells.jsonl"), encoding="utf-8") as file:
        record = json.loads(file.readline())
    return run, record, [line for line in plan.split() if line.startswith("scaling/")]


class Cell:
    """One cell of the plan and the part of its lines that never changes."""

    def __init__(self, spec, number, record):
        parts = spec.split("/")
        facts = dict(part.split("=") for part in parts[3:])
        self.spec, self.model, self.number = spec, parts[2], number
        self.cores, self.workers = int(facts["cores"]), int(facts["workers"])
        self.tasks = int(facts["tasks"])
        share = EFFICIENCY.get(self.model, 0.99)
        self.time = 2e5 * self.tasks / (1 + (self.cores - 1) * share) / share
        self.two_speeds = number % 11 == 5
        self.head = f'{{"schema":1,"cell":"{spec}","status":"'
        self.tail = self.details(record)

    def details(self, record):
        said = ("schema", "cell", "status", "reason", "samples_ns", "open_ns", "warmup_ns", "run_ns",
                "close_ns", "cpu_ns", "round", "visit", "wall_ns")
        members = {name: value for name, value in record.items() if name not in said}
        pus = [i % 8 for i in range(self.workers)]
        members["tasks"] = self.tasks
        members["digest"] = members["digest"] or "0x1de33e8462d73379"
        members["pus"] = pus
        members["workers"] = record["workers"][:1] * self.workers
        members["argv"] = [self.spec if "/" in word and "=" in word else word
                           for word in record["argv"]]
        members["argv"][members["argv"].index("--pus") + 1] = ",".join(map(str, pus))
        return json.dumps(members, separators=(",", ":"))[1:] + "\n"

    def visit(self, dice, round_, visit):
        """The line of one visit."""
        chance = dice.random()
        status, reason, samples = "ok", "null", []
        if chance < 0.03:
            status = "untrustworthy"
            reason = f'"other work took {25 + int(chance * 2000)} % of its CPUs (limit 25 %)"'
        elif self.number % 97 == 3 and chance > 0.97:
            status, reason = "wrong", '"the digest is not that of serial"'
        drift = 1 + 0.01 * math.sin(round_ / 40)
        if status != "wrong":
            factor = drift * math.exp(0.01 * dice.gauss(0, 1))
            for _ in range(SAMPLES):
                slow = 1.4 if self.two_speeds and dice.random() < 0.5 else 1
                samples.append(int(self.time * factor * slow * (1 + 0.004 * dice.random())))
        run = sum(samples)
        times = ",".join(map(str, samples))
        return (f'{self.head}{status}","reason":{reason},"samples_ns":[{times}],"open_ns":'
                f'{50000 * self.workers},"warmup_ns":{int(self.time)},"run_ns":{run},"close_ns":'
                f'{9000 * self.workers},"cpu_ns":{int(2e5 * self.tasks * (SAMPLES + 1))},'
                f'"round":{round_},"visit":{visit},"wall_ns":{run + 9000000},{self.tail}')


def write_records(folder, cells, count, dice):
    """The lines, and the order of the rounds as run.json tells it."""
    order, visit, round_ = [], 0, 0
    with open(os.path.join(folder, "cells.jsonl"), "w", encoding="ascii") as journal:
        while visit < count:
            round_ += 1
            numbers = list(range(len(cells)))
            dice.shuffle(numbers)
            numbers = numbers[:count - visit]
            order.append({"round": round_, "cells": numbers})
            for number in numbers:
                visit += 1
                journal.write(cells[number].visit(dice, round_, visit))
    return order


def main():
    parbench, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    run, record, specs = begin(parbench, folder)
    run["plan"] = [{"cell": spec, "skip": None, "finish": "limit"} for spec in specs]
    cells = [Cell(spec, i, record) for i, spec in enumerate(specs)]
    run["order"] = write_records(folder, cells, count, random.Random(7))
    run.update(rounds=len(run["order"]), visits=count, ended="complete")
    with open(os.path.join(folder, "run.json"), "w", encoding="utf-8") as file:
        json.dump(run, file, indent=1)
    print(f"{count} records of {len(cells)} cells in {len(run['order'])} rounds")


main()

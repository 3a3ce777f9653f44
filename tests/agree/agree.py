#!/usr/bin/env python3
"""tests/agree/agree.py PROGRAMS PARBENCH [ROUNDS]: does parbench say what others say?

Each comparison measures one thing twice: with parbench, and with a loop of thirty lines (or
perf bench) that knows nothing of it. Rounds alternate between the two and swap the order each time,
so that drift hits both alike. Printed are the medians, the median ratio of the rounds, ours over
theirs, its exact 95 % interval, and whether the medians agree within 10 %. It is a benchmark: it
ends with 0 whatever it finds, and with another status when it cannot measure.

PROGRAMS is the folder with the built loops, PARBENCH the program; 20 rounds when not given.
"""
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time

TOLERANCE = 0.10
CPU = min(os.sched_getaffinity(0))


def command(argv, cpu=None, watch=None):
    """Runs argv, on one CPU where given, and returns its output."""
    if cpu is not None:
        argv = ["taskset", "-c", str(cpu)] + argv
    child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if watch:
        threading.Thread(target=watch, args=(child.pid,), daemon=True).start()
    out, err = child.communicate()
    if child.returncode != 0:
        sys.exit(f"agree: {' '.join(argv)}: exit {child.returncode}: {err.strip()}")
    return out + err


def hold_children(pid):
    """The echo process frees itself from the affinity it inherits: put it back on one CPU."""
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        try:
            with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
                for child in children.read().split():
                    os.sched_setaffinity(int(child), {CPU})
        except OSError:
            return
        time.sleep(0.005)


def parbench(spec, cpu=None, timed="200ms", watch=None, per=1):
    """ns per task of a cell: the median of its samples."""
    place = ["--pus", str(cpu)] if cpu is not None else ["--pus", "-1"]
    out = command([PARBENCH, "cell", "agree/" + spec, "--timed", timed] + place, cpu, watch)
    record = json.loads(out.splitlines()[0])
    if record["status"] not in ("ok", "untrustworthy"):
        sys.exit(f"agree: {spec}: {record['status']}: {record['reason']}")
    return statistics.median(record["samples_ns"]) / record["tasks"] / per


def loop(name, count, cpu=None):
    return float(command([os.path.join(PROGRAMS, name), str(count)], cpu))


def perf_pipe(count, cpu=None):
    out = command(["perf", "bench", "sched", "pipe", "-l", str(count)], cpu)
    return float(re.search(r"([\d.]+) usecs/op", out).group(1)) * 1000


def interval(values):
    """The exact 95 % interval of the median, between order statistics (David and Nagaraja)."""
    n, rank, below = len(values), 0, 0.0
    while 2 * (rank + 1) <= n and below + math.comb(n, rank) / 2**n <= 0.025:
        below += math.comb(n, rank) / 2**n
        rank += 1
    ordered = sorted(values)
    return (ordered[rank - 1], ordered[n - rank]) if rank else (math.nan, math.nan)


def compare(name, ours, theirs, rounds):
    """Measures both `rounds` times and prints the line."""
    pairs = []
    for i in range(rounds):
        if i % 2 == 0:
            a, b = ours(), theirs()
        else:
            b, a = theirs(), ours()
        pairs.append((a, b))
    a, b = (statistics.median(side) for side in zip(*pairs))
    ratios = [x / y for x, y in pairs]
    low, high = interval(ratios)
    off = a / b - 1
    verdict = "within 10 %" if abs(off) <= TOLERANCE else f"off by {100 * off:+.0f} %"
    print(f"{name:38} {a:10.1f} {b:10.1f} {statistics.median(ratios):6.3f}"
          f"  {low:.3f}..{high:.3f}  {verdict}", flush=True)


def main():
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    print(f"{'ns an operation':38} {'parbench':>10} {'theirs':>10} {'ratio':>6}  95 % interval")
    for where, cpu in (("one CPU", CPU), ("not pinned", None)):
        # The echo process is parbench's child; on one CPU both ends must be there.
        watch = hold_children if cpu is not None else None

        def task(model, cpu=cpu):
            return lambda: parbench(f"spin/{model}/tasks=1000/steps=0", cpu)

        def trip(cpu=cpu, watch=watch):
            return parbench("pipe_echo/serial/tasks=20/bytes=4/trips=500", cpu, "400ms", watch, 500)

        def bare(name, count, cpu=cpu):
            return lambda: loop(name, count, cpu)

        compare(f"process a task; {where}", task("fork"), bare("agree_fork", 200), rounds)
        compare("  a loop in a process alike", task("fork"), bare("agree_fork_same", 200), rounds)
        compare(f"thread a task; {where}", task("thread"), bare("agree_thread", 500), rounds)
        compare(f"pipe round trip; {where}", trip, bare("agree_pipe", 1000), rounds)
        compare("  a loop that waits with epoll", trip, bare("agree_pipe_epoll", 1000), rounds)
        if shutil.which("perf"):
            compare("  perf bench sched pipe", trip, lambda cpu=cpu: perf_pipe(20000, cpu), rounds)
    compare("reading of the clock; one CPU", lambda: loop("agree_par_clock", 100000, CPU),
            lambda: loop("agree_clock", 100000, CPU), rounds)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    PROGRAMS, PARBENCH = sys.argv[1:3]
    main()

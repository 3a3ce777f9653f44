"""Runs a cell in CPython: see struct par_outside in lib/core/model.h for what goes in and out.

Embedded into parbench and run as `python3 -I -c SCRIPT SPEC --timed NS --samples N`. Tasks, their
digests and the sum of these are those of the C workloads of the same name.
"""
import json
import sys
import time

# Others are imported where they are needed: each costs a visit some milliseconds.

MASK = (1 << 64) - 1
SAMPLES_MOST = 64


def mix64(x):
    """par_mix64() of lib/sys/rng.h."""
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def task_digest(index, digest):
    """par_task_digest() of lib/core/job.c."""
    return mix64(digest ^ ((index * 0xD1342543DE82EF95 + 1) & MASK))


def spin(index, params):
    """bench/workloads/spin.c."""
    x = index
    for _ in range(params["steps"]):
        x = ((x ^ (x >> 29)) * 0xBF58476D1CE4E5B9 + 1) & MASK
    return task_digest(index, mix64(x ^ params["steps"]))


def timer_digest(index, params):
    return task_digest(index, mix64(index ^ mix64(params["wait_us"] * 1000)))


def timer(index, params):
    """bench/workloads/timer.c."""
    time.sleep(params["wait_us"] / 1e6)
    return timer_digest(index, params)


async def spin_async(index, params):
    return spin(index, params)


async def timer_async(index, params):
    import asyncio

    await asyncio.sleep(params["wait_us"] / 1e6)
    return timer_digest(index, params)


WORKLOADS = {
    "spin": (spin, spin_async),
    "timer": (timer, timer_async),
    "nap": (timer, timer_async),
}


class Serial:
    """One task after the other."""

    def __init__(self, cell):
        self.cell = cell

    def run(self):
        cell = self.cell
        return sum(cell.work(i, cell.params) for i in range(cell.tasks))

    def close(self):
        pass


class Threading(Serial):
    def __init__(self, cell):
        from concurrent.futures import ThreadPoolExecutor

        super().__init__(cell)
        self.pool = ThreadPoolExecutor(cell.workers)

    def run(self):
        cell = self.cell
        return sum(self.pool.map(cell.one, range(cell.tasks)))

    def close(self):
        self.pool.shutdown()


class Multiprocessing(Serial):
    def __init__(self, cell):
        import multiprocessing

        super().__init__(cell)
        # Forked, whatever this version's default is: the script has no file to import.
        self.pool = multiprocessing.get_context("fork").Pool(cell.workers)

    def run(self):
        return sum(self.pool.map(one_of_cell, range(self.cell.tasks)))

    def close(self):
        self.pool.close()
        self.pool.join()


class Asyncio(Serial):
    def __init__(self, cell):
        import asyncio

        super().__init__(cell)
        self.loop = asyncio.new_event_loop()

    async def gather(self):
        import asyncio

        cell = self.cell
        return sum(
            await asyncio.gather(*(cell.work_async(i, cell.params) for i in range(cell.tasks)))
        )

    def run(self):
        return self.loop.run_until_complete(self.gather())

    def close(self):
        self.loop.close()


MODELS = {
    "python_serial": Serial,
    "python_threading": Threading,
    "python_multiprocessing": Multiprocessing,
    "python_asyncio": Asyncio,
}


class Cell:
    """What a spec names: experiment/workload/model/key=value/..."""

    def __init__(self, spec):
        _, workload, self.model, *parts = spec.split("/")
        values = dict(part.split("=", 1) for part in parts)
        self.work, self.work_async = WORKLOADS[workload]
        self.workers = int(values.pop("workers"))
        self.tasks = int(values.pop("tasks"))
        self.params = {key: int(value) for key, value in values.items() if value.isdigit()}

    def one(self, index):
        return self.work(index, self.params)


CELL = None  # what forked workers find


def one_of_cell(index):
    return CELL.one(index)


def timed(function):
    start = time.perf_counter_ns()
    result = function()
    return result, time.perf_counter_ns() - start


def main():
    global CELL
    spec, *rest = sys.argv[1:]
    options = {"--timed": 20_000_000, "--samples": 0}
    options.update(zip(rest[::2], map(int, rest[1::2])))
    cell = CELL = Cell(spec)

    model, open_ns = timed(lambda: MODELS[cell.model](cell))
    digest, warmup_ns = timed(model.run)
    samples = []
    while len(samples) < (options["--samples"] or SAMPLES_MOST):
        again, ns = timed(model.run)
        if again != digest:
            sys.exit("two runs of the same job gave different digests")
        samples.append(ns)
        if not options["--samples"] and sum(samples) >= options["--timed"]:
            break
    _, close_ns = timed(model.close)
    print(
        json.dumps(
            {
                "samples_ns": samples,
                "digest": f"0x{digest & MASK:016x}",
                "tasks": cell.tasks,
                "open_ns": open_ns,
                "warmup_ns": warmup_ns,
                "close_ns": close_ns,
            }
        )
    )


main()

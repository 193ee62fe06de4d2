"""python -m benchmarks.cores: what more threads bring, on 1, 2, 4, ... of them, in under two minutes; with --jax the
faster of JAX's adjoint programs on the CPU and on a GPU beside it.

Also what four Python threads get done beside one, and a sweep on one thread and on all. Needs qtangent, from a wheel or
from the tree, and this package.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import qtangent as qt

from .peers import PEERS, qtangent_peer
from .report import THREADS, put_section, table, time_text
from .runner import TOLERANCE, OverdueError, Worker, deviation, wait_until_calm, warm_up
from .workloads import CORES
from .workloads.case import Case

BLOCK_SECONDS = 0.15
PLATFORMS = {"JAX, CPU": "cpu", "JAX, GPU": "cuda"}
CAP_SECONDS = 90.0
SWEEP = {"n": 5, "p": [40, 160, 320], "m": 4, "seeds": 16, "time": 20.0}


def thread_counts(most: int) -> list[int]:
    """1, 2, 4, ... and all."""
    return sorted({2**k for k in range(most.bit_length())} | {most})


def physical_cores() -> int:
    """Of the processors that this process may use, siblings on one core counted once."""
    cores = set()
    for cpu in os.sched_getaffinity(0):
        siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        cores.add(siblings.read_text().strip() if siblings.exists() else str(cpu))
    return len(cores)


def machine() -> str:
    """The processor, its cores, and the library, in words."""
    names = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    build = qt.build_info()
    return (
        f"{date.today()}, {names[0] if names else 'unknown processor'}, {physical_cores()} physical cores of "
        f"{len(os.sched_getaffinity(0))} processors, load average {os.getloadavg()[0]:.1f}; QTangent "
        f"{build['version']}, {build['cpu_level']}, layout {build['layout']}"
    )


def shortest(call: Callable[[np.ndarray], np.ndarray], theta: np.ndarray, seconds: float) -> float:
    """The median of the calls in a block, each with other parameters; the first is not counted."""
    durations: list[float] = []
    end = time.perf_counter() + seconds
    while len(durations) < 2 or time.perf_counter() < end:
        began = time.perf_counter()
        call(theta + 1e-6 * len(durations))
        durations.append(time.perf_counter() - began)
    return float(np.median(durations[1:]))


def own_times(case: Case, counts: list[int], rounds: int) -> list[float]:
    """Seconds a call on each number of threads, the best of blocks that take turns."""
    call = qtangent_peer.build("QTangent", case.problem)
    found: list[list[float]] = [[] for _ in counts]
    for _ in range(rounds):
        for times, count in zip(found, counts, strict=True):
            qt.set_num_threads(count)
            times.append(shortest(call, case.problem.theta, BLOCK_SECONDS / rounds))
    return [min(times) for times in found]


def jax_seconds(case: Case, platform: str, python: str, folder: Path) -> float | str:
    """The fastest of the case's peers there; why not, where none answers as QTangent does."""
    own = qtangent_peer.answer(
        case.problem, qtangent_peer.build("QTangent", case.problem)(case.problem.theta)
    )
    best: float | str = "-"
    for peer in case.peers:
        environment = {**PEERS[peer][1], "JAX_PLATFORMS": platform}
        try:
            command = [python, "-m", "benchmarks.worker", peer, case.name]
            with Worker(command, environment, folder) as worker:
                if "unsupported" in worker.read(CAP_SECONDS):
                    continue
                wrong = deviation(worker.answer(), own)
                if wrong > TOLERANCE:
                    return f"differs by {wrong:.0e}"
                wait_until_calm([worker])
                warm_up()
                seconds = float(np.median(worker.block(2 * BLOCK_SECONDS, CAP_SECONDS)))
        except OverdueError as error:
            best = best if isinstance(best, float) else str(error)[:40]
            continue
        best = min(best, seconds) if isinstance(best, float) else seconds
    return best


def row(case: Case, counts: list[int], platforms: dict[str, str], python: str, folder: Path) -> list[str]:
    times = own_times(case, counts, rounds=2)
    cells = [case.name.removeprefix("cores "), *map(time_text, times), f"{times[0] / min(times):.1f}"]
    for platform in platforms.values():
        found = jax_seconds(case, platform, python, folder)
        cells += [time_text(found), f"{found / min(times):.2f}"] if isinstance(found, float) else [found, "-"]
    return cells


def callers(seconds: float) -> str:
    """What four Python threads get done beside one, each with a model of its own."""
    problem = next(case.problem for case in CORES if (case.problem.n, case.problem.m) == (8, 512))
    samples = qt.Samples(problem.X)

    def calls_per_second(count: int) -> float:
        models = [qtangent_peer.model(problem) for _ in range(count)]
        done = [0] * count
        for model in models:
            model.jacobian(problem.theta, samples)
        began = time.perf_counter()

        def work(k: int) -> None:
            while time.perf_counter() < began + seconds:
                models[k].jacobian(problem.theta + 1e-6 * done[k], samples)
                done[k] += 1

        threads = [threading.Thread(target=work, args=(k,)) for k in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(done) / (time.perf_counter() - began)

    ratios = [calls_per_second(4) / calls_per_second(1) for _ in range(3)]
    return f"Four Python threads make {np.median(ratios):.2f} times the Jacobians (n 8, L 32, m 512) that one makes."


def sweep(most: int) -> str:
    """A sweep's time on one thread and on all."""
    times = []
    for count in (1, most):
        qt.set_num_threads(count)
        began = time.perf_counter()
        qt.convergence.sweep(qt.convergence.haar_setup, **SWEEP)
        times.append(time.perf_counter() - began)
    points = len(SWEEP["p"]) * SWEEP["seeds"]
    return (
        f"`convergence.sweep(haar_setup, ...)`, {points} points: {times[0]:.1f} s on one thread, {times[1]:.1f} s on "
        f"{most}, {times[0] / times[1]:.1f} times as fast."
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.cores", description=__doc__)
    parser.add_argument("--cases", default="", help="only rows whose name matches this regular expression")
    parser.add_argument("--jax", action="store_true", help="JAX on CPU and GPU beside it")
    parser.add_argument("--peers-python", default=sys.executable, help="interpreter that has JAX")
    parser.add_argument("--no-sweep", action="store_true", help="leave the sweep out")
    parser.add_argument("--docs", type=Path, help="the page to write the tables into")
    options = parser.parse_args()
    warnings.simplefilter("ignore", qt.QTangentWarning)
    most = qt.get_num_threads()
    counts = thread_counts(most)
    platforms = PLATFORMS if options.jax else {}
    lines = [THREADS, f"Written by `make bench-cores`. {machine()}."]
    rows = [["", *(f"{count} thread{'s' * (count > 1)}" for count in counts), "gain"]]
    for name in platforms:
        rows[0] += [name, "its time over ours"]
    with tempfile.TemporaryDirectory() as folder:
        for case in CORES:
            if re.search(options.cases, case.name):
                rows.append(row(case, counts, platforms, options.peers_python, Path(folder)))
                print(*rows[-1], sep="  ", flush=True)
    lines.append(table(rows[0], rows[1:]))
    qt.set_num_threads(most)
    lines.append(callers(0.5))
    if not options.no_sweep:
        lines.append(sweep(most))
    text = "\n\n".join(lines)
    print(text)
    if options.docs:
        put_section(options.docs, THREADS, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

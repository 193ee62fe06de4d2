"""python -m benchmarks.cores: what more threads bring, on 1, 2, 4, ... of them, in under two minutes; with --jax the
faster of JAX's adjoint programs on the CPU and on a GPU beside it.

Also what four Python threads get done beside one, a sweep on one thread and on all, and what 16 threads could bring at
most (`benchmarks.chains`), also on fewer cores. Needs qtangent, from a wheel or
from the tree, and this package.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
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

from . import sweeps
from .peers import PEERS, qtangent_peer
from .report import THREADS, put_section, table, time_text
from .runner import TOLERANCE, OverdueError, Worker, deviation, wait_until_calm, warm_up
from .workloads import CORES
from .workloads.case import Case

BLOCK_SECONDS = 0.15
PLATFORMS = {"JAX, CPU": "cpu", "JAX, GPU": "cuda"}
CAP_SECONDS = 90.0


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


def device(platform: str, python: str) -> str | None:
    """What JAX calls the device that it finds there, with its version; None if it finds none.

    Raises:
        RuntimeError: without JAX.
    """
    asked = (
        "import jax, sys\n"
        "try: print(jax.devices()[0].device_kind, 'by JAX', jax.__version__)\n"
        "except RuntimeError: print()"
    )
    environment = {**os.environ, "JAX_PLATFORMS": platform}
    done = subprocess.run([python, "-c", asked], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(
            f"{python} has no JAX that works; make bench-cores JAX=1 installs one:\n{done.stderr}"
        )
    return done.stdout.strip() or None


def row(case: Case, counts: list[int], platforms: list[str], python: str, folder: Path) -> list[str]:
    times = own_times(case, counts, rounds=2)
    cells = [case.name.removeprefix("cores "), *map(time_text, times), f"{times[0] / min(times):.1f}"]
    for platform in platforms:
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


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.cores", description=__doc__)
    parser.add_argument("--cases", default="", help="only rows whose name matches this regular expression")
    parser.add_argument("--jax", action="store_true", help="JAX on CPU and GPU beside it")
    parser.add_argument("--peers-python", default=sys.executable, help="interpreter that has JAX")
    parser.add_argument(
        "--no-sweep", action="store_true", help="leave the sweep out, and what 16 threads could bring"
    )
    parser.add_argument("--docs", type=Path, help="the page to write the tables into")
    options = parser.parse_args()
    warnings.simplefilter("ignore", qt.QTangentWarning)
    most = qt.get_num_threads()
    counts = thread_counts(most)
    found = {
        name: device(platform, options.peers_python) for name, platform in PLATFORMS.items() if options.jax
    }
    beside = "".join(f"; {name}: {kind or 'no such device'}" for name, kind in found.items())
    platforms = {name: PLATFORMS[name] for name, kind in found.items() if kind}
    lines = [THREADS, f"Written by `make bench-cores`. {machine()}{beside}."]
    rows = [["", *(f"{count} thread{'s' * (count > 1)}" for count in counts), "gain"]]
    for name in platforms:
        rows[0] += [name, "its time over ours"]
    with tempfile.TemporaryDirectory() as folder:
        for case in CORES:
            if re.search(options.cases, case.name):
                rows.append(row(case, counts, [*platforms.values()], options.peers_python, Path(folder)))
                print(*rows[-1], sep="  ", flush=True)
    lines.append(table(rows[0], rows[1:]))
    qt.set_num_threads(most)
    lines.append(callers(0.5))
    if not options.no_sweep:
        lines.append(f"{sweeps.times(most)} {sweeps.bound(16)}")
    text = "\n\n".join(lines)
    print(text)
    if options.docs:
        put_section(options.docs, THREADS, text)
    if options.no_sweep:
        return 0
    # A process of its own, since calls are cut as for many cores there.
    chains = [sys.executable, "-m", "benchmarks.chains", "--cases", options.cases]
    chains += ["--docs", options.docs] if options.docs else []
    return subprocess.run(chains, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

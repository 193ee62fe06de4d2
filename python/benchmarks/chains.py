"""python -m benchmarks.chains: what 16 threads can bring at most, on a machine with fewer cores too.

The library does every unit of work after the other on one thread and times it, as the thread that would come to it
(`qtg_rehearsal_begin`): the units of a call, what is never shared, and the longest chain of units.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import qtangent as qt
from qtangent._native.rehearsal import Rehearsal, rehearse

from .landscape import bricks, coupled
from .peers import qtangent_peer
from .problems import Problem
from .report import CHAINS, put_section, table, time_text
from .workloads import CASES, CORES

THREADS = 16
SECONDS = 0.4
EXPLANATION = """\
Written by `make bench-cores`: what 16 threads can bring at most. The library does the units of work of a call, as it
cuts them in the layout class "many", one after the other on one thread, each as the thread that would come to it, and
times them by the processor (`qtg_rehearsal_begin`). "Serial" is the time outside of units, in parts of the time on one
thread; the longest chain is the time from the first unit to the last if every thread had a core. The bound is the time
on one thread over both together: what threads cost each other, 2 us a call and the caches and memory that they share,
comes on top. Goals: 8 from 5 ms and 32 samples or 16 qubits on, 4 from 1 ms, else 2; trainings by the step."""
REASONS = {
    "Jacobian, n 4, L 8, m 16": "half of the time is spent in Python and at the C boundary",
    "Jacobian, n 16, L 8, m 4": "stages of few tiles, one after the other",
    "Haar ansatz, Jacobian, d 64, p 256, m 8": "four pairs of samples, and matrices that caches share",
    "Haar ansatz, 100 steps, d 64, p 256, m 8": "four pairs of samples, and matrices that caches share",
    "Fisher information, n 4, L 8": "more than half of the time is spent in Python and at the C boundary",
    "Fisher information, n 6, L 8": "three parts one after the other, and a third of the time outside of them",
    "asymptotic flow, d 64, m 16": "one differential equation, step after step on matrices of 16 x 16",
    "landscape, coefficients, n 6, p 6, 8 states": "a third of the time is outside of units, half of that in Python",
    "landscape, minima, Haar, p 3": "Newton's steps are taken in Python, one after the other, with 6000 calls of 20 us",
    "recurrent kernel, last, 200 sequences of 150 steps": "an eighth of the time is outside of units, in Python",
}
"""What keeps rows below their goals."""
Work = Callable[[], Any]


@dataclass(frozen=True)
class Row:
    name: str
    build: Callable[[], Work]
    samples: int = 0
    """Where goals go by samples; large states count as many."""
    steps: int = 1

    def goal(self, seconds: float) -> int:
        """What 16 threads should bring, by the time of a call on one."""
        each = seconds / self.steps
        return 8 if each >= 5e-3 and self.samples >= 32 else 4 if each >= 1e-3 else 2


def workload(problem: Problem) -> Work:
    call = qtangent_peer.build("QTangent", problem)
    return lambda: call(problem.theta)


def layered(n: int, layers: int, m: int) -> tuple[qt.Model, np.ndarray, qt.Samples]:
    problem = Problem("jacobian", "layered", n, layers, m)
    return qtangent_peer.model(problem), problem.theta, qt.Samples(problem.X)


def kernel(n: int, layers: int, m: int) -> Work:
    model, theta, samples = layered(n, layers, m)
    return lambda: model.tangent_kernel(theta, samples)


def fisher() -> Work:
    model, theta, samples = layered(6, 8, 32)
    return lambda: qt.capacity.data_fisher_information(model, theta, samples)


def dqntk() -> Work:
    model, theta, samples = layered(6, 8, 8)
    return lambda: model.dqntk(theta, samples)


def flow() -> Work:
    model = qt.Model(qt.ansatz.haar(6, 8, seed=0), qt.pauli("ZIIIII"))
    states = qt.encoding.haar_states(6, 16, orthogonal=True, seed=1)
    theta, y, moments = np.arange(8.0), (-1.0) ** np.arange(16), np.linspace(0, 20, 100)
    return lambda: qt.dynamics.asymptotic(model, theta, y, moments, states=states)


def haar() -> Work:
    return lambda: qt.ansatz.haar(6, 192)


def coefficients() -> Work:
    model, states = bricks(6), qt.encoding.haar_states(6, 8, orthogonal=False, seed=1)
    return lambda: qt.landscape.trigonometric(model, states=states)


def minima() -> Work:
    return coupled(3)[0]


def recurrent(pooling: str, count: int, steps: int) -> Work:
    sequences = list(np.random.default_rng(0).standard_normal((count, steps, 1)))
    return lambda: qt.classical.recurrent_ntk(sequences, pooling=pooling, sigma_w=1.4)


def students(count: int) -> Work:
    random = np.random.default_rng(0)
    net = qt.classical.TwoLayerNetwork(random.standard_normal((8, 32)))
    start = 0.3 * random.standard_normal((count, 64, 32))
    return lambda: net.train(start, 1e-3, 200, record_every=200)


HAAR, NOISY = Problem("training", "haar", 6, 256, 8), Problem("jacobian", "noisy", 6, 8, 32)
ROWS = [
    *(
        Row(
            case.name.removeprefix("cores ").removeprefix("W5 "),
            partial(workload, case.problem),
            case.problem.m if case.problem.n < 16 else 32,
            case.problem.steps if case.problem.task == "training" else 1,
        )
        for case in (*CORES, *(case for case in CASES if case.problem.task == "fisher"))
    ),
    Row("Haar ansatz, 100 steps, d 64, p 256, m 8", partial(workload, HAAR), 8, 100),
    Row("Jacobian by density matrices, n 6, L 8, m 32", partial(workload, NOISY), 32),
    Row("tangent kernel, n 8, L 32, m 512", partial(kernel, 8, 32, 512), 512),
    Row("Fisher information of 32 samples, n 6, L 8", fisher, 32),
    Row("dQNTK, n 6, L 8, m 8", dqntk, 8),
    Row("asymptotic flow, d 64, m 16", flow, 16),
    Row("`ansatz.haar(6, 192)`", haar, 192),
    Row("landscape, coefficients, n 6, p 6, 8 states", coefficients),
    Row("landscape, minima, Haar, p 3", minima),
    Row("recurrent kernel, last, 200 sequences of 150 steps", partial(recurrent, "last", 200, 150), 200),
    Row("recurrent kernel, mean, 60 sequences of 60 steps", partial(recurrent, "mean", 60, 60), 60),
    Row("descent of one student, 64 neurons, 200 steps", partial(students, 1), 1, 200),
    Row("descent of 16 students, 64 neurons, 200 steps", partial(students, 16), 16, 200),
]


def measured(work: Work) -> tuple[float, Rehearsal, int]:
    """Rehearsals with one thread and with all, each the shortest of those that take turns, and of how many calls one
    after the other: small work is shared where they come closely."""
    # With one thread: a third workspace, for the threads that there are, would be more than is kept of large states.
    rehearse(work, 1)
    calls = max(1, min(100, round(2e-3 / rehearse(work, 1).seconds)))

    def several() -> None:
        for _ in range(calls):
            work()

    alone: list[Rehearsal] = []
    found: list[Rehearsal] = []
    end = time.perf_counter() + SECONDS
    while len(found) < 3 or (time.perf_counter() < end and len(found) < 50):
        alone.append(rehearse(several, 1))
        found.append(rehearse(several, THREADS))
    return min(one.seconds for one in alone), min(found, key=lambda one: one.shared_seconds), calls


def cells(row: Row) -> list[str]:
    alone, found, calls = measured(row.build())
    bound, goal = alone / found.shared_seconds, row.goal(alone / calls)
    serial = (found.seconds - found.work) / alone
    return [
        row.name, time_text(alone / calls), f"{found.units / calls:.0f}", f"{100 * serial:.1f} %",
        time_text(found.chain / calls), f"{bound:.1f}", str(goal),
        "" if bound >= goal else f"below: {REASONS.get(row.name, 'other work on the machine?')}",
    ]  # fmt: skip


def found_rows(cases: str) -> list[list[str]]:
    """Those whose name matches."""
    found = []
    for row in ROWS:
        if re.search(cases, row.name):
            found.append(cells(row))
            print(*found[-1], sep="  ", file=sys.stderr, flush=True)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.chains", description=__doc__)
    parser.add_argument("--cases", default="", help="only rows whose name matches this regular expression")
    parser.add_argument("--docs", type=Path, help="the page to write the table into")
    options = parser.parse_args()
    # Before the library's first call that asks for it.
    os.environ["QTANGENT_LAYOUT"] = "many"
    if (layout := qt.build_info()["layout"]) != "many":
        raise RuntimeError(f"calls are cut for {layout} cores already; set QTANGENT_LAYOUT=many")
    warnings.simplefilter("ignore", qt.QTangentWarning)
    head = ["", "1 thread", "units", "serial", "longest chain", "at most", "goal", ""]
    text = "\n\n".join([CHAINS, EXPLANATION, table(head, found_rows(options.cases))])
    print(text)
    if options.docs:
        put_section(options.docs, CHAINS, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How the time of a Jacobian grows with the samples and with the parameters: exponents fitted to log time.

Every layer of the circuit adds as many parameters, and the observable sees all of them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import qtangent as qt

from .peers import qtangent_peer
from .problems import Problem


@dataclass(frozen=True)
class Curve:
    """Jacobians of one state size, over `samples` at fixed `layers`, or the other way round."""

    n: int
    samples: tuple[int, ...]
    layers: tuple[int, ...]

    @property
    def problems(self) -> list[Problem]:
        return [
            Problem("jacobian", "layered", self.n, layers, m, "zz")
            for m in self.samples
            for layers in self.layers
        ]


CURVES = (
    Curve(6, samples=(64, 128, 256, 512, 1024), layers=(16,)),
    Curve(6, samples=(64,), layers=(8, 16, 32, 64, 128)),
    Curve(14, samples=(4, 8, 16, 32, 64), layers=(8,)),
    Curve(14, samples=(4,), layers=(8, 16, 32, 64, 128)),
)


def measure(seconds: float) -> list[dict]:
    """A record a curve; each takes about so many seconds. One thread, whose time is the work."""
    threads = qt.get_num_threads()
    qt.set_num_threads(1)
    try:
        return [record(curve, seconds) for curve in CURVES]
    finally:
        qt.set_num_threads(threads)


def record(curve: Curve, seconds: float) -> dict:
    problems = curve.problems
    over = "m" if len(curve.samples) > 1 else "p"
    sizes = [getattr(problem, over) for problem in problems]
    shortest = shortest_times(problems, seconds)
    return {
        "n": curve.n,
        "over": over,
        "fixed": problems[0].p if over == "m" else problems[0].m,
        "sizes": sizes,
        "seconds": shortest,
        "exponent": exponent(sizes, shortest),
    }


def shortest_times(problems: list[Problem], seconds: float) -> list[float]:
    """The sizes take turns, so that other work on the machine meets them alike; the shortest time is the cost."""
    calls = [qtangent_peer.build("QTangent", problem) for problem in problems]
    times: list[list[float]] = [[] for _ in problems]
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[0]) < 4:
        for problem, call, found in zip(problems, calls, times, strict=True):
            theta = problem.theta + 1e-6 * len(found)
            began = time.perf_counter()
            call(theta)
            found.append(time.perf_counter() - began)
    return [min(found[1:]) for found in times]


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """The slope of log time over log size by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])

"""What single precision gains and costs: the Jacobians of W1 in both precisions, ours alone."""

from __future__ import annotations

import time

import numpy as np

from .peers import qtangent_peer
from .problems import Problem
from .workloads import jacobian


def problems() -> list[Problem]:
    """Those that go through blocks of samples; large states stay in double precision."""
    return [case.problem for case in jacobian.CASES if case.problem.n <= 12 and case.problem.m >= 8]


def measure(seconds: float) -> list[dict]:
    """A record a problem; each takes about so many seconds."""
    return [record(problem, seconds) for problem in problems()]


def record(problem: Problem, seconds: float) -> dict:
    """The precisions take turns, so that other work on the machine meets them alike."""
    double, single = (qtangent_peer.model(problem, precision) for precision in ("double", "single"))
    times: tuple[list[float], list[float]] = ([], [])
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[0]) < 4:
        theta = problem.theta + 1e-6 * len(times[0])
        for model, found in zip((double, single), times, strict=True):
            began = time.perf_counter()
            model.jacobian(theta, problem.X)
            found.append(time.perf_counter() - began)
    rows = double.jacobian(problem.theta, problem.X)
    deviation = np.abs(single.jacobian(problem.theta, problem.X) - rows).max() / max(1.0, np.abs(rows).max())
    return {
        "n": problem.n,
        "layers": problem.layers,
        "m": problem.m,
        "double": min(times[0][1:]),
        "single": min(times[1][1:]),
        "deviation": float(deviation),
    }

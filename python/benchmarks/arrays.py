"""What a Jacobian costs more where every call takes arrays, which are checked and copied, instead of `qt.Samples`."""

from __future__ import annotations

import time

import numpy as np
import qtangent as qt

from .peers import qtangent_peer
from .workloads import jacobian


def measure(seconds: float) -> list[dict]:
    """A record for each Jacobian of W1 on up to ten qubits; each takes about so many seconds."""
    problems = [case.problem for case in jacobian.CASES if case.problem.n <= 10]
    records = []
    for problem in problems:
        model, samples = qtangent_peer.model(problem), qt.Samples(problem.X)
        times: tuple[list[float], list[float]] = ([], [])
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(times[0]) < 4:
            theta = problem.theta + 1e-6 * len(times[0])
            for given, found in zip((samples, problem.X), times, strict=True):
                began = time.perf_counter()
                model.jacobian(theta, given)
                found.append(time.perf_counter() - began)
        own, arrays = np.array(times[0][1:]), np.array(times[1][1:])
        records.append(
            {
                "n": problem.n,
                "layers": problem.layers,
                "m": problem.m,
                "samples": float(np.median(own)),
                "arrays": float(np.median(arrays)),
                "extra": float(np.median(arrays - own)),
            }
        )
    return records

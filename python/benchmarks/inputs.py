"""What gradients with respect to the data cost beside those with respect to theta, ours alone: the layered circuit of
W1, and one that reads its features again in every layer."""

from __future__ import annotations

import time

import numpy as np
import qtangent as qt

from .peers import qtangent_peer
from .problems import Problem

KINDS = ("layered", "reuploaded")


def measure(seconds: float) -> list[dict]:
    """A record a circuit; each takes about so many seconds. One thread, whose time is the work."""
    threads = qt.get_num_threads()
    qt.set_num_threads(1)
    try:
        return [record(Problem("gradient", kind, 6, 16, 32), seconds) for kind in KINDS]
    finally:
        qt.set_num_threads(threads)


def record(problem: Problem, seconds: float) -> dict:
    """The gradient of a loss in theta and the product of weights with both Jacobians, taking turns."""
    model = qtangent_peer.model(problem)
    samples = qt.Samples(problem.X)
    weights = problem.y / problem.m
    theta = problem.theta

    def alone() -> None:
        model.loss_and_gradient(theta, problem.y, X=samples)

    def together() -> None:
        model.vjp(theta, weights, samples)

    times: tuple[list[float], list[float]] = ([], [])
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[0]) < 4:
        theta = problem.theta + 1e-6 * len(times[0])
        for call, found in zip((alone, together), times, strict=True):
            began = time.perf_counter()
            call()
            found.append(time.perf_counter() - began)
    return {
        "kind": problem.kind,
        "n": problem.n,
        "layers": problem.layers,
        "m": problem.m,
        "alone": min(times[0][1:]),
        "together": min(times[1][1:]),
        "ratio": float(np.median(np.array(times[1][1:]) / np.array(times[0][1:]))),
    }

"""What landscapes take: minima with their certificates, and coefficients of density matrices."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import qtangent as qt


def measure(quick: bool) -> list[dict]:
    """A record a task, each done once; quick: small sizes."""
    p, q, n = (3, 2, 4) if quick else (6, 4, 8)
    return [
        record(f"all minima of data that are built for p = {p}: 2^{p}", 5, *separable(p)),
        record(f"all minima of a Haar circuit with p = {q} on 8 Haar states", 60, *coupled(q)),
        record(f"coefficients of 16 density matrices, n = p = {n}", 20, *coefficients(n)),
    ]


def record(name: str, goal: float, task: Callable[[], Any], told: Callable[[Any], str]) -> dict:
    began = time.perf_counter()
    found = task()
    seconds = time.perf_counter() - began
    # In kilobytes, of this process so far.
    peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"name": name, "seconds": seconds, "goal": goal, "found": told(found), "peak": peak}


def bricks(n: int) -> qt.Model:
    """Rotations about X, parameter q on qubit q, between fixed layers of RY, RZ and a chain of CZ; measures all Z."""
    circuit = qt.Circuit(n)
    for layer in range(n + 1):
        if layer:
            circuit.rx(2 * qt.param(layer - 1), layer - 1)
        for q in range(n):
            circuit.ry(0.3 + 0.7 * q + 1.1 * layer, q).rz(0.2 + 0.4 * q + 0.9 * layer, q)
        for q in range(n - 1):
            circuit.cz(q, q + 1)
    return qt.Model(circuit, qt.pauli("Z" * n))


def separable(p: int) -> tuple[Callable[[], Any], Callable[[Any], str]]:
    model = bricks(p)
    data = qt.landscape.hard_dataset(model.circuit, model.observable)
    return lambda: qt.landscape.find_minima(data.model, data.labels, states=data.states), minima_told


def coupled(p: int) -> tuple[Callable[[], Any], Callable[[Any], str]]:
    model = qt.Model(qt.ansatz.haar(4, p, seed=0), qt.pauli("ZIII"))
    states = qt.encoding.haar_states(4, 8, orthogonal=False, seed=1)
    y = np.random.default_rng(2).uniform(-0.5, 0.5, 8)
    return lambda: qt.landscape.find_minima(model, y, states=states), minima_told


def coefficients(n: int) -> tuple[Callable[[], Any], Callable[[Any], str]]:
    model = bricks(n)
    pure = qt.encoding.haar_states(n, 32, orthogonal=False, seed=1).reshape(16, 2, -1)
    mixed = 0.7 * np.einsum("mi,mj->mij", pure[:, 0], pure[:, 0].conj())
    mixed += 0.3 * np.einsum("mi,mj->mij", pure[:, 1], pure[:, 1].conj())
    return (
        lambda: qt.landscape.trigonometric(model, states=mixed),
        lambda found: f"{found.coefficients.size} numbers, within {found.deviation:.0e} of the simulator",
    )


def minima_told(minima: qt.landscape.Minima) -> str:
    certified = int(np.count_nonzero(minima.certified))
    rest = "complete" if minima.complete else f"{minima.volume_left:.2g} of the space left"
    return f"{len(minima)} minima, {certified} certified, {rest}"

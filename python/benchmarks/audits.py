"""What training a victim and auditing circuits take: whole calls through Python, with their goals in seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import qtangent as qt
from qtangent import audit

Task = tuple[str, float, Callable[[], object]]


def measure(quick: bool) -> list[dict]:
    """A record a task: the shortest of three calls; quick: one call, without the largest task."""
    records = []
    for name, goal, call in tasks()[: 2 if quick else 3]:
        times = []
        for _ in range(1 if quick else 3):
            began = time.perf_counter()
            call()
            times.append(time.perf_counter() - began)
        records.append({"task": name, "seconds": min(times), "goal": goal})
    return records


def tasks() -> list[Task]:
    random = np.random.default_rng(0)
    model = victim()
    X, y = random.uniform(0, np.pi, (480, 16)), random.integers(4, size=480)
    start = random.uniform(-np.pi, np.pi, model.n_params)

    def train() -> object:
        settings = {"theta": start, "loss": "cross_entropy", "optimizer": qt.Adam(0.05)}
        return qt.train(model, y, X=X, steps=250, record_every=250, **settings)

    planted = audit.plant_trojan(model, start)
    suspect = qt.Model(planted.circuit, model.observable, model.scale)
    wide = qt.encoding.angle(10, "rx") + qt.ansatz.hardware_efficient(10, 2)
    hidden = audit.plant_trojan(wide)
    assert len(hidden.circuit.config_keys) == 20
    probes = random.uniform(0, np.pi, (60, 10))
    return [
        ("training, 4 qubits, 32 weights, 4 classes, 480 samples, 250 steps of Adam", 1.0, train),
        ("audit of a dormant trojan with labels, 4 qubits, 60 probes", 1.0,
         lambda: audit.inspect(suspect, model, start, X[:60], y[:60])),
        ("audit of a dormant trojan, 10 qubits, 20 keys, 60 probes", 60.0,
         lambda: audit.inspect(hidden.circuit, wide, X=probes)),
    ]  # fmt: skip


def victim() -> qt.Model:
    """Sixteen features by RY, RZ, RX, RY, then four blocks of RY, RZ and a ring of CX; Z on every qubit."""
    circuit = qt.Circuit(4)
    for k, gate in enumerate(np.repeat(["ry", "rz", "rx", "ry"], 4)):
        getattr(circuit, gate)(qt.feature(k), k % 4)
    for block in range(4):
        for k, gate in enumerate(np.repeat(["ry", "rz"], 4)):
            getattr(circuit, gate)(qt.param(8 * block + k), k % 4)
        for q in range(4):
            circuit.cx(q, (q + 1) % 4)
    return qt.Model(circuit, [qt.pauli("I" * q + "Z" + "I" * (3 - q)) for q in range(4)], scale=3.0)

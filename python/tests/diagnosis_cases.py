"""What the tests of the diagnosis ask about, built without the diagnosis."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import qtangent as qt
from qtangent.diagnosis.case import Case

SCHEMA = json.loads((Path(qt.__file__).parent / "diagnosis/schema.json").read_text())


def case(model, y, X=None, states=None, theta=None, seed=0, budget="quick", family=None):
    """As `qt.diagnose` makes it; theta random unless given."""
    labels = np.asarray(y, dtype=np.float64)
    start = (
        np.random.default_rng([seed, 99]).uniform(0, 2 * np.pi, model.n_params) if theta is None else theta
    )
    samples = qt.Samples(X, states)
    return Case(model, labels, samples, np.asarray(start, dtype=np.float64), budget, seed, family)


def pauli_on(letter, qubit, n):
    return qt.pauli("I" * qubit + letter + "I" * (n - qubit - 1))


def z0(n):
    return pauli_on("Z", 0, n)


def ising_ring(n, layers):
    """exp(-i theta sum ZZ), exp(-i theta sum X), layer by layer."""
    zz = sum(qt.pauli("".join("Z" if q in (k, (k + 1) % n) else "I" for q in range(n))) for k in range(n))
    x = sum(pauli_on("X", k, n) for k in range(n))
    return qt.ansatz.hamiltonian_variational([zz, x], layers)


def convolutional(n):
    """A convolutional network: gates on neighbours, then half of the qubits are given up, until Z reads the last one."""
    circuit, index = qt.Circuit(n), iter(range(10_000))
    alive = list(range(n))
    while len(alive) > 1:
        for shift in (0, 1):
            for a, b in zip(alive[shift::2], alive[shift + 1 :: 2], strict=False):
                for q in (a, b):
                    circuit.ry(qt.param(next(index)), q).rz(qt.param(next(index)), q)
                circuit.rotation(qt.param(next(index)), "ZZ", (a, b)).rotation(
                    qt.param(next(index)), "YY", (a, b)
                )
        for a, b in zip(alive[::2], alive[1::2], strict=False):
            circuit.cry(qt.param(next(index)), a, b)
        alive = alive[1::2] + alive[len(alive) // 2 * 2 :]
    circuit.ry(qt.param(next(index)), alive[0])
    return qt.Model(circuit, pauli_on("Z", alive[0], n))


def random_states(m, n, seed=0):
    random = np.random.default_rng(seed)
    states = random.normal(size=(m, 2**n)) + 1j * random.normal(size=(m, 2**n))
    return states / np.linalg.norm(states, axis=1, keepdims=True)


def difference_jacobian(model, theta, X=None, states=None, step=1e-5):
    """d yhat/d theta by central differences of predictions, (m k, p)."""
    columns = []
    for k in range(len(theta)):
        shift = step * np.eye(len(theta))[k]
        ahead, behind = (model.predict(theta + s * shift, X, states) for s in (1, -1))
        columns.append((ahead - behind).ravel() / (2 * step))
    return np.stack(columns, axis=1)

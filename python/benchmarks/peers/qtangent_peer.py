"""QTangent through its Python interface, and the same problem written out for `worker.c`."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import qtangent as qt

from ..problems import Problem
from ..tasks import Call, UnsupportedError, flat

PACKAGES = ("qtangent", "numpy")
TASKS = ("expectation", "jacobian", "training")


def circuit(problem: Problem) -> qt.Circuit:
    result = qt.Circuit(problem.n)
    for gate in problem.gates:
        if gate.name == "unitary":
            result.unitary(gate.matrix, gate.wires)
        elif gate.name == "damping":
            result.channel(qt.noise.amplitude_damping(gate.factor), gate.wires)
        elif gate.name == "depolarizing":
            result.channel(qt.noise.depolarizing(gate.factor), gate.wires)
        elif gate.name in ("cz", "cx"):
            getattr(result, gate.name)(*gate.wires)
        else:
            angle = (
                qt.feature(gate.feature) if gate.parameter is None else gate.factor * qt.param(gate.parameter)
            )
            if gate.name == "pauli":
                result.rotation(angle, gate.letters, gate.wires)
            else:
                getattr(result, gate.name)(angle, *gate.wires)
    return result


def observable(problem: Problem) -> qt.Observable:
    words = ["".join("Z" if q in term else "I" for q in range(problem.n)) for term in problem.z_terms]
    total = qt.pauli(words[0])
    for word in words[1:]:
        total = total + qt.pauli(word)
    return total


def model(problem: Problem, precision: str = "double") -> qt.Model:
    return qt.Model(circuit(problem), observable(problem), precision=precision)


def build(name: str, problem: Problem) -> Call:
    own = model(problem)
    # As a user of many calls would; an older version, which `--against` may compare with, has none.
    X = qt.Samples(problem.X) if hasattr(qt, "Samples") else problem.X
    if problem.task == "expectation":
        return lambda theta: own.predict(theta, X)
    if problem.task == "jacobian":
        return lambda theta: own.jacobian(theta, X)
    if problem.task == "fisher":
        if not hasattr(own, "fisher_information"):
            raise UnsupportedError("this version has no fisher_information")
        one = X[:1] if hasattr(qt, "Samples") else X[0]
        return lambda theta: own.fisher_information(theta, x=one).ravel()
    # The library's loss has a factor 1/2 that the peers' has not.
    descent = qt.GradientDescent(2 * problem.rate)

    def train(theta):
        return qt.train(own, problem.y, X=X, theta=theta, optimizer=descent, steps=problem.steps).theta

    return train


def answer(problem: Problem, result: np.ndarray) -> np.ndarray:
    """What the peers answer: predictions stand before the Jacobian."""
    if problem.task != "jacobian":
        return flat(result)
    own = model(problem)
    return flat(own.predict(problem.theta, problem.X), result)


def write_problem(problem: Problem, path: Path) -> bool:
    """Writes what worker.c reads; False if it does not know the task."""
    if problem.task not in TASKS:
        return False
    parts = [circuit(problem).__getstate__(), observable(problem).__getstate__()]
    header = struct.pack(
        "<7qd", TASKS.index(problem.task), problem.m, problem.n, problem.p, problem.steps, *map(len, parts),
        2 * problem.rate,
    )  # fmt: skip
    arrays = [np.ascontiguousarray(array).tobytes() for array in (problem.theta, problem.X, problem.y)]
    path.write_bytes(b"".join([header, *parts, *arrays]))
    return True

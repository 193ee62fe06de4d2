"""Circuits and data of the landscape's tests, and the golden cases."""

import json
from pathlib import Path

import numpy as np
import qtangent as qt
from qtangent.landscape.polynomial import Polynomial, mean_square

GOLDEN = json.loads((Path(__file__).parents[2] / "Tests/Golden/landscape.json").read_text())["cases"]


def brick(n, p):
    """Layers of RY, RZ and a chain of CZ with fixed angles between rotations about X, parameter l on qubit l."""
    circuit = qt.Circuit(n)
    for l in range(p + 1):
        if l:
            circuit.rx(2 * qt.param(l - 1), (l - 1) % n)
        for q in range(n):
            circuit.ry(0.4 + 0.5 * q + 0.9 * l, q).rz(0.5 + 0.3 * q + 0.7 * l, q)
        for q in range(n - 1):
            circuit.cz(q, q + 1)
    return circuit


def everything():
    """Shared and scaled parameters, controlled gates, commensurate generators, two outputs, a feature."""
    circuit = qt.Circuit(3).ry(qt.param(0), 0).crx(qt.param(1), 0, 1)
    circuit.evolve(0.5 * qt.param(2), qt.pauli("ZZI") + 0.5 * qt.pauli("IIX"))
    circuit.rz(2 * qt.param(0) + 0.3, 0).h(0).cx(0, 2).rxx(qt.param(2), 0, 2).ry(qt.feature(0), 1)
    circuit.evolve(qt.param(1), np.diag([0.0, 1.0, 1.0, 2.0]), (1, 2)).u3(0.1, qt.param(0), 0.2, 1)
    return qt.Model(circuit, [qt.pauli("ZIX"), qt.pauli("IYZ") + qt.pauli("XII")], scale=1.3)


def product_model(p):
    """exp(-i theta_l Z_l) on every qubit, measured by 2^p |+><+| - 1."""
    circuit = qt.Circuit(p)
    for l in range(p):
        circuit.rz(2 * qt.param(l), l)
    return qt.Model(circuit, qt.hermitian(np.ones((2**p, 2**p)) - np.eye(2**p)))


def product_data(p, b=0.5):
    """States and labels on which the product model predicts cos 2 theta_l and b sin 2 theta_l."""
    letters = {"X": np.array([[0, 1], [1, 0]]), "Y": np.array([[0, -1j], [1j, 0]])}
    states, labels = [], []
    for l in range(p):
        for letter, size, label in (("X", 1.0, 0.0), ("Y", -b, b)):
            operator = np.eye(1)
            for q in range(p):
                operator = np.kron(operator, letters[letter] if q == l else np.eye(2))
            states.append((np.eye(2**p) + size * operator) / 2**p)
            labels.append(label)
    return np.array(states), np.array(labels)


def golden_model(case):
    """The circuit of a golden case that has states."""
    p = case["n_params"]
    return product_model(p) if case["name"].startswith("I_") else qt.Model(brick(p, p), qt.pauli("Z" * p))


def golden_states(case):
    return np.array([np.array(state["re"]) + 1j * np.array(state["im"]) for state in case["states"]])


def polynomial_of(coefficients, p, m, labels):
    """The library's loss, in phi, from (sample, xi, value) triples."""
    predictions = np.zeros((m, 1, *[3] * p))
    for entry in coefficients:
        predictions[(entry["sample"], 0, *entry["xi"])] = entry["value"]
    return Polynomial(mean_square(predictions, (1,) * p, np.array(labels)[:, None]), np.ones(p))


def coupled_loss(p, label):
    """p cosines with one label each, and one sum of sines: the loss does not separate."""
    b = 0.2 * (1 + 0.1 * np.arange(p))
    unit = np.eye(p, dtype=int)
    entries = [{"sample": l, "xi": list(unit[l]), "value": 1.0} for l in range(p)]
    entries += [{"sample": p, "xi": list(2 * unit[l]), "value": b[l]} for l in range(p)]
    return polynomial_of(entries, p, p + 1, [label] * p + [b.sum()])

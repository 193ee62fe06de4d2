"""Circuits by name, and what is measured after them."""

from __future__ import annotations

from itertools import combinations, islice

import numpy as np

from .. import ansatz
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..angles import feature, param
from ..circuits import Circuit
from ..observables import Observable, pauli


def reupload(n_qubits: int, layers: int, n_features: int) -> Circuit:
    """`layers` times: on each qubit RY of an angle that is affine in all features, sum_f w_f x_f + b, and RZ of one
    parameter, then CZ along the chain; at last RY of one parameter each.

    The parameters of a qubit in a layer stand together: its n_features weights, b, and the angle of RZ.

    Source: Perez-Salinas et al., Quantum 4, 226 (2020).
    """
    circuit = Circuit(n_qubits)
    first = 0
    for _ in range(layers):
        for qubit in range(n_qubits):
            weighted = (param(first + f) * feature(f) for f in range(n_features))
            circuit.ry(sum(weighted, start=param(first + n_features)), qubit)
            circuit.rz(param(first + n_features + 1), qubit)
            first += n_features + 2
        for qubit in range(n_qubits - 1):
            circuit.cz(qubit, qubit + 1)
    for qubit in range(n_qubits):
        circuit.ry(param(first + qubit), qubit)
    return circuit


def reupload_start(n_qubits: int, layers: int, n_features: int, random: np.random.RandomState) -> Real:
    """Parameters of `reupload`: normal weights of standard deviation 1/sqrt(n_features), angles uniform in +-pi."""
    angles = 2 * n_qubits * layers + n_qubits
    blocks = np.concatenate(
        [
            random.normal(0, n_features**-0.5, (n_qubits * layers, n_features)),
            random.uniform(-np.pi, np.pi, (n_qubits * layers, 2)),
        ],
        axis=1,
    )
    last = random.uniform(-np.pi, np.pi, angles - 2 * n_qubits * layers)
    return np.concatenate([blocks.reshape(-1), last])


def hardware_efficient(n_qubits: int, layers: int, n_features: int) -> Circuit:
    """Feature f as an angle on qubit f modulo n_qubits, by RY, RZ, RY, ... in turn; then `qt.ansatz.hardware_efficient` on
    the chain."""
    circuit = Circuit(n_qubits)
    for f in range(n_features):
        rotate = circuit.rz if f // n_qubits % 2 else circuit.ry
        rotate(feature(f), f % n_qubits)
    return circuit + ansatz.hardware_efficient(n_qubits, layers, topology="chain")


def strings_of_z(n_qubits: int, count: int) -> list[Observable]:
    """Products of Z on the first qubit, the second, ..., then on pairs, and so on.

    Raises:
        InvalidArgumentError: for more than there are.
    """
    if count >= 2**n_qubits:
        raise InvalidArgumentError(
            f"{count} outputs need as many products of Z, {n_qubits} qubits have {2**n_qubits - 1}: "
            "give more qubits, or observables"
        )
    chosen = (which for size in range(1, n_qubits + 1) for which in combinations(range(n_qubits), size))
    return [
        pauli("".join("Z" if qubit in which else "I" for qubit in range(n_qubits)))
        for which in islice(chosen, count)
    ]

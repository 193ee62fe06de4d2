"""What a tape measures, as functions of expectation values."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
from scipy.linalg import hadamard

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..observables import Observable, pauli
from .observables import read_observable

_MAXIMUM_PROBABILITY_WIRES = 8
"""Probabilities on k wires are made of 2^k expectation values."""


class Linear:
    """Expectation values, or probabilities: a matrix times the expectation values of observables."""

    def __init__(self, observables: list[Observable], matrix: Real, shape: tuple[int, ...]) -> None:
        self.observables, self._matrix, self._shape = observables, matrix, shape

    def values(self, given: Real) -> Real:
        """From the observables' values (s, c) to the results (s, ...)."""
        return np.reshape(given @ self._matrix.T, (len(given), *self._shape))

    def push(self, given: Real, jacobian: Real) -> Real:
        """From the Jacobian (s, c, p) of the observables' values to that of the results (s, ..., p)."""
        moved = np.einsum("rc,scp->srp", self._matrix, jacobian)
        return np.reshape(moved, (len(given), *self._shape, jacobian.shape[2]))

    def pull(self, given: Real | None, weights: Real) -> Real:
        """From weights of the results (s, r) to those of the observables' values (s, c)."""
        return weights @ self._matrix


class Variance:
    """<O^2> - <O>^2."""

    def __init__(self, observable: Observable) -> None:
        self.observables = [observable, observable @ observable]

    def values(self, given: Real) -> Real:
        """See `Linear.values`."""
        return np.asarray(given[:, 1] - given[:, 0] ** 2)

    def push(self, given: Real, jacobian: Real) -> Real:
        """See `Linear.push`."""
        return np.asarray(jacobian[:, 1] - 2 * given[:, :1] * jacobian[:, 0])

    def pull(self, given: Real | None, weights: Real) -> Real:
        """See `Linear.pull`."""
        assert given is not None
        return np.concatenate([-2 * given[:, :1] * weights, weights], axis=1)


class State:
    """The state vector itself, which has no derivative here."""

    observables: tuple[Observable, ...] = ()


Outcome = Linear | Variance | State


def read_outcome(measurement: Any, qubits: Mapping[Any, int]) -> Outcome:
    """The outcome of a PennyLane measurement whose wire w is qubit `qubits[w]`.

    Raises:
        InvalidArgumentError: for other measurements than `is_exact` accepts, for probabilities of more than 8 wires, and for
            observables with complex coefficients.
    """
    from pennylane.measurements import ExpectationMP, ProbabilityMP, VarianceMP

    if isinstance(measurement, ExpectationMP):
        return Linear([read_observable(measurement.obs, qubits)], np.ones((1, 1)), ())
    if isinstance(measurement, VarianceMP):
        return Variance(read_observable(measurement.obs, qubits))
    if isinstance(measurement, ProbabilityMP):
        return _probabilities([qubits[wire] for wire in measurement.wires], len(qubits))
    return State()


def _probabilities(measured: list[int], n_qubits: int) -> Linear:
    """By Walsh-Hadamard transform of the expectation values of all products of Z on the measured qubits."""
    k = len(measured)
    if k > _MAXIMUM_PROBABILITY_WIRES:
        raise InvalidArgumentError(
            f"probabilities of {k} wires; {_MAXIMUM_PROBABILITY_WIRES} are the limit, return qml.state() for more"
        )
    products = []
    for number in range(2**k):
        letters = ["I"] * n_qubits
        for place, qubit in enumerate(measured):
            letters[qubit] = "Z" if number >> (k - 1 - place) & 1 else "I"
        products.append(pauli("".join(letters)))
    return Linear(products, hadamard(2**k) / 2.0**k, (2**k,))


def is_exact(measurement: Any) -> bool:
    """Whether a measurement is one of those that need no samples and are computed here."""
    from pennylane.measurements import DensityMatrixMP, ExpectationMP, ProbabilityMP, StateMP, VarianceMP

    if isinstance(measurement, (ExpectationMP, VarianceMP)):
        return measurement.obs is not None
    if isinstance(measurement, ProbabilityMP):
        return measurement.obs is None and measurement.mv is None
    return isinstance(measurement, StateMP) and not isinstance(measurement, DensityMatrixMP)


def outcome_key(measurement: Any) -> Hashable:
    """Equal for measurements of the same observable on the same wires."""
    wires = measurement.wires.labels
    operator = measurement.obs
    return type(measurement), wires, None if operator is None else observable_key(operator)


def observable_key(operator: Any) -> Hashable:
    """Equal for equal operators."""
    sentence = operator.pauli_rep
    if sentence is not None:
        return tuple((word, complex(weight)) for word, weight in sentence.items())
    parts = getattr(operator, "operands", None) or ([operator.base] if hasattr(operator, "base") else [])
    numbers = tuple(np.asarray(value).tobytes() for value in operator.data)
    return operator.name, operator.wires.labels, numbers, tuple(map(observable_key, parts))

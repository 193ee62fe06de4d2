"""Observables between PennyLane and here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .._native.errors import InvalidArgumentError
from ..observables import Observable, Term
from .symbols import is_symbolic

# A matrix on k wires has 4^k Pauli strings.
_MAXIMUM_MATRIX_WIRES = 8


def read_observable(operator: Any, qubits: Mapping[Any, int]) -> Observable:
    """The observable of a Hermitian PennyLane operator whose wire w is qubit `qubits[w]`.

    Raises:
        InvalidArgumentError: for coefficients that are not real numbers, and for matrices on more than 8 wires.
    """
    import pennylane as qml

    if is_symbolic(operator.data):
        raise InvalidArgumentError(
            f"the observable {operator} has parameters or features as coefficients; only circuits have"
        )
    sentence = operator.pauli_rep
    if sentence is None:
        if len(operator.wires) > _MAXIMUM_MATRIX_WIRES:
            raise InvalidArgumentError(
                f"the observable {operator.name} is a matrix on {len(operator.wires)} wires; "
                f"{_MAXIMUM_MATRIX_WIRES} are the limit, write it as a sum of Pauli strings"
            )
        matrix = np.asarray(qml.matrix(operator, wire_order=operator.wires))
        sentence = qml.pauli_decompose(matrix, wire_order=operator.wires, pauli=True, check_hermitian=True)
    terms = []
    for word, coefficient in sentence.items():
        weight = complex(coefficient)
        if abs(weight.imag) > 1e-12 * abs(weight):
            raise InvalidArgumentError(
                f"the coefficient of {word} is {weight}; an observable is Hermitian, its coefficients are real"
            )
        letters = ["I"] * len(qubits)
        for wire, letter in word.items():
            letters[qubits[wire]] = letter
        terms.append(Term(weight.real, pauli="".join(letters)))
    return Observable.from_terms(len(qubits), terms)


def write_observable(observable: Observable, wires: Any, scale: float = 1.0) -> Any:
    """`scale` times the observable on these wires, its qubit k on wires[k]."""
    import pennylane as qml

    parts = []
    for term in observable.terms:
        if term.projector is not None:
            operator = qml.Projector([int(bit) for bit in term.projector], wires=wires)
        else:
            word = {
                wire: letter for wire, letter in zip(wires, term.pauli or "", strict=True) if letter != "I"
            }
            operator = qml.pauli.PauliWord(word).operation(wire_order=wires)
        parts.append((scale * term.coefficient, operator))
    if observable.dense is not None:
        parts.append((scale, qml.Hermitian(observable.dense, wires=wires)))
    parts = parts or [(0.0, qml.Identity(wires[0]))]
    return qml.dot([weight for weight, _ in parts], [operator for _, operator in parts])

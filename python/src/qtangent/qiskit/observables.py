"""Sums of Pauli strings between Qiskit and here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .._native.errors import InvalidArgumentError
from ..observables import Observable, Term
from .package import load

if TYPE_CHECKING:
    from qiskit.quantum_info import SparsePauliOp


def observable(op: SparsePauliOp) -> Observable:
    """The observable of a `SparsePauliOp`, or of what Qiskit makes one from: a label, a `Pauli`, a
    `SparseObservable`.

    Args:
        op: Hermitian, on 1 to 128 qubits; letter k of a label counts from its end.

    Returns:
        The observable, its letter k for Qiskit's qubit k.

    Raises:
        InvalidArgumentError: for coefficients that are complex or free parameters, and for other objects.
        ImportError: if Qiskit is missing or older than 2.2.
    """
    load()
    from qiskit.exceptions import QiskitError
    from qiskit.quantum_info import SparseObservable, SparsePauliOp

    try:
        is_sparse = isinstance(op, SparseObservable)
        op_sum = SparsePauliOp.from_sparse_observable(op) if is_sparse else SparsePauliOp(op)
    except (QiskitError, TypeError, ValueError) as error:
        raise InvalidArgumentError(f"{op!r} is not a SparsePauliOp: {error}") from error
    return Observable.from_terms(op_sum.num_qubits, _real_terms(op_sum))


def _real_terms(op: Any) -> list[Term]:
    """The terms of a SparsePauliOp with real coefficients, letters in the order of qubits."""
    try:
        coefficients = np.asarray(op.coeffs, dtype=complex)
    except TypeError:
        raise InvalidArgumentError(
            f"the coefficients {list(op.coeffs)} are not numbers; bind their parameters first"
        ) from None
    complex_ones = np.flatnonzero(np.abs(coefficients.imag) > 1e-12 * np.abs(coefficients))
    if len(complex_ones):
        k = int(complex_ones[0])
        raise InvalidArgumentError(
            f"the coefficient of {op.paulis[k]} is {coefficients[k]}; an observable is Hermitian, its coefficients are real"
        )
    labels = op.paulis.to_labels()
    return [Term(float(c.real), pauli=label[::-1]) for c, label in zip(coefficients, labels, strict=True)]


def pauli_sum(operator: Observable) -> Any:
    """The SparsePauliOp of an observable; projectors and dense parts are expanded in Pauli strings."""
    from qiskit.quantum_info import Operator, SparsePauliOp

    terms = operator.terms
    if operator.dense is None and all(term.pauli is not None for term in terms):
        pairs = [((term.pauli or "")[::-1], term.coefficient) for term in terms]
        return SparsePauliOp.from_list(pairs, num_qubits=operator.n_qubits)
    return SparsePauliOp.from_operator(Operator(little_endian(operator.matrix()))).simplify()


def little_endian(matrix: Any) -> Any:
    """A matrix (2^k, 2^k) with its qubits in the other order: Qiskit's first is the least significant."""
    k = len(matrix).bit_length() - 1
    axes = [*range(k)][::-1]
    tensor = np.asarray(matrix).reshape((2,) * (2 * k))
    return tensor.transpose(*axes, *(k + axis for axis in axes)).reshape(2**k, 2**k)

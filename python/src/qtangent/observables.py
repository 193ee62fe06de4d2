"""Hermitian observables: Pauli strings, basis-state projectors, dense matrices, and real combinations of them."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import _native, pauli_sums
from ._native import arrays as _arrays
from ._native.arrays import Complex
from ._native.errors import InvalidArgumentError
from ._native.limits import MOST_QUBITS
from .views.cards import card

# How many observables one native call combines.
_COMBINED = 4096
# How many terms a notebook shows.
_SHOWN = 12


class Term(NamedTuple):
    """coefficient times a Pauli string, or times the projector on a basis state.

    Attributes:
        coefficient: a real number.
        pauli: one letter (I, X, Y, Z) a qubit, or None for a projector.
        projector: one character (0, 1) a qubit, or None for a Pauli string.
    """

    coefficient: float
    pauli: str | None = None
    projector: str | None = None


class Observable:
    """A Hermitian operator; made by `qt.pauli`, `qt.hermitian`, `qt.projector` and + - * with real numbers.

    Observables compare by their terms, and can be copied and pickled.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self) -> None:
        raise TypeError("observables are made by qt.pauli, qt.hermitian and qt.projector")

    def _own(self, handle: _native.Handle) -> None:
        self._handle = handle

    @classmethod
    def _adopt(cls, handle: _native.Handle) -> Observable:
        observable = cls.__new__(cls)
        observable._own(handle)
        return observable

    @staticmethod
    def _combine(observables: list[Observable], coefficients: list[float]) -> Observable:
        handles = np.array([observable._handle for observable in observables], dtype=np.int64)
        weights = _arrays.real("the factor of an observable", coefficients)
        return Observable._adopt(
            _native.create(
                "qtg_observable_combine", _arrays.pointer(handles), _arrays.pointer(weights), len(observables)
            )
        )

    @classmethod
    def from_terms(cls, n_qubits: int, terms: Iterable[Term], dense: ArrayLike | None = None) -> Observable:
        """The sum of terms, and of a dense Hermitian matrix.

        `Observable.from_terms(o.n_qubits, o.terms, o.dense) == o` for every observable o.

        Args:
            n_qubits: 1 to 128.
            terms: `qt.Term` values, each a coefficient with a Pauli string or with a projector.
            dense: Hermitian (2^n, 2^n).

        Raises:
            InvalidArgumentError: for terms that are not a Pauli string or a projector on n_qubits qubits, coefficients
                that are not finite, and a matrix that is not Hermitian.
        """
        n = _arrays.integer("n_qubits", n_qubits)
        if not 1 <= n <= MOST_QUBITS:
            raise InvalidArgumentError(
                f"an observable on {n} qubits; between 1 and {MOST_QUBITS} are possible"
            )
        parts: list[tuple[Observable, float]] = []
        for k, term in enumerate(_arrays.several("terms", terms, "qt.Term values")):
            if not isinstance(term, Term) or (term.pauli is None) == (term.projector is None):
                raise InvalidArgumentError(
                    f"terms[{k}] is {term!r}; a qt.Term with a Pauli string or a projector is expected"
                )
            part = pauli(term.pauli) if term.pauli is not None else projector(term.projector or "")
            parts.append((part, _arrays.number("the coefficient of a term", term.coefficient)))
        if dense is not None:
            parts.append((hermitian(dense), 1.0))
        result = 0.0 * pauli("I" * n)
        for start in range(0, len(parts), _COMBINED):
            chunk = [(result, 1.0), *parts[start : start + _COMBINED]]
            result = Observable._combine([part for part, _ in chunk], [weight for _, weight in chunk])
        return result

    def __radd__(self, other: object) -> Observable:
        """So that sum() of observables works, which starts from 0."""
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def __add__(self, other: Observable) -> Observable:
        return Observable._combine([self, other], [1, 1]) if isinstance(other, Observable) else NotImplemented

    def __sub__(self, other: Observable) -> Observable:
        return (
            Observable._combine([self, other], [1, -1]) if isinstance(other, Observable) else NotImplemented
        )

    def __mul__(self, factor: float) -> Observable:
        if not isinstance(factor, (int, float, np.integer, np.floating)):
            return NotImplemented
        return Observable._combine([self], [float(factor)])

    __rmul__ = __mul__

    def __matmul__(self, other: Observable) -> Observable:
        """The product of two observables on the same qubits: qt.pauli("ZI") @ qt.pauli("IZ") is ZZ.

        Raises:
            InvalidArgumentError: for other numbers of qubits, for a product that is not Hermitian, since the factors do
                not commute, and for projectors and dense parts on more than 12 qubits.
        """
        if not isinstance(other, Observable):
            return NotImplemented
        n = self.n_qubits
        if n != other.n_qubits:
            raise InvalidArgumentError(
                f"the factors are on {n} and {other.n_qubits} qubits; both act on all qubits of the circuit, as in "
                'qt.pauli("ZI") @ qt.pauli("IZ")'
            )
        left, right = self._strings(), other._strings()
        if left is None or right is None:
            return hermitian(self.matrix() @ other.matrix())
        product = pauli_sums.product(left, right)
        return Observable.from_terms(n, [Term(weight, letters) for letters, weight in product.items()])

    def _strings(self) -> list[tuple[float, str]] | None:
        """The Pauli strings and their coefficients, if there is nothing else."""
        if self.dense is not None:
            return None
        found = [(term.coefficient, term.pauli) for term in self.terms if term.pauli is not None]
        return found if len(found) == len(self.terms) else None

    def __truediv__(self, divisor: float) -> Observable:
        return self * _arrays.inverse(divisor)

    def __neg__(self) -> Observable:
        return self * -1.0

    @property
    def n_qubits(self) -> int:
        """Number of qubits n."""
        result = ctypes.c_int64()
        _native.call("qtg_observable_info", self._handle, ctypes.byref(result))
        return result.value

    def _parts(self) -> tuple[int, bool]:
        n_terms, has_dense = ctypes.c_int64(), ctypes.c_int32()
        _native.call("qtg_observable_parts", self._handle, ctypes.byref(n_terms), ctypes.byref(has_dense))
        return n_terms.value, bool(has_dense.value)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The Pauli strings and then the projectors that the observable is a sum of, beside its dense part."""
        coefficient, terms = ctypes.c_double(), []
        for k in range(self._parts()[0]):
            name = _native.read_bytes(
                "qtg_observable_term", self._handle, k, ctypes.byref(coefficient)
            ).decode()
            is_projector = name[0] in "01"
            terms.append(
                Term(coefficient.value, None if is_projector else name, name if is_projector else None)
            )
        return tuple(terms)

    @property
    def dense(self) -> Complex | None:
        """The dense part (2^n, 2^n) that came from `qt.hermitian`, without the terms; None if there is none."""
        if not self._parts()[1]:
            return None
        result = np.empty((2**self.n_qubits,) * 2, dtype=np.complex128)
        _native.call("qtg_observable_dense", self._handle, _arrays.pointer(result))
        return result

    def matrix(self) -> Complex:
        """The dense matrix, complex (2^n, 2^n), qubit 0 on the most significant index.

        Raises:
            InvalidArgumentError: for more than 12 qubits.
        """
        n = self.n_qubits
        if n > 12:
            raise InvalidArgumentError(
                f"the matrix of an observable on {n} qubits is too large; 12 qubits are the limit"
            )
        result = np.empty((2**n, 2**n), dtype=np.complex128)
        _native.call("qtg_observable_matrix", self._handle, _arrays.pointer(result))
        return result

    @property
    def _described(self) -> str:
        return _native.read_bytes("qtg_observable_describe", self._handle).decode()

    def __repr__(self) -> str:
        return f"<qtangent.Observable: {self._described}>"

    def _repr_html_(self) -> str:
        terms = self.terms
        rows: list[tuple[str, object]] = [
            (f"{one.coefficient:g}", one.pauli or f"|{one.projector}><{one.projector}|")
            for one in terms[:_SHOWN]
        ]
        if len(terms) > _SHOWN:
            rows.append(("...", f"{len(terms) - _SHOWN} more"))
        if self._parts()[1]:
            rows.append(("+", f"a dense matrix {2**self.n_qubits} x {2**self.n_qubits}"))
        return card(f"Observable on {self.n_qubits} qubit{'s' if self.n_qubits > 1 else ''}", rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Observable) and self._bytes() == other._bytes()

    def _bytes(self) -> bytes:
        return _native.read_bytes("qtg_observable_serialize", self._handle)

    def __getstate__(self) -> bytes:
        return self._bytes()

    def __setstate__(self, state: bytes) -> None:
        self._own(_native.create("qtg_observable_deserialize", state, len(state)))

    def __copy__(self) -> Observable:
        return self

    def __deepcopy__(self, memo: object) -> Observable:
        return self


def pauli(letters: str) -> Observable:
    """A Pauli string or a sum of them: qt.pauli("ZII") is Z on qubit 0 of three, qt.pauli("0.5 ZZI - XII") a sum.

    Args:
        letters: one letter (I, X, Y, Z) a qubit; in sums, + and - between the strings and a real factor before each
            that has one.

    Raises:
        InvalidArgumentError: for other letters, none, or more than 128, and for strings of different lengths in a sum;
            the text names the character.
    """
    encoded = _arrays.text("the Pauli string", letters)
    if not letters or letters.isalpha():
        return Observable._adopt(_native.create("qtg_observable_pauli", encoded))
    coefficients, strings = zip(*pauli_sums.read(letters), strict=True)
    return Observable._combine([pauli(one) for one in strings], list(coefficients))


def hermitian(matrix: ArrayLike) -> Observable:
    """An observable from its dense matrix.

    Args:
        matrix: Hermitian (2^n, 2^n), n up to 12, qubit 0 on the most significant index.

    Raises:
        InvalidArgumentError: if it differs from its adjoint by more than 1e-10 (relative to its largest entry).
    """
    entries = _arrays.square_matrix("matrix", matrix)
    return Observable._adopt(
        _native.create("qtg_observable_hermitian", _arrays.pointer(entries), len(entries))
    )


def generator(value: Observable | ArrayLike) -> Observable:
    """An observable as it is, and a dense Hermitian matrix as one."""
    return value if isinstance(value, Observable) else hermitian(value)


def projector(bits: str) -> Observable:
    """The projector on a basis state: qt.projector("010").

    Args:
        bits: one character (0, 1) a qubit.

    Raises:
        InvalidArgumentError: for other characters, none, or more than 128.
    """
    return Observable._adopt(
        _native.create("qtg_observable_projector", _arrays.text("the basis state", bits))
    )


def value_range(observable: Observable) -> tuple[float, float]:
    """An interval that holds all expectation values: the sum of those of its terms, exact for one."""
    low = high = 0.0
    for term in observable.terms:
        if term.pauli is not None and not term.pauli.strip("I"):
            low, high = low + term.coefficient, high + term.coefficient
        else:
            # A string has the eigenvalues 1 and -1, a projector 1 and 0.
            other = -term.coefficient if term.pauli is not None else 0.0
            low, high = low + min(term.coefficient, other), high + max(term.coefficient, other)
    if observable.dense is not None:
        eigenvalues = np.linalg.eigvalsh(observable.dense)
        low, high = low + float(eigenvalues[0]), high + float(eigenvalues[-1])
    return low, high


def mean_value(observable: Observable) -> float:
    """tr O/2^n: the expectation value in the mixture of everything."""
    d = 2.0**observable.n_qubits
    dense = observable.dense
    total = 0.0 if dense is None else float(np.trace(dense).real) / d
    for term in observable.terms:
        if term.pauli is None:
            total += term.coefficient / d
        elif not term.pauli.strip("I"):
            total += term.coefficient
    return total

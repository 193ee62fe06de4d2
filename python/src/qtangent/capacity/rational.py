"""Generators as rational combinations of Pauli strings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError
from ..observables import Observable
from .coefficients import pauli_coefficients
from .strings.binary import number

_ROUNDING = 8 * float(np.finfo(float).eps)
_DENOMINATOR = 10_000
_DIGITS = 12
_CHANCE = 1e-3
_COMPUTED = 1e-14
_PROJECTED_QUBITS = 12


@dataclass(frozen=True)
class Rational:
    """sum_s c_s P_s over some Pauli strings, up to a factor."""

    strings: tuple[int, ...]
    """Numbers x 2^n + z of the strings i^|x & z| X^x Z^z."""
    values: tuple[Fraction, ...]
    """All of them nonzero."""
    recognised: bool
    """Whether all values are decimals or small fractions within rounding; if not they are the floats' own values."""


def from_matrix(matrix: Complex) -> Rational:
    """The Pauli coefficients of a Hermitian matrix (2^n, 2^n), rounding of the matrix's entries undone.

    Coefficients that differ by rounding only are set equal. As everywhere here, what is a fraction or a decimal within
    rounding is taken for it, either as it stands or in units of the largest coefficient: a generator has the same Lie
    algebra whatever its factor.
    """
    values = pauli_coefficients(matrix[None])[0]
    noise = _ROUNDING * float(np.abs(values).max())
    strings = np.flatnonzero(np.abs(values) > noise)
    if not len(strings):
        return Rational((), (), True)
    sizes = np.copysign(_merged(np.abs(values[strings]), noise), values[strings]).tolist()
    found, recognised = _recognise_all(sizes, [noise] * len(sizes))
    return Rational(tuple(strings.tolist()), tuple(found), recognised)


def from_terms(observable: Observable) -> Rational:
    """The coefficients of an observable without a dense part.

    Raises:
        InvalidArgumentError: for projectors on more than 12 qubits.
    """
    n, terms = observable.n_qubits, observable.terms
    given = [term.coefficient for term in terms]
    found, recognised = _recognise_all(given, [_ROUNDING / 2 * abs(one) for one in given])
    total: dict[int, Fraction] = {}
    for term, value in zip(terms, found, strict=True):
        if term.pauli is not None:
            string = number(term.pauli)
            total[string] = total.get(string, Fraction(0)) + value
            continue
        if n > _PROJECTED_QUBITS:
            raise InvalidArgumentError(
                f"a projector on {n} qubits has 2^{n} Pauli strings; {_PROJECTED_QUBITS} qubits are the limit"
            )
        # |b><b| is the mean of (-1)^(b . z) Z^z over all z.
        bits = int(term.projector or "0", 2)
        for z in range(2**n):
            sign = -1 if (bits & z).bit_count() % 2 else 1
            total[z] = total.get(z, Fraction(0)) + sign * value / 2**n
    kept = {string: value for string, value in total.items() if value}
    return Rational(tuple(kept), tuple(kept.values()), recognised)


def from_sum(terms: Mapping[int, float]) -> Rational:
    """The coefficients of a sum that was computed: as for a matrix, up to the rounding of a few operations."""
    noise = _COMPUTED * max(map(abs, terms.values()))
    found, recognised = _recognise_all(list(terms.values()), [noise] * len(terms))
    return Rational(tuple(terms), tuple(found), recognised)


def _recognise_all(values: Sequence[float], noise: Sequence[float]) -> tuple[list[Fraction], bool]:
    for unit in (1.0, max(map(abs, values), default=1.0)):
        found = [_recognise(one / unit, off / unit) for one, off in zip(values, noise, strict=True)]
        known = [one for one in found if one is not None]
        if len(known) == len(found):
            return known, True
    return [Fraction(one) for one in values], False


def _recognise(value: float, noise: float) -> Fraction | None:
    exact = Fraction(value)
    simple = exact.limit_denominator(_DENOMINATOR)
    if (simple or not exact) and abs(simple - exact) <= noise:
        return simple
    for digits in range(1, _DIGITS + 1):
        text = f"{value:.{digits - 1}e}"
        # Where so many digits come close to any number, it is no sign that one does.
        if noise > _CHANCE * float(f"1e{text.partition('e')[2]}") * 10.0 ** (1 - digits):
            break
        if abs(Fraction(text) - exact) <= noise:
            return Fraction(text)
    return None


def _merged(sizes: Real, noise: float) -> Real:
    """Sizes that follow each other within the noise become one."""
    order = np.argsort(sizes)
    groups = np.concatenate([[0], np.cumsum(np.diff(sizes[order]) > noise)])
    result = np.empty_like(sizes)
    result[order] = sizes[order][np.searchsorted(groups, groups)]
    return result

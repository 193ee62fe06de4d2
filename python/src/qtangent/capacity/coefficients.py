"""Hermitian matrices as rational coefficients of Pauli strings."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Complex, Real

_ROUNDING = 8 * np.finfo(float).eps
_DENOMINATOR = 10_000
_DIGITS = 12


@dataclass(frozen=True)
class Rational:
    """sum_s c_s P_s over some Pauli strings, up to a factor."""

    strings: tuple[int, ...]
    """Numbers x 2^n + z of the strings i^|x & z| X^x Z^z."""
    values: tuple[Fraction, ...]
    recognised: bool
    """Whether all values are decimals or small fractions within rounding; if not they are the floats' own values."""


def rational(matrix: Complex) -> Rational:
    """The Pauli coefficients of a Hermitian matrix (2^n, 2^n), rounding of the matrix's entries undone.

    Coefficients that differ by rounding only are set equal, and what is a fraction or a decimal within rounding is
    taken for it, either as it stands or in units of the largest coefficient: a generator has the same Lie algebra
    whatever its factor.
    """
    values = pauli_coefficients(matrix[None])[0]
    largest = float(np.abs(values).max())
    noise = _ROUNDING * largest
    strings = np.flatnonzero(np.abs(values) > noise)
    chosen = values[strings]
    size = _merged(np.abs(chosen), noise)
    known: dict[float, Fraction] = {}
    for unit in (1.0, float(size.max())):
        found = {float(one): _recognise(float(one) / unit, noise / unit) for one in np.unique(size)}
        known = {one: value for one, value in found.items() if value is not None}
        recognised = len(known) == len(found)
        if recognised:
            break
    signed = [
        (known[one] if recognised else Fraction(one)) * (1 if value > 0 else -1)
        for one, value in zip(size.tolist(), chosen, strict=True)
    ]
    return Rational(tuple(int(one) for one in strings), tuple(signed), recognised)


def pauli_coefficients(matrices: Complex) -> Real:
    """tr(P_s A)/d for Hermitian A (k, d, d): (k, d^2), s = x d + z."""
    d = matrices.shape[-1]
    columns = np.arange(d)
    # P_xz has the entries i^|x & z| (-1)^(z . k) at (k ^ x, k).
    shifted = matrices[:, columns[None, :] ^ columns[:, None], columns[None, :]]
    values: Real = ((shifted @ _signs(d)) * _phases(d).conj() / d).real
    return values.reshape(len(matrices), d * d)


def from_pauli_coefficients(values: Real, d: int) -> Complex:
    """sum_s c_s P_s for (k, d^2): (k, d, d)."""
    columns = np.arange(d)
    shifted = (values.reshape(-1, d, d) * _phases(d)) @ _signs(d)
    result = np.empty(shifted.shape, dtype=np.complex128)
    result[:, columns[None, :] ^ columns[:, None], columns[None, :]] = shifted
    return result


def _signs(d: int) -> Real:
    """(-1)^(z . k)."""
    one = np.array([[1.0, 1.0], [1.0, -1.0]])
    result = np.ones((1, 1))
    while len(result) < d:
        result = np.kron(result, one)
    return result


def _phases(d: int) -> Complex:
    """i^|x & z|: (d, d)."""
    columns = np.arange(d)
    powers: Complex = np.array([1, 1j, -1, -1j])[bit_count(columns[:, None] & columns[None, :]) % 4]
    return powers


def bit_count(
    values: NDArray[np.int64],
) -> NDArray[np.int64]:
    count = np.zeros_like(values)
    while values.any():
        count += values & 1
        values = values >> 1
    return count


def _merged(sizes: Real, noise: float) -> Real:
    """Sizes that follow each other within the noise become one."""
    order = np.argsort(sizes)
    groups = np.concatenate([[0], np.cumsum(np.diff(sizes[order]) > noise)])
    result = np.empty_like(sizes)
    result[order] = sizes[order][np.searchsorted(groups, groups)]
    return result


def _recognise(value: float, noise: float) -> Fraction | None:
    exact = Fraction(value)
    simple = exact.limit_denominator(_DENOMINATOR)
    if simple and abs(simple - exact) <= noise:
        return simple
    for digits in range(1, _DIGITS + 1):
        decimal = Fraction(f"{value:.{digits}g}")
        if abs(decimal - exact) <= noise:
            return decimal
    return None

"""Real sums of Pauli strings under gates that are not trained."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from ..._native.arrays import Complex, Real
from ..coefficients import from_pauli_coefficients, pauli_coefficients
from .binary import bracket_sign, swapped

Sum: TypeAlias = dict[int, float]
"""Coefficients by the numbers of strings."""

_ROUNDING = 1e-12


def cleaned(terms: Sum) -> Sum:
    """Without terms that are rounding."""
    size = max(map(abs, terms.values()), default=0.0)
    return {string: value for string, value in terms.items() if abs(value) > _ROUNDING * size}


def strings_commute(a: Sum, b: Sum, n: int) -> bool:
    """Whether every string of one commutes with every string of the other."""
    return not any((v & swapped(w, n)).bit_count() & 1 for v, w in itertools.product(a, b))


def scaled_to_one(terms: Sum) -> Sum:
    """In units of the first string's coefficient: generators that differ by a factor become equal."""
    unit = terms[min(terms)]
    return {string: round(terms[string] / unit, 12) for string in sorted(terms)}


class Rotation:
    """exp(-i angle P)."""

    def __init__(self, string: int, angle: float, n: int) -> None:
        self._string, self._n, self._other = string, n, swapped(string, n)
        # Strings without a bit there commute and stay.
        self.support = self._other
        self._cosine, self._sine = (_exact(float(value)) for value in (np.cos(2 * angle), np.sin(2 * angle)))

    def moved(self, terms: Sum) -> Sum:
        """F^dagger A F = cos(2 angle) A - i sin(2 angle) A P, where A and P anticommute."""
        result: Sum = {}
        for string, value in terms.items():
            if not (string & self._other).bit_count() & 1:
                result[string] = result.get(string, 0.0) + value
                continue
            turned = string ^ self._string
            sign = bracket_sign(string, self._string, self._n)
            result[string] = result.get(string, 0.0) + self._cosine * value
            result[turned] = result.get(turned, 0.0) - self._sine * sign * value
        return cleaned(result)


class Local:
    """A unitary on a few qubits."""

    def __init__(self, matrix: Complex, qubits: Sequence[int], n: int) -> None:
        self._images, self._qubits, self._n = _images(matrix.tobytes(), len(qubits)), qubits, n
        # Strings without a bit there stay.
        self.support = sum(1 << n - 1 - q | 1 << 2 * n - 1 - q for q in qubits)

    def moved(self, terms: Sum) -> Sum:
        """F^dagger A F."""
        result: Sum = {}
        for string, value in terms.items():
            rest = string & ~self.support
            for image, factor in self._images[self._inside(string)]:
                moved = rest | placed(image, self._qubits, self._n)
                result[moved] = result.get(moved, 0.0) + factor * value
        return cleaned(result)

    def _inside(self, string: int) -> int:
        """The part on the unitary's qubits, as a string of its own."""
        x, z = string >> self._n, string
        bits = [self._n - 1 - q for q in self._qubits]
        xs, zs = (sum((half >> b & 1) << k for k, b in enumerate(reversed(bits))) for half in (x, z))
        return (xs << len(bits)) + zs


def placed(string: int, qubits: Sequence[int], n: int) -> int:
    """A string on k qubits as one of n, its qubit j on qubits[j]."""
    k = len(qubits)
    result = 0
    for j, q in enumerate(qubits):
        x, z = string >> 2 * k - 1 - j & 1, string >> k - 1 - j & 1
        result |= x << 2 * n - 1 - q | z << n - 1 - q
    return result


@lru_cache(256)
def _images(matrix: bytes, k: int) -> tuple[tuple[tuple[int, float], ...], ...]:
    """U^dagger P U for every string P on k qubits."""
    d = 2**k
    unitary = np.frombuffer(matrix, dtype=np.complex128).reshape(d, d)
    strings = from_pauli_coefficients(np.eye(d * d), d)
    table: Real = pauli_coefficients(unitary.conj().T @ strings @ unitary)
    return tuple(
        tuple((int(s), _exact(float(row[s]))) for s in np.flatnonzero(np.abs(row) > _ROUNDING))
        for row in table
    )


def _exact(value: float) -> float:
    """0, 1 and -1 without rounding."""
    nearest = round(value)
    return float(nearest) if abs(value - nearest) < _ROUNDING else value

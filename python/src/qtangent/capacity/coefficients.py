"""Hermitian matrices as coefficients of Pauli strings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Complex, Real


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


def bit_count(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number of bits of integers that are not negative, by sums within ever larger fields."""
    left = values - (values >> 1 & 0x5555555555555555)
    left = (left & 0x3333333333333333) + (left >> 2 & 0x3333333333333333)
    left = left + (left >> 4) & 0x0F0F0F0F0F0F0F0F
    for step in (8, 16, 32):
        left = left + (left >> step)
    count: NDArray[np.int64] = left & 0x7F
    return count

"""Functions of the matrix that a training is linear in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..._native.arrays import Real

_ZERO = 1e-14  # of the largest eigenvalue: rounding of the products that make the matrix


@dataclass(frozen=True)
class Curvature:
    """A symmetric (p, p) matrix by its eigenvalues, those that are not listed being 0."""

    values: Real
    """(q,)."""
    vectors: Real
    """(p, q), orthonormal columns."""

    @classmethod
    def of_jacobian(cls, jacobian: Real) -> Curvature:
        """J^T J of J (m, p), from whichever of J^T J and J J^T is smaller."""
        rows, columns = jacobian.shape
        if columns <= rows:
            return cls.of_matrix(jacobian.T @ jacobian)
        values, vectors = np.linalg.eigh(jacobian @ jacobian.T)
        kept = values > _ZERO * max(float(values[-1]), 1e-300)
        return cls(values[kept], (jacobian.T @ vectors[:, kept]) / np.sqrt(values[kept]))

    @classmethod
    def of_matrix(cls, matrix: Real) -> Curvature:
        """A symmetric matrix (p, p)."""
        values, vectors = np.linalg.eigh(matrix)
        small = abs(values) <= _ZERO * max(float(abs(values).max()), 1e-300)
        return cls(np.where(small, 0.0, values), vectors)

    def apply(self, function: Callable[[Real], Real], vector: Real) -> Real:
        """f(matrix) vector, (p,), f acting on the eigenvalues."""
        at_zero = float(function(np.zeros(1))[0])
        part = self.vectors.T @ vector
        result: Real = at_zero * vector + self.vectors @ ((function(self.values) - at_zero) * part)
        return result


def steps_sum(x: Real, n: int) -> Real:
    """sum over k < n of (1 - x)^k."""
    return np.where(x == 0, float(n), -_decay(x, n) / np.where(x == 0, 1.0, x))


def ramp_sum(x: Real, n: int) -> Real:
    """sum over k < n of (1 - x)^(n - 1 - k) k/n."""
    small = abs(x) * n < 1e-4
    safe = np.where(small, 1.0, x)
    whole = (n * safe + _decay(safe, n)) / (n * safe**2)
    result: Real = np.where(small, (n - 1) / 2 * (1 - (n - 2) * x / 3), whole)
    return result


def _decay(x: Real, n: int) -> Real:
    """(1 - x)^n - 1, exact for small x."""
    with np.errstate(divide="ignore"):
        size = n * np.where(x < 1, np.log1p(-np.minimum(x, 1.0)), np.log(np.maximum(abs(1 - x), 1e-300)))
    odd = (x > 1) & (n % 2 == 1)
    result: Real = np.where(odd, -np.exp(size) - 1, np.expm1(size))
    return result

"""Trigonometric polynomials in a circuit's parameters, with their derivatives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _native
from .._native import arrays
from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError

Number = TypeVar("Number", np.float64, np.complex128)


@dataclass(frozen=True, eq=False)
class Polynomial:
    """A real function of p parameters: coefficients over the products, one factor a parameter, of
    (1, cos phi, sin phi, ..., cos D phi, sin D phi) with phi_l = base_l theta_l.

    Attributes:
        coefficients: (2 D_1 + 1, ..., 2 D_p + 1).
        base: (p,), radians of phi a radian of theta.
    """

    coefficients: Real
    base: Real

    @property
    def degrees(self) -> tuple[int, ...]:
        return tuple(n // 2 for n in self.coefficients.shape)

    @property
    def rounding(self) -> float:
        """Of the gradient's length, about."""
        moduli = np.abs(self.coefficients)
        # Of the sum, and of the coefficients: all have errors as large as the largest of them has.
        noise = moduli.sum() + math.sqrt(moduli.size) * moduli.max()
        return 1e-16 * float(np.linalg.norm(self.degrees) * noise)

    def __reduce__(self) -> tuple[type[Polynomial], tuple[Real, Real]]:
        # The native handle stays with its process.
        return Polynomial, (self.coefficients, self.base)

    @cached_property
    def _handle(self) -> _native.Handle:
        coefficients = np.ascontiguousarray(self.coefficients)
        degrees = np.array(self.degrees, dtype=np.int64)
        return _native.create(
            "qtg_trigonometric_create",
            coefficients.ndim,
            arrays.pointer(degrees),
            arrays.pointer(coefficients),
            coefficients.size,
        )

    def values(self, theta: ArrayLike) -> Real:
        """The function at theta (s, p): (s,)."""
        return self._evaluate(theta, 0)[0]

    def gradients(self, theta: ArrayLike) -> Real:
        """Its derivatives with respect to theta (s, p): (s, p)."""
        return self._evaluate(theta, 1)[1]

    def hessians(self, theta: ArrayLike) -> Real:
        """Its second derivatives with respect to theta (s, p): (s, p, p)."""
        return self._evaluate(theta, 2)[2]

    def jets(self, theta: ArrayLike) -> tuple[Real, Real, Real]:
        """Values (s,), gradients (s, p) and Hessians (s, p, p) at theta (s, p)."""
        return self._evaluate(theta, 2)

    def _evaluate(self, theta: ArrayLike, order: int) -> tuple[Real, Real, Real]:
        points = arrays.real("theta", theta)
        p = self.coefficients.ndim
        if points.ndim != 2 or points.shape[1] != p:
            raise InvalidArgumentError(f"theta has shape {points.shape}; (s, {p}) is expected")
        angles = np.ascontiguousarray(points * self.base)
        s = len(angles)
        values = np.empty(s)
        gradients = np.empty((s, p) if order >= 1 else 0)
        hessians = _native.result("the Hessians", (s, p, p) if order == 2 else (0,), 0, "points")
        if s:
            handle = self._handle
            _native.interruptible(
                2e-9 * s * self.coefficients.size * (1, 2, 5)[order],
                lambda cancel: _native.call(
                    "qtg_trigonometric_evaluate",
                    handle,
                    s,
                    p,
                    arrays.pointer(angles),
                    cancel,
                    arrays.pointer(values),
                    arrays.pointer(gradients) if order >= 1 else None,
                    arrays.pointer(hessians) if order == 2 else None,
                ),
            )
        if order >= 1:
            gradients *= self.base
        if order == 2:
            hessians *= self.base[:, None] * self.base
        return values, gradients, hessians

    @cached_property
    def fourier(self) -> Complex:
        """The coefficients c_k of exp(i k phi), k_l = -D_l, ..., D_l: (2 D_1 + 1, ..., 2 D_p + 1)."""
        return to_exponentials(self.coefficients, self.degrees)


def _along(array: NDArray[Number], axis: int, matrix: NDArray[Number]) -> NDArray[Number]:
    """matrix @ array along one axis."""
    return np.moveaxis(np.tensordot(matrix, array, axes=(1, axis)), 0, axis)


def to_exponentials(coefficients: Real, degrees: tuple[int, ...]) -> Complex:
    """Coefficients of exp(i k phi), k_l = -D_l, ..., D_l, from those of (1, cos, sin, ...) in the last axes."""
    result = coefficients.astype(complex)
    for l, degree in enumerate(degrees):
        result = _along(result, coefficients.ndim - len(degrees) + l, _exponentials(degree))
    return result


def _exponentials(degree: int) -> Complex:
    """From (1, cos, sin, ...) to exp(i k phi), k = -degree, ..., degree."""
    result = np.zeros((2 * degree + 1, 2 * degree + 1), dtype=complex)
    result[degree, 0] = 1
    for k in range(1, degree + 1):
        result[degree + k, 2 * k - 1 : 2 * k + 1] = 0.5, -0.5j
        result[degree - k, 2 * k - 1 : 2 * k + 1] = 0.5, 0.5j
    return result


def grid(degree: int) -> Real:
    """The angles at which a polynomial of this degree is sampled: 2 degree + 1 of them, equally spaced from 0."""
    n = 2 * degree + 1
    return 2 * np.pi * np.arange(n) / n


def functions(degree: int, angles: Real) -> Real:
    """(1, cos phi, sin phi, ..., sin degree phi) at angles (a,): (a, 2 degree + 1)."""
    multiples = np.arange(1, degree + 1) * angles[:, None]
    result = np.ones((len(angles), 2 * degree + 1))
    result[:, 1::2], result[:, 2::2] = np.cos(multiples), np.sin(multiples)
    return result


def from_samples(samples: Real, degrees: tuple[int, ...], first_axis: int = 0) -> Real:
    """Coefficients from the values on the grid of the degrees, whose axes begin at `first_axis`."""
    result = samples
    for l, degree in enumerate(degrees):
        n = 2 * degree + 1
        # The functions are orthogonal on their grid.
        weights = np.full(n, 2 / n)
        weights[0] = 1 / n
        result = _along(result, first_axis + l, weights[:, None] * functions(degree, grid(degree)).T)
    return result


def mean_square(predictions: Real, degrees: tuple[int, ...], labels: Real) -> Real:
    """Coefficients, of twice the degrees, of 1/(2m) sum_ja (f_ja - y_ja)^2.

    Args:
        predictions: coefficients (m, k, 2 D_1 + 1, ...).
        labels: (m, k).
    """
    m = len(predictions)
    doubled = tuple(2 * degree for degree in degrees)
    finer = [functions(degree, grid(2 * degree)) for degree in degrees]
    total = np.zeros([2 * degree + 1 for degree in doubled])
    for rows, targets in zip(predictions, labels, strict=True):
        for row, target in zip(rows, targets, strict=True):
            values = row
            for axis, matrix in enumerate(finer):
                values = _along(values, axis, matrix)
            total += (values - target) ** 2
    return from_samples(total / (2 * m), doubled)


def size(degrees: tuple[int, ...]) -> int:
    """How many coefficients there are."""
    return math.prod(2 * degree + 1 for degree in degrees)


def periods(base: Real, degrees: tuple[int, ...]) -> Real:
    """The period of every parameter, (p,), in radians of theta; infinite where nothing depends on it."""
    return np.where(np.array(degrees) > 0, 2 * np.pi / base, np.inf)

"""Losses that are sums of functions of one parameter each: all critical points from the roots of polynomials."""

from __future__ import annotations

import itertools

import numpy as np

from ..._native.arrays import Complex, Real
from ..polynomial import Polynomial

# The share of mixed modes below which a loss counts as separable.
TOLERANCE = 1e-10


def is_separable(loss: Polynomial) -> bool:
    """Whether modes in several parameters make up less than 1e-10 of the oscillating ones."""
    moduli = np.abs(loss.coefficients)
    mixed = moduli.copy()
    p = moduli.ndim
    for l in range(p):
        mixed[tuple(slice(None) if axis == l else 0 for axis in range(p))] = 0.0
    oscillating = float(moduli.sum() - moduli[(0,) * p])
    return float(mixed.sum()) <= TOLERANCE * oscillating


def factor(loss: Polynomial, l: int) -> Polynomial:
    """The part of a separable loss that depends on parameter l."""
    index = tuple(slice(None) if axis == l else 0 for axis in range(loss.coefficients.ndim))
    part = loss.coefficients[index].copy()
    part[0] = 0.0
    return Polynomial(part, np.ones(1))


def critical_angles(part: Polynomial) -> Real:
    """All angles in [0, 2 pi) at which the derivative of a function of one angle vanishes.

    With z = e^(i phi) the derivative times z^D is a polynomial of degree 2 D; its roots on the unit circle are wanted.
    """
    degree = part.degrees[0]
    fourier: Complex = part.fourier
    derivative = np.arange(-degree, degree + 1) * fourier
    size = np.abs(derivative).max()
    while degree > 0 and max(abs(derivative[0]), abs(derivative[-1])) <= 1e-13 * size:
        derivative, degree = derivative[1:-1], degree - 1
    if degree == 0:
        return np.zeros(0)
    roots = np.roots(derivative[::-1])
    # Double roots leave the circle by the root of rounding; Newton's steps decide which of these are zeros.
    angles = np.angle(roots[np.abs(np.abs(roots) - 1) < 1e-4])[:, None]
    for _ in range(8):
        _, gradients, hessians = part.jets(angles)
        safe = np.where(np.abs(hessians[:, 0]) > 1e-9 * size, hessians[:, 0], np.inf)
        angles = angles - np.clip(gradients / safe, -1e-2, 1e-2)
    zeros = np.abs(part.gradients(angles)[:, 0]) <= 1e-12 * size
    found: Real = np.mod(angles[zeros, 0], 2 * np.pi)
    found = np.sort(np.where(found >= 2 * np.pi, 0.0, found))
    keep = (
        np.diff(found, append=found[:1] + 2 * np.pi) > 1e-7 if len(found) > 1 else np.ones(len(found), bool)
    )
    return found[keep]


def critical_points(loss: Polynomial) -> tuple[Real, Real]:
    """All critical points phi (c, p) of a separable loss, and the index of each (c,)."""
    angles, negative = [], []
    for l in range(loss.coefficients.ndim):
        part = factor(loss, l)
        found = critical_angles(part)
        angles.append(found)
        negative.append((part.hessians(found[:, None])[:, 0, 0] < 0).astype(int))
    points = np.array(list(itertools.product(*angles))).reshape(-1, len(angles))
    indices = np.array([sum(choice) for choice in itertools.product(*negative)], dtype=int)
    return points, indices

"""Kantorovich certificates: that a critical point exists near an approximate one, of which kind, and alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..._native.arrays import Real
from .objective import Objective


@dataclass(frozen=True, eq=False)
class Certificates:
    """Of critical points (c, p), in the angles phi.

    Attributes:
        h: (c,), the number that has to be at most 1/2.
        distance: (c,), how far the exact point can be, in radians.
        unique_radius: (c,), within which no other critical point lies; 0 where h > 1/2.
        index: (c,), how many eigenvalues of the Hessian are negative.
        certified: (c,), whether the point exists and its eigenvalues keep their signs up to it.
        smallest: (c,), the smallest eigenvalue of the Hessian.
    """

    h: Real
    distance: Real
    unique_radius: Real
    index: NDArray[np.int64]
    certified: NDArray[np.bool_]
    smallest: Real


def certify(loss: Objective, phi: Real, lipschitz: float) -> Certificates:
    """Kantorovich's theorem for Newton's method on the gradient: beta = 1/min |lambda(H)|, h = beta^2 K |g| <= 1/2.

    Then a zero lies within 2 beta |g|, and it is the only one within (1 + sqrt(1 - 2 h))/(beta K) (derived in
    docs/landscape.md; Ortega, Rheinboldt, "Iterative solution of nonlinear equations in several variables", 12.6).
    """
    _, gradients, hessians = loss.jets(phi)
    eigenvalues = np.linalg.eigvalsh(hessians).astype(np.float64)
    norms = np.linalg.norm(gradients, axis=1)
    norms = norms + loss.rounding
    least = np.min(np.abs(eigenvalues), axis=1)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        beta = 1 / least
        h = np.where(least > 0, beta**2 * lipschitz * norms, np.inf)
        exists = h <= 0.5
        distance = np.where(exists, 2 * beta * norms, np.inf)
        radius = np.where(exists, (1 + np.sqrt(np.maximum(1 - 2 * h, 0))) / (beta * lipschitz), 0.0)
    certified = exists & (least > lipschitz * np.where(exists, distance, 0))
    return Certificates(h, distance, radius, np.sum(eigenvalues < 0, axis=1), certified, eigenvalues[:, 0])

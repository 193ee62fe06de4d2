"""Which predictions a measurement can attain on given states: support function and nearest attainable point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._native.arrays import Complex, Real

_MOST_POINTS = 400


@dataclass(frozen=True)
class Nearest:
    """The point of the attainable set's hull that is nearest to the labels."""

    point: Real
    distance: float
    """Of the best bound: the labels are at least so far away, whatever rounding or an early stop do to `point`."""
    normal: Real
    """Unit vector from the hull to the labels; 0 where the distance is."""


class Reach:
    """Predictions (tr U M U^+ rho_j)_j over all unitaries U, for eigenvalues `levels` (d,) of M and m states.

    Its support function is von Neumann's: h(w) = sum_i lambda_i(sum_j w_j rho_j) lambda_i(M), both in order.
    """

    def __init__(self, levels: Real, states: Complex) -> None:
        self.levels = np.sort(levels)[::-1]
        self.m = len(states)
        self._pure = states.ndim == 2
        self._states = states
        if self._pure:
            # They span at most m dimensions: the triangle of their columns has the eigenvalues that do not vanish.
            self._states = np.linalg.qr(states.T)[1] if self.m < states.shape[1] else states.T

    def support(self, w: Real) -> tuple[float, Real]:
        """h(w) and a point of the attainable set where it is reached, (m,)."""
        if self._pure:
            values, vectors = np.linalg.eigh((self._states * w) @ self._states.conj().T)
        else:
            values, vectors = np.linalg.eigh(np.tensordot(w, self._states, 1))
        padded = np.concatenate([values, np.zeros(len(self.levels) - len(values))])
        order = np.argsort(-padded, kind="stable")
        assigned = np.empty(len(order))
        assigned[order] = self.levels
        used = assigned[: len(values)]
        if self._pure:
            point: Real = used @ (abs(vectors.conj().T @ self._states) ** 2)
        else:
            point = np.einsum(
                "k,ik,jil,lk->j", used, vectors.conj(), self._states, vectors, optimize=True
            ).real
        return float(padded @ assigned), point

    def nearest(self, y: Real) -> Nearest:
        """By the method of Wolfe and Frank: points of the set are added while they lower the distance to their hull."""
        import scipy.optimize

        width = max(float(self.levels[0] - self.levels[-1]), np.finfo(float).tiny)
        points = [self.support(np.zeros(self.m))[1] - y]
        best, normal = 0.0, np.zeros(self.m)
        closest = points[0]
        for _ in range(_MOST_POINTS):
            distance = float(np.linalg.norm(closest))
            if distance <= 1e-13 * width:
                break
            direction = -closest / distance
            height, point = self.support(direction)
            bound = float(direction @ y) - height
            if bound > best:
                best, normal = bound, direction
            # What the new point can still gain.
            if distance - bound <= 1e-12 * width:
                break
            points.append(point - y)
            columns = np.array(points).T / width
            # min |A a|^2 over a >= 0 with sum 1: the one row asks for the sum, and scaling the answer keeps the ratio.
            weights, _ = scipy.optimize.nnls(
                np.vstack([columns, np.ones(len(points))]), np.append(np.zeros(self.m), 1.0)
            )
            used = weights > 0
            points = [one for one, kept in zip(points, used, strict=True) if kept]
            closest = np.array(points).T @ (weights[used] / weights[used].sum())
        return Nearest(point=y + closest, distance=best, normal=normal)

"""Which predictions a measurement can attain on given states, by their support function."""

from __future__ import annotations

import numpy as np

from ..._native.arrays import Complex, Real

_EQUAL = 1e-10  # of the largest: closer eigenvalues count as one

_CALL = 1e5  # products in the time of the calls alone


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

    @property
    def products(self) -> float:
        """About how many one evaluation of the support function takes the time of."""
        rank = int(self._states.shape[0 if self._pure else 1])
        return _CALL + 30.0 * rank**3 + (1 if self._pure else 2 * rank) * self.m * rank**2

    def support(self, w: Real) -> tuple[float, Real]:
        """h(w) and a point of the attainable set where it is reached, (m,)."""
        values, vectors = np.linalg.eigh(self._weighted(w))
        padded = self._padded(values)
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

    def gap(self, w: Real) -> float | None:
        """Delta of the late laws along the edge with the unit normal w; None where nothing there can move.

        At the edge M and W = sum_j w_j rho_j have one eigenbasis, in the order of their eigenvalues l and e, and the slowest
        turn of one against the other returns at the rate c R (l_i - l_j)(e_i - e_j) under a residual R along w.
        """
        e = np.sort(self._padded(np.asarray(np.linalg.eigvalsh(self._weighted(w)), dtype=np.float64)))[::-1]
        levels, rates = (values[:, None] - values[None, :] for values in (self.levels, e))
        moving = (levels > _EQUAL * abs(self.levels).max()) & (rates > _EQUAL * abs(e).max())
        return float((levels * rates)[moving].min()) if moving.any() else None

    def _weighted(self, w: Real) -> Complex:
        """sum_j w_j rho_j, of pure states on their span."""
        if self._pure:
            return np.asarray((self._states * w) @ self._states.conj().T)
        return np.asarray(np.tensordot(w, self._states, 1))

    def _padded(self, values: Real) -> Real:
        return np.concatenate([values, np.zeros(len(self.levels) - len(values))])

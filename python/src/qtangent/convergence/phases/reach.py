"""Which predictions a measurement can attain on given states, by their support function."""

from __future__ import annotations

import numpy as np

from ..._native.arrays import Complex, Real

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

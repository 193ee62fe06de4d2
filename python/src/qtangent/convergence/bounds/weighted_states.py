"""States written in an orthonormal basis of the space they span, so that d drops out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._native.arrays import Complex, Real
from ..._native.errors import InvalidArgumentError


@dataclass(frozen=True)
class WeightedStates:
    """rho_j = sum over the vectors q owned by j of weight_q |v_q><v_q|; a pure state owns one vector."""

    vectors: Complex
    """(q, r), in a basis of the joint support."""
    weights: Real
    """(q,)"""
    owner: NDArray[np.intp]
    """(q,), the state each vector belongs to."""
    count: int
    """Number of states m."""

    @property
    def is_pure(self) -> bool:
        """Whether every state is one vector."""
        return len(self.owner) == self.count

    def expectations(self, operator: Complex) -> Real:
        """tr(operator rho_j), shape (m,), of an operator (r, r)."""
        values = np.sum((self.vectors.conj() @ operator) * self.vectors, axis=1).real
        return np.asarray(np.bincount(self.owner, self.weights * values, self.count), dtype=np.float64)

    def combine(self, coefficients: Real) -> Complex:
        """sum_j c_j rho_j, shape (r, r)."""
        weighted = self.vectors * (self.weights * coefficients[self.owner])[:, None]
        return np.asarray(weighted.T @ self.vectors.conj(), dtype=np.complex128)

    def overlaps(self) -> Real:
        """tr(rho_i rho_j), shape (m, m)."""
        squared = np.abs(self.vectors.conj() @ self.vectors.T) ** 2 * np.outer(self.weights, self.weights)
        rows = np.zeros((self.count, len(self.owner)))
        rows[self.owner, np.arange(len(self.owner))] = 1
        return np.asarray(rows @ squared @ rows.T, dtype=np.float64)

    def trace_distances(self) -> Real:
        """T_ij = 1/2 ||rho_i - rho_j||_1, shape (m, m)."""
        if self.is_pure:
            return np.sqrt(np.clip(1 - self.overlaps(), 0, 1))
        unit = np.eye(self.count)
        distance = np.zeros((self.count, self.count))
        for a in range(self.count):
            for b in range(a):
                spectrum = np.linalg.eigvalsh(self.combine(unit[a] - unit[b]))
                distance[a, b] = distance[b, a] = min(0.5 * float(np.abs(spectrum).sum()), 1.0)
        return distance


def weighted_states(states: ArrayLike) -> WeightedStates:
    """Bring pure states (m, d) or density matrices (m, d, d) into the basis of their joint support."""
    given = np.asarray(states, dtype=np.complex128)
    if given.ndim == 2:
        vectors, weights, owner = given, np.ones(len(given)), np.arange(len(given))
    elif given.ndim == 3:
        spectra, bases = np.linalg.eigh(given)
        owner, column = np.nonzero(spectra > 1e-12)
        vectors, weights = bases[owner, :, column], spectra[owner, column]
    else:
        raise InvalidArgumentError(
            f"states have shape {given.shape}: give (m, d) pure or (m, d, d) mixed states"
        )
    left, size, _ = np.linalg.svd(vectors.T, full_matrices=False)
    basis = left[:, size > 1e-12 * size[0]]
    return WeightedStates(vectors @ basis.conj(), weights, owner, len(given))

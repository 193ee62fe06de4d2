"""Operators and states in coordinates of a Lie algebra's elements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..._native.arrays import Complex, Real
from ..coefficients import pauli_coefficients
from ..ideals import split
from ..lie_algebra import LieAlgebra
from ..strings.elements import Elements
from ..strings.sums import Sum


@dataclass(frozen=True)
class Coordinates:
    """tr(B_a A) for the orthonormal elements B_a of an algebra on n qubits."""

    elements: Elements

    @classmethod
    def of(cls, algebra: LieAlgebra, n: int) -> Coordinates:
        """Those of an algebra whose elements can be listed."""
        if algebra._dense is None:
            return cls(algebra._elements)
        # Found within rounding, as matrices.
        return cls(Elements(n, tuple(range(4**n)), pauli_coefficients(algebra._dense) * 2 ** (n / 2)))

    def of_sum(self, terms: Sum) -> tuple[Real, float]:
        """Of A = sum_s c_s P_s: (D,), and the norm of what of A lies outside of the algebra, the identity apart."""
        places = {string: place for place, string in enumerate(self.elements.strings)}
        values, outside = np.zeros(len(places)), 0.0
        for string, value in terms.items():
            if string in places:
                values[places[string]] = value
            elif string:
                outside += value**2
        rows, root = self.elements.rows, 2 ** (self.elements.n / 2)
        if rows is None:
            return values * root, float(np.sqrt(outside)) * root
        inside = rows @ values
        rest = values - inside @ rows
        return inside * root, float(np.sqrt(outside + rest @ rest)) * root

    def of_states(self, states: Complex) -> Real:
        """Of pure states (m, 2^n) or density matrices (m, 2^n, 2^n): (m, D)."""
        return np.stack([self._of_state(one) for one in states])

    def _of_state(self, state: Complex) -> Real:
        if state.ndim == 1:
            expectations: Real = (self.elements.applied(state) @ state.conj()).real
            return expectations
        weights, vectors = np.linalg.eigh(state)
        parts = [weight * self._of_state(one) for weight, one in zip(weights, vectors.T, strict=True)]
        mean: Real = np.sum(parts, axis=0)
        return mean

    def hold(self, states: Complex, tolerance: float) -> bool:
        """Whether all states but for 1/d lie in the algebra, up to a share of their norm."""
        d = states.shape[1]
        rho = states if states.ndim == 3 else states[:, :, None] * states[:, None].conj()
        rho = rho - np.eye(d) / d
        outside = rho - np.tensordot(self.of_states(states), self.elements.matrices(), axes=1)
        sizes = np.linalg.norm(rho, axis=(1, 2))
        return bool(np.all(np.linalg.norm(outside, axis=(1, 2)) <= tolerance * sizes))

    def adjoint(self, coordinates: Real) -> Real:
        """The coordinates of i[A, B_b] in column b, A of coordinates (D,): (D, D)."""
        return self.elements.adjoint(coordinates)

    @cached_property
    def simple(self) -> list[Real]:
        """Coordinates (k, D) of each simple ideal."""
        return split(len(self.elements), self.adjoint)[1]

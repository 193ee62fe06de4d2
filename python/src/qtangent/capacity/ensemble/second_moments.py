"""How the second moment of an operator spreads over its Lie algebra, gate by gate."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ..._native.arrays import Complex, Real

_EQUAL = 1e-9
"""Frequencies of a generator that differ by less, as a share of the largest, are the same."""


class Turn:
    """What a gate exp(-i t H) does to second moments E a a^T of coordinates a: by ad_H, antisymmetric (D, D)."""

    def __init__(self, adjoint: Real) -> None:
        self._adjoint = adjoint
        self.norm = float(np.linalg.norm(adjoint, 2))

    @cached_property
    def _pairs(self) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], Real] | None:
        """Of a Pauli string among Pauli strings, which turns them pair by pair at one speed: where the one entry of each row
        is, and the entries."""
        nonzero = self._adjoint != 0
        source = nonzero.argmax(axis=1)
        factors: Real = self._adjoint[np.arange(len(source)), source]
        speeds = np.abs(factors[factors != 0])
        fits = nonzero.sum(axis=1).max() <= 1 and np.ptp(speeds) <= _EQUAL * speeds.max(initial=0.0)
        return (source, factors) if len(speeds) and fits else None

    @cached_property
    def _spectrum(self) -> tuple[Complex, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
        """The eigenvectors of ad, and which pairs of them have equal frequencies."""
        frequencies, vectors = np.linalg.eigh(1j * self._adjoint)
        scale = max(float(np.abs(frequencies).max()), 1e-300)
        return vectors, np.abs(frequencies[:, None] - frequencies[None]) <= _EQUAL * scale

    def conjugated(self, moment: Real) -> Real:
        """ad_H M ad_H^T."""
        if self._pairs is not None:
            source, factors = self._pairs
            turned: Real = moment[np.ix_(source, source)] * factors[:, None] * factors
            return turned
        result: Real = self._adjoint @ moment @ self._adjoint.T
        return result

    def mean(self, moment: Real) -> Real:
        """The moment after the gate, t uniform over a period, or over all numbers where there is none.

        exp(t ad_H) is a rotation with the frequencies w of ad_H, and what is left is sum_w P_w M P_w^+. The group's own
        moment stays as it is, and the distance from it does not grow.
        """
        if self._pairs is not None:
            moves = self._pairs[1] != 0
            speed = float(np.abs(self._pairs[1]).max())
            half = 0.5 * (moment + self.conjugated(moment) / speed**2)
            return np.where(moves[:, None] & moves, half, np.where(moves[:, None] | moves, 0.0, moment))
        vectors, same = self._spectrum
        turned: Complex = vectors.conj().T @ moment @ vectors
        mean: Real = (vectors @ np.where(same, turned, 0.0) @ vectors.conj().T).real
        return mean


def departures(moment: Real, limit: Real, turns: Sequence[Turn], others: Sequence[Real]) -> tuple[Real, Real]:
    """How far a moment is from its limit at each of q gates, seen from the gate's other side and as such.

    Args:
        moment: M before the first gate, (D, D).
        limit: what M is of in a group that is mixed, (D, D).
        turns: the q gates.
        others: k limits T of the other side.

    Returns:
        tr(T ad (M - limit) ad^T), (k, q), and ||M - limit||, (q,).
    """
    seen, distances = np.empty((len(others), len(turns))), np.empty(len(turns))
    for place, turn in enumerate(turns):
        difference = moment - limit
        conjugated = turn.conjugated(difference)
        seen[:, place] = [np.sum(other * conjugated) for other in others]
        distances[place] = np.linalg.norm(difference)
        moment = turn.mean(moment)
    return seen, distances

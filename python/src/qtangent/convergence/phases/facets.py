"""The facets that bound the attainable predictions of orthonormal states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..._native.arrays import Real


@dataclass(frozen=True)
class Facet:
    """w.x <= height on every attainable x, w the unit vector of k samples or its negative."""

    normal: Real
    height: float
    gap: float | None
    """Between the levels inside and outside, over sqrt k; None where all levels are equal."""

    def margin(self, y: Real) -> float:
        """How far y is inside, negative outside."""
        return self.height - float(self.normal @ y)


def nearest_facets(levels: Real, y: Real) -> Iterator[Facet]:
    """For each number k of samples the facet of the k largest and of the k smallest labels, which y is nearest to.

    y is attainable if and only if all margins are >= 0: the k largest labels sum to at most the k largest levels, and
    the k smallest to at least the k smallest.
    """
    descending = np.sort(levels)[::-1]
    order = np.argsort(-y, kind="stable")
    for k in range(1, len(y) + 1):
        for sign, chosen, inside, outside in (
            (1.0, order[:k], descending[:k], descending[k:]),
            (-1.0, order[-k:], descending[-k:], descending[:-k]),
        ):
            normal = np.zeros(len(y))
            normal[chosen] = sign / np.sqrt(k)
            differences = abs(inside[:, None] - outside[None, :])
            positive = differences[differences > 1e-12 * max(abs(descending).max(), 1e-300)]
            gap = float(positive.min()) / np.sqrt(k) if positive.size else None
            yield Facet(normal, sign * float(inside.sum()) / np.sqrt(k), gap)


def active_facets(levels: Real, point: Real, tolerance: float) -> list[Facet]:
    """Facets through an attainable point whose normals are independent, those of few samples first."""
    found: list[Facet] = []
    normals = np.zeros((0, len(point)))
    for facet in _all_through(levels, point, tolerance):
        trial = np.vstack([normals, facet.normal])
        if np.linalg.matrix_rank(trial, tol=1e-9) > len(normals):
            normals = trial
            found.append(facet)
    return found


def _all_through(levels: Real, point: Real, tolerance: float) -> Iterator[Facet]:
    """Labels that tie at the edge of the k largest make several facets: each choice among them is one."""
    for facet in nearest_facets(levels, point):
        if facet.margin(point) > tolerance:
            continue
        yield facet
        chosen = np.flatnonzero(facet.normal)
        others = np.flatnonzero(facet.normal == 0)
        for inside in chosen:
            for outside in others:
                if abs(point[inside] - point[outside]) <= tolerance:
                    normal = facet.normal.copy()
                    normal[outside], normal[inside] = normal[inside], 0.0
                    yield Facet(normal, facet.height, facet.gap)

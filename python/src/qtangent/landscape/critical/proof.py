"""All critical points of a polynomial, where roots or boxes prove it."""

from __future__ import annotations

import math

import numpy as np

from ..._extras import bar
from ..._native.arrays import Real
from ..polynomial import Polynomial
from . import bounds, separable, steps
from .certificates import certify
from .exclusion import exclude
from .search import Found, Search

_MOST_SEPARABLE = 1 << 20


class Proof(Search):
    """A search that goes on to prove its list complete."""

    loss: Polynomial

    def __init__(
        self, loss: Polynomial, generator: np.random.Generator, count: int, boxes: int, progress: bool
    ) -> None:
        scale, lipschitz = bounds.scale(loss), bounds.hessian_lipschitz(loss)
        super().__init__(loss, loss.coefficients.ndim, scale, lipschitz, generator, count, progress)
        self.boxes = boxes

    def run(self, critical_points: bool, method: str = "search", volume_left: float = 1.0) -> Found:
        if separable.is_separable(self.loss):
            found = self._separable()
            if found is not None:
                return found
        if not self.boxes:
            return super().run(critical_points, method, volume_left)
        points, degenerate, reach = self.descended()
        points, complete = self.with_saddles(points), False
        if not degenerate:
            points, complete, volume_left = self._excluded(points)
        method = "boxes" if complete else method
        return self.found(points, reach, method, complete, volume_left, True, degenerate)

    def _separable(self) -> Found | None:
        counts = [len(separable.critical_angles(separable.factor(self.loss, l))) for l in range(self.p)]
        if 0 in counts or math.prod(counts) > _MOST_SEPARABLE:
            return None
        points, _ = separable.critical_points(self.loss)
        values = self.loss.values(points)
        if not np.all(certify(self.loss, points, self.lipschitz).certified):
            return None
        reach = float(values.max() - values.min())
        return self.found(points, reach, "separable", True, 0.0, True, [])

    def _excluded(self, points: Real) -> tuple[Real, bool, float]:
        """Excludes boxes; what is left of them gives further starts, as long as that finds new points."""
        volume = 1.0
        for _ in range(4):
            proofs = certify(self.loss, points, self.lipschitz)
            known = proofs.certified
            with bar(self.progress, self.boxes, "excluding boxes") as tick:
                left = exclude(self.loss, points[known], proofs.unique_radius[known], self.boxes, tick)
            volume = left.volume_left
            if left.complete:
                return points, True, 0.0
            more = left.centres[: self.count]
            merged = self.merged(points, steps.critical_points(self.loss, more, self.scale))
            if len(merged) == len(points):
                break
            points = merged
        return points, False, volume

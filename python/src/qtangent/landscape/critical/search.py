"""Critical points of a loss that many starts find, with their certificates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ... import _native
from ..._extras import bar
from ..._native.arrays import Real
from . import steps
from .certificates import Certificates, certify
from .objective import Objective

# Of the loss's range: a gradient below counts as zero, an eigenvalue below as a flat direction.
_ZERO_GRADIENT = 1e-9
_FLAT = 1e-9

# A point, its loss, and in how many directions the loss is flat there.
Valley = tuple[Real, float, int]


@dataclass
class Found:
    """Critical points in phi, as `Minima` tells of them."""

    loss: Objective
    points: Real
    certificates: Certificates
    range: float
    method: str
    complete: bool
    volume_left: float
    has_all_indices: bool
    degenerate: list[Valley]


class Search:
    """Descents from random starts in p angles."""

    def __init__(
        self,
        loss: Objective,
        p: int,
        scale: float,
        lipschitz: float,
        generator: np.random.Generator,
        count: int,
        progress: bool,
    ) -> None:
        self.loss, self.p, self.scale, self.lipschitz = loss, p, scale, lipschitz
        self.generator, self.count, self.progress = generator, count, progress

    def run(self, critical_points: bool, method: str = "search", volume_left: float = 1.0) -> Found:
        """Minima, and on request critical points of every index; nothing is proven complete."""
        points, degenerate, reach = self.descended()
        if critical_points:
            points = self.with_saddles(points)
        return self.found(points, reach, method, False, volume_left, critical_points, degenerate)

    def descended(self) -> tuple[Real, list[Valley], float]:
        """Isolated minima, one representative a loss and dimension of the others, and the range of losses seen."""
        starts = self.starts()
        values = self.loss.values(starts)
        with bar(self.progress, self.count, "descending") as tick:
            ends = steps.minima(self.loss, starts, self.scale, tick)
        points, degenerate = self._sorted_out(ends)
        return points, degenerate, float(values.max() - min(values.min(), self.loss.values(ends).min()))

    def with_saddles(self, points: Real) -> Real:
        """These, and critical points of any index that Newton's steps from other starts find."""
        return self.merged(points, steps.critical_points(self.loss, self.starts(), self.scale))

    def starts(self) -> Real:
        drawn = _native.result("the starts", (self.count, self.p), 0, "starts")
        return np.asarray(np.multiply(self.generator.random(out=drawn), 2 * np.pi, out=drawn))

    def merged(self, points: Real, more: Real) -> Real:
        """The isolated ones of both, each once."""
        more = self._zeros(more)
        eigenvalues = np.linalg.eigvalsh(self.loss.hessians(more)) if len(more) else np.zeros((0, self.p))
        more = more[np.all(np.abs(eigenvalues) > _FLAT * self.scale, axis=1)]
        everything = np.concatenate([points, more])
        merged: Real = everything[steps.distinct(everything, self.loss.values(everything))]
        return merged

    def found(
        self,
        points: Real,
        reach: float,
        method: str,
        complete: bool,
        volume: float,
        has_all_indices: bool,
        degenerate: list[Valley],
    ) -> Found:
        proofs = certify(self.loss, points, self.lipschitz)
        return Found(self.loss, points, proofs, reach, method, complete, volume, has_all_indices, degenerate)

    def _zeros(self, ends: Real) -> Real:
        gradients = np.linalg.norm(self.loss.gradients(ends), axis=1)
        zeros: Real = ends[gradients <= _ZERO_GRADIENT * self.scale]
        return zeros

    def _sorted_out(self, ends: Real) -> tuple[Real, list[Valley]]:
        ends = self._zeros(ends)
        if not len(ends):
            return ends, []
        eigenvalues = np.linalg.eigvalsh(self.loss.hessians(ends))
        flat = np.abs(eigenvalues) <= _FLAT * self.scale
        # Steps stop in a flat valley before its bottom is reached to the last digit.
        lowest = eigenvalues.min(axis=1) >= -_FLAT * self.scale
        values = self.loss.values(ends)
        degenerate: list[Valley] = []
        for place in np.flatnonzero(lowest & flat.any(axis=1)):
            dimension = int(np.count_nonzero(flat[place]))
            level = float(values[place])
            if not any(
                known == dimension and abs(level - other) <= 1e-8 * self.scale
                for _, other, known in degenerate
            ):
                degenerate.append((ends[place], level, dimension))
        isolated = ends[~flat.any(axis=1) & (eigenvalues[:, 0] > 0)]
        return isolated[steps.distinct(isolated, self.loss.values(isolated))], degenerate

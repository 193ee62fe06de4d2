"""A training gone on with by jumps, each as long as its law stays linear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .curvature import Curvature
from .descent import Descent, Point
from .jump import jump, longest

TOLERANCE = 0.3
"""Misfit up to which a jump counts."""
_AIM = 0.6  # of the tolerance, for the next jump
_SMALLEST, _LARGEST = 0.2, 4.0  # factors from one length to the next
_LARGEST_HESSIAN = 600  # parameters
_HOPED = 0.5  # of the steps so far: a first jump by the Hessian
_FITS = 0.05  # misfit up to which a Hessian is taken once more
_NEAR = 0.1  # of the steps: the last jump to a target is no longer


@dataclass(frozen=True)
class Continuation:
    """Where jumps led."""

    points: tuple[Point, ...]
    """From the first to the last, in steps."""
    misfits: tuple[float, ...]
    """Of each jump, one less than points."""
    exhausted: bool
    """Whether the evaluations ran out."""


def continued(
    descent: Descent, start: Point, target: float, evaluations: float, most_steps: int
) -> Continuation:
    """Goes on from a point until the loss reaches the target, the steps end, or the evaluations do."""
    points, misfits = [start], list[float]()
    way = _Way(descent, start, evaluations)
    while points[-1].loss > target and points[-1].step < most_steps:
        if descent.evaluations + 2 > evaluations:
            return Continuation(tuple(points), tuple(misfits), True)
        here = points[-1]
        n = longest(way.curvature, descent.learning_rate, min(way.length, most_steps - here.step))
        made = jump(descent, here, way.curvature, n, TOLERANCE)
        if made.end is not None and made.end.loss <= target and n > _NEAR * here.step and n > 1:
            # Across the target by far: once more, to just behind it.
            way.shorten(n, crossing(here, made.end, target) - here.step)
            continue
        way.learn(n, made.misfit, made.end)
        if made.end is not None:
            points.append(made.end)
            misfits.append(made.misfit)
    return Continuation(tuple(points), tuple(misfits), False)


def crossing(before: Point, after: Point, target: float) -> float:
    """Steps at which the loss between two points is at the target, with ln L linear in the steps' logarithm."""
    share = np.log(before.loss / target) / max(np.log(before.loss / after.loss), 1e-300)
    return float(before.step * (after.step / before.step) ** share)


class _Way:
    """Of which matrix the jumps are, and how long.

    That of the tangent kernel, J^T J/m, is there already; where it allows short jumps only, as the residuals' own curvature
    counts, the Hessian of the loss is worth its price. A Hessian that still fits serves for the next jump too.
    """

    def __init__(self, descent: Descent, start: Point, evaluations: float) -> None:
        self._descent, self._evaluations = descent, evaluations
        self._by_hessian = False
        self._price = descent.hessian_cost if len(start.theta) <= _LARGEST_HESSIAN else np.inf
        self._lengths = {False: 1.0 + start.step / 4, True: _HOPED * start.step}
        self.curvature = Curvature.of_jacobian(start.jacobian)

    @property
    def length(self) -> float:
        """Of the next jump, in steps."""
        return self._lengths[self._by_hessian]

    def shorten(self, n: int, wanted: float) -> None:
        """Makes the next jump as long as wanted, and shorter than the n steps that were tried."""
        self._lengths[self._by_hessian] = float(np.clip(1.02 * wanted + 1, 1, max(1.0, 0.9 * n)))

    def learn(self, n: int, misfit: float, end: Point | None) -> None:
        """Takes what a jump of n steps told, and chooses the matrix for the next one."""
        wanted = _AIM * TOLERANCE / max(misfit, 1e-6) if np.isfinite(misfit) else _SMALLEST
        self._lengths[self._by_hessian] = max(1.0, n * float(np.clip(wanted, _SMALLEST, _LARGEST)))
        if end is None:
            return
        fits = self._by_hessian and misfit < _FITS
        price = 0.0 if fits else self._price
        # Gain in ln(steps) an evaluation.
        gains = {
            kind: np.log1p(self._lengths[kind] / max(end.step, 1)) / (2 + price * kind)
            for kind in (False, True)
        }
        if gains[True] > gains[False] and self._descent.evaluations + price + 2 <= self._evaluations:
            self._by_hessian = True
            if not fits:
                self.curvature = Curvature.of_matrix(self._descent.hessian(end))
        else:
            self._by_hessian = False
            self.curvature = Curvature.of_jacobian(end.jacobian)
            # What the Hessian may do is another guess by then.
            self._lengths[True] = max(self._lengths[True], _HOPED * end.step)

"""Which residuals the parameters of a study can move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._native.arrays import Real
from .problem import Problem

SHARE = 1e-8
"""Singular values of the Jacobian below this share of the largest count as 0: in K that is 1e-16, which float64 loses."""


def moved_directions(jacobian: Real) -> tuple[Real, Real]:
    """Orthonormal directions of the residuals that J (m k, p) moves, (m k, rank), and all its singular values."""
    left, values, _ = np.linalg.svd(jacobian, full_matrices=False)
    return left[:, values > SHARE * max(float(values.max(initial=0.0)), 1e-300)], values


def unmovable_loss(residual: Real, moved: Real, samples: int) -> float:
    """|r|^2/(2m) of what is left of a residual (m k,) without the moved directions."""
    rest = residual - moved @ (moved.T @ residual)
    return float(rest @ rest) / (2 * samples)


@dataclass(frozen=True)
class Movable:
    """The rank of the tangent kernel, and the loss in the directions of the residuals that it does not move."""

    rank: int
    residuals: int
    """m k, how many there are."""
    unmovable_loss: float

    @classmethod
    def of(cls, problem: Problem, thetas: Real) -> Movable:
        """At several parameter vectors (s, p): the largest rank and the smallest loss."""
        found = []
        for theta in thetas:
            jacobian = problem.model.jacobian(theta, problem.X, problem.states).reshape(problem.y.size, -1)
            residual = (problem.model.predict(theta, problem.X, problem.states) - problem.y).ravel()
            moved, _ = moved_directions(jacobian)
            found.append((moved.shape[1], unmovable_loss(residual, moved, len(problem.y))))
        return cls(max(rank for rank, _ in found), problem.y.size, min(loss for _, loss in found))

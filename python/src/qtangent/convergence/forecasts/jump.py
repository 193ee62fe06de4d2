"""Many steps of gradient descent at the price of two.

While the matrix A of the linearised gradient stands still, n steps of descent have a closed form,

    theta_n = theta - eta sum_(k<n) (1 - eta A)^k g,

exact for descent as it is and not for its flow alone. What the linear law misses at the end, N = g(theta_n) - g - A (theta_n
- theta), has grown about evenly on the way, which moves theta_n by -eta sum_(k<n) (1 - eta A)^(n-1-k) (k/n) N: the second
order. Derived in docs/maths.md, "Steps to a target".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .curvature import Curvature, ramp_sum, steps_sum
from .descent import Descent, Point

_STILL = 1e-8  # radians an angle: less is no move
_GROWTH = 3.0  # most e-folds by which directions of negative or too large curvature grow in one jump


@dataclass(frozen=True)
class Jump:
    """The attempt to make n steps at once."""

    end: Point | None
    """None where the law was not linear enough."""
    misfit: float
    """How much the law was not linear: of the way in theta, or of the residual at its end, whichever is worse."""


def longest(curvature: Curvature, learning_rate: float, wanted: float) -> int:
    """As many steps of those wanted as no direction grows too far in."""
    factors = np.abs(1 - learning_rate * curvature.values)
    largest = float(factors.max(initial=0.0))
    limit = _GROWTH / np.log(largest) if largest > 1 + 1e-15 else np.inf
    return max(1, int(min(wanted, limit)))


def jump(descent: Descent, start: Point, curvature: Curvature, n: int, tolerance: float) -> Jump:
    """Makes n steps from a point, at two evaluations; at one where the misfit is above the tolerance."""
    eta, gradient = descent.learning_rate, start.gradient
    change = -eta * curvature.apply(lambda a: steps_sum(eta * a, n), gradient)
    first = descent.at(start.step + n, start.theta + change)
    missed = first.gradient - gradient - curvature.apply(lambda a: a, change)
    correction = -eta * curvature.apply(lambda a: ramp_sum(eta * a, n), missed)
    linear = start.residual + start.jacobian @ change
    way = max(float(np.linalg.norm(change)), _STILL * np.sqrt(len(change)))
    misfit = max(
        float(np.linalg.norm(correction)) / way,
        float(np.linalg.norm(first.residual - linear)) / max(float(np.linalg.norm(linear)), 1e-300),
    )
    if not misfit <= tolerance and n > 1:
        return Jump(None, misfit)
    return Jump(descent.at(start.step + n, first.theta + correction), misfit)

"""When a loss reaches a target by the laws that its last points allow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .curvature import Curvature
from .descent import Point

_FARTHEST = 1e12


@dataclass(frozen=True)
class Extrapolation:
    """Steps to the target by the fastest and the slowest law; infinite where it is not reached."""

    fastest: float
    slowest: float


def extrapolated(point: Point, target: float, learning_rate: float) -> Extrapolation:
    """From one point: a tangent kernel that stays as it is, against a power law with the present slope.

    Kernels fall on the way, so the frozen one is early; the power law d ln L/d ln n = const is late where the loss falls
    exponentially, and too early only where it levels off.
    """
    slope = point.step * learning_rate * float(point.gradient @ point.gradient) / point.loss
    power = math.log(point.loss / target) / slope if slope > 0 else math.inf
    steps = point.step * math.exp(power) if power < 50 else math.inf
    frozen = point.step + frozen_steps(point, target, learning_rate)
    return Extrapolation(min(frozen, steps), max(frozen, steps))


def frozen_steps(point: Point, target: float, learning_rate: float) -> float:
    """Steps until the loss is at the target while the tangent kernel of the point stays as it is; infinite for never."""
    curvature = Curvature.of_jacobian(point.jacobian.T)
    part = (curvature.vectors.T @ point.residual) ** 2
    outside = max(float(point.residual @ point.residual) - float(part.sum()), 0.0)
    factors = (1 - learning_rate * curvature.values) ** 2

    part, factors = part[part > 0], factors[part > 0]

    def loss(n: float) -> float:
        with np.errstate(over="ignore"):  # directions in which descent diverges grow beyond all bounds
            return 0.5 * (outside + float(part @ factors**n))

    if loss(0) <= target:
        return 0.0
    if loss(_FARTHEST) > target:
        return math.inf
    low, high = 0.0, 1.0
    while loss(high) > target:
        low, high = high, 2 * high
    while high - low > 1e-3 * high:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if loss(middle) <= target else (middle, high)
    return float(np.ceil(high))

"""How far a mean over draws, and a slope through such means, may be off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..._native.arrays import Real

_NORMAL = 1.959963984540054
"""Of a standard normal variable 95 % lie within this."""

Interval = tuple[float, float]


def of_mean(values: Real) -> Interval:
    """95 % of the mean of independent values (s,), by the normal law."""
    half = _NORMAL * float(np.std(values, ddof=1)) / np.sqrt(len(values))
    return float(values.mean()) - half, float(values.mean()) + half


def of_positive_mean(values: Real) -> Interval:
    """95 % of the mean of independent values (s,) that are not negative, by the normal law of its logarithm: the relative
    standard error is that of the logarithm, and the interval is not symmetric and never negative."""
    mean = float(values.mean())
    if mean <= 0:
        return 0.0, 0.0
    factor = float(np.exp(_NORMAL * np.std(values, ddof=1) / np.sqrt(len(values)) / mean))
    return mean / factor, mean * factor


@dataclass(frozen=True)
class Slope:
    """Of a straight line."""

    value: float
    interval: Interval
    """95 %."""


def slope(places: ArrayLike, means: Real, intervals: Real) -> Slope:
    """Of the logarithms of means (k,) over their places (k,), each weighted by its own interval (k, 2).

    The interval is the wider of two: what the intervals of the means leave open, and what the scatter about the line does
    (Student's t with k - 2 degrees of freedom). So it is wide where the points are on no line.
    """
    import scipy.stats

    x, y = np.asarray(places, dtype=np.float64), np.log(means)
    errors = np.maximum(np.log(intervals[:, 1] / intervals[:, 0]) / (2 * _NORMAL), 1e-12)
    (value, _), covariance = np.polyfit(x, y, 1, w=1 / errors, cov="unscaled")
    half = _NORMAL * float(np.sqrt(covariance[0, 0]))
    if len(x) > 2:
        residuals = (y - np.polyval(np.polyfit(x, y, 1, w=1 / errors), x)) / errors
        scatter = float(np.sqrt(residuals @ residuals / (len(x) - 2) * covariance[0, 0]))
        half = max(half, float(scipy.stats.t.ppf(0.975, len(x) - 2)) * scatter)
    return Slope(float(value), (float(value) - half, float(value) + half))

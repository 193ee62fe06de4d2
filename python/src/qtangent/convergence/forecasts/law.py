"""Which law a training follows over its last steps, from how its rate changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..._native.arrays import Real

Law = Literal["exponential", "power law", "plateau", "undecided"]

_WINDOW = 6.0  # the last factor of it in steps
_FEWEST = 4
_PLATEAU, _POWER, _EXPONENTIAL = -1.6, (-1.4, -0.65), -0.35


@dataclass(frozen=True)
class LateLaw:
    """The law of the loss L over its last steps n, by the growth q = d ln(-d ln L/dn)/d ln n.

    q is 0 for an exponential, -1 for a power law; towards a level above 0 it is -(s + 1) where the excess falls as n^-s, and
    lower where that falls exponentially.
    """

    name: Law
    """"exponential" for q >= -0.35, "power law" for -1.4 <= q <= -0.65, "plateau" for q <= -1.6, else "undecided"."""
    growth: float
    """q over the last factor 6 in steps; NaN with fewer than 4 points there."""
    interval: tuple[float, float]
    """95 % of q, of the fit."""


def late_law(step: Real, rate: Real) -> LateLaw:
    """The law from steps (T,) and the rates -d ln L/dn there (T,)."""
    inside = (step > 0) & (step >= step[-1] / _WINDOW) & (rate > 0)
    x = np.log(step[inside])
    if len(x) < _FEWEST:
        return LateLaw("undecided", np.nan, (np.nan, np.nan))
    slope, error = _slope(x, np.log(rate[inside]))
    from scipy.stats import t as student

    half = float(student.ppf(0.975, len(x) - 2)) * error
    name: Law = "undecided"
    if slope >= _EXPONENTIAL:
        name = "exponential"
    elif slope <= _PLATEAU:
        name = "plateau"
    elif _POWER[0] <= slope <= _POWER[1]:
        name = "power law"
    return LateLaw(name, slope, (slope - half, slope + half))


def _slope(x: Real, y: Real) -> tuple[float, float]:
    """Of a line, with its standard error."""
    centred = x - x.mean()
    spread = max(float(centred @ centred), 1e-300)
    slope = float(centred @ y) / spread
    left = y - y.mean() - slope * centred
    return slope, float(np.sqrt(left @ left / (len(x) - 2) / spread))

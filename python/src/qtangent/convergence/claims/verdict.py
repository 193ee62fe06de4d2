"""A claim, what was measured, and whether they agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ..laws.rates import Estimate


@dataclass(frozen=True)
class Verdict:
    """The outcome of one claim."""

    claim: str
    holds: bool | None
    """None where these data cannot decide."""
    measured: Estimate
    """With its 95 % interval: over the draws if there are several, of the fit if there is one."""
    expected: float

    def __str__(self) -> str:
        word = {True: "holds", False: "does not hold", None: "undecided"}[self.holds]
        return f"{self.claim}: {word} (measured {self.measured}, expected {self.expected:.3g})"


def over_draws(values: ArrayLike) -> Estimate:
    """Mean and 95 % interval (Student) of one value a draw; no interval for a single draw."""
    given = np.atleast_1d(np.asarray(values, dtype=np.float64))
    mean = float(given.mean())
    if len(given) < 2:
        return Estimate(mean, float("nan"), float("nan"))
    from scipy.stats import t as student

    width = float(student.ppf(0.975, len(given) - 1) * given.std(ddof=1) / np.sqrt(len(given)))
    return Estimate(mean, mean - width, mean + width)


def curves_of(name: str, values: ArrayLike, points: int) -> Real:
    """(draws, T) from (T,) or (..., T).

    Raises:
        InvalidArgumentError: T is not the number of times, or a value is not finite.
    """
    given = np.asarray(values, dtype=np.float64)
    if given.ndim == 0 or given.shape[-1] != points:
        raise InvalidArgumentError(
            f"{name} has shape {given.shape}; (T,) or (draws, T) with T = {points} is expected"
        )
    if not np.isfinite(given).all():
        raise InvalidArgumentError(f"{name} has entries that are not finite")
    return given.reshape(-1, points)

"""In which minimum each training ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .minima import Minima
from .success import SuccessRate

# Of a period: a training that ended within is in the minimum's basin.
_NEAR = 0.02


@dataclass(frozen=True, eq=False)
class Basins:
    """How often trainings from random starts ended in each minimum.

    Attributes:
        counts: (c,), in the order of the minima.
        intervals: (c, 2), the 95 % Wilson interval of each share.
        elsewhere: how many ended at none of them: on their way still, or in a minimum that is not listed.
        starts: of how many.
    """

    counts: NDArray[np.int64]
    intervals: Real
    elsewhere: int
    starts: int


def basins(rate: SuccessRate, minima: Minima) -> Basins:
    """Assigns every training to the minimum nearest to where it ended, up to periods, if it is within 2 % of a period.

    Args:
        rate: trainings of the same loss and parameters.
        minima: of that loss.

    Raises:
        InvalidArgumentError: for another number of parameters.
    """
    arrays.instance("rate", rate, SuccessRate, "what qt.landscape.success_rate returns")
    arrays.instance("minima", minima, Minima, "what qt.landscape.find_minima returns")
    starts, p = rate.theta.shape
    if p != len(minima.parameters):
        raise InvalidArgumentError(
            f"the trainings have {p} parameters, the minima {len(minima.parameters)}: study the same ones"
        )
    period = np.where(np.isfinite(minima.period), minima.period, 2 * np.pi)
    nearest, distance = np.zeros(starts, dtype=np.int64), np.full(starts, np.inf)
    for number, theta in enumerate(minima.theta):
        turns = (rate.theta - theta) / period
        away = np.max(np.abs(turns - np.round(turns)), axis=1)
        closer = away < distance
        nearest[closer], distance[closer] = number, away[closer]
    arrived = distance < _NEAR
    counts = np.bincount(nearest[arrived], minlength=len(minima)).astype(np.int64)
    intervals = [_wilson(int(count), starts) for count in counts]
    return Basins(counts, np.array(intervals).reshape(-1, 2), int(np.count_nonzero(~arrived)), starts)


def _wilson(count: int, total: int) -> tuple[float, float]:
    interval = binomtest(count, total).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)

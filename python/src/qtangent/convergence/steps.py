"""The steps of descent that a study takes and records, in normalised time."""

from __future__ import annotations

import numpy as np

from .._native import arrays as _arrays
from .._native.errors import InvalidArgumentError

LARGEST_STEP = 0.05
"""The step where the kernel allows it."""
_CURVATURE_SHARE = 0.5  # of z_sum / lambda_max: a quarter of the critical step
_MOST_STEPS = 100_000_000


def stable_step(largest: float) -> float:
    """The step for a largest eigenvalue of K(0) / z_sum."""
    return min(LARGEST_STEP, _CURVATURE_SHARE / largest)


def subdivision(step: float, largest: float) -> int:
    """Into how many stable steps a step divides."""
    return max(1, int(np.ceil(step * largest / _CURVATURE_SHARE)))


def step_count(time: float, step: float) -> int:
    """Steps that cover `time`."""
    if _arrays.number("time", time) <= 0:
        raise InvalidArgumentError(f"time is {time}: give a positive normalised time to train for")
    if _arrays.number("dt", step) <= 0:
        raise InvalidArgumentError(f"dt is {step}: give a positive step, or leave it out")
    ratio = float(time) / float(step)
    if ratio > _MOST_STEPS:
        raise InvalidArgumentError(
            f"time {time} in steps of {step:.3g} takes {ratio:.3g} steps: shorten time or enlarge dt"
        )
    return max(int(np.ceil(ratio - 1e-9)), 1)


def log_grid(steps: int, records: int) -> list[int]:
    """Step 0, the last step, and steps spaced evenly in the logarithm between: at most `records` in all."""
    if _arrays.integer("records", records) < 2:
        raise InvalidArgumentError(f"records is {records}: at least the first and the last step are recorded")
    # More than there are steps give no other grid.
    grid = np.unique(np.geomspace(1, steps, min(records, 100 * steps + 2) - 1).round().astype(int))
    return [0, *grid.tolist()]

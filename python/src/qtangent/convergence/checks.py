"""Input checks of a study, and the steps it takes and records."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .._errors import InvalidArgumentError
from .curves import FloatArray

_MOST_STEPS = 100_000_000


def checked_labels(y: ArrayLike) -> FloatArray:
    """Labels as (m,) or (m, k), finite."""
    labels = np.asarray(y, dtype=np.float64)
    if labels.ndim not in (1, 2) or labels.size == 0:
        raise InvalidArgumentError(f"y has shape {labels.shape}: give (m,) or (m, k) labels")
    bad = np.argwhere(~np.isfinite(labels))
    if len(bad):
        raise InvalidArgumentError(f"y[{bad[0][0]}] is {labels[tuple(bad[0])]}: labels must be finite")
    return labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels


def step_count(time: float, step: float) -> int:
    """Steps that cover `time`."""
    if not (np.isfinite(time) and time > 0):
        raise InvalidArgumentError(f"time is {time}: give a positive normalised time to train for")
    if not (np.isfinite(step) and step > 0):
        raise InvalidArgumentError(f"dt is {step}: give a positive step, or leave it out")
    steps = int(np.ceil(time / step - 1e-9))
    if steps > _MOST_STEPS:
        raise InvalidArgumentError(
            f"time {time} in steps of {step:.3g} takes {steps} steps: shorten time or enlarge dt"
        )
    return max(steps, 1)


def log_grid(steps: int, records: int) -> list[int]:
    """Step 0, the last step, and steps spaced evenly in the logarithm between: at most `records` in all."""
    if records < 2:
        raise InvalidArgumentError(f"records is {records}: at least the first and the last step are recorded")
    grid = np.unique(np.geomspace(1, steps, records - 1).round().astype(int))
    return [0, *grid.tolist()]

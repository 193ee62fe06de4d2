"""Input checks of a study, and the warnings the numbers give before training starts."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .._errors import InvalidArgumentError, QTangentWarning
from .curves import FloatArray
from .floor import LossFloor

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
    """Step 0 and at most `records` - 1 further steps, spaced evenly in the logarithm, the last one included."""
    if records < 2:
        raise InvalidArgumentError(f"records is {records}: at least the first and the last step are recorded")
    grid = np.unique(np.geomspace(1, steps, records - 1).round().astype(int))
    return [0, *grid.tolist()]


def warn_above_critical(step: float, critical: float, unit: float) -> None:
    """`unit` is m / z_sum, the learning rate of one unit of normalised time."""
    if step > critical:
        _warn(
            f"dt is {step:.3g}, above the critical {critical:.3g} = 2 z_sum / lambda_max(K(0)): descent will not "
            f"follow the flow. The critical learning rate is {critical * unit:.3g}, this one is {step * unit:.3g}."
        )


def warn_out_of_reach(floors: Sequence[LossFloor]) -> None:
    """Name a loss that these states and labels exclude, and the pair that excludes most."""
    floor = sum(one.value for one in floors)
    if floor == 0:
        return
    worst = max(floors, key=lambda one: one.value)
    pair = worst.closest_pair
    why = (
        f"states {pair[0]} and {pair[1]} have different labels and overlap {worst.closest_overlap:.3g}"
        if pair and worst.closest_overlap > 1e-9
        else "labels lie outside the range of the measurement"
    )
    _warn(f"the labels are out of reach: {why}. No circuit brings the loss below {floor:.3g}.")


def _warn(message: str) -> None:
    warnings.warn(message, QTangentWarning, stacklevel=4)

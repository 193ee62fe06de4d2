"""Input checks of a study, and the steps it takes and records."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .._native.samples import Theta
from ..models import Model

_MOST_STEPS = 100_000_000


def checked_labels(y: ArrayLike, name: str = "y") -> Real:
    """Labels as (m,) or (m, k), finite."""
    labels = _arrays.real(name, y)
    if labels.ndim not in (1, 2) or labels.size == 0:
        raise InvalidArgumentError(f"{name} has shape {labels.shape}: give (m,) or (m, k) labels")
    _arrays.finite(name, labels)
    return labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels


def with_plain_output(model: Model) -> Model:
    """The model itself, or with its one observable taken out of the list, so that its results are (m,) like labels."""
    observable = model.observable
    if isinstance(observable, list) and len(observable) == 1:
        return Model(model.circuit, observable[0], model.scale)
    return model


def check_start(model: Model, theta: ArrayLike | None) -> None:
    """A study follows one training: theta is (p,)."""
    if theta is not None and not Theta(theta, model.n_params).single:
        raise InvalidArgumentError(
            f"theta has shape {np.shape(theta)}; a study follows one parameter set, ({model.n_params},)"
        )


def step_count(time: float, step: float) -> int:
    """Steps that cover `time`."""
    if _arrays.number("time", time) <= 0:
        raise InvalidArgumentError(f"time is {time}: give a positive normalised time to train for")
    if _arrays.number("dt", step) <= 0:
        raise InvalidArgumentError(f"dt is {step}: give a positive step, or leave it out")
    steps = int(np.ceil(time / step - 1e-9))
    if steps > _MOST_STEPS:
        raise InvalidArgumentError(
            f"time {time} in steps of {step:.3g} takes {steps} steps: shorten time or enlarge dt"
        )
    return max(steps, 1)


def log_grid(steps: int, records: int) -> list[int]:
    """Step 0, the last step, and steps spaced evenly in the logarithm between: at most `records` in all."""
    if _arrays.integer("records", records) < 2:
        raise InvalidArgumentError(f"records is {records}: at least the first and the last step are recorded")
    grid = np.unique(np.geomspace(1, steps, records - 1).round().astype(int))
    return [0, *grid.tolist()]

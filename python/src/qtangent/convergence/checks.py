"""Input checks of a study."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .._native.inputs import Theta
from ..models import Model, expect_model


def checked_labels(y: ArrayLike, name: str = "y") -> Real:
    """Labels as (m,) or (m, k), finite."""
    labels = _arrays.real(name, y)
    if labels.ndim not in (1, 2) or labels.size == 0:
        raise InvalidArgumentError(f"{name} has shape {labels.shape}: give (m,) or (m, k) labels")
    _arrays.finite(name, labels)
    return labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels


def with_plain_output(model: Model) -> Model:
    """The model itself, or with its one observable taken out of the list, so that its results are (m,) like labels."""
    expect_model(model)
    observable = model.observable
    if isinstance(observable, list) and len(observable) == 1:
        return Model(model.circuit, observable[0], model.scale, model.precision)
    return model


def checked_count(name: str, value: int) -> int:
    """An integer of at least 1."""
    count = _arrays.integer(name, value)
    if count < 1:
        raise InvalidArgumentError(f"{name} is {count}; at least 1 is needed")
    return count


def check_start(model: Model, theta: ArrayLike | None) -> None:
    """A study follows one training: theta is (p,)."""
    if theta is not None and not Theta(theta, model.n_params).single:
        raise InvalidArgumentError(
            f"theta has shape {np.shape(theta)}; a study follows one parameter set, ({model.n_params},)"
        )

"""Models as classifiers: labels, decisions, training."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError, QTangentWarning
from ..models import Model, expect_model
from ..optimizers import Adam
from ..training import train

Labels = NDArray[np.int64]


def checked_labels(model: Model, y: NDArray[np.generic]) -> Labels:
    """Classes from 0 on: labels 0 to k - 1 for k outputs, -1 and 1 for one output."""
    expect_model(model)
    allowed = np.arange(model.n_outputs) if model.n_outputs > 1 else np.array([-1, 1])
    wrong = np.flatnonzero(~np.isin(y, allowed))
    if len(wrong):
        raise InvalidArgumentError(
            f"y[{wrong[0]}] is {y[wrong[0]]}; {model.n_outputs} output{'s' if model.n_outputs > 1 else ''} "
            f"need labels {', '.join(map(str, allowed))}"
        )
    return np.searchsorted(allowed, y).astype(np.int64)


def classes(model: Model, predictions: Real) -> Labels:
    """The largest output, or the sign of the only one: 0 for negative, 1 else."""
    if model.n_outputs > 1:
        largest: Labels = predictions.argmax(axis=-1)
        return largest
    return (predictions.reshape(len(predictions)) >= 0).astype(np.int64)


def fitted(model: Model, theta: Real, X: Real, labels: Labels, steps: int, rate: float) -> Real:
    """Weights (p,) after full-batch Adam: cross-entropy over several outputs, squared distance from -1 and 1 for one."""
    several = model.n_outputs > 1
    count = arrays.integer("steps", steps)
    y = labels if several else 2.0 * labels - 1
    with warnings.catch_warnings():
        # Labels out of reach and the like: what a training is warned of is what is measured here.
        warnings.simplefilter("ignore", QTangentWarning)
        run = train(
            model, y, X=X, theta=theta, loss="cross_entropy" if several else "mse", optimizer=Adam(rate), steps=count,
            record_every=max(count, 1),
        )  # fmt: skip
    return run.theta

"""Held-out samples, predicted along the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError
from ..samples import Samples, samples_for
from .checks import checked_labels

if TYPE_CHECKING:
    from ..models import Model

MOST_CLASSES = 10


@dataclass(frozen=True)
class HeldOut:
    """Held-out samples with or without labels, and the classes seen in training."""

    X: Real | None
    states: Complex | None
    y: Real | None


@dataclass(frozen=True)
class HeldOutPredictions:
    """Predictions on held-out samples at the recorded steps."""

    y: Real | None
    predictions: Real
    """(T, m_test) or (T, m_test, k)."""

    def __repr__(self) -> str:
        steps, count = self.predictions.shape[:2]
        return f"<qtangent.HeldOutPredictions: {count} samples at {steps} recorded steps>"


def held_out_set(
    model: Model,
    y: Real,
    X_test: ArrayLike | Samples | None,
    states_test: ArrayLike | None,
    y_test: ArrayLike | None,
) -> HeldOut | None:
    """Check the held-out arrays, before a training that would be lost with them; None if there are none."""
    if X_test is None and states_test is None:
        if y_test is not None:
            raise InvalidArgumentError("y_test is given without X_test or states_test")
        return None
    samples = samples_for(model, X_test, states_test, "_test")
    count = len(samples)
    labels = None if y_test is None else checked_labels(y_test, "y_test")
    if labels is not None and labels.reshape(len(labels), -1).shape != (count, y[0].size):
        raise InvalidArgumentError(
            f"y_test has shape {labels.shape}, but there are {count} held-out samples and {y[0].size} outputs"
        )
    return HeldOut(samples.X, samples.states, None if labels is None else labels.reshape(count, *y.shape[1:]))


def evaluate(held_out: HeldOut, model: Model, theta: Real) -> HeldOutPredictions:
    """Predict the held-out samples with the parameters of every recorded step, theta (T, p)."""
    predictions = model.predict(theta, X=held_out.X, states=held_out.states)
    return HeldOutPredictions(held_out.y, np.asarray(predictions, dtype=np.float64))


def accuracy(predictions: Real, y: Real, training_labels: Real) -> Real | None:
    """Share of right answers at each recorded step (T,); None for labels that are no classes.

    One output: right if the nearest of the training labels is the sample's own. Several: if the largest
    output is the one with the largest label.
    """
    if y.ndim == 2:
        return np.asarray((predictions.argmax(-1) == y.argmax(-1)).mean(-1), dtype=np.float64)
    classes: NDArray[np.float64] = np.unique(training_labels)
    if not 2 <= len(classes) <= MOST_CLASSES:
        return None
    nearest = classes[np.abs(predictions[..., None] - classes).argmin(-1)]
    return np.asarray((nearest == y).mean(-1), dtype=np.float64)

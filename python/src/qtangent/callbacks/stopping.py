"""When a training has gone on long enough."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .base import Callback


class EarlyStopping(Callback):
    """Stops once the loss has had no new minimum for `patience` steps; of several parameter sets that of none.

    Args:
        patience: steps, at least 1.
        min_delta: by how much a loss must lie below the smallest so far to count, 0 or more.

    Raises:
        InvalidArgumentError: for numbers out of range.
    """

    def __init__(self, patience: int, min_delta: float = 0.0) -> None:
        self.patience = arrays.integer("patience", patience)
        self.min_delta = arrays.number("min_delta", min_delta)
        if self.patience < 1 or self.min_delta < 0:
            raise InvalidArgumentError(
                f"patience is {patience} and min_delta {min_delta}; at least 1 and 0 are expected"
            )
        self._best: Real | None = None
        self._since = 0

    def begin(self, step: int, steps: int) -> None:
        """Forgets the training before; the arguments are those of `Callback.begin`.

        Args:
            step: where the training stands.
            steps: how many are to be made.

        Raises:
            InvalidArgumentError: never.
        """
        self._best, self._since = None, step

    def __call__(self, step: int, loss: Any, theta: Real) -> bool:
        """Whether the patience is at its end."""
        losses = np.atleast_1d(loss)
        if self._best is None:
            self._best, self._since = losses, step
        elif (losses < self._best - self.min_delta).any():
            self._best, self._since = np.minimum(losses, self._best), step
        return step - self._since >= self.patience


class TimeLimit(Callback):
    """Stops after some seconds, at the next step.

    Args:
        seconds: more than 0.

    Raises:
        InvalidArgumentError: for other numbers.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = arrays.number("seconds", seconds)
        if self.seconds <= 0:
            raise InvalidArgumentError(f"seconds is {seconds}; more than 0 is expected")
        self._end = 0.0

    def begin(self, step: int, steps: int) -> None:
        """Starts the clock; the arguments are those of `Callback.begin`.

        Args:
            step: where the training stands.
            steps: how many are to be made.

        Raises:
            InvalidArgumentError: never.
        """
        self._end = time.monotonic() + self.seconds

    def __call__(self, step: int, loss: Any, theta: Real) -> bool:
        """Whether time is up."""
        return time.monotonic() >= self._end

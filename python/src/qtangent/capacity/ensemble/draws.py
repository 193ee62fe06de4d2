"""Random parameters, and how many sets of them go into one call."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..._native import arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...models import Model, expect_model
from .periods import periods

_CALL = 2**26
"""Bytes that the results of one call may take: far below what a call may, and far above what makes it efficient."""

_MOST = 10_000_000


class Draws:
    """Parameters that are uniform over whole periods, or over [0, 2 pi) where a parameter has none.

    They come in calls of as many sets as the caller asks for, and do not depend on how many that is.
    """

    def __init__(self, model: Model, count: int, seed: int) -> None:
        period = periods(model)
        self._period = np.where(np.isfinite(period), period, 2 * np.pi)
        self._random = np.random.default_rng(arrays.seed(seed))
        self.count = count

    def all(self) -> Real:
        """(count, p)."""
        return self._next(self.count)

    def calls(self, bytes_per_set: int) -> Iterator[Real]:
        """Sets (s, p) whose results fill a call; s is even."""
        size = max(2, _CALL // max(1, bytes_per_set) // 2 * 2)
        for start in range(0, self.count, size):
            yield self._next(min(size, self.count - start))

    def _next(self, count: int) -> Real:
        uniform: Real = self._random.uniform(size=(count, len(self._period)))
        return uniform * self._period


def draw_count(model: Model, name: str, value: int) -> int:
    """How many draws were asked for, of a model."""
    expect_model(model)
    count = arrays.integer(name, value)
    if count < 2:
        raise InvalidArgumentError(f"{name} is {count}; at least 2 are needed")
    if count > _MOST:
        raise InvalidArgumentError(f"{name} is {count}; at most {_MOST} are possible")
    return count


def samples_per_call(bytes_per_sample: int) -> int:
    """How many samples fill a call, all sets of parameters at once."""
    return max(1, _CALL // max(1, bytes_per_sample))

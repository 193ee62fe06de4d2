"""Kraus jumps: of every channel one operator, chosen with the probability that the state gives it.

The native library makes the choice, by numbers in [0, 1) that stand behind the features of a sample (docs/maths.md,
"Trajectories").
"""

from __future__ import annotations

import numpy as np

from .. import _native
from .._native.arrays import Real
from ..shots.measurement import TRAJECTORIES, stream

# Trajectories whose numbers are drawn at a time: Ctrl-C comes in between.
_BLOCK = 1 << 16


class Jumps:
    """The numbers that choose.

    Attributes:
        weight: of what is known without draws: nothing.
        patterns: itself, for what draws.
    """

    weight = 0.0

    def __init__(self, n_sites: int) -> None:
        self._n_sites = n_sites

    @property
    def none(self) -> Real:
        """Any numbers (1, S)."""
        return np.zeros((1, self._n_sites))

    def draw(self, count: int, seed: int) -> tuple[Real, Real]:
        """Numbers (count, S), and (count,) that each was drawn once. Number s of trajectory t is number t S + s of a
        stream."""
        numbers = _native.result("the numbers that choose", (count, self._n_sites), 0, "trajectories")
        generator = stream(seed, TRAJECTORIES, 0)
        for start in range(0, count, _BLOCK):
            generator.random(out=numbers[start : start + _BLOCK])
        return numbers, np.ones(count)

    def features(self, numbers: Real, X: Real | None, n_features: int, m: int) -> Real | None:
        """Features (u m, f + S) for the numbers of u trajectories and the features X (m, ...) of samples."""
        if n_features + self._n_sites == 0:
            return None
        result = np.empty((len(numbers), m, n_features + self._n_sites))
        if X is not None:
            result[:, :, :n_features] = X[:, :n_features]
        result[:, :, n_features:] = numbers[:, None]
        return result.reshape(len(numbers) * m, -1)

"""Measurements of all observables of a model: what can come out, how often, and draws of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..samples import Samples
from .distributions import Distribution
from .settings import settings
from .simulator import Simulator

# What draws are for: each has a stream of its own, so that one seed gives predictions and Jacobians of separate shots.
PREDICTIONS, JACOBIANS, COLUMNS, BITS, TRAJECTORIES = range(5)


def stream(seed: int, purpose: int, part: int) -> np.random.Generator:
    """Random numbers from a counter, which no thread and no chunk changes."""
    return np.random.Generator(np.random.Philox(key=_arrays.seed(seed), counter=[0, 0, part, purpose]))


def shot_count(shots: int, least: int = 1) -> int:
    """The number of shots, checked."""
    count = _arrays.integer("shots", shots)
    if count < 1:
        raise InvalidArgumentError(
            f"shots is {count}; it must be at least 1, and shots=None gives exact values where none are measured"
        )
    if count < least:
        raise InvalidArgumentError(
            f"shots is {count}; a variance cannot be told from one shot, give {least} or more, or debias=False"
        )
    return count


class Outcomes(NamedTuple):
    """What one setting gives.

    Attributes:
        output: the observable that it is a part of.
        values: (D,), what can come out, times the scale.
        chances: (..., D), how often.
    """

    output: int
    values: Real
    chances: Real

    def mean(self) -> Real:
        """(...), exact."""
        return np.asarray(self.chances @ self.values)

    def variance(self) -> Real:
        """Of one shot, (...)."""
        if len(self.values) == 2:
            width = self.values[1] - self.values[0]
            return np.asarray(self.chances[..., 0] * self.chances[..., 1] * width**2)
        return np.asarray(np.maximum(self.chances @ self.values**2 - self.mean() ** 2, 0))

    def draw(self, shots: int, generator: np.random.Generator) -> tuple[Real, Real]:
        """The mean of so many shots, and the unbiased estimate of its variance: (...) each, the second NaN for one shot."""
        if len(self.values) == 2:
            low, high = self.values
            share = generator.binomial(shots, self.chances[..., 1]) / shots
            means, spread = low + (high - low) * share, share * (1 - share) * (high - low) ** 2
        else:
            shares = generator.multinomial(shots, self.chances) / shots
            means = shares @ self.values
            spread = shares @ self.values**2 - means**2
        return means, spread / (shots - 1) if shots > 1 else np.full_like(means, np.nan)


class Measurement:
    """The settings of all observables of a model."""

    def __init__(self, model: Simulator) -> None:
        self._model = model
        found = [settings(one) for one in model._given]
        self._constants = model._scale * np.array([constant for constant, _ in found])
        every = [(output, one) for output, (_, parts) in enumerate(found) for one in parts]
        self._two = [(output, one) for output, one in every if one.change is None]
        self._more = [
            (output, one, Distribution(model, one.change)) for output, one in every if one.change is not None
        ]
        # Where every observable is one part and a constant, the model itself tells the expectations.
        self._is_itself = not self._more and [output for output, _ in self._two] == list(range(len(found)))
        if not self._is_itself and self._two:
            self._simulator = model._like(model._circuit, [one.part for _, one in self._two], model._scale)

    @property
    def is_two_valued(self) -> bool:
        """Whether each observable is a constant and one part with two outcomes."""
        return self._is_itself

    def outcomes(self, sets: Real, samples: Samples, chunk: int | None = None) -> list[Outcomes]:
        """What the settings give for parameter sets (s, p), chances being (s, m, D)."""
        shape = (len(sets), len(samples))
        result = []
        if self._is_itself:
            exact = self._model.predict(sets, samples, chunk=chunk).reshape(*shape, -1) - self._constants
            result = self.two_valued(exact)
        elif self._two:
            result = self.two_valued(self._simulator.predict(sets, samples, chunk=chunk))
        for output, setting, distribution in self._more:
            chances = np.empty((*shape, len(setting.outcomes)))
            for those, at, of_bits in distribution.blocks(sets, samples):
                chances[those, at] = np.add.reduceat(of_bits[..., setting.order], setting.starts, axis=-1)
            result.append(Outcomes(output, self._model._scale * setting.outcomes, chances))
        return result

    def two_valued(self, expectations: Real, around_middle: bool = False) -> list[Outcomes]:
        """Of expectations (..., parts), those that have two outcomes, or of what they exceed the middle of both by."""
        result = []
        for part, (output, setting) in enumerate(self._two):
            low, high = values = self._model._scale * setting.outcomes
            # Rounding leaves the range by a bit.
            start = (low - high) / 2 if around_middle else low
            share = np.clip((expectations[..., part] - start) / (high - low or 1.0), 0, 1)
            result.append(Outcomes(output, values, np.stack([1 - share, share], axis=-1)))
        return result

    def draw(
        self, outcomes: list[Outcomes], shots: int, seed: int, purpose: int, shape: tuple[int, ...]
    ) -> tuple[Real, Real]:
        """Measured values (*shape, k) of outcomes whose chances are (*shape, D), and estimates of their variances."""
        means = np.empty((*shape, len(self._constants)))
        means[:] = self._constants
        variances = np.zeros_like(means)
        for part, one in enumerate(outcomes):
            mean, variance = one.draw(shots, stream(seed, purpose, part))
            means[..., one.output] += mean
            variances[..., one.output] += variance
        return means, variances

    def variance(self, outcomes: list[Outcomes], shape: tuple[int, ...]) -> Real:
        """Exact variances of one shot a setting, (*shape, k)."""
        result = np.zeros((*shape, len(self._constants)))
        for one in outcomes:
            result[..., one.output] += one.variance()
        return result

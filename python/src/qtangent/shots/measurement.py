"""Measurements of all observables of a model: what has two outcomes is drawn natively, sums by their distributions."""

from __future__ import annotations

import numpy as np

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.inputs import Theta
from ..samples import Samples
from .distributions import Distribution
from .instrument import Instrument
from .settings import Setting, settings
from .simulator import Simulator

# What draws of whole distributions are for: each has a stream of its own.
SUMS, BITS, TRAJECTORIES, SIDES = 0, 3, 4, 5


def stream(seed: int, purpose: int, part: int, step: int = 0) -> np.random.Generator:
    """Random numbers from a counter, which no thread and no chunk changes."""
    return np.random.Generator(np.random.Philox(key=_arrays.seed(seed), counter=[0, step, part, purpose]))


def all_settings(model: Simulator) -> tuple[Real, list[tuple[int, Setting]]]:
    """What needs no measurement (k,), times the scale, and each setting with the number of its observable."""
    found = [settings(one) for one in model._given]
    constants = model._scale * np.array([constant for constant, _ in found])
    return constants, [(output, one) for output, (_, parts) in enumerate(found) for one in parts]


class Measurement:
    """The settings of all observables of a model."""

    def __init__(self, model: Simulator) -> None:
        constants, every = all_settings(model)
        self._scale = model._scale
        self._two = Instrument(model, [one for one in every if one[1].change is None], constants)
        self._more = [
            (output, one, Distribution(model, one.change)) for output, one in every if one.change is not None
        ]

    def predict(
        self, sets: Theta, samples: Samples, shots: int, seed: int = 0, chunk: int = 0
    ) -> tuple[Real, Real]:
        """Measured predictions and estimates of their variances (s, m, k); for 0 shots exact ones, variances of one shot."""
        means, variances = self._two.predict(sets, samples, shots, seed, chunk)
        for part, (output, setting, distribution) in enumerate(self._more):
            chances = outcome_chances(distribution, setting, sets.values.reshape(sets.sets, -1), samples)
            found = moments(chances, self._scale * setting.outcomes, shots, stream(seed, SUMS, part))
            means[..., output] += found[0]
            variances[..., output] += found[1]
        return means, variances


def outcome_chances(distribution: Distribution, setting: Setting, sets: Real, samples: Samples) -> Real:
    """How often the outcomes of a setting come, (s, m, D), at parameters (s, ...)."""
    chances = np.empty((len(sets), len(samples), len(setting.outcomes)))
    for those, at, of_bits in distribution.blocks(sets, samples):
        chances[those, at] = np.add.reduceat(of_bits[..., setting.order], setting.starts, axis=-1)
    return chances


def moments(chances: Real, outcomes: Real, shots: int, generator: np.random.Generator) -> tuple[Real, Real]:
    """The mean of so many shots and the unbiased estimate of its variance, NaN for one; for 0 shots the exact mean, and the
    variance of one shot."""
    if shots:
        chances = generator.multinomial(shots, chances) / shots
    mean = chances @ outcomes
    spread = np.maximum(chances @ outcomes**2 - mean**2, 0)
    if shots:
        spread = spread / (shots - 1) if shots > 1 else np.full_like(spread, np.nan)
    return mean, spread

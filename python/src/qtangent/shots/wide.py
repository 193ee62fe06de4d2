"""Derivatives of sums over more qubits than a list of expectations tells apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._native.arrays import Real
from .._native.errors import Interrupted, InvalidArgumentError
from .._native.inputs import Theta
from ..samples import Samples
from .counts import ESTIMATORS
from .distributions import Distribution
from .instrument import Instrument
from .measurement import SIDES, moments, outcome_chances, stream
from .occurrences import Rules
from .settings import Setting
from .simulator import Simulator


class Derivatives:
    """Measured Jacobians: of most settings from expectations, of others from the distributions of bits at both sides of
    every rotation, which are drawn by NumPy.

    Args:
        wide: the others.
        instrument: of most.
    """

    def __init__(
        self, model: Simulator, wide: Sequence[tuple[int, Setting]], rules: Rules, instrument: Instrument
    ) -> None:
        self._scale, self._rules, self._instrument = model._scale, rules, instrument
        shifted = model._like(rules.circuit, model._given, model._scale) if wide else model
        self._wide = [
            (output, one, Distribution(shifted, one.change)) for output, one in wide if one.change is not None
        ]

    def jacobian(
        self, sets: Theta, samples: Samples, shots: int, seed: int, estimator: int, step: int = 0
    ) -> tuple[Real, Real]:
        """As `Instrument.jacobian`."""
        if self._wide and ESTIMATORS[estimator] == "bound":
            raise InvalidArgumentError(
                "the bound is for observables of which two values can come out, such as one Pauli string; use the "
                "parameter-shift rule"
            )
        means, variances = self._instrument.jacobian(sets, samples, shots, seed, estimator, step)
        try:
            for part in range(len(self._wide)):
                self._add(part, (means, variances), sets, samples, shots, seed, step)
        except KeyboardInterrupt:
            raise Interrupted("the measurement was interrupted") from None
        return means, variances

    def _add(
        self,
        part: int,
        target: tuple[Real, Real],
        sets: Theta,
        samples: Samples,
        shots: int,
        seed: int,
        step: int,
    ) -> None:
        """What one setting adds to means and variances."""
        output, setting, distribution = self._wide[part]
        outcomes = self._scale * setting.outcomes
        for rotation, frequency in enumerate(self._rules.frequencies):
            sides = [
                outcome_chances(distribution, setting, self._moved(sets, rotation, sign), samples)
                for sign in (1.0, -1.0)
            ]
            for entry in np.flatnonzero(self._rules.rotation == rotation):
                weight = 0.5 * frequency * self._slope(int(entry), samples)
                at = (..., output, self._rules.parameter[entry])
                for is_minus, chances in enumerate(sides):
                    place = 2 * (part * len(self._rules.rotation) + int(entry)) + is_minus
                    mean, variance = moments(chances, outcomes, shots, stream(seed, SIDES, place, step))
                    target[0][at] += -weight * mean if is_minus else weight * mean
                    target[1][at] += weight**2 * variance

    def _moved(self, sets: Theta, rotation: int, sign: float) -> Real:
        """Parameters (s, p + q) with one rotation moved."""
        values = sets.values.reshape(sets.sets, -1)
        moved = np.zeros((sets.sets, len(self._rules.frequencies)))
        moved[:, rotation] = sign * 0.5 * np.pi / self._rules.frequencies[rotation]
        return np.concatenate([values, moved], axis=1)

    def _slope(self, entry: int, samples: Samples) -> Real:
        """The derivative of the angle for the parameter, (m,)."""
        feature, factor = self._rules.feature[entry], self._rules.factor[entry]
        if feature < 0:
            return np.full(len(samples), factor)
        assert samples.X is not None
        return np.asarray(factor * samples.X[:, feature])

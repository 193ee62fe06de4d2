"""Jacobians measured by parameter-shift rules."""

from __future__ import annotations

import numpy as np

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..samples import Samples
from .measurement import Measurement, Outcomes
from .occurrences import rules
from .simulator import Simulator

ESTIMATORS = ("parameter_shift", "exact", "bound")


def check_estimator(estimator: str) -> None:
    if estimator not in ESTIMATORS:
        raise InvalidArgumentError(
            f"estimator is {estimator!r}; it must be one of {', '.join(map(repr, ESTIMATORS))}"
        )


class Derivatives:
    """What the parameter-shift rules of a model measure: predictions with one angle moved to either side."""

    def __init__(self, model: Simulator) -> None:
        self._rules = rules(model._circuit, model._given)
        self._n_params, self._k = model._n_params, model._n_outputs
        self._shifted = model._like(self._rules.circuit, model._given, model._scale)
        self._measurement = Measurement(self._shifted)

    def draw(
        self, sets: Real, samples: Samples, estimator: str, shots: int, seed: int, purpose: int
    ) -> tuple[Real, Real]:
        """Jacobians (s, m, k, p) of so many shots a setting, sign and entry of a parameter, which are all measured apart,
        and unbiased estimates of their variances, NaN for one shot."""
        shape = (len(sets), len(self._rules.parameter), 2, len(samples))
        outcomes = self._outcomes(sets, samples, estimator)
        means, variances = self._measurement.draw(outcomes, shots, seed, purpose, shape)
        weights = self._weights(samples)
        return (
            self._by_parameter(weights * (means[:, :, 0] - means[:, :, 1])),
            self._by_parameter(weights**2 * variances.sum(axis=2)),
        )

    def variance(self, sets: Real, samples: Samples, estimator: str) -> Real:
        """The exact variances for one shot, (s, m, k, p)."""
        shape = (len(sets), len(self._rules.parameter), 2, len(samples))
        found = self._measurement.variance(self._outcomes(sets, samples, estimator), shape)
        return self._by_parameter(self._weights(samples) ** 2 * found.sum(axis=2))

    def _weights(self, samples: Samples) -> Real:
        """What differences of shifted predictions (s, t, m, k) are multiplied by, (t, m, 1)."""
        found = self._rules
        weights = 0.5 * (found.factor * found.frequencies[found.rotation])[:, None] * np.ones(len(samples))
        has = found.feature >= 0
        if has.any():
            X = samples.X
            assert X is not None
            weights[has] *= X[:, found.feature[has]].T
        return weights[:, :, None]

    def _by_parameter(self, entries: Real) -> Real:
        """Entries (s, t, m, k) added up, (s, m, k, p)."""
        result = np.zeros((self._n_params, len(entries), *entries.shape[2:]))
        np.add.at(result, self._rules.parameter, np.moveaxis(entries, 1, 0))
        return np.ascontiguousarray(np.moveaxis(result, 0, -1))

    def _outcomes(self, sets: Real, samples: Samples, estimator: str) -> list[Outcomes]:
        """Of all entries, with chances (s, t, 2, m, D)."""
        q, shape = len(self._rules.frequencies), (len(sets), -1, 2, len(samples))
        if q == 0:
            return []
        if estimator == "bound":
            found = self._bounds(sets, samples)
        else:
            moved = np.zeros((len(sets), q, 2, self._n_params + q))
            moved[..., : self._n_params] = sets[:, None, None]
            shift = np.pi / (2 * self._rules.frequencies)
            moved[:, range(q), 0, range(self._n_params, self._n_params + q)] = shift
            moved[:, range(q), 1, range(self._n_params, self._n_params + q)] = -shift
            found = self._measurement.outcomes(moved.reshape(-1, self._n_params + q), samples)
        return [
            one._replace(chances=one.chances.reshape(*shape, one.chances.shape[-1])[:, self._rules.rotation])
            for one in found
        ]

    def _bounds(self, sets: Real, samples: Samples) -> list[Outcomes]:
        """As if the predictions at both shifts lay around the middle of what can come out, where shots say least."""
        if not self._measurement.is_two_valued:
            raise InvalidArgumentError(
                "estimator='bound' is for observables of which two values can come out, such as one Pauli string; use "
                "'parameter_shift'"
            )
        q = len(self._rules.frequencies)
        here = np.concatenate([sets, np.zeros((len(sets), q))], axis=1)
        jacobian = self._shifted.jacobian(here, samples)[..., self._n_params :] / self._rules.frequencies
        both = np.moveaxis(np.stack([jacobian, -jacobian]), (0, -1), (2, 1))
        return self._measurement.two_valued(both, around_middle=True)

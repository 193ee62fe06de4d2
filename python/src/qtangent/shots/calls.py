"""What a model says of finite numbers of shots."""

from __future__ import annotations

from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _native
from .._native.arrays import Real
from .._native.inputs import Theta
from ..circuits import Circuit
from ..samples import Samples, samples_for
from .distributions import Distribution
from .measurement import BITS, PREDICTIONS, Measurement, shot_count, stream
from .simulator import Simulator


class MeasuredModel:
    """The methods of a model that tell variances and draw bits; docs/noise.md, "Shots"."""

    @cached_property
    def _measurement(self) -> Measurement:
        return Measurement(cast(Simulator, self))

    @cached_property
    def _detectors(self) -> Distribution:
        model = cast(Simulator, self)
        return Distribution(model, Circuit(model._n_qubits))

    def prediction_variance(
        self,
        theta: ArrayLike,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        shots: int = 1,
    ) -> Real:
        """The exact variances of what `predict` gives with shots: V/N, V the sum over settings of the variance of one shot;
        scale^2 (<O^2> - <O>^2) for one setting. Derived in docs/maths.md, "Shots".

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
            shots: N, of each setting of each observable.

        Returns:
            (m,), or (m, k) for a list of k observables; s parameter sets put s in front.

        Raises:
            InvalidArgumentError: for shapes that do not fit, entries that are not finite, and shots below 1.
            OutOfMemoryError: before anything is allocated.
        """
        model, count = cast(Simulator, self), shot_count(shots)
        sets, samples = Theta(theta, model._n_params), samples_for(model, X, states)
        shape = (sets.sets, len(samples))
        found = self._measurement.outcomes(sets.values.reshape(sets.sets, -1), samples)
        variances = self._measurement.variance(found, shape) / count
        return variances.reshape(*sets.axis, len(samples), *model._outputs)

    def sample(
        self,
        theta: ArrayLike,
        X: ArrayLike | Samples | None = None,
        shots: int = 1,
        seed: int = 0,
        states: ArrayLike | None = None,
    ) -> NDArray[np.uint8]:
        """Bits that detectors behind the circuit give, all qubits measured in the computational basis, whatever the
        observables; misread as often as the noise says.

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            shots: how many bit strings a sample.
            seed: 0 to 2^64 - 1; the same seed gives the same bits, whatever the number of threads.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.

        Returns:
            uint8 (m, shots, n) of 0 and 1, qubit 0 first; s parameter sets put s in front.

        Raises:
            InvalidArgumentError: for shapes that do not fit, entries that are not finite, and shots below 1.
            OutOfMemoryError: where the states or the bits do not fit.
        """
        model, count = cast(Simulator, self), shot_count(shots)
        sets, samples = Theta(theta, model._n_params), samples_for(model, X, states)
        n = model._n_qubits
        shape = (sets.sets, len(samples), count, n)
        bits = _native.result("the bits", shape, 1, "samples", np.uint8)
        places = np.arange(n - 1, -1, -1)
        generator = stream(seed, BITS, 0)
        for s, at, chances in self._detectors.blocks(sets.values.reshape(sets.sets, -1), samples):
            for j, cumulative in zip(range(at.start, at.stop), chances.cumsum(axis=1), strict=True):
                # The last state with a chance is found for 1 - eps too, though sums round.
                drawn = np.searchsorted(cumulative / cumulative[-1], generator.random(count), side="right")
                bits[s, j] = (drawn[:, None] >> places) & 1
        return bits[0] if sets.single else bits

    def _measured_predictions(
        self, theta: ArrayLike, samples: Samples, chunk: int | None, shots: int, seed: int
    ) -> Real:
        """Predictions of so many shots a setting."""
        model, count = cast(Simulator, self), shot_count(shots)
        sets = Theta(theta, model._n_params)
        found = self._measurement.outcomes(sets.values.reshape(sets.sets, -1), samples, chunk)
        means, _ = self._measurement.draw(found, count, seed, PREDICTIONS, (sets.sets, len(samples)))
        return means.reshape(*sets.axis, len(samples), *model._outputs)

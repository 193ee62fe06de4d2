"""What a model says of finite numbers of shots."""

from __future__ import annotations

from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _native
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .._native.inputs import Theta
from ..circuits import Circuit
from ..model_calls import TRAJECTORIES
from ..samples import Samples, samples_for
from ..shots.counts import ESTIMATORS, check_estimator, shot_count
from ..shots.distributions import Distribution
from ..shots.instrument import Instrument
from ..shots.measurement import BITS, Measurement, all_settings, stream
from ..shots.occurrences import Rules, rules
from ..shots.probes import is_wide
from ..shots.simulator import Simulator
from ..shots.wide import Derivatives

# The shots of a kernel's columns are others than those of its rows, as those of another step.
_COLUMNS = 1


class MeasuredModel:
    """The methods of a model that tell variances and draw bits; docs/noise.md, "Shots"."""

    @cached_property
    def _measurement(self) -> Measurement:
        return Measurement(cast(Simulator, self))

    @cached_property
    def _derivatives(self) -> Instrument:
        model = cast(Simulator, self)
        constants, every = all_settings(model)
        return Instrument(model, every, constants, self._rules)

    @cached_property
    def _sides(self) -> Derivatives:
        model = cast(Simulator, self)
        constants, every = all_settings(model)
        wide = [one for one in every if is_wide(one[1])]
        if not wide:
            return Derivatives(model, [], self._rules, self._derivatives)
        rest = [one for one in every if not is_wide(one[1])]
        return Derivatives(model, wide, self._rules, Instrument(model, rest, constants, self._rules))

    @cached_property
    def _rules(self) -> Rules:
        return rules(cast(Simulator, self)._circuit)

    @cached_property
    def _predictions(self) -> Instrument:
        """Of all settings, without rules of derivatives, which not all circuits have."""
        model = cast(Simulator, self)
        constants, every = all_settings(model)
        return Instrument(model, every, constants)

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
        variances = self._measurement.predict(sets, samples, 0)[1] / count
        return variances.reshape(*sets.axis, len(samples), *model._outputs)

    def jacobian_variance(
        self,
        theta: ArrayLike,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        shots: int = 1,
        estimator: str = "parameter_shift",
    ) -> Real:
        """The exact variances of what `jacobian` gives with shots: the sum over the entries of a parameter of
        c^2 w^2 (V+ + V-)/(4 N), c = d angle/d theta, w the frequency of predictions along it, V+- the variances of one
        shot at angles moved by +-pi/(2w). Derived in docs/maths.md, "Shots".

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
            shots: N, of each setting of each observable, entry of a parameter and sign of the shift.
            estimator: "parameter_shift", or "bound", as in `jacobian`.

        Returns:
            (m, p), or (m, k, p) for a list of k observables; s parameter sets put s in front.

        Raises:
            InvalidArgumentError: for shapes that do not fit, entries that are not finite, shots below 1, and as `jacobian`
                with shots.
            OutOfMemoryError: before anything is allocated.
        """
        model, count = cast(Simulator, self), shot_count(shots)
        check_estimator(estimator)
        if estimator == "exact":
            raise InvalidArgumentError(
                "derivatives with estimator='exact' have no variance; use 'parameter_shift'"
            )
        sets, samples = Theta(theta, model._n_params), samples_for(model, X, states)
        found = self._sides.jacobian(sets, samples, 0, 0, ESTIMATORS.index(estimator))[1] / count
        return found.reshape(*sets.axis, len(samples), *model._outputs, model._n_params)

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
        if model._method == TRAJECTORIES:
            raise InvalidArgumentError(
                "the model's method is 'trajectories', of which there are no bits; make it with method='density' to sample"
            )
        sets, samples = Theta(theta, model._n_params), samples_for(model, X, states)
        n = model._n_qubits
        shape = (sets.sets, len(samples), count, n)
        bits = _native.result("the bits", shape, 1, "samples", np.uint8)
        places = np.arange(n - 1, -1, -1)
        generator = stream(seed, BITS, 0)
        for those, at, chances in self._detectors.blocks(sets.values.reshape(sets.sets, -1), samples):
            block = bits[those, at]
            for place in np.ndindex(chances.shape[:2]):
                # A sum that rounding leaves below 1 misses no number.
                cumulative = chances[place].cumsum()
                drawn = np.searchsorted(cumulative / cumulative[-1], generator.random(count), side="right")
                block[place] = (drawn[:, None] >> places) & 1
        return bits[0] if sets.single else bits

    def _measured_predictions(
        self, theta: ArrayLike, samples: Samples, chunk: int, shots: int, seed: int
    ) -> Real:
        """Predictions of so many shots a setting."""
        model, count = cast(Simulator, self), shot_count(shots)
        sets = Theta(theta, model._n_params)
        means, _ = self._measurement.predict(sets, samples, count, seed, chunk)
        return means.reshape(*sets.axis, len(samples), *model._outputs)

    def _measured_jacobian(
        self, theta: ArrayLike, samples: Samples, shots: int, seed: int, estimator: str
    ) -> Real:
        """Jacobians of so many shots a setting, sign and entry of a parameter."""
        model, count = cast(Simulator, self), shot_count(shots)
        sets = Theta(theta, model._n_params)
        found, _ = self._sides.jacobian(sets, samples, count, seed, ESTIMATORS.index(estimator))
        return found.reshape(*sets.axis, len(samples), *model._outputs, model._n_params)

    def _measured_kernel(
        self,
        theta: ArrayLike,
        rows: Samples,
        columns: Samples | None,
        full: bool,
        shots: int,
        seed: int,
        debias: bool,
    ) -> Real:
        """Tangent kernels of measured Jacobians, without the mean of their noise if wanted."""
        model, count = cast(Simulator, self), shot_count(shots, least=2 if debias and columns is None else 1)
        sets = Theta(theta, model._n_params)
        jacobian, noise = self._sides.jacobian(sets, rows, count, seed, 0)
        other = jacobian
        if columns is not None:
            other, _ = self._sides.jacobian(sets, columns, count, seed, 0, _COLUMNS)
        by_outputs = full and bool(model._outputs)
        kernel: Real = np.einsum(
            "sjap,sibp->sjaib" if by_outputs else "sjap,siap->sji", jacobian, other, optimize=True
        )
        if debias and columns is None:
            size = len(rows) * (model._n_outputs if by_outputs else 1)
            diagonal = np.einsum("skk->sk", kernel.reshape(sets.sets, size, size))
            diagonal -= noise.sum(axis=3 if by_outputs else (2, 3)).reshape(sets.sets, size)
        return sets.squeeze(kernel)

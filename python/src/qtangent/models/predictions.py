"""What a model predicts, and the first derivatives of that."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _signatures as c
from .. import model_calls
from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .._native.inputs import Theta, Weights
from ..model_calls import TRAJECTORIES
from ..samples import Samples, samples_for
from ..shots.counts import check_estimator, shot_count
from .estimated import EstimatedModel
from .measured import MeasuredModel


class Predictions(MeasuredModel, EstimatedModel):
    """Predictions and their Jacobians: exact, measured or estimated."""

    def predict(
        self,
        theta: ArrayLike,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        chunk: int | None = None,
        *,
        shots: int | None = None,
        trajectories: int | None = None,
        seed: int = 0,
    ) -> Real:
        """Predictions yhat_ja = scale * tr(O_a U(theta, x_j) rho_j U^dagger).

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
            chunk: samples at a time, so that the rest needs no memory; all at once unless given.
            shots: measures instead, each setting of each observable so often (docs/noise.md, "Shots").
            trajectories: T of a model with method="trajectories", whose mean this is; `estimate` tells its standard error.
            seed: of what is drawn, 0 to 2^64 - 1; the same seed gives the same draws, whatever the threads and the chunk.

        Returns:
            (m,), or (m, k) for a list of k observables; s parameter sets put s in front. In units of the observable
            times the scale.

        Raises:
            InvalidArgumentError: for shapes that do not fit or entries that are not finite, and for shots below 1.
            OutOfMemoryError: before anything is allocated; the text says how many samples at a time fit.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        if self._method == TRAJECTORIES or trajectories is not None:
            count = self._count(trajectories, shots)
            return self._estimated(theta, samples_for(self, X, states), False, count, seed).mean
        if shots is not None:
            return self._measured_predictions(theta, samples_for(self, X, states), _chunk(chunk), shots, seed)
        sets, samples = Theta(theta, self._n_params), samples_for(self, X, states)
        cost = model_calls.admit(self, c.QTG_TASK_PREDICT, sets, samples)
        out = np.empty((*sets.axis, len(samples), *self._outputs))
        model_calls.run(self, cost, "qtg_model_predict", sets, samples, _chunk(chunk), then=(out,))
        return out

    def jacobian(
        self,
        theta: ArrayLike,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        chunk: int | None = None,
        wrt: str = "theta",
        *,
        shots: int | None = None,
        trajectories: int | None = None,
        seed: int = 0,
        estimator: str = "parameter_shift",
    ) -> Real:
        """The derivatives of every prediction, by the adjoint method (docs/maths.md): one sweep back a sample and
        observable, whatever the number of parameters and features.

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n).
            chunk: samples at a time; all at once unless given.
            wrt: "theta" for d yhat_j / d theta_l, "X" for d yhat_j / d x_jf with respect to the sample's own features.
            shots: measures instead, so often each setting of each observable at each sign of each entry of a parameter.
            trajectories: T of a model with method="trajectories", whose mean this is; `estimate` tells its standard error.
            seed: of what is drawn, 0 to 2^64 - 1; shots are others than those of `predict` with the same seed, trajectories
                are the same.
            estimator: "parameter_shift" measures angles moved to both sides (docs/noise.md, "Shots"); "bound" does so as
                if the mean of both were the middle of what can come out, which is fast and noisier; "exact" gives exact
                derivatives, for studies of noise in predictions alone.

        Returns:
            (m, p), or (m, f) for wrt="X"; (m, k, p) or (m, k, f) for a list of k observables. s parameter sets put
            s in front.

        Raises:
            InvalidArgumentError: for shapes that do not fit or entries that are not finite; for wrt="X" where the
                circuit has no features; with shots for shots below 1, for wrt="X", for generators that no rule of two
                shifts fits, and for "bound" where observables have more than two outcomes.
            OutOfMemoryError: before anything is allocated; the text says how many samples at a time fit.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        of_features, samples = self._of_features(wrt), samples_for(self, X, states)
        check_estimator(estimator)
        if self._method == TRAJECTORIES or trajectories is not None:
            count = self._count(trajectories, shots)
            if of_features:
                raise InvalidArgumentError(
                    "trajectories are differentiated for theta; take method='density' for wrt='X'"
                )
            return self._estimated(theta, samples, True, count, seed).mean
        if shots is not None and of_features:
            raise InvalidArgumentError("shots measure derivatives for theta; leave shots out for wrt='X'")
        if shots is not None and shot_count(shots) and estimator != "exact":
            return self._measured_jacobian(theta, samples, shots, seed, estimator)
        return self._jacobian(theta, samples, chunk, of_features)[1]

    def _predictions_and_jacobian(self, theta: ArrayLike, states: ArrayLike | None) -> tuple[Real, Real]:
        """Both by one sweep there and back."""
        predictions, jacobian = self._jacobian(theta, samples_for(self, None, states), None, False, True)
        assert predictions is not None
        return predictions, jacobian

    def _jacobian(
        self,
        theta: ArrayLike,
        samples: Samples,
        chunk: int | None,
        of_features: bool,
        wants_predictions: bool = False,
    ) -> tuple[Real | None, Real]:
        sets = Theta(theta, self._n_params)
        cost = model_calls.admit(
            self, c.QTG_TASK_FEATURE_JACOBIAN if of_features else c.QTG_TASK_JACOBIAN, sets, samples
        )
        name = "qtg_model_feature_jacobian" if of_features else "qtg_model_jacobian"
        width = self._n_features if of_features else self._n_params
        shape = (*sets.axis, len(samples), *self._outputs)
        predictions = np.empty(shape) if wants_predictions else None
        out = np.empty((*shape, width))
        model_calls.run(self, cost, name, sets, samples, _chunk(chunk), then=(predictions, out))
        return predictions, out

    def vjp(
        self,
        theta: ArrayLike,
        weights: ArrayLike,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
    ) -> tuple[Real, Real | None]:
        """The gradients of sum_ja weights_ja yhat_ja with respect to theta and to X: the product of weights with both
        Jacobians, by one sweep back a sample (adjoint method, docs/maths.md) and without forming them.

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            weights: (m, k) for a list of k observables, (m,) or (m, 1) for one; for s parameter sets the same for
                all, or (s, m, k), for one observable (s, m) too.
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n).

        Returns:
            The gradient with respect to theta, (p,) or (s, p), and the one with respect to X, (m, f) or (s, m, f), a
            row a sample; None in its place if the circuit has no features.

        Raises:
            InvalidArgumentError: for shapes that do not fit, or entries that are not finite.
            OutOfMemoryError: before anything is allocated; the text says how many samples at a time fit.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        sets, samples = Theta(theta, self._n_params), samples_for(self, X, states)
        factors = Weights(self, weights, sets, len(samples)).values
        cost = model_calls.admit(
            self, c.QTG_TASK_VJP if self._n_features else c.QTG_TASK_GRADIENT, sets, samples
        )
        gradient = np.empty((*sets.axis, self._n_params))
        features = np.empty((*sets.axis, len(samples), self._n_features)) if self._n_features else None
        model_calls.run(self, cost, "qtg_model_vjp", sets, samples, factors, then=(gradient, features))
        return gradient, features


def _chunk(chunk: int | None) -> int:
    if chunk is None:
        return 0
    value = _arrays.integer("chunk", chunk)
    if value < 1:
        raise InvalidArgumentError(f"chunk is {value}; it must be at least 1")
    return value

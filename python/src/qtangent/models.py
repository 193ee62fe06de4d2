"""A model: a circuit, what is measured after it, and the factor in front."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import _native, model_calls
from . import _signatures as c
from ._native import arrays as _arrays
from ._native.arrays import Real
from ._native.errors import InvalidArgumentError, NumericalError
from ._native.inputs import Theta, Weights
from .circuits import Circuit
from .habits.positional import named_after
from .model_calls import Cost
from .model_kernels import Kernels
from .noise import Contraction, NoiseModel
from .noise.contraction import contraction_of, without_channels
from .observables import Observable
from .samples import Samples, labelled, samples_for
from .shots.counts import check_estimator, shot_count
from .trajectories.calls import METHOD
from .views.cards import card

# How many observables a notebook shows.
_SHOWN = 6
_PRECISIONS = {"double": c.QTG_PRECISION_DOUBLE, "single": c.QTG_PRECISION_SINGLE}
_METHODS = {
    "auto": c.QTG_SIMULATION_AUTO, "pure": c.QTG_SIMULATION_AUTO, "density": c.QTG_SIMULATION_DENSITY,
    METHOD: c.QTG_SIMULATION_TRAJECTORIES,
}  # fmt: skip


class Model(Kernels):
    """yhat = scale * tr(O U(theta, x) rho U^dagger), for one observable or a list of k; with channels in the circuit
    scale * tr(O E(rho)).

    `theta` is (p,), or (s, p) for s parameter sets at once, which puts s first in every result. Samples come as
    features `X` (m, f), input states `states` (m, 2^n) or (m, 2^n, 2^n), or both, or as `qt.Samples` in X's place;
    without either there is one sample, |0...0>. With one observable (not in a list) results have no axis of outputs.

    Every call raises InvalidArgumentError for shapes that do not fit, OutOfMemoryError before anything is
    allocated, NumericalError where a result overflows, and Interrupted after Ctrl-C.

    Args:
        circuit: copied; later changes to it do not reach the model.
        observable: an observable, or a list of them on as many qubits.
        scale: factor of every prediction.
        precision: in which numbers the circuit is simulated; parameters, data and results are float64 in either.
            "single" takes eight samples at a time where "double" takes four, on x86-64-v4 eight: up to 1.9 times the
            speed, there 1.6, with an error of about a millionth (docs/reliability.md). Fisher information, second
            derivatives, large states and density matrices stay in double precision.
        noise: what `qt.NoiseModel` puts into the circuit and into the observables; the model's own circuit and
            observables have it already.
        method: "auto" simulates density matrices where the observables depend on channels, state vectors elsewhere;
            "pure" refuses channels; "density" simulates density matrices in any case (docs/noise.md). Of a circuit with
            channels there are predictions, Jacobians, tangent kernels, losses and trainings. "trajectories" estimates
            predictions, Jacobians and tangent kernels from random state vectors, on more qubits than density matrices have,
            where a call says how many (`estimate`).
    """

    def __init__(
        self,
        circuit: Circuit,
        observable: Observable | Sequence[Observable],
        scale: float = 1.0,
        precision: str = "double",
        noise: NoiseModel | None = None,
        method: str = "auto",
    ) -> None:
        if not _arrays.among(precision, _PRECISIONS):
            raise InvalidArgumentError(f"precision is {precision!r}; 'double' or 'single' is expected")
        if not _arrays.among(method, _METHODS):
            raise InvalidArgumentError(
                f"method is {method!r}; 'auto', 'pure', 'density' or 'trajectories' is expected"
            )
        if not isinstance(circuit, Circuit):
            raise InvalidArgumentError(f"circuit is {circuit!r}; a qt.Circuit is expected")
        self._single = isinstance(observable, Observable)
        observables: list[Observable] = []
        for given in observable if isinstance(observable, (list, tuple)) else [observable]:
            if not isinstance(given, Observable):
                raise InvalidArgumentError(
                    f"{given!r} is not an observable; use qt.pauli, qt.hermitian or qt.projector"
                )
            observables.append(given)
        given_observables = list(observables)
        if noise is not None:
            if not isinstance(noise, NoiseModel):
                raise InvalidArgumentError(f"noise is {noise!r}; a qt.NoiseModel is expected")
            circuit, observables = noise.apply(circuit), [noise.measured(one) for one in observables]
        if method == "pure" and (first := circuit._first_channel()) is not None:
            raise InvalidArgumentError(
                f"the circuit has the channel {first[1].name}, which method='pure' does not simulate; use 'auto'"
            )
        self._noise, self._method, self._samplers = noise, method, {}
        self._circuit, self._observables = circuit.copy(), observables
        # What detectors are set to, which errors of theirs do not change.
        self._given = given_observables
        self._scale = _arrays.number("scale", scale)
        handles = np.array([given._handle for given in observables], dtype=np.int64)
        self._handle = _native.create(
            "qtg_model_create_by_method",
            circuit._handle,
            _arrays.pointer(handles),
            len(handles),
            self._scale,
            _PRECISIONS[precision],
            _METHODS[method],
        )
        self._precision = precision
        # What every call needs to know; asking the native library costs as much as a small call.
        self._n_qubits, self._n_params = self._circuit.n_qubits, self._circuit.n_params
        self._n_features = self._circuit.n_features
        self._n_outputs = len(observables)
        self._outputs = () if self._single else (len(observables),)
        self._costs = functools.lru_cache(64)(functools.partial(Cost, self._handle))

    @property
    def circuit(self) -> Circuit:
        """A copy of the circuit that is simulated: the one that was given, with the channels of the noise."""
        return self._circuit.copy()

    @property
    def observable(self) -> Observable | list[Observable]:
        """The observable, or the list of them, as it was given, with the readout errors of the noise."""
        return self._observables[0] if self._single else list(self._observables)

    @property
    def scale(self) -> float:
        """The factor of every prediction."""
        return self._scale

    @property
    def precision(self) -> str:
        """ "double" or "single"."""
        return self._precision

    @property
    def noise(self) -> NoiseModel | None:
        """The noise that was given; circuit and observables have it already."""
        return self._noise

    @property
    def method(self) -> str:
        """ "auto", "pure", "density" or "trajectories", as it was given."""
        return self._method

    @functools.cached_property
    def contraction(self) -> Contraction:
        """By how much the channels contract the range of the measurement, and after how many layers labels 1 and -1 are
        out of reach; see `qtangent.noise.Contraction`."""
        return contraction_of(self._circuit, self._observables, self._scale)

    def _without_channels(self) -> Model:
        """The model without its channels; readout errors stay in its observables."""
        return Model(without_channels(self._circuit), self.observable, self._scale, self._precision)

    @property
    def n_params(self) -> int:
        """Number of parameters p."""
        return self._n_params

    @property
    def z_sum(self) -> float:
        """Zsum = sum_l Z_l over the parameterised occurrences, Z_l = (tr G_l^2 - (tr G_l)^2/d)/(d^2 - 1) with the
        square of each angle's factor.

        Raises:
            InvalidArgumentError: where an angle is param*feature, since Zsum then depends on the data.
        """
        result = ctypes.c_double()
        _native.call("qtg_model_z_sum", self._handle, ctypes.byref(result))
        return result.value

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
        if self._method == METHOD or trajectories is not None:
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
        if self._method == METHOD or trajectories is not None:
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

    @named_after("y", before=2)
    def loss(
        self,
        theta: ArrayLike,
        y: ArrayLike,
        *,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        loss: str = "mse",
        sample_weight: ArrayLike | None = None,
    ) -> Any:
        """The loss at theta.

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            y: targets (m,), or (m, k) for a list of k observables; integer labels (m,) for loss="cross_entropy".
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
            loss: "mse", 1/(2m) sum_j sum_a (yhat_ja - y_ja)^2, or "cross_entropy", the mean of
                -log softmax(yhat_j)[y_j] over k outputs.
            sample_weight: (m,), at least 0: the loss is the mean weighted by them.

        Returns:
            A float, or (s,) for s parameter sets.

        Raises:
            InvalidArgumentError: for shapes that do not fit or entries that are not finite.
            OutOfMemoryError: before anything is allocated; the text says how many samples at a time fit.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        value, _ = self._loss(theta, y, X, states, loss, sample_weight, wants_gradient=False)
        return value

    @named_after("y", before=2)
    def loss_and_gradient(
        self,
        theta: ArrayLike,
        y: ArrayLike,
        *,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        loss: str = "mse",
        sample_weight: ArrayLike | None = None,
    ) -> tuple[Any, Real]:
        """The loss at theta and its gradient, by one sweep back a sample (adjoint method, docs/maths.md).

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            y: targets (m,), or (m, k) for a list of k observables; integer labels (m,) for loss="cross_entropy".
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
            loss: "mse", 1/(2m) sum_j sum_a (yhat_ja - y_ja)^2, or "cross_entropy", the mean of
                -log softmax(yhat_j)[y_j] over k outputs.
            sample_weight: (m,), at least 0: the loss is the mean weighted by them.

        Returns:
            The loss, a float or (s,), and the gradient with respect to theta, (p,) or (s, p).

        Raises:
            InvalidArgumentError: for shapes that do not fit or entries that are not finite.
            OutOfMemoryError: before anything is allocated; the text says how many samples at a time fit.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        value, gradient = self._loss(theta, y, X, states, loss, sample_weight, wants_gradient=True)
        assert gradient is not None
        return value, gradient

    def _loss(
        self,
        theta: ArrayLike,
        y: ArrayLike,
        X: ArrayLike | Samples | None,
        states: ArrayLike | None,
        loss: str,
        sample_weight: ArrayLike | None,
        wants_gradient: bool,
    ) -> tuple[Any, Real | None]:
        sets = Theta(theta, self._n_params)
        samples, targets = labelled(self, y, X, states, loss, sample_weight)
        cost = model_calls.admit(self, c.QTG_TASK_GRADIENT, sets, samples)
        value = np.empty(sets.axis)
        gradient = np.empty((*sets.axis, self._n_params)) if wants_gradient else None
        try:
            model_calls.run(
                self,
                cost,
                "qtg_model_loss_gradient",
                sets,
                samples,
                targets.reference,
                then=(value, gradient),
            )
        except InvalidArgumentError:
            targets.name_infinite()
            raise
        except NumericalError:
            targets.expect_squares()
            raise
        return float(value) if sets.single else value, gradient

    def _like(
        self, circuit: Circuit, observables: Sequence[Observable], scale: float, method: str | None = None
    ) -> Model:
        """A model of a circuit that has the noise already, and of a list of observables that is yet to be misread."""
        measured = [self._noise.measured(one) if self._noise else one for one in observables]
        other = Model(circuit, measured, scale, self._precision, method=method or self._method)
        other._noise, other._given = self._noise, list(observables)
        return other

    def __getstate__(self) -> tuple[Any, ...]:
        given = self._circuit, self.observable, self._scale, self._precision
        return (*given, self._method, self._noise, self._given)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        # Of versions without noise there are four.
        circuit, observable, scale, precision, *rest = state
        method, noise, given = rest or ("auto", None, None)
        Model.__init__(self, circuit, observable, scale, precision, method=method)
        self._noise, self._given = noise, given or self._observables

    def _repr_html_(self) -> str:
        facts: list[tuple[str, object]] = [
            ("parameters", self._n_params),
            ("features", self._n_features),
            ("scale", f"{self._scale:g}"),
            ("precision", self._precision),
        ]
        for k, one in enumerate(self._observables[:_SHOWN]):
            facts.append(("observable" if self._single else f"observable {k}", one._described))
        if self._n_outputs > _SHOWN:
            facts.append(("...", f"{self._n_outputs - _SHOWN} more observables"))
        return card(f"Model of {self._n_qubits} qubits", facts, self._circuit._repr_html_())

    def __repr__(self) -> str:
        precision = "" if self._precision == "double" else f", {self._precision} precision"
        return (
            f"<qtangent.Model: {self._circuit!r}, {self.n_outputs} outputs, scale {self._scale:g}{precision}>"
        )


def _chunk(chunk: int | None) -> int:
    if chunk is None:
        return 0
    value = _arrays.integer("chunk", chunk)
    if value < 1:
        raise InvalidArgumentError(f"chunk is {value}; it must be at least 1")
    return value


def expect_model(value: object) -> None:
    """
    Raises:
        InvalidArgumentError: for what is no model.
    """
    if not isinstance(value, Model):
        raise InvalidArgumentError(f"model is {_arrays.shown(value):.80}; a qt.Model is expected")

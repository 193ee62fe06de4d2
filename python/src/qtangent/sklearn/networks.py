"""Quantum neural networks as classifier and regressor."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state, column_or_1d, compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError, QTangentWarning
from ..circuits import Circuit
from ..models import Model
from ..observables import Observable
from ..optimizers import Adam, Optimizer
from ..shots.counts import Shots
from ..training import train
from . import circuits

_NAMED = {"reupload": circuits.reupload, "hardware_efficient": circuits.hardware_efficient}


class QuantumNetwork(BaseEstimator):
    """What classifier and regressor share: the circuit, its training and when that ends."""

    circuit: str | Circuit
    n_qubits: int
    layers: int
    observables: Observable | Sequence[Observable] | None
    scale: float
    optimizer: Optimizer | None
    steps: int
    batch_size: int | None
    early_stopping: bool
    validation_fraction: float
    check_every: int
    patience: int
    warm_start: bool
    random_state: Any
    _loss: str

    def _fit(
        self,
        X: Real,
        y: NDArray[Any],
        observables: list[Observable],
        weights: Real | None,
        stratify: Any,
        shots: int | Shots | None = None,
    ) -> None:
        """Trains from features (n, f), targets as `qt.train` takes them, and weights (n,) of the samples."""
        random = check_random_state(self.random_state)
        model = Model(self._circuit(X.shape[1]), observables, scale=self.scale)
        theta = self._start(model, X.shape[1], random)
        watcher = None
        if arrays.flag("early_stopping", self.early_stopping):
            trained, held_out = train_test_split(
                np.arange(len(X)), test_size=self.validation_fraction, random_state=random, stratify=stratify
            )
            held_out_loss = partial(
                model.loss,
                y=y[held_out],
                X=X[held_out],
                loss=self._loss,
                sample_weight=None if weights is None else weights[held_out],
            )
            watcher = _Watcher(held_out_loss, self.check_every, self.patience)
            X, y = X[trained], y[trained]
            weights = None if weights is None else weights[trained]
        batch_size = self.batch_size
        if batch_size is not None:
            batch_size = min(arrays.integer("batch_size", batch_size), len(X))
        with warnings.catch_warnings():
            # That labels are out of reach is the rule: data have noise.
            warnings.simplefilter("ignore", QTangentWarning)
            run = train(
                model,
                y,
                X=X,
                theta=theta,
                seed=int(random.randint(2**31)),
                loss=self._loss,
                sample_weight=weights,
                optimizer=Adam(0.05) if self.optimizer is None else self.optimizer,
                steps=self.steps,
                record_every=1 if self.batch_size is None else self.check_every,
                batch_size=batch_size,
                callback=watcher,
                shots=shots,
            )
        self.model_ = model
        self.theta_ = run.theta if watcher is None else watcher.theta
        self.n_iter_ = int(run.step[-1])
        self.loss_curve_ = run.loss
        if watcher is not None:
            self.validation_curve_ = np.array(watcher.losses)

    def _weights(self, X: Real, given: ArrayLike | None) -> Real | None:
        if given is None:
            return None
        weights: Real = _check_sample_weight(given, X, dtype=np.float64, ensure_non_negative=True)
        return weights

    def _circuit(self, n_features: int) -> Circuit:
        if isinstance(self.circuit, Circuit):
            if self.circuit.n_features != n_features:
                raise InvalidArgumentError(
                    f"the circuit has {self.circuit.n_features} features, X has {n_features} columns"
                )
            return self.circuit
        if not isinstance(self.circuit, str) or self.circuit not in _NAMED:
            raise InvalidArgumentError(
                f"circuit is {self.circuit!r}; a qt.Circuit or one of {tuple(_NAMED)} is expected"
            )
        layers = arrays.integer("layers", self.layers)
        if layers < 1:
            raise InvalidArgumentError(f"layers is {layers}; it must be at least 1")
        return _NAMED[self.circuit](self._register(), layers, n_features)

    def _register(self) -> int:
        """How many qubits there are; asked before there is anything as long as they are many."""
        return (self.circuit if isinstance(self.circuit, Circuit) else Circuit(self.n_qubits)).n_qubits

    def _goes_on(self) -> bool:
        """Whether the fit begins where another ended."""
        return arrays.flag("warm_start", self.warm_start) and hasattr(self, "theta_")

    def _start(self, model: Model, n_features: int, random: np.random.RandomState) -> Real:
        if self._goes_on():
            if len(self.theta_) != model.n_params:
                raise InvalidArgumentError(
                    f"warm_start: theta_ has {len(self.theta_)} entries, the circuit has {model.n_params} parameters; "
                    "give warm_start=False after a change of the circuit"
                )
            return self.theta_
        if self.circuit == "reupload":
            return circuits.reupload_start(self.n_qubits, self.layers, n_features, random)
        return np.asarray(random.uniform(0, 2 * np.pi, model.n_params))

    def _observables(self, count: int) -> list[Observable]:
        """Those given, or as many products of Z."""
        if self.observables is None:
            return circuits.strings_of_z(self._register(), count)
        given = (
            [self.observables]
            if isinstance(self.observables, Observable)
            else arrays.several("observables", self.observables, "observables")
        )
        if len(given) != count:
            raise InvalidArgumentError(
                f"there are {len(given)} observables for {count} outputs; give one for each"
            )
        return given

    def _outputs(self, X: ArrayLike) -> Real:
        """(n, outputs)"""
        check_is_fitted(self)
        features = validate_data(self, X, reset=False, dtype=np.float64)
        return self.model_.predict(self.theta_, features)


class _Watcher:
    """Ends a training once the loss of the held-out samples no longer falls, and keeps the best parameters."""

    def __init__(self, measure: Callable[[Real], float], every: int, patience: int) -> None:
        self._measure = measure
        self._every, self._patience = (
            arrays.integer("check_every", every),
            arrays.integer("patience", patience),
        )
        if self._every < 1 or self._patience < 1:
            raise InvalidArgumentError(
                f"check_every is {every} and patience {patience}; both must be at least 1"
            )
        self.losses: list[float] = []
        self.theta: Real = np.zeros(0)

    def __call__(self, step: int, loss: float, theta: Real) -> bool:
        if step % self._every:
            return False
        self.losses.append(self._measure(theta))
        best = int(np.argmin(self.losses))
        if best == len(self.losses) - 1:
            self.theta = theta
        return len(self.losses) - 1 - best >= self._patience


class QNNClassifier(ClassifierMixin, QuantumNetwork):
    """A quantum neural network that tells classes apart: the probabilities are softmax(scale <O_k>), trained by
    cross-entropy. Put `qt.sklearn.Encoder` or a `StandardScaler` before it: features are angles.

    Args:
        circuit: "reupload", whose input weights are trained: `layers` times RY of an affine function of all features and RZ
            on each qubit, then CZ on a chain; "hardware_efficient", an angle for each feature, in turn over the qubits,
            before the ansatz; or a `qt.Circuit`, with a feature for each column of X.
        n_qubits: of a circuit by name.
        layers: of a circuit by name.
        observables: one for each class; unless given Z and -Z on the first qubit for two classes, products of Z for more.
        scale: of the observables as logits.
        optimizer: `qt.Adam(0.05)` unless given.
        steps: the most steps of a fit.
        batch_size: samples a step; all unless given.
        early_stopping: ends when the loss of held-out samples no longer falls, and keeps the best parameters.
        validation_fraction: how much of the samples is held out for that.
        check_every: after how many steps that loss is looked at, and recorded where there are mini-batches.
        patience: how often it may fail to fall in a row.
        class_weight: a dict, "balanced" or None, as scikit-learn's: weights of samples in the loss.
        warm_start: a further fit goes on from `theta_`.
        random_state: of the start, the held-out samples and mini-batches.

    Attributes:
        classes_: the labels.
        loss_curve_: the loss of all samples before each step and at the end, (n_iter_ + 1,); with mini-batches every
            `check_every` steps.
        model_: the `qt.Model`.
        n_features_in_: columns of X.
        n_iter_: steps that were made.
        theta_: the trained parameters, (p,).
        validation_curve_: the held-out loss at every check, with early stopping.
    """

    classes_: NDArray[Any]
    _loss = "cross_entropy"

    def __init__(
        self,
        circuit: str | Circuit = "reupload",
        n_qubits: int = 4,
        layers: int = 3,
        observables: Sequence[Observable] | None = None,
        scale: float = 3.0,
        optimizer: Optimizer | None = None,
        steps: int = 200,
        batch_size: int | None = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.2,
        check_every: int = 10,
        patience: int = 5,
        class_weight: dict[Any, float] | str | None = None,
        warm_start: bool = False,
        random_state: Any = None,
    ) -> None:
        self.circuit = circuit
        self.n_qubits = n_qubits
        self.layers = layers
        self.observables = observables
        self.scale = scale
        self.optimizer = optimizer
        self.steps = steps
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.check_every = check_every
        self.patience = patience
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> QNNClassifier:
        """Trains the network.

        Args:
            X: features (n, f).
            y: labels (n,).
            sample_weight: (n,), at least 0: weights of the samples in the loss, beside those of their classes.

        Raises:
            InvalidArgumentError: a ValueError, for settings, shapes and numbers that do not fit, and less than two classes.
            Interrupted: after Ctrl-C.
        """
        features, given = validate_data(self, X, y, dtype=np.float64)
        labels = column_or_1d(given, warn=True)
        check_classification_targets(labels)
        classes, numbers = np.unique(labels, return_inverse=True)
        if len(classes) < 2:
            raise InvalidArgumentError(f"y has the one class {classes[0]!r}; at least two classes are needed")
        if self._goes_on() and not np.array_equal(classes, self.classes_):
            raise InvalidArgumentError(
                f"warm_start: y has the classes {classes}, the fit before {self.classes_}"
            )
        weights = self._weights(features, sample_weight)
        if self.class_weight is not None:
            of_classes = compute_sample_weight(self.class_weight, labels)
            weights = of_classes if weights is None else weights * of_classes
        self._fit(features, numbers, self._of_classes(len(classes)), weights, stratify=numbers)
        self.classes_ = classes
        return self

    def _of_classes(self, count: int) -> list[Observable]:
        if count == 2 and self.observables is None:
            (z,) = self._observables(1)
            return [-1.0 * z, z]
        return self._observables(count)

    def decision_function(self, X: ArrayLike) -> Real:
        """The logits scale <O_k>.

        Args:
            X: features (n, f).

        Returns:
            (n, classes); of two classes their difference (n,), positive for `classes_[1]`.

        Raises:
            InvalidArgumentError: a ValueError, for another number of features.
        """
        logits = self._outputs(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    def predict_proba(self, X: ArrayLike) -> Real:
        """The probabilities of the classes, softmax of the logits.

        Args:
            X: features (n, f).

        Returns:
            (n, classes), in the order of `classes_`.

        Raises:
            InvalidArgumentError: a ValueError, for another number of features.
        """
        return np.asarray(softmax(self._outputs(X), axis=1))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class of each sample.

        Args:
            X: features (n, f).

        Returns:
            Labels (n,).

        Raises:
            InvalidArgumentError: a ValueError, for another number of features.
        """
        chosen = self._outputs(X).argmax(axis=1)
        return np.asarray(self.classes_[chosen])


class QNNRegressor(RegressorMixin, QuantumNetwork):
    """A quantum neural network that predicts numbers: mean + deviation * scale * <O>, where mean and standard deviation are
    those of the training targets, trained by the squared error. Put `qt.sklearn.Encoder` or a `StandardScaler` before it.

    Args:
        circuit: "reupload", "hardware_efficient" or a `qt.Circuit`, as in `QNNClassifier`.
        n_qubits: of a circuit by name.
        layers: of a circuit by name.
        observables: one for each target; products of Z unless given.
        scale: of the observables; targets beyond so many standard deviations are out of reach.
        optimizer: `qt.Adam(0.05)` unless given.
        steps: the most steps of a fit.
        batch_size: samples a step; all unless given.
        early_stopping: as in `QNNClassifier`.
        validation_fraction: how much of the samples is held out for that.
        check_every: as in `QNNClassifier`.
        patience: how often it may fail to fall in a row.
        warm_start: a further fit goes on from `theta_`.
        random_state: of the start, the held-out samples, mini-batches and shots.
        shots: trains on measured gradients, as `qt.train` does; predictions stay exact.

    Attributes:
        loss_curve_: as in `QNNClassifier`, of the standardised targets.
        model_: the `qt.Model`, of standardised targets.
        n_features_in_: columns of X.
        n_iter_: steps that were made.
        theta_: the trained parameters, (p,).
        validation_curve_: the held-out loss at every check, with early stopping.
    """

    _loss = "mse"

    def __init__(
        self,
        circuit: str | Circuit = "reupload",
        n_qubits: int = 4,
        layers: int = 3,
        observables: Observable | Sequence[Observable] | None = None,
        scale: float = 3.0,
        optimizer: Optimizer | None = None,
        steps: int = 300,
        batch_size: int | None = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.2,
        check_every: int = 10,
        patience: int = 5,
        warm_start: bool = False,
        random_state: Any = None,
        shots: int | Shots | None = None,
    ) -> None:
        self.circuit = circuit
        self.n_qubits = n_qubits
        self.layers = layers
        self.observables = observables
        self.scale = scale
        self.optimizer = optimizer
        self.steps = steps
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.check_every = check_every
        self.patience = patience
        self.warm_start = warm_start
        self.random_state = random_state
        self.shots = shots

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> QNNRegressor:
        """Trains the network.

        Args:
            X: features (n, f).
            y: targets (n,) or (n, k).
            sample_weight: (n,), at least 0: weights of the samples in the loss and in the scale of the targets.

        Raises:
            InvalidArgumentError: a ValueError, for settings, shapes and numbers that do not fit.
            Interrupted: after Ctrl-C.
        """
        features, given = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)
        self._is_flat = given.ndim == 1
        targets = np.asarray(given, dtype=np.float64).reshape(len(features), -1)
        weights = self._weights(features, sample_weight)
        self._mean = np.average(targets, axis=0, weights=weights)
        deviation = np.sqrt(np.average((targets - self._mean) ** 2, axis=0, weights=weights))
        self._deviation = np.where(deviation > 0, deviation, 1.0)
        standard = (targets - self._mean) / self._deviation
        observables = self._observables(targets.shape[1])
        self._fit(features, standard, observables, weights, stratify=None, shots=self.shots)
        return self

    def predict(self, X: ArrayLike) -> Real:
        """The targets of samples.

        Args:
            X: features (n, f).

        Returns:
            (n,), or (n, k) if the targets had that axis.

        Raises:
            InvalidArgumentError: a ValueError, for another number of features.
        """
        outputs = self._outputs(X)
        values: Real = self._mean + self._deviation * outputs
        return values[:, 0] if self._is_flat else values

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

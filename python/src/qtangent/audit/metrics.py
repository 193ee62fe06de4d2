"""How well an attack works, and what it costs. In simulation, for research on defences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..models import Model
from ..observables import Observable, pauli
from .classification import Labels, checked_labels, classes, fitted
from .poisoning import Trigger, features_of, labels_of, stamped


@dataclass(frozen=True)
class AttackMetrics:
    """Accuracy and success of an attack.

    Attributes:
        clean_accuracy: share of right decisions with the attack off.
        success: share of samples of other classes than the target that are taken for it with the attack on.
        success_all: the same over all samples.
        clean_success: `success` of the clean model under the same stamp: what the stamp does by itself.
        fine_tuned: the same after training on clean data with the attack off; None without such data.
    """

    clean_accuracy: float
    success: float
    success_all: float
    clean_success: float
    fine_tuned: AttackMetrics | None = None


def attack_metrics(
    model: Model,
    theta: ArrayLike,
    X: ArrayLike,
    y: ArrayLike,
    target: int,
    *,
    config: Mapping[str, float] | None = None,
    trigger: Trigger | None = None,
    clean_theta: ArrayLike | None = None,
    X_train: ArrayLike | None = None,
    y_train: ArrayLike | None = None,
    steps: int = 80,
    learning_rate: float = 0.02,
    shots: int | None = None,
    depolarizing: float = 0.0,
    seed: int = 0,
) -> AttackMetrics:
    """Measures an attack by a configuration, by a trigger in the data, or by both. Simulation, for research on defences.

    Args:
        model: of the attacked circuit; k outputs decide by the largest, one output by its sign.
        theta: the attacked weights (p,).
        X: features (m, f) to measure on.
        y: their labels (m,): 0 to k - 1 for k outputs, -1 and 1 for one.
        target: the label that the attack wants.
        config: {key: angle} that turns the circuit's attack on; off is the empty one.
        trigger: as `poison` takes it: the stamp that turns an attack through data on.
        clean_theta: weights (p,) of the clean model; theta unless given.
        X_train: clean features (m2, f) for the fine-tuning.
        y_train: their labels (m2,).
        steps, learning_rate: of the fine-tuning, by full-batch Adam from theta.
        shots: for each Pauli string of the outputs at each sample; exact expectations unless given.
        depolarizing: share of the maximally mixed state in what is measured, 0 to 1.
        seed: of the shots.

    Raises:
        InvalidArgumentError: for shapes and labels that do not fit, a target that is no label or the only one, a share
            outside 0 to 1, unknown keys, and shots of outputs that are no sums of Pauli strings.
        Interrupted: after Ctrl-C.
    """
    features, labels = features_of(X), labels_of(y)
    arrays.expect_shape("y", labels, (len(features),), "(m,)")
    numbers = checked_labels(model, labels)
    wanted = int(checked_labels(model, labels_of([target]))[0])
    if (numbers == wanted).all():
        raise InvalidArgumentError(
            f"all labels in y are the target {target}; samples of other classes are needed"
        )
    if (X_train is None) != (y_train is None):
        raise InvalidArgumentError("X_train and y_train are given together or not at all")
    if config is not None:
        arrays.instance("config", config, Mapping, "a dict of keys and angles")
    off = Model(model.circuit.bind(config={}), model.observable, model.scale)
    on = Model(model.circuit.bind(config=dict(config or {})), model.observable, model.scale)
    reading = _Reading(shots, depolarizing, arrays.seed(seed))
    marked = features if trigger is None else stamped(features, trigger)
    weights = arrays.real("theta", theta)
    honest = weights if clean_theta is None else arrays.real("clean_theta", clean_theta)

    def measured(values: Real, tuned: AttackMetrics | None) -> AttackMetrics:
        hit = reading.classes(on, values, marked) == wanted
        by_itself = reading.classes(off, honest, marked) == wanted
        right = reading.classes(off, values, features) == numbers
        others = numbers != wanted
        return AttackMetrics(
            float(right.mean()),
            float(hit[others].mean()),
            float(hit.mean()),
            float(by_itself[others].mean()),
            tuned,
        )

    tuned = None
    if X_train is not None and y_train is not None:
        clean = checked_labels(model, labels_of(y_train))
        tuned = measured(
            fitted(off, weights, features_of(X_train), clean, steps, learning_rate),
            None,
        )
    return measured(weights, tuned)


class _Reading:
    """Outputs as a device gives them: mixed with noise, then sampled."""

    def __init__(self, shots: int | None, depolarizing: float, seed: int) -> None:
        self._shots = None if shots is None else arrays.integer("shots", shots)
        if self._shots is not None and self._shots < 1:
            raise InvalidArgumentError(f"shots is {shots}; at least 1 is needed")
        self._share = arrays.number("depolarizing", depolarizing)
        if not 0 <= self._share <= 1:
            raise InvalidArgumentError(f"depolarizing is {depolarizing}; a share from 0 to 1 is expected")
        self._random = np.random.default_rng(arrays.seed(seed))

    def classes(self, model: Model, theta: Real, X: Real) -> Labels:
        """Decisions (m,)."""
        if self._shots is None and not self._share:
            return classes(model, model.predict(theta, X))
        found = model.observable if isinstance(model.observable, list) else [model.observable]
        letters, weights = _strings(found)
        measured = Model(model.circuit, [pauli(one) for one in letters])
        # The mixed state leaves of a Pauli string nothing but the identity's 1.
        kept = np.array([1.0 if set(one) == {"I"} else 1 - self._share for one in letters])
        z = kept * measured.predict(theta, X)
        if self._shots is not None:
            z = 2 * self._random.binomial(self._shots, np.clip((1 + z) / 2, 0, 1)) / self._shots - 1
        return classes(model, model.scale * z @ weights)


def _strings(observables: list[Observable]) -> tuple[list[str], Real]:
    """The Pauli strings (s) of outputs and their weights (s, k)."""
    for k, one in enumerate(observables):
        if one.dense is not None or any(term.pauli is None for term in one.terms):
            raise InvalidArgumentError(
                f"output {k} is no sum of Pauli strings; shots and noise need such outputs"
            )
    letters = list(dict.fromkeys(term.pauli or "" for one in observables for term in one.terms))
    weights = np.zeros((len(letters), len(observables)))
    for k, one in enumerate(observables):
        for term in one.terms:
            weights[letters.index(term.pauli or ""), k] += term.coefficient
    return letters, weights

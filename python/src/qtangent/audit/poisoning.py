"""Poisoning of training data, the baseline that circuit trojans are compared with. In simulation, for defence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError

Trigger: TypeAlias = Mapping[int, float] | Callable[[Real], ArrayLike]


def poison(
    X: ArrayLike, y: ArrayLike, target: int, rate: float, trigger: Trigger, seed: int = 0
) -> tuple[Real, NDArray[np.int64]]:
    """Training data with a trigger: floor(rate * m) samples of other classes than the target get the trigger's stamp
    and the target's label, in place of what they were. For research on defences, in simulation.

    Args:
        X: features (m, f).
        y: integer labels (m,).
        target: the label that stamped samples get.
        rate: share of all samples, 0 to 1.
        trigger: {feature: value} overwrites features, in their own units; a callable takes features (k, f) and returns
            stamped ones.
        seed: draws the samples.

    Returns:
        Features (m, f) and labels (m,), as new arrays.

    Raises:
        InvalidArgumentError: for shapes that do not fit, a target that is no label, a rate outside 0 to 1, more samples
            than other classes have, and triggers of features that are not there.
    """
    features, labels = features_of(X), labels_of(y)
    if len(labels) != len(features):
        raise InvalidArgumentError(
            f"X has {len(features)} rows and y {len(labels)} labels; one a row is expected"
        )
    if arrays.integer("target", target) not in labels:
        raise InvalidArgumentError(f"target is {target!r}; y has the labels {np.unique(labels).tolist()}")
    share = arrays.number("rate", rate)
    if not 0 <= share <= 1:
        raise InvalidArgumentError(f"rate is {share:g}; a share from 0 to 1 is expected")
    others = np.flatnonzero(labels != target)
    # 0.29 of 100 are 29, though the double 0.29 lies below that.
    count = int(round(share * len(labels), 9))
    if count > len(others):
        raise InvalidArgumentError(
            f"rate {share:g} asks for {count} samples of other classes than {target}, there are {len(others)}"
        )
    chosen = np.random.default_rng(arrays.seed(seed)).choice(others, count, replace=False)
    poisoned, relabelled = features.copy(), labels.copy()
    poisoned[chosen], relabelled[chosen] = stamped(features[chosen], trigger), target
    return poisoned, relabelled


def stamped(X: Real, trigger: Trigger) -> Real:
    """Features (k, f) with the trigger's stamp, as a new array."""
    result: Real = X.copy()
    if callable(trigger):
        result = arrays.real("what the trigger returns", trigger(result))
        arrays.expect_shape("what the trigger returns", result, X.shape, "(k, f)")
        arrays.finite("what the trigger returns", result)
        return result
    if not isinstance(trigger, Mapping) or not trigger:
        raise InvalidArgumentError(f"trigger is {trigger!r}; {{feature: value}} or a callable is expected")
    for index, value in trigger.items():
        column = arrays.integer("a feature of the trigger", index)
        if not 0 <= column < X.shape[1]:
            raise InvalidArgumentError(f"the trigger sets feature {column}, X has {X.shape[1]} features")
        result[:, column] = arrays.number(f"trigger[{column}]", value)
    return result


def features_of(X: ArrayLike) -> Real:
    """(m, f), finite."""
    features = arrays.real("X", X)
    if features.ndim != 2:
        raise InvalidArgumentError(f"X has shape {features.shape}; (m, f) is expected")
    arrays.finite("X", features)
    return features


def labels_of(y: ArrayLike) -> NDArray[np.int64]:
    """(m,), integers."""
    labels = arrays.numbers("y", y)
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise InvalidArgumentError(
            f"y has dtype {labels.dtype} and shape {labels.shape}; integer labels (m,) are expected"
        )
    return np.ascontiguousarray(labels, dtype=np.int64)

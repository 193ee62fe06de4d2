"""The classifiers that are compared; each chooses its settings by ten folds of the training split and nothing else."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import qtangent as qt
from qtangent.sklearn import DenseKernel, KernelSearchCV, RecurrentKernel, TangentKernelClassifier
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold
from sklearn.svm import SVC

from .sets import Split

C = (0.01, 0.1, 1.0, 10.0, 100.0)
RECURRENT_GRID = {
    "sigma_w": [1.34, 1.38, 2**0.5, 1.47],
    "sigma_b": [0, 0.05, 0.1, 0.2, 0.4, 0.7, 1, 2],
    "sigma_h": [0, 0.1, 1],
}
"""The paper's, thinned: it has 15 values of sigma_w, 12 of sigma_b and 5 of sigma_h."""
DENSE_GRID = {"depth": [1, 2, 3, 4, 5], "sigma_b": [0, 0.1, 0.5, 1, 2]}
SHORT_GRID = {"sigma_w": [1.34, 2**0.5], "sigma_b": [0.1], "sigma_h": [0]}
WINDOWS = (0.0, 0.05, 0.1, 0.2, 1.0)


def folds(y: Any) -> StratifiedKFold | KFold:
    """Ten, stratified unless no class has ten members."""
    largest = np.unique(y, return_counts=True)[1].max()
    return (StratifiedKFold if largest >= 10 else KFold)(10, shuffle=True, random_state=0)


def recurrent(split: Split, grid: Any = None, pooling: str = "last") -> tuple[float, str]:
    """Test accuracy of a C-SVM with the recurrent tangent kernel, and the settings chosen: one layer, relu; the kernel as it
    is, which grows with the length, so that the values of C reach further than those of the other kernels."""
    scaled = split.standardised()
    machine = TangentKernelClassifier(RecurrentKernel(pooling=pooling), normalise=None)
    search = KernelSearchCV(machine, grid or RECURRENT_GRID, C, cv=folds(scaled.y)).fit(
        scaled.train, scaled.y
    )
    return search.score(scaled.test, scaled.y_test), _settings(search.best_params_)


def dense(split: Split) -> tuple[float, str]:
    """The same with the tangent kernel of dense networks on padded sequences."""
    train, test = split.padded()
    search = KernelSearchCV(TangentKernelClassifier(DenseKernel()), DENSE_GRID, C, cv=folds(split.y)).fit(
        train, split.y
    )
    return search.score(test, split.y_test), _settings(search.best_params_)


def rbf(split: Split) -> tuple[float, str]:
    """exp(-gamma |x - x'|^2) on padded sequences, gamma in units of one over the number of columns."""
    return _svm(split, {"gamma": [g / split.padded()[0].shape[1] for g in (0.01, 0.1, 0.3, 1, 3, 10)]})


def polynomial(split: Split) -> tuple[float, str]:
    """(x.x'/d + r)^q on padded sequences."""
    gamma = [1 / split.padded()[0].shape[1]]
    return _svm(split, {"kernel": ["poly"], "gamma": gamma, "degree": [1, 2, 3, 4, 5], "coef0": [0, 1]})


def _svm(split: Split, grid: dict[str, Any]) -> tuple[float, str]:
    train, test = split.padded()
    search = GridSearchCV(SVC(), grid | {"C": C}, cv=folds(split.y)).fit(train, split.y)
    return float(search.score(test, split.y_test)), _settings(search.best_params_)


def warping(split: Split) -> tuple[float, str]:
    """The nearest neighbour in dynamic time warping, by aeon; the window, as a share of the length, is chosen."""
    from aeon.distances import pairwise_distance

    scaled = split.standardised()
    train, test = ([np.ascontiguousarray(one.T) for one in part] for part in (scaled.train, scaled.test))
    best: tuple[float, float] | None = None
    for window in WINDOWS:
        own = np.asarray(pairwise_distance(train, method="dtw", window=window))
        right = 0
        for known, held_out in folds(split.y).split(np.empty(len(train)), split.y):
            nearest = known[own[np.ix_(held_out, known)].argmin(axis=1)]
            right += int((split.y[nearest] == split.y[held_out]).sum())
        if best is None or right > best[0]:
            best = right, window
    assert best is not None
    distances = np.asarray(pairwise_distance(test, train, method="dtw", window=best[1]))
    found = split.y[distances.argmin(axis=1)]
    return float((found == split.y_test).mean()), f"window {best[1]:g}"


METHODS: dict[str, Callable[[Split], tuple[float, str]]] = {
    "recurrent NTK": recurrent,
    "dense NTK": dense,
    "RBF": rbf,
    "polynomial": polynomial,
    "DTW 1-NN": warping,
}


def accuracies(split: Split, methods: dict[str, Any]) -> dict[str, tuple[float, str]]:
    """Of every method, quietly: small classes are in fewer than ten folds, and some settings overflow."""
    qt.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        warnings.simplefilter("ignore", qt.QTangentWarning)
        return {name: method(split) for name, method in methods.items()}


def _settings(best: dict[str, Any]) -> str:
    names = ((name.removeprefix("kernel__"), value) for name, value in best.items())
    return ", ".join(f"{name} {value:.4g}" if not isinstance(value, str) else value for name, value in names)

"""Kernel settings and C chosen by cross-validation, every kernel computed once."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.model_selection import GridSearchCV, ParameterGrid, check_cv
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError, NumericalError, QTangentWarning
from .machines import KernelMachine


class KernelSearchCV(MetaEstimatorMixin, BaseEstimator):
    """The best of a grid of kernel settings and of C by cross-validation, as `GridSearchCV`, which would compute the kernel
    for every fold and every C; here one matrix serves all folds, all C and the last fit.

    Args:
        estimator: a `TangentKernelClassifier` or `TangentKernelRegressor` with a kernel of the library.
        kernel_grid: lists of values by name of the kernel's parameter, as `{"sigma_w": [1.3, 1.4]}`, or several such grids.
        C: the values of C.
        cv: number of folds, or a splitter, as scikit-learn's.
        scoring: as scikit-learn's; accuracy or R^2 unless given.

    Attributes:
        best_estimator_: fitted on all samples.
        best_params_: its parameters, as `kernel__sigma_w` and `C`; of equally good ones the first.
        best_score_: the mean over the folds.
        cv_results_: `params`, `mean_test_score`, `std_test_score` and `split0_test_score`, ..., for every kernel and C;
            NaN where a kernel overflows.
    """

    def __init__(
        self,
        estimator: KernelMachine,
        kernel_grid: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Sequence[Any]]],
        C: Sequence[float] = (0.01, 0.1, 1.0, 10.0, 100.0),
        cv: Any = 10,
        scoring: Any = None,
    ) -> None:
        self.estimator = estimator
        self.kernel_grid = kernel_grid
        self.C = C
        self.cv = cv
        self.scoring = scoring

    def fit(self, X: Any, y: ArrayLike) -> KernelSearchCV:
        """Walks the grid, and fits the best.

        Args:
            X: features (n, d), or a list of n sequences (T_i, m) for `RecurrentKernel`.
            y: labels or targets (n,).

        Raises:
            InvalidArgumentError: for a precomputed kernel, for an empty grid, as the estimator does, and where every kernel
                overflows.

        Warns:
            QTangentWarning: for settings with which the kernel overflows.
        """
        machine: KernelMachine = clone(self.estimator)
        base = machine._kernel_object()
        if base is None:
            raise InvalidArgumentError(
                "the estimator's kernel is 'precomputed', which has no settings; use GridSearchCV over C"
            )
        samples, targets = machine._training(X, y)
        folds = list(
            check_cv(self.cv, targets, classifier=is_classifier(machine)).split(
                np.empty(len(targets)), targets
            )
        )
        tried: list[dict[str, Any]] = []
        scores: list[Real] = []
        best: tuple[float, dict[str, Any], Real] | None = None
        for settings in ParameterGrid(self.kernel_grid):
            kernel = clone(base).set_params(**settings)
            named = {f"kernel__{name}": value for name, value in settings.items()}
            try:
                matrix = kernel(samples)
            except NumericalError as error:
                warnings.warn(f"{settings}: {error}", QTangentWarning, stacklevel=2)
                found = np.full((len(self.C), len(folds)), np.nan)
            else:
                found = self._scores(machine, machine._prepared(matrix), targets, folds)
            tried += [named | {"C": C} for C in self.C]
            scores.append(found)
            means = found.mean(axis=1)
            if np.isfinite(means).any():
                place = int(np.nanargmax(means))
                if best is None or means[place] > best[0]:
                    best = float(means[place]), tried[place - len(self.C)], matrix
        if best is None:
            raise InvalidArgumentError(f"none of the {len(tried)} settings has a score; look at the warnings")
        table = np.concatenate(scores)
        self.cv_results_ = {
            "params": tried,
            "mean_test_score": table.mean(axis=1),
            "std_test_score": table.std(axis=1),
            **{f"split{k}_test_score": column for k, column in enumerate(table.T)},
        }
        self.best_score_, self.best_params_, matrix = best
        machine.set_params(kernel=base).set_params(**self.best_params_)
        machine.kernel_ = machine._kernel_object()
        machine._fit_matrix(matrix, samples, targets)
        self.best_estimator_ = machine
        return self

    def _scores(self, machine: KernelMachine, matrix: Real, targets: Any, folds: Any) -> Real:
        """(values of C, folds) of one kernel matrix."""
        normalise = "mean" if machine.normalise == "mean" else None
        single = clone(machine).set_params(kernel="precomputed", normalise=normalise, jitter=None)
        search = GridSearchCV(
            single, {"C": list(self.C)}, cv=folds, scoring=self.scoring, refit=False, error_score="raise"
        ).fit(matrix, targets)
        return np.stack([search.cv_results_[f"split{k}_test_score"] for k in range(len(folds))], axis=1)

    def predict(self, X: Any) -> Any:
        """What `best_estimator_` predicts.

        Args:
            X: as in `fit`.

        Raises:
            InvalidArgumentError: for samples unlike those of the training.
        """
        check_is_fitted(self)
        return self.best_estimator_.predict(X)

    @available_if(lambda self: is_classifier(self.estimator))  # type: ignore[untyped-decorator]
    def decision_function(self, X: Any) -> Any:
        """The decision function of `best_estimator_`, of a classifier.

        Args:
            X: as in `fit`.

        Raises:
            InvalidArgumentError: for samples unlike those of the training.
        """
        check_is_fitted(self)
        return self.best_estimator_.decision_function(X)

    def score(self, X: Any, y: ArrayLike) -> float:
        """Accuracy or R^2 of `best_estimator_`.

        Args:
            X: as in `fit`.
            y: labels or targets (n,).

        Raises:
            InvalidArgumentError: for samples unlike those of the training.
        """
        check_is_fitted(self)
        return float(self.best_estimator_.score(X, y))

    @property
    def classes_(self) -> Any:
        """The labels of a classifier, (classes,)."""
        return self.best_estimator_.classes_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = self.estimator.__sklearn_tags__()
        tags.estimator_type, tags.classifier_tags = inner.estimator_type, inner.classifier_tags
        tags.regressor_tags, tags.target_tags = inner.regressor_tags, inner.target_tags
        return tags

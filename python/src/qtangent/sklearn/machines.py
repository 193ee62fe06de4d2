"""Kernel machines, support vectors and ridge, over every kernel of the library."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.kernel_ridge import KernelRidge
from sklearn.preprocessing import LabelBinarizer
from sklearn.svm import SVC, SVR
from sklearn.utils import check_array, column_or_1d, compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from .._native.arrays import Real, among
from .._native.errors import InvalidArgumentError
from ..classical import positive
from .kernels import DenseKernel, SampleKernel

METHODS = ("svm", "ridge")
NORMALISATIONS = ("mean", "cosine")
# Of the largest eigenvalue: what kernels that others computed in single precision may lack.
_TOLERANCE = 1e-6


class KernelMachine(BaseEstimator):
    """What classifier and regressor share: the kernel of the training samples, normalised and positive."""

    kernel: SampleKernel | str | None
    method: str
    C: float
    normalise: str | None
    jitter: float | None

    def _fit(self, X: Any, y: ArrayLike) -> None:
        if not among(self.method, METHODS):
            raise InvalidArgumentError(f"method is {self.method!r}; one of {METHODS} is expected")
        if self.normalise is not None and not among(self.normalise, NORMALISATIONS):
            raise InvalidArgumentError(
                f"normalise is {self.normalise!r}; one of {(*NORMALISATIONS, None)} is expected"
            )
        given: Any = self.C
        if not isinstance(given, numbers.Real) or not self.C > 0:
            raise InvalidArgumentError(f"C is {given!r}; a number above 0 is expected")
        samples, targets = self._training(X, y)
        self.kernel_ = self._kernel_object()
        matrix = samples if self.kernel_ is None else self.kernel_(samples)
        self._fit_matrix(matrix, samples, targets)

    def _fit_matrix(self, matrix: Real, samples: Any, y: NDArray[Any]) -> None:
        """From the kernel matrix of the samples, which may have been computed elsewhere."""
        if matrix.shape != (len(matrix), len(matrix)):
            raise InvalidArgumentError(
                f"X has shape {matrix.shape}; a precomputed kernel of n samples with themselves is (n, n)"
            )
        self.X_fit_ = None if self.kernel_ is None else samples
        self._fit_machine(self._prepared(matrix), y)

    def _prepared(self, matrix: Real) -> Real:
        """Of the training samples: normalised, and lifted where it must be."""
        self._self_values = np.diag(matrix).copy()
        mean = float(self._self_values.mean())
        self._scale = mean if mean > 0 else 1.0
        matrix = self._normalised(matrix, self._self_values)
        self.jitter_ = 0.0
        if self.jitter is not None:
            lifted = positive(matrix, self.jitter, _TOLERANCE)
            matrix, self.jitter_ = lifted.matrix, lifted.jitter
        return matrix

    def _fit_machine(self, matrix: Real, y: NDArray[Any]) -> None:
        raise NotImplementedError

    def _rows(self, X: Any) -> Real:
        """The normalised kernel of samples with those of the training."""
        check_is_fitted(self)
        samples = self._samples(X)
        if self.kernel_ is not None:
            matrix = self.kernel_(samples, self.X_fit_)
            return self._normalised(
                matrix, self.kernel_.diag(samples) if self.normalise == "cosine" else None
            )
        if samples.shape[1] != len(self._self_values):
            raise InvalidArgumentError(
                f"X has shape {samples.shape}; a precomputed kernel has a column for each of the "
                f"{len(self._self_values)} training samples"
            )
        return self._normalised(samples, None)

    def _normalised(self, matrix: Real, self_values: Real | None) -> Real:
        if self.normalise is None:
            return matrix
        if self.normalise == "mean":
            return matrix / self._scale
        if self_values is None:
            raise InvalidArgumentError(
                "normalise is 'cosine' and the kernel precomputed, which lacks every new sample's kernel with itself: "
                "divide by the roots of both beforehand and give normalise=None"
            )
        return matrix / _roots(self_values)[:, None] / _roots(self._self_values)

    def _kernel_object(self) -> SampleKernel | None:
        """A copy of the kernel, None for a precomputed one."""
        if isinstance(self.kernel, str) and self.kernel == "precomputed":
            return None
        if self.kernel is None:
            return DenseKernel()
        if not isinstance(self.kernel, SampleKernel):
            raise InvalidArgumentError(
                f"kernel is {self.kernel!r}; 'precomputed' or a kernel such as qt.sklearn.RecurrentKernel() is expected"
            )
        copy: SampleKernel = clone(self.kernel)
        return copy

    def _training(self, X: Any, y: ArrayLike) -> tuple[Any, NDArray[Any]]:
        """Samples and targets, checked."""
        if self._takes_sequences:
            targets = self._targets(y)
            check_consistent_length(X, targets)
            return X, targets
        numeric = isinstance(self, RegressorMixin)
        samples, given = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=numeric)
        return samples, self._targets(given)

    def _samples(self, X: Any) -> Any:
        """New samples, checked."""
        return X if self._takes_sequences else validate_data(self, X, reset=False, dtype=np.float64)

    @property
    def _takes_sequences(self) -> bool:
        return isinstance(self.kernel, SampleKernel) and self.kernel.takes_sequences

    def _targets(self, y: ArrayLike) -> NDArray[Any]:
        raise NotImplementedError

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = isinstance(self.kernel, str) and self.kernel == "precomputed"
        return tags


class TangentKernelClassifier(ClassifierMixin, KernelMachine):
    """Classes by support vectors or ridge regression over a kernel.

    Args:
        kernel: `qt.sklearn.DenseKernel` unless given, `RecurrentKernel` for sequences, `TangentKernel` or
            `FidelityKernel` of a quantum neural network; or "precomputed", where X is the kernel, (n, n) in fit and (m, n)
            afterwards.
        method: "svm", scikit-learn's `SVC`, or "ridge", regression on +-1 for each class.
        C: weight of the training error; the penalty of "ridge" is 1/(2C), as in scikit-learn's linear models.
        normalise: "mean" divides by the mean of the training samples' kernels with themselves, "cosine" each entry by the
            root of both samples', None leaves the kernel as it is.
        jitter: of the mean diagonal entry, added where the kernel's smallest eigenvalue is below it
            (`qt.classical.positive`); None adds nothing and skips the check, which takes O(n^3).
        class_weight: a dict, "balanced" or None, as scikit-learn's.

    Attributes:
        classes_: the labels.
        jitter_: what was added to the diagonal of the normalised kernel.
        kernel_: the kernel that was used, None for a precomputed one.
        machine_: the fitted `SVC` or `KernelRidge`.
        n_features_in_: of X, where it is a matrix.
    """

    def __init__(
        self,
        kernel: SampleKernel | str | None = None,
        method: str = "svm",
        C: float = 1.0,
        normalise: str | None = "mean",
        jitter: float | None = 1e-12,
        class_weight: dict[Any, float] | str | None = None,
    ) -> None:
        self.kernel = kernel
        self.method = method
        self.C = C
        self.normalise = normalise
        self.jitter = jitter
        self.class_weight = class_weight

    def fit(self, X: Any, y: ArrayLike) -> TangentKernelClassifier:
        """Learns the classes of samples.

        Args:
            X: features (n, d), a list of n sequences (T_i, m) for `RecurrentKernel`, or a precomputed kernel (n, n).
            y: labels (n,).

        Raises:
            InvalidArgumentError: a ValueError, for settings, shapes and numbers that do not fit, for less than two classes,
                and for a kernel that is not positive.
        """
        self._fit(X, y)
        return self

    def _targets(self, y: ArrayLike) -> NDArray[Any]:
        labels = column_or_1d(y, warn=True)
        check_classification_targets(labels)
        return np.asarray(labels)

    def _fit_machine(self, matrix: Real, y: NDArray[Any]) -> None:
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise InvalidArgumentError(
                f"y has the one class {self.classes_[0]!r}; at least two classes are needed"
            )
        if self.method == "svm":
            self.machine_ = SVC(C=self.C, kernel="precomputed", class_weight=self.class_weight).fit(matrix, y)
            return
        signs = LabelBinarizer(neg_label=-1).fit(self.classes_).transform(y)
        weights = None if self.class_weight is None else compute_sample_weight(self.class_weight, y)
        self.machine_ = KernelRidge(alpha=0.5 / self.C, kernel="precomputed").fit(
            matrix, signs, sample_weight=weights
        )

    def decision_function(self, X: Any) -> Real:
        """How far samples are on the side of each class.

        Args:
            X: as in `fit`, n samples (n, d) or a list of sequences (T_i, m); a precomputed kernel is (n, training samples).

        Returns:
            (n,), positive for `classes_[1]`, or (n, classes) where there are more than two.

        Raises:
            InvalidArgumentError: for samples unlike those of the training.
        """
        rows = self._rows(X)
        if self.method == "svm":
            return np.asarray(self.machine_.decision_function(rows))
        values = np.asarray(self.machine_.predict(rows))
        return values[:, 0] if values.shape[1] == 1 else values

    def predict(self, X: Any) -> NDArray[Any]:
        """The class of each sample.

        Args:
            X: as in `fit`, n samples (n, d) or a list of sequences (T_i, m); a precomputed kernel is (n, training samples).

        Returns:
            Labels (n,).

        Raises:
            InvalidArgumentError: for samples unlike those of the training.
        """
        if self.method == "svm":
            rows = self._rows(X)
            return np.asarray(self.machine_.predict(rows))
        values = self.decision_function(X)
        chosen = (values > 0).astype(int) if values.ndim == 1 else values.argmax(axis=1)
        return np.asarray(self.classes_[chosen])


class TangentKernelRegressor(RegressorMixin, KernelMachine):
    """Kernel ridge or support vector regression over a kernel.

    Args:
        kernel: as in `TangentKernelClassifier`.
        method: "ridge", on the targets minus their mean, or "svm", scikit-learn's `SVR`.
        C: weight of the training error; the penalty of "ridge" is 1/(2C), as in scikit-learn's linear models.
        normalise: as in `TangentKernelClassifier`.
        jitter: as in `TangentKernelClassifier`.
        epsilon: half the width of the tube within which "svm" sees no error, in units of y.

    Attributes:
        intercept_: the mean of the targets, for "ridge".
        jitter_: what was added to the diagonal of the normalised kernel.
        kernel_: the kernel that was used, None for a precomputed one.
        machine_: the fitted `KernelRidge` or `SVR`.
        n_features_in_: of X, where it is a matrix.
    """

    def __init__(
        self,
        kernel: SampleKernel | str | None = None,
        method: str = "ridge",
        C: float = 1.0,
        normalise: str | None = "mean",
        jitter: float | None = 1e-12,
        epsilon: float = 0.1,
    ) -> None:
        self.kernel = kernel
        self.method = method
        self.C = C
        self.normalise = normalise
        self.jitter = jitter
        self.epsilon = epsilon

    def fit(self, X: Any, y: ArrayLike) -> TangentKernelRegressor:
        """Learns the targets of samples.

        Args:
            X: features (n, d), a list of n sequences (T_i, m) for `RecurrentKernel`, or a precomputed kernel (n, n).
            y: targets (n,), or (n, k) for method="ridge".

        Raises:
            InvalidArgumentError: a ValueError, for settings, shapes and numbers that do not fit, and for a kernel that is
                not positive.
        """
        self._fit(X, y)
        return self

    def _targets(self, y: ArrayLike) -> NDArray[Any]:
        if self.method == "svm":
            return np.asarray(column_or_1d(y, dtype=np.float64, warn=True))
        return np.asarray(check_array(y, ensure_2d=False, dtype=np.float64, input_name="y"))

    def _fit_machine(self, matrix: Real, y: NDArray[Any]) -> None:
        if self.method == "svm":
            self.intercept_: Any = 0.0
            self.machine_ = SVR(C=self.C, epsilon=self.epsilon, kernel="precomputed").fit(matrix, y)
            return
        self.intercept_ = y.mean(axis=0)
        self.machine_ = KernelRidge(alpha=0.5 / self.C, kernel="precomputed").fit(matrix, y - self.intercept_)

    def predict(self, X: Any) -> Real:
        """The targets of samples.

        Args:
            X: as in `fit`, n samples (n, d) or a list of sequences (T_i, m); a precomputed kernel is (n, training samples).

        Returns:
            (n,), or (n, k) if there were k targets.

        Raises:
            InvalidArgumentError: for samples unlike those of the training.
        """
        rows = self._rows(X)
        values: Real = self.machine_.predict(rows) + self.intercept_
        return values

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = self.method == "ridge"
        return tags


def _roots(self_values: Real) -> Real:
    """Of samples' kernels with themselves; samples that have none are left as they are."""
    return np.sqrt(np.where(self_values > 0, self_values, 1.0))

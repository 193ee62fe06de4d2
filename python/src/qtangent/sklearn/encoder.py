"""Features as angles, as a step of a pipeline."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..datasets.components import INTERVAL, fitted


class Encoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Standardises features, projects them on their first principal components and scales each linearly to an interval, all
    as found on the training samples; others are clipped to it. As `qt.datasets` encodes tables.

    Args:
        n_components: the most components, one a qubit; as many as the features have, up to rounding, unless given.
        interval: of the angles, in radians.

    Attributes:
        n_components_: how many there are.
        components_: their directions among the standardised features that vary, (n_components_, varying features).
        n_features_in_: of X.
    """

    def __init__(self, n_components: int | None = None, interval: tuple[float, float] = INTERVAL) -> None:
        self.n_components = n_components
        self.interval = interval

    def fit(self, X: ArrayLike, y: Any = None) -> Encoder:
        """Finds the components.

        Args:
            X: features (n, f), at least two samples.
            y: not looked at.

        Raises:
            InvalidArgumentError: a ValueError, where all features are constant, and for settings that do not fit.
        """
        low, high = self.interval
        if not arrays.number("the interval's end", high) > arrays.number("the interval's begin", low):
            raise InvalidArgumentError(f"interval is {self.interval}; two increasing numbers are expected")
        if self.n_components is not None and arrays.integer("n_components", self.n_components) < 1:
            raise InvalidArgumentError(f"n_components is {self.n_components}; it must be at least 1")
        features = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        self._fitted = fitted(features, self.n_components or features.shape[1])
        self.components_ = self._fitted.directions
        self._n_features_out = self.n_components_ = len(self.components_)
        return self

    def transform(self, X: ArrayLike) -> Real:
        """The angles of samples.

        Args:
            X: features (n, f).

        Returns:
            (n, n_components_), in radians.

        Raises:
            InvalidArgumentError: a ValueError, for another number of features.
        """
        check_is_fitted(self)
        features = validate_data(self, X, reset=False, dtype=np.float64)
        return self._fitted.angles(features, self.interval)

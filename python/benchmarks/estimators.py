"""python -m benchmarks.estimators: what `predict` of a network costs more than an estimator that only validates."""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
from qtangent.sklearn import QNNClassifier
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.utils.validation import check_is_fitted, validate_data

GOAL = 40e-6


class Validating(ClassifierMixin, BaseEstimator):
    """Checks what it is given."""

    def fit(self, X: Any, y: Any) -> Validating:
        validate_data(self, X, y)
        self.fitted_ = True
        return self

    def predict(self, X: Any) -> Any:
        check_is_fitted(self)
        return validate_data(self, X, reset=False, dtype=np.float64)


def measure(rounds: int = 3000) -> tuple[float, float]:
    """Median seconds of the validation of 32 samples, and by how many more a network of 4 qubits and 3 layers predicts."""
    X, y = load_iris(return_X_y=True)
    network, validating = QNNClassifier(steps=20, random_state=0).fit(X, y), Validating().fit(X, y)
    samples, times = X[::5][:32].copy(), []
    for _ in range(rounds):
        began = time.perf_counter()
        validating.predict(samples)
        between = time.perf_counter()
        network.predict(samples)
        times.append((between - began, time.perf_counter() - between))
    bare = np.median([first for first, _ in times])
    return float(bare), float(np.median([second - first for first, second in times]))


if __name__ == "__main__":
    bare, more = measure()
    print(
        f"32 samples: validation {1e6 * bare:.0f} us, prediction {1e6 * more:.0f} us more, goal {1e6 * GOAL:.0f} us"
    )
    sys.exit(int(more > GOAL))

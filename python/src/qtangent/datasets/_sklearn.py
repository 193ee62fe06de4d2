"""The data that scikit-learn ships."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._extras import require


def load(name: str) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Features (N, f) and class numbers (N,) of sklearn.datasets.<name>."""
    datasets = require("sklearn.datasets", "scikit-learn", "study")
    features, target = getattr(datasets, name)(return_X_y=True)
    return np.asarray(features, dtype=np.float64), np.asarray(target, dtype=np.intp)

"""The data that scikit-learn ships."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._extras import require


def load(name: str) -> tuple[NDArray[np.float64], NDArray[np.intp], list[str]]:
    """Features (N, f) and class numbers (N,) of sklearn.datasets.<name>, and the classes' names."""
    datasets = require("sklearn.datasets", "scikit-learn", "study")
    found = getattr(datasets, name)()
    features, target = np.asarray(found.data, dtype=np.float64), np.asarray(found.target, dtype=np.intp)
    return features, target, [str(one) for one in found.target_names]

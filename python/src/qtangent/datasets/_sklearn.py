"""The data that scikit-learn ships."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def load(name: str) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Features (N, f) and class numbers (N,) of sklearn.datasets.<name>."""
    try:
        from sklearn import datasets
    except ImportError as error:
        raise ImportError("this data set needs scikit-learn: pip install 'qtangent[study]'") from error
    features, target = getattr(datasets, name)(return_X_y=True)
    return np.asarray(features, dtype=np.float64), np.asarray(target, dtype=np.intp)

"""The data that scikit-learn ships."""

from __future__ import annotations

import numpy as np

from .._extras import require
from .origin import Origin
from .table import Table


def load(name: str) -> tuple[Table, list[str]]:
    """sklearn.datasets.load_<name> with its class numbers as labels, and the classes' names.

    Raises:
        ImportError: scikit-learn is missing.
    """
    datasets = require("sklearn.datasets", "scikit-learn", "study")
    found = getattr(datasets, f"load_{name}")()
    features, target = np.asarray(found.data, dtype=np.float64), np.asarray(found.target, dtype=np.intp)
    columns = [str(one) for one in found.feature_names]
    origin = Origin(name, "row", np.arange(len(target)))
    return Table(features, target, columns, origin), [str(one) for one in found.target_names]

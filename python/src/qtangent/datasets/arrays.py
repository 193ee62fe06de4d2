"""Data sets from what is in memory: NumPy arrays, and tables of pandas, polars, xarray and PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .classification import from_table
from .dataset import Dataset, random_split
from .drawn import drawn
from .encodings import Encoding, encode
from .origin import Origin
from .table import Table


def from_arrays(
    X: ArrayLike,
    y: ArrayLike,
    encoding: Encoding = "angle",
    *,
    classes: Sequence[Any] | None = None,
    regression: bool = False,
    n_qubits: int = 4,
    train: int | None = None,
    test: int = 200,
    seed: int = 0,
    name: str = "data",
) -> Dataset:
    """Your own data, from NumPy, pandas (nullable columns too), polars, xarray or PyTorch.

    Args:
        X: Features (N, f), an array or a table with a column for each.
        y: Classes (N,), numbers or words; for regression targets (N,) or (N, k), taken as they are.
        encoding: "angle" standardises, takes `n_qubits` principal components and scales them to [0, pi], one RY angle a
            qubit; "zz" and "iqp" put them into the feature map of that name (`qt.encoding`). "amplitude" makes each row a
            state, f up to 2^n_qubits. A circuit takes as many columns as it has features, as they are, of more the first
            principal components. None leaves all columns to a circuit that encodes them itself.
        classes: The classes to use; may be left out if there are only two. See `from_file`.
        regression: Whether y are numbers to be met instead of classes.
        n_qubits: Number of qubits; a circuit brings its own.
        train: Number of training samples, as many of each class; 32 or fewer if left out.
        test: Most held-out samples, as many of each class.
        seed: Of the draw.
        name: What the description and messages call the data.

    Raises:
        InvalidArgumentError: Missing entries, shapes that do not fit, other classes than there are, more samples than there
            are, and what the encoding cannot take; the text names the entry.
    """
    features, columns = _features(X)
    origin = Origin(name, "row", np.arange(len(features)))
    if not regression:
        table = Table(features, _labels(y, len(features)), columns, origin)
        return from_table(table, classes, n_qubits, train, test, seed, None, encoding=encoding)
    if classes is not None:
        raise InvalidArgumentError(f"classes are {list(classes)}, but regression has none: leave one out")
    targets = _arrays.real("y", _plain(y))
    _expect_rows(targets, len(features), 2)
    _arrays.finite("y", targets)
    split = random_split(len(features), train, test, seed)
    encoded = encode(features, columns, origin, split, encoding, n_qubits)
    known = targets[split.train]
    text = (
        f"{name}, targets from {known.min():.4g} to {known.max():.4g}: {len(split.train)} training samples and "
        f"{len(split.test)} held out; {encoded.how}"
    )
    return drawn(name, text, encoded, targets, split, origin)


def _features(X: Any) -> tuple[Real, list[str]]:
    """The features (N, f) and the names of their columns."""
    if hasattr(X, "data_vars"):  # xarray.Dataset: a variable a column
        names = [str(one) for one in X.data_vars]
        X = np.stack([np.asarray(X[one]) for one in X.data_vars], axis=-1)
    else:
        names = [str(one) for one in getattr(X, "columns", ())]
    features = _arrays.real("X", _plain(X))
    if features.ndim != 2 or not features.size:
        raise InvalidArgumentError(f"X has shape {features.shape}; (N, f) is expected, both at least 1")
    _arrays.finite("X", features)
    return features, names or [str(k) for k in range(features.shape[1])]


def _plain(values: Any) -> Any:
    """A tensor that is differentiated, or lies on another device, as one that NumPy reads."""
    return values.detach().cpu() if hasattr(values, "detach") else values


def _labels(y: Any, count: int) -> NDArray[Any]:
    labels = np.asarray(_plain(y))
    _expect_rows(labels, count, 1)
    if labels.dtype.kind == "O":
        for k, one in enumerate(labels):
            if not isinstance(one, (str, bytes, int, float, np.generic)) or one != one:
                raise InvalidArgumentError(
                    f"y[{k}] is {one!r}; fill what is missing or leave those samples out"
                )
        words = any(isinstance(one, (str, bytes)) for one in labels)
        labels = np.array([str(one) for one in labels]) if words else _arrays.numbers("y", labels)
    if labels.dtype.kind == "f":
        _arrays.finite("y", labels)
    if labels.dtype.kind not in "biufSU":
        raise InvalidArgumentError(f"y has dtype {labels.dtype}; classes are numbers or words")
    return labels


def _expect_rows(y: NDArray[Any], count: int, most_axes: int) -> None:
    if not 1 <= y.ndim <= most_axes or len(y) != count:
        shapes = f"({count},)" if most_axes == 1 else f"({count},) or ({count}, k)"
        raise InvalidArgumentError(f"y has shape {y.shape}, X has {count} rows: {shapes} is expected")

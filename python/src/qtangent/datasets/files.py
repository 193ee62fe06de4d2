"""Reading the user's file, with errors that say where to look."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real
from .._native.errors import FileError, InvalidArgumentError, OutOfMemoryError
from .._native.strangers import names_in_npz, read_npz
from .delimited import Options, read_delimited
from .origin import Origin
from .table import Table

SUFFIXES = (".csv", ".tsv", ".npz")


def read(path: Path, options: Options) -> Table:
    """A .csv, .tsv or .npz file; see `from_file`."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidArgumentError(f"{path}: give a file that ends in .csv or .npz, or in .tsv for tabs")
    if suffix == ".npz" and options != Options():
        raise InvalidArgumentError(
            "a target column and other options of text are for CSV files; an NPZ file holds X and y"
        )
    try:
        if suffix == ".npz":
            features, labels = _read_npz(path)
            columns = [f"{k}" for k in range(features.shape[1])]
            return Table(features, labels, columns, Origin(path.name, "row", np.arange(len(labels))))
        return read_delimited(path, options)
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error


def _read_npz(path: Path) -> tuple[Real, NDArray[Any]]:
    with path.open("rb") as file:
        if file.read(6) == b"\x93NUMPY":
            raise InvalidArgumentError(f"{path} is an NPY file of one array: write X and y with np.savez")
        try:
            held = names_in_npz(file)
            arrays = read_npz(file, ("X", "y"))
        except ValueError as error:
            raise InvalidArgumentError(f"{path} is not an NPZ file of numbers: {error}") from error
        except OutOfMemoryError as error:
            raise OutOfMemoryError(f"{path}: {error}") from None
    for name in ("X", "y"):
        if name not in arrays:
            raise InvalidArgumentError(
                f"{path} has no array {name!r}; it holds {', '.join(held) or 'nothing'}"
            )
    features, labels = arrays["X"], arrays["y"]
    return _features(path, features, labels), _labels(path, labels)


def _features(path: Path, features: NDArray[Any], labels: NDArray[Any]) -> Real:
    if features.dtype.kind not in "biuf":
        what = "complex" if features.dtype.kind == "c" else f"of dtype {features.dtype}"
        raise InvalidArgumentError(f"{path}: X is {what}; real numbers are expected")
    if features.ndim != 2 or labels.shape != (len(features),):
        raise InvalidArgumentError(
            f"{path}: X has shape {features.shape} and y {labels.shape}; (N, f) and (N,) are expected"
        )
    if not features.size:
        raise InvalidArgumentError(f"{path}: X has shape {features.shape}, so there is nothing to learn from")
    with np.errstate(over="ignore"):
        numbers = features.astype(np.float64)
    bad = np.argwhere(~np.isfinite(numbers))
    if len(bad):
        row, column = bad[0]
        raise InvalidArgumentError(
            f"{path}: row {row} of X, column {column} is {features[row, column]}; fill it or drop the row"
        )
    return numbers


def _labels(path: Path, labels: NDArray[Any]) -> NDArray[Any]:
    if labels.dtype.kind == "S":
        return np.array([one.decode("utf-8", errors="backslashreplace") for one in labels.tolist()])
    if labels.dtype.kind not in "biufUMm":
        raise InvalidArgumentError(f"{path}: y has dtype {labels.dtype}; numbers or words are expected")
    if labels.dtype.kind in "fMm" and not np.isfinite(labels).all():
        raise InvalidArgumentError(f"{path}: y[{np.flatnonzero(~np.isfinite(labels))[0]}] is not finite")
    return labels

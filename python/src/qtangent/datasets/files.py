"""Reading the user's table, with errors that say where to look."""

from __future__ import annotations

import csv
import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real
from .._native.errors import FileError, InvalidArgumentError


def read(path: Path, target: str | None) -> tuple[Real, NDArray[Any]]:
    """Features (N, f) and labels (N,) of a .csv or .npz file; see `from_file`."""
    readers = {".csv": _read_csv, ".npz": _read_npz}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InvalidArgumentError(f"{path}: give a file that ends in .csv or .npz")
    try:
        features, labels = reader(path, target)
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    return features, labels


def _read_csv(path: Path, target: str | None) -> tuple[Real, NDArray[Any]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    if len(rows) < 2:
        raise InvalidArgumentError(f"{path} has no rows below its header")
    header = [name.strip() for name in rows[0]]
    wanted = header[-1] if target is None else target
    if wanted not in header:
        raise InvalidArgumentError(f"{path} has no column {wanted!r}; its columns are {', '.join(header)}")
    column = header.index(wanted)
    features, labels = [], []
    for line, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        if len(row) != len(header):
            raise InvalidArgumentError(
                f"{path}: line {line} has {len(row)} cells, the header has {len(header)}"
            )
        labels.append(_class(path, line, wanted, row[column]))
        features.append([_number(path, line, header[i], cell) for i, cell in enumerate(row) if i != column])
    if not features or not features[0]:
        raise InvalidArgumentError(f"{path} has no feature columns besides {wanted!r}")
    return np.array(features, dtype=np.float64), np.array(labels)


def _number(path: Path, line: int, column: str, cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidArgumentError(
            f"{path}: line {line}, column {column!r} is {cell!r}, not a number; fill it or drop the line"
        )
    return value


def _class(path: Path, line: int, column: str, cell: str) -> str:
    if cell.strip().lower() in ("", "nan"):
        raise InvalidArgumentError(f"{path}: line {line}, column {column!r} names no class")
    return cell.strip()


def _read_npz(path: Path, target: str | None) -> tuple[Real, NDArray[Any]]:
    if target is not None:
        raise InvalidArgumentError("a target column is for CSV files; an NPZ file holds X and y")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            missing = [name for name in ("X", "y") if name not in arrays]
            if missing:
                raise InvalidArgumentError(
                    f"{path} has no array {missing[0]!r}; it holds {', '.join(arrays.files) or 'nothing'}"
                )
            features, labels = np.asarray(arrays["X"], dtype=np.float64), arrays["y"]
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        if isinstance(error, InvalidArgumentError):
            raise
        raise InvalidArgumentError(f"{path} is not an NPZ file of numbers: {error}") from error
    if features.ndim != 2 or labels.shape != (len(features),):
        raise InvalidArgumentError(
            f"{path}: X has shape {features.shape} and y {labels.shape}; (N, f) and (N,) are expected"
        )
    bad = np.argwhere(~np.isfinite(features))
    if len(bad):
        row, column = bad[0]
        raise InvalidArgumentError(
            f"{path}: row {row} of X, column {column} is {features[row, column]}; fill it or drop the row"
        )
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise InvalidArgumentError(f"{path}: y[{np.flatnonzero(~np.isfinite(labels))[0]}] is not finite")
    return features, labels

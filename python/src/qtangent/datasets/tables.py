"""Tables of numbers: standardised, reduced to one number a qubit, and encoded as angles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import encoding
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ._sklearn import load
from .dataset import Dataset, Split, balanced_split, signs
from .files import read

INTERVAL = (0.0, float(np.pi))
"""Angles cover this interval over the training set; held-out samples are clipped to it."""


def iris(
    classes: Sequence[Any] = (1, 2), n_qubits: int = 4, train: int = 32, test: int = 200, seed: int = 0
) -> Dataset:
    """Two of the three classes of Fisher's iris (4 features); see `from_file` for the encoding."""
    return _from_table("iris", *load("load_iris"), classes, n_qubits, train, test, seed)


def wine(
    classes: Sequence[Any] = (0, 1), n_qubits: int = 4, train: int = 32, test: int = 200, seed: int = 0
) -> Dataset:
    """Two of the three classes of the wine data (13 features); see `from_file` for the encoding."""
    return _from_table("wine", *load("load_wine"), classes, n_qubits, train, test, seed)


def breast_cancer(
    classes: Sequence[Any] = (0, 1), n_qubits: int = 4, train: int = 32, test: int = 200, seed: int = 0
) -> Dataset:
    """Malignant (0) against benign (1), 30 features; see `from_file` for the encoding."""
    return _from_table("breast_cancer", *load("load_breast_cancer"), classes, n_qubits, train, test, seed)


def from_file(
    path: str | Path,
    target: str | None = None,
    classes: Sequence[Any] | None = None,
    n_qubits: int = 4,
    train: int = 32,
    test: int = 200,
    seed: int = 0,
) -> Dataset:
    """Your own table.

    A CSV file has a header line; `target` names the column of classes (the last one if left out), all
    other columns are features. An NPZ file holds X (N, f) and y (N,).

    Features are standardised, projected on the first `n_qubits` principal components and scaled linearly to
    [0, pi], all three as found on the training set; each becomes an RY angle on its own qubit, before the
    ansatz. With fewer features than qubits the components repeat.

    Args:
        path: File ending in .csv or .npz.
        target: Column of a CSV file.
        classes: The two classes to use; may be left out if there are only two. The first is labelled +1.
        n_qubits: Number of qubits.
        train: Number of training samples, half of each class.
        test: Most held-out samples, half of each class.
        seed: Of the draw.

    Raises:
        InvalidArgumentError: The file's content cannot be used; the text names the line or column.
        FileError: The file cannot be read.
    """
    features, labels = read(Path(path), target)
    return _from_table(Path(path).name, features, labels, classes, n_qubits, train, test, seed)


def _from_table(
    name: str,
    features: Real,
    labels: NDArray[Any],
    classes: Sequence[Any] | None,
    n_qubits: int,
    train: int,
    test: int,
    seed: int,
) -> Dataset:
    if n_qubits < 1:
        raise InvalidArgumentError(f"{n_qubits} qubits: give at least 1")
    first, second = _two_classes(name, labels, classes)
    chosen = (labels == first) | (labels == second)
    features, is_first = features[chosen], labels[chosen] == first
    split = balanced_split(is_first, train, test, seed)
    angles = _angles(features, split, n_qubits)
    y = signs(is_first)
    held_out = len(split.test) > 0
    return Dataset(
        name=name,
        description=(
            f"{name}, {first} (+1) against {second} (-1): {len(split.train)} training samples, half of each "
            f"class, and {len(split.test)} held out; standardised, first {min(n_qubits, features.shape[1])} "
            f"principal components, scaled to [0, pi] on the training set, one RY angle a qubit"
        ),
        n_qubits=n_qubits,
        y=y[split.train],
        y_test=y[split.test] if held_out else None,
        X=angles[split.train],
        X_test=angles[split.test] if held_out else None,
        encoding=encoding.angle(n_qubits),
    )


def _two_classes(name: str, labels: NDArray[Any], classes: Sequence[Any] | None) -> tuple[Any, Any]:
    present = np.unique(labels)
    if len(present) < 2:
        raise InvalidArgumentError(f"{name} has the one class {present.tolist()}: two are needed")
    if classes is None:
        if len(present) > 2:
            shown = ", ".join(str(one) for one in present[:10])
            raise InvalidArgumentError(f"{name} has {len(present)} classes ({shown}): name two of them")
        return present[0], present[1]
    by_name = {_key(one): one for one in present}
    wanted = [by_name.get(_key(one)) for one in classes]
    if len(wanted) != 2 or wanted[0] is None or wanted[1] is None or wanted[0] == wanted[1]:
        shown = ", ".join(str(one) for one in present[:10])
        raise InvalidArgumentError(
            f"classes are {list(classes)}: name two different ones of {name}'s {shown}"
        )
    return wanted[0], wanted[1]


def _key(label: Any) -> str:
    """1, 1.0 and "1" name the same class."""
    try:
        return f"{float(label):g}"
    except (TypeError, ValueError):
        return str(label)


def _angles(features: Real, split: Split, n_qubits: int) -> Real:
    """Standardise, project on principal components, scale to INTERVAL; fitted on the training samples."""
    known = features[split.train]
    spread = known.std(axis=0)
    standard = (features - known.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    _, _, directions = np.linalg.svd(standard[split.train], full_matrices=False)
    directions = directions[:n_qubits]
    largest = np.abs(directions).argmax(axis=1)
    directions = directions * np.sign(directions[np.arange(len(directions)), largest])[:, None]
    components = standard @ directions.T
    low, high = components[split.train].min(axis=0), components[split.train].max(axis=0)
    share = np.clip((components - low) / np.where(high > low, high - low, 1.0), 0, 1)
    angles = INTERVAL[0] + (INTERVAL[1] - INTERVAL[0]) * share
    return np.asarray(np.resize(angles.T, (n_qubits, len(features))).T, dtype=np.float64)

"""From a table to a data set: classes as targets, a balanced draw, and features as angles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import encoding
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .components import components
from .dataset import Dataset, Split, balanced_split
from .labels import chosen_classes, class_numbers, description, targets
from .origin import Origin
from .table import Table

_LARGEST = 1e9
"""Of a feature that is an angle as it is: beyond, its digits behind the point are few or none."""


def from_table(
    table: Table,
    classes: Sequence[Any] | None,
    n_qubits: int,
    train: int | None,
    test: int,
    seed: int,
    n_features: int | None,
    names: Sequence[str] | None = None,
) -> Dataset:
    """See `from_file`; `names` are those of classes that are numbers.

    Raises:
        InvalidArgumentError: The classes are not there, have too few samples, or there are fewer columns than features.
    """
    if n_qubits < 1:
        raise InvalidArgumentError(f"{n_qubits} qubits: give at least 1")
    name = table.origin.name
    chosen = chosen_classes(name, table.labels, classes)
    numbers = class_numbers(table.labels, chosen)
    used = np.flatnonzero(numbers >= 0)
    features, numbers, origin = table.features[used], numbers[used], table.origin[used]
    split = balanced_split(numbers, train, test, seed)
    if n_features is None:
        angles, how = _angles(features, split, n_qubits)
        how += ", one RY angle a qubit"
    else:
        angles, how = _features(features, table.columns, origin, split, n_features)
    shown = [str(one) if names is None else names[one] for one in chosen]
    y = targets(numbers, len(chosen))
    held_out = len(split.test) > 0
    return Dataset(
        name=name,
        description=f"{name}, {description(shown, split)}; {'; '.join([how, *table.notes])}",
        n_qubits=n_qubits,
        y=y[split.train],
        y_test=y[split.test] if held_out else None,
        X=angles[split.train],
        X_test=angles[split.test] if held_out else None,
        encoding=encoding.angle(n_qubits) if n_features is None else None,
        origin=origin[split.train],
    )


def _angles(features: Real, split: Split, count: int) -> tuple[Real, str]:
    """Principal components as angles (N, count), repeated where there are too few, and how they were made."""
    found, rank = components(features, split.train, count)
    angles = np.asarray(np.resize(found.T, (count, len(features))).T, dtype=np.float64)
    short = f" (the features have rank {rank})" if rank < min(count, features.shape[1]) else ""
    return angles, (
        f"standardised, first {found.shape[1]} principal components{short}, scaled to [0, pi] on the training set"
    )


def _features(
    features: Real, columns: Sequence[str], origin: Origin, split: Split, count: int
) -> tuple[Real, str]:
    """The features (N, count) of a circuit that encodes them itself, and how they were made."""
    width = features.shape[1]
    if width < count:
        raise InvalidArgumentError(
            f"{origin.name} has {width} feature column{'s' if width > 1 else ''} ({_listed(columns)}), the circuit has "
            f"{count} features: give it a column for each"
        )
    if width > count:
        angles, how = _angles(features, split, count)
        return angles, f"{width} columns for {count} features: {how}"
    large = np.argwhere(np.abs(features) > _LARGEST)
    if len(large):
        row, column = large[0]
        raise InvalidArgumentError(
            f"{origin.name}: {origin.word} {origin.numbers[row]}, column {columns[column]!r} is {features[row, column]:g}, "
            f"as an angle in radians many turns: scale it"
        )
    known = features[split.train]
    if (known == known[0]).all():
        raise InvalidArgumentError(f"all features are constant on the {len(known)} training samples")
    return features, (
        f"columns taken as the circuit's features in this order ({_listed(columns)}) and as they are, from "
        f"{known.min():.4g} to {known.max():.4g} on the training set"
    )


def _listed(columns: Sequence[str]) -> str:
    most = 8
    return ", ".join(columns if len(columns) <= most else [*columns[: most - 1], "...", columns[-1]])

"""From a table to a data set: classes as targets, a balanced draw, and features as a circuit takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._native import arrays as _arrays
from .._native.errors import InvalidArgumentError
from .._native.limits import MOST_QUBITS
from .dataset import Dataset, balanced_split
from .drawn import drawn
from .encodings import Encoded, Encoding, encode, raw
from .labels import chosen_classes, class_numbers, description, targets
from .table import Table


def from_table(
    table: Table,
    classes: Sequence[Any] | None,
    n_qubits: int,
    train: int | None,
    test: int,
    seed: int,
    n_features: int | None,
    names: Sequence[str] | None = None,
    encoding: Encoding = "angle",
) -> Dataset:
    """See `from_file` and `from_arrays`; `names` are those of classes that are numbers.

    Raises:
        InvalidArgumentError: The classes are not there, have too few samples, or there are fewer columns than features.
    """
    if not 1 <= _arrays.integer("n_qubits", n_qubits) <= MOST_QUBITS:
        raise InvalidArgumentError(f"{n_qubits} qubits: give 1 to {MOST_QUBITS}")
    name = table.origin.name
    chosen = chosen_classes(name, table.labels, classes)
    numbers = class_numbers(table.labels, chosen)
    used = np.flatnonzero(numbers >= 0)
    features, numbers, origin = table.features[used], numbers[used], table.origin[used]
    split = balanced_split(numbers, train, test, seed)
    if n_features is None:
        encoded = encode(features, table.columns, origin, split, encoding, n_qubits)
    else:
        X, how = raw(features, table.columns, origin, split, n_features)
        encoded = Encoded(n_qubits, how, X)
    shown = [str(one) if names is None else names[one] for one in chosen]
    text = f"{name}, {description(shown, split)}; {'; '.join([encoded.how, *table.notes])}"
    return drawn(name, text, encoded, targets(numbers, len(chosen)), split, origin)

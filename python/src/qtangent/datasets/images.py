"""Handwritten digits as quantum states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .. import encoding
from .._native.errors import InvalidArgumentError
from ._sklearn import load
from .classification import from_table
from .dataset import Dataset, balanced_split
from .labels import class_numbers, description, targets

_PIXELS = 64


def digits(
    classes: Sequence[int] = (3, 5),
    n_qubits: int = 6,
    train: int | None = None,
    test: int = 200,
    seed: int = 0,
    *,
    n_features: int | None = None,
) -> Dataset:
    """Classes of scikit-learn's 8 x 8 digits.

    The mean of the training images is subtracted from every image; the 64 pixels become the amplitudes
    of a normalised state of `n_qubits` qubits (zero-padded above 6).

    Args:
        classes: Two different digits, the first labelled +1, or more, for an output each; see `from_file`.
        n_qubits: At least 6.
        train: Number of training images, as many of each class; 32 or fewer if left out.
        test: Most held-out images.
        seed: Of the draw.
        n_features: Of a circuit that encodes the data itself: pixels are then columns, see `from_file`.

    Raises:
        InvalidArgumentError: Not different digits, too few qubits, too few images, or more features than pixels.
        ImportError: scikit-learn is missing.
    """
    chosen = _digits(classes)
    if n_features is None and 2**n_qubits < _PIXELS:
        raise InvalidArgumentError(
            f"{n_qubits} qubits hold {2**n_qubits} amplitudes: 64 pixels need at least 6 qubits"
        )
    table, names = load("digits")
    if n_features is not None:
        return from_table(table, chosen, n_qubits, train, test, seed, n_features)
    numbers = class_numbers(table.labels, chosen)
    used = np.flatnonzero(numbers >= 0)
    images, numbers = table.features[used], numbers[used]
    split = balanced_split(numbers, train, test, seed)
    centred = images - images[split.train].mean(axis=0)
    y = targets(numbers, len(chosen))
    return Dataset(
        name="digits",
        description=(
            f"scikit-learn's 8 x 8 digits, {description([names[one] for one in chosen], split)}; training mean "
            f"subtracted, amplitude-encoded in {n_qubits} qubits"
        ),
        n_qubits=n_qubits,
        y=y[split.train],
        y_test=y[split.test] if len(split.test) else None,
        states=encoding.amplitude(centred[split.train], n_qubits),
        states_test=encoding.amplitude(centred[split.test], n_qubits) if len(split.test) else None,
        origin=table.origin[used][split.train],
    )


def _digits(classes: Sequence[int]) -> list[int]:
    chosen = [int(one) for one in classes]
    if len(chosen) < 2 or len(set(chosen)) < len(chosen) or not all(0 <= one <= 9 for one in chosen):
        raise InvalidArgumentError(f"classes are {chosen}: give two different digits from 0 to 9, or more")
    return chosen

"""Handwritten digits as quantum states."""

from __future__ import annotations

from collections.abc import Sequence

from .. import encoding
from .._native.errors import InvalidArgumentError
from ._sklearn import load
from .dataset import Dataset, balanced_split, signs

_PIXELS = 64


def digits(
    classes: Sequence[int] = (3, 5), n_qubits: int = 6, train: int = 32, test: int = 200, seed: int = 0
) -> Dataset:
    """Two classes of scikit-learn's 8 x 8 digits.

    The mean of the training images is subtracted from every image; the 64 pixels become the amplitudes
    of a normalised state of `n_qubits` qubits (zero-padded above 6).

    Args:
        classes: Two digits; the first is labelled +1.
        n_qubits: At least 6.
        train: Number of training images, half of each class.
        test: Most held-out images.
        seed: Of the draw.

    Raises:
        InvalidArgumentError: Not two different digits, too few qubits, or too few images.
        ImportError: scikit-learn is missing.
    """
    first, second = _two_digits(classes)
    if 2**n_qubits < _PIXELS:
        raise InvalidArgumentError(
            f"{n_qubits} qubits hold {2**n_qubits} amplitudes: 64 pixels need at least 6 qubits"
        )
    images, target, _ = load("load_digits")
    chosen = (target == first) | (target == second)
    images, is_first = images[chosen], target[chosen] == first
    split = balanced_split(is_first, train, test, seed)
    centred = images - images[split.train].mean(axis=0)
    labels = signs(is_first)
    return Dataset(
        name="digits",
        description=(
            f"scikit-learn's 8 x 8 digits, {first} (+1) against {second} (-1): {len(split.train)} training "
            f"images, half of each class, and {len(split.test)} held out; training mean subtracted, "
            f"amplitude-encoded in {n_qubits} qubits"
        ),
        n_qubits=n_qubits,
        y=labels[split.train],
        y_test=labels[split.test] if len(split.test) else None,
        states=encoding.amplitude(centred[split.train], n_qubits),
        states_test=encoding.amplitude(centred[split.test], n_qubits) if len(split.test) else None,
    )


def _two_digits(classes: Sequence[int]) -> tuple[int, int]:
    pair = [int(one) for one in classes]
    if len(pair) != 2 or pair[0] == pair[1] or not all(0 <= one <= 9 for one in pair):
        raise InvalidArgumentError(f"classes are {pair}: give two different digits from 0 to 9")
    return pair[0], pair[1]

"""What every data set looks like, and how samples are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError

if TYPE_CHECKING:
    from ..circuits import Circuit


@dataclass(frozen=True)
class Dataset:
    """Training and held-out samples of two classes, labelled +1 and -1, as states or as features."""

    name: str
    description: str
    """One sentence: where the data come from and what was done to them."""
    n_qubits: int
    y: Real
    """(m,), +1 for the first class."""
    y_test: Real | None
    states: Complex | None = None
    """(m, 2^n) input states, or None."""
    states_test: Complex | None = None
    X: Real | None = None
    """(m, n) angles, or None."""
    X_test: Real | None = None
    encoding: Circuit | None = None
    """Circuit that encodes X; it comes before the ansatz. None for states."""

    def __repr__(self) -> str:
        held_out = 0 if self.y_test is None else len(self.y_test)
        return (
            f"<qtangent.Dataset: {self.name}, {len(self.y)} samples to train with and {held_out} held out, "
            f"{self.n_qubits} qubits>"
        )


@dataclass(frozen=True)
class Split:
    """Indices into the whole data."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


def balanced_split(first: NDArray[np.bool_], train: int, test: int, seed: int) -> Split:
    """Draw `train` samples, half of each class, and up to `test` others in the same proportion.

    Args:
        first: Whether a sample belongs to the first class (N,).
        train: Even number of training samples.
        test: Most held-out samples; fewer if the data run out, still half of each class.
        seed: Of the draw.

    Raises:
        InvalidArgumentError: A class has too few samples.
    """
    if train < 2 or train % 2:
        raise InvalidArgumentError(f"{train} training samples: give an even number, half for each class")
    if test < 0:
        raise InvalidArgumentError(f"{test} held-out samples: give 0 or more")
    random = np.random.default_rng(seed)
    classes = [random.permutation(np.flatnonzero(first)), random.permutation(np.flatnonzero(~first))]
    half, fewest = train // 2, min(len(members) for members in classes)
    if fewest < half:
        raise InvalidArgumentError(
            f"{train} training samples need {half} of each class, but the smaller class has {fewest}: "
            f"ask for at most {2 * fewest}"
        )
    held_out = min(test // 2, fewest - half)
    return Split(
        np.concatenate([members[:half] for members in classes]),
        np.concatenate([members[half : half + held_out] for members in classes]),
    )


def signs(first: NDArray[np.bool_]) -> Real:
    """+1 for the first class, -1 for the second."""
    return np.where(first, 1.0, -1.0)
